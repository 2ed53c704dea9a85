"""Kinds that are held but were never observed: what is believed of them, so that buying on top can be ranked.

Every click of an image teaches much as its first click does: in the paper's Table 1 both reach 42.7 mIoU. So all clicks
are taken for first clicks, give or take. Of any other kind the prior speaks alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.errors import InvalidInputError
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.predictor import Predictor
from budgetseg.plan.surface import Group, Surface

__all__ = ["said_of_held", "with_held"]

_LIKE: Final = {"allpoints": "point", "point": "allpoints"}
_SD: Final = 0.5
"""Of the difference in each parameter, on its own scale (logits and logarithms): a factor of 1.6 either way."""
_SEED: Final = 2016


def with_held(surface: Predictor, kinds: Sequence[str]) -> Surface:
    """Return a surface that speaks about further kinds, with the doubt that this deserves; deterministic.

    Raises:
        InvalidInputError: The surface was not fitted by this package, so it holds no prior of other kinds.
    """
    if not isinstance(surface, Surface):
        raise InvalidInputError(
            f"{kinds[0]}: held, and nothing is known of it; leave it out, or give trainings with it"
        )
    new = [kind for kind in kinds if kind not in surface.kinds]
    groups = surface.groups
    for kind in new:
        if _LIKE.get(kind) in surface.kinds:
            groups = tuple(_alike(group, _LIKE[kind], kind, np.random.default_rng(_SEED)) for group in groups)
    return replace(surface, groups=groups, kinds=(*surface.kinds, *new))


def _alike(group: Group, known: str, kind: str, rng: np.random.Generator) -> Group:
    theta_DP: NDArray[np.float64] = group.theta_DP.copy()
    for place, name in enumerate(group.names):
        what, _, of = name.partition(":")
        if of == kind:
            there_D = group.theta_DP[:, group.names.index(f"{what}:{known}")]
            theta_DP[:, place] = there_D + _SD * rng.standard_normal(len(there_D))
    return replace(group, theta_DP=theta_DP)


def said_of_held(evidence: Evidence, unseen: Sequence[str]) -> str:
    """Say what is believed of held kinds that no training holds."""
    words = []
    for kind in unseen:
        like = _LIKE.get(kind)
        what = f"taken to teach about what {like} teaches" if like in evidence.kinds else "believed as the prior says"
        words.append(
            f"No training of {evidence.name} holds {kind}, which you hold: it is {what}, hence a wide interval, and "
            "none is bought."
        )
    return " ".join(words)
