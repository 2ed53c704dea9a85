"""One rate of a cost book, and how it is read from TOML.

A rate stands in the book as a table, or in a person's own book as a bare number of seconds:

    [rates.first_click_s]                    [rates]
    seconds = 2.4                            first_click_s = 2.4
    per = "present class"
    statistic = "median"                     # mean or median of what was timed
    source = "where the number is from"
    verified = true                          # somebody has looked it up in the source
    low = 2.0                                # optional: the range that other sources give, in seconds
    high = 3.0
    log_sd = 0.5                             # optional: standard deviation of the logarithm of single times
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, Final, Literal, cast, get_args

from budgetseg.costs.errors import InvalidInputError, did_you_mean
from budgetseg.costs.kinds import PERS, RATES, Per, Quantity

__all__ = ["Rate", "Statistic", "choice", "read_rate", "read_seconds", "refuse_unknown_keys", "written"]

Statistic = Literal["mean", "median"]

_KEYS: Final = ("seconds", "unit", "per", "statistic", "source", "verified", "low", "high", "log_sd")
_MOST_SECONDS = 10**9
"""Thirty years. What is more is a slip."""
_LEAST_SECONDS = Fraction(1, 10**6)
_WRONG_UNITS = ("_ms", "_msec", "_sec", "_seconds", "_min", "_minutes", "_h", "_hours")


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Seconds that one act of annotation takes."""

    seconds: Fraction
    """Exactly as written in the book, more than 0."""
    per: Per
    """What the seconds are paid for."""
    statistic: Statistic | None
    """Whether the seconds are the mean or the median of what was timed; None where the source does not say."""
    source: str
    """Where the number is from."""
    verified: bool
    """Whether somebody has looked the number up in its source."""
    low: Fraction | None = None
    """Lowest value that sources give for the same act, in seconds."""
    high: Fraction | None = None
    """Highest value that sources give for the same act, in seconds."""
    log_sd: float | None = None
    """Standard deviation of the natural logarithm of single times."""

    @property
    def quantity(self) -> Quantity:
        """What of an image it is paid for; only what is fixed or per group has none."""
        assert self.per != "group"
        assert self.per != "fixed"
        return self.per

    def to_dict(self) -> dict[str, Any]:
        """As in the TOML file, its unit spelled out."""
        return {
            "seconds": float(self.seconds),
            "unit": "s",
            "per": self.per,
            "statistic": self.statistic,
            "source": self.source,
            "verified": self.verified,
            "low": None if self.low is None else float(self.low),
            "high": None if self.high is None else float(self.high),
            "log_sd": self.log_sd,
        }


def refuse_unknown_keys(entry: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Raise for the first key of ``entry`` that is not in ``known``, with a suggestion.

    Raises:
        InvalidInputError: There is such a key.
    """
    names = tuple(known)
    for key in entry:
        if key not in names:
            timed = any(name == "seconds" or name.endswith("_s") for name in names)
            unit = ": rates are in seconds" if timed and key.endswith(_WRONG_UNITS) else ""
            raise InvalidInputError(f'{where}: unknown key "{key}"{unit}{did_you_mean(key, names)}')


def read_seconds(value: object, where: str) -> Fraction:
    """Return a number of seconds as TOML has it.

    Raises:
        InvalidInputError: It is none, or not more than 0; the message starts with ``where``.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InvalidInputError(f"{where}: expected a number of seconds, got {written(value)}")
    if not (isinstance(value, int) or value.is_finite()) or value <= 0:
        raise InvalidInputError(f"{where}: expected seconds > 0, got {value}")
    # Compared before it is made a fraction: Decimal("1e999999") would have a million digits.
    if not _LEAST_SECONDS <= value <= _MOST_SECONDS:
        raise InvalidInputError(f"{where}: expected seconds between 0.000001 and {_MOST_SECONDS}, got {value:.3g}")
    return Fraction(value)


def written(value: object) -> str:
    """Return a value as TOML writes it, for messages."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value}"


def choice(entry: Mapping[str, Any], key: str, choices: tuple[str, ...], where: str) -> str:
    """Return ``entry[key]``, one of ``choices``.

    Raises:
        InvalidInputError: It is none of them; the message lists them.
    """
    value = entry[key]
    if value not in choices:
        close = get_close_matches(value, choices, n=1) if isinstance(value, str) else []
        suggestion = f' (did you mean "{close[0]}"?)' if close else ""
        listed = " or ".join(f'"{choice}"' for choice in choices)
        separator = "." if where.endswith("]") else ": "
        raise InvalidInputError(f"{where}{separator}{key}: expected {listed}, got {written(value)}{suggestion}")
    return str(value)


def _optional_seconds(entry: Mapping[str, Any], key: str, where: str) -> Fraction | None:
    return read_seconds(entry[key], f"{where}.{key}") if key in entry else None


def _per(entry: Mapping[str, Any], name: str, where: str) -> Per:
    allowed = RATES[name].pers
    if "per" not in entry:
        return allowed[0]
    if entry["per"] in PERS and entry["per"] not in allowed:
        listed = " or ".join(f'"{per}"' for per in allowed)
        raise InvalidInputError(
            f'{where}.per: {name} cannot be paid per "{entry["per"]}"; set per = {listed}, or divide the seconds'
        )
    return cast(Per, choice(entry, "per", allowed, where))


def _low_high(entry: Mapping[str, Any], seconds: Fraction, where: str) -> tuple[Fraction | None, Fraction | None]:
    low, high = _optional_seconds(entry, "low", where), _optional_seconds(entry, "high", where)
    if low is not None and low > seconds:
        raise InvalidInputError(f"{where}.low: expected at most seconds = {float(seconds):g}, got {float(low):g}")
    if high is not None and high < seconds:
        raise InvalidInputError(f"{where}.high: expected at least seconds = {float(seconds):g}, got {float(high):g}")
    return low, high


def _log_sd(entry: Mapping[str, Any], where: str) -> float | None:
    value = entry.get("log_sd")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 10:
        raise InvalidInputError(f"{where}.log_sd: expected a number from 0 to 10, got {written(value)}")
    return float(value)


def read_rate(name: str, entry: object, file: str) -> Rate:
    """Read the rate ``name`` from what TOML holds under it.

    Args:
        name: One of ``RATES``.
        entry: The parsed TOML value, numbers as int or Decimal.
        file: What messages call the book; also the source of a rate that names none.

    Raises:
        InvalidInputError: The entry is not a rate; the message names file and key and says what was expected.
    """
    where = f"{file}: [rates].{name}"
    if not isinstance(entry, Mapping):
        seconds = read_seconds(entry, where)
        return Rate(seconds=seconds, per=RATES[name].pers[0], statistic=None, source=file, verified=False)
    where = f"{file}: [rates.{name}]"
    refuse_unknown_keys(entry, _KEYS, where)
    if "seconds" not in entry:
        raise InvalidInputError(f'{where}: lacks the key "seconds"; add the time that it takes, as in seconds = 2.4')
    if entry.get("unit", "s") != "s":
        raise InvalidInputError(f'{where}.unit: expected "s", got {written(entry["unit"])}; give the time in seconds')
    seconds = read_seconds(entry["seconds"], f"{where}.seconds")
    source, verified = entry.get("source", file), entry.get("verified", False)
    if not isinstance(source, str) or not source.strip():
        raise InvalidInputError(f"{where}.source: expected where the number is from, got {written(source)}")
    if not isinstance(verified, bool):
        raise InvalidInputError(f"{where}.verified: expected true or false, got {written(verified)}")
    statistic = choice(entry, "statistic", get_args(Statistic), where) if "statistic" in entry else None
    low, high = _low_high(entry, seconds, where)
    return Rate(
        seconds=seconds,
        per=_per(entry, name, where),
        statistic=cast(Statistic | None, statistic),
        source=source,
        verified=verified,
        low=low,
        high=high,
        log_sd=_log_sd(entry, where),
    )
