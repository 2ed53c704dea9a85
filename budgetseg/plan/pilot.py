"""A pilot inside the budget: how many images to mask first, what their trainings would settle, or no pilot.

Candidates are several sizes (`budgetseg.plan.pilot_design`). Each is judged by the regret that is expected after it
(`budgetseg.plan.preposterior`), its hours paid, beside the regret of buying now. Masks of the pilot stay in the final
mix. Validation masks are bought in either case: an error of the validation set shifts all mIoUs alike and moves no
choice. Not reckoned with: the hours of computing, and that timings may correct the prices.

Shape suffixes: S samples, M mixes, K kinds in the order of ``KINDS``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.affordable import Counts, best_mix, nothing, spread_of_mixes
from budgetseg.plan.conditioning import noise_covariance
from budgetseg.plan.mix import Mix
from budgetseg.plan.pilot_design import SHARES, TIMED, Design, designs
from budgetseg.plan.predictor import Predictor
from budgetseg.plan.preposterior import Prospect, regret_after, regret_now
from budgetseg.plan.prices import Prices

__all__ = ["LEAST_GAIN_MIOU", "Judged", "Study", "mix_of", "study_pilots"]

LEAST_GAIN_MIOU: Final = 0.1
"""A pilot that is expected to gain less is not worth the trouble."""

_PART: Final = 0.1
"""A kind counts among those of a mix where it takes this part of what is spent on it."""


def mix_of(counts_K: Counts) -> Mix:
    """Return counts in the order of ``KINDS`` as a mix."""
    return Mix.of({kind: int(count) for kind, count in zip(KINDS, counts_K.tolist(), strict=True)})


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """A pilot, and what is expected after it."""

    design: Design
    prospect: Prospect
    now: Prospect
    """What is expected of buying now, in the same worlds."""
    choices: Mapping[str, float]
    """Which kinds would be bought with the hours that are left, and how probably; the likeliest first."""

    @cached_property
    def gain(self) -> float:
        """Expected mIoU that the pilot brings, its cost paid; below 0 where it does not repay itself."""
        return float((self.now.regret_S - self.prospect.regret_S).mean())

    @cached_property
    def gain_error(self) -> float:
        """Standard error of the gain: surfaces are few."""
        gain_S = self.now.regret_S - self.prospect.regret_S
        return float(gain_S.std(ddof=1) / np.sqrt(len(gain_S)))

    @property
    def repays(self) -> bool:
        """Whether the gain is worth having and more than chance."""
        return self.gain > max(LEAST_GAIN_MIOU, self.gain_error)


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """All pilots that were tried, and buying now."""

    buy_now_K: Counts
    now: Prospect
    choices: Mapping[str, float]
    """Which kinds are the best in how many of the worlds: what a perfect planner would buy."""
    judged: tuple[Judged, ...]
    """Small ones first."""

    @property
    def best(self) -> Judged | None:
        """The pilot to carry out; None where buying now is better. Of equally good ones the smallest."""
        worth = [one for one in self.judged if one.repays]
        if not worth:
            return None
        top = max(one.gain for one in worth)
        return next(one for one in worth if one.gain >= top - LEAST_GAIN_MIOU / 2)

    @property
    def closest(self) -> Judged | None:
        """The pilot with the least regret, whether it repays itself or not; None where none fits the hours."""
        return max(self.judged, key=lambda one: one.gain, default=None)


def study_pilots(
    surface: Predictor,
    prices: Prices,
    seconds: Fraction,
    pool: int,
    rng: np.random.Generator,
    *,
    timed: int = TIMED,
    shares: Iterable[Fraction] = SHARES,
    buy_now_K: Counts | None = None,
) -> Study:
    """Compare pilots with buying now.

    Args:
        surface: What is known; its samples are the worlds.
        prices: Of one image at each kind; those of which the surface knows nothing are left out.
        seconds: What there is to spend, validation off already; what is paid once is taken off here.
        pool: Images there are.
        rng: Draws the noise of imagined measurements.
        timed: Images on which each weaker kind is timed.
        shares: Of the seconds, what the masks of each pilot may take.
        buy_now_K: The mix to buy without a pilot, where it was searched for already.

    Raises:
        BudgetTooSmallError: The seconds buy not one image.
        InvalidInputError: No kind with both a price and evidence, or a surface of a single sample.
    """
    prices = prices.among(surface.kinds, "the evidence")
    least_seconds = min(prices.seconds_of_mix({kind: 1}) for kind in prices.kinds)
    affordable = seconds >= least_seconds
    seconds -= prices.fixed_seconds
    if not affordable:
        raise BudgetTooSmallError(f"{float(seconds / 3600):g} h are left, which buy not one image; give more hours")
    options = designs(prices, seconds, pool, timed=timed, shares=shares, kinds=surface.kinds)
    if buy_now_K is None:
        buy_now_K = best_mix(surface.mean, prices, seconds, pool, nothing())
    now_MK = np.concatenate([buy_now_K[None], spread_of_mixes(prices, seconds, pool, nothing())])
    after = {design.masks: spread_of_mixes(prices, seconds - design.seconds, pool, design.held_K) for design in options}
    # Whatever can be bought after a pilot can be bought without it, so that all are measured against one best.
    mixes_MK = np.concatenate([now_MK, *after.values()])
    mixes_SM = surface.samples(mixes_MK.astype(np.float64))
    if len(mixes_SM) < 3:
        raise InvalidInputError("pilot: the surface has too few samples to tell what a measurement would settle")
    best_S = mixes_SM.max(axis=1)
    now = regret_now(mixes_SM, best_S)
    names = _names(prices, mixes_MK, nothing())
    ends = len(now_MK) + np.cumsum([len(mixes) for mixes in after.values()], dtype=np.int64)
    places = {
        masks: slice(int(end) - len(mixes), int(end)) for (masks, mixes), end in zip(after.items(), ends, strict=True)
    }
    return Study(
        buy_now_K=buy_now_K,
        now=now,
        choices=_shares(names, np.bincount(mixes_SM.argmax(axis=1), minlength=len(names)) / len(mixes_SM)),
        judged=tuple(
            _judge(surface, prices, design, after[design.masks], mixes_SM[:, places[design.masks]], now, best_S, rng)
            for design in options
        ),
    )


def _judge(
    surface: Predictor,
    prices: Prices,
    design: Design,
    mixes_MK: Counts,
    mixes_SM: NDArray[np.float64],
    now: Prospect,
    best_S: NDArray[np.float64],
    rng: np.random.Generator,
) -> Judged:
    measured_JK = design.trainings_JK.astype(np.float64)
    prospect = regret_after(
        mixes_SM,
        best_S,
        surface.samples(measured_JK),
        noise_covariance(design.trainings_JK, surface.noise(measured_JK)),
        rng,
    )
    names = _names(prices, mixes_MK, design.held_K)
    return Judged(design=design, prospect=prospect, now=now, choices=_shares(names, prospect.picks_NM.mean(axis=0)))


def _names(prices: Prices, mixes_MK: Counts, held_K: Counts) -> list[str]:
    """The kinds that take a tenth or more of what is spent on each mix, besides what is held."""
    price_K = np.array([float(prices.seconds_of.get(kind, 0)) for kind in KINDS])
    new_MK = (mixes_MK - held_K).astype(np.float64)
    spent_MK = new_MK * price_K
    free_M = ~spent_MK.any(axis=1)
    spent_MK[free_M] = new_MK[free_M]
    large_MK = (spent_MK > 0) & (spent_MK >= _PART * spent_MK.sum(axis=1, keepdims=True))
    kinds = list(KINDS)
    few_GK, which_M = np.unique(large_MK, axis=0, return_inverse=True)
    names = [" + ".join(kinds[k] for k in np.flatnonzero(large_K)) or "nothing more" for large_K in few_GK]
    return [names[which] for which in which_M.reshape(-1).tolist()]


def _shares(names: list[str], share_M: NDArray[np.float64]) -> dict[str, float]:
    """Add up the shares of mixes of one name, the largest first."""
    found: dict[str, float] = {}
    for name, share in zip(names, share_M.tolist(), strict=True):
        if share:
            found[name] = found.get(name, 0.0) + share
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
