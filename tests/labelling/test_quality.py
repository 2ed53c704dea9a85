"""Control images: what is right, who passes, and what follows."""

import numpy as np
import pytest

from budgetseg.annotate.annotation import Annotation, Box, Click, Stroke
from budgetseg.annotate.errors import PERFECT
from budgetseg.annotate.registry import ANNOTATORS
from budgetseg.annotate.simulate import simulate
from budgetseg.data.open import open_dataset
from budgetseg.errors import InvalidInputError
from budgetseg.labelling.answer import Answer
from budgetseg.labelling.controls import Control, Controls, known_answer, read_controls
from budgetseg.labelling.ingest import ingest
from budgetseg.labelling.label_studio_export import read_label_studio
from budgetseg.labelling.quality import Grade, grade, is_right
from budgetseg.labelling.reading import Read

CLASSES = ("background", "cat", "dog")
TRUTH = Control(
    image_id="k",
    width=200,
    height=100,
    boxes=(("dog", (10, 10, 19, 29)), ("dog", (50, 10, 69, 29)), ("cat", (0, 90, 9, 99))),
)


def answered(kind, asked=(1, 2), present=(1, 2), **marks):
    annotation = Annotation(image_id="k", kind=kind, width=200, height=100, present=present, **marks)
    return Read(answer=Answer(tool="x", task_id="1", image_id="k"), annotation=annotation, asked=asked)


def click(cls, x, y):
    return Click(cls=cls, x=x, y=y)


CAT = click(1, 0, 99)


@pytest.mark.parametrize(
    ("clicks", "right"),
    [
        ([click(2, 10, 10)], True),  # the corner of the first dog's box
        ([click(2, 69, 29)], True),
        ([click(2, 20, 10)], False),  # one pixel beside it
        ([click(2, 60, 9)], False),
        ([click(2, 5, 95)], False),  # in the cat's box
        ([click(2, 10, 10), click(2, 30, 30)], False),
    ],
)
def test_a_click_counts_where_it_falls_in_the_tight_box_of_an_instance(clicks, right):
    assert is_right(answered("point", clicks=(*clicks, CAT)), TRUTH, CLASSES) is right


def test_every_instance_needs_a_click_where_all_are_asked_for():
    one, two = click(2, 12, 12), click(2, 55, 12)
    assert not is_right(answered("allpoints", clicks=(one, CAT)), TRUTH, CLASSES)
    assert is_right(answered("allpoints", clicks=(one, two, CAT)), TRUTH, CLASSES)
    assert is_right(answered("point", clicks=(one, CAT)), TRUTH, CLASSES)


def test_the_classes_must_be_those_that_are_there():
    assert is_right(answered("image"), TRUTH, CLASSES)
    assert not is_right(answered("image", present=(2,)), TRUTH, CLASSES)
    assert not is_right(answered("image", present=()), TRUTH, CLASSES)
    assert is_right(answered("image", asked=(2,), present=(2,)), TRUTH, CLASSES)


def test_half_of_a_stroke_must_lie_inside():
    def stroke(x0, x1):
        return Stroke(cls=2, points=((x0, 20), (x1, 20)), width=1)

    asked = {"asked": (2,), "present": (2,)}
    assert is_right(answered("squiggle", **asked, strokes=(stroke(10, 29),)), TRUTH, CLASSES)
    assert not is_right(answered("squiggle", **asked, strokes=(stroke(10, 30),)), TRUTH, CLASSES)


def test_boxes_and_masks_must_overlap_by_half():
    def box(x_max):
        return Box(cls=1, x_min=0, y_min=90, x_max=x_max, y_max=99)

    asked = {"asked": (1,), "present": (1,)}
    assert is_right(answered("box", **asked, boxes=(box(19),)), TRUTH, CLASSES)
    assert not is_right(answered("box", **asked, boxes=(box(20),)), TRUTH, CLASSES)
    mask_HW = np.zeros((100, 200), np.uint8)
    mask_HW[90:, :20] = 1
    assert is_right(answered("full", **asked, mask_HW=mask_HW), TRUTH, CLASSES)
    mask_HW[90:, :21] = 1
    assert not is_right(answered("full", **asked, mask_HW=mask_HW), TRUTH, CLASSES)


def test_whoever_never_errs_is_always_right(photo_folder):
    """Over every kind: the simulated annotators without error agree with the known answers."""
    dataset = open_dataset(str(photo_folder))
    ids = dataset.ids("val")
    asked = tuple(range(1, len(dataset.classes)))
    for kind in ANNOTATORS:
        made = simulate(dataset, dict.fromkeys(ids, kind), seed=0, errors=PERFECT).annotations
        for image_id in ids:
            read = Read(answer=Answer(tool="x", task_id="1", image_id=image_id), annotation=made[image_id], asked=asked)
            assert is_right(read, known_answer(dataset, image_id, dataset.classes[1:]), dataset.classes), kind


def test_eight_of_ten_pass_and_seven_fail():
    controls = Controls(plan_id="p", images={})
    answers = [("b1", "ann", k < 8) for k in range(10)] + [("b1", "bob", k < 7) for k in range(10)]
    quality = grade([*answers, ("b2", "bob", True)], controls)
    assert [(g.batch, g.annotator, g.right, g.needed, g.passed) for g in quality.batches] == [
        ("b1", "ann", 8, 8, True),
        ("b1", "bob", 7, 8, False),
        ("b2", "bob", 1, 1, True),
    ]
    assert list(quality.failed) == [("b1", "bob")]
    assert quality.confidence("ann") == 9 / 12
    assert quality.confidence("nobody known") == 1
    assert Grade(annotator="x", controls=0, right=0).confidence == 1


def test_a_failed_batch_is_left_out_and_listed_and_confidence_weighs_clicks(
    task, annotation, region, written, tmp_path
):
    controls = Controls(plan_id="p1q", images={"k": TRUTH})

    def of(person, image_id, x, number):
        dog = region("keypointlabels", "dog", x=x, y=15)
        marks = [dog, region("keypointlabels", "cat", x=1, y=95)]
        done = annotation(marks, id=number, completed_by=person, updated_by=person)
        return task(done, image_id=image_id, plan_id="p1q", batch="001") | {"id": number}

    # The first person clicks the control's dog, the second misses it.
    tasks = [of(1, "k", 7, 1), of(1, "a", 7, 2), of(2, "k", 99, 3), of(2, "b", 7, 4)]
    path = written(tasks)
    with pytest.raises(InvalidInputError, match=r"control images are among these tasks.*--tasks"):
        ingest(read_label_studio(path))
    with pytest.raises(InvalidInputError, match='is of plan "p1q"'):
        ingest(read_label_studio(path), controls=Controls(plan_id="otherq", images={}))
    ingested = ingest(read_label_studio(path), controls=controls, plain_names=True)
    assert list(ingested.annotations.annotations) == ["a"]  # neither a control image nor what failed
    assert {c.confidence for c in ingested.annotations.annotations["a"].clicks} == {2 / 3}
    assert [each.reason for each in ingested.rejects] == ["its batch failed: 0 of 1 control images right, 1 needed"]
    assert [(row["image_id"], row["annotator"], row["task_id"]) for row in ingested.redo] == [("b", "2", "4")]
    assert len(ingested.timings) == 4  # work on control images and on failed batches was work
    ingested.save(tmp_path / "out")
    assert (tmp_path / "out" / "redo.csv").read_text().splitlines()[1] == "001,point,2,0,1,1,4,b,"


def test_a_control_image_that_was_skipped_is_not_right(task, annotation, written):
    done = annotation([], was_cancelled=True)
    path = written([task(done, image_id="k", plan_id="p1q", batch="001")])
    ingested = ingest(read_label_studio(path), controls=Controls(plan_id="p1q", images={"k": TRUTH}))
    assert [(each.controls, each.right) for each in ingested.quality.annotators] == [(1, 0)]


def test_known_answers_are_kept_in_a_file(photo_folder, tmp_path):
    dataset = open_dataset(str(photo_folder))
    known = {i: known_answer(dataset, i, dataset.classes[1:]) for i in dataset.ids("val")}
    controls = Controls(plan_id="p", images=known)
    import json

    (tmp_path / "controls.json").write_text(json.dumps(controls.to_dict()))
    assert read_controls(tmp_path) == controls
    for content in ("{}", '{"schema": "budgetseg.controls/1", "images": [{}], "right_share": 0.8}'):
        (tmp_path / "controls.json").write_text(content)
        with pytest.raises(InvalidInputError, match=r"controls\.json"):
            read_controls(tmp_path)
