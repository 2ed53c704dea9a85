"""Which trainings there are: the same images for a mix and its parts, equal hours, seeds, and what is left out."""

from fractions import Fraction
from pathlib import Path

import pytest

from budgetseg.accuracy.asked import MIXES, TABLES, Asked, tables_of
from budgetseg.accuracy.design import Seeds, design_hours, design_kinds, design_mixes
from budgetseg.accuracy.pool import Pool
from budgetseg.accuracy.trial import Setup, Trial, strongest_first
from budgetseg.costs.book import load_book
from budgetseg.data.scenes import Scenes
from budgetseg.errors import InvalidInputError
from budgetseg.plan.mix import Mix
from budgetseg.plan.validation import value_validation
from budgetseg.runs.buying import buy, market_for
from budgetseg.runs.config import overrides_of
from budgetseg.runs.strategy import PLANNED, strategy

SEEDS = Seeds(usual=2, few_masks=3)


def purchase(pool, trial, setup=None):
    """What the run of a trial buys, by the code that every run goes through."""
    spec = (setup or Setup(folder=None)).spec(trial)
    validation = value_validation(pool.book, pool.index.workload, available=1, charged=None)
    return buy(
        spec,
        PLANNED if spec.mix else strategy(spec.strategy),
        market_for(spec, pool.index, pool.book),
        validation,
        Scenes(train=1, val=1),  # only a search looks at it
    )


def images_of(bought, kind):
    return [image_id for image_id, each in zip(bought.image_ids, bought.kinds, strict=True) if each == kind]


@pytest.mark.parametrize("text", [*MIXES, "image=3,point=5,allpoints=2,squiggle=7,box=4,coarse=6,assisted=1,full=9"])
def test_a_part_alone_has_the_images_that_it_has_in_the_mix(pool, text):
    counts = {kind: int(count) // 10 + 1 for kind, count in (item.split("=") for item in text.split(","))}
    (case,), out = design_mixes(pool.images, [Mix.of(counts)], SEEDS)
    assert not out
    assert set(case.parts) == set(counts)
    for number, trial in enumerate(case.whole.trials):
        mixed = purchase(pool, trial)
        assert mixed.mix == case.mix
        for kind, cell in case.parts.items():
            alone = purchase(pool, cell.trials[number])
            assert (alone.kinds, len(alone.kinds)) == ((kind,) * counts[kind], counts[kind])
            assert list(alone.image_ids) == images_of(mixed, kind)


def test_a_part_alone_has_the_seeds_of_its_mix(pool):
    (case,), _ = design_mixes(pool.images, [Mix.of({"full": 10, "point": 200})], SEEDS)
    for cell in (case.whole, *case.parts.values()):
        assert [trial.seed for trial in cell.trials] == [0, 1, 2]  # though 200 clicks alone would get two


def test_seeds_draw_different_images_and_sizes_are_nested(pool):
    cells, _ = design_kinds(pool.images, ["point"], [], [20, 40], SEEDS)
    small, large = (purchase(pool, cells["full"][images].trials[0]).image_ids for images in (20, 40))
    assert small == large[:20]
    other = purchase(pool, cells["full"][20].trials[1]).image_ids
    assert set(small) != set(other)


def test_kinds_without_a_curve_are_measured_on_all_images(pool):
    cells, out = design_kinds(400, ["point", "coarse"], ["coarse"], [20, 161, 500], SEEDS)
    assert {kind: list(by_images) for kind, by_images in cells.items()} == {
        "point": [400],
        "coarse": [20, 161, 400],
        "full": [20, 161, 400],
    }
    assert [len(cell.trials) for cell in cells["full"].values()] == [3, 2, 2]
    assert out == ["500 images: there are 400"]


@pytest.mark.parametrize(
    ("mix", "seeds"),
    [
        ({"full": 160, "point": 900}, 3),
        ({"full": 161, "point": 900}, 2),
        ({"full": 100, "coarse": 61}, 2),
        ({"point": 160}, 3),
        ({"point": 161}, 2),
        ({"point": 500, "squiggle": 100}, 2),
    ],
)
def test_few_masks_get_more_seeds(mix, seeds):
    assert len(SEEDS.of(Mix.of(mix))) == seeds


def test_prices_are_those_of_the_run(pool):
    for trial in (
        Trial(mix=Mix.of({"full": 30, "squiggle": 20, "point": 40}), seed=2),
        Trial(mix=Mix.of({"point": 40}), skip=50, seed=1),
    ):
        assert pool.seconds(trial) == purchase(pool, trial).spent_seconds
    full = purchase(pool, Trial(mix=Mix.of({"full": 400})))
    assert pool.mask_seconds == pytest.approx(float(full.spent_seconds) / 400)


@pytest.mark.parametrize("fixed", [0, 2000])
def test_equal_hours_are_spent_to_the_last_image_and_never_exceeded(pool, fixed):
    pool = Pool(pool.index, pool.book, lambda kinds: Fraction(fixed) if set(kinds) - {"full"} else Fraction(0))
    budget, share = Fraction(1), Fraction(4, 10)
    (case,), out = design_hours(pool, [(budget, share)], ["point", "full"], [("full", "point")], SEEDS)
    assert not out
    seconds = budget * 3600
    for trial in (*case.pure["full"].trials, *case.hybrids["full", "point"].trials):
        assert pool.seconds(trial) <= seconds
        weakest = strongest_first(trial.mix)[-1][0]
        more = Mix.of(trial.mix.to_dict() | {weakest: trial.mix[weakest] + 1})
        assert pool.seconds(Trial(mix=more, seed=trial.seed)) > seconds
    for trial in case.hybrids["full", "point"].trials:
        masks, left = trial.mix["full"], (seconds - fixed) * share
        spent = [pool.seconds(Trial(mix=Mix.of({"full": m}), seed=trial.seed)) for m in (masks, masks + 1)]
        assert spent[0] <= left < spent[1]
        # The masks are among those that the hours buy alone: the draws are paired.
        alone = purchase(pool, case.pure["full"].trials[trial.seed]).image_ids
        assert set(images_of(purchase(pool, trial), "full")) < set(alone)
    assert len(case.pure["full"].trials) == len(case.hybrids["full", "point"].trials) == 3


def test_hours_that_just_pay_for_an_image_buy_it(pool):
    exact = pool.seconds(Trial(mix=Mix.of({"full": 7})))
    assert pool.pure("full", exact, 0)["full"] == 7
    assert pool.pure("full", exact - Fraction(1, 1000), 0)["full"] == 6
    mixed = Trial(mix=Mix.of({"full": 7, "point": 30}))
    seconds = pool.seconds(mixed)
    assert pool.hybrid("full", "point", seconds, exact / seconds, 0) == mixed.mix


def test_a_pool_that_ends_is_one_training_for_all_larger_budgets(pool):
    cases, _ = design_hours(pool, [(Fraction(8), Fraction(1, 2)), (Fraction(9), Fraction(1, 2))], ["point"], [], SEEDS)
    assert cases[0].pure["point"] == cases[1].pure["point"]
    assert cases[0].pure["point"].trials[0].mix["point"] == 400


def test_what_hours_cannot_buy_is_named(pool):
    (case,), out = design_hours(pool, [(Fraction(1, 1000), Fraction(1, 2))], ["point"], [("full", "point")], SEEDS)
    assert (case.pure, case.hybrids) == ({}, {})
    assert out == [
        "full+point for 0.001 h: the hours do not buy some of both",
        "point for 0.001 h: the hours buy no image",
        "full for 0.001 h: the hours buy no image",
    ]


def test_the_tables_share_trainings_and_hold_at_least_eight_mixes(pool):
    asked = Asked.of(sizes="20", budgets="2", mixes=["full=20,point=100"])
    one = {table: set(asked.design((table,), pool).trials()) for table in TABLES}
    every = asked.design(TABLES, pool).trials()
    assert set(every) == set.union(*one.values())
    assert len(every) == len(set(every)) < sum(map(len, one.values()))
    assert len(Asked.of().mixes) == len(MIXES) >= 8
    assert any(len(mix.counts) == 3 for mix in Asked.of().mixes)


def test_kinds_without_a_price_are_left_out_unless_they_are_named(pool):
    own = Pool(pool.index, load_book(Path(__file__).parents[2] / "examples" / "own_costs.toml"))
    design = Asked.of().design(TABLES, own)
    out = [text for text in design.left_out if "has no price" in text]
    assert "squiggle=160,point=1280" not in str(design.trials())
    assert "coarse+point: cost book own has no price for it" in out
    assert all(kind in own.book.kinds for trial in design.trials() for kind, _ in trial.mix)
    with pytest.raises(InvalidInputError, match="squiggle"):
        Asked.of(kinds="squiggle").design(TABLES, own)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"kinds": "pointt"}, '--kinds: unknown annotation kind "pointt" .did you mean "point"'),
        ({"curves": "cors"}, "--curves: unknown"),
        ({"sizes": "20,0"}, '--sizes: expected numbers of images, got "0"'),
        ({"mixes": ["full=20"]}, "--mix: expected two kinds or more"),
        ({"budgets": "2=1"}, "--hours: expected HOURS=SHARE"),
        ({"budgets": "x"}, "--hours: expected a number"),
        ({"hybrids": "point+full"}, "--hybrids: expected STRONG.WEAK, the stronger kind first"),
        ({"hybrids": "full"}, "--hybrids: unknown"),
        ({"few_seeds": 0}, "expected at least 1, got 0"),
    ],
)
def test_a_wrong_option_is_named(option, message):
    with pytest.raises(InvalidInputError, match=message):
        Asked.of(**option)


def test_budgets_without_a_share_give_half_to_masks():
    assert Asked.of(budgets="2,5=0.7").budgets == ((2, Fraction(1, 2)), (5, Fraction(7, 10)))


def test_tables_by_name():
    assert (tables_of("all"), tables_of("mixes")) == (TABLES, ("mixes",))
    with pytest.raises(InvalidInputError, match='did you mean "kinds"'):
        tables_of("kind")


@pytest.mark.parametrize("name", ["seed", "images", "skip", "strategy", "validation"])
def test_what_the_table_sets_is_not_to_be_set(tmp_path, name):
    with pytest.raises(InvalidInputError, match=f"--set run.{name}"):
        Setup(folder=tmp_path, overrides=overrides_of([f"run.{name}=1"]))
