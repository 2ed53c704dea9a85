"""A plan: what to buy with a budget, what to expect of it, and what else the same hours would buy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from budgetseg.costs.workload import exact_number
from budgetseg.errors import InvalidInputError
from budgetseg.files import read_json
from budgetseg.plan.cost_doubt import CostDoubt
from budgetseg.plan.coverage import Coverage
from budgetseg.plan.document import from_plain, to_plain
from budgetseg.plan.mix import Mix
from budgetseg.plan.objective import MEAN, Objective
from budgetseg.plan.offers import Move
from budgetseg.plan.reasons import LimitUse, Reasons, TargetOutcome
from budgetseg.plan.two_stage import TwoStage
from budgetseg.plan.validation import Validation
from budgetseg.plan.validation_doubt import ValidationDoubt

if TYPE_CHECKING:
    from budgetseg.plan.candidates import Candidates

__all__ = ["SCHEMA", "Alternative", "CandidateRow", "Plan", "Prediction", "read_plan"]

SCHEMA = "budgetseg.plan/1"


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """An expected mIoU (0 to 100) with the interval that holds it with probability ``level``."""

    mean: float
    low: float
    high: float
    level: float = 0.8

    def widened(self, below: float, above: float) -> tuple[float, float]:
        """The interval with a further, independent doubt of so much below and above: squares add, within 0 to 100."""
        low = self.mean - hypot(self.mean - self.low, max(0.0, below))
        high = self.mean + hypot(self.high - self.mean, max(0.0, above))
        return max(0.0, low), min(100.0, high)

    def to_dict(self) -> dict[str, float]:
        """As in every JSON document."""
        return {"mean": self.mean, "low": self.low, "high": self.high, "level": self.level}


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another mix within the same budget and pool."""

    name: str
    """A pure mix is named after its kind."""
    mix: Mix
    hours: float
    predicted_miou: Prediction | None
    """None where no evidence speaks about this mix."""
    moves: tuple[Move, ...] = ()
    """What is bought, where some images are annotated already and ``mix`` is what is there afterwards."""

    def to_dict(self) -> dict[str, Any]:
        """As in the ``alternatives`` of ``budgetseg.plan/1``."""
        return {
            "name": self.name,
            "mix": self.mix.to_dict(),
            "hours": self.hours,
            "predicted_miou": self.predicted_miou.to_dict() if self.predicted_miou else None,
            **({"moves": [move.to_dict() for move in self.moves]} if self.moves else {}),
        }


@dataclass(frozen=True, kw_only=True)
class CandidateRow:
    """The row that was chosen of a table of mixes."""

    file: str
    row: int
    """Counted from 1, without the header."""
    line: int
    """Line in the file; the header is line 1."""

    @classmethod
    def of(cls, candidates: "Candidates", mix: Mix) -> "CandidateRow":
        """The first row that holds ``mix``."""
        row = candidates.row_of(mix)
        return cls(file=candidates.name, row=row + 1, line=candidates.lines[row])


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The ``budgetseg.plan/1`` value, drawn alike by the table, the JSON and the report."""

    budget_hours: float
    mix: Mix
    """With what is there already."""
    hours: float
    """Of what is bought, validation masks included where they are charged."""
    predicted_miou: Prediction | None
    alternatives: tuple[Alternative, ...]
    pool: int
    """Images there are to annotate."""
    costs: str
    """Name of the cost book."""
    evidence: str | None
    """What the predictions rest on; None where nothing is predicted."""
    holds_for: str | None = None
    """The recipe and data for which the predictions hold, in a sentence."""
    accounting: str = "exact"
    """``exact`` or ``paper``, see `budgetseg.costs.accounting`."""
    dataset: str | None = None
    """What ``pool`` and ``workload`` were taken from."""
    workload: Mapping[str, float] | None = None
    """The mean image: ``classes_asked``, ``classes_present``, ``instances``."""
    unavailable: Mapping[str, str] = field(default_factory=dict)
    """Kinds that could not be chosen, each with the reason."""
    validation: Validation | None = None
    """The masks that measure the model; None where nothing is known of them."""
    current: Mix | None = None
    """What is annotated already."""
    moves: tuple[Move, ...] = ()
    """What is bought, where something is annotated already."""
    background_clicks: int = 0
    """Clicks on the background that each image of clicks or strokes gets besides."""
    objective: Objective = MEAN
    """What the mix is best at."""
    target: TargetOutcome | None = None
    """Whether a target is reached; None where there is none."""
    candidate: CandidateRow | None = None
    """The row that was chosen, where only the rows of a table could be bought."""
    limits: tuple[LimitUse, ...] = ()
    """What there was to spend, which limit binds, and what a wider one would bring."""
    reasons: Reasons | None = None
    """Why this mix; None where it was not asked."""
    coverage: Coverage | None = None
    """Images of each class to expect; None where nothing is known of the classes."""
    two_stage: tuple[TwoStage, ...] = ()
    """For each rare class that was named: searching its images first."""
    cost_doubt: CostDoubt | None = None
    """What the ranges of the cost book's rates do to it; None where they do nothing, or are not asked for."""
    validation_doubt: ValidationDoubt | None = None
    """How far off the validation images may measure; None where nothing is known of them."""
    advice: tuple[str, ...] = ()
    """What to do before buying, in sentences, such as a pilot."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "budget_hours": self.budget_hours,
            "mix": self.mix.to_dict(),
            "hours": self.hours,
            "predicted_miou": self.predicted_miou.to_dict() if self.predicted_miou else None,
            "alternatives": [alternative.to_dict() for alternative in self.alternatives],
            "pool": self.pool,
            "costs": self.costs,
            "evidence": self.evidence,
            "holds_for": self.holds_for,
            "accounting": self.accounting,
            "dataset": self.dataset,
            "workload": None if self.workload is None else dict(self.workload),
            "unavailable": dict(self.unavailable),
            "validation": self.validation.to_dict() if self.validation else None,
            "current": None if self.current is None else self.current.to_dict(),
            "moves": [move.to_dict() for move in self.moves],
            "background_clicks": self.background_clicks,
            **{key: to_plain(getattr(self, key)) for key in _PLAIN},
        }


_PLAIN: Final = {
    "objective": Objective,
    "target": TargetOutcome | None,
    "candidate": CandidateRow | None,
    "limits": tuple[LimitUse, ...],
    "reasons": Reasons | None,
    "coverage": Coverage | None,
    "two_stage": tuple[TwoStage, ...],
    "cost_doubt": CostDoubt | None,
    "validation_doubt": ValidationDoubt | None,
    "advice": tuple[str, ...],
}
"""Parts that are their own documents."""


def _move(document: Any) -> Move:
    held = document["held"]
    hours = exact_number(document["hours"], "moves: hours")
    move = Move(held=held, kind=str(document["kind"]), images=int(document["images"]), seconds=hours * 3600)
    Mix.of({move.kind: move.images, **({} if held is None else {str(held): 0})})  # knows the kinds
    return move


def _moves(document: Any) -> tuple[Move, ...]:
    return tuple(_move(move) for move in document.get("moves", ()))


def _background_clicks(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"background_clicks: expected a whole number >= 0, got {value!r}")
    return value


def _prediction(document: Any) -> Prediction | None:
    return None if document is None else Prediction(**document)


def read_plan(path: Path) -> Plan:
    """Read a plan that was written with ``-o plan.json``.

    Raises:
        InvalidInputError: The file is missing, or not a ``budgetseg.plan/1`` document.
    """
    document = read_json(path)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InvalidInputError(
            f'{path}: expected a plan ("schema": "{SCHEMA}"); make one with: budgetseg plan -o {path}'
        )
    try:
        return Plan(
            budget_hours=float(document["budget_hours"]),
            mix=Mix.of(document["mix"]),
            hours=float(document["hours"]),
            predicted_miou=_prediction(document["predicted_miou"]),
            alternatives=tuple(
                Alternative(
                    name=other["name"],
                    mix=Mix.of(other["mix"]),
                    hours=float(other["hours"]),
                    predicted_miou=_prediction(other["predicted_miou"]),
                    moves=_moves(other),
                )
                for other in document["alternatives"]
            ),
            pool=int(document.get("pool", 0)),
            costs=str(document.get("costs", "")),
            evidence=document.get("evidence"),
            holds_for=document.get("holds_for"),
            accounting=str(document.get("accounting", "exact")),
            dataset=document.get("dataset"),
            workload=document.get("workload"),
            unavailable=dict(document.get("unavailable", {})),
            validation=None if document.get("validation") is None else Validation.from_dict(document["validation"]),
            current=None if document.get("current") is None else Mix.of(document["current"]),
            moves=_moves(document),
            background_clicks=_background_clicks(document.get("background_clicks", 0)),
            **{key: from_plain(kind, document[key]) for key, kind in _PLAIN.items() if key in document},
        )
    except KeyError as error:
        raise InvalidInputError(f"{path}: plan lacks the key {error}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{path}: not a usable plan: {error}") from error
