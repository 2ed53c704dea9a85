"""Which objects a class mask holds: drawn ones where there is an object mask, else boxes, else connected regions.

Shape suffixes: H rows, W columns, P pixels, K boxes, O objects by their index. An ``owner_HW`` holds 1..n for the n
instances of one class.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.boxes import Box
from budgetseg.data.dataset import BACKGROUND, VOID, Instances

__all__ = ["SMALLEST_COMPONENT_PIXELS", "Found", "box_owners", "components", "drawn_objects", "find_instances"]

SMALLEST_COMPONENT_PIXELS = 10

Owners = tuple[NDArray[np.int32], int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """The instances of one image, and how many of them were found in which way."""

    instances: Instances
    drawn: int
    """From an object mask: exact."""
    boxed: int
    """From an instance list; which pixels are whose is approximate."""
    connected: int
    """Connected regions: approximate."""


def components(region_HW: NDArray[np.bool_]) -> Owners:
    """Take the 8-connected components of at least 10 pixels as instances, or the largest one where all are smaller.

    Args:
        region_HW: Where one class is; not empty.

    Returns:
        ``owner_HW`` (smaller components own nothing) and the number of instances, in scan order.
    """
    from scipy import ndimage  # half a second to import, and needed for this alone

    labels_HW, count = ndimage.label(region_HW, structure=np.ones((3, 3), bool))
    pixels_K = np.bincount(labels_HW.ravel(), minlength=count + 1)[1:]
    keep_K = pixels_K >= SMALLEST_COMPONENT_PIXELS
    if not keep_K.any():
        keep_K[pixels_K.argmax()] = True
    number_L = np.concatenate([[0], np.where(keep_K, np.cumsum(keep_K), 0)]).astype(np.int32)
    return number_L[labels_HW], int(keep_K.sum())


def box_owners(region_HW: NDArray[np.bool_], boxes: Sequence[Box]) -> Owners:
    """Give each pixel of a class to the smallest box of that class that holds its centre, else to the nearest box.

    A box that wins no pixel is an instance all the same: hidden by the others.

    Args:
        region_HW: Where one class is.
        boxes: The listed boxes of that class; not empty.
    """
    if len(boxes) == 1:
        return region_HW.astype(np.int32), 1
    y_P, x_P = np.nonzero(region_HW)
    sides_K4 = np.array([box[1:] for box in boxes])
    smallest_first_K = np.argsort((sides_K4[:, 2] - sides_K4[:, 0]) * (sides_K4[:, 3] - sides_K4[:, 1]), kind="stable")
    xmin_K1, ymin_K1, xmax_K1, ymax_K1 = (side_K[:, None] for side_K in sides_K4[smallest_first_K].T)
    gap_x_KP = np.maximum(np.maximum(xmin_K1 - (x_P + 0.5), (x_P + 0.5) - xmax_K1), 0)
    gap_y_KP = np.maximum(np.maximum(ymin_K1 - (y_P + 0.5), (y_P + 0.5) - ymax_K1), 0)
    # The (squared) distance is 0 inside a box and argmin takes the first of equals, so the smallest holding box wins.
    nearest_P = np.argmin(gap_x_KP * gap_x_KP + gap_y_KP * gap_y_KP, axis=0)
    owner_HW = np.zeros(region_HW.shape, np.int32)
    owner_HW[y_P, x_P] = smallest_first_K[nearest_P] + 1
    return owner_HW, len(boxes)


def drawn_objects(mask_HW: NDArray[np.uint8], object_HW: NDArray[np.uint8]) -> dict[int, tuple[int, ...]]:
    """Return for each object class the indices of its objects in an object mask.

    An object is of the class that most of its pixels have; one that lies on no object class is left out.
    """
    seen_HW = (mask_HW != BACKGROUND) & (mask_HW != VOID) & (object_HW != BACKGROUND) & (object_HW != VOID)
    pair_P = object_HW[seen_HW].astype(np.int64) * 256 + mask_HW[seen_HW]
    pixels_OC = np.bincount(pair_P, minlength=256 * 256).reshape(256, 256)
    drawn: dict[int, tuple[int, ...]] = {}
    for index in np.flatnonzero(pixels_OC.sum(axis=1)):
        class_index = int(pixels_OC[index].argmax())
        drawn[class_index] = (*drawn.get(class_index, ()), int(index))
    return drawn


def find_instances(
    mask_HW: NDArray[np.uint8], *, object_HW: NDArray[np.uint8] | None = None, boxes: Sequence[Box] = ()
) -> Found:
    """Find the instances of each class that a mask holds: at least one a class.

    Args:
        mask_HW: Class of each pixel, 255 for void.
        object_HW: Object of each pixel where objects were drawn; 0 and 255 are none. A class that has one there needs
            no box.
        boxes: Listed boxes; those of a class that the mask does not hold are ignored.

    Returns:
        Instances in ascending order of class; for a class without a drawn or listed object its connected regions.
    """
    map_HW = np.zeros(mask_HW.shape, np.int32)
    classes: list[int] = []
    count = {"drawn": 0, "boxed": 0, "connected": 0}
    drawn = {} if object_HW is None else drawn_objects(mask_HW, object_HW)
    number_O, class_O = np.zeros(256, np.int32), np.full(256, VOID, np.uint8)
    pixels_L = np.bincount(mask_HW.ravel(), minlength=VOID + 1)
    for class_index in (int(label) for label in np.flatnonzero(pixels_L[:VOID]) if label != BACKGROUND):
        if class_index in drawn:
            objects = list(drawn[class_index])
            number_O[objects] = len(classes) + np.arange(1, len(objects) + 1)
            class_O[objects] = class_index
            count["drawn"] += len(objects)
            classes += [class_index] * len(objects)
            continue
        region_HW = mask_HW == class_index
        own_boxes = [box for box in boxes if box.class_index == class_index]
        owner_HW, number = box_owners(region_HW, own_boxes) if own_boxes else components(region_HW)
        count["boxed" if own_boxes else "connected"] += number
        owned_HW = owner_HW > 0
        map_HW[owned_HW] = owner_HW[owned_HW] + len(classes)
        classes += [class_index] * number
    if object_HW is not None:
        # All classes at once: streets have twenty on two million pixels. An object owns pixels of its class alone.
        np.copyto(map_HW, number_O[object_HW], where=class_O[object_HW] == mask_HW)
    return Found(instances=Instances(classes=tuple(classes), map_HW=map_HW), **count)
