"""Why a plan is what it is, as values: each is reckoned in a file of its own, and said in words by the command line."""

from dataclasses import dataclass

from budgetseg.plan.mix import Mix

__all__ = [
    "BreakEven",
    "Exchange",
    "Flip",
    "LimitUse",
    "MarginalGain",
    "MixChance",
    "Reasons",
    "Relaxed",
    "Rival",
    "TargetOutcome",
]


@dataclass(frozen=True, kw_only=True)
class Relaxed:
    """What a limit that is 10 % wider would bring."""

    limit: float
    gain_miou: float
    """In what the objective counts: expected mIoU, its low end, or the worst class's IoU."""
    mix: Mix


@dataclass(frozen=True, kw_only=True)
class LimitUse:
    """One limit, and how much of it is used."""

    name: str
    """``hours``, ``money``, ``time``, or ``images`` for the pool."""
    unit: str
    limit: float
    used: float
    binds: bool
    """Whether it is the one whose relaxation brings most."""
    relaxed: Relaxed


@dataclass(frozen=True, kw_only=True)
class TargetOutcome:
    """Whether a target is reached."""

    miou: float
    confidence: float
    """Wanted."""
    chance: float
    """That one new training of the chosen mix reaches it."""
    reached: bool


@dataclass(frozen=True, kw_only=True)
class MarginalGain:
    """What one more hour on a kind would bring on top of the plan."""

    kind: str
    images: float
    """That the hour buys."""
    gain_miou: float


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """As many images of a kind alone are worth so many full masks alone."""

    kind: str
    images: int
    """What the limits buy of the kind alone."""
    masks: float
    side: str
    """``about``, ``more than`` (the most that was looked at) or ``fewer than`` (one)."""
    low: float
    """10 % quantile over the surfaces that the evidence allows."""
    high: float
    """90 % quantile."""


@dataclass(frozen=True, kw_only=True)
class BreakEven:
    """The price of a mask, in images of a weak kind, at which both alone are worth the same for the same hours."""

    kind: str
    price: float
    """The kind wins while a mask costs more."""
    yours: float
    """What a mask costs."""
    wins: bool
    """Whether the kind wins at your price."""
    side: str
    """``about``; or ``below`` or ``above`` the price, where the exchange rate is only known from one side."""


@dataclass(frozen=True, kw_only=True)
class Rival:
    """Another mix, and how likely it is better than the chosen one."""

    name: str
    mix: Mix
    chance: float
    """That its expected mIoU is the higher one."""
    difference_miou: float
    """Expected, its less the chosen one's."""


@dataclass(frozen=True, kw_only=True)
class MixChance:
    """How likely the best mix consists of these kinds."""

    kinds: tuple[str, ...]
    chance: float


@dataclass(frozen=True, kw_only=True)
class Flip:
    """An assumption that is changed, and whether another mix of kinds would then be better."""

    assumption: str
    """``cost of full``, ``wages`` or ``noise``."""
    factor: float
    flips: bool
    mix: Mix
    """The best then."""
    gain_miou: float
    """Of it, over the hours split as planned."""


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """All of them; a part is empty where it does not apply."""

    next_hour: tuple[MarginalGain, ...] = ()
    """The best first."""
    exchange: tuple[Exchange, ...] = ()
    break_even: tuple[BreakEven, ...] = ()
    rivals: tuple[Rival, ...] = ()
    """The likeliest first."""
    best_kinds: tuple[MixChance, ...] = ()
    """The likeliest first; sums to 1."""
    flips: tuple[Flip, ...] = ()
