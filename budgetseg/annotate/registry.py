"""The simulated annotator of each kind of annotation."""

from collections.abc import Mapping
from typing import Final

from budgetseg.annotate.annotator import Annotator
from budgetseg.annotate.assisted import Assisted
from budgetseg.annotate.boxes import Boxes
from budgetseg.annotate.clicks import AllPoints, Points
from budgetseg.annotate.coarse import Coarse
from budgetseg.annotate.labels import Labels
from budgetseg.annotate.masks import Masks
from budgetseg.annotate.strokes import Squiggles

__all__ = ["ANNOTATORS"]

_ALL: tuple[Annotator, ...] = (Labels(), Points(), AllPoints(), Squiggles(), Boxes(), Coarse(), Assisted(), Masks())

ANNOTATORS: Final[Mapping[str, Annotator]] = {annotator.kind: annotator for annotator in _ALL}
"""By kind, in the order of ``budgetseg.costs.kinds.KINDS``."""
