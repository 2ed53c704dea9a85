"""The embedded data set: generated scenes with the statistics of PASCAL VOC, so that everything runs with no download.

A scene holds on average 1.5 classes and 2.8 instances, of which several of one class tend to stand together; the
objects' share of the image is distributed as in VOC 2012 (quartiles 0.12, 0.26, 0.44). Later objects hide earlier ones,
borders are void, and the background shares colours, outlines and patterns with the objects, so that only outline and
pattern together tell a class.

Shape suffixes: H rows, W columns, 3 colours.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.dataset import BACKGROUND, VOID, Dataset, Instances, Split
from budgetseg.data.scene_cast import draw_clutter, draw_members
from budgetseg.data.scene_painting import background, paint, photograph
from budgetseg.data.scene_species import HUES, SPECIES
from budgetseg.data.scene_style import HEIGHT, WIDTH, SceneStyle
from budgetseg.errors import InvalidInputError

__all__ = ["HEIGHT", "WIDTH", "Scenes"]

_USUAL = SceneStyle()

_LEAST_PIXELS, _LEAST_SHARE = 20, 0.15
"""An object with fewer pixels in view, or a smaller share of its pixels, is not annotated: it becomes void."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Scene:
    image_HW3: NDArray[np.uint8]
    mask_HW: NDArray[np.uint8]
    map_HW: NDArray[np.uint8]
    """Visible owner: 1 + place in ``classes``, or 0."""
    classes: tuple[int, ...]


class Scenes(Dataset):
    """Generated scenes as a data set (see ``budgetseg.data.dataset.Dataset``), all of one size.

    Scene i of a split depends only on the style, the seed, the split and i: a smaller data set is the beginning of a
    larger one.
    """

    def __init__(self, *, train: int = 1000, val: int = 200, seed: int = 0, style: SceneStyle = _USUAL) -> None:
        """Describe the data set; a scene is made when it is asked for, and the last 2,048 are kept.

        Args:
            train: Number of training scenes.
            val: Number of validation scenes.
            seed: Other seeds give other scenes.
            style: What the scenes are like.

        Raises:
            InvalidInputError: A number is negative.
        """
        for name, number in (("train", train), ("val", val), ("seed", seed)):
            if number < 0:
                raise InvalidInputError(f"scenes: {name} = {number}: expected a whole number of at least 0")
        self.name = f"scenes:{style}" if str(style) else "scenes"
        self.classes = ("background", *(species.name for species in SPECIES[: style.classes]))
        self.source_classes = tuple(range(len(self.classes)))
        self._seed, self._style = seed, style
        self._ids: dict[Split, tuple[str, ...]] = {"train": _ids("train", train), "val": _ids("val", val)}
        self._places = {
            image_id: (split, number)
            for split, split_ids in enumerate(self._ids.values())
            for number, image_id in enumerate(split_ids)
        }

    def ids(self, split: Split) -> tuple[str, ...]:
        """``train-0000``, ``train-0001`` ..., or ``val-0000`` ..."""
        return self._ids[split]

    def image(self, image_id: str) -> NDArray[np.uint8]:
        """The photograph, uint8 RGB of shape (H, W, 3)."""
        return self._scene(image_id).image_HW3.copy()

    def mask(self, image_id: str) -> NDArray[np.uint8]:
        """The class of each pixel, uint8 of shape (H, W); 255 along the borders of objects."""
        return self._scene(image_id).mask_HW.copy()

    def instances(self, image_id: str) -> Instances:
        """The objects in view; their map is 0 where the mask is background or void."""
        scene = self._scene(image_id)
        return Instances(classes=scene.classes, map_HW=scene.map_HW.astype(np.int32))

    def _scene(self, image_id: str) -> _Scene:
        try:
            split, number = self._places[image_id]
        except KeyError:
            known = ", ".join(f"{ids[0]} to {ids[-1]}" for ids in self._ids.values() if ids)
            raise InvalidInputError(f"scenes: no image {image_id!r}; there are {known or 'none'}") from None
        return _make(self._seed, split, number, self._style)


def _ids(split: Split, count: int) -> tuple[str, ...]:
    digits = max(4, len(str(count - 1)))
    return tuple(f"{split}-{number:0{digits}d}" for number in range(count))


@lru_cache(maxsize=2048)
def _make(seed: int, split: int, number: int, style: SceneStyle = _USUAL) -> _Scene:
    """Image, mask and instances of one scene, which depend on nothing but the three numbers and the style."""
    rng = np.random.default_rng([seed, split, number])
    image_3HW = background(rng, style.height, style.width, HUES)
    for thing in draw_clutter(rng, style):
        paint(rng, image_3HW, thing)
    owner_HW = np.zeros((style.height, style.width), np.uint8)
    members = draw_members(rng, style)
    area_K = np.zeros(len(members) + 1)
    for owner, (_, thing) in enumerate(members, start=1):
        where, inside_HW = paint(rng, image_3HW, thing)
        owner_HW[where][inside_HW] = owner
        area_K[owner] = thing.area_pixels
    class_K = np.array([BACKGROUND, *(index for index, _ in members)], np.uint8)
    mask_HW, map_HW, classes = annotate(owner_HW, class_K, area_K)
    return _Scene(image_HW3=photograph(rng, image_3HW), mask_HW=mask_HW, map_HW=map_HW, classes=classes)


def annotate(
    owner_HW: NDArray[np.uint8], class_K: NDArray[np.uint8], area_K: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], tuple[int, ...]]:
    """What an annotator would draw of objects painted over each other.

    Args:
        owner_HW: Which object each pixel shows; 0 is the background.
        class_K: Class of each object, and of the background at 0.
        area_K: Pixels that each object would cover if nothing hid it.

    Returns:
        The mask of shape (H, W), 255 on both sides of every border and where too little of an object is seen; the map
        of the annotated objects, numbered from 1 in the same order; and their classes.
    """
    void_HW = _borders(owner_HW)
    seen_K = np.bincount(owner_HW[~void_HW], minlength=len(class_K))
    kept_K = (seen_K >= _LEAST_PIXELS) & (seen_K >= _LEAST_SHARE * area_K)
    kept_K[0] = True
    void_HW |= ~kept_K[owner_HW]
    number_K = np.where(kept_K, np.cumsum(kept_K) - 1, 0).astype(np.uint8)
    mask_HW = np.where(void_HW, np.uint8(VOID), class_K[owner_HW])
    map_HW = np.where(void_HW, np.uint8(0), number_K[owner_HW])
    return mask_HW, map_HW, tuple(int(index) for index in class_K[kept_K][1:])


def _borders(owner_HW: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Pixels that have a neighbour, of four, with another owner: two pixels wide between any two."""
    border_HW = np.zeros(owner_HW.shape, np.bool_)
    below_HW = owner_HW[1:] != owner_HW[:-1]
    border_HW[1:] |= below_HW
    border_HW[:-1] |= below_HW
    beside_HW = owner_HW[:, 1:] != owner_HW[:, :-1]
    border_HW[:, 1:] |= beside_HW
    border_HW[:, :-1] |= beside_HW
    return border_HW
