"""Tables of several data sets, what may not be used for what, splits, and a data set left out."""

import numpy as np
import pytest

from budgetseg.errors import InvalidInputError
from budgetseg.plan.belief import base_beliefs
from budgetseg.plan.pooling import pool_all
from budgetseg.replay.ground import ground_of
from budgetseg.replay.left_out import WAYS, beliefs_without, replay_left_out
from budgetseg.replay.prices import ImagePrices
from budgetseg.replay.sets import Measured, combined, read_measured, related, some_rows
from budgetseg.replay.splits import splits_of

TABLE = """dataset,recipe,full,point,miou
a,r1,10,0,30
b,r1,20,0,40
a,r1,0,50,20

a,r2,10,0,35
"""


def test_a_table_is_taken_apart(tmp_path) -> None:
    path = tmp_path / "all.csv"
    path.write_text(TABLE)
    sets = read_measured(path)
    assert [(each.name, each.rows) for each in sets] == [("a (r1)", 2), ("b", 1), ("a (r2)", 1)]
    assert sets[0].evidence.miou_R.tolist() == [30, 20]
    assert related(sets[0], sets[2])
    assert not related(sets[0], sets[1])


def test_a_wrong_cell_is_named_by_its_line(tmp_path) -> None:
    path = tmp_path / "all.csv"
    path.write_text(TABLE.replace("a,r2,10,0,35", "a,r2,10,0,135"))
    with pytest.raises(InvalidInputError, match="row 6: miou"):
        read_measured(path)


@pytest.mark.parametrize("text", ["", "full,miou\n"])
def test_a_table_without_rows(tmp_path, text) -> None:
    path = tmp_path / "none.csv"
    path.write_text(text)
    with pytest.raises(InvalidInputError, match=r"empty|no row to fit"):
        read_measured(path)
    with pytest.raises(InvalidInputError, match="cannot read"):
        read_measured(tmp_path / "missing.csv")


def test_the_same_training_relates_two_files(make_up) -> None:
    def line(full, point):
        return 30 + full / 10 + point / 100

    a = Measured(name="a", evidence=make_up([(10, 0), (20, 0)], line))
    b = Measured(name="b", evidence=make_up([(20, 0), (0, 30)], line))
    c = Measured(name="c", evidence=make_up([(0, 30), (0, 60)], line))
    assert related(a, b)
    assert not related(a, c)
    both = combined([a.evidence, c.evidence])
    assert len(both.miou_R) == len(both.noise_R) == 4
    assert some_rows(both, np.zeros(4, bool)).kinds == ()
    assert beliefs_without(a, [b])["ladder"].mean_P == pytest.approx(base_beliefs()["ladder"].mean_P)


def test_beliefs_rest_on_the_others_alone(make_up) -> None:
    def line(full, point):
        return 30 + full / 10 + point / 100

    new = Measured(name="new", evidence=make_up([(10, 0), (20, 0)], line))
    other = Measured(name="other", evidence=make_up([(40, 0), (0, 80), (50, 60)], line))
    expected = pool_all([other.evidence], base_beliefs())
    found = beliefs_without(new, [new, other])
    for form, belief in found.items():
        assert belief.mean_P == pytest.approx(expected[form].mean_P)


def test_splits(make_up) -> None:
    evidence = make_up(
        [(10, 0), (20, 0), (0, 300), (50, 300), (400, 400)], lambda full, point: 40 + full / 100 + point / 1000
    )
    splits = splits_of(evidence, most_images=(320, 9, 5000), seeds=3)
    assert [split.group for split in splits] == ["<= 320 images", *["a random half"] * 3]
    assert splits[0].fitted_R.tolist() == [True, True, True, False, False]
    assert [int(split.fitted_R.sum()) for split in splits[1:]] == [2, 2, 2]
    again = splits_of(evidence, most_images=(), seeds=3)
    assert all((a.fitted_R == b.fitted_R).all() for a, b in zip(splits[1:], again, strict=True))


def test_a_data_set_left_out(make_up) -> None:
    """Data sets of one family: what the others know helps where the new one knows nothing."""
    mixes = [(10, 0), (40, 0), (160, 0), (0, 100), (0, 400), (20, 400), (80, 400), (20, 100), (320, 0), (80, 100)]

    def surface(lift):
        return lambda full, point: lift + 6 * np.log1p(full / 5) + 1.5 * np.log1p(point / 20)

    sets = [
        Measured(
            name=str(seed), evidence=make_up(mixes, surface(2 + seed / 2), noise=0.5, seed=seed, dataset=str(seed))
        )
        for seed in range(3)
    ]
    grounds = [ground_of(each) for each in sets[:1]]
    found = replay_left_out(grounds, sets, ImagePrices.parse("full=100,point=5"), trainings=(0, 3), seeds=1)
    assert [each.trainings for each in found] == [0, 3]
    assert all(set(each.scores) == set(WAYS) for each in found)
    none = found[0].scores
    assert none["partial pooling"].rmse < none["no transfer"].rmse
    assert none["partial pooling"].interval < none["no transfer"].interval
    assert found[0].by_set.keys() == {"0"}
    assert all(each.regret >= 0 for each in found[0].regrets)
