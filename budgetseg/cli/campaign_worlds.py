"""The worlds in which a campaign can be played: a measured surface, and a data set with the real trainer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from budgetseg.cli.market_options import Market
from budgetseg.cli.output import notice
from budgetseg.errors import BudgetTooSmallError
from budgetseg.plan.campaign_replay import Budget, Replay, ReplayStep, SurfaceTrainer, Trainer, best_by_step, replay
from budgetseg.plan.campaign_simulation import Simulation
from budgetseg.plan.evidence import Evidence, read_evidence
from budgetseg.plan.prices import Prices
from budgetseg.plan.truth import Truth, truth_of
from budgetseg.plan.validation import Validation

__all__ = ["RealWorld", "SurfaceWorld", "played"]


@dataclass(frozen=True, kw_only=True)
class SurfaceWorld:
    """A surface that was measured."""

    name: str
    prices: Prices
    pool: int
    truth: Truth

    @classmethod
    def of(cls, path: Path, market: Market, pool: int | None) -> "SurfaceWorld":
        """Fit the world; without ``--pool`` it has as many images as its largest training."""
        truth = truth_of(read_evidence(path))
        images = truth.most_images if pool is None else pool
        if images > truth.most_images:
            notice(f"{path}: no training has more than {truth.most_images:,} images; beyond, the fit extrapolates")
        prices = market.prices.among(truth.kinds, str(path))
        return cls(name=str(path), prices=prices, pool=images, truth=truth)

    def trainer(self, strategy: str, seed: int) -> Trainer:  # noqa: ARG002 - all strategies meet the same noise
        """A trainer whose noise depends on the seed alone."""
        return SurfaceTrainer(truth=self.truth, rng=np.random.default_rng([seed, 2]))


@dataclass(frozen=True, kw_only=True)
class RealWorld:
    """A data set that is trained on."""

    name: str
    prices: Prices
    pool: int
    runs: Path
    device: str
    settings: dict[str, str]
    truth: None = None

    @classmethod
    def of(
        cls,
        market: Market,
        runs: Path,
        device: str,
        dataset: str,
        classes: str,
        instances: Path | None,
        validation: str,
        overrides: Iterable[str],
    ) -> "RealWorld":
        """Take images from the data set; ``overrides`` are the texts of ``--set``."""
        from budgetseg.runs.config import overrides_of

        settings = {"run.dataset": dataset, "run.validation": validation}
        if classes:
            settings["run.classes"] = classes
        if instances is not None:
            settings["run.instances"] = str(instances)
        return cls(
            name=dataset,
            prices=market.prices,
            pool=market.pool or 1,
            runs=runs,
            device=device,
            settings={**settings, **overrides_of(tuple(overrides))},
        )

    def trainer(self, strategy: str, seed: int) -> Trainer:
        """A trainer with a folder of its own."""
        from budgetseg.learn.threads import wait_politely

        wait_politely()  # before torch is loaded
        from budgetseg.cli.run_drawing import RunDisplay
        from budgetseg.runs.campaign_trainer import RunTrainer

        return RunTrainer(
            folder=self.runs / f"{strategy}-s{seed}",
            settings={**self.settings, "run.seed": str(seed)},
            device=self.device,
            watcher=RunDisplay(True),
        )


def played(
    world: SurfaceWorld | RealWorld,
    strategies: Sequence[str],
    seeds: Iterable[int],
    *,
    budget_seconds: Fraction,
    validation: Validation | None,
    steps: int,
    trainings: int,
    known: Evidence | None,
    predict: bool,
    tell: Callable[[str, int, ReplayStep], None],
) -> Simulation:
    """Play every strategy with every seed.

    Raises:
        BudgetTooSmallError: The hours do not pay for measuring and one image.
        InvalidInputError: As in :func:`budgetseg.plan.campaign_replay.replay`.
    """
    measuring = Fraction(0) if validation is None else validation.charged_seconds
    spendable = budget_seconds - measuring - world.prices.fixed_seconds
    if spendable <= 0:
        raise BudgetTooSmallError(
            f"{float(budget_seconds / 3600):g} h do not pay for measuring ({float(measuring / 3600):g} h) and what is "
            "paid once; give more hours"
        )
    budget = Budget(seconds=spendable, steps=steps, pool=world.pool, prices=world.prices)
    best = None if world.truth is None else best_by_step(world.truth, budget)

    def play(name: str, seed: int) -> Replay:
        return replay(
            name,
            world.trainer(name, seed),
            budget,
            seed,
            trainings=trainings,
            known=known,
            truth=world.truth,
            best=best,
            predict=predict,
            tell=lambda step: tell(name, seed, step),
        )

    return Simulation(
        world=world.name,
        budget_hours=float(budget_seconds / 3600),
        validation_hours=float(measuring / 3600),
        steps=steps,
        pool=world.pool,
        prices=world.prices,
        best=best,
        replays=tuple(play(name, seed) for seed in seeds for name in strategies),
    )
