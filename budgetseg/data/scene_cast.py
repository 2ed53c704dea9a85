"""Who appears in a generated scene: the object classes, and how many of which, where and how large.

Shape suffixes: 2 x and y, or two colours; 3 colours.
"""

import math
from bisect import bisect
from collections.abc import Callable
from itertools import accumulate

import numpy as np

from budgetseg.data import scene_shapes as shapes
from budgetseg.data import scene_textures as textures
from budgetseg.data.scene_painting import Skin, Thing, pose, shortest_wave
from budgetseg.data.scene_species import ACCENT_SHARES, ACCENTS, HUE_SHARES, HUES, SPECIES, Species
from budgetseg.data.scene_style import SceneStyle

__all__ = ["draw_clutter", "draw_members"]

_CLASSES_IN_SCENE = (0.61, 0.28, 0.09, 0.02)
"""Shares of scenes with 1, 2, 3 and 4 classes (VOC 2012: 0.64, 0.27, 0.07, 0.02)."""

_FOREGROUND_BETA = (1.13, 2.71)
"""Beta distribution of the share of an image that its objects cover, fitted to that of VOC 2012."""
_FOREGROUND_LOST = 1.45
"""Area drawn for one area seen: the rest is hidden, void or beyond the image."""
_LEAST_AREA_PIXELS = 110.0
_MOST_OF_CLASS = 60
"""Objects of one class in a scene, which the usual scenes never come near: a scene numbers at most 255 objects."""

_CLUTTER_OUTLINES = (shapes.blob, shapes.blob, shapes.blob, *(species.outline for species in SPECIES))
_CLUTTER_PATTERNS = (textures.plain, textures.plain, textures.waves, *(species.pattern for species in SPECIES))


def draw_members(rng: np.random.Generator, style: SceneStyle) -> list[tuple[int, Thing]]:
    """The objects of a scene, each with its class index (from 1), the hindmost first."""
    height, width = style.height, style.width
    frequency = np.array([species.frequency for species in SPECIES[: style.classes]])
    classes = min(1 + _draw_place(rng, _CLASSES_IN_SCENE), style.classes)
    chosen = rng.choice(style.classes, size=classes, replace=False, p=frequency / frequency.sum())
    counts = [int(rng.geometric(1 / (1 + style.instances * SPECIES[index].company))) for index in chosen]
    counts = [min(count, _MOST_OF_CLASS) for count in counts]
    share = rng.beta(*_FOREGROUND_BETA) * style.size**2
    weights = np.exp(rng.normal(0, 0.5, sum(counts)))
    areas = np.maximum(share * _FOREGROUND_LOST * height * width * weights / weights.sum(), _LEAST_AREA_PIXELS)
    members: list[tuple[int, Thing]] = []
    for index, count in zip(chosen, counts, strict=True):
        group_areas, areas = areas[:count], areas[count:]
        members += _draw_group(rng, int(index), group_areas, height, width)
    return [members[place] for place in rng.permutation(len(members))]


def _draw_group(
    rng: np.random.Generator, index: int, areas: np.ndarray, height: int, width: int
) -> list[tuple[int, Thing]]:
    """Members of one class that stand together and resemble each other more than others of their class."""
    species = SPECIES[index]
    reach = float(np.sqrt(areas.sum()))
    middle = [_somewhere(rng, side, 0.35 * reach) for side in (width, height)]
    hue = _draw_hue(rng, species)
    group: list[tuple[int, Thing]] = []
    for area in areas:
        spread = 0.0 if len(areas) == 1 else 0.8 * reach
        margin = 0.35 * math.sqrt(area)
        x, y = (
            min(max(rng.normal(centre, spread), margin), side - margin)
            for centre, side in zip(middle, (width, height), strict=True)
        )
        if rng.random() < 0.2:
            hue = _draw_hue(rng, species)
        thing = _thing(rng, species.outline, species.pattern, hue, area, (x, y), pose(rng, species.tilt, 0.6))
        group.append((index + 1, thing))
    return group


def _somewhere(rng: np.random.Generator, side: int, margin: float) -> float:
    """A place along a side of the image, at least ``margin`` from its ends where it is long enough for that."""
    margin = min(margin, 0.4 * side)
    return rng.uniform(margin, side - margin)


def draw_clutter(rng: np.random.Generator, style: SceneStyle) -> list[Thing]:
    """Things of the background: an outline and a pattern that may each be those of a class, but never of the same."""
    height, width = style.height, style.width
    clutter = []
    for _ in range(rng.poisson(style.clutter)):
        outline = _CLUTTER_OUTLINES[rng.integers(len(_CLUTTER_OUTLINES))]
        pattern = _CLUTTER_PATTERNS[rng.integers(len(_CLUTTER_PATTERNS))]
        if any(outline is species.outline and pattern is species.pattern for species in SPECIES):
            pattern = textures.plain
        area = height * width * float(np.exp(rng.uniform(np.log(0.005), np.log(0.15))))
        centre = (float(rng.uniform(0, width)), float(rng.uniform(0, height)))
        hue = HUES[rng.integers(len(HUES))]
        clutter.append(_thing(rng, outline, pattern, hue, area, centre, pose(rng, np.pi, 0.6)))
    return clutter


def _thing(
    rng: np.random.Generator,
    outline_of: Callable[[np.random.Generator], shapes.Field],
    pattern_of: textures.PatternMaker,
    hue: float,
    area_pixels: float,
    centre_xy: tuple[float, float],
    pose_22: shapes.Array,
) -> Thing:
    """A thing that covers ``area_pixels`` pixels where nothing hides it."""
    outline = outline_of(rng)
    # A unit of the thing's plane covers 1 / det(pose) units of the image.
    size_pixels = float(np.sqrt(area_pixels * np.linalg.det(pose_22) / shapes.area_of(outline)))
    colours_23 = _draw_colours(rng, hue)
    skin = Skin(
        pattern=pattern_of(rng, shortest_wave(size_pixels)), colours_23=colours_23, grain=rng.uniform(0.02, 0.12)
    )
    return Thing(
        outline=outline,
        skin=skin,
        centre_xy=centre_xy,
        size_pixels=size_pixels,
        area_pixels=area_pixels,
        pose_22=pose_22,
    )


def _draw_place(rng: np.random.Generator, shares: tuple[float, ...]) -> int:
    """A place in ``shares``, each as often as its share, which sum to 1; quicker than ``Generator.choice``."""
    return min(bisect(list(accumulate(shares)), rng.random()), len(shares) - 1)


def _draw_hue(rng: np.random.Generator, species: Species) -> float:
    return HUES[species.hues[_draw_place(rng, HUE_SHARES)]]


def _draw_colours(rng: np.random.Generator, hue: float) -> shapes.Array:
    """The two colours of one thing, of shape (2, 3)."""
    accent = ACCENTS[_draw_place(rng, ACCENT_SHARES)]
    base_3 = textures.colour(rng, hue, (0.5, 1.0), (0.5, 1.0))
    if accent == "dark":
        other_3 = base_3 * np.float32(rng.uniform(0.1, 0.5))
    elif accent == "pale":
        other_3 = textures.colour(rng, hue, (0.0, 0.25), (0.8, 1.0))
    else:
        other_3 = textures.colour(rng, hue + 0.5, (0.4, 1.0), (0.4, 0.9))
    return np.stack([base_3, other_3])
