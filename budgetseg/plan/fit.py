r"""Fitting a surface to evidence: every form by itself, weighed by what it foretells, as members that could be true.

The same evidence gives the same fit. Rows of the fit are mixes (`budgetseg.plan.rows`), a form's fit is in
`budgetseg.plan.form_fit`, the weights are in `budgetseg.plan.stacking`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from budgetseg.plan.belief import Belief, base_beliefs
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.form_fit import fit_form
from budgetseg.plan.forms import FORMS
from budgetseg.plan.learned import beliefs_for
from budgetseg.plan.rows import Rows, rows_of
from budgetseg.plan.stacking import Trust, kinds_of, weigh
from budgetseg.plan.surface import Group, Surface

__all__ = ["MEMBERS", "fit_classes", "fit_surface"]

MEMBERS: Final = 32
_LEAST_WEIGHT: Final = 0.1
"""A form of less would be drawn a time or two, for all the time that it takes."""
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

    def before() -> Surface:
        none = rows.only(np.zeros(len(rows.miou_R), bool))
        return _draw(none, replace(trust, stretch=1.0), beliefs, members)

    surface = replace(_draw(rows, trust, beliefs, members), kinds=evidence.kinds)
    return replace(surface, before=before) if len(rows.miou_R) else surface


def fit_classes(evidence: Evidence) -> Mapping[str, Surface]:
    """Fit a surface to the IoU of each class that all trainings say, the background left out."""
    alone = replace(evidence, others=(), noise_R=np.full(len(evidence.miou_R), np.nan))
    beliefs = base_beliefs()
    return {
        of: fit_surface(replace(alone, miou_R=iou_R), beliefs=beliefs)
        for of, iou_R in evidence.class_iou.items()
        if of != "background"
    }


def _draw(rows: Rows, trust: Trust, beliefs: Mapping[str, Belief], members: int) -> Surface:
    kinds = kinds_of(rows)
    kept = {form: weight for form, weight in trust.weights.items() if weight >= _LEAST_WEIGHT}
    total = sum(kept.values())
    groups, nus = [], []
    for form, weight in kept.items():
        fit = fit_form(form, rows, kinds, beliefs[form])
        count = max(2, 2 * round(members * weight / total / 2))
        drawn = fit.members(count, np.random.default_rng([_SEED, list(FORMS).index(form)]))
        groups.append(
            Group(
                form=form,
                names=beliefs[form].names,
                theta_DP=drawn.theta_DP,
                misfit_DF=drawn.misfit_DF,
                pull_R=drawn.pull_R,
            )
        )
        nus.append(weight / total * fit.rows.nu)
    return Surface(groups=tuple(groups), nu=float(sum(nus)), kinds=kinds, trust=trust, rows_RK=rows.counts_RK)
