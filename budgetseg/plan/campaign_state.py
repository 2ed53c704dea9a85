"""A real campaign on disk: the ``budgetseg.campaign/1`` document, written whole or not at all.

What was planned and predicted stays as it was said, beside what was bought and measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from budgetseg.costs.workload import exact_number
from budgetseg.errors import BudgetsegError, InvalidInputError
from budgetseg.files import read_json, write_json
from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Prediction
from budgetseg.plan.prices import Prices
from budgetseg.plan.validation import Validation

__all__ = ["SCHEMA", "Campaign", "Measurement", "Slice", "read_campaign", "write_campaign"]

SCHEMA = "budgetseg.campaign/1"


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One training."""

    step: int
    """After which slice."""
    mix: Mix
    miou: float
    """0 to 100."""
    on: str
    """Day, as 2027-01-31."""

    def __post_init__(self) -> None:
        _day(self.on)
        if not self.mix.images:
            raise InvalidInputError("measurement: expected a mix with images")
        if not 0 <= self.miou <= 100:
            raise InvalidInputError(f"miou: expected a number from 0 to 100, got {self.miou:g}")

    def to_dict(self) -> dict[str, Any]:
        """As in ``measurements`` of the document."""
        return {"step": self.step, "mix": self.mix.to_dict(), "miou": self.miou, "on": self.on}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Measurement":
        """Read what :meth:`to_dict` gives."""
        return cls(
            step=int(document["step"]),
            mix=Mix.of(document["mix"]),
            miou=float(document["miou"]),
            on=str(document["on"]),
        )


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One step: what was planned and predicted, and what was bought."""

    step: int
    planned_on: str
    aim: Mix
    """To end with, as it looked then."""
    planned: Mix
    """New images to buy."""
    held: Mix
    """With them, what would be held."""
    hours: float
    """Of the new images, by the prices."""
    predicted: Prediction | None
    """Of ``held``; None where nothing was known."""
    rests_on: int
    """Measurements of this campaign that the prediction knew."""
    bought: Mix | None = None
    """New images in fact; None until they are recorded."""
    spent_hours: float | None = None
    """Hours in fact."""

    def __post_init__(self) -> None:
        _day(self.planned_on)
        if (self.bought is None) != (self.spent_hours is None):
            raise InvalidInputError(f"step {self.step}: bought and spent_hours: expected both or neither")
        if self.spent_hours is not None and not 0 <= self.spent_hours < float("inf"):
            raise InvalidInputError(f"step {self.step}: hours: expected at least 0, got {self.spent_hours:g}")

    def to_dict(self) -> dict[str, Any]:
        """As in ``slices`` of the document."""
        return {
            "step": self.step,
            "planned_on": self.planned_on,
            "aim": self.aim.to_dict(),
            "planned": self.planned.to_dict(),
            "held": self.held.to_dict(),
            "hours": self.hours,
            "predicted": None if self.predicted is None else self.predicted.to_dict(),
            "rests_on": self.rests_on,
            "bought": None if self.bought is None else self.bought.to_dict(),
            "spent_hours": self.spent_hours,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Slice":
        """Read what :meth:`to_dict` gives."""
        predicted, bought, spent = document["predicted"], document["bought"], document["spent_hours"]
        return cls(
            step=int(document["step"]),
            planned_on=str(document["planned_on"]),
            aim=Mix.of(document["aim"]),
            planned=Mix.of(document["planned"]),
            held=Mix.of(document["held"]),
            hours=float(document["hours"]),
            predicted=None if predicted is None else Prediction(**predicted),
            rests_on=int(document["rests_on"]),
            bought=None if bought is None else Mix.of(bought),
            spent_hours=None if spent is None else float(spent),
        )


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A campaign and all that has happened in it."""

    budget_hours: Fraction
    steps: int
    """Slices that were meant when it began."""
    pool: int | None
    """None where only the hours are a limit."""
    prices: Prices
    evidence: str | None
    """What was known beforehand: a name or a file; None for nothing."""
    validation: Validation | None = None
    slices: tuple[Slice, ...] = ()
    measurements: tuple[Measurement, ...] = ()

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise InvalidInputError(f"--steps: expected at least 1, got {self.steps}")
        if [one.step for one in self.slices] != list(range(1, len(self.slices) + 1)):
            raise InvalidInputError("slices: expected steps 1, 2, 3 ... in order")
        if any(one.bought is None for one in self.slices[:-1]):
            raise InvalidInputError("slices: only the last may be without what was bought")
        if any(not 1 <= one.step <= len(self.slices) for one in self.measurements):
            raise InvalidInputError("measurements: one belongs to a step that was never planned")

    @property
    def pending(self) -> Slice | None:
        """The slice that was planned, and of which nothing was recorded yet."""
        return self.slices[-1] if self.slices and self.slices[-1].bought is None else None

    @property
    def held(self) -> Mix:
        """Images bought so far."""
        counts: dict[str, int] = {}
        for one in self.slices:
            for kind, images in one.bought or Mix.of({}):
                counts[kind] = counts.get(kind, 0) + images
        return Mix.of(counts)

    @property
    def charged_hours(self) -> Fraction:
        """Hours for what is not bought in slices: validation masks, and what is paid once."""
        charged = Fraction(0) if self.validation is None else self.validation.charged_seconds
        return (charged + self.prices.fixed_seconds) / 3600

    @property
    def spent_hours(self) -> Fraction:
        """Hours of the slices."""
        return sum((exact_number(one.spent_hours, "hours") for one in self.slices if one.spent_hours), Fraction(0))

    @property
    def left_hours(self) -> Fraction:
        """Hours for further slices; below 0 where more was spent than planned."""
        return self.budget_hours - self.charged_hours - self.spent_hours

    def held_after(self, one: Slice) -> Mix:
        """Images bought up to a slice, it included."""
        return replace(self, slices=self.slices[: one.step], measurements=()).held

    def measured(self, one: Slice) -> float | None:
        """Mean mIoU of the trainings on what was held after a slice; None where there is none."""
        held = self.held_after(one)
        mious = [found.miou for found in self.measurements if found.step == one.step and found.mix == held]
        return sum(mious) / len(mious) if mious else None

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "budget_hours": float(self.budget_hours),
            "steps": self.steps,
            "pool": self.pool,
            "costs": self.prices.to_dict(),
            "evidence": self.evidence,
            "validation": None if self.validation is None else self.validation.to_dict(),
            "slices": [one.to_dict() for one in self.slices],
            "measurements": [one.to_dict() for one in self.measurements],
        }


def _day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(f'expected a day such as 2027-01-31, got "{text}"') from error


def write_campaign(path: Path, campaign: Campaign) -> None:
    """Write the state atomically: whoever reads sees the old one or the new one, whole."""
    write_json(path, campaign.to_dict())


def read_campaign(path: Path) -> Campaign:
    """Read a campaign's state.

    Raises:
        InvalidInputError: The file is missing or damaged; it is left as it is.
    """
    document = read_json(path)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InvalidInputError(
            f'{path}: expected a campaign ("schema": "{SCHEMA}"); begin one with: budgetseg campaign start {path}'
        )
    try:
        validation, pool = document["validation"], document["pool"]
        return Campaign(
            budget_hours=exact_number(document["budget_hours"], "budget_hours"),
            steps=int(document["steps"]),
            pool=None if pool is None else int(pool),
            prices=Prices.from_dict(document["costs"]),
            evidence=None if document["evidence"] is None else str(document["evidence"]),
            validation=None if validation is None else Validation.from_dict(validation),
            slices=tuple(Slice.from_dict(one) for one in document["slices"]),
            measurements=tuple(Measurement.from_dict(one) for one in document["measurements"]),
        )
    except KeyError as error:
        raise InvalidInputError(f"{path}: damaged: lacks the key {error}; the file was left as it is") from error
    except (AttributeError, TypeError, ValueError, BudgetsegError) as error:
        raise InvalidInputError(f"{path}: damaged: {error}; the file was left as it is") from error
