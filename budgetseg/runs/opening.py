"""The data set that a run is about; a series of runs opens, checks and counts it once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from budgetseg.data.check import require_sound
from budgetseg.data.dataset import Dataset
from budgetseg.data.download import Tell
from budgetseg.data.index import Index, index_images
from budgetseg.data.open import open_dataset
from budgetseg.runs.annotated import index_annotated, load_annotated
from budgetseg.runs.spec import RunSpec

__all__ = ["OpenOnce", "Opened", "Opener", "open_for", "open_sound"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Opened:
    """A data set whose files are sound."""

    dataset: Dataset
    index: Index
    """Of the training images."""


Opener = Callable[[RunSpec, Tell], Opened]


def open_for(spec: RunSpec, tell: Tell) -> Dataset:
    """Open the data set of a run; see `budgetseg.data.open.open_dataset`."""

    def path(text: str | None) -> Path | None:
        return None if text is None else Path(text)

    return open_dataset(
        spec.dataset,
        classes=spec.classes,
        limit=spec.limit,
        instances=path(spec.instances),
        train_set=spec.train_set,
        train_list=path(spec.train_list),
        val_list=path(spec.val_list),
        tell=tell,
    )


def open_sound(spec: RunSpec, tell: Tell) -> Opened:
    """Open the data set of a run, look at every file of it, and count its training images.

    Where people annotated, their answers are counted, and the training images need no masks.

    Raises:
        BudgetsegError: It is missing or broken.
    """
    dataset = open_for(spec, tell)
    if spec.annotations is not None:
        require_sound(dataset, "val")
        return Opened(dataset=dataset, index=index_annotated(load_annotated(Path(spec.annotations), dataset)))
    require_sound(dataset)
    return Opened(dataset=dataset, index=index_images(dataset, "train"))


class OpenOnce:
    """Like :func:`open_sound`, but runs on one data set, one after the other, pay for it once."""

    def __init__(self) -> None:
        self._last: tuple[tuple[object, ...], Opened] | None = None

    def __call__(self, spec: RunSpec, tell: Tell) -> Opened:
        """Return the data set of a run, afresh where the last run was about another."""
        lists = (spec.instances, spec.train_set, spec.train_list, spec.val_list)
        named = (spec.dataset, spec.classes, spec.limit, *lists, spec.annotations)
        if self._last is None or self._last[0] != named:
            self._last = named, open_sound(spec, tell)
        return self._last[1]
