"""Partial pooling: a known population is recovered, and a new data set is foretold better with it than without."""

import numpy as np
import pytest

from budgetseg.plan.belief import base_belief, base_beliefs
from budgetseg.plan.evidence import Evidence, read_evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.forms import FORMS, Curve
from budgetseg.plan.learned import evidence_digest, learned, populations
from budgetseg.plan.pooling import pool
from budgetseg.plan.rows import rows_of
from budgetseg.plan.surface import counts_of

KNOWN = ("point", "full")
MIXES = [{"full": n} for n in (20, 80, 320, 1280)] + [{"point": n} for n in (50, 200, 800)]
MIXES += [{"full": n, "point": m} for n in (20, 80) for m in (200, 800)]


def drawn_sets(count: int, seed: int) -> list[Evidence]:
    """Data sets whose floors and ceilings vary around values far from those believed before."""
    rng = np.random.default_rng(seed)
    curve = Curve(form=FORMS["ladder"], kinds=KNOWN)
    names = [parameter.name for parameter in curve.parameters]
    sets = []
    for number in range(count):
        theta_1P = np.array([[parameter.mean for parameter in curve.parameters]])
        theta_1P[0, names.index("floor")] = -0.6 + 0.2 * rng.standard_normal()
        theta_1P[0, names.index("ceiling")] = 1.4 + 0.2 * rng.standard_normal()
        miou_R = curve.miou(theta_1P, counts_of(MIXES))[0] + 0.5 * rng.standard_normal(len(MIXES))
        sets.append(Evidence(name=str(number), counts_RK=counts_of(MIXES).astype(int), miou_R=miou_R))
    return sets


def test_the_population_is_recovered() -> None:
    belief = pool("ladder", [rows_of(each) for each in drawn_sets(12, 0)], base_belief(FORMS["ladder"]))
    before = base_belief(FORMS["ladder"])
    for name, truth in (("floor", -0.6), ("ceiling", 1.4)):
        (place,) = belief.places([name])
        assert abs(belief.mean_P[place] - truth) < 0.35 * abs(before.mean_P[place] - truth)
        assert belief.covariance_PP[place, place] < before.covariance_PP[place, place]
    (unseen,) = belief.places(["reach:box"])
    assert belief.mean_P[unseen] == pytest.approx(before.mean_P[unseen], abs=1e-6)
    assert belief.covariance_PP[unseen, unseen] >= 0.99 * before.covariance_PP[unseen, unseen]


def test_no_data_set_leaves_the_belief() -> None:
    before = base_belief(FORMS["logs"])
    assert pool("logs", [], before) is before


def test_a_new_data_set_is_foretold_better_than_without_transfer() -> None:
    *others, new = drawn_sets(9, 1)
    pooled = {form: pool(form, [rows_of(each) for each in others], belief) for form, belief in base_beliefs().items()}
    few = Evidence(name="new", counts_RK=new.counts_RK[:1], miou_R=new.miou_R[:1])
    counts_MK = new.counts_RK[1:].astype(float)

    def error(beliefs: dict[str, object]) -> float:
        surface = fit_surface(few, beliefs=beliefs, members=32)  # type: ignore[arg-type]
        return float(np.sqrt(((surface.mean(counts_MK) - new.miou_R[1:]) ** 2).mean()))

    assert error(pooled) < 0.7 * error(dict(base_beliefs()))


def test_what_is_shipped_was_learned_from_what_is_shipped() -> None:
    """Else run: python -m budgetseg.plan.learn"""
    import json
    from importlib.resources import files

    document = json.loads(files("budgetseg.plan").joinpath("learned.json").read_text())
    assert document["learned_from"] == evidence_digest()
    again = pool("logs", [rows_of(each).some(80) for each in populations()["modern"]], base_belief(FORMS["logs"]))
    shipped = learned("modern")["logs"]
    assert shipped.names == again.names
    assert shipped.mean_P == pytest.approx(again.mean_P, abs=2e-3)
    assert shipped.covariance_PP == pytest.approx(again.covariance_PP, abs=0.02)


def test_without_a_training_everything_is_borrowed() -> None:
    surface = fit_surface(read_evidence("modern"), members=32)
    counts_MK = counts_of([{"full": 300}, {"point": 3000}])
    assert surface.borrowed(counts_MK) == pytest.approx([1.0, 1.0])
    for prediction in surface.predict(counts_MK):
        assert prediction.high - prediction.low > 20
