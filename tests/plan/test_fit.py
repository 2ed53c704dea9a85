"""The fit: the paper's figures, a left-out hybrid, known truths, mixes that hurt, and how honest the intervals are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.belief import base_beliefs
from budgetseg.plan.evidence import Evidence, read_evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.forms import FORMS, Curve
from budgetseg.plan.surface import Surface, counts_of

HYBRID = {"point": 10_482, "full": 100}


@pytest.fixture(scope="module")
def paper() -> Evidence:
    return read_evidence("paper")


@pytest.fixture(scope="module")
def surface(paper: Evidence) -> Surface:
    return fit_surface(paper)


def own(mixes: list[dict[str, int]], miou: list[float]) -> Evidence:
    return Evidence(name="own", counts_RK=counts_of(mixes).astype(np.int64), miou_R=np.array(miou))


def only(evidence: Evidence, keep_R: np.ndarray) -> Evidence:
    return replace(
        evidence,
        counts_RK=evidence.counts_RK[keep_R],
        miou_R=evidence.miou_R[keep_R],
        noise_R=evidence.noise_R[keep_R],
    )


def rmse(surface: Surface, evidence: Evidence) -> float:
    return float(np.sqrt(((surface.mean(evidence.counts_RK.astype(float)) - evidence.miou_R) ** 2).mean()))


def held(surface: Surface, evidence: Evidence) -> float:
    predictions = surface.predict(evidence.counts_RK.astype(float))
    return float(np.mean([p.low <= y <= p.high for p, y in zip(predictions, evidence.miou_R, strict=True)]))


def test_reproduces_the_published_figures(paper: Evidence, surface: Surface) -> None:
    assert rmse(surface, paper) < 1.5
    assert held(surface, paper) > 0.8
    table = {
        ("image", 10582): 29.8,
        ("point", 10582): 42.7,
        ("allpoints", 10582): 42.7,
        ("squiggle", 10582): 49.1,
        ("full", 10582): 58.3,
        ("point", 9576): 42.9,
        ("squiggle", 6064): 40.7,  # printed as 40.2 and as 41.14
        ("full", 883): 22.1,
    }
    found = surface.mean(counts_of([{kind: images} for kind, images in table]))
    assert found == pytest.approx(list(table.values()), abs=2.0)
    assert surface.mean(counts_of([HYBRID]))[0] == pytest.approx(53.1, abs=2.0)


def test_pure_kinds_at_60_hours_come_in_the_papers_order(surface: Surface) -> None:
    mixes = [{"point": 9773}, {"squiggle": 6197}, {"image": 10582}, {"full": 901}]
    point, squiggle, image, full = surface.mean(counts_of(mixes))
    assert point > squiggle > image > full


def test_foretells_the_hybrid_when_it_is_left_out(paper: Evidence) -> None:
    mixed_R = (paper.counts_RK > 0).sum(axis=1) == 2
    foretold = fit_surface(only(paper, ~mixed_R)).predict(counts_of([HYBRID]))[0]
    assert foretold.mean == pytest.approx(53.1, abs=3.0)
    assert foretold.low < 53.1 < foretold.high


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_can_be_evidence(kind: str) -> None:
    evidence = own([{kind: 100}, {kind: 1000}, {kind: 300, "full": 50}], [30.0, 45.0, 48.0])
    few, many = fit_surface(evidence, members=8).mean(counts_of([{kind: 100}, {kind: 1000}]))
    assert 15 < few < many < 60


def test_a_kind_never_seen_is_foretold_with_doubt() -> None:
    evidence = own([{"full": n} for n in (50, 200, 800)], [40.0, 50.0, 58.0])
    surface = fit_surface(evidence)
    assert surface.kinds == ("full",)
    masks, boxes = surface.predict(counts_of([{"full": 400}, {"box": 400}]))
    assert boxes.high - boxes.low > 3 * (masks.high - masks.low)
    borrowed = surface.borrowed(counts_of([{"full": 400}, {"box": 400}]))
    assert borrowed[0] < 0.1 < borrowed[1]


def test_same_evidence_same_fit(paper: Evidence, surface: Surface) -> None:
    again = fit_surface(paper)
    counts_MK = counts_of([HYBRID, {"full": 5000}])
    assert np.array_equal(again.samples(counts_MK), surface.samples(counts_MK))
    assert again.nu == surface.nu


def test_the_order_of_the_rows_does_not_matter(paper: Evidence, surface: Surface) -> None:
    turned = only(paper, np.arange(len(paper.miou_R))[::-1])
    counts_MK = counts_of([HYBRID, {"full": 5000}])
    assert fit_surface(turned).mean(counts_MK) == pytest.approx(surface.mean(counts_MK), abs=1e-6)


def truth(seed: int, dilution: float) -> tuple[Curve, np.ndarray]:
    """A curve drawn from what is believed, diluted as wished."""
    rng = np.random.default_rng(seed)
    curve = Curve(form=FORMS["ladder"], kinds=("image", "point", "squiggle", "full"))
    theta_P = np.array([p.mean + 0.7 * p.sd * rng.standard_normal() for p in curve.parameters])
    theta_P[[p.name for p in curve.parameters].index("dilution")] = dilution
    return curve, theta_P[None]


def synthetic(seed: int, dilution: float = -4.0) -> tuple[Evidence, Evidence]:
    """Noisy trainings on a truth, and new trainings on other mixes of it."""
    curve, theta_1P = truth(seed, dilution)
    rng = np.random.default_rng(seed + 1000)

    def measured(mixes: list[dict[str, int]]) -> Evidence:
        miou_R = curve.miou(theta_1P, counts_of(mixes))[0] + rng.normal(0, 1.2, len(mixes))
        return own(mixes, miou_R.clip(0, 100).tolist())

    mixes = [{kind: n} for kind in curve.kinds for n in (100, 400, 1600, 6400)]
    mixes += [{"point": n, "full": m} for n in (400, 4000) for m in (30, 200)]
    new = [{"point": 1000}, {"full": 700}, {"squiggle": 3000}, {"image": 2000}, {"point": 2000, "full": 80}]
    return measured(mixes), measured(new)


@pytest.mark.slow
def test_intervals_hold_new_trainings_of_a_known_truth() -> None:
    inside, errors = [], []
    for seed in range(12):
        evidence, new = synthetic(seed)
        surface = fit_surface(evidence, beliefs=base_beliefs(), members=24)
        inside.append(held(surface, new))
        errors.append(rmse(surface, new))
    assert 0.7 <= np.mean(inside) <= 0.97  # 60 trainings: two standard errors are 0.1
    assert np.mean(errors) < 2.2


@pytest.mark.parametrize("seed", [1, 3])
def test_learns_that_mixes_hurt(seed: int) -> None:
    """A trainer that mixes in proportion: masks are better alone than among many clicks, and by how much is learned."""
    evidence, _ = synthetic(seed, dilution=6.0)
    curve, theta_1P = truth(seed, 6.0)
    counts_MK = counts_of([{"full": 1500}, {"full": 1500, "point": 6000}])
    harm = float(np.diff(curve.miou(theta_1P, counts_MK)[0])[0])
    foretold = float(np.diff(fit_surface(evidence, beliefs=base_beliefs()).mean(counts_MK))[0])
    assert harm < -1
    assert foretold == pytest.approx(harm, abs=2.5)


def test_absurd_and_contradictory_measurements_stay_within_bounds_and_widen_the_doubt() -> None:
    sane = fit_surface(own([{"full": 100}, {"full": 1000}, {"point": 500}], [40.0, 55.0, 35.0]))
    counts_MK = counts_of([{"full": 300}, {"point": 900, "full": 20}])
    for miou in ([0.0] * 3, [100.0] * 3, [55.0, 40.0, 90.0]):
        odd = fit_surface(own([{"full": 100}, {"full": 1000}, {"point": 500}], miou))
        for prediction in odd.predict(counts_MK):
            assert 0 <= prediction.low <= prediction.mean <= 100
            assert prediction.high <= 100
    twice = fit_surface(own([{"full": 100}, {"full": 100}, {"full": 1000}], [30.0, 60.0, 55.0]))
    assert twice.noise(counts_MK)[0] > 1.5 * sane.noise(counts_MK)[0]


def test_one_training_is_enough_to_say_something_and_much_doubt() -> None:
    surface = fit_surface(own([{"full": 500}], [61.0]))
    seen, unseen = surface.predict(counts_of([{"full": 500}, {"point": 5000}]))
    assert seen.low < 61 < seen.high
    assert unseen.high - unseen.low > 2 * (seen.high - seen.low)


def test_parts_of_the_doubt_add_up(surface: Surface) -> None:
    counts_MK = counts_of([HYBRID, {"full": 3000}])
    parts = surface.parts(counts_MK)
    total_M = np.sqrt(sum(sd_M**2 for sd_M in parts.values()))
    expected_M = np.sqrt(surface.samples(counts_MK).var(axis=0) + surface.noise(counts_MK) ** 2)
    assert total_M == pytest.approx(expected_M)


def test_larger_budgets_of_measured_surfaces_are_foretold(shared: Path) -> None:
    """Without anything learned from these very photographs; what is asked for is in brackets."""
    limits = {("balanced", 700): 3.0, ("balanced", 320): 4.0, ("proportional", 700): 5.0}
    for (name, most), needed in limits.items():
        evidence = read_evidence(shared / "data" / "surfaces" / f"voc_animals_{name}.csv")
        small_R = evidence.counts_RK.sum(axis=1) <= most
        surface = fit_surface(only(evidence, small_R), beliefs=base_beliefs())
        assert rmse(surface, only(evidence, ~small_R)) < needed
        assert held(surface, only(evidence, ~small_R)) > 0.6


def test_a_random_half_of_a_measured_surface_tells_the_other(shared: Path) -> None:
    evidence = read_evidence(shared / "data" / "surfaces" / "voc_animals_balanced.csv")
    errors, inside = [], []
    for seed in range(6):
        half_R = np.random.default_rng(seed).random(len(evidence.miou_R)) < 0.5
        surface = fit_surface(only(evidence, half_R), beliefs=base_beliefs(), members=24)
        errors.append(rmse(surface, only(evidence, ~half_R)))
        inside.append(held(surface, only(evidence, ~half_R)))
    assert np.mean(errors) < 2.6
    assert 0.65 < np.mean(inside) < 0.95
