"""Runs on top of what is annotated already, and runs that pay for the masks that measure them."""

import itertools

import numpy as np
import pytest

from budgetseg.annotate import simulate
from budgetseg.annotate.further import annotated_further
from budgetseg.annotate.registry import ANNOTATORS
from budgetseg.annotate.target import target_of
from budgetseg.data.open import open_dataset
from budgetseg.errors import BudgetTooSmallError, InvalidInputError


def test_a_run_goes_on_from_what_is_annotated_already(small_run, tmp_path, recorder):
    first = small_run(strategy="image", images=8, out=tmp_path / "first")
    assert first["current"] is None
    current = str(tmp_path / "first")
    result = small_run(strategy="hybrid", full_images=2, images=12, current=current, out=tmp_path / "second")
    assert result["mix"] == {"point": 10, "full": 2}
    assert result["current"] == {"image": 8}
    rows = (tmp_path / "second" / "subset.csv").read_text().splitlines()
    assert rows[0] == "image_id,kind,seconds,held"
    assert [row.split(",")[3] for row in rows[1:]] == ["image"] * 8 + [""] * 4
    plan = recorder.plans[-1]
    assert sorted(map(str, plan.moves)) == ["2 image -> full", "4 point", "6 image -> point"]
    assert result["hours"]["actual"] == pytest.approx(sum(float(move.seconds) for move in plan.moves) / 3600)
    # A third one, of a plan that goes on from the second.
    third = small_run(
        mix={"point": 9, "full": 3},
        moves=("1 point -> full",),
        current=str(tmp_path / "second"),
        out=tmp_path / "third",
    )
    assert third["mix"] == {"point": 9, "full": 3}
    assert third["hours_by_kind"]["point"] == 0


def test_a_run_must_know_which_images_are_annotated(small_run, tmp_path):
    have = tmp_path / "have.json"
    have.write_text('{"point": 5}', encoding="utf-8")
    with pytest.raises(InvalidInputError, match="a run must know which images are annotated already"):
        small_run(strategy="point", current=str(have))


def test_what_was_said_before_stays_in_training(photo_folder):
    """Every pair of kinds: the held answer's marks and classes are in the annotation that is trained on."""
    dataset = open_dataset(str(photo_folder))
    ids = dataset.ids("train")
    made = {kind: simulate(dataset, dict.fromkeys(ids, kind), seed=1).annotations for kind in ANNOTATORS}
    for held, new in itertools.product(ANNOTATORS, ANNOTATORS):
        for image_id in ids:
            before, after = made[held][image_id], made[new][image_id]
            both = annotated_further(before, after)
            assert both.kind == new
            if after.mask_HW is not None:
                assert both is after
                continue
            assert set(before.present) | set(after.present) == set(both.present)
            assert set(before.clicks) <= set(both.clicks)
            assert set(before.strokes) <= set(both.strokes)
            assert set(before.boxes) <= set(both.boxes)
            assert (both.mask_HW, both.unsure) == (before.mask_HW, before.unsure)
            first = [click.cls for click in both.clicks if click.rank == 1]
            assert len(set(first)) == len(first)  # nobody is asked twice for the first instance
            target = target_of(both, len(dataset.classes))
            assert set(np.flatnonzero(target.present_C)) == {0, *both.present}
            if both.boxes and both.mask_HW is None:
                assert all(target.dense_HW[click.y, click.x] == click.cls for click in both.clicks)


def test_validation_masks_are_charged_and_measure(small_run, tmp_path):
    free = small_run(strategy="full", hours="1", out=tmp_path / "free")
    assert free["validation"]["charged"] is False
    assert free["validation"]["images"] == free["validation_images"]
    paid = small_run(strategy="full", hours="1", validation="6", out=tmp_path / "paid")
    assert paid["validation"]["charged"] is True
    assert paid["validation_images"] == 6
    assert len(np.load(tmp_path / "paid" / "confusion.npy")) == 6
    assert paid["hours"]["planned"] == pytest.approx(1)
    assert paid["hours"]["actual"] <= 1
    assert sum(paid["mix"].values()) < sum(free["mix"].values())
    spent = sum(paid["hours_by_kind"].values()) + paid["validation"]["hours"]
    assert paid["hours"]["actual"] == pytest.approx(spent)
    with pytest.raises(BudgetTooSmallError, match="do not pay for the measuring"):
        small_run(strategy="point", hours="0.001", validation="2", out=tmp_path / "none")


def test_force_throws_nothing_away_for_a_run_that_cannot_begin(small_run, tmp_path):
    done = small_run(strategy="point")
    with pytest.raises(BudgetTooSmallError):
        small_run(strategy="full", hours="0.0001", how={"force": True})
    assert small_run(strategy="point") == done
