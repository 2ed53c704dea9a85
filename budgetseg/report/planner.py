"""The planner on these runs: its surface fitted to what was measured here, and what it would buy at any budget."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.workload import Workload, exact_number
from budgetseg.errors import BudgetsegError, BudgetTooSmallError
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.evidence import Evidence, evidence_of
from budgetseg.plan.evidence_table import TableRow
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Plan, Prediction
from budgetseg.plan.prices import Prices
from budgetseg.plan.surface import Surface
from budgetseg.report.finished import FinishedRun
from budgetseg.report.frontier import SAME_PURCHASE, Point, gather

__all__ = ["PlannedStep", "Planner", "evidence_from", "planner_of", "usable"]

LEAST_MIXES: Final = 4
"""Different mixes below which a surface would say what was believed before, not what was measured."""
PLAIN: Final = frozenset({*KINDS, "hybrid", "plan"})
"""Strategies whose annotations are what the names of the kinds promise."""


@dataclass(frozen=True, kw_only=True)
class PlannedStep:
    """What the planner would buy at a budget."""

    hours: float
    mix: Mix
    spent: float
    expected: Prediction
    """With the interval in which one new training falls."""
    nearest: Point
    """The runs on which hours were spent most alike."""

    @property
    def trained(self) -> bool:
        """Whether some run here bought this mix; what is expected of another one is foretold."""
        return _same_purchase(self.nearest, self.mix)

    @property
    def basis(self) -> str:
        """What the expectation rests on."""
        if self.trained:
            return "expected of a mix that was trained"
        near = self.nearest
        return f"foretold, no run bought this mix; nearest: {Mix.of(near.mix)}, measured {near.miou:.1f}"

    def to_dict(self) -> dict[str, Any]:
        """As in ``planned`` of ``budgetseg.report/1``."""
        return {
            "hours": self.hours,
            "mix": self.mix.to_dict(),
            "spent": self.spent,
            "expected": self.expected.to_dict(),
            "trained": self.trained,
            "basis": self.basis,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Planner:
    """A surface fitted to runs, with the prices and the pool that they had."""

    evidence: Evidence
    surface: Surface
    prices: Prices
    book: CostBook | None
    workload: Workload | None
    pool: int
    runs: tuple[FinishedRun, ...]
    """Those that it was fitted to."""
    points: tuple[Point, ...]
    """They, gathered."""

    def choose(self, hours: float, *, explain: bool = False) -> Plan:
        """The best mix of the kinds that were run, within a budget.

        Raises:
            BudgetTooSmallError: The hours buy nothing.
        """
        run = self.runs[0]
        return choose_plan(
            pool=self.pool,
            evidence=self.evidence,
            surface=self.surface,
            budget_seconds=exact_number(hours, "hours") * 3600,
            prices=self.prices,
            book=self.book,
            workload=self.workload,
            dataset=run.dataset,
            validation=run.validation,
            explain=explain,
        )

    def nearest(self, mix: Mix) -> Point:
        """The point on which the hours were spent most alike, kind by kind; of equals the one with the higher mIoU."""
        seconds_of = self.prices.seconds_of

        def far(point: Point) -> float:
            kinds = {*point.mix, *(kind for kind, _ in mix)}
            return sum(float(abs(point.mix.get(kind, 0) - mix[kind]) * seconds_of.get(kind, 0)) for kind in kinds)

        return min(self.points, key=lambda point: (far(point), -point.miou))

    def trained(self, mix: Mix) -> Point | None:
        """The point that bought a mix, to within what seeds of one purchase differ by; None where none did."""
        point = self.nearest(mix)
        return point if _same_purchase(point, mix) else None

    def tried(self, mix: Mix) -> bool:
        """Whether some run here combined the kinds of a mix, in any numbers."""
        kinds = {kind for kind, _ in mix}
        return any({kind for kind, images in run.mix.items() if images} == kinds for run in self.runs)

    def steps(self, amounts: Sequence[float]) -> tuple[PlannedStep, ...]:
        """What would be bought at each budget; those that buy nothing are left out."""
        found = []
        for hours in amounts:
            try:
                plan = self.choose(hours)
            except BudgetTooSmallError:
                continue
            if plan.predicted_miou is not None:
                found.append(
                    PlannedStep(
                        hours=hours,
                        mix=plan.mix,
                        spent=plan.hours,
                        expected=plan.predicted_miou,
                        nearest=self.nearest(plan.mix),
                    )
                )
        return tuple(found)


def _same_purchase(point: Point, mix: Mix) -> bool:
    bought = Mix.of(point.mix)
    if {kind for kind, _ in bought} != {kind for kind, _ in mix}:
        return False
    return all(abs(bought[kind] - images) <= max(1, SAME_PURCHASE * images) for kind, images in mix)


def usable(group: Sequence[FinishedRun]) -> tuple[FinishedRun, ...]:
    """The runs of a setting that one surface can describe: plain strategies, most often seen terms besides."""
    plain = [run for run in group if run.strategy in PLAIN and run.mix.keys() <= KINDS.keys()]
    if not plain:
        return ()
    terms = Counter((run.objectness, run.annotators, run.iterations) for run in plain)
    most = max(terms, key=lambda key: (terms[key], key))
    return tuple(run for run in plain if (run.objectness, run.annotators, run.iterations) == most)


def evidence_from(runs: Sequence[FinishedRun]) -> Evidence:
    """Finished runs of one setting as evidence, as ``--evidence runs/`` reads them."""
    first = runs[0]
    rows = [
        TableRow(
            line=place,
            counts_K=tuple(run.mix.get(kind, 0) for kind in KINDS),
            miou=run.miou,
            noise=float("nan"),
            dataset=f"{run.dataset}: {', '.join(name for name in run.classes if name != 'background')}",
            recipe=f"{run.recipe} {run.backbone} {run.iterations} iterations",
            variant="",
            name=run.name,
            iou={name: value for name, value in run.iou.items() if value is not None},
        )
        for place, run in enumerate(runs, start=1)
    ]
    return evidence_of(f"these runs on {first.dataset}", rows)


def _prices(runs: Sequence[FinishedRun], book: CostBook | None, workload: Workload | None) -> Prices:
    """By the cost book and the mean image, or what the images bought here cost on average."""
    # Runs that bought masks alone paid for no prior.
    once = max(Fraction(str(run.hours_by_kind.get("objectness", 0.0))) for run in runs) * 3600
    if book is not None and workload is not None:
        return Prices.of(book, workload, prior_seconds=once)
    hours: dict[str, float] = {}
    images: dict[str, int] = {}
    for run in runs:
        for kind, count in run.mix.items():
            if count and kind in run.hours_by_kind:
                hours[kind] = hours.get(kind, 0.0) + run.hours_by_kind[kind]
                images[kind] = images.get(kind, 0) + count
    seconds: Mapping[str, Fraction] = {
        kind: exact_number(hours[kind], "hours") * 3600 / images[kind] for kind in KINDS if kind in images
    }
    return Prices.said(seconds, prior_seconds=once)


def planner_of(group: Sequence[FinishedRun], book: CostBook | None) -> Planner | str:
    """Fit the planner to the runs of a setting; a sentence that says why not, where it cannot be."""
    runs = usable(group)
    mixes = {tuple(sorted(run.mix.items())) for run in runs}
    if len(mixes) < LEAST_MIXES:
        return (
            f"The planner was not fitted to these runs: it takes {LEAST_MIXES} different mixes of plain kinds, and "
            f"there {'is' if len(mixes) == 1 else 'are'} {len(mixes)}."
        )
    workload = next((run.workload for run in runs if run.workload is not None), None)
    try:
        prices = _prices(runs, book, workload)
        evidence = evidence_from(runs)
        return Planner(
            evidence=evidence,
            surface=fit_surface(evidence),
            prices=prices,
            book=book,
            workload=workload,
            pool=max(run.pool for run in runs),
            runs=runs,
            points=gather(runs),
        )
    except BudgetsegError as error:
        return f"The planner was not fitted to these runs: {error}."
