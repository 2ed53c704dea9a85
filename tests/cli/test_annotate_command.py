"""``budgetseg annotate``: what it tells without serving, and refusals."""

import json

import pytest


def test_a_session_is_begun_told_and_gone_on_with(checked_call, photo_folder, tmp_path):
    options = [
        "annotate",
        photo_folder / "images",
        "--classes",
        "snail,leaf",
        "--limit",
        "3",
        "-o",
        "pilot",
        "--dry-run",
    ]
    captured = checked_call(*options, "--json")
    document = json.loads(captured.out)
    assert document["schema"] == "budgetseg.annotate/1"
    assert (document["answered"], document["questions"], document["images"]) == (0, 6, 3)
    assert "no control images" in captured.err
    assert json.loads((tmp_path / "pilot" / "set.json").read_text())["classes"] == ["background", "snail", "leaf"]
    assert "0 of 6 questions answered" in checked_call(*options).out
    # A data set plants its own validation images: 1 for each class, as 10 in 50 are 0.75, rounded up, of 3.
    document = json.loads(
        checked_call(
            "annotate", photo_folder, "--classes", "snail,leaf", "--limit", "3", "-o", "b", "--dry-run", "--json"
        ).out
    )
    assert document["questions"] == 8


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--kind", "full"], "--kind"),
        (["--classes", "snail,snail"], "--classes"),
        (["--classes", ","], "--classes"),
        (["--limit", "0"], "--limit"),
        (["--controls", "scenes", "--classes", "unicorn"], "knows none of the classes"),
        (["--host", "0.0.0.0"], "--host"),
        (["--host", "203.0.113.1"], "cannot listen here"),
    ],
)
def test_a_mistake_is_one_line(checked_call, photo_folder, options, words):
    classes = [] if "--classes" in options else ["--classes", "snail"]
    code = 1 if "203.0.113.1" in options else 2
    refused = checked_call("annotate", photo_folder / "images", "-o", "pilot", *classes, *options, code=code)
    assert words in refused.err.splitlines()[-1]
