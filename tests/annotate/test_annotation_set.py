"""Saving, loading and refusing annotation sets."""

import json

import numpy as np
import pytest

from budgetseg.annotate import ANNOTATORS, AnnotationSet, simulate
from budgetseg.errors import DataError, RunFailedError


@pytest.fixture
def made(discs) -> AnnotationSet:
    """Every kind, on two images, with seconds."""
    kinds = dict(zip(discs.ids("train")[: 2 * len(ANNOTATORS)], [*ANNOTATORS, *ANNOTATORS], strict=True))
    return simulate(discs, kinds, seed=0, annotators=2, seconds_of={i: 1.5 * k for k, i in enumerate(kinds)})


def test_a_saved_set_is_read_as_it_was(made, tmp_path):
    made.save(tmp_path / "set")
    again = AnnotationSet.load(tmp_path / "set")
    assert again.classes == made.classes
    assert list(again.annotations) == list(made.annotations)
    for image_id, annotation in made.annotations.items():
        other = again.annotations[image_id]
        for name in ("kind", "width", "height", "present", "clicks", "strokes", "boxes", "unsure", "seconds"):
            assert getattr(other, name) == getattr(annotation, name), name
        assert (other.mask_HW is None) == (annotation.mask_HW is None)
        if annotation.mask_HW is not None:
            assert np.array_equal(other.mask_HW, annotation.mask_HW)
            assert other.mask_HW.dtype == np.uint8


def test_ids_may_hold_what_file_names_cannot(made, tmp_path):
    from dataclasses import replace

    annotation = next(a for a in made.annotations.values() if a.kind == "full")
    odd = "../a b/c:1"
    AnnotationSet(annotations={odd: replace(annotation, image_id=odd)}, classes=made.classes).save(tmp_path / "set")
    assert list(AnnotationSet.load(tmp_path / "set").annotations) == [odd]
    assert not (tmp_path / "a b").exists()


def test_saving_again_replaces_a_set_but_nothing_else(made, tmp_path):
    made.save(tmp_path / "set")
    smaller = AnnotationSet(annotations=dict(list(made.annotations.items())[:1]), classes=made.classes)
    smaller.save(tmp_path / "set")
    assert len(AnnotationSet.load(tmp_path / "set").annotations) == 1
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(RunFailedError, match="other"):
        made.save(other)
    assert (other / "thesis.txt").read_text() == "mine"


def edit_line(folder, number, change):
    lines = (folder / "annotations.jsonl").read_text().splitlines()
    row = json.loads(lines[number - 1])
    change(row)
    lines[number - 1] = json.dumps(row)
    (folder / "annotations.jsonl").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda row: row.pop("present"), "line 3: 'present' is missing"),
        (lambda row: row.update(present=[99]), "line 3: expected class indices below 4, got 99"),
        (lambda row: row.update(image_id="disc00000"), "line 3: image disc00000 is there twice"),
        (lambda row: row.update(clicks=[{"cls": 1}]), "line 3: "),
        (lambda row: row.update(width="wide"), "line 3: "),
        (lambda row: row["clicks"][0].update(x=1000), "line 3: .*outside"),
        (lambda row: row.update(mask=True), "line 3: cannot read its mask"),
        (lambda row: row.update(unsure=-1), "line 3: unsure: expected pixels, 0 or more, got -1"),
    ],
)
def test_a_broken_line_is_named(made, tmp_path, change, words):
    made.save(tmp_path / "set")
    edit_line(tmp_path / "set", 3, change)
    with pytest.raises(DataError, match=words):
        AnnotationSet.load(tmp_path / "set")


def test_a_line_that_is_not_json_is_named(made, tmp_path):
    made.save(tmp_path / "set")
    file = tmp_path / "set" / "annotations.jsonl"
    file.write_text(file.read_text() + "{\n")
    with pytest.raises(DataError, match=f"line {len(made.annotations) + 1}: expected JSON"):
        AnnotationSet.load(tmp_path / "set")


def test_a_lost_line_is_found(made, tmp_path):
    made.save(tmp_path / "set")
    file = tmp_path / "set" / "annotations.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(DataError, match=f"expected {len(made.annotations)} images"):
        AnnotationSet.load(tmp_path / "set")


def test_a_mask_of_another_size_or_class_is_found(made, tmp_path):
    from PIL import Image

    made.save(tmp_path / "set")
    mask = next((tmp_path / "set" / "masks").iterdir())
    Image.fromarray(np.zeros((5, 5), np.uint8)).save(mask)
    with pytest.raises(DataError, match="mask of 160 x 120"):
        AnnotationSet.load(tmp_path / "set")
    Image.fromarray(np.full((120, 160), 9, np.uint8)).save(mask)
    with pytest.raises(DataError, match=r"a class that is not in set\.json"):
        AnnotationSet.load(tmp_path / "set")


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no set\.json"):
        AnnotationSet.load(tmp_path)
    (tmp_path / "set.json").write_text('{"schema": "other/1"}')
    with pytest.raises(DataError, match="schema"):
        AnnotationSet.load(tmp_path)
