"""What measured rates do to hours: what they buy by the prior, by the means and by the medians.

Who plans with medians buys more than the hours pay for, because a few tasks take long: the last column says what the
images that medians promise take in mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from budgetseg.calibrate.calibrate import Calibration
from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS, RATES
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.rate import Rate
from budgetseg.costs.workload import Workload

__all__ = ["Effect", "effects"]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What hours buy of one kind, a pool without end taken for granted."""

    kind: str
    seconds_of: Mapping[str, float]
    """Of an image, by ``prior``, ``means`` and ``medians``; the prior may lack it."""
    images_of: Mapping[str, int]
    """That the hours buy, by the same."""
    hours_of_promised: float
    """By the means, of the images that the medians promise."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``effects`` of ``budgetseg.calibration/1``."""
        return {
            "kind": self.kind,
            "seconds_per_image": dict(self.seconds_of),
            "images": dict(self.images_of),
            "hours_of_promised": self.hours_of_promised,
        }


def effects(calibration: Calibration, workload: Workload, budget_seconds: Fraction) -> tuple[Effect, ...]:
    """Return what the hours buy, for every kind that charges a rate which was timed."""
    prior = calibration.prior
    books = {
        "prior": prior,
        "means": _with(prior, {name: rate.mean for name, rate in calibration.rates.items()}),
        "medians": _with(prior, {name: rate.median for name, rate in calibration.rates.items()}),
    }
    found = []
    for kind in KINDS:
        if kind not in books["means"].kinds or not set(books["means"].charged(kind)) & set(calibration.rates):
            continue
        seconds_of = {
            name: seconds_per_image(book, kind, workload) for name, book in books.items() if kind in book.kinds
        }
        images_of = {name: int(budget_seconds // seconds) for name, seconds in seconds_of.items()}
        found.append(
            Effect(
                kind=kind,
                seconds_of={name: float(seconds) for name, seconds in seconds_of.items()},
                images_of=images_of,
                hours_of_promised=float(images_of["medians"] * seconds_of["means"] / 3600),
            )
        )
    return tuple(found)


def _with(book: CostBook, seconds_of: Mapping[str, float]) -> CostBook:
    """The book with some rates in the place of its own."""
    rates = dict(book.rates)
    for name, seconds in seconds_of.items():
        per = rates[name].per if name in rates else RATES[name].pers[0]
        rates[name] = Rate(seconds=Fraction(seconds), per=per, statistic=None, source="measured", verified=True)
    return replace(book, rates={name: rates[name] for name in RATES if name in rates})
