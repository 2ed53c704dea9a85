"""The data set that a run is about."""

from pathlib import Path

from budgetseg.data.dataset import Dataset
from budgetseg.data.download import Tell
from budgetseg.data.open import open_dataset
from budgetseg.runs.spec import RunSpec

__all__ = ["open_for"]


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
