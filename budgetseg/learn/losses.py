r"""The four losses of the paper, one value per image.

Bearman, Russakovsky, Ferrari, Fei-Fei: "What's the Point: Semantic Segmentation with Point Supervision", section 3,
equations 1 to 4. With scores :math:`s_{ic}` of pixel i and class c, :math:`S_{ic} = \exp(s_{ic}) / \sum_k \exp(s_{ik})`
is the softmax probability.

Every function takes raw scores and works in log space, so that scores of any size give finite values and gradients.
float64 in gives float64 out; every other type is computed, and returned, in float32.

Shape suffixes: B images, C classes, H rows, W columns, N = H x W pixels, K classes whose best pixel is looked at (= C).
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from budgetseg.errors import InvalidInputError

__all__ = ["UNKNOWN", "image_loss", "objectness_loss", "pixel_loss", "point_loss"]

UNKNOWN = 255
"""The label of a pixel of which nothing is known."""

ROUNDING = 1e-4
"""How far a probability may leave 0..1, as resizing a map makes it do."""

Reduction = Literal["sum", "mean"]


def pixel_loss(logits_BCHW: Tensor, labels_BHW: Tensor, reduction: Reduction = "sum") -> Tensor:
    r"""Cross-entropy of the labelled pixels (equation 1).

    .. math:: L_{pix} = - \sum_{i \in I} \log S_{i G_i}

    Args:
        logits_BCHW: Scores.
        labels_BHW: int64, the class of each pixel, 255 where unknown.
        reduction: ``"sum"`` as in the paper, or ``"mean"`` over the labelled pixels of each image.

    Returns:
        loss_B; 0 for an image without a labelled pixel.

    Raises:
        InvalidInputError: Shapes or types do not fit, a label is neither a class nor 255, or an unknown reduction.
    """
    if reduction not in ("sum", "mean"):
        raise InvalidInputError(f'reduction: expected "sum" or "mean", got "{reduction}"')
    total_B = _cross_entropy(logits_BCHW, labels_BHW).sum(dim=(1, 2))
    if reduction == "sum":
        return total_B
    return total_B / _at_least_one((labels_BHW != UNKNOWN).sum(dim=(1, 2)))


def image_loss(logits_BCHW: Tensor, present_BC: Tensor, absent_weight: float = 1.0) -> Tensor:
    r"""Presence and absence of classes, each judged at the pixel where it is most probable (equation 2).

    .. math:: L_{img} = - \frac{1}{|L|} \sum_{c \in L} \log S_{t_c c}
              - \frac{1}{|L'|} \sum_{c \in L'} \log (1 - S_{t_c c}),
              \quad t_c = \operatorname{argmax}_{i \in I} S_{ic}

    Args:
        logits_BCHW: Scores, of at least two classes.
        present_BC: bool, True for the classes in L; the others are L'. The caller decides about the background, which
            is present in every image in the released code.
        absent_weight: Of the second term; 1 as printed, 0 for the loss without L'.

    Returns:
        loss_B; the term of an empty set is 0. Where pixels tie, the first one in reading order is taken.

    Raises:
        InvalidInputError: Shapes or types do not fit.
    """
    _check_logits(logits_BCHW)
    batch, classes = logits_BCHW.shape[:2]
    if classes < 2:
        raise InvalidInputError(f"image_loss: expected at least two classes, got {classes}")
    if present_BC.dtype != torch.bool or present_BC.shape != (batch, classes):
        raise InvalidInputError(
            f"present_BC: expected bool of shape {(batch, classes)}, "
            f"got {present_BC.dtype} of {tuple(present_BC.shape)}"
        )
    logits_BCN = logits_BCHW.flatten(2)
    with torch.no_grad():
        # log S orders the pixels as S does, and still tells them apart where S itself underflows or rounds to 1.
        best_BK = functional.log_softmax(_working(logits_BCN), dim=1).argmax(dim=2)
    # Only the C best pixels take part in the loss, so all further work is done on C x C scores instead of C x N.
    at_best_BCK = _working(logits_BCN.gather(2, best_BK[:, None, :].expand(-1, classes, -1)))
    log_s_BCK = functional.log_softmax(at_best_BCK, dim=1)
    log_present_BK = log_s_BCK.diagonal(dim1=1, dim2=2)
    # 1 - S_c is the mass of the other classes; summing that mass keeps every digit where S_c rounds to 1.
    itself_CK = torch.eye(classes, dtype=torch.bool, device=log_s_BCK.device)
    log_absent_BK = log_s_BCK.masked_fill(itself_CK, -torch.inf).logsumexp(dim=1)
    return -_mean_where(present_BC, log_present_BK) - absent_weight * _mean_where(~present_BC, log_absent_BK)


def point_loss(logits_BCHW: Tensor, labels_BHW: Tensor, weights_BHW: Tensor | None = None) -> Tensor:
    r"""Cross-entropy of the clicked pixels, each with its weight (the second term of equation 3).

    .. math:: - \sum_{i \in I_s} \alpha_i \log S_{i G_i}

    Equation 3 as a whole is ``image_loss(...) + point_loss(...)``.

    Args:
        logits_BCHW: Scores.
        labels_BHW: int64, the class of each clicked pixel, 255 elsewhere.
        weights_BHW: The alpha of each clicked pixel, used as given and ignored elsewhere; None means 1/n each for the
            n labelled pixels of the image.

    Returns:
        loss_B; 0 for an image without a labelled pixel.

    Raises:
        InvalidInputError: Shapes or types do not fit, or a label is neither a class nor 255.
    """
    losses_BHW = _cross_entropy(logits_BCHW, labels_BHW)
    labelled_BHW = labels_BHW != UNKNOWN
    if weights_BHW is None:
        return losses_BHW.sum(dim=(1, 2)) / _at_least_one(labelled_BHW.sum(dim=(1, 2)))
    if weights_BHW.shape != labels_BHW.shape or not weights_BHW.is_floating_point():
        raise InvalidInputError(
            f"weights_BHW: expected floats of shape {tuple(labels_BHW.shape)}, "
            f"got {weights_BHW.dtype} of {tuple(weights_BHW.shape)}"
        )
    alpha_BHW = weights_BHW.to(losses_BHW.dtype).masked_fill(~labelled_BHW, 0.0)
    return (alpha_BHW * losses_BHW).sum(dim=(1, 2))


def objectness_loss(
    logits_BCHW: Tensor, objectness_BHW: Tensor, object_classes: Sequence[int], mask_BHW: Tensor | None = None
) -> Tensor:
    r"""Cross-entropy between the mass on object classes and an objectness prior P (equation 4).

    .. math:: L_{obj} = - \frac{1}{|I|} \sum_{i \in I} P_i \log \sum_{c \in O} S_{ic}
              + (1 - P_i) \log \Bigl(1 - \sum_{c \in O} S_{ic}\Bigr)

    Args:
        logits_BCHW: Scores.
        objectness_BHW: P, the probability from 0 to 1 that a pixel belongs to any object.
        object_classes: The indices O; at least one class and not all of them.
        mask_BHW: bool, the pixels that I holds; None means all. (The paper takes all pixels, its released code the
            pixels without a label.)

    Returns:
        loss_B; 0 for an image whose mask is empty.

    Raises:
        InvalidInputError: Shapes or types do not fit, P leaves 0..1 inside the mask, or O is empty, full or unknown.
    """
    _check_logits(logits_BCHW)
    batch, classes, height, width = logits_BCHW.shape
    objects = sorted(set(object_classes))
    others = sorted(set(range(classes)) - set(objects))
    if not objects or not others or not 0 <= objects[0] <= objects[-1] < classes:
        raise InvalidInputError(f"object_classes: expected some, but not all, of 0..{classes - 1}, got {objects}")
    for name, value in (("objectness_BHW", objectness_BHW), ("mask_BHW", mask_BHW)):
        if value is not None and value.shape != (batch, height, width):
            raise InvalidInputError(
                f"{name}: expected shape {(batch, height, width)} as the logits, got {tuple(value.shape)}"
            )
    logits_BCHW = _working(logits_BCHW)
    prior_BHW = objectness_BHW.to(logits_BCHW.dtype)
    if mask_BHW is None:
        mask_BHW = torch.ones_like(prior_BHW, dtype=torch.bool)
    elif mask_BHW.dtype != torch.bool:
        raise InvalidInputError(f"mask_BHW: expected bool, got {mask_BHW.dtype}")
    prior_BHW = prior_BHW.masked_fill(~mask_BHW, 0.0)
    if not bool(((prior_BHW >= -ROUNDING) & (prior_BHW <= 1 + ROUNDING)).all()):
        raise InvalidInputError("objectness_BHW: expected probabilities from 0 to 1")
    prior_BHW = prior_BHW.clamp(0.0, 1.0)
    # The mass on objects is sigmoid(z) with z the log odds of objects against the rest, and the cross-entropy of a
    # sigmoid has a form that is exact for every z.
    log_odds_BHW = logits_BCHW[:, objects].logsumexp(dim=1) - logits_BCHW[:, others].logsumexp(dim=1)
    losses_BHW = functional.binary_cross_entropy_with_logits(log_odds_BHW, prior_BHW, reduction="none")
    kept_BHW = losses_BHW.masked_fill(~mask_BHW, 0.0)
    return kept_BHW.sum(dim=(1, 2)) / _at_least_one(mask_BHW.sum(dim=(1, 2)))


def _working(values: Tensor) -> Tensor:
    """The same values in the type that losses are computed in."""
    return values if values.dtype == torch.float64 else values.float()


def _at_least_one(count_B: Tensor) -> Tensor:
    """A divisor that turns the empty sum into 0 instead of 0/0."""
    return count_B.clamp(min=1)


def _mean_where(chosen_BK: Tensor, values_BK: Tensor) -> Tensor:
    """The mean of the chosen values of each row, 0 where none is chosen."""
    return values_BK.masked_fill(~chosen_BK, 0.0).sum(dim=1) / _at_least_one(chosen_BK.sum(dim=1))


def _cross_entropy(logits_BCHW: Tensor, labels_BHW: Tensor) -> Tensor:
    """-log S at the label of each pixel, 0 where the label is unknown; losses_BHW."""
    _check_logits(logits_BCHW)
    batch, classes, height, width = logits_BCHW.shape
    if labels_BHW.dtype != torch.int64 or labels_BHW.shape != (batch, height, width):
        raise InvalidInputError(
            f"labels_BHW: expected int64 of shape {(batch, height, width)}, "
            f"got {labels_BHW.dtype} of {tuple(labels_BHW.shape)}"
        )
    wrong_BHW = (labels_BHW < 0) | ((labels_BHW >= classes) & (labels_BHW != UNKNOWN))
    if bool(wrong_BHW.any()):
        label = int(labels_BHW[wrong_BHW][0])
        raise InvalidInputError(f"labels_BHW: expected 0..{classes - 1}, or 255 for unknown, got {label}")
    return functional.cross_entropy(_working(logits_BCHW), labels_BHW, ignore_index=UNKNOWN, reduction="none")


def _check_logits(logits_BCHW: Tensor) -> None:
    if logits_BCHW.ndim != 4 or not logits_BCHW.is_floating_point() or not 1 <= logits_BCHW.shape[1] <= UNKNOWN:
        raise InvalidInputError(
            f"logits_BCHW: expected floats of shape (images, 1..255 classes, rows, columns), "
            f"got {logits_BCHW.dtype} of {tuple(logits_BCHW.shape)}"
        )
