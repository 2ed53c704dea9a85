"""What a run can do as the released code does, or as the paper's text says."""

import csv
import json

import pytest

from budgetseg.report.finished import FinishedRun, _read
from budgetseg.runs import run as run_module


def test_images_can_be_bought_in_the_order_of_their_ids(small_run, photo_folder, tmp_path):
    small_run(strategy="hybrid", full_images=2, images=5, order="listed", train={"iterations": 1})
    with (tmp_path / "run" / "subset.csv").open() as file:
        bought = [(row["image_id"], row["kind"]) for row in csv.DictReader(file)]
    first = sorted((photo_folder / "train.txt").read_text().split())[:5]
    assert [image_id for image_id, _ in bought] == first
    assert [kind for _, kind in bought] == ["full", "full", "point", "point", "point"]


def test_classes_come_from_the_marks_or_from_the_truth(small_run, monkeypatch):
    seen = {}
    original = run_module.examples

    def watched(spec, *rest):
        for example in original(spec, *rest):
            seen.setdefault(spec.tags, []).append(example.target.present_C.copy())
            yield example

    monkeypatch.setattr(run_module, "examples", watched)
    for tags in ("clicks", "truth"):
        small_run(strategy="squiggle", tags=tags, train={"iterations": 1}, how={"force": True})
    marked, true = (sum(int(present.sum()) for present in seen[tags]) for tags in ("clicks", "truth"))
    assert len(seen["clicks"]) == len(seen["truth"]) == 24
    assert marked <= true


@pytest.mark.parametrize(
    ("classifier", "strategy", "supervision"),
    [("auto", "full", "full"), ("auto", "point", "weak"), ("zero", "point", "full"), ("imagenet", "full", "weak")],
)
def test_how_the_classifier_starts(small_run, monkeypatch, classifier, strategy, supervision):
    asked = []
    original = run_module.build_network

    def watched(*arguments, **options):
        asked.append(options["supervision"])
        return original(*arguments, **options)

    monkeypatch.setattr(run_module, "build_network", watched)
    small_run(strategy=strategy, classifier=classifier, train={"iterations": 1})
    assert asked == [supervision]


def test_a_result_on_its_own_training_images_is_said_and_not_reported(small_run, tmp_path):
    clean = small_run(train={"iterations": 1})
    assert clean["measured_on_training_images"] == 0
    assert isinstance(_read("run", tmp_path / "run"), FinishedRun)
    path = tmp_path / "run" / "result.json"
    path.write_text(json.dumps(clean | {"measured_on_training_images": 8}))
    assert "trained on" in _read("run", tmp_path / "run").reason
