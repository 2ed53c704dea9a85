import math

import pytest

from budgetseg.errors import InvalidInputError
from budgetseg.learn.optimiser import learning_rate
from budgetseg.learn.recipe import MODERN, PAPER, preset, with_settings


def test_the_paper_preset_is_section_5_1():
    assert (PAPER.optimiser, PAPER.lr, PAPER.schedule) == ("sgd", 1e-5, "fixed")
    assert (PAPER.momentum, PAPER.weight_decay, PAPER.bias_lr_factor) == (0.9, 5e-4, 2.0)
    assert PAPER.iterations == 50_000
    assert PAPER.crop == 0


def test_settings_are_read_as_the_type_of_their_field():
    recipe = with_settings(MODERN, {"lr": "1e30", "batch": "4", "flip": "false", "mixing": "proportional"})
    assert (recipe.lr, recipe.batch, recipe.flip, recipe.mixing) == (1e30, 4, False, "proportional")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lrr": 1}, 'unknown setting "train.lrr" .did you mean "lr"'),
        ({"lr": "fast"}, 'train.lr: expected a number, got "fast"'),
        ({"lr": 0}, "train.lr: expected a number > 0"),
        ({"lr": float("nan")}, "train.lr: expected a number > 0"),
        ({"batch": "2.5"}, 'train.batch: expected a whole number, got "2.5"'),
        ({"batch": 2.5}, "train.batch: expected a whole number, got 2.5"),
        ({"flip": "maybe"}, 'train.flip: expected true or false, got "maybe"'),
        ({"mixing": "half"}, "train.mixing: expected one of balanced, proportional"),
        ({"weak_weight": -1}, "train.weak_weight: expected a number >= 0"),
        ({"strong_share": 1}, "train.strong_share: expected a share between 0 and 1"),
        ({"zoom": 0.5}, "train.zoom: expected a number >= 1"),
        ({"crop": 8}, "train.crop: expected at least 32 pixels"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(InvalidInputError, match=message):
        with_settings(MODERN, settings)


def test_an_unknown_preset_is_refused():
    with pytest.raises(InvalidInputError, match=r'unknown recipe "modren" .did you mean "modern"'):
        preset("modren", "tiny")


def test_one_cycle_rises_to_the_rate_and_falls_to_nothing():
    recipe = with_settings(MODERN, {"iterations": 200, "lr": 0.5})
    rates = [learning_rate(recipe, iteration) for iteration in range(200)]
    top = max(range(200), key=rates.__getitem__)
    assert top == 30
    assert rates[top] == pytest.approx(0.5)
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert rates[-1] < 1e-3 * 0.5
    # half way down the cosine the rate is half the highest
    assert learning_rate(recipe, 115) == pytest.approx(0.5 * 0.5 * (1 + math.cos(math.pi / 2)))


def test_a_fixed_rate_stays():
    assert {learning_rate(PAPER, iteration) for iteration in (0, 7, 49_999)} == {1e-5}
