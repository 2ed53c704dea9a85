"""``budgetseg replay`` from end to end, on a small made-up surface and on the shared ones."""

import json

import pytest

SURFACE = """full,point,seed,miou
10,0,0,30.1
10,0,1,34.0
40,0,0,42.5
160,0,0,53.0
320,0,0,58.1
0,50,0,24.0
0,200,0,33.2
0,400,0,36.9
20,200,0,43.8
80,200,0,50.0
20,400,0,45.9
160,400,0,57.4
"""
SMALL = ["--seconds-per-image", "full=100,point=5", "--hours", "1,4", "--pilots", "0.5,2", "--most-images", "100"]


@pytest.fixture
def surface(tmp_path):
    path = tmp_path / "made_up.csv"
    path.write_text(SURFACE)
    return path


def test_one_document(surface, checked_call, tmp_path) -> None:
    captured = checked_call("replay", "--surface", surface, *SMALL, "--seeds", 2, "--json", "-o", "kept.json")
    document = json.loads(captured.out)
    assert document == json.loads((tmp_path / "kept.json").read_text())
    assert document["schema"] == "budgetseg.replay/1"
    assert document["surfaces"] == {"made_up": 12}
    small, half = document["by_counts"]
    assert (small["fitted_on"], small["splits"], small["rows_fitted"]) == ("<= 100 images", 1, 4)
    assert (half["fitted_on"], half["splits"], half["rows_fitted"]) == ("a random half", 2, 6)
    for group in (small, half):
        assert {"ours", "log-additive GP", "additive power (LOC)"} <= group["prediction"].keys()
        assert all(0 <= score["coverage"] <= 1 for score in group["prediction"].values())
        assert group["choice"]["oracle"]["regret"] == 0
        assert group["perfect"]["rmse"] > 0
        assert all(each["regret"] >= 0 for each in group["choice"].values())
    short, long = document["by_hours_paid"]
    assert (short["masks"], short["rows_fitted"]) == (18, 2)
    assert (long["masks"], long["rows_fitted"]) == (72, 4)
    # A pilot of 2 h cannot be paid out of 1 h.
    assert [each["hours"] for each in long["choice"]["ours"]["by_hours"]] == [4]
    assert document["left_out"] == []  # nothing else is known
    assert 0 <= document["coverage"]["ours"] <= 1
    assert sum(each["statements"] for each in document["decisions"]["by_truth"]["ours"]) > 0


def test_it_is_the_same_every_time_and_drawn(surface, checked_call) -> None:
    arguments = ("replay", "--surface", surface, *SMALL, "--seeds", 1, "--parts", "counts", "--grid")
    drawn = checked_call(*arguments).out
    assert drawn == checked_call(*arguments).out
    for text in (
        "made_up, fitted on <= 100 images (4 rows)",
        "ours",
        "100 full + points",
        "oracle",
        "Beliefs: the base",
    ):
        assert text in drawn


def test_a_pilot_that_no_row_was_measured_for(surface, checked_call) -> None:
    arguments = ["--seconds-per-image", "full=3600,point=5", "--pilots", "1", "--hours", "30", "--parts", "paid"]
    document = json.loads(checked_call("replay", "--surface", surface, *arguments, "--json").out)
    (paid,) = document["by_hours_paid"]
    assert (paid["masks"], paid["rows_fitted"]) == (1, 0)
    assert "no pilot, the prior's mix" in paid["choice"]
    assert "ours" in paid["choice"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--hours", "ten"], "--hours: expected numbers"),
        (["--parts", "everything"], 'unknown part "everything"'),
        (["--truth", "mine"], 'unknown truth "mine"'),
        (["--pilots", "-1"], "expected pilots of more than 0 hours"),
        (["--most-images", "0"], "thresholds of at least 1"),
        (["--seconds-per-image", "ful=3"], 'unknown annotation kind "ful" (did you mean "full"?)'),
        (["--seconds-per-image", "point=3", "--parts", "paid"], "the seconds of a mask"),
    ],
)
def test_bad_input_is_one_line(surface, checked_call, arguments, says) -> None:
    captured = checked_call("replay", "--surface", surface, *arguments, code=2)
    assert says in captured.err
    assert len([line for line in captured.err.splitlines() if line.startswith("error")]) == 1


def test_one_row_cannot_be_replayed(checked_call, tmp_path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("full,miou\n10,30\n")
    assert "at least 2 rows" in checked_call("replay", "--surface", path, code=2).err


def test_the_shared_surface_extrapolates_better_than_the_peers(shared, checked_call) -> None:
    arguments = ["--seconds-per-image", "image=6,point=7.6,squiggle=17.6,full=155", "--seeds", 0, "--parts", "counts"]
    path = shared / "data" / "surfaces" / "voc_animals_balanced.csv"
    document = json.loads(checked_call("replay", "--surface", path, *arguments, "--json").out)
    for group in document["by_counts"]:
        ours = group["prediction"]["ours"]
        for peer in ("log-additive GP", "additive power (LOC)"):
            assert ours["interval"] < group["prediction"][peer]["interval"]
            assert ours["rmse"] < group["prediction"][peer]["rmse"]
