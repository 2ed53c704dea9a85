"""Published points: hours against mIoU on another data set, drawn for the shape of the curve only."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from budgetseg.costs.accounting import mix_seconds
from budgetseg.costs.book import load_book
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.workload import PASCAL_VOC_2012

if TYPE_CHECKING:
    from budgetseg.report.frontier import Point

__all__ = ["DUKE", "PAPER", "ReferencePoint", "overlaps", "published_points"]

PAPER: Final = "paper (VOC 2012, FCN-32s)"
DUKE: Final = "Duke study (VOC 2012, PSPNet-101)"
"""Zhang et al., arXiv 2312.10600."""


@dataclass(frozen=True, kw_only=True)
class ReferencePoint:
    """One published result; mIoU is 0 to 100."""

    study: str
    name: str
    """What the evidence calls it."""
    strategy: str
    """The kind of a pure mix, else ``hybrid``: the symbol it is drawn with."""
    bought: str
    hours: float
    miou: float
    source: str

    def to_dict(self) -> dict[str, Any]:
        """As in ``reference`` of ``budgetseg.report/1``."""
        return {
            "study": self.study,
            "name": self.name,
            "bought": self.bought,
            "hours": self.hours,
            "miou": self.miou,
            "source": self.source,
        }


def published_points() -> tuple[ReferencePoint, ...]:
    """The rows of the shipped evidence that planning rests on, by hours.

    Their hours are those of the book ``voc2012`` at the statistics of PASCAL VOC 2012, exact, without objectness. The
    tables are read here once more because predictions need neither the names nor the sources in them.
    """
    book = load_book("voc2012")
    points = []
    for study, row in _rows():
        images = {kind: int(row[kind]) for kind in KINDS if int(row.get(kind) or 0)}
        points.append(
            ReferencePoint(
                study=study,
                name=row.get("name") or " + ".join(images),
                strategy=next(iter(images)) if len(images) == 1 else "hybrid",
                bought=" + ".join(f"{count:,} {kind}" for kind, count in images.items()),
                hours=float(mix_seconds(book, images, PASCAL_VOC_2012)) / 3600,
                miou=float(row["miou"]),
                source=row["source"],
            )
        )
    return tuple(sorted(points, key=lambda point: (point.study != PAPER, point.hours, point.name, point.miou)))


def _rows() -> Iterator[tuple[str, dict[str, str]]]:
    """Study and row of each published training on the whole of VOC 2012; variants of a kind are left out."""
    for study, table in ((PAPER, "published.csv"), (DUKE, "modern.csv")):
        with files("budgetseg.plan").joinpath(table).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if not row["variant"] and (study == PAPER or "(Duke study)" in row["recipe"]):
                    yield study, row


def overlaps(points: "Sequence[Point]", reference: Sequence[ReferencePoint]) -> bool:
    """Whether runs had as many hours as half of the published points: else these squeeze the runs into a corner."""
    return bool(reference) and max(point.hours for point in points) >= median(point.hours for point in reference)
