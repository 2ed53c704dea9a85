"""What a set of generated scenes is like: how many classes, how large and how many the objects, how much clutter."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from budgetseg.data.scene_species import SPECIES
from budgetseg.errors import InvalidInputError

__all__ = ["HEIGHT", "WIDTH", "SceneStyle"]

HEIGHT, WIDTH = 96, 128
"""Size of a scene in pixels where nothing else is said."""

_WITHIN: Final[Mapping[str, tuple[float, float]]] = {
    "classes": (1, len(SPECIES)),
    "size": (0.2, 3),
    "clutter": (0, 50),
    "instances": (0, 10),
    "height": (32, 1024),
    "width": (32, 1024),
}


@dataclass(frozen=True, kw_only=True)
class SceneStyle:
    """The defaults give scenes with the statistics of PASCAL VOC."""

    classes: int = len(SPECIES)
    """Object classes: the first so many of ``SPECIES``."""
    size: float = 1.0
    """Length of the objects beside the usual; their area goes with its square."""
    clutter: float = 2.0
    """Mean number of things in the background that belong to no class."""
    instances: float = 1.0
    """Number of further objects of a class that is there, beside the usual; 0 gives one of each."""
    height: int = HEIGHT
    """Pixels."""
    width: int = WIDTH
    """Pixels."""

    def __post_init__(self) -> None:
        for name, (least, most) in _WITHIN.items():
            value = getattr(self, name)
            if not least <= value <= most or math.isnan(value):
                raise InvalidInputError(f"scenes: {name} = {value:g}: expected a number from {least:g} to {most:g}")

    def __str__(self) -> str:
        """``size=0.5,clutter=4``: what differs from the usual; empty where nothing does."""
        changed = ((field.name, getattr(self, field.name), field.default) for field in fields(self))
        return ",".join(f"{name}={value:g}" for name, value, usual in changed if value != usual)
