r"""How much each form is to be trusted, and how far off all are: by what they foretell of larger budgets, not by fit.

The mixes are put in the order of their images. Each form is fitted to the smaller ones and foretells the larger ones,
for several places of the cut. With :math:`\ell` the mean log density that a form gave to what came, its weight is

.. math:: w \propto p \, \exp(m \ell)

where p is what the form is worth where nothing could be foretold, and m grows with the number of mixes foretold, but
stays small: they share one mistake.

If what came was further off than the average of the forms said, the spread is too small, and is stretched by

.. math:: \kappa^2 = \frac{3 \kappa_0^2 + m' \overline{z^2}}{3 + m'}

with z the errors in units of their standard deviation and :math:`\kappa_0` the least there is.

Shape suffixes: R rows (mixes), M mixes foretold, F forms.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.belief import Belief
from budgetseg.plan.form_fit import fit_form
from budgetseg.plan.forms import FORMS
from budgetseg.plan.forms.form import COLUMN
from budgetseg.plan.rows import Rows

__all__ = ["Trust", "kinds_of", "weigh"]

Floats = NDArray[np.float64]

_PRIOR: Final = {"ladder": 0.55, "effective": 0.25, "logs": 0.12, "power": 0.08}
_CUTS: Final = (0.35, 0.6, 0.8)
_LEAST_ROWS: Final = 3
_MOST_ROWS: Final = 80
"""More would only take longer to say the same."""
_ROWS_OF_ONE: Final = 8.0
"""Mixes foretold that say as much as a single one would, if they did not share one mistake."""
_MOST_INDEPENDENT: Final = 3.0
_OFF_MIOU: Final = 1.5
"""What any form may be off besides what it says; keeps a lucky guess from being decisive."""
_SPREAD_WEIGHT: Final = 3.0
_SPREAD_LEAST: Final = 0.8
"""Factor on the spread before anything was foretold, and the least one.

Members differ more than the forms are off: with a data set of this package's own left out in turn, statements "A beats
B with 80 %" were right in 84 % of all cases with a factor of 1, and in 82 % with this, at an interval score that is
level (22.7), and better where there are many rows.
"""


@dataclass(frozen=True, kw_only=True)
class Trust:
    """What the forms deserve."""

    weights: Mapping[str, float]
    """By form; they sum to 1."""
    stretch: float
    """Factor on the spread of what is expected; 1 as long as nothing can be foretold."""


def weigh(rows: Rows, beliefs: Mapping[str, Belief]) -> Trust:
    """Judge the forms; with too few rows they keep their prior weights."""
    prior_F = np.array([_PRIOR[form] for form in FORMS])
    cuts = list(_foretold(rows.some(_MOST_ROWS), beliefs))
    if not cuts:
        return Trust(weights=dict(zip(FORMS, prior_F.tolist(), strict=True)), stretch=1.0)
    error_FM, variance_FM = (np.concatenate(parts, axis=1) for parts in zip(*cuts, strict=True))
    independent = min(error_FM.shape[1] / _ROWS_OF_ONE, _MOST_INDEPENDENT)
    off_FM = variance_FM + _OFF_MIOU**2
    density_F = -0.5 * (error_FM**2 / off_FM + np.log(off_FM)).mean(axis=1)
    log_F = np.log(prior_F) + independent * density_F
    weight_F = np.exp(log_F - log_F.max())
    weight_F /= weight_F.sum()
    error_M = weight_F @ error_FM
    between_M = weight_F @ (error_FM - error_M) ** 2
    z2 = float((error_M**2 / (weight_F @ variance_FM + between_M)).mean())
    stretch = np.sqrt((_SPREAD_WEIGHT * _SPREAD_LEAST**2 + independent * z2) / (_SPREAD_WEIGHT + independent))
    return Trust(weights=dict(zip(FORMS, weight_F.tolist(), strict=True)), stretch=max(_SPREAD_LEAST, float(stretch)))


def _foretold(rows: Rows, beliefs: Mapping[str, Belief]) -> Iterator[tuple[Floats, Floats]]:
    """For each cut, the errors of the forms on the larger mixes, and the variances they gave, with noise; (F, M)."""
    images_R = rows.counts_RK.sum(axis=1)
    for cut in _CUTS if len(images_R) else ():
        small_R: NDArray[np.bool_] = np.asarray(images_R <= np.quantile(images_R, cut), bool)
        small, large = rows.only(small_R), rows.only(~small_R)
        kinds = kinds_of(small)
        # A kind that was never seen is foretold by the prior alone, which says nothing of the form.
        unseen = [column for kind, column in COLUMN.items() if kind not in kinds]
        seen_R = large.counts_RK[:, unseen].sum(axis=1) == 0
        large = large.only(seen_R)
        if len(small.miou_R) < _LEAST_ROWS or not len(large.miou_R):
            continue
        errors, variances = [], []
        for form in FORMS:
            mean_M, variance_M = fit_form(form, small, kinds, beliefs[form]).foretell(large.counts_RK)
            errors.append(mean_M - large.miou_R)
            variances.append(variance_M + large.noise_variance_R)
        yield np.array(errors), np.array(variances)


def kinds_of(rows: Rows) -> tuple[str, ...]:
    """The kinds that at least one row holds."""
    return tuple(kind for kind, column in COLUMN.items() if rows.counts_RK[:, column].any())
