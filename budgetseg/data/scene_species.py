"""The object classes of the generated scenes: what the members of a class share, and how much they differ."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from budgetseg.data import scene_shapes as shapes
from budgetseg.data import scene_textures as textures

__all__ = ["ACCENTS", "ACCENT_SHARES", "HUES", "HUE_SHARES", "SPECIES", "Species"]

_RED, _ORANGE, _YELLOW, _GREEN, _TEAL, _BLUE, _VIOLET = range(7)
HUES = (0.0, 0.08, 0.15, 0.33, 0.48, 0.61, 0.79)
"""The hues of everything in a scene, in turns; the names above are places in this tuple."""

HUE_SHARES = (0.62, 0.25, 0.13)
"""How often a species comes in the first, second and third of its hues."""

ACCENTS = ("dark", "pale", "opposite")
"""The second colour of a pattern, as seen from the first."""

ACCENT_SHARES = (0.4, 0.33, 0.27)
"""How often each accent occurs, in any species."""


@dataclass(frozen=True, kw_only=True)
class Species:
    """An object class. Its outline, its pattern and each of its hues also occur outside it."""

    name: str
    outline: Callable[[np.random.Generator], shapes.Field]
    pattern: textures.PatternMaker
    hues: tuple[int, int, int]
    """Places in HUES, the most frequent first; the first of one species is the second and the third of others."""
    frequency: float
    """Share among the classes drawn for a scene."""
    company: float
    """Mean number of further members that stand by where there is one."""
    tilt: float
    """How far a member may be turned, in radians."""


SPECIES = (
    Species(
        name="basket",
        outline=shapes.tub,
        pattern=textures.weave,
        hues=(_YELLOW, _GREEN, _VIOLET),
        frequency=0.10,
        company=0.5,
        tilt=0.3,
    ),
    Species(
        name="beetle",
        outline=shapes.oval,
        pattern=textures.spots,
        hues=(_RED, _ORANGE, _TEAL),
        frequency=0.26,
        company=1.2,
        tilt=math.pi,
    ),
    Species(
        name="crate",
        outline=shapes.quad,
        pattern=textures.planks,
        hues=(_ORANGE, _YELLOW, _BLUE),
        frequency=0.10,
        company=0.7,
        tilt=0.5,
    ),
    Species(
        name="leaf",
        outline=shapes.lozenge,
        pattern=textures.veins,
        hues=(_GREEN, _TEAL, _RED),
        frequency=0.15,
        company=1.6,
        tilt=math.pi,
    ),
    Species(
        name="melon",
        outline=shapes.oval,
        pattern=textures.meridians,
        hues=(_TEAL, _BLUE, _ORANGE),
        frequency=0.17,
        company=0.8,
        tilt=math.pi,
    ),
    Species(
        name="snail",
        outline=shapes.disc,
        pattern=textures.rings,
        hues=(_VIOLET, _RED, _GREEN),
        frequency=0.12,
        company=0.6,
        tilt=math.pi,
    ),
    Species(
        name="starfish",
        outline=shapes.star,
        pattern=textures.speckles,
        hues=(_BLUE, _VIOLET, _YELLOW),
        frequency=0.10,
        company=1.0,
        tilt=math.pi,
    ),
)
"""The object classes in the order of the mask, where the first is 1."""
