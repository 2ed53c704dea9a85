"""``budgetseg campaign simulate``: on a surface, and end to end with the real trainer on small scenes."""

import json

import pytest

from budgetseg.plan.mix import Mix

PRICES = ["--seconds-per-image", "full=155,point=7.6,image=6"]


@pytest.fixture
def call(checked_call, tmp_path):
    rows = ["full,point,image,seed,miou"]
    for full in (0, 40, 160):
        for point in (0, 100, 600):
            for seed in (0, 1):
                if full + point:
                    masks = full + 0.05 * point
                    rows.append(f"{full},{point},0,{seed},{70 * masks / (masks + 40) + seed:.2f}")
    rows.append("0,0,300,0,20")
    (tmp_path / "surface.csv").write_text("\n".join(rows) + "\n")
    return checked_call


@pytest.mark.slow
def test_document_and_table(call, tmp_path):
    options = ["campaign", "simulate", "--hours", "5", "--surface", "surface.csv", "--steps", "3", *PRICES]
    options += ["--strategy", "ours,all-full", "--seeds", "2"]
    document = json.loads(call(*options, "--json").out)
    assert document["schema"] == "budgetseg.campaign-simulation/1"
    assert document["pool"] == 760
    assert len(document["replays"]) == 4
    assert [step["step"] for step in document["replays"][0]["steps"]] == [1, 2, 3]
    for replay in document["replays"]:
        for step, best in zip(replay["steps"], document["best"], strict=True):
            assert step["hours"] <= 5 * step["step"] / 3
            assert step["regret"] == pytest.approx(max(0, best - step["expected"]))
    captured = call(*options, "-o", "out.json")  # the same every time
    assert json.loads((tmp_path / "out.json").read_text()) == document
    words = " ".join(captured.out.split())
    assert "ours, mean of 2 seeds:" in words
    assert f"regret {document['strategies']['all-full']['regret']:.1f}" in words


@pytest.mark.slow
def test_the_real_trainer_makes_ordinary_runs(call, tmp_path, photo_folder):
    options = ["campaign", "simulate", "--hours", "0.3", "--trainer", "--dataset", photo_folder, "--steps", "2"]
    options += ["--strategy", "hybrid", "--trainings", "2", "--device", "cpu", "--no-predict", "--json"]
    options += ["--seconds-per-image", "full=155,point=7.6"]
    options += ["--set", "train.iterations=2", "--set", "train.batch=4"]
    captured = call(*options)
    document = json.loads(captured.out)
    (replay,) = document["replays"]
    assert document["best"] is None
    first, second = replay["steps"]
    assert Mix.of(second["mix"]).images > Mix.of(first["mix"]).images
    for step in (first, second):
        folder = tmp_path / "runs" / "campaign" / "hybrid-s0" / f"step{step['step']}"
        result = json.loads((folder / "result.json").read_text())
        assert (result["mix"], result["miou"]) == (step["mix"], step["measured"])
        assert step["regret"] is None
    held = (tmp_path / "runs/campaign/hybrid-s0/step1/subset.csv").read_text().splitlines()[1:]
    later = (tmp_path / "runs/campaign/hybrid-s0/step2/subset.csv").read_text().splitlines()[1:]
    kinds = [dict(line.split(",")[:2] for line in lines) for lines in (held, later)]
    assert kinds[0].items() <= kinds[1].items()  # what was bought stays bought
    again = call(*options)  # finished runs are not repeated
    assert json.loads(again.out) == document
    assert "finished" in again.err


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 2, "--surface"),
        (["--surface", "surface.csv", "--trainer"], 2, "--surface"),
        (["--trainer"], 2, "--dataset"),
        (["--surface", "surface.csv", "--seeds", "0"], 2, "--seeds"),
        (["--surface", "surface.csv", "--strategy", "best"], 2, "unknown strategy"),
        (["--surface", "nothing.csv"], 2, "nothing.csv"),
        (["--surface", "surface.csv", "--validation", "900"], 3, "do not pay for measuring"),
    ],
)
def test_bad_input_is_refused_in_a_line(call, options, code, said):
    captured = call("campaign", "simulate", "--hours", "5", *PRICES, *options, code=code)
    assert captured.out == ""
    (line,) = [line for line in captured.err.splitlines() if line.startswith("error: ")]
    assert said in line
