"""What a run can do as the released code does, or as the paper's text says."""

import csv
import json

import numpy as np
import pytest

from budgetseg.data import open_dataset
from budgetseg.report.finished import FinishedRun, _read
from budgetseg.runs import run as run_module
from budgetseg.runs import training as training_module


def test_images_can_be_bought_in_the_order_of_their_ids(small_run, photo_folder, tmp_path):
    small_run(strategy="hybrid", full_images=2, images=5, order="listed", train={"iterations": 1})
    with (tmp_path / "run" / "subset.csv").open() as file:
        bought = [(row["image_id"], row["kind"]) for row in csv.DictReader(file)]
    first = sorted((photo_folder / "train.txt").read_text().split())[:5]
    assert [image_id for image_id, _ in bought] == first
    assert [kind for _, kind in bought] == ["full", "full", "point", "point", "point"]


def test_classes_come_from_the_marks_or_from_the_truth(small_run, photo_folder, tmp_path, monkeypatch):
    present = {"clicks": {}, "truth": {}}
    original = run_module.examples

    def watched(spec, strategy, dataset, annotated, prior):
        found = zip(annotated.annotations, original(spec, strategy, dataset, annotated, prior), strict=True)
        for image_id, example in found:
            present[spec.tags][image_id] = set(np.flatnonzero(example.target.present_C))
            yield example

    monkeypatch.setattr(run_module, "examples", watched)
    ids = (photo_folder / "train.txt").read_text().split()
    clicks = tmp_path / "nothing_clicked.json"
    clicks.write_text(json.dumps({each: [] for each in ids}))
    for tags in present:
        small_run(strategy="point", points=str(clicks), tags=tags, train={"iterations": 1}, how={"force": True})
    assert present["clicks"] == {each: {0} for each in ids}
    dataset = open_dataset(photo_folder)
    assert present["truth"] == {each: {0, *np.unique(dataset.mask(each))} - {255} for each in ids}


@pytest.mark.parametrize(
    ("classifier", "strategy", "supervision"),
    [("auto", "full", "full"), ("auto", "point", "weak"), ("zero", "point", "full"), ("imagenet", "full", "weak")],
)
def test_how_the_classifier_starts(small_run, monkeypatch, classifier, strategy, supervision):
    asked = []
    original = training_module.build_network

    def watched(*arguments, **options):
        asked.append(options["supervision"])
        return original(*arguments, **options)

    monkeypatch.setattr(training_module, "build_network", watched)
    small_run(strategy=strategy, classifier=classifier, train={"iterations": 1})
    assert asked == [supervision]


def test_a_result_on_its_own_training_images_is_said_and_not_reported(small_run, tmp_path):
    clean = small_run(train={"iterations": 1})
    assert clean["measured_on_training_images"] == 0
    assert isinstance(_read("run", tmp_path / "run"), FinishedRun)
    path = tmp_path / "run" / "result.json"
    path.write_text(json.dumps(clean | {"measured_on_training_images": 8}))
    assert "trained on" in _read("run", tmp_path / "run").reason
