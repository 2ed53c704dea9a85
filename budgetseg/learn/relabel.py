"""Self-training: a trained network tells what it sees in the weakly annotated images, within what annotators said.

The annotators know which classes an image holds, so the network chooses among these alone; what they marked stays as
they marked it, and outside all boxes is background. So the labels that come out are better than the network's own
predictions, and a network trained on them learns something new.

Shape suffixes: B images, C classes, 3 colours, H rows, W columns of what the network is shown; P marked pixels.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from budgetseg.annotate.target import Target
from budgetseg.data.dataset import BACKGROUND, VOID
from budgetseg.learn.batches import Example, Window, look_through, whole_images

__all__ = ["relabelled"]

_AT_A_TIME = 8


def relabelled(
    network: torch.nn.Module,
    examples: Sequence[Example],
    *,
    canvas: tuple[int, int] | None,
    confidence: float,
    device: torch.device,
    on_image: Callable[[int], None],
) -> list[Example]:
    """Give every weakly annotated example the labels that the network predicts for it; masks stay as they are.

    Args:
        network: On ``device``; it is left in evaluation mode.
        examples: All examples of a training.
        canvas: (Height, width) at which images are shown; None is their own.
        confidence: Pixels whose best class has a lower probability stay unknown.
        device: Where to compute.
        on_image: Called with the number of weak images done; may raise to stop.

    Returns:
        The examples in their order; no objectness prior is left, as labels have taken its place.
    """
    network.eval()
    rows = [row for row, example in enumerate(examples) if not example.target.strong]
    made = [replace(example, objectness_HW=None) for example in examples]
    for done, (row, probability_CHW) in enumerate(_predicted(network, examples, rows, canvas, device), start=1):
        target = examples[row].target
        labels_HW = chosen(probability_CHW, target, (examples[row].height, examples[row].width), confidence)
        made[row] = replace(made[row], target=dense(target, labels_HW))
        on_image(done)
    return made


def _predicted(
    network: torch.nn.Module,
    examples: Sequence[Example],
    rows: Sequence[int],
    canvas: tuple[int, int] | None,
    device: torch.device,
) -> Iterator[tuple[int, Tensor]]:
    """Yield (row, class probabilities (C, H, W) on the CPU), the mean of the image and its mirror image."""
    step = 1 if canvas is None else _AT_A_TIME
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        images = [examples[row].image_HW3 for row in some]
        images_B3HW = whole_images(images, canvas).to(device)
        with torch.inference_mode():
            seen_BCHW = network(images_B3HW).float().softmax(dim=1)
            mirrored_BCHW = network(images_B3HW.flip(3)).float().softmax(dim=1).flip(3)
            yield from zip(some, ((seen_BCHW + mirrored_BCHW) / 2).cpu(), strict=True)


def chosen(probability_CHW: Tensor, target: Target, size: tuple[int, int], confidence: float) -> NDArray[np.uint8]:
    """The label of each pixel, 255 where none is likely enough.

    Args:
        probability_CHW: What the network makes of the image, at any size.
        target: What annotators said.
        size: (Height, width) that the target's coordinates refer to.
        confidence: Least probability of a label, among the classes said to be present.
    """
    among_CHW = torch.where(torch.from_numpy(target.present_C)[:, None, None], probability_CHW, 0.0)
    best_HW, labels_HW = among_CHW.max(dim=0)
    sure_HW = best_HW >= confidence * among_CHW.sum(dim=0)
    made_HW = torch.where(sure_HW, labels_HW, VOID).numpy().astype(np.uint8)
    rows, columns = made_HW.shape
    if target.dense_HW is not None:
        outside_HW = look_through(target.dense_HW, Window(), (rows, columns), Image.Resampling.NEAREST) == BACKGROUND
        made_HW[outside_HW] = BACKGROUND
    x_P = target.xy_P2[:, 0].astype(np.int64) * columns // size[1]
    y_P = target.xy_P2[:, 1].astype(np.int64) * rows // size[0]
    made_HW[y_P, x_P] = target.labels_P
    return made_HW


def dense(target: Target, labels_HW: NDArray[np.uint8]) -> Target:
    """The target with a label for each pixel in place of its marks; still a weak one."""
    return replace(
        target, dense_HW=labels_HW, xy_P2=target.xy_P2[:0], labels_P=target.labels_P[:0], weights_P=target.weights_P[:0]
    )
