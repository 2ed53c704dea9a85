"""Which of ImageNet's 1,000 classes stands for which class of a data set.

The paper starts its weakly supervised networks with the classifier of the "classes common to both" (section 5.1); the
twenty rows for PASCAL VOC are those of its released code, there counted from 1.
"""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["VOC_ROWS", "imagenet_row"]

VOC_ROWS: Mapping[str, int] = MappingProxyType(
    {
        "aeroplane": 404,  # airliner
        "bicycle": 671,  # mountain bike
        "bird": 12,  # house finch
        "boat": 814,  # speedboat
        "bottle": 907,  # wine bottle
        "bus": 654,  # minibus
        "car": 609,  # jeep
        "cat": 284,  # Siamese cat
        "chair": 559,  # folding chair
        "cow": 345,  # ox
        "diningtable": 532,  # dining table
        "dog": 234,  # Rottweiler
        "horse": 339,  # sorrel
        "motorbike": 665,  # moped
        "person": 981,  # ballplayer
        "pottedplant": 738,  # pot
        "sheep": 348,  # ram
        "sofa": 831,  # studio couch
        "train": 466,  # bullet train
        "tvmonitor": 664,  # monitor
    }
)
"""Row of ImageNet's classifier, counted from 0, for each class of PASCAL VOC."""

_SYNONYMS: Mapping[str, str] = MappingProxyType(
    {"airplane": "aeroplane", "motorcycle": "motorbike", "couch": "sofa", "tv": "tvmonitor"}
)
"""COCO's words for the same classes."""


def imagenet_row(class_name: str) -> int | None:
    """Return the row of ImageNet's classifier that a class starts from, or None where there is none.

    Spelling with capitals, blanks, hyphens or underscores makes no difference. Classes of VOC come first; any other
    name is looked up among ImageNet's own ("zebra").
    """
    word = _plain(class_name)
    word = _SYNONYMS.get(word, word)
    if word in VOC_ROWS:
        return VOC_ROWS[word]
    from torchvision.models import VGG16_Weights  # takes a second, which other backbones need not wait for

    names: list[str] = VGG16_Weights.IMAGENET1K_V1.meta["categories"]
    return next((row for row, name in enumerate(names) if _plain(name) == word), None)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
