"""What every simulated annotator offers, and the chance that it draws on.

An annotator of a kind answers for one picture. Several people answer for the same picture with the same
:class:`Chance` but for ``person``: what they share makes their clicks alike, what is their own makes them differ.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.errors import ErrorRates
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.pointing import FIRST, LATER

__all__ = ["Annotator", "Chance", "Manner", "Marking", "Placement"]

Placement = Literal["human", "uniform"]

MOST_VOID = 0.5
"""The largest share of the marks on one image that falls on void, however rare void is elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How people annotate."""

    errors: ErrorRates
    placement: Placement = "human"
    """Where clicks fall: as people click, or uniformly over the class (then without any error)."""
    spread: float = 0.5
    """How far people differ from each other, 0 (all click the same pixel) to 1 (independent)."""
    void_share: float = 1.0
    """Share of what is marked in the data set that lies on images with void pixels; see :meth:`void_rate`."""
    background_void_share: float = 1.0
    """Share of the images that have void pixels; the same for clicks on the background, as many on each image."""
    first_clicks: tuple[float, ...] = FIRST
    """Where on the first instance of a class people click: the numbers of ``pointing.py``."""
    later_clicks: tuple[float, ...] = LATER
    """Where on further instances."""

    def void_rate(self, rate: float, picture: Picture) -> float:
        """How often a mark on this image falls on void, that it be ``rate`` over the data set.

        Many masks have no void at all: of the paper's 12,031 those that came with VOC have, those added later rarely.
        Its 0.8 % of first clicks on void are 4.1 % on the validation images, which have, and 0.5 % on the others.
        """
        return min(MOST_VOID, rate / self.void_share) if picture.has_void and self.void_share > 0 else 0.0

    def background_void_rate(self, picture: Picture) -> float:
        """How often a click meant for the background falls on void; as :meth:`void_rate`."""
        share = self.background_void_share
        return min(MOST_VOID, self.errors.background_void / share) if picture.has_void and share > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class Chance:
    """Every random draw of one person for one image; a pure function of its fields."""

    seed: int
    image_key: int
    """A number that stands for the image, the same on every machine."""
    person: int
    spread: float

    @cached_property
    def own(self) -> np.random.Generator:
        """Draws that nobody shares: mistakes, strokes."""
        return np.random.default_rng([self.seed, self.image_key, 1, self.person])

    def apart(self, topic: int) -> np.random.Generator:
        """Draws of this person that hang together with no others of his; topics from 4 are free."""
        return np.random.default_rng([self.seed, self.image_key, topic, self.person])

    def alike(self, topic: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Uniform draws in (0, 1) that are alike among the people who answer for this image.

        A Gaussian copula: Phi(sqrt(1 - s^2) z + s e) with z shared by all, e a person's own and s the spread. Each
        draw by itself is uniform whatever s is, so people's agreement does not change where any one of them clicks.

        Args:
            topic: Names the draws; another topic gives independent ones.
            shape: How many.
        """
        shared = np.random.default_rng([self.seed, self.image_key, 2, topic]).standard_normal(shape)
        own = np.random.default_rng([self.seed, self.image_key, 3, topic, self.person]).standard_normal(shape)
        z = math.sqrt(1 - self.spread**2) * shared + self.spread * own
        u: NDArray[np.float64] = ndtr(z)
        return u.clip(1e-12, 1 - 1e-12)


class Annotator(Protocol):
    """One kind of annotation; implementations live one a file and are listed in ``registry.py``."""

    kind: str
    """Its name in ``budgetseg.costs.kinds.KINDS``."""

    def annotate(self, picture: Picture, manner: Manner, chance: Chance) -> Annotation:
        """One person's answer for one image; the same arguments give the same answer.

        Coordinates lie in the image, ``present`` is sorted, and without errors every label is right.
        """


@runtime_checkable
class Marking(Annotator, Protocol):
    """One whose marks may fall on void."""

    def marks(self, picture: Picture) -> float:
        """About how many clicks, or pixels of strokes, a person puts on a picture."""
