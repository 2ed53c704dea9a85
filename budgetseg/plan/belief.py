r"""What is believed of a form's parameters before the evidence at hand: a normal distribution over their names.

Shape suffixes: P parameters (all that a form has, over all kinds), Q those asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.forms import FORMS, Curve, Form

__all__ = ["Belief", "base_belief", "base_beliefs", "whole_curve"]

Floats = NDArray[np.float64]


def whole_curve(form: Form) -> Curve:
    """The curve of a form that speaks about every kind."""
    return Curve(form=form, kinds=tuple(KINDS))


@dataclass(frozen=True, kw_only=True, eq=False)
class Belief:
    """A normal distribution over the parameters of a form, for all kinds."""

    names: tuple[str, ...]
    mean_P: Floats
    covariance_PP: Floats

    def places(self, names: Sequence[str]) -> NDArray[np.intp]:
        """Where the parameters of these names stand."""
        return np.array([self.names.index(name) for name in names], np.intp)


def base_belief(form: Form) -> Belief:
    """What the head of each form's file says, no parameter knowing of another."""
    parameters = whole_curve(form).parameters
    return Belief(
        names=tuple(parameter.name for parameter in parameters),
        mean_P=np.array([parameter.mean for parameter in parameters]),
        covariance_PP=np.diag([parameter.sd**2 for parameter in parameters]),
    )


def base_beliefs() -> Mapping[str, Belief]:
    """By the names of the forms."""
    return {name: base_belief(form) for name, form in FORMS.items()}
