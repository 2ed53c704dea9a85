"""Which runs a grid becomes: nested or independent, each once, priced as the run itself will be."""

from fractions import Fraction
from itertools import pairwise

import pytest

from budgetseg.costs.book import load_book
from budgetseg.data.index import index_images
from budgetseg.data.scenes import Scenes
from budgetseg.errors import InvalidInputError
from budgetseg.runs.buying import buy, market_for
from budgetseg.runs.strategy import strategy
from budgetseg.sweep.compute import Speed, speed_from
from budgetseg.sweep.grid import Grid, read_grid
from budgetseg.sweep.sweep import plan_sweep

SCENES = "scenes:train=40,val=4,seed=3"
SHARED = {"run.dataset": SCENES, "train.iterations": "5"}
SPEED = Speed(seconds_of_like={})
DATASET = Scenes(train=40, val=4, seed=3)


@pytest.fixture(scope="module")
def pool():
    return index_images(DATASET, "train"), load_book("voc2012")


def planned(folder, **choices):
    return plan_sweep(Grid(**choices), folder, SHARED, SPEED, lambda _text: None)


def images_of(run, pool):
    from budgetseg.plan.validation import Validation

    free = Validation(images=4, seconds=Fraction(0), charged=False)
    index, book = pool
    return buy(run.spec, strategy(run.spec.strategy), market_for(run.spec, index, book), free, DATASET)


def test_every_choice_with_every_other_and_the_first_seed_first(tmp_path):
    sweep = planned(tmp_path, strategies=("point", "hybrid"), hours=("0.2", "0.1"), full_images=("1", "2"), seeds=2)
    found = [(r.spec.seed, r.spec.hours, r.spec.strategy, r.mix["full"]) for r in sweep.runs if r.spec.hours]
    assert found[:3] == [(0, "0.1", "point", 0), (0, "0.1", "hybrid", 1), (0, "0.1", "hybrid", 2)]
    assert found == sorted(found, key=lambda row: row[:2])
    assert len({run.name for run in sweep.runs}) == len(sweep.runs)
    assert all(run.folder == tmp_path / run.spec.folder_name for run in sweep.runs)


def test_a_larger_budget_contains_a_smaller_ones_images_unless_draws_are_independent(tmp_path, pool):
    choices = {"strategies": ("point",), "hours": ("0.02", "0.04", "0.06"), "seeds": 2}
    nested = planned(tmp_path, **choices).runs
    for seed in (0, 1):
        sets = [set(images_of(run, pool).image_ids) for run in nested if run.spec.seed == seed]
        assert all(less < more for less, more in pairwise(sets))
    drawn = planned(tmp_path, **choices, independent=True).runs
    sets = [set(images_of(run, pool).image_ids) for run in drawn]
    assert len({run.spec.seed for run in drawn}) == len(drawn) == 6
    assert not all(less < more for less, more in pairwise(sorted(sets, key=len)))
    wider = planned(tmp_path, **choices | {"hours": ("0.01", "0.02", "0.04", "0.06")}, independent=True).runs
    assert {run.name for run in drawn} <= {run.name for run in wider}  # a grid can be extended


def test_hours_and_mix_are_those_of_the_run(tmp_path, pool):
    for run in planned(tmp_path, hours=("0.1", "0.3"), full_images=("0", "2"), seeds=1).runs:
        purchase = images_of(run, pool)
        assert (run.mix, run.hours) == (purchase.mix, float(purchase.spent_seconds / 3600))
        if run.spec.hours is not None:
            assert run.hours <= float(run.spec.hours)


def test_budgets_that_buy_everything_are_one_run_and_hybrids_without_masks_are_clicks(tmp_path):
    sweep = planned(tmp_path, strategies=("point", "hybrid"), hours=("50", "60"), full_images=("0", "3"), seeds=1)
    assert [(run.spec.strategy, run.spec.hours, run.mix.to_dict()) for run in sweep.runs] == [
        ("point", None, {"point": 40}),
        ("hybrid", None, {"point": 37, "full": 3}),
    ]
    assert any("point, 60 h: buys all 40 images" in note for note in sweep.notes)
    alone = planned(tmp_path, strategies=("point",), hours=("70",), seeds=1)
    assert alone.runs[0].folder == sweep.runs[0].folder


def test_what_cannot_be_bought_is_left_out_with_the_reason(tmp_path):
    sweep = planned(
        tmp_path,
        strategies=("full", "hybrid"),
        hours=("0.02", "1"),
        full_images=("5", "41"),
        mixes=("full=50",),
        seeds=1,
    )
    assert [(run.spec.strategy, run.spec.hours) for run in sweep.runs] == [("full", "1"), ("hybrid", None)]
    notes = "\n".join(sweep.notes)
    assert "full, 0.02 h: left out: 0.02 h do not buy one image at full" in notes
    assert "hybrid with 5 masks, 0.02 h: left out: 0.02 h do not buy the 5 full masks" in notes
    assert "hybrid with 41 masks, 1 h: left out: there are 40 images" in notes
    assert "50 full: left out: there are 40 images" in notes


def test_what_some_seeds_cannot_buy_is_said_of_them(tmp_path):
    sweep = planned(tmp_path, strategies=("full",), hours=("0.06",), seeds=6)
    bought = [run.spec.seed for run in sweep.runs]
    assert 0 < len(bought) < 6
    (note,) = sweep.notes
    assert note.startswith(f"full, 0.06 h, seed {' and '.join(str(s) for s in range(6) if s not in bought)}: left out")


def test_places_with_few_masks_get_more_seeds_and_mixes_are_places(tmp_path):
    sweep = planned(tmp_path, strategies=(), mixes=("full=2,point=5", "point=7"), seeds=1, few_seeds=3)
    assert [(run.spec.seed, run.mix.to_dict()) for run in sweep.runs] == [
        (seed, mix) for seed in range(3) for mix in ({"point": 5, "full": 2}, {"point": 7})
    ]
    assert "--mix full=2,point=5" in sweep.runs[0].command or "--mix point=5,full=2" in sweep.runs[0].command


def test_options_win_over_a_file(tmp_path):
    path = tmp_path / "grid.toml"
    path.write_text(
        '[grid]\nhours = [15, "1h30m"]\nfull_images = [0, 50]\nseeds = 5\nindependent = true\n'
        '[run]\nclasses = ["cat", "dog"]\nlimit = 30\n[train]\niterations = 7\nflip = false\n'
    )
    fields, shared = read_grid(path, {"seeds": 2, "strategies": "point", "hours": None})
    assert Grid(**fields) == Grid(
        strategies=("point",), hours=("15", "1h30m"), full_images=("0", "50"), seeds=2, independent=True
    )
    assert shared == {"run.classes": "cat,dog", "run.limit": "30", "train.iterations": "7", "train.flip": "false"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[gird]\nhours=[1]", 'unknown table "gird"'),
        ("grid = 3", "expected a table"),
        ("[grid]\nhuors = [1]", 'unknown setting "grid.huors" .did you mean "hours"'),
        ('[run]\nstrategy = "point"', "run.strategy: the grid sets this itself"),
        ("[grid]\nseeds = 1.5", "grid.seeds: expected a whole number"),
        ("[grid]\n", "--hours: say which budgets"),
        ("[grid]\nhours = [-3]", "expected a time"),
        ('[grid]\nhours = [1]\nfull_images = ["many"]', "--full-images: expected whole numbers"),
        ("[grid]\nhours = [1]\nseeds = 0", "--seeds: expected a whole number from 1"),
        ('[grid]\nhours = [1]\nstrategies = ["clicks"]', 'unknown strategy "clicks"'),
    ],
)
def test_a_wrong_grid_is_named(tmp_path, text, message):
    path = tmp_path / "grid.toml"
    path.write_text(text)
    with pytest.raises(InvalidInputError, match=message):
        Grid(**read_grid(path, {})[0])


def test_compute_is_estimated_from_like_runs_or_from_a_speed(tmp_path):
    spec = planned(tmp_path, strategies=("point",), hours=("0.1",), seeds=1).runs[0].spec
    like = speed_from([("tiny", "modern", 5, 10.0), ("tiny", "modern", 5, 20.0), ("tiny", "modern", 6, 99.0)])
    assert like.seconds(spec) == 15.0
    assert speed_from([], 8.0).seconds(spec) == 5 * spec.train.batch / 8.0
    with pytest.raises(InvalidInputError, match="--images-per-second"):
        speed_from([], 0.0)
