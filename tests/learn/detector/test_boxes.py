"""Which images and boxes a detector may learn from."""

import json

import numpy as np
import pytest

from budgetseg.costs.book import load_book
from budgetseg.data.dataset import VOID, Instances
from budgetseg.data.open import open_dataset
from budgetseg.data.scenes import Scenes
from budgetseg.errors import DataError, InvalidInputError
from budgetseg.learn.detector.boxes import annotation_seconds, boxes_of, draw_boxed


def test_the_papers_boxes_take_what_the_paper_says():
    book = load_book("voc2012")
    assert float(annotation_seconds(book, 291)) == 2968.2
    assert float(annotation_seconds(book, 1)) == 10.2


def test_a_box_surrounds_its_instance_and_specks_have_none():
    map_HW = np.zeros((96, 128), np.int32)
    map_HW[10:30, 40:45] = 1
    map_HW[90:93, 120:123] = 2
    boxes_K4, class_K = boxes_of(Instances(classes=(3, 5), map_HW=map_HW))
    np.testing.assert_array_equal(boxes_K4, [[40, 10, 45, 30]])
    assert class_K.tolist() == [3]


def test_outside_are_the_images_with_a_class_left_out(scenes):
    outside, kept = set(scenes.outside("train")), set(scenes.ids("train"))
    chosen = {scenes.base.classes.index(name) for name in scenes.classes}
    for image_id in scenes.base.ids("train"):
        labels = set(np.unique(scenes.base.mask(image_id)).tolist()) - {VOID}
        assert (image_id in outside) == bool(labels - chosen)
    assert outside
    assert not outside & kept
    assert not outside & set(scenes.base.ids("val"))


@pytest.mark.parametrize("source", ["others", "all"])
def test_boxes_come_from_outside_and_of_the_classes_that_were_asked_for(scenes, source):
    drawn = draw_boxed(scenes, source, np.random.default_rng(1), max_images=20)
    assert len(drawn) == 20
    kept = {scenes.base.classes.index(name) for name in scenes.classes[1:]}
    hidden = 0
    for image in drawn:
        assert image.image_id in scenes.outside("train")
        boxes_K4, class_K = boxes_of(scenes.base.instances(image.image_id))
        of_kept_K = np.isin(class_K, list(kept))
        learned_K4 = boxes_K4[~of_kept_K] if source == "others" else boxes_K4
        np.testing.assert_array_equal(image.boxes_K4, learned_K4)
        assert image.drawn == len(boxes_K4)  # what hides is drawn by somebody, too
        hidden += len(image.hidden_J4)
    assert (hidden > 0) == (source == "others")


def test_limits_hold_and_the_seed_decides(scenes):
    few = draw_boxed(scenes, "others", np.random.default_rng(2), max_images=50, max_boxes=9)
    assert 0 < sum(image.drawn for image in few) <= 9
    drawn = [
        [image.image_id for image in draw_boxed(scenes, "all", np.random.default_rng(seed), max_images=8)]
        for seed in (4, 4, 5)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    assert all(len(set(ids)) == 8 for ids in drawn)


def test_a_list_is_used_on_kept_images_whose_every_class_it_holds(photo_folder, tmp_path):
    dataset = open_dataset(photo_folder)
    several = [i for i in dataset.ids("train") if len(set(dataset.instances(i).classes)) > 1][:1]
    one = [i for i in dataset.ids("train") if len(set(dataset.instances(i).classes)) == 1][:2]
    entries = {i: [{"cls": dataset.instances(i).classes[0], "bbox": [1, 2, 30, 40]}] for i in [*several, *one]}
    (tmp_path / "boxes.json").write_text(json.dumps(entries))
    drawn = draw_boxed(dataset, str(tmp_path / "boxes.json"), np.random.default_rng(0))
    assert {image.image_id for image in drawn} == set(one)
    np.testing.assert_array_equal(drawn[0].boxes_K4, [[1, 2, 30, 40]])


def test_bad_choices_are_told(scenes, tmp_path):
    generator = np.random.default_rng(0)
    with pytest.raises(InvalidInputError, match="--classes that leave some out"):
        draw_boxed(Scenes(train=4, val=2, seed=0), "others", generator)
    with pytest.raises(InvalidInputError, match="expected others, all or a list of boxes"):
        draw_boxed(scenes, "othres", generator)
    with pytest.raises(InvalidInputError, match="at least 1"):
        draw_boxed(scenes, "all", generator, max_boxes=0)
    (tmp_path / "none.json").write_text("{}")
    with pytest.raises(DataError, match="no image with boxes"):
        draw_boxed(scenes, str(tmp_path / "none.json"), generator)
