"""The ``budgetseg.pilot/1`` value: pilot first, or buy now, with the regret that is expected of either."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from budgetseg.errors import BudgetTooSmallError
from budgetseg.plan.mix import Mix
from budgetseg.plan.pilot import Study, mix_of, study_pilots
from budgetseg.plan.pilot_design import SHARES, TIMED
from budgetseg.plan.pilot_option import PilotOption
from budgetseg.plan.plan import Prediction
from budgetseg.plan.predictor import Predictor
from budgetseg.plan.prices import Prices
from budgetseg.plan.surface import counts_of
from budgetseg.plan.validation import Validation

__all__ = ["SCHEMA", "Pilot", "PilotAdvice", "design_pilot", "pilot_advice"]

SCHEMA = "budgetseg.pilot/1"
_FEW_SHARES = SHARES[:: len(SHARES) // 2]


@dataclass(frozen=True, kw_only=True)
class PilotAdvice:
    """Pilot or buy now, in a line."""

    pilot: bool
    hours: float
    """Of the pilot; 0 where it is better to buy now."""
    regret_with: float | None
    """After the best pilot; None where none fits the hours."""
    regret_without: float
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Pilot:
    """What to do first."""

    budget_hours: float
    buy_now: Mix
    buy_now_miou: Prediction
    regret_without: float
    """Expected mIoU of buying now below the best mix of the hours."""
    best_kinds: Mapping[str, float]
    """Which kinds are best, with what probability by what is known now."""
    options: tuple[PilotOption, ...]
    advised: PilotOption | None
    """None: no pilot."""
    closest: PilotOption | None
    """That of the largest gain, though it may be negative; None where none fits the hours."""
    prices: Prices
    evidence: str
    pool: int | None
    """None where only the hours are a limit."""
    dataset: str | None = None
    validation: Validation | None = None
    workload: Mapping[str, float] = field(default_factory=dict)

    @property
    def advice(self) -> PilotAdvice:
        """The document in a line."""
        shown = self.advised or self.closest
        return PilotAdvice(
            pilot=self.advised is not None,
            hours=0.0 if self.advised is None else self.advised.hours,
            regret_with=None if shown is None else shown.regret,
            regret_without=self.regret_without,
            sentence=_sentence(self.advised, self.closest, self.regret_without),
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        advice = self.advice
        measured = 0.0 if self.validation is None else float(self.validation.charged_seconds / 3600)
        return {
            "schema": SCHEMA,
            "budget_hours": self.budget_hours,
            "advice": "pilot" if advice.pilot else "no pilot",
            "sentence": advice.sentence,
            "regret": {"without": advice.regret_without, "with": advice.regret_with},
            "pilot": None if self.advised is None else self.advised.to_dict(),
            "hours_left": self.budget_hours - advice.hours - measured - float(self.prices.fixed_seconds / 3600),
            "buy_now": {"mix": self.buy_now.to_dict(), "predicted_miou": self.buy_now_miou.to_dict()},
            "best_kinds": dict(self.best_kinds),
            "options": [option.to_dict() for option in self.options],
            "pool": self.pool,
            "costs": self.prices.to_dict(),
            "evidence": self.evidence,
            "dataset": self.dataset,
            "workload": dict(self.workload) or None,
            "validation": None if self.validation is None else self.validation.to_dict(),
        }


def _sentence(advised: PilotOption | None, closest: PilotOption | None, without: float) -> str:
    if closest is None:
        return f"No pilot: none fits these hours. Buying now is expected to end {without:.1f} mIoU below the best mix."
    if advised is None:
        # A gain that is no larger than its error is not advised, but a bare "no" would be more than is known.
        unsure = 0 < closest.gain <= closest.gain_error
        no, error = ("No pilot that is sure to pay", f" (+-{closest.gain_error:.1f})") if unsure else ("No pilot", "")
        return (
            f"{no}: buying now is expected to end {without:.1f} mIoU below the best mix, after the best pilot "
            f"({closest.images:,} {closest.kind}, {closest.hours:.1f} h) it would be {closest.regret:.1f}{error}."
        )
    return (
        f"Pilot first: {advised.images:,} {advised.kind}, {advised.hours:.1f} h with timings. The choice is then "
        f"expected to end {advised.regret:.1f} mIoU below the best mix instead of {without:.1f}; the pilot changes it "
        f"with {advised.changes:.0%}."
    )


def _spendable(budget_seconds: Fraction, validation: Validation | None) -> Fraction:
    charged = Fraction(0) if validation is None else validation.charged_seconds
    if charged >= budget_seconds:
        raise BudgetTooSmallError(
            f"{float(budget_seconds / 3600):g} h do not pay for the measuring: {validation}; give more hours"
        )
    return budget_seconds - charged


def _limit(prices: Prices, seconds: Fraction, pool: int | None) -> int:
    """The pool, or as many images as the seconds can buy of the cheapest kind; free ones count as 1 ms."""
    if pool is not None:
        return pool
    return max(1, int(seconds / max(min(prices.seconds_of.values()), Fraction(1, 1000))))


def pilot_advice(
    surface: Predictor,
    prices: Prices,
    budget_seconds: Fraction,
    pool: int | None,
    rng: np.random.Generator,
    *,
    validation: Validation | None = None,
    buy_now: Mix | None = None,
) -> PilotAdvice:
    """Say in a line whether a pilot repays itself; three sizes are tried.

    Arguments and errors are those of :func:`design_pilot`; ``buy_now`` is the mix that is bought without a pilot, where
    it was searched for already.
    """
    seconds = _spendable(budget_seconds, validation)
    study = study_pilots(
        surface,
        prices,
        seconds,
        _limit(prices, seconds, pool),
        rng,
        shares=_FEW_SHARES,
        buy_now_K=None if buy_now is None else counts_of([buy_now.to_dict()])[0].astype(np.int64),
    )
    advised, closest = _options(study)
    shown = advised or closest
    return PilotAdvice(
        pilot=advised is not None,
        hours=0.0 if advised is None else advised.hours,
        regret_with=None if shown is None else shown.regret,
        regret_without=study.now.regret,
        sentence=_sentence(advised, closest, study.now.regret),
    )


def _options(study: Study) -> tuple[PilotOption | None, PilotOption | None]:
    best, closest = study.best, study.closest
    return (
        None if best is None else PilotOption.of(best),
        None if closest is None else PilotOption.of(closest),
    )


def design_pilot(
    surface: Predictor,
    prices: Prices,
    budget_seconds: Fraction,
    pool: int | None,
    rng: np.random.Generator,
    *,
    evidence: str,
    validation: Validation | None = None,
    timed: int = TIMED,
    dataset: str | None = None,
    workload: Mapping[str, float] | None = None,
) -> Pilot:
    """Design a pilot, or find that buying now is better.

    Args:
        surface: What is known of the mIoU of mixes.
        prices: Of one image at each kind.
        budget_seconds: All there is to spend: pilot, validation masks, what is paid once, and the purchase.
        pool: Images there are; None where only the hours are a limit.
        rng: Draws the noise of imagined measurements.
        evidence: What the surface rests on, for readers.
        validation: Masks that measure; the budget pays for them, with or without a pilot, where they are charged.
        timed: Images on which each weaker kind is timed.
        dataset: What pool and prices are of, for readers.
        workload: The mean image, for readers.

    Raises:
        BudgetTooSmallError: The hours do not pay for validation and one image.
        InvalidInputError: No kind with both a price and evidence.
    """
    seconds = _spendable(budget_seconds, validation)
    study = study_pilots(surface, prices, seconds, _limit(prices, seconds, pool), rng, timed=timed)
    advised, closest = _options(study)
    return Pilot(
        budget_hours=float(budget_seconds / 3600),
        buy_now=mix_of(study.buy_now_K),
        buy_now_miou=surface.predict(study.buy_now_K[None].astype(np.float64))[0],
        regret_without=study.now.regret,
        best_kinds=dict(study.choices),
        options=tuple(PilotOption.of(one) for one in study.judged),
        advised=advised,
        closest=closest,
        prices=prices,
        evidence=evidence,
        pool=pool,
        dataset=dataset,
        validation=validation,
        workload=workload or {},
    )
