"""What a trainer eats: the labelled pixels of one image, their weights, and the classes said to be present.

Shape suffixes: H rows, W columns, P labelled pixels, C classes (background included at 0), 2 is (x, y).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.annotation import Annotation, Box
from budgetseg.annotate.raster import disc_pixels, stroke_pixels
from budgetseg.annotate.unsure import without_border
from budgetseg.data.dataset import BACKGROUND
from budgetseg.errors import InvalidInputError

__all__ = ["Target", "target_of"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Target:
    """The supervision of one image; either dense or a list of distinct pixels."""

    dense_HW: NDArray[np.uint8] | None
    """Class of each pixel, 255 where unknown; None for labels, clicks and strokes."""
    xy_P2: NDArray[np.int32]
    """Pixel coordinates, each pixel once; empty when the target is dense."""
    labels_P: NDArray[np.uint8]
    weights_P: NDArray[np.float32]
    """The paper's alpha of each pixel; they sum to 1 unless there is no pixel, or rank weights are left undivided."""
    present_C: NDArray[np.bool_]
    """Classes said to be present; the background always is, as in the paper's released code."""
    strong: bool
    """Whether a mask was drawn, exactly or not: it shows all of the background and all of every object, so it trains by
    equation 1 and in the masks' half of a balanced batch. Its border of unsure pixels is 255, like void. A box is
    dense too, but half of what it covers may be background."""

    @property
    def marked(self) -> bool:
        """Whether some pixel is labelled; where none is, only the classes of the image are known."""
        return self.dense_HW is not None or len(self.xy_P2) > 0


def target_of(
    annotation: Annotation,
    classes: int,
    *,
    rank_weights: bool = False,
    normalised: bool = True,
    patch_radius: int = 0,
    background_share: float | None = None,
) -> Target:
    """What an annotation says about each pixel and each class.

    A mask labels its pixels, but for the border where its annotator was unsure. A box labels its pixels with its
    class and all other pixels background; where boxes overlap the smaller one is on top, and clicks or strokes on the
    same image are on top of boxes. Clicks and strokes alone label single pixels with alpha = 1/n (Bearman et al. 2016,
    equation 3 and section 3.2), or, with ``rank_weights``, with 1/2^(r-1) for the r-th instance of a class, divided by
    the sum, as the released code does. Annotators' confidences multiply the weights. A pixel that is named twice counts
    twice; where two classes claim it, the one with more weight (then the lower index) keeps it.

    Args:
        annotation: The annotation of one image.
        classes: Number of classes, background included.
        rank_weights: Trust the later instances of a class less.
        normalised: Divide rank weights by their sum, as the released code does; the text prints them undivided.
        patch_radius: Each click labels all pixels at most this far from it (0: itself alone).
        background_share: Share of all weight that pixels labelled background get together where there are others too;
            None leaves all marks alike.

    Raises:
        InvalidInputError: A negative radius, a class outside the list, or a point outside the image.
    """
    if patch_radius < 0:
        raise InvalidInputError(f"patch radius: expected pixels, 0 or more, got {patch_radius}")
    present_C = np.zeros(classes, bool)
    present_C[BACKGROUND] = True
    try:
        present_C[list(annotation.present)] = True
    except IndexError:
        raise InvalidInputError(
            f"{annotation.image_id}: expected classes below {classes}, got {max(annotation.present)}"
        ) from None
    xy_P2, labels_P, weights_P = _sparse(annotation, classes, rank_weights, patch_radius)
    if normalised or not rank_weights:
        weights_P = weights_P / weights_P.sum() if weights_P.sum() > 0 else weights_P
    if background_share is not None:
        weights_P = _shared_out(labels_P, weights_P, background_share)
    dense_HW = None if annotation.mask_HW is None else without_border(annotation.mask_HW, annotation.unsure)
    if dense_HW is None and (annotation.boxes or annotation.kind == "box"):
        dense_HW = _boxes_dense(annotation.boxes, annotation.height, annotation.width)
        dense_HW[xy_P2[:, 1], xy_P2[:, 0]] = labels_P  # a mark says more about its pixel than a box does
    if dense_HW is not None:
        xy_P2, labels_P, weights_P = np.zeros((0, 2), np.int64), np.zeros(0, np.int64), np.zeros(0)
    return Target(
        dense_HW=dense_HW,
        xy_P2=xy_P2.astype(np.int32),
        labels_P=labels_P.astype(np.uint8),
        weights_P=weights_P.astype(np.float32),
        present_C=present_C,
        strong=annotation.mask_HW is not None,
    )


def _shared_out(
    labels_P: NDArray[np.int64], weights_P: NDArray[np.float64], background_share: float
) -> NDArray[np.float64]:
    """The same weights in all, this share of them on the background; as they are where one side has none."""
    background_P = labels_P == BACKGROUND
    total, on_background = weights_P.sum(), weights_P[background_P].sum()
    if not 0 < on_background < total:
        return weights_P
    factor_P = np.where(
        background_P, background_share / on_background, (1 - background_share) / (total - on_background)
    )
    shared_P: NDArray[np.float64] = weights_P * factor_P * total
    return shared_P


def _boxes_dense(boxes: tuple[Box, ...], height: int, width: int) -> NDArray[np.uint8]:
    dense_HW = np.full((height, width), BACKGROUND, np.uint8)
    for box in sorted(boxes, key=lambda b: (b.x_min - b.x_max - 1) * (b.y_max - b.y_min + 1)):
        dense_HW[box.y_min : box.y_max + 1, box.x_min : box.x_max + 1] = box.cls
    return dense_HW


def _sparse(
    annotation: Annotation, classes: int, rank_weights: bool, patch_radius: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Distinct pixels (P, 2), their labels and weights, in row order."""
    height, width = annotation.height, annotation.width
    parts: list[tuple[NDArray[np.int64], int, float]] = []
    for click in annotation.clicks:
        if not (0 <= click.x < width and 0 <= click.y < height):
            raise InvalidInputError(
                f"{annotation.image_id}: expected clicks inside {width} x {height} pixels, got ({click.x}, {click.y})"
            )
        weight = click.confidence * (0.5 ** (click.rank - 1) if rank_weights else 1.0)
        parts.append((disc_pixels(click.x, click.y, patch_radius, height, width), click.cls, weight))
    parts += [(stroke_pixels(stroke, height, width), stroke.cls, 1.0) for stroke in annotation.strokes]
    if not parts:
        return np.zeros((0, 2), np.int64), np.zeros(0, np.int64), np.zeros(0)
    label_A = np.concatenate([np.full(len(xy), cls) for xy, cls, _ in parts])
    if label_A.max() >= classes:
        raise InvalidInputError(f"{annotation.image_id}: expected classes below {classes}, got {label_A.max()}")
    xy_A2 = np.concatenate([xy for xy, _, _ in parts])
    weight_A = np.concatenate([np.full(len(xy), weight) for xy, _, weight in parts])

    # Sum what is said of each (pixel, class), then let the heaviest class have the pixel.
    claim_Q, of_A = np.unique((xy_A2[:, 1] * width + xy_A2[:, 0]) * classes + label_A, return_inverse=True)
    weight_Q: NDArray[np.float64] = np.bincount(of_A, weight_A).astype(np.float64)
    order_Q = np.lexsort((claim_Q, -weight_Q, claim_Q // classes))
    pixel_P, first_P = np.unique(claim_Q[order_Q] // classes, return_index=True)
    kept_P = order_Q[first_P]
    xy_P2: NDArray[np.int64] = np.stack([pixel_P % width, pixel_P // width], axis=1)
    labels_P: NDArray[np.int64] = claim_Q[kept_P] % classes
    return xy_P2, labels_P, weight_Q[kept_P]
