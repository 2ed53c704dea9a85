"""Mixes in shares of a pool, worked out by hand."""

import pytest

from budgetseg.accuracy.trial import Trial
from budgetseg.errors import InvalidInputError
from budgetseg.plan.mix import Mix
from budgetseg.surfaces.cell import read_cell, trials_of


def test_shares_and_counts_stand_side_by_side():
    cell = read_cell("full=3%, point=20", 1, "here")
    assert cell.mix(400) == Mix.of({"full": 12, "point": 20})
    assert cell.mix(50) == Mix.of({"full": 2, "point": 20})  # 1.5 is rounded to even
    assert cell.mix(21) == Mix.of({"full": 1, "point": 20})  # never to nothing


def test_all_images_are_all_images():
    assert read_cell("image=100%", 1, "here").mix(333) == Mix.of({"image": 333})


def test_more_images_than_there_are_are_refused():
    with pytest.raises(InvalidInputError, match=r"^full=2%,point=300: asks 302 images of 100; give fewer$"):
        read_cell("full=2%,point=300", 1, "here").mix(100)


def test_first_seeds_come_first_and_equal_mixes_once():
    cells = [read_cell("full=1%", 2, ""), read_cell("full=2%", 1, ""), read_cell("full=1", 2, "")]
    one, two = Mix.of({"full": 1}), Mix.of({"full": 2})
    assert trials_of(cells, 100) == (Trial(mix=one), Trial(mix=two), Trial(mix=one, seed=1))


@pytest.mark.parametrize(
    ("text", "seeds", "message"),
    [
        ("fulll=3%", 1, r'unknown kind "fulll" \(did you mean "full"\?\)'),
        ("full", 1, "expected each kind once as KIND=IMAGES or KIND=SHARE%, both above 0"),
        ("full=0", 1, "expected each kind once"),
        ("full=1.5%", 1, "expected each kind once"),
        ("full=1,full=2", 1, "expected each kind once"),
        ("", 1, "expected kinds whose shares come to at most 100%"),
        ("full=60%,point=41%", 1, "expected kinds whose shares come to at most 100%"),
        ("full=1", 0, "expected a whole number of seeds from 1 to 100, got 0"),
        ("full=1", True, "expected a whole number of seeds from 1 to 100, got True"),
    ],
)
def test_bad_mixes_give_one_line(text, seeds, message):
    with pytest.raises(InvalidInputError, match=f'^here: "{text}": {message}') as raised:
        read_cell(text, seeds, "here")
    assert "\n" not in str(raised.value)
