"""Why a plan is what it is, in words: limits, the next hour, exchange rates, rivals, assumptions, and classes."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from budgetseg.plan.plan import Plan
    from budgetseg.plan.reasons import BreakEven, Exchange, Flip, LimitUse

__all__ = ["class_lines", "limit_lines", "reason_lines", "target_line"]

_LIKELY: Final = 0.05
_MOST_CLASSES: Final = 6


def target_line(plan: "Plan") -> "Iterator[str]":
    """Say whether the target is reached."""
    target = plan.target
    if target is None:
        return
    chance = f"{target.chance:.0%}"
    if target.reached:
        yield f"It reaches {target.miou:g} mIoU with a probability of {chance} (asked for: {target.confidence:.0%})."
    else:
        yield (
            f"No mix within these limits reaches {target.miou:g} mIoU with {target.confidence:.0%}; "
            f"this one comes closest, with {chance}. Give more hours, or a lower --target or --confidence."
        )


def limit_lines(plan: "Plan") -> "Iterator[str]":
    """Name the limit that binds, what a wider one brings, and what is left of the others."""
    if plan.target is not None and plan.target.reached:
        return  # the fewest hours are sought, not the most that can be had
    for one in plan.limits:
        if one.binds:
            yield (
                f"{_limit_name(one)} {'bind' if one.name in ('hours', 'images') else 'binds'}: "
                f"{_number(one.relaxed.limit)} {one.unit} would bring {_gain(plan, one.relaxed.gain_miou)} "
                f"and buy {one.relaxed.mix}."
            )
        elif one.name != "images" and len(plan.limits) > 2:
            yield f"{_limit_name(one)}: {_number(one.used)} of {_number(one.limit)} {one.unit} used."
    if plan.limits and not any(one.binds for one in plan.limits):
        yield "No limit binds: 10 % more of any would bring nothing."


def reason_lines(plan: "Plan") -> "Iterator[str]":
    """Say what the next hour brings, what is worth what, who comes close, and what would flip the choice."""
    reasons = plan.reasons
    if reasons is None:
        return
    if reasons.next_hour:
        gains = [f"{one.gain_miou:+.2f} as {_number(one.images)} {one.kind}" for one in reasons.next_hour]
        yield f"The next hour brings, in mIoU: {', '.join(gains)}."
    if reasons.exchange:
        yield f"Alone, {'; '.join(map(_exchange, reasons.exchange))}."
    if reasons.break_even:
        prices = "; ".join(map(_break_even, reasons.break_even))
        yield f"Alone, a kind wins over masks while a mask costs more than {prices}."
    close = [one for one in reasons.rivals if one.chance >= _LIKELY]
    if close:
        said = ", ".join(
            f"{one.name} {one.chance:.0%} ({round(one.difference_miou, 1) + 0.0:+.1f} mIoU)" for one in close
        )
        yield f"Chance to be better than the choice: {said}; all others below {_LIKELY:.0%}."
    elif reasons.rivals:
        yield f"No alternative has a chance of {_LIKELY:.0%} or more to be better than the choice."
    if reasons.best_kinds:
        said = ", ".join(f"{' + '.join(one.kinds)} {one.chance:.0%}" for one in reasons.best_kinds[:5])
        yield f"Chance to be the best kinds of mix: {said}."
    yield from _flip_lines(plan, reasons.flips)


def _flip_lines(plan: "Plan", flips: "tuple[Flip, ...]") -> "Iterator[str]":
    def words(one: "Flip") -> str:
        return f"{one.assumption} x{one.factor:g}"

    for one in flips:
        if one.flips:
            gain = "" if plan.target is not None else f" by {_gain(plan, one.gain_miou)}"
            yield f"Would flip the choice: {words(one)}; then {one.mix} is better{gain} than the kinds planned."
    factors: dict[str, list[str]] = {}
    for one in flips:
        if not one.flips:
            factors.setdefault(one.assumption, []).append(f"x{one.factor:g}")
    if factors and not any(one.flips for one in flips):
        yield "No single cost, halved or doubled, would flip the choice."
    elif factors:
        yield f"Would not: {', '.join(what + ' ' + ' or '.join(by) for what, by in factors.items())}."
    if flips and plan.objective.goal in ("mean", "worst-class"):
        money = any(one.name == "money" for one in plan.limits)
        what, where = ("Noise", "") if money else ("Noise and wages", ", and hours are what is limited")
        yield f"{what} cannot: {plan.objective.words} is sought{where}."


def class_lines(plan: "Plan") -> "Iterator[str]":
    """Say how many images of each class to expect, warn of few, and compare a search for the rare ones."""
    coverage = plan.coverage
    if coverage is not None:
        rows = sorted(coverage.classes, key=lambda one: one.share)
        for one in rows[:_MOST_CLASSES]:
            images = ", ".join(f"{_number(images)} {kind}" for kind, images in one.images.items())
            yield f"{one.name}, in {one.share:.3%} of the images ({coverage.source}): expect {images}."
        if len(rows) > _MOST_CLASSES:
            yield f"{len(rows) - _MOST_CLASSES} more frequent classes are in the JSON document."
        for warning in coverage.warnings[:_MOST_CLASSES]:
            yield f"Warning: {warning}."
    for rare in plan.two_stage:
        ways = []
        for way in rare.ways:
            name = {"nothing": "at random"}.get(way.asked, f"where a search that asks about {way.asked} found it")
            hours = "" if way.hours_for_enough is None else f", 30 in {_number(way.hours_for_enough)} h"
            ways.append(f"{_number(way.masks_per_hour)} {name}{hours}")
        yield f"Masks with {rare.name} an hour, the search paid for: {'; '.join(ways)}."


def _exchange(one: "Exchange") -> str:
    side = "" if one.side == "about" else f"{one.side} "
    return f"{one.images:,} {one.kind} = {side}{one.masks:,.0f} full [{one.low:,.0f}, {one.high:,.0f}]"


def _break_even(one: "BreakEven") -> str:
    price = {"about": "", "below": "at most ", "above": "at least "}[one.side] + f"{one.price:,.3g}"
    return f"{price} {one.kind} (yours costs {one.yours:,.3g}: it {'wins' if one.wins else 'loses'})"


def _gain(plan: "Plan", gain: float) -> str:
    if plan.objective.goal == "target":
        return f"{gain:+.1f} mIoU toward the target"
    return f"{gain:+.1f} {'IoU' if plan.objective.goal == 'worst-class' else 'mIoU'}"


def _limit_name(one: "LimitUse") -> str:
    return {"hours": "The hours", "images": "The images there are", "money": "The money"}.get(
        one.name, f"The {one.name}"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
