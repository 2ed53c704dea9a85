"""The sentence that answers the question: what was best, by how much, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from budgetseg.report.difference import Difference, difference
from budgetseg.report.frontier import Point, apart, nearest, same_hours

__all__ = ["USUAL", "Status", "Verdict", "hours_text", "judge", "within"]

USUAL = "full"
"""The strategy that people follow by default: masks alone."""

Status = Literal["clear", "within noise", "not repeated", "other hours", "only one"]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the runs of one setting say."""

    status: Status
    """``clear``: repeated and the interval excludes 0. ``within noise``: it does not. ``not repeated``: clear on these
    images, but one run each. ``other hours``: the rival cost other hours. ``only one``: there is no rival."""
    sentence: str
    basis: str
    """What the uncertainties in the sentence stand for."""
    caution: str
    """What the reader must know before acting on the sentence; may be empty."""
    best: Point
    rival: Point | None
    difference: Difference | None
    usual: Point | None = None
    """Masks alone at the same hours, where they are neither the best nor its rival: what people buy by default."""
    above_usual: Difference | None = None

    def to_dict(self) -> dict[str, Any]:
        """As in each comparison of ``budgetseg.report/1``."""
        return {
            "status": self.status,
            "sentence": self.sentence,
            "basis": self.basis,
            "caution": self.caution,
            "best": self.best.series,
            "best_hours": self.best.hours,
            "best_miou": self.best.miou,
            "rival": self.rival.series if self.rival else None,
            "rival_hours": self.rival.hours if self.rival else None,
            "difference": self.difference.to_dict() if self.difference else None,
            "above_usual": self.above_usual.to_dict() if self.above_usual else None,
        }


def hours_text(hours: float) -> str:
    """Hours as a person says them."""
    digits = 0 if hours >= 100 else 1 if hours >= 1 else 2
    text = f"{hours:,.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} h"


def _reach(point: Point) -> str:
    """MIoU with its own uncertainty."""
    text = f"{point.miou:.1f}"
    if point.spread == "seeds":
        low, high = point.interval or (point.miou, point.miou)
        return f"{text} ± {(high - low) / 2:.1f}"
    if point.interval:
        return f"{text} ({point.interval[0]:.1f} to {point.interval[1]:.1f})"
    return text


def _basis(points: Sequence[Point], found: Difference | None) -> str:
    """What each ± and each interval stands for, and how many seeds and images are behind it."""
    words = []
    if any(point.spread == "seeds" for point in points):
        words.append("± of a strategy: one standard deviation over its seeds.")
    if any(point.spread == "bootstrap" for point in points):
        words.append("Range in brackets: 95 % of the bootstrap over validation images, one run.")
    if found and found.half_width is not None:
        sources = []
        if found.seed_half_width is not None:
            sources.append(f"{' and '.join(str(len(point.runs)) for point in points)} seeds")
        if found.image_half_width is not None:
            sources.append(f"{points[0].runs[0].validation_images:,} validation images")
        words.append(f"± of the difference: 95 %, over {' and '.join(sources)}.")
    return " ".join(words)


def _rival(best: Point, points: Sequence[Point]) -> Point | None:
    """The best of the other series at equal hours, else at the nearest."""
    others = [point for point in nearest(best, points) if point.series != best.series]
    return min(others, key=lambda point: (apart(best, point), -point.miou, point.series), default=None)


def _alone(best: Point) -> Verdict:
    return Verdict(
        status="only one",
        sentence=f"With {hours_text(best.hours)}, {best.series} ({best.bought}) reaches {_reach(best)} mIoU.",
        basis=_basis((best,), None),
        caution=(
            "No other strategy was run here, so nothing says whether these hours were spent well; "
            "run another one with the same hours."
        ),
        best=best,
        rival=None,
        difference=None,
    )


def _cautions(best: Point, rival: Point, found: Difference, equal: bool) -> list[str]:
    """What stands between the sentence and a decision."""
    cautions = []
    if not equal:
        side = "more" if rival.hours > best.hours else "fewer"
        cautions.append(
            f"The two cost different hours, so this is not a difference of strategy alone: the nearest run of "
            f"{rival.series} had {side}. Run it with {hours_text(best.hours)} too."
        )
    if found.half_width is None:
        cautions.append("No interval could be computed: one run each, and no confusion.npy to draw images from again.")
    if found.seed_half_width is None:
        cautions.append(
            "Each is a single run: how much another seed would change the result is unknown. "
            "Repeat both with at least three seeds before you decide."
        )
    elif min(len(best.runs), len(rival.runs)) == 1:
        single = best if len(best.runs) == 1 else rival
        cautions.append(f"{single.series} was run once; its seed spread is taken to be that of the other.")
    return cautions


def within(points: Sequence[Point], hours: float) -> tuple[Point, ...]:
    """The points that a budget pays for, 5 % apart counting as the same."""
    return tuple(point for point in points if point.hours <= hours or same_hours(point.hours, hours))


def _usual(best: Point, rival: Point, points: Sequence[Point]) -> Point | None:
    """Masks alone at the same hours, unless the sentence names them already."""
    if USUAL in (best.strategy, rival.strategy):
        return None
    masks = [point for point in points if point.strategy == USUAL and apart(best, point) == 0.0]
    return max(masks, key=lambda point: point.miou, default=None)


def judge(points: Sequence[Point], hours: float | None = None) -> Verdict:
    """Judge the points of one setting: the highest mIoU against the next best at equal, else nearest, hours.

    Args:
        points: Of the setting; at least one that the hours pay for.
        hours: A budget: only what it pays for is looked at.
    """
    points = points if hours is None else within(points, hours)
    best = max(points, key=lambda point: (point.miou, -point.hours))
    rival = _rival(best, points)
    if rival is None:
        return _alone(best)
    found = difference(best, rival)
    equal = apart(best, rival) == 0.0
    half = "" if found.half_width is None else f" ± {found.half_width:.1f}"
    mine, other = f"{best.series} ({best.bought})", f"{rival.series} ({rival.bought})"
    start = f"With {hours_text(best.hours)}, {mine}"
    if hours is not None and not same_hours(hours, best.hours):
        start = f"Within {hours_text(hours)} the best was this: with {hours_text(best.hours)}, {mine}"
    status: Status
    if not equal:
        status = "other hours"
        sentence = (
            f"{start} reaches {_reach(best)} mIoU; {other}, the nearest in hours, reaches {_reach(rival)} "
            f"with {hours_text(rival.hours)}, a difference of {found.mean:.1f}{half}."
        )
    elif not found.clear:
        status = "within noise"
        sentence = (
            f"{start} and {other} cannot be told apart: {_reach(best)} and {_reach(rival)} mIoU, "
            f"a difference of {found.mean:.1f}{half}."
        )
    else:
        status = "clear" if found.seed_half_width is not None else "not repeated"
        sentence = (
            f"{start} reaches {_reach(best)} mIoU, {found.mean:.1f}{half} above {other}, "
            f"the next best at the same hours ({_reach(rival)})."
        )
    usual = _usual(best, rival, points)
    above = None if usual is None else difference(best, usual)
    if usual is not None and above is not None:
        half = "" if above.half_width is None else f" ± {above.half_width:.1f}"
        side = "above" if above.mean >= 0 else "below"
        sentence += f" That is {abs(above.mean):.1f}{half} {side} masks alone ({usual.bought})."
    return Verdict(
        status=status,
        sentence=sentence,
        basis=_basis((best, rival), found),
        caution=" ".join(_cautions(best, rival, found, equal)),
        best=best,
        rival=rival,
        difference=found,
        usual=usual,
        above_usual=above,
    )
