"""Runs on what people annotated."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from budgetseg.annotate import simulate
from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.annotate.errors import PERFECT
from budgetseg.data.open import open_dataset
from budgetseg.errors import DataError, InvalidInputError
from budgetseg.runs.annotated import fitting, index_annotated, load_annotated, mix_of
from budgetseg.runs.spec import RunSpec


@pytest.fixture
def answers(photo_folder):
    """Six clicked images and two masks, a quarter of a minute each."""
    dataset = open_dataset(str(photo_folder))
    ids = dataset.ids("train")
    kinds = dict.fromkeys(ids[:6], "point") | dict.fromkeys(ids[6:8], "full")
    return simulate(dataset, kinds, seed=0, errors=PERFECT, seconds_of=dict.fromkeys(kinds, 15.0))


def test_a_run_trains_on_them_and_needs_no_mask_of_a_training_image(small_run, photo_folder, answers, tmp_path):
    answers.save(tmp_path / "answers")
    bare = tmp_path / "bare"
    shutil.copytree(photo_folder, bare)
    for image_id in open_dataset(str(photo_folder)).ids("train"):
        (bare / "masks" / f"{image_id}.png").unlink()
    mix = mix_of(tmp_path / "answers")
    assert mix == {"point": 6, "full": 2}
    given = {"annotations": str(tmp_path / "answers"), "mix": mix}
    without = small_run(dataset=str(bare), out=tmp_path / "a", **given)
    assert without["mix"] == mix
    assert without["hours"]["actual"] == pytest.approx(8 * 15 / 3600)
    assert without["hours_by_kind"] == pytest.approx({"point": 6 * 15 / 3600, "full": 2 * 15 / 3600})
    assert without["alternatives"] == []
    with_masks = small_run(out=tmp_path / "b", **given)
    assert with_masks["miou"] == without["miou"]


def test_classes_are_matched_by_name(photo_folder, answers, tmp_path):
    dataset = open_dataset(str(photo_folder))
    order = (0, *reversed(range(1, len(dataset.classes))))
    there = np.arange(256)
    there[: len(order)] = np.argsort(order)

    def turned(annotation):
        return replace(
            annotation,
            present=tuple(sorted(int(there[cls]) for cls in annotation.present)),
            clicks=tuple(replace(click, cls=int(there[click.cls])) for click in annotation.clicks),
            mask_HW=None if annotation.mask_HW is None else there.astype(np.uint8)[annotation.mask_HW],
        )

    names = tuple(dataset.classes[cls] for cls in order)
    made = AnnotationSet(annotations={i: turned(a) for i, a in answers.annotations.items()}, classes=names)
    made.save(tmp_path / "turned")
    loaded = load_annotated(tmp_path / "turned", dataset)
    assert loaded.classes == dataset.classes
    for image_id, annotation in answers.annotations.items():
        assert loaded.annotations[image_id].clicks == annotation.clicks
        assert loaded.annotations[image_id].present == annotation.present
        if annotation.mask_HW is not None:
            np.testing.assert_array_equal(loaded.annotations[image_id].mask_HW, annotation.mask_HW)


def test_answers_to_other_questions_or_about_other_images_are_refused(photo_folder, answers, tmp_path):
    dataset = open_dataset(str(photo_folder))
    fewer = AnnotationSet(annotations={}, classes=(*dataset.classes, "unicorn"))
    fewer.save(tmp_path / "fewer")
    with pytest.raises(DataError, match="unicorn is in one alone"):
        load_annotated(tmp_path / "fewer", dataset)
    with pytest.raises(DataError, match="holds no annotation"):
        mix_of(tmp_path / "fewer")
    validating = dataset.ids("val")[0]
    moved = replace(answers.annotations[dataset.ids("train")[0]], image_id=validating)
    AnnotationSet(annotations={validating: moved}, classes=dataset.classes).save(tmp_path / "moved")
    with pytest.raises(DataError, match="is no training image"):
        load_annotated(tmp_path / "moved", dataset)


def test_an_annotation_takes_the_size_of_its_image_only_where_it_has_none(answers):
    annotation = next(iter(answers.annotations.values()))
    assert fitting(annotation, annotation.height, annotation.width) is annotation
    unsized = fitting(replace(annotation, width=0, height=0, clicks=()), 30, 40)
    assert (unsized.width, unsized.height) == (40, 30)
    with pytest.raises(DataError, match="annotated at"):
        fitting(annotation, annotation.height, annotation.width + 1)


def test_marks_are_counted_as_instances(answers):
    index = index_annotated(answers)
    for row, annotation in enumerate(answers.annotations.values()):
        assert sorted(np.flatnonzero(index.present_NC[row]).tolist()) == list(annotation.present)
        assert index.instances_NC[row].sum() == len(annotation.present)


@pytest.mark.parametrize("setting", [{"hours": "1"}, {"images": 4}, {"current": "x"}, {"points": "x"}, {"skip": 2}])
def test_nothing_is_bought_beside_them(setting):
    with pytest.raises(InvalidInputError, match="leave out"):
        RunSpec(annotations="x", **setting)


def test_other_answers_make_another_run(answers, tmp_path):
    answers.save(tmp_path / "answers")
    spec = RunSpec(annotations=str(tmp_path / "answers"), mix={"point": 6, "full": 2})
    before = spec.fingerprint
    assert before != RunSpec(mix={"point": 6, "full": 2}).fingerprint
    (tmp_path / "answers" / "annotations.jsonl").write_text("")
    assert spec.fingerprint != before
