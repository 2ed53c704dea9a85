"""The solver against scipy's optimum and a closed form."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from budgetseg.plan.belief import base_beliefs
from budgetseg.plan.evidence import Evidence, read_evidence
from budgetseg.plan.form_fit import most_likely_z
from budgetseg.plan.forms import FORMS, Curve
from budgetseg.plan.rows import rows_of
from budgetseg.plan.solve import Problem, solve, solve_nearby
from budgetseg.plan.stacking import kinds_of


@pytest.fixture(scope="module")
def paper() -> Evidence:
    return read_evidence("paper")


@pytest.mark.parametrize("form", FORMS)
def test_finds_scipys_optimum(paper: Evidence, form: str) -> None:
    rows = rows_of(paper)
    curve = Curve(form=FORMS[form], kinds=kinds_of(rows))
    problem, mean_1Q, z_1Q = most_likely_z(curve, rows, base_beliefs()[form], 2.0)

    def residuals(z_Q: np.ndarray) -> np.ndarray:
        miou_R = problem.miou(mean_1Q + z_Q[None] @ problem.factor_PP.T)[0]
        return np.concatenate([problem.whiten_RR @ (miou_R - rows.miou_R), z_Q])

    ours = (residuals(z_1Q[0]) ** 2).sum()
    assert ours <= 2 * least_squares(residuals, z_1Q[0]).cost * 1.01  # nothing is left to gain from here
    assert ours <= 2 * least_squares(residuals, np.zeros(mean_1Q.shape[1])).cost * 1.01


def linear() -> tuple[Problem, np.ndarray]:
    """Straight lines, where the answer is known."""
    rng = np.random.default_rng(0)
    design_PR = rng.standard_normal((3, 6))
    factor_PP = np.tril(rng.standard_normal((3, 3))) + 2 * np.eye(3)
    whiten_RR = np.linalg.inv(np.linalg.cholesky(np.diag([1.0, 2.0, 3.0, 1.0, 2.0, 3.0]) + 0.5))
    return Problem(miou=lambda theta_DP: theta_DP @ design_PR, factor_PP=factor_PP, whiten_RR=whiten_RR), design_PR


def test_straight_lines_have_a_closed_form() -> None:
    problem, design_PR = linear()
    rng = np.random.default_rng(1)
    target_DR, prior_DP = rng.standard_normal((4, 6)), rng.standard_normal((4, 3))
    design_RZ = problem.whiten_RR @ design_PR.T @ problem.factor_PP
    off_DR = (target_DR - prior_DP @ design_PR) @ problem.whiten_RR.T
    expected_DZ = np.linalg.solve(design_RZ.T @ design_RZ + np.eye(3), design_RZ.T @ off_DR.T).T
    found_DZ = solve(problem, target_DR, prior_DP, start_DP=np.zeros((4, 3)))
    assert found_DZ == pytest.approx(expected_DZ, abs=1e-3)
    near_1P, prior_1P = rng.standard_normal((1, 3)), np.zeros((1, 3))
    nearby_DZ = solve_nearby(problem, target_DR, prior_DP, near_1P=near_1P, prior_1P=prior_1P)
    assert nearby_DZ == pytest.approx(expected_DZ, abs=1e-4)
