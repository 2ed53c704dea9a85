"""A real campaign: what was said stays beside what came, files are whole, and a damaged one is left alone."""

import json

import pytest

START = ["--hours", "8", "--steps", "4", "--seconds-per-image", "full=155,point=7.6,image=6", "--pool", "2000"]


@pytest.fixture
def call(checked_call):
    def run_it(what, *arguments, code=0):
        return checked_call("campaign", what, "mine.json", *arguments, code=code)

    return run_it


@pytest.fixture
def document(call):
    return lambda what, *arguments: json.loads(call(what, *arguments, "--json").out)


@pytest.fixture(scope="module")
def kept():
    """The state file of ``begun`` and its status, once they were made."""
    return {}


@pytest.fixture
def begun(call, document, tmp_path, kept):
    """Two slices bought and measured; returns the status after them."""
    if kept:
        (tmp_path / "mine.json").write_bytes(kept["file"])
        return json.loads(kept["status"])
    call("start", *START)
    document("next", "--on", "2027-01-04")
    document("record", "--miou", "33", "--on", "2027-01-11")
    for mix, miou in (("point=46", 21), ("image=46", 12), ("full=20", 24), ("point=20", 15)):
        document("record", "--miou", miou, "--mix", mix, "--on", "2027-01-12")
    document("next", "--on", "2027-01-13")
    status = document("record", "--miou", "44", "--on", "2027-01-20")
    kept |= {"file": (tmp_path / "mine.json").read_bytes(), "status": json.dumps(status)}
    return status


def test_start_shows_the_first_slice_and_changes_nothing_else(call, document, tmp_path):
    first = document("start", *START)
    assert (first["left_hours"], first["slices"], first["held"]) == (8, [], {})
    # Two hours of masks, from which clicks and labels can be derived.
    assert first["next"]["planned"] == {"full": 46}
    assert first["next"]["predicted"] is None
    before = (tmp_path / "mine.json").read_bytes()
    assert "is there already" in call("start", *START, code=2).err
    document("status")
    assert (tmp_path / "mine.json").read_bytes() == before


def test_predictions_stay_beside_what_came(begun, tmp_path):
    first, second = begun["slices"]
    assert (first["measured"], first["inside"], first["rests_on"]) == (33, None, 0)
    assert second["rests_on"] == 5
    told = second["predicted"]
    assert second["measured"] == 44
    assert second["error"] == pytest.approx(44 - told["mean"])
    assert second["inside"] == (told["low"] <= 44 <= told["high"])
    assert begun["spent_hours"] == pytest.approx(first["hours"] + second["hours"])
    assert begun["left_hours"] == pytest.approx(8 - begun["spent_hours"])
    assert begun["spent_hours"] <= 4
    kept = json.loads((tmp_path / "mine.json").read_text())
    assert kept["schema"] == "budgetseg.campaign/1"
    assert [one["planned_on"] for one in kept["slices"]] == ["2027-01-04", "2027-01-13"]
    assert len(kept["measurements"]) == 6
    assert begun["next"]["step"] == 3


def test_what_was_predicted_is_not_rewritten_by_what_is_learnt_later(begun, document):
    said = begun["slices"][1]["predicted"]
    document("record", "--miou", "80", "--mix", "full=46")
    document("next")
    assert document("status")["slices"][1]["predicted"] == said


def test_the_screen(call, begun):
    words = " ".join(call("status").out.split())
    assert f"{begun['left_hours']:.2f} h are left" in words
    assert f"{begun['slices'][1]['error']:+.1f}" in words
    assert "Next, step 3: buy" in words
    call("next")
    assert "Planned, step 3: buy" in call("status").out


def test_all_steps_spend_the_hours_and_then_it_is_over(document):
    document("start", *START)
    for step in range(4):
        document("next")
        document("record", *(("--miou", 30 + step) if step else ()))
    last = document("status")
    assert 7.9 < last["spent_hours"] <= 8
    for _ in range(20):  # what whole images left over buys single ones
        if last["next"] is None:
            break
        document("next")
        last = document("record")
    assert last["next"] is None
    assert "nothing is left to buy" in last["over"]


def test_what_was_really_bought_and_what_it_took(document, call):
    document("start", *START)
    document("next")
    after = document("record", "--bought", "full=30,point=100", "--hours", "2.5", "--miou", "31")
    assert after["held"] == {"point": 100, "full": 30}
    assert (after["spent_hours"], after["left_hours"]) == (2.5, 5.5)
    (only,) = after["slices"]
    assert only["planned"] == {"full": 46}
    assert (only["measured"], only["inside"]) == (31, None)  # nothing was predicted of this mix
    assert "otherwise" in " ".join(call("status").out.split())


def test_validation_and_known_evidence_count(document, tmp_path):
    (tmp_path / "few.csv").write_text("full,point,image,miou\n60,0,0,38\n0,300,0,35\n0,0,400,25\n")
    begun = document("start", *START, "--evidence", "few.csv", "--validation", "20")
    assert begun["charged_hours"] == pytest.approx(20 * 155 / 3600)
    assert begun["left_hours"] == pytest.approx(8 - 20 * 155 / 3600)
    assert begun["next"]["predicted"] is not None


def test_a_run_is_a_measurement(document, call, tmp_path):
    document("start", *START)
    document("next")
    (tmp_path / "run").mkdir()
    result = {"status": "completed", "miou": 29.5, "mix": {"full": 46}}
    (tmp_path / "run" / "result.json").write_text(json.dumps(result))
    assert document("record", "--run", "run")["slices"][0]["measured"] == 29.5
    (tmp_path / "run" / "result.json").write_text(json.dumps({**result, "status": "stopped"}))
    assert "not finished" in call("record", "--run", "run", code=2).err


def test_next_twice_plans_once(document, call, tmp_path):
    document("start", *START)
    document("next")
    before = (tmp_path / "mine.json").read_bytes()
    assert "planned already" in call("next").err
    assert (tmp_path / "mine.json").read_bytes() == before


DAMAGES = [
    lambda text: text[: len(text) // 2],
    lambda _: "",
    lambda text: text.replace('"slices"', '"slice"'),
    lambda text: text.replace('"full"', '"fulll"'),
    lambda text: text.replace("2027-01-04", "the 4th"),
    lambda text: text.replace('"step": 2', '"step": 7'),
    lambda text: text.replace('"miou": 44.0', '"miou": 444.0'),
    lambda text: text.replace('"budget_hours": 8.0', '"budget_hours": "many"'),
    lambda text: text.replace('"seconds_per_image": {', '"seconds_per_image": 3, "other": {'),
    lambda text: text.replace("budgetseg.campaign/1", "budgetseg.plan/1"),
    lambda _: "[1, 2]",
]


def test_a_damaged_state_is_named_and_left_alone(begun, call, tmp_path):
    path = tmp_path / "mine.json"
    sound = path.read_text()
    for damage in DAMAGES:
        damaged = damage(sound)
        assert damaged != sound
        path.write_text(damaged)
        for command in (["status"], ["next"], ["record", "--miou", "50"]):
            captured = call(*command, code=2)
            (line,) = captured.err.splitlines()
            assert line.startswith("error: mine.json")
            assert captured.out == ""
            assert path.read_text() == damaged
        assert [entry.name for entry in tmp_path.iterdir() if "mine" in entry.name] == ["mine.json"]


def test_a_write_that_fails_leaves_the_old_state(begun, call, monkeypatch, tmp_path):
    from pathlib import Path

    before = (tmp_path / "mine.json").read_bytes()

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert "No space left" in call("record", "--miou", "50", code=1).err
    assert (tmp_path / "mine.json").read_bytes() == before


RECORDS = {
    ("--miou", "101"): "0 to 100",
    ("--miou", "-1"): "0 to 100",
    ("--miou", "nan"): "0 to 100",
    ("--miou", "50", "--mix", "full=4000"): "are held",
    ("--miou", "50", "--mix", "fulll=4"): "unknown annotation kind",
    ("--miou", "50", "--on", "tomorrow"): "2027-01-31",
    ("--bought", "full=3"): "nothing is pending",
    ("--run", "nowhere"): "nowhere",
    (): "nothing to record",
}


def test_records_that_are_none(begun, call, tmp_path):
    before = (tmp_path / "mine.json").read_bytes()
    for arguments, said in RECORDS.items():
        assert said in call("record", *arguments, code=2).err
        assert (tmp_path / "mine.json").read_bytes() == before


def test_no_state_at_all(call):
    assert "mine.json" in call("status", code=2).err
