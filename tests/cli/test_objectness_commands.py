"""``budgetseg objectness`` and the prior's way into plans and runs, by the command line."""

import json

import pytest

SCENES = ["--dataset", "scenes:train=120,val=60"]
FIT = ["--classes", "beetle,crate,leaf,melon", "--backbone", "tiny", "--images", "8", *SCENES]
FEW = ["--dataset", "scenes:train=40,val=8"]
RUN = ["--strategy", "point", "--images", "6", "--iterations", "2", "--batch", "2", "--device", "cpu", *FEW]


@pytest.fixture
def call(outcome):
    return outcome


@pytest.fixture(scope="module")
def kept():
    """The file of ``made`` and what its making said, once it was made."""
    return {}


@pytest.fixture
def made(call, tmp_path, kept):
    """A detector in the folder, and what its making said."""
    if kept:
        (tmp_path / "d.safetensors").write_bytes(kept["file"])
        return json.loads(kept["said"])
    code, out, err = call("objectness", "fit", *FIT, "-o", "d.safetensors", "--json")
    assert code == 0, err
    kept |= {"file": (tmp_path / "d.safetensors").read_bytes(), "said": out}
    return json.loads(out)


def test_fit_says_what_it_drew_and_what_that_takes(call, made):
    assert made["schema"] == "budgetseg.detector-made/1"
    assert len(made["image_ids"]) == 8
    assert made["seconds"] == pytest.approx(10.2 * made["boxes"])
    code, out, _ = call("objectness", "fit", *FIT, "-o", "d.safetensors")
    assert code == 0
    assert f"{made['boxes']} boxes on 8 images, of which" in out
    assert f"annotation: {made['seconds']:.1f} s" in out


def test_another_book_asks_other_seconds_for_its_boxes(call, made, tmp_path):
    head = 'schema = "budgetseg.costbook/1"\nextends = "voc2012"\n'
    (tmp_path / "mine.toml").write_text(head + '[rates.objectness_total_s]\nseconds = 582\nper = "fixed"\n')
    _, out, _ = call("objectness", "fit", *FIT, "--costs", "mine.toml", "-o", "d2.safetensors", "--json")
    assert json.loads(out)["seconds"] == pytest.approx(2 * made["boxes"])


def test_a_run_on_masks_alone_does_not_pay_for_boxes(call, made):
    assert made["seconds"] > 0
    prior = ["--objectness", "detector:d.safetensors"]
    code, out, err = call("run", *[word if word != "point" else "full" for word in RUN], *prior, "--out", "m", "--json")
    assert (code, json.loads(out)["objectness_hours"]) == (0, 0)
    assert "no objectness prior is used, or paid for" in err


def test_a_run_pays_for_the_boxes_once_unless_told_otherwise(call, made):
    prior = ["--objectness", "detector:d.safetensors"]
    _, out, err = call("run", *RUN, *prior, "--out", "a", "--json")
    paid = json.loads(out)
    assert paid["objectness_hours"] == pytest.approx(made["seconds"] / 3600), err
    assert paid["status"] == "completed"
    _, out, _ = call("run", *RUN, *prior, "--objectness-seconds", "0", "--out", "b", "--json")
    free = json.loads(out)
    assert free["objectness_hours"] == 0
    assert paid["hours"]["actual"] - free["hours"]["actual"] == pytest.approx(made["seconds"] / 3600)
    # A configuration's seconds belong to its own prior, not to the one that is named in its place.
    _, out, _ = call("run", "--config", "b/config.toml", "--dry-run", *prior)
    assert f'objectness_seconds = "{made["seconds"]}"' in out
    _, out, _ = call("run", "--config", "a/config.toml", "--dry-run", "--objectness", "center")
    assert 'objectness_seconds = "0"' in out
    _, out, _ = call("run", "--config", "b/config.toml", "--dry-run")
    assert 'objectness_seconds = "0"' in out


def test_another_detector_of_the_same_name_makes_another_run(call, made):
    prior = ["--objectness", "detector:d.safetensors", "--objectness-seconds", "0", "--out", "a"]
    assert call("run", *RUN, *prior)[0] == 0
    assert call("objectness", "fit", *FIT, "--seed", "1", "-o", "d.safetensors")[0] == 0
    code, _, err = call("run", *RUN, *prior)
    assert code == 2
    assert "holds another run" in err


def test_a_plan_pays_for_the_boxes_once(call, made):
    plans = [
        json.loads(call("plan", "--hours", "3", "--objectness-seconds", text, "--json")[1])
        for text in ("detector:d.safetensors", str(made["seconds"]), "0")
    ]
    assert plans[0]["mix"] == plans[1]["mix"] != plans[2]["mix"]


def test_maps_can_be_written_and_measured_like_the_detector(call, made):
    classes = ["--classes", "beetle,crate,leaf,melon", *SCENES]
    code, _, err = call("objectness", "maps", "d.safetensors", *classes, "--split", "val", "-o", "maps")
    assert code == 0, err
    found = {}
    for prior in ("detector:d.safetensors", "maps:maps", "center"):
        code, out, err = call("objectness", "audit", prior, *classes, "--json")
        assert code == 0, err
        found[prior] = json.loads(out)
    assert found["maps:maps"]["auc_pooled"] == pytest.approx(found["detector:d.safetensors"]["auc_pooled"], abs=1e-3)
    assert found["center"]["images"] == found["maps:maps"]["images"] > 20
    code, out, _ = call("objectness", "audit", "center", *classes, "--images", "5")
    assert code == 0
    assert "center, 5 images of scenes" in out
    assert "pixel AUC, pooled" in out


def test_images_that_were_learned_from_are_not_measured(call, made):
    images = ["--split", "train", "--images", "100"]
    _, out, _ = call("objectness", "audit", "detector:d.safetensors", *SCENES, *images, "--json")
    found = json.loads(out)
    assert found["learned_from"] > 0
    assert found["images"] > 0
    assert found["learned_from"] + found["images"] <= 100


BAD = [
    (["fit", "-o", "d"], 2, "--classes that leave some out"),
    (["fit", "-o", "d", "--classes", "beetle", "--boxes", "othres"], 2, "expected others, all or a list"),
    (["fit", "-o", "d", "--classes", "beetle", "--backbone", "tiyn"], 2, 'did you mean "tiny"'),
    (["fit", "-o", "d", "--classes", "beetle", "--seed", "-1"], 2, "--seed"),
    (["fit", "-o", "d", "--classes", "beetle", "--backbone", "tiny", "--images", "0"], 2, "at least 1 image"),
    (["audit", "centre"], 2, 'did you mean "center"'),
    (["audit", "none", "--images", "2"], 2, "without a prior"),
    (["audit", "center", "--split", "test"], 2, "expected train or val"),
    (["audit", "center", "--images", "0"], 2, "--images"),
    (["audit", "maps:nowhere"], 4, "no such folder"),
    (["audit", "detector:nowhere"], 4, "no such detector"),
    (["maps", "nowhere", "-o", "maps"], 4, "no such detector"),
]


@pytest.mark.parametrize(("arguments", "expected_code", "words"), BAD)
def test_bad_input_is_told_in_one_line(call, tmp_path, arguments, expected_code, words):
    code, out, err = call("objectness", *arguments)
    assert (code, out) == (expected_code, "")
    (line,) = err.strip().splitlines()
    assert line.startswith("error: ")
    assert words in line
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["run", "plan"])
def test_a_broken_detector_is_told_before_anything_is_written(call, tmp_path, command):
    (tmp_path / "d").write_bytes(b"\x00" * 50)
    option = "--objectness" if command == "run" else "--objectness-seconds"
    more = [] if command == "run" else ["--hours", "3"]
    code, out, err = call(command, option, "detector:d", *more)
    assert (code, out) == (4, "")
    assert "error: d: not a whole detector" in err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["d"]
