r"""Fitting a surface to evidence: every form by itself, weighed by what it foretells, as members that could be true.

The same evidence gives the same fit. Rows of the fit are mixes (`budgetseg.plan.rows`), a form's fit is in
`budgetseg.plan.form_fit`, the weights are in `budgetseg.plan.stacking`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from budgetseg.plan.belief import Belief
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.form_fit import fit_form
from budgetseg.plan.forms import FORMS
from budgetseg.plan.learned import beliefs_for
from budgetseg.plan.rows import Rows, rows_of
from budgetseg.plan.stacking import Trust, kinds_of, weigh
from budgetseg.plan.surface import Group, Surface

__all__ = ["MEMBERS", "fit_surface"]

MEMBERS: Final = 64
_LEAST_WEIGHT: Final = 0.02
_SEED: Final = 2016


def fit_surface(evidence: Evidence, *, beliefs: Mapping[str, Belief] | None = None, members: int = MEMBERS) -> Surface:
    """Fit the surface; deterministic.

    Args:
        evidence: Trainings.
        beliefs: What is believed of each form's parameters before.
        members: Functions to draw, over all forms.
    """
    rows = rows_of(evidence)
    beliefs = beliefs_for(evidence) if beliefs is None else beliefs
    trust = weigh(rows, beliefs)
    prior = _draw(rows.only(np.zeros(len(rows.miou_R), bool)), (), replace(trust, stretch=1.0), beliefs, members, None)
    return _draw(rows, kinds_of(rows), trust, beliefs, members, prior)


def _draw(
    rows: Rows,
    kinds: tuple[str, ...],
    trust: Trust,
    beliefs: Mapping[str, Belief],
    members: int,
    prior: Surface | None,
) -> Surface:
    kept = {form: weight for form, weight in trust.weights.items() if weight >= _LEAST_WEIGHT}
    total = sum(kept.values())
    groups, nus = [], []
    for form, weight in kept.items():
        fit = fit_form(form, rows, kinds, beliefs[form])
        count = max(2, 2 * round(members * weight / total / 2))
        drawn = fit.members(count, np.random.default_rng([_SEED, list(FORMS).index(form)]))
        groups.append(Group(form=form, names=beliefs[form].names, theta_DP=drawn.theta_DP, misfit_DF=drawn.misfit_DF))
        nus.append(weight / total * fit.rows.nu)
    return Surface(groups=tuple(groups), nu=float(sum(nus)), kinds=kinds, trust=trust, prior=prior)
