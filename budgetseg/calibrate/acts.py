"""What was done in the seconds of each task, counted in what a cost book's rates are paid for.

Shape suffixes: N tasks, P rates.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.calibrate.timings import Timings
from budgetseg.costs.asking import questions
from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS, RATES, Per

__all__ = ["Acts", "acts_of"]

Floats = NDArray[np.float64]

_COUNT: Final = {
    "first_click_s": "n_first_points",
    "extra_click_s": "n_extra_points",
    "squiggle_s": "n_squiggles",
    "box_s": "n_boxes",
    "coarse_s": "n_polygons",
    "assisted_s": "n_polygons",
    "polygon_s": "n_polygons",
}
"""The column that counts the marks of a rate."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Acts:
    """How many acts of each rate the tasks hold."""

    rates: tuple[str, ...]
    """In the order of cost books; only those of which there is an act."""
    acts_NP: Floats
    """0 or more."""


def acts_of(timings: Timings, book: CostBook) -> Acts:
    """Count the acts by the rules of a book: what its rates are per, and how it asks which classes are there.

    A task about a single class is one question, whatever way the book asks about whole images. Where classes are there
    and the table does not count the marks on them, nobody knows what the seconds were for: such a task gets no acts.
    """
    columns = {name: np.zeros(len(timings)) for name in RATES}
    if timings.act is not None:
        columns[timings.act][:] = 1
    for level in np.unique(timings.level_N) if timings.act is None else ():
        kind = KINDS[str(level)]
        for by_class in (False, True):
            rows_N = (timings.level_N == level) & (timings.by_class_N == by_class)
            asking = "each" if by_class and book.ask != "known" else book.ask
            for question in questions(asking, book.group_size, marks_classes=kind.marks_classes):
                columns[question.rate] += rows_N * float(question.times) * _quantity(timings, question.per)
            marked_N = np.zeros(len(timings))
            for rate in kind.rates:
                marked_N += timings.counts[_COUNT[rate]]
                per = book.rates[rate].per if rate in book.rates else RATES[rate].pers[0]
                columns[rate] += rows_N * _marks(timings, rate, per)
            if kind.marks_classes:
                unknown_N = rows_N & (timings.counts["n_classes_present"] > 0) & (marked_N == 0)
                for column_N in columns.values():
                    column_N[unknown_N] = 0
    held = tuple(name for name, column_N in columns.items() if column_N.any())
    return Acts(rates=held, acts_NP=np.array([columns[name] for name in held]).T.reshape(len(timings), len(held)))


def _quantity(timings: Timings, per: Per) -> Floats:
    present_N = timings.counts["n_classes_present"]
    asked_N = np.maximum(timings.counts["n_classes_asked"], present_N)  # who marks a class was asked about it
    return {"class asked": asked_N, "absent class": asked_N - present_N, "present class": present_N}[per]


def _marks(timings: Timings, rate: str, per: Per) -> Floats:
    marks_N = timings.counts[_COUNT[rate]]
    if per == "present class" and _COUNT[rate] in ("n_squiggles", "n_polygons", "n_boxes"):
        # Two strokes for one class are one act of what is paid by the class.
        present_N = timings.counts["n_classes_present"]
        return np.where((marks_N > 0) & (present_N > 0), np.minimum(marks_N, present_N), marks_N)
    return np.minimum(marks_N, 1) if per == "image" else marks_N
