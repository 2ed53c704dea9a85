"""The paper's values beside ours, row by row: what is finished, how far it is from the paper, what is still to run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from budgetseg.errors import InvalidInputError
from budgetseg.files import read_json
from budgetseg.reproduce.experiment import Experiment, choose
from budgetseg.reproduce.published import PublishedRow, class_iou, published_on_test
from budgetseg.reproduce.set_up import Setup

__all__ = ["IMAGES_PER_SECOND", "Comparison", "Row", "State", "compare"]

IMAGES_PER_SECOND = 303.0
"""Training images a second of FCN-32s on VGG16 at 320 px in batches of 20: eager, TF32, on one NVIDIA H100."""

State = Literal["to run", "stopped", "other settings", "finished", "to submit"]
"""Of a row: nothing there; begun; a run of other settings; measured; trained, but only VOC's server can measure it."""

SERVER_FILE = "test_miou.txt"
"""In a run's folder: the mIoU that VOC's evaluation server gave its submission."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One training: the paper's value and ours, 0 to 100."""

    experiment: Experiment
    folder: Path
    command: str
    gpu_hours: float
    """Estimated, of the training alone."""
    state: State
    miou: float | None = None
    """Ours; None before the run is finished, or where only VOC's server can measure it."""
    iou: Mapping[str, float | None] | None = None
    """Ours by class, where the run is finished."""

    @property
    def deviation(self) -> float | None:
        """Ours less the paper's."""
        return None if self.miou is None else self.experiment.printed.deviation(self.miou)

    def classes(self) -> dict[str, dict[str, float | None]] | None:
        """Table 2's IoU of each class beside ours; None for a row that it does not hold."""
        printed = class_iou(self.experiment.name)
        if printed is None:
            return None
        ours = {name: None if self.iou is None else self.iou.get(name) for name in printed}
        return {
            name: {"paper": paper, "ours": our, "deviation": None if our is None else our - paper}
            for (name, paper), our in zip(printed.items(), ours.values(), strict=True)
        }

    def to_dict(self) -> dict[str, Any]:
        """As in ``rows`` of ``budgetseg.reproduction/1``."""
        printed = self.experiment.printed
        return {
            "name": self.experiment.name,
            "title": self.experiment.title,
            "paper": {"low": printed.low, "high": printed.high},
            "ours": self.miou,
            "deviation": self.deviation,
            "state": self.state,
            "gpu_hours": self.gpu_hours,
            "folder": str(self.folder),
            "command": self.command,
        }


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The ``budgetseg.reproduction/1`` value."""

    table: str
    setup: Setup
    images_per_second: float
    rows: tuple[Row, ...]

    @property
    def missing(self) -> tuple[Row, ...]:
        """Rows that are still to be trained."""
        return tuple(row for row in self.rows if row.state in ("to run", "stopped"))

    @property
    def gpu_hours(self) -> float:
        """What the missing rows are estimated to take."""
        return sum(row.gpu_hours for row in self.missing)

    @property
    def published(self) -> tuple[PublishedRow, ...]:
        """Figure 5's points; no other table has any besides its rows."""
        return published_on_test() if self.table == "figure5" else ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        by_class = self.table == "table2"
        return {
            "schema": "budgetseg.reproduction/1",
            "table": self.table,
            "follow": self.setup.follow,
            "images_per_second": self.images_per_second,
            "gpu_hours": self.gpu_hours,
            "rows": [row.to_dict() | ({"classes": row.classes()} if by_class else {}) for row in self.rows],
            "published": [
                {
                    "name": point.name,
                    "miou": point.miou,
                    "hours": point.hours,
                    "printed_hours": point.printed_hours,
                    "note": point.note,
                }
                for point in self.published
            ],
        }


def compare(table: str, setup: Setup, names: tuple[str, ...], images_per_second: float) -> Comparison:
    """Set the rows of a table beside what is found in the run folders of a setup.

    Args:
        table: Name in ``TABLES``.
        setup: How the runs are set up and where they lie.
        names: Rows to compare; none: all.
        images_per_second: Training images, for the estimate of hours.

    Raises:
        InvalidInputError: An unknown row, a speed that is not above 0, or an unreadable result.
    """
    if not images_per_second > 0:
        raise InvalidInputError(f"--images-per-second: expected a number > 0, got {images_per_second:g}")
    rows = tuple(_row(experiment, setup, images_per_second) for experiment in choose(table, names))
    return Comparison(table=table, setup=setup, images_per_second=images_per_second, rows=rows)


def _row(experiment: Experiment, setup: Setup, images_per_second: float) -> Row:
    spec, folder = setup.spec(experiment), setup.run_folder(experiment)
    state, miou, iou = _found(folder, spec.fingerprint)
    if experiment.on_test and state == "finished":
        # Its own mIoU is over images that it was trained on.
        miou, iou = _from_server(folder), None
        state = "finished" if miou is not None else "to submit"
    return Row(
        experiment=experiment,
        folder=folder,
        command=setup.command(experiment),
        gpu_hours=spec.train.iterations * spec.train.batch / images_per_second / 3600,
        state=state,
        miou=miou,
        iou=iou,
    )


def _found(folder: Path, fingerprint: str) -> tuple[State, float | None, Mapping[str, float | None] | None]:
    """What a run folder holds: its state, mIoU and IoU by class."""
    mark, result = folder / "state.json", folder / "result.json"
    if mark.is_file() and read_json(mark).get("fingerprint") != fingerprint:
        return "other settings", None, None
    if not result.is_file():
        return ("stopped" if mark.is_file() else "to run"), None, None
    document = read_json(result)
    if document.get("status") != "completed":
        return "stopped", None, None
    try:
        return "finished", float(document["miou"]), dict(document["iou"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{result}: expected miou and iou of a finished run ({error})") from error


def _from_server(folder: Path) -> float | None:
    file = folder / SERVER_FILE
    if not file.is_file():
        return None
    text = file.read_text(encoding="utf-8").strip()
    try:
        miou = float(text)
    except ValueError:
        miou = -1.0
    if not 0 <= miou <= 100:
        raise InvalidInputError(f'{file}: expected the server\'s mIoU, a number from 0 to 100, got "{text}"')
    return miou
