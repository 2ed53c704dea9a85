"""Every knob of a training, and the two presets: ``paper`` and ``modern``.

``paper`` is Bearman et al. 2016, section 5.1 and its released solver files: SGD at a fixed rate of 1e-5, momentum 0.9,
weight decay 5e-4, biases learn twice as fast and do not decay, 50,000 iterations on whole images without augmentation.
The text says minibatches of 20, the released solver takes one image an iteration and counts 50,000 of them: the preset
follows the code (``batch = 1``); ``--batch 20`` follows the text.

``modern`` is AdamW with one cycle of the learning rate, batches that hold as many masks as weak annotations, and weak
losses that count less than masks: drawn in proportion to their number, thousands of clicks drown a hundred masks. What
clicks and strokes say of their pixels is spread to their surroundings by the gated CRF loss.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.settings import read_fields

__all__ = ["PRESETS", "Recipe", "preset", "with_settings"]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a network is trained, whatever the annotations are."""

    preset: str
    """Name of the preset that the values started from."""
    optimiser: Literal["adamw", "sgd"]
    lr: float
    """Highest learning rate of the schedule."""
    schedule: Literal["fixed", "one-cycle"]
    momentum: float
    """Of SGD; AdamW uses its usual (0.9, 0.999)."""
    weight_decay: float
    bias_lr_factor: float
    """Learning rate of the biases over that of the weights."""
    clip_norm: float
    """Gradients with a larger norm are scaled down to it; 0 leaves them alone."""
    iterations: int
    batch: int
    """Images an iteration."""
    crop: int
    """Longest side in pixels of what the network sees; 0 is whole images at their own size."""
    zoom: float
    """Training windows show a random share of each image side between 1/zoom and 1; 1 shows whole images."""
    flip: bool
    """Mirror half of the training images."""
    mixing: Literal["balanced", "proportional"]
    """``balanced``: ``strong_share`` of every batch are masks where a mix has both; ``proportional``: as they come."""
    strong_share: float
    pixel_reduction: Literal["mean", "sum"]
    """Equation 1 as printed is the ``sum``; the ``mean`` keeps images of all sizes alike."""
    image_weight: float
    """Weight of equation 2 on weakly annotated images."""
    point_weight: float
    """Weight of the supervised pixels in equation 3."""
    objectness_weight: float
    """Weight of equation 4 where an objectness map is used, on images with a labelled pixel."""
    unmarked_objectness_weight: float = 1.0
    """The same on images without one: where only classes are named, nothing else says what is background."""
    weak_weight: float
    """What a weakly annotated image counts beside a mask, in mixes that hold masks; 1 elsewhere."""
    background_share: float = 0.5
    """Share of the supervised pixels' weight on bought clicks on the background, where an image holds other marks too:
    as one pixel among the hundreds of a stroke they would not be heard."""
    frozen_stride: int = 0
    """Pretrained layers whose maps have this stride, or a finer one, keep the weights they came with; 0 lets all learn.
    A few annotations teach early layers nothing that ImageNet did not, and a training without them is shorter."""
    crf_weight: float = 0.0
    """Weight of the gated CRF term (``gated_crf.py``) on images with clicks or strokes."""
    rounds: int = 0
    """Rounds of self-training: in each, the network relabels the weakly annotated images, and training begins anew."""
    confidence: float = 0.0
    """Least probability, among the classes of the image, of a pixel's label in self-training."""
    relabelled_weight: float = 1.0
    """``weak_weight`` in the rounds of self-training."""
    absent_weight: float = 1.0
    """Weight of equation 2's second term, about the classes that are not in the image; 0 leaves it out."""
    objectness_where: Literal["unlabelled", "all"] = "unlabelled"
    """Pixels that equation 4 averages over: those that nobody labelled (released code), or all (the text)."""
    mask_image_weight: float = 0.0
    """Weight of equation 2 on masks, beside equation 1; 1 in the released full model."""
    bias_decay: bool = True
    """Whether weight decay holds for biases too."""

    def __post_init__(self) -> None:
        positive = ("lr", "iterations", "batch", "zoom", "bias_lr_factor")
        for name in positive:
            if not getattr(self, name) > 0:
                raise InvalidInputError(f"train.{name}: expected a number > 0, got {getattr(self, name)!r}")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int | float) and (value < 0 or value != value):
                raise InvalidInputError(f"train.{field.name}: expected a number >= 0, got {value!r}")
        if self.zoom < 1:
            raise InvalidInputError(f"train.zoom: expected a number >= 1, got {self.zoom!r}")
        if not 0 < self.strong_share < 1:
            raise InvalidInputError(f"train.strong_share: expected a share between 0 and 1, got {self.strong_share!r}")
        if self.background_share > 1:
            raise InvalidInputError(
                f"train.background_share: expected a share, at most 1, got {self.background_share!r}"
            )
        if self.confidence > 1:
            raise InvalidInputError(f"train.confidence: expected a probability, at most 1, got {self.confidence!r}")
        if 0 < self.crop < 32:
            raise InvalidInputError(f"train.crop: expected at least 32 pixels, or 0 for whole images, got {self.crop}")


MODERN = Recipe(
    preset="modern",
    optimiser="adamw",
    lr=2e-4,
    schedule="one-cycle",
    momentum=0.9,
    weight_decay=1e-2,
    bias_lr_factor=1.0,
    clip_norm=5.0,
    iterations=600,
    batch=16,
    crop=224,
    zoom=1.4,
    flip=True,
    mixing="balanced",
    strong_share=0.5,
    pixel_reduction="mean",
    image_weight=1.0,
    point_weight=1.0,
    objectness_weight=0.2,
    weak_weight=0.3,
    frozen_stride=8,
    crf_weight=0.1,
)

PAPER = Recipe(
    preset="paper",
    optimiser="sgd",
    lr=1e-5,
    schedule="fixed",
    momentum=0.9,
    weight_decay=5e-4,
    bias_lr_factor=2.0,
    clip_norm=0.0,
    iterations=50_000,
    batch=1,
    crop=0,
    zoom=1.0,
    flip=False,
    mixing="proportional",
    strong_share=0.5,
    pixel_reduction="sum",
    image_weight=1.0,
    point_weight=1.0,
    objectness_weight=1.0,
    weak_weight=1.0,
    bias_decay=False,
)

PRESETS: Mapping[str, Recipe] = {"modern": MODERN, "paper": PAPER}

# The embedded scenes are 128 pixels wide and their network starts from nothing.
# The gated CRF neither helps nor harms there (43.8 mIoU with and without), and takes a third of the time.
_TINY = {
    "lr": 4e-3,
    "crop": 128,
    "iterations": 450,
    "batch": 16,
    "zoom": 1.0,
    "crf_weight": 0.0,
    "frozen_stride": 0,
}
_OF_BACKBONE: Mapping[str, Mapping[str, Any]] = {
    "tiny": _TINY,
    "vgg16": {"frozen_stride": 0},  # the paper trains all of it, and freezing was measured on other networks alone
}


def preset(name: str, backbone: str) -> Recipe:
    """Return the recipe of a preset for a backbone.

    Raises:
        InvalidInputError: No preset has this name.
    """
    if name not in PRESETS:
        raise InvalidInputError(f'unknown recipe "{name}"{did_you_mean(name, PRESETS)}')
    recipe = PRESETS[name]
    return with_settings(recipe, _OF_BACKBONE.get(backbone, {})) if name == "modern" else recipe


def with_settings(recipe: Recipe, settings: Mapping[str, Any]) -> Recipe:
    """Return ``recipe`` with some values replaced; text is read as the field's type.

    Raises:
        InvalidInputError: An unknown name, or a value of the wrong type or range.
    """
    return replace(recipe, **read_fields(Recipe, settings, "train"))
