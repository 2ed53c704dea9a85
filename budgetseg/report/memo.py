"""The memo: one page for a manager who has to decide, computed from the planner fitted to the runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from budgetseg.errors import InvalidInputError
from budgetseg.plan.plan import Alternative, Plan
from budgetseg.report.frontier import Point
from budgetseg.report.memo_checkpoint import Checkpoint, checkpoint_of
from budgetseg.report.memo_choice import Ahead, Choice, ahead, choose
from budgetseg.report.memo_doubt import Doubted, doubted
from budgetseg.report.memo_stop import Stop, stop_of
from budgetseg.report.memo_work import Work, work_of
from budgetseg.report.pay import Pay, labour_paid
from budgetseg.report.planner import Planner
from budgetseg.report.report import Comparison
from budgetseg.report.verdict import USUAL

__all__ = ["PEOPLE", "SCHEMA", "Gain", "Memo", "memo_of"]

SCHEMA: Final = "budgetseg.memo/1"
ASSUMED_HOURS: Final = 10
"""Hours of annotation that one more mIoU is taken to be worth where nobody has said what it is: a round figure."""
PEOPLE: Final = {
    "paid_per_labelling": "every paid hour goes into annotation",
    "hours_per_day": "6 hours a day",
    "ramp_up_hours": "no time to get up to speed",
    "control_share": "no control images",
    "redone_share": "no work done twice",
    "speed_log_sd": "all equally fast",
}
"""What is taken for granted about people where a cost book does not say: the defaults of its ``[labour]``, in words."""


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What the choice brings over another purchase."""

    other: Alternative
    ahead: Ahead

    def to_dict(self) -> dict[str, Any]:
        """As ``usual`` in ``budgetseg.memo/1``."""
        return {"other": self.other.to_dict(), **self.ahead.to_dict()}


@dataclass(frozen=True, kw_only=True, eq=False)
class Memo:
    """The ``budgetseg.memo/1`` value."""

    comparison: Comparison
    planner: Planner
    choice: Choice
    pay: Pay
    work: Work
    tried: bool
    """Whether some run here combined these kinds."""
    usual: Gain | None
    """Against all masks; None where masks alone are the choice, or were never run."""
    doubt: Doubted
    stop: Stop
    checkpoint: Checkpoint | None
    """None where there is nothing else to choose."""
    nearest: Point
    """The measured point on which hours were spent most alike: its worst class stands beside the mean."""
    assumed: tuple[str, ...]
    """The inputs that nobody has stated, in sentences."""

    @property
    def plan(self) -> Plan:
        """The plan that is advised."""
        return self.choice.plan

    @property
    def worst(self) -> tuple[str, float] | None:
        """The object class with the lowest measured IoU in the nearest mix."""
        classes = self.nearest.runs[0].classes[1:]
        known = [(name, value) for name in classes if (value := self.nearest.iou(name)) is not None]
        return min(known, key=lambda item: item[1], default=None)

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "plan": self.plan.to_dict(),
            "choice": self.choice.to_dict(),
            "work": self.work.to_dict(),
            "pay": self.pay.to_dict(),
            "tried": self.tried,
            "usual": None if self.usual is None else self.usual.to_dict(),
            "doubt": self.doubt.to_dict(),
            "stop": self.stop.to_dict(),
            "checkpoint": None if self.checkpoint is None else self.checkpoint.to_dict(),
            "nearest": {"series": self.nearest.series, "bought": self.nearest.bought, "miou": self.nearest.miou},
            "worst": self.worst,
            "assumed": list(self.assumed),
        }


def memo_of(
    comparison: Comparison,
    hours: float,
    *,
    wage: Fraction | None = None,
    people: Mapping[str, int] | None = None,
    start: date | None = None,
    worth: float | None = None,
) -> Memo:
    """Work out the memo of one setting.

    Args:
        comparison: Its runs.
        hours: The budget.
        wage: Money for an hour at work, in the place of the cost book's.
        people: Annotators, as ``{"anyone": 4}``; one who does everything where nobody has said.
        start: The day from which they work.
        worth: Money that one more mIoU is worth.

    Raises:
        InvalidInputError: The planner could not be fitted to these runs, or nobody can do a kind.
        BudgetTooSmallError: The hours buy nothing.
    """
    planner = comparison.planner
    if isinstance(planner, str):
        raise InvalidInputError(f"--memo: {planner} Make more runs, or leave --memo out")
    choice = choose(planner, hours)
    plan = choice.plan
    pay, said = comparison.pay, people or {"anyone": 1}
    stated = worth is not None
    price = ASSUMED_HOURS * pay.other_per_hour if worth is None else worth
    labour, _, _ = labour_paid(planner.book, wage)
    hours_by_kind = {kind: float(images * planner.prices.seconds_of[kind] / 3600) for kind, images in plan.mix}
    return Memo(
        comparison=comparison,
        planner=planner,
        choice=choice,
        pay=pay,
        work=work_of(plan, hours_by_kind, labour, pay, said, start),
        tried=planner.tried(plan.mix),
        usual=_gain(planner, plan),
        doubt=doubted(planner, plan),
        stop=stop_of(planner, pay, hours, price),
        checkpoint=checkpoint_of(planner, plan),
        nearest=choice.trained or planner.nearest(plan.mix),
        assumed=tuple(_assumed(comparison, planner, plan, people is not None, start, price, stated)),
    )


def _gain(planner: Planner, plan: Plan) -> Gain | None:
    masks = next((one for one in plan.alternatives if one.name == USUAL), None)
    if masks is None or masks.mix == plan.mix or USUAL not in planner.surface.kinds:
        return None
    return Gain(other=masks, ahead=ahead(planner, plan.mix, masks.mix))


def _assumed(
    comparison: Comparison,
    planner: Planner,
    plan: Plan,
    people_said: bool,
    start: date | None,
    price: float,
    price_said: bool,
) -> list[str]:
    pay, costs = comparison.pay, comparison.setting.costs
    said = [f"Seconds of each act of annotation: the cost book {costs}, not timed on your annotators."]
    if planner.book is not None:
        kinds = [kind for kind, _ in plan.mix]
        unverified = planner.book.unverified_for(kinds)
        if unverified:
            said.append(f"Rates that nobody has looked up in their source: {', '.join(unverified)}.")
        listed = [PEOPLE[key] for key in planner.book.labour.assumed]
        if listed:
            said.append(f"About people the cost book does not say, so: {', '.join(listed)}.")
    else:
        said.append(f"The cost book {costs} is not to be found any more: an image costs what those bought here did.")
    if pay.assumed:
        said.append(f"Wage: {pay.other_per_hour:,.2f} {pay.currency} an hour; nobody has stated one (--wage).")
    if not people_said:
        said.append("One annotator (--annotators).")
    if start is None:
        said.append("No first day was stated (--start), so days are counted, not dated.")
    if not price_said:
        said.append(
            f"One more mIoU is worth {ASSUMED_HOURS} hours of annotation, {price:,.0f} {pay.currency} (--miou-worth)."
        )
    return said
