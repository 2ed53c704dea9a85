"""From a row of the paper to a run: every setting is known, and text and code are followed where they differ."""

from dataclasses import asdict
from pathlib import Path

import pytest

from budgetseg.errors import InvalidInputError
from budgetseg.learn.recipe import PAPER
from budgetseg.reproduce.deviation import deviations, settings_for
from budgetseg.reproduce.experiment import TABLES, choose
from budgetseg.reproduce.set_up import Setup
from budgetseg.runs.config import overrides_of

EXPERIMENTS = {each.name: each for table in TABLES.values() for each in table}


def spec(name, **options):
    return Setup(folder=Path("runs"), **options).spec(EXPERIMENTS[name])


def test_deviations_name_known_rows_and_both_sides_set_the_same():
    names = [each.name for each in deviations()]
    assert len(set(names)) == len(names)
    for each in deviations():
        assert set(each.rows) <= set(EXPERIMENTS), each.name
        assert each.follow_text.keys() == each.follow_code.keys(), each.name
        assert each.follow_text != each.follow_code or not each.follow_text, each.name
        assert bool(each.switch) or bool(each.note), f"{each.name}: neither a switch nor a reason"


def test_the_pixels_of_the_prior_are_said_of_every_row_that_has_one():
    said = next(each for each in deviations() if each.name == "objectness-pixels").rows
    assert set(said) == {name for name, each in EXPERIMENTS.items() if each.objectness}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_following_the_code_is_the_paper_preset_but_for_the_named_exceptions(name):
    ours = asdict(spec(name).train)
    different = {key: value for key, value in ours.items() if value != asdict(PAPER)[key]}
    expected = {"lr": 5e-5} if name in ("allpoints", "random-points") else {}
    if name in ("full", "full-883", "hybrid"):
        expected = {"pixel_reduction": "mean", "mask_image_weight": 1.0}
    if name == "image-no-absent":
        expected = {"absent_weight": 0.0}
    assert different == expected


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_following_the_text(name):
    text, code = spec(name, follow="text"), spec(name)
    assert (text.train.batch, text.train.lr, text.train.bias_decay) == (20, 1e-5, True)
    assert text.train.objectness_where == ("all" if EXPERIMENTS[name].objectness else "unlabelled")
    assert code.order == ("listed" if name in ("full-883", "squiggle-6064", "point-obj-9576", "hybrid") else "random")
    assert text.order == "random"
    assert text.classifier == ("zero" if name.startswith("full") else "auto")
    assert text.fingerprint != code.fingerprint


def test_what_the_rows_train_on():
    assert {name: spec(name).images for name in ("full-883", "squiggle-6064", "point-obj-9576", "point")} == {
        "full-883": 883,
        "squiggle-6064": 6064,
        "point-obj-9576": 9576,
        "point": None,
    }
    assert [spec(f"random-annotators-{draw}").seed for draw in range(3)] == [0, 1, 2]
    assert [spec(f"point-radius-{radius}").patch_radius for radius in (2, 5, 25)] == [2, 5, 25]
    assert (spec("point-trainval").train_set, spec("point").train_set) == ("trainval", "paper")
    assert {spec(name).backbone for name in EXPERIMENTS} == {"vgg16"}
    assert (spec("hybrid").full_images, spec("point").absent_classes) == (100, "zero")


def test_real_clicks_and_the_prior_go_to_the_rows_that_had_them():
    options = {"points": "clicks.json", "objectness": "maps:alexe"}
    assert spec("point-obj", **options).points == "clicks.json"
    # One annotator an image cannot stand for three, and random points are drawn from masks.
    for name in ("point-3annotators", "random-annotators-1", "random-points", "squiggle", "image"):
        assert spec(name, **options).points is None
    assert (spec("point", **options).objectness, spec("point-obj", **options).objectness) == ("none", "maps:alexe")
    assert (spec("point").objectness_seconds, spec("point-obj").objectness_seconds) == ("0", "2968.2")
    assert spec("point-obj-9576").objectness_seconds == "0"  # Table 3 does not charge it


def test_overrides_win_over_everything():
    overrides = overrides_of(["train.lr=0.5", "run.strategy=image", "train.lr=0.25"])
    changed = spec("allpoints", overrides=overrides)
    assert (changed.train.lr, changed.strategy) == (0.25, "image")
    with pytest.raises(InvalidInputError, match=r"expected .train\.NAME=VALUE"):
        overrides_of(["lr=1"])


def test_rows_are_chosen_by_name_in_the_tables_order():
    assert [each.name for each in choose("table1", ("hybrid", "image"))] == ["image", "hybrid"]
    with pytest.raises(InvalidInputError, match=r'table3 has no row "ful-883" .did you mean "full-883"'):
        choose("table3", ("ful-883",))


def test_settings_of_a_row_without_deviations_of_its_own_are_the_general_ones():
    assert settings_for("image", "code") == {"train.batch": "1", "train.bias_decay": "false"}
