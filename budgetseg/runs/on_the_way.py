"""The mIoU of a network while it is trained, for learning curves: on a few of the validation images, always the same.

Nothing is chosen by it: the weights that a run ends with, and their mIoU on all validation images, are those of a run
that does not look. It is measured at the size and in the precision in which the network sees images, on the device that
trains, which is cheaper than the measuring at the end and not quite the same.

Shape suffixes: B images, H rows, W columns, C classes, P the same and void.
"""

import time
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import torch
from PIL import Image

from budgetseg.data.dataset import VOID, Dataset
from budgetseg.learn.batches import Window, look_through, whole_images
from budgetseg.learn.evaluate import Absent, mean_iou
from budgetseg.learn.step import Precision
from budgetseg.runs.samples import images_on_the_way, sample_ids
from budgetseg.runs.spec import RunSpec

__all__ = ["OnTheWay", "on_the_way_of"]

_BATCH: Final = 8

_Group = tuple[torch.Tensor, torch.Tensor]
"""images_B3HW and their true classes labels_BHW, void one above the last class, on the device."""


class OnTheWay:
    """Looks at a network every now and then.

    Args:
        dataset: What the images are from.
        ids: The validation images that measure the run in the end, of which some are taken, evenly spaced.
        every: Iterations between two looks.
        batch: Images an iteration of the training.
        absent: How classes count that neither truth nor prediction holds.
        device: Where the network is.
        precision: Of the training, so that a look costs what a forward pass of it does.

    Raises:
        InvalidInputError: Looks that are too frequent.
    """

    def __init__(
        self,
        dataset: Dataset,
        ids: tuple[str, ...],
        *,
        every: int,
        batch: int,
        absent: Absent,
        device: torch.device,
        precision: Precision = "fp32",
    ) -> None:
        self.every, self.seconds = every, 0.0
        self.ids = sample_ids(ids, images_on_the_way(every, batch, len(ids)))
        self._dataset, self._absent, self._device, self._precision = dataset, absent, device, precision
        self._groups: tuple[tuple[int, int] | None, list[_Group]] | None = None

    def look(self, iteration: int, network: torch.nn.Module, canvas: tuple[int, int] | None) -> float | None:
        """MIoU (0 to 100) after an iteration, counted from 1, when it is time; else None.

        The network is left as it was, in training mode.
        """
        if iteration % self.every:
            return None
        began = time.monotonic()
        if self._groups is None or self._groups[0] != canvas:
            self._groups = canvas, list(self._loaded(canvas))
        classes = len(self._dataset.classes)
        counts_PC = torch.zeros((classes + 1) * classes, dtype=torch.int64, device=self._device)
        network.eval()
        half = torch.autocast(self._device.type, torch.bfloat16, enabled=self._precision == "bf16")
        with torch.no_grad(), half:
            for images_B3HW, labels_BHW in self._groups[1]:
                found_BHW = network(images_B3HW).max(dim=1).indices  # argmax is five times as slow on CPUs
                pairs = labels_BHW.long() * classes + found_BHW
                counts_PC += torch.bincount(pairs.flatten(), minlength=len(counts_PC))
        network.train()
        counts_CC = counts_PC.reshape(classes + 1, classes)[:classes].cpu().numpy()
        miou = float(mean_iou(counts_CC, self._absent))
        self.seconds += time.monotonic() - began
        return miou

    def _loaded(self, canvas: tuple[int, int] | None) -> Iterator[_Group]:
        step = 1 if canvas is None else _BATCH
        for start in range(0, len(self.ids), step):
            some = self.ids[start : start + step]
            images_B3HW = whole_images([self._dataset.image(image_id) for image_id in some], canvas)
            size = (images_B3HW.shape[2], images_B3HW.shape[3])
            nearest = Image.Resampling.NEAREST
            masks = [look_through(self._dataset.mask(image_id), Window(), size, nearest) for image_id in some]
            labels_BHW = np.stack(masks).astype(np.uint8)
            labels_BHW[labels_BHW == VOID] = len(self._dataset.classes)  # counted apart, and left out
            yield images_B3HW.to(self._device), torch.from_numpy(labels_BHW).to(self._device)

    def to_dict(self) -> dict[str, Any]:
        """As ``on_the_way`` of ``budgetseg.result/1``."""
        return {"every": self.every, "images": len(self.ids)}


def on_the_way_of(
    spec: RunSpec, every: int, dataset: Dataset, ids: tuple[str, ...], device: torch.device
) -> OnTheWay | None:
    """What looks at the network of a run; None where ``every`` is 0.

    Raises:
        InvalidInputError: Looks that are too frequent.
    """
    if not every:
        return None
    batch, absent, precision = spec.train.batch, spec.absent_classes, spec.precision
    return OnTheWay(dataset, ids, every=every, batch=batch, absent=absent, device=device, precision=precision)
