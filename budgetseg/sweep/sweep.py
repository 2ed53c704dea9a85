"""A sweep before it is carried out: each run of a grid with its folder, its price, its compute and how far it has come.

A budget that buys all images is the run without a limit of hours, whichever budget it was: one run serves them all, in
this sweep and in a later one with other budgets.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetseg.accuracy.design import Seeds
from budgetseg.costs.book import load_book
from budgetseg.data.dataset import Dataset
from budgetseg.data.download import Tell
from budgetseg.data.index import Index, index_images
from budgetseg.errors import BudgetTooSmallError
from budgetseg.plan.mix import Mix
from budgetseg.runs.buying import buy, market_for, measuring
from budgetseg.runs.command import run_command
from budgetseg.runs.config import spec_of_settings
from budgetseg.runs.opening import open_for
from budgetseg.runs.purchase import Market, Purchase
from budgetseg.runs.state import State, state_of
from budgetseg.runs.strategy import PLANNED, strategy
from budgetseg.sweep.compute import Speed
from budgetseg.sweep.grid import Choice, Grid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from budgetseg.costs.book import CostBook
    from budgetseg.plan.validation import Validation
    from budgetseg.runs.spec import RunSpec

__all__ = ["Sweep", "SweepRun", "plan_sweep"]


@dataclass(frozen=True, kw_only=True)
class SweepRun:
    """One run of a sweep."""

    spec: "RunSpec"
    folder: Path
    command: str
    mix: Mix
    """What it buys."""
    hours: float
    """Annotators' hours of that, and of masks that measure where they are charged."""
    compute_seconds: float
    """Estimated, of one process."""
    state: State
    miou: float | None
    """0 to 100; None before the run is finished."""

    @property
    def name(self) -> str:
        """Of its folder."""
        return self.folder.name

    def to_dict(self) -> dict[str, Any]:
        """As in ``runs`` of ``budgetseg.sweep/1``."""
        return {
            "name": self.name,
            "strategy": self.spec.strategy,
            "budget_hours": self.spec.hours,
            "mix": self.mix.to_dict(),
            "seed": self.spec.seed,
            "hours": self.hours,
            "compute_seconds": self.compute_seconds,
            "state": self.state,
            "miou": self.miou,
            "folder": str(self.folder),
            "command": self.command,
        }


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Everything that a grid asks for."""

    folder: Path
    runs: tuple[SweepRun, ...]
    """Each once, in the order in which they are begun."""
    notes: tuple[str, ...]
    """What was asked for and is no run of its own, each with the reason."""
    speed: Speed

    @property
    def missing(self) -> tuple[SweepRun, ...]:
        """Runs that are still to be finished."""
        return tuple(run for run in self.runs if run.state != "finished")

    @property
    def compute_seconds(self) -> float:
        """What the missing runs are estimated to take, one after the other."""
        return sum(run.compute_seconds for run in self.missing)

    def afresh(self) -> "Sweep":
        """Look its folders up again; the data set has not changed."""
        runs = []
        for run in self.runs:
            state, miou = state_of(run.folder, run.spec.fingerprint)
            runs.append(replace(run, state=state, miou=miou))
        return replace(self, runs=tuple(runs))

    def to_dict(self) -> dict[str, Any]:
        """The ``budgetseg.sweep/1`` document before any run is carried out."""
        return {
            "schema": "budgetseg.sweep/1",
            "folder": str(self.folder),
            "missing": len(self.missing),
            "compute_seconds": self.compute_seconds,
            "compute_source": self.speed.source,
            "notes": list(self.notes),
            "runs": [run.to_dict() for run in self.runs],
        }


class _Planner:
    """Prices the places of a grid on one data set."""

    def __init__(self, folder: Path, shared: "Mapping[str, str]", tell: Tell) -> None:
        self.folder, self.shared = folder, shared
        spec = spec_of_settings(shared)
        self.dataset: Dataset = open_for(spec, tell)
        self.index: Index = index_images(self.dataset, "train")
        self.book: CostBook = load_book(spec.costs, background_clicks=spec.background_clicks)
        _, validation = measuring(spec, self.dataset, self.book)
        self.validation: Validation = validation
        self._markets: dict[int, Market] = {}

    def spec(self, choice: Choice) -> "RunSpec":
        return spec_of_settings(
            {**self.shared, **choice.settings()}, None if choice.mix is None else choice.mix.to_dict()
        )

    def purchase(self, choice: Choice) -> Purchase:
        spec = self.spec(choice)
        if spec.seed not in self._markets:
            self._markets = {spec.seed: market_for(spec, self.index, self.book)}  # seeds come one after the other
        chosen = PLANNED if choice.mix is not None else strategy(choice.strategy)
        return buy(spec, chosen, self._markets[spec.seed], self.validation, self.dataset)

    def run(self, choice: Choice, purchase: Purchase, speed: Speed) -> SweepRun:
        spec = self.spec(choice)
        folder = self.folder / spec.folder_name
        state, miou = state_of(folder, spec.fingerprint)
        mix = None if choice.mix is None else ",".join(f"{kind}={images}" for kind, images in choice.mix)
        return SweepRun(
            spec=spec,
            folder=folder,
            command=run_command({**choice.settings(), **self.shared}, folder, mix),
            mix=purchase.mix,
            hours=float((purchase.spent_seconds + self.validation.charged_seconds) / 3600),
            compute_seconds=speed.seconds(spec),
            state=state,
            miou=miou,
        )


class _Notes:
    """What became of places that are no runs of their own; seeds are named where not all share it."""

    def __init__(self) -> None:
        self.seeds_of: dict[str, set[int]] = defaultdict(set)
        self._found: dict[tuple[str, bool], tuple[list[int], str]] = {}

    def add(self, choice: Choice, seed: int, why: str) -> None:
        self._found.setdefault((choice.place, why.startswith("left out")), ([], why))[0].append(seed)

    def told(self) -> tuple[str, ...]:
        lines = []
        for (place, _), (seeds, why) in self._found.items():
            some = len(seeds) < len(self.seeds_of[place])
            whose = f", seed {' and '.join(map(str, seeds))}" if some else ""
            lines.append(f"{place}{whose}: {why}")
        return tuple(lines)


def plan_sweep(grid: Grid, folder: Path, shared: "Mapping[str, str]", speed: Speed, tell: Tell) -> Sweep:
    """Price every place of a grid and look its run up.

    Args:
        grid: What is asked for.
        folder: Where the run directories lie.
        shared: Settings that all runs share, by their names in ``--set``.
        speed: For the estimate of compute.
        tell: Told of what the data set notes.

    Raises:
        BudgetsegError: The data set or cost book cannot be read, a setting is wrong, a run's result unreadable, or
            more images are asked for than there are.
    """
    planner = _Planner(folder, shared, tell)
    seeds = Seeds(usual=grid.seeds, few_masks=max(grid.seeds, grid.few_seeds or 0))
    runs: dict[str, SweepRun] = {}
    notes = _Notes()
    for number, choice in grid.choices():
        notes.seeds_of[choice.place].add(number)
        if choice.images > len(planner.index.ids):
            notes.add(choice, number, f"left out: there are {len(planner.index.ids):,} images")
            continue
        try:
            purchase = planner.purchase(choice)
        except BudgetTooSmallError as error:
            notes.add(choice, number, f"left out: {error}")
            continue
        if number not in seeds.of(purchase.mix):
            continue
        if choice.hours is not None and len(purchase.image_ids) == len(planner.index.ids):
            hours = float(purchase.spent_seconds / 3600)
            notes.add(choice, number, f"buys all {len(purchase.image_ids):,} images for {hours:.2f} h")
            choice = choice.everything
            purchase = planner.purchase(choice)
        run = planner.run(choice, purchase, speed)
        runs.setdefault(run.spec.fingerprint, run)
    return Sweep(folder=folder, runs=tuple(runs.values()), notes=notes.told(), speed=speed)
