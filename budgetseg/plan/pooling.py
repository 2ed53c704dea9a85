r"""Partial pooling: what many data sets say together about a form's parameters, as the belief for the next one.

The parameters of each data set and recipe g are a draw of one normal distribution,
:math:`\theta_g \sim N(\mu, \Sigma)`, whose mean and covariance have priors of their own: :math:`\mu` that of a belief
held before (the heads of the forms' files), :math:`\Sigma` an inverse Wishart around the covariance of the same belief,
worth a few data sets. Expectation maximisation, each round with the form linearised where the data set's fit is:

.. math::

    V_g &= (\Sigma^{-1} + J_g^T J_g)^{-1}, \qquad m_g = \text{the most likely } \theta_g \\
    \mu &\leftarrow (S_0^{-1} + G \Sigma^{-1})^{-1} (S_0^{-1} \mu_0 + \Sigma^{-1} \textstyle\sum_g m_g) \\
    \Sigma &\leftarrow \frac{\nu_0 S_0 + \sum_g (m_g - \mu)(m_g - \mu)^T + V_g}{\nu_0 + G}

A data set that says nothing of a kind leaves that kind's parameters as they were believed. (Dempster, Laird and Rubin,
1977; Gelman et al., "Bayesian Data Analysis", section 15.)

Shape suffixes: R rows, P parameters, Q those of the kinds in a data set, G data sets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.belief import Belief
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.form_fit import most_likely_z
from budgetseg.plan.forms import FORMS, Curve
from budgetseg.plan.rows import Rows, rows_of
from budgetseg.plan.solve import jacobian
from budgetseg.plan.stacking import kinds_of

__all__ = ["pool", "pool_all"]

Floats = NDArray[np.float64]

_ROUNDS: Final = 5
_PRIOR_SETS: Final = 6.0
"""Data sets that the covariance believed before is worth."""
_MISFIT_MIOU: Final = 1.5
_MOST_ROWS: Final = 80


def pool_all(evidence: Sequence[Evidence], beliefs: Mapping[str, Belief]) -> Mapping[str, Belief]:
    """Pool every form; see :func:`pool`."""
    rows = [rows_of(each).some(_MOST_ROWS) for each in evidence]
    return {form: pool(form, rows, belief) for form, belief in beliefs.items()}


@dataclass(frozen=True, kw_only=True, eq=False)
class _Set:
    """One data set."""

    rows: Rows
    curve: Curve
    places_Q: NDArray[np.intp]


def pool(form: str, sets: Sequence[Rows], before: Belief) -> Belief:
    """Return the belief about the parameters of a further data set.

    Args:
        form: Its name.
        sets: The rows of each data set and recipe; with none the belief is returned as it was.
        before: What was believed.
    """
    if not sets:
        return before
    known = []
    for rows in sets:
        curve = Curve(form=FORMS[form], kinds=kinds_of(rows))
        places_Q = before.places([parameter.name for parameter in curve.parameters])
        known.append(_Set(rows=rows, curve=curve, places_Q=places_Q))
    count = len(known)
    precision_PP = np.linalg.inv(before.covariance_PP)
    belief = before
    starts: list[Floats | None] = [None] * count
    for _ in range(_ROUNDS):
        mean_GP, spread_PP = np.empty((count, len(before.names))), np.zeros_like(before.covariance_PP)
        for place, each in enumerate(known):
            mean_GP[place], variance_PP, starts[place] = _posterior(each, belief, starts[place])
            spread_PP += variance_PP
        inverse_PP = np.linalg.inv(belief.covariance_PP)
        mean_P = np.linalg.solve(
            precision_PP + count * inverse_PP, precision_PP @ before.mean_P + inverse_PP @ mean_GP.sum(axis=0)
        )
        off_GP = mean_GP - mean_P
        covariance_PP = (_PRIOR_SETS * before.covariance_PP + off_GP.T @ off_GP + spread_PP) / (_PRIOR_SETS + count)
        belief = Belief(names=before.names, mean_P=mean_P, covariance_PP=covariance_PP)
    # The next data set is not the mean: what is not known of the mean comes on top.
    unsure_PP = np.linalg.inv(precision_PP + count * np.linalg.inv(belief.covariance_PP))
    return Belief(names=belief.names, mean_P=belief.mean_P, covariance_PP=belief.covariance_PP + unsure_PP)


def _posterior(each: _Set, belief: Belief, start_1Q: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Mean (P) and covariance (P, P) of a data set's parameters, and where the next round may start."""
    problem, mean_1Q, z_1Q = most_likely_z(each.curve, each.rows, belief, _MISFIT_MIOU, start_1Q)
    theta_1Q = mean_1Q + z_1Q @ problem.factor_PP.T
    slope_RQ = jacobian(problem, theta_1Q, problem.miou(theta_1Q))[0]
    # In units of the prior: z of the kinds in evidence has this covariance, all others keep theirs and follow along.
    inner_QQ = np.linalg.inv(np.eye(slope_RQ.shape[1]) + slope_RQ.T @ slope_RQ)
    known_QQ = problem.factor_PP @ inner_QQ @ problem.factor_PP.T
    cross_PQ = belief.covariance_PP[:, each.places_Q]
    gain_PQ = np.linalg.solve(belief.covariance_PP[np.ix_(each.places_Q, each.places_Q)], cross_PQ.T).T
    mean_P = belief.mean_P + gain_PQ @ (theta_1Q - mean_1Q)[0]
    before_QQ = belief.covariance_PP[np.ix_(each.places_Q, each.places_Q)]
    variance_PP = belief.covariance_PP + gain_PQ @ (known_QQ - before_QQ) @ gain_PQ.T
    return mean_P, variance_PP, z_1Q
