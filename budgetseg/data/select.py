"""A part of a data set: the images that hold only some of its classes, and the first so many of those.

Shape suffixes: H rows, W columns, 3 colours.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.dataset import BACKGROUND, VOID, Counts, Dataset, Instances, Split
from budgetseg.data.disk import OnDisk, labels_of
from budgetseg.errors import DataError, InvalidInputError, did_you_mean

__all__ = ["Selection", "class_indices"]


def class_indices(names: Sequence[str], known: Sequence[str]) -> tuple[int, ...]:
    """Return the index in ``known`` of the background and then of each name, in the order given.

    Raises:
        InvalidInputError: A class is unknown, named twice, or the background.
    """
    for name in names:
        if name == known[BACKGROUND]:
            raise InvalidInputError(f'--classes: "{name}" is always class 0; name object classes only')
        if name not in known:
            raise InvalidInputError(f'--classes: unknown class "{name}"{did_you_mean(name, known[1:])}')
        if list(names).count(name) > 1:
            raise InvalidInputError(f'--classes: "{name}" is named twice; name each class once')
    return (BACKGROUND, *(known.index(name) for name in names))


def _labels(dataset: Dataset, image_id: str) -> frozenset[int]:
    return dataset.labels(image_id) if isinstance(dataset, OnDisk) else labels_of(dataset.mask(image_id))


class Selection(Dataset):
    """The images of a data set that hold at least one of some classes and no other, renumbered 1..K in that order.

    An image whose mask cannot be read is kept, so that checking the data set names it instead of losing it.
    """

    def __init__(self, base: Dataset, *, classes: Sequence[str] = (), limit: int | None = None) -> None:
        """Choose classes (none: all of them) and how many training images to keep (None: all of them).

        Raises:
            InvalidInputError: A class is unknown, or the limit is less than 1.
        """
        if limit is not None and limit < 1:
            raise InvalidInputError(f"--limit: expected at least 1 training image, got {limit}")
        kept = class_indices(classes, base.classes) if classes else tuple(range(len(base.classes)))
        self.base = base
        self.name = base.name
        self.classes = tuple(base.classes[index] for index in kept)
        self.source_classes = tuple(base.source_classes[index] for index in kept)
        self._kept = list(kept)
        self._filters = bool(classes)
        self._limit = limit
        self._ids: dict[Split, tuple[str, ...]] = {}
        # Labels of classes that were left out become void; kept images hold none of them.
        self._renumber_L = np.full(VOID + 1, VOID, np.uint8)
        self._renumber_L[list(kept)] = range(len(kept))

    def _holds_only_kept(self, image_id: str) -> bool:
        try:
            labels = _labels(self.base, image_id)
        except DataError:
            return True
        return bool(labels) and all(self._renumber_L[label] != VOID for label in labels)

    def ids(self, split: Split) -> tuple[str, ...]:
        """Image ids of a split, sorted; the first call with a choice of classes reads every mask of the split."""
        if split not in self._ids:
            limit = self._limit if split == "train" else None
            # "The first N" are those of the list, which need not be sorted.
            listed = self.base.listing(split).ids if isinstance(self.base, OnDisk) else self.base.ids(split)
            kept: list[str] = []
            for image_id in dict.fromkeys(listed):
                if len(kept) == limit:
                    break
                if not self._filters or self._holds_only_kept(image_id):
                    kept.append(image_id)
            self._ids[split] = tuple(sorted(kept))
        return self._ids[split]

    def outside(self, split: Split) -> tuple[str, ...]:
        """Ids of the images of a split that hold a class which was left out, sorted: none of them is in ``ids``."""
        listed = self.base.ids(split) if self._filters else ()
        return tuple(sorted(each for each in listed if not self._holds_only_kept(each) and _labels(self.base, each)))

    def counts(self, image_id: str) -> Counts:
        """The pixels of each class and the instances of each object class of an image."""
        pixels_C, instances_C = self.base.counts(image_id)
        return pixels_C[self._kept], instances_C[self._kept]

    def image(self, image_id: str) -> NDArray[np.uint8]:
        """The photograph, uint8 RGB of shape (H, W, 3)."""
        return self.base.image(image_id)

    def mask(self, image_id: str) -> NDArray[np.uint8]:
        """The class of each pixel, uint8 of shape (H, W): an index into ``classes``, or 255."""
        return self._renumber_L[self.base.mask(image_id)]

    def instances(self, image_id: str) -> Instances:
        """The instances of the kept classes; those of other classes own nothing and are left out."""
        found = self.base.instances(image_id)
        new_classes = [int(self._renumber_L[index]) for index in found.classes]
        kept_K = np.array([index != VOID for index in new_classes], bool)
        number_K = np.concatenate([[0], np.where(kept_K, np.cumsum(kept_K), 0)]).astype(np.int32)
        return Instances(classes=tuple(c for c in new_classes if c != VOID), map_HW=number_K[found.map_HW])

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of results must know of how the chosen training images were read."""
        if isinstance(self.base, OnDisk):
            return self.base.notes_about(self.ids("train"))
        return self.base.notes
