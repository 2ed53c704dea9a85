"""Planning on top of a kind that nobody trained with: ranked with a wide interval, said, and never bought."""

from fractions import Fraction

import numpy as np
import pytest

from budgetseg.costs import InvalidInputError, load_book
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.plan.belief import base_beliefs
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.held_kinds import said_of_held, with_held
from budgetseg.plan.mix import Mix
from budgetseg.plan.surface import counts_of

MIXES = [{"full": n} for n in (40, 160, 640)] + [{"point": n} for n in (100, 400, 1600, 3200)]
EVIDENCE = Evidence(
    name="mine", counts_RK=counts_of(MIXES).astype(int), miou_R=np.array([41.0, 54, 63, 32, 41, 47, 49])
)
SURFACE = fit_surface(EVIDENCE, beliefs=base_beliefs())
CLICKS = counts_of([{"point": 2000}, {"allpoints": 2000}])


def test_all_clicks_are_about_first_clicks_but_less_sure() -> None:
    surface = with_held(SURFACE, ["allpoints"])
    assert surface.kinds == (*SURFACE.kinds, "allpoints")
    first, every = surface.predict(CLICKS)
    assert every.mean == pytest.approx(first.mean, abs=3)
    assert every.high - every.low > 1.5 * (first.high - first.low)
    assert surface.mean(CLICKS[:1]) == pytest.approx(SURFACE.mean(CLICKS[:1]))  # what is known stays as it was
    # Without the link to clicks the prior alone would speak.
    alone = SURFACE.samples(CLICKS[1:]).std()
    assert surface.samples(CLICKS[1:]).std() < alone
    assert np.array_equal(surface.samples(CLICKS), with_held(SURFACE, ["allpoints"]).samples(CLICKS))


def test_a_plan_on_top_of_it_says_so_and_buys_none() -> None:
    plan = choose_plan(
        budget_seconds=Fraction(20 * 3600),
        pool=3000,
        book=load_book("voc2012"),
        workload=PASCAL_VOC_2012,
        evidence=EVIDENCE,
        surface=SURFACE,
        current=Mix.of({"allpoints": 500, "coarse": 50}),
        explain=False,
    )
    assert plan.moves
    assert {move.kind for move in plan.moves} <= {"point", "full"}
    assert "holds allpoints, which you hold: it is taken to teach about what point teaches" in plan.holds_for
    assert "holds coarse, which you hold: it is believed as the prior says, hence a wide interval" in plan.holds_for
    assert {"allpoints", "coarse"} <= set(plan.unavailable)


def test_what_has_no_prior_is_refused(made_up: type) -> None:
    assert said_of_held(EVIDENCE, []) == ""
    with pytest.raises(InvalidInputError, match="allpoints: held, and nothing is known of it"):
        with_held(made_up(lambda point_M, full_M: point_M + full_M), ["allpoints"])
