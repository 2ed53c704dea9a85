"""Clicks: one on the first instance seen of each present class, or one on every instance.

Shape suffixes: h, w a crop around one thing; K things of a class; 3 draws a thing (which one, column, row); F numbers
of the model.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.annotation import Annotation, Click
from budgetseg.annotate.annotator import Chance, Manner
from budgetseg.annotate.errors import ErrorRates
from budgetseg.annotate.labels import seen_classes
from budgetseg.annotate.mistakes import spread_rate
from budgetseg.annotate.noticing import noticing
from budgetseg.annotate.picture import Picture, Thing
from budgetseg.annotate.pointing import weigh
from budgetseg.annotate.slips import slip
from budgetseg.annotate.ways import Onto

__all__ = ["AllPoints", "Points", "first_point"]


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A click as it is meant."""

    thing: Thing
    x: int
    y: int
    rank: int


class Points:
    """Clicks on one instance of each present class, the first that the person sees."""

    kind = "point"

    def annotate(self, picture: Picture, manner: Manner, chance: Chance) -> Annotation:
        """See :class:`budgetseg.annotate.annotator.Annotator`."""
        if manner.placement == "uniform":
            clicks = [_anywhere(picture, cls, chance) for cls in picture.present]
            return _clicked(picture, self.kind, clicks)
        aims = []
        for cls in seen_classes(picture, manner, chance):
            thing, (x, y) = first_point(picture, cls, manner, chance)
            aims.append(Aim(thing=thing, x=x, y=y, rank=1))
        errors = manner.errors
        void = manner.void_rate(errors.click_void, picture)
        clicks = _err(picture, aims, errors.click_wrong, void, errors, chance)
        return _clicked(picture, self.kind, clicks)

    def marks(self, picture: Picture) -> float:
        """See :class:`budgetseg.annotate.annotator.Marking`."""
        return float(len(picture.present))


class AllPoints:
    """Clicks on every instance that is not missed; rank 1 is the first that the person sees of its class."""

    kind = "allpoints"

    def annotate(self, picture: Picture, manner: Manner, chance: Chance) -> Annotation:
        """See :class:`budgetseg.annotate.annotator.Annotator`."""
        errors = manner.errors
        human = manner.placement == "human"
        pixels_K = np.array([np.count_nonzero(thing.pixels_hw) for thing in picture.things], float)
        missed_K = spread_rate(errors.instance_missed if human else 0.0, pixels_K**-errors.smaller_things)
        found_K = chance.own.random(len(missed_K)) >= missed_K
        aims = []
        for cls in picture.present:
            things = [(thing, found) for thing, found in zip(picture.things, found_K, strict=True) if thing.cls == cls]
            draws_K3 = chance.alike(cls, (len(things), 3))
            order = _order(picture, [thing for thing, _ in things], draws_K3[:, 0])
            for rank, k in enumerate((k for k in order if things[k][1]), start=1):
                thing = things[k][0]
                model_F = manner.first_clicks if rank == 1 else manner.later_clicks
                x, y = _point_at(picture, thing, draws_K3[k], model_F) if human else _uniform(thing, chance)
                aims.append(Aim(thing=thing, x=x, y=y, rank=rank))
        wrong = errors.all_clicks_wrong if human else 0.0
        void = manner.void_rate(errors.all_clicks_void, picture) if human else 0.0
        return _clicked(picture, self.kind, _err(picture, aims, wrong, void, errors, chance))

    def marks(self, picture: Picture) -> float:
        """See :class:`budgetseg.annotate.annotator.Marking`."""
        return float(len(picture.things))


def first_point(picture: Picture, cls: int, manner: Manner, chance: Chance) -> tuple[Thing, tuple[int, int]]:
    """The instance of a present class that a person sees first, and the pixel (x, y) of it that is meant."""
    things = [thing for thing in picture.things if thing.cls == cls]
    draws_K3 = chance.alike(cls, (len(things), 3))
    first = _order(picture, things, draws_K3[:, 0])[0]
    return things[first], _point_at(picture, things[first], draws_K3[first], manner.first_clicks)


def _clicked(picture: Picture, kind: str, clicks: list[Click]) -> Annotation:
    """The annotation that holds these clicks; a class without one was called absent, as in the released code."""
    return Annotation(
        image_id=picture.image_id,
        kind=kind,
        width=picture.width,
        height=picture.height,
        present=tuple(sorted({click.cls for click in clicks})),
        clicks=tuple(clicks),
    )


def _order(picture: Picture, things: list[Thing], draws_K: NDArray[np.float64]) -> list[int]:
    """The order in which things are seen: weighted sampling without replacement by the Gumbel trick."""
    log_weight_K = noticing(things, picture.height, picture.width)
    keys_K = log_weight_K - np.log(-np.log(draws_K))
    return [int(k) for k in np.argsort(-keys_K, kind="stable")]


def _point_at(
    picture: Picture, thing: Thing, draws_3: NDArray[np.float64], model_F: tuple[float, ...]
) -> tuple[int, int]:
    """A pixel of the thing: its column from the weights' marginal, its row given the column (inverse transform)."""
    grid = weigh(picture, thing, model_F)
    column, across = _pick(grid.weights_hw.sum(axis=0), draws_3[1])
    row, down = _pick(grid.weights_hw[:, column], draws_3[2])
    # What is left of the draws picks the pixel among those that the weight stands for.
    x, y = (grid.left + column * grid.step, grid.top + row * grid.step)
    near = (x + int(across * grid.step), y + int(down * grid.step))
    return near if thing.holds(*near) else (x + grid.step // 2, y + grid.step // 2)


def _pick(weights_N: NDArray[np.float64], draw: float) -> tuple[int, float]:
    """The index where a uniform draw falls among weights, and where between 0 and 1 it falls in that weight."""
    ends_N = np.cumsum(weights_N)
    target = draw * ends_N[-1]
    index = min(int(np.searchsorted(ends_N, target, side="right")), int(np.flatnonzero(weights_N)[-1]))
    within = 1 - (ends_N[index] - target) / weights_N[index]
    return index, min(max(float(within), 0.0), math.nextafter(1.0, 0.0))


def _err(
    picture: Picture, aims: Sequence[Aim], wrong: float, void: float, errors: ErrorRates, chance: Chance
) -> list[Click]:
    """The clicks: as meant, or slipped onto another class or onto void, at these rates on average."""
    odds_K = np.array(
        [
            np.count_nonzero(aim.thing.pixels_hw) ** -errors.smaller_things
            * (errors.later_things if aim.rank > 1 else 1.0)
            for aim in aims
        ]
    )
    clicks = []
    for aim, slips in zip(aims, spread_rate(min(1.0, wrong + void), odds_K), strict=True):
        x, y = aim.x, aim.y
        if chance.own.random() < slips:
            onto: Onto = "void" if chance.own.random() * (wrong + void) < void else "class"
            x, y = slip(picture.mask_HW, aim.thing.cls, x, y, onto=onto, generator=chance.own)
        clicks.append(Click(cls=aim.thing.cls, x=x, y=y, rank=aim.rank, annotator=chance.person))
    return clicks


def _anywhere(picture: Picture, cls: int, chance: Chance) -> Click:
    """A click uniform over the pixels of a class: the paper's "random points" (section 5.3), derived from masks."""
    pixels = np.flatnonzero(picture.mask_HW == cls)
    y, x = divmod(int(pixels[chance.own.integers(len(pixels))]), picture.width)
    return Click(cls=cls, x=x, y=y, rank=1, annotator=chance.person)


def _uniform(thing: Thing, chance: Chance) -> tuple[int, int]:
    """A pixel uniform over a thing."""
    pixels = np.flatnonzero(thing.pixels_hw)
    row, column = divmod(int(pixels[chance.own.integers(len(pixels))]), thing.pixels_hw.shape[1])
    return thing.left + column, thing.top + row
