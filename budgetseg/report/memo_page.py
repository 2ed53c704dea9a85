"""The memo as one printed A4 page: no script, nothing loaded."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from string import Template

import budgetseg
from budgetseg.files import write_text
from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Prediction
from budgetseg.plan.reasons import BreakEven
from budgetseg.report.frontier import Point
from budgetseg.report.memo import Memo
from budgetseg.report.memo_chart import curve_chart
from budgetseg.report.memo_choice import Ahead
from budgetseg.report.parts import joined, tile
from budgetseg.report.pay import money_text
from budgetseg.report.self_contained import part
from budgetseg.report.shell import draw_head
from budgetseg.report.verdict import hours_text

__all__ = ["draw_memo", "lines", "sentence", "write_memo"]

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""No script, no request: it is for paper."""

MOST_BREAK_EVENS = 4
PLAUSIBLE = 0.005
"""Chance below which a result is not one to wait for."""


def _days(memo: Memo) -> tuple[str, str]:
    """When the annotation is done, and by whom, in words."""
    work = memo.work
    people = sum(work.people.values())
    days = f"{work.working_days} working day{'' if work.working_days == 1 else 's'}"
    last = f", by {work.last_day.isoformat()}" if work.last_day is not None else ""
    return days, f"{'one annotator' if people == 1 else f'{people} annotators'}{last}"


def sentence(memo: Memo) -> str:
    """What to buy, for how much, and when it is done."""
    plan, (days, who) = memo.plan, _days(memo)
    expected = plan.predicted_miou
    assert expected is not None  # the planner knows every kind that it buys
    money = money_text(memo.work.money, memo.pay.currency)
    trained = memo.choice.trained
    if trained is None:
        reached = f"No run bought this mix: {expected.mean:.1f} mIoU are foretold"
    else:
        reached = f"{_trainings(trained)} of this mix reached {_reach(trained)} mIoU"
    return (
        f"Buy {plan.mix} for {money} ({hours_text(plan.hours)} of annotation), "
        f"done after {days} of {who}. {reached}; one new training falls between "
        f"{expected.low:.1f} and {expected.high:.1f} with a probability of {expected.level:.0%}."
    )


def _trainings(point: Point) -> str:
    count = len(point.runs)
    return "One training" if count == 1 else f"{count} trainings"


def _reach(point: Point) -> str:
    """Measured mIoU, with the standard deviation of its seeds where there are several."""
    if point.spread != "seeds" or point.interval is None:
        return f"{point.miou:.1f}"
    return f"{point.miou:.1f} ± {(point.interval[1] - point.interval[0]) / 2:.1f}"


def _usual(memo: Memo) -> str:
    if memo.usual is None:
        if [kind for kind, _ in memo.plan.mix] == ["full"]:
            return "This is the usual plan: all masks."
        return "Masks alone were never run here, so nothing is known of the usual plan, all masks."
    gain, masks = memo.usual.ahead, memo.usual.other.mix.images
    return (
        f"All masks ({masks:,} of them for the same hours) are expected to reach {abs(gain.mean):.1f} "
        f"mIoU {'less' if gain.mean >= 0 else 'more'}; with 80 % the plan is ahead by {gain.low:+.1f} to "
        f"{gain.high:+.1f}."
    )


def _wrong(memo: Memo) -> str:
    doubt = memo.doubt
    if not doubt.chance:
        text = f"Of {doubt.looked_at} other ways to spend the hours none is better by 0.5 mIoU on what the runs allow."
    else:
        text = (
            f"With a chance of {doubt.chance:.0%} some other way to spend the hours is better by more than 0.5 mIoU, "
            f"most often {doubt.likeliest}; it is then better by {doubt.cost_if_wrong:.1f} mIoU on average. "
            f"Over all that the runs allow, not knowing costs {doubt.cost:.1f} mIoU."
        )
    return text


def _caution(memo: Memo) -> str:
    """Said under the sentence where no training stands behind it."""
    choice = memo.choice
    if choice.trained is not None:
        return ""
    near, gain = choice.nearest, choice.gain
    kinds = "" if memo.tried else f", or combined {' with '.join(kind for kind, _ in memo.plan.mix)} at all"
    return (
        f"No run here bought this mix{kinds}: the curves fitted to {len(memo.planner.runs)} runs say so. Measured: "
        f"{Mix.of(near.mix)} ({hours_text(near.hours)}) reached {_reach(near)} mIoU; this mix is expected to reach "
        f"{_more(gain)}. Train it before you rely on it."
    )


def _more(gain: Ahead) -> str:
    return f"{gain.mean:.1f} more (80 %: {gain.low:+.1f} to {gain.high:+.1f})"


def _other_mix(memo: Memo) -> str:
    """Why the advised mix and not the planner's own, or the best of those that were trained."""
    choice = memo.choice
    if choice.best.mix == memo.plan.mix:
        known = "the runs trained it" if choice.trained is not None else "no run trained it"
        return f"Of all mixes that the hours pay for this one is expected to reach most; {known}."
    return (
        f"The planner's curves expect most of {choice.best.mix}, which no run bought: {_more(choice.gain)}. That is "
        "within what the runs leave open, so this memo keeps to a mix that was trained."
    )


def _minutes(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds < 120 else f"{seconds / 60:,.0f} min"


def _break_even(memo: Memo, one: BreakEven) -> str:
    seconds = float(memo.planner.prices.seconds_of[one.kind])
    limit = {"about": "", "below": "at most ", "above": "at least "}[one.side] + _minutes(one.price * seconds)
    wins = one.kind if one.wins else "full"
    return f"{one.kind} while a mask takes more than {limit} (yours {_minutes(one.yours * seconds)}: {wins} wins)"


def _break_evens(memo: Memo) -> str:
    reasons = memo.plan.reasons
    known = () if reasons is None else reasons.break_even[:MOST_BREAK_EVENS]
    if not known:
        return "Not known: it takes runs of masks alone and of a weaker kind alone."
    return f"Alone, a kind is the better buy than masks: {'; '.join(_break_even(memo, one) for one in known)}."


def _stop(memo: Memo) -> str:
    stop, currency = memo.stop, memo.pay.currency
    worth = money_text(stop.worth, currency)
    here = (
        "More hours are expected to bring nothing"
        if stop.here is None
        else f"At this budget one more mIoU costs {money_text(stop.here, currency)}"
    )
    if stop.hours is None:
        end = f"it stays below {worth} up to {hours_text(stop.curve[-1].hours)}, the most that was looked at"
    else:
        end = f"after {hours_text(stop.hours)} it costs more than {worth}"
    measured = max(run.hours for run in memo.planner.runs)
    beyond = stop.hours is None or stop.hours > measured * 1.05
    caution = f" Beyond {hours_text(measured)}, the largest run, this is foretold." if beyond else ""
    return f"{here}; {end}.{caution}"


def _checkpoint(memo: Memo) -> str:
    one = memo.checkpoint
    if one is None:
        return "There is nothing else to choose among the kinds that were run."
    text = (
        f"After {hours_text(one.hours)}, train on {one.mix} (expected {one.expected[0]:.1f} mIoU) and, annotated "
        f"besides, on {one.rival} ({one.expected[1]:.1f})."
    )
    if one.gap is None or one.chance < PLAUSIBLE:
        return f"{text} No plausible result of these two would change the plan."
    side = f"is not at least {one.gap:.1f} ahead" if one.gap >= 0 else f"is more than {-one.gap:.1f} behind"
    return f"{text} If the first {side}, buy {one.rival_whole} instead; the chance of that is {one.chance:.0%}."


def _worst(memo: Memo) -> str:
    worst, point = memo.worst, memo.nearest
    said = "has no class with an IoU" if worst is None else f"has {worst[0]} as its worst class, {worst[1]:.1f} IoU"
    if memo.choice.trained is not None:
        return f"It {said} ({point.miou:.1f} mIoU over all classes)."
    return (
        f"The measured purchase most like it ({point.series}: {point.bought}, {hours_text(point.hours)}, "
        f"{point.miou:.1f} mIoU) {said}."
    )


def lines(memo: Memo) -> Iterator[tuple[str, str]]:
    """The memo's other answers, each with its heading."""
    yield "Worst class", _worst(memo)
    yield "Why this mix", _other_mix(memo)
    yield "Against all masks", _usual(memo)
    yield "If this is wrong", _wrong(memo)
    yield "Break-even prices", _break_evens(memo)
    yield "Where to stop", _stop(memo)
    yield "Next checkpoint", _checkpoint(memo)


def _tiles(memo: Memo) -> str:
    plan, worst, (days, who) = memo.plan, memo.worst, _days(memo)
    expected = plan.predicted_miou
    assert expected is not None
    tiles = [
        tile("Buy", f"{plan.mix.images:,} images", str(plan.mix)),
        tile(
            "For",
            money_text(memo.work.money, memo.pay.currency),
            "wage assumed" if memo.pay.assumed else memo.pay.source,
        ),
        tile("Done after", days, who),
        _miou_tile(memo, expected),
    ]
    if worst is not None:
        tiles.append(
            tile("Worst class", f"{worst[1]:.1f}", worst[0] if memo.choice.trained else f"{worst[0]}, nearest run")
        )
    return "".join(tiles)


def _miou_tile(memo: Memo, expected: Prediction) -> str:
    trained = memo.choice.trained
    if trained is None:
        return tile("mIoU, foretold", f"{expected.mean:.1f}", f"{expected.low:.1f} to {expected.high:.1f}")
    return tile("mIoU, measured", f"{trained.miou:.1f}", f"new one: {expected.low:.1f} to {expected.high:.1f}")


def draw_memo(memo: Memo) -> str:
    """The page as text; the same memo gives the same bytes."""
    runs = len(memo.planner.runs)
    rows = "\n".join(f"<dt>{escape(name)}</dt><dd>{joined(text)}</dd>" for name, text in lines(memo))
    return Template(part("memo.html")).substitute(
        head=draw_head(
            policy=_POLICY,
            title=f"Annotation memo: {hours_text(memo.plan.budget_hours)}, {memo.comparison.setting.dataset}",
            styles=("memo.css",),
        ),
        version=escape(budgetseg.__version__),
        setting=escape(f"{memo.comparison.setting.title}. From {runs} finished runs."),
        sentence=joined(sentence(memo)),
        caution=f'<p class="caution">{escape(text)}</p>' if (text := _caution(memo)) else "",
        tiles=_tiles(memo),
        chart=curve_chart(memo),
        rows=rows,
        assumed=escape(" ".join(memo.assumed)),
    )


def write_memo(memo: Memo, output: Path) -> None:
    """Write the page, whole or not at all.

    Raises:
        RunFailedError: It cannot be written there.
    """
    write_text(output, draw_memo(memo))
