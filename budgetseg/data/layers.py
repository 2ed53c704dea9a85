"""Objects drawn one by one, which may overlap, as one class mask.

Shape suffixes: H rows, W columns.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.dataset import BACKGROUND, VOID, Instances

__all__ = ["stack"]

Region = NDArray[np.bool_]


def stack(
    regions: Sequence[Region], classes: Sequence[int], void: Sequence[Region], size: tuple[int, int]
) -> tuple[NDArray[np.uint8], Instances]:
    """Lay objects over each other, the smaller on top; of equal ones the later is on top.

    The smaller is taken to be in front, for hidden parts are hardly ever drawn, and a large object on top would swallow
    a small one whole.

    Args:
        regions: Where each object is, of shape (H, W).
        classes: The class of each object.
        void: Where nobody told objects apart, such as crowds: void where no object is.
        size: H and W.

    Returns:
        The class mask of shape (H, W) and its instances in the order given. One that is hidden owns no pixel; one whose
        class is nowhere to be seen is left out.
    """
    owner_HW = np.zeros(size, np.int32)
    pixels = [int(region_HW.sum()) for region_HW in regions]
    for k in sorted(range(len(regions)), key=lambda k: (-pixels[k], k)):
        np.copyto(owner_HW, k + 1, where=regions[k])
    mask_HW = np.array([BACKGROUND, *classes], np.uint8)[owner_HW]
    for region_HW in void:
        mask_HW[region_HW & (owner_HW == 0)] = VOID
    shown_K = np.bincount(owner_HW.ravel(), minlength=len(regions) + 1)[1:] > 0
    seen = {each for each, shown in zip(classes, shown_K.tolist(), strict=True) if shown}
    kept = [each in seen for each in classes]
    number_K = np.concatenate([[0], np.where(kept, np.cumsum(kept), 0)]).astype(np.int32)
    instances = Instances(classes=tuple(each for each in classes if each in seen), map_HW=number_K[owner_HW])
    return mask_HW, instances
