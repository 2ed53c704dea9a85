"""What a mask may cost before another kind is the better buy.

The break-even price is the seconds spent on a kind over the masks that they equal: a mask dearer than this makes the
kind worth buying. Over the price in the cost book it is the share of that price at which both are level, and one over
that share says how many times its hours' worth of masks the kind gives.
"""

from dataclasses import dataclass
from typing import Any, Final

from budgetseg.accuracy.exchange import Exchange, MaskCount, Side

__all__ = ["WORTH_GOALS", "Bounded", "Worth", "worth_of"]

WORTH_GOALS: Final = {"point": 2.0}
"""What the project wants of a kind, in hours' worths of masks."""

_OPPOSITE: Final[dict[Side, Side]] = {"about": "about", "more than": "fewer than", "fewer than": "more than"}


@dataclass(frozen=True, kw_only=True)
class Bounded:
    """A number, or the bound beyond which it lies."""

    value: float
    side: Side = "about"

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"value": self.value, "side": self.side}


@dataclass(frozen=True, kw_only=True)
class Worth:
    """A set of annotations against masks."""

    seconds: float
    """Spent on the set."""
    exchange: Exchange
    """Masks that reach as much."""
    mask_seconds: float
    """What a mask costs by the cost book on these images."""

    @property
    def break_even_seconds(self) -> Bounded:
        """Price of a mask at which both are level."""
        count = self.exchange.count
        return Bounded(value=self.seconds / count.masks, side=_OPPOSITE[count.side])

    @property
    def relative(self) -> Bounded:
        """Break-even price over the price in the book: below 1 the kind is worth buying."""
        price = self.break_even_seconds
        return Bounded(value=price.value / self.mask_seconds, side=price.side)

    @property
    def times(self) -> Bounded:
        """How many times the masks that its hours buy the set is worth."""
        return self._times(self.exchange.count)

    @property
    def times_interval(self) -> tuple[Bounded, Bounded] | None:
        """Of :attr:`times`, from the exchange rate's."""
        ends = self.exchange.interval
        return None if ends is None else (self._times(ends[0]), self._times(ends[1]))

    def _times(self, count: MaskCount) -> Bounded:
        return Bounded(value=count.masks * self.mask_seconds / self.seconds, side=count.side)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        ends = self.times_interval
        return {
            "seconds": self.seconds,
            "equals": self.exchange.to_dict(),
            "mask_seconds": self.mask_seconds,
            "break_even_seconds": self.break_even_seconds.to_dict(),
            "relative": self.relative.to_dict(),
            "times_hours_worth": self.times.to_dict(),
            "times_interval": None if ends is None else {"low": ends[0].to_dict(), "high": ends[1].to_dict()},
        }


def worth_of(exchange: Exchange | None, seconds: float, mask_seconds: float) -> Worth | None:
    """Set an exchange rate against prices; None where there is none, or nothing was paid."""
    if exchange is None or not seconds > 0 or not mask_seconds > 0:
        return None
    return Worth(seconds=seconds, exchange=exchange, mask_seconds=mask_seconds)
