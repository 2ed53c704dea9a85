"""COCO folders, written by the test and read back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from budgetseg.data import VOID, index_images, open_dataset, problems, require_sound
from budgetseg.errors import BudgetsegError, DataError, InvalidInputError

Make = Callable[..., Path]
Plain = Callable[..., np.ndarray]


@pytest.fixture
def root(make_coco: Make, plain: Plain) -> Path:
    mask_HW = plain(1, 3, height=20, width=24)
    mask_HW[-1] = VOID
    return make_coco({"b": mask_HW, "a": plain(2)}, {"c": plain(3)})


def change(root: Path, edit: Callable[[Any], object], split: str = "train") -> Path:
    file = root / f"annotations/instances_{split}2017.json"
    document = json.loads(file.read_text())
    edit(document)
    file.write_text(json.dumps(document))
    return file


def test_a_coco_folder_gives_back_what_was_written(root: Path, plain: Plain) -> None:
    dataset = open_dataset(root)
    assert (dataset.name, dataset.classes) == ("coco", ("background", "cat", "dog", "cow"))
    assert (dataset.ids("train"), dataset.ids("val")) == (("a", "b"), ("c",))
    expected_HW = plain(1, 3, height=20, width=24)
    expected_HW[-1] = VOID  # the crowd
    np.testing.assert_array_equal(dataset.mask("b"), expected_HW)
    assert dataset.image("b").shape == (20, 24, 3)
    assert dataset.instances("b").classes == (1, 3)
    assert dataset.notes == ()
    dataset.mask("b")[:] = 7  # arrays are the caller's
    np.testing.assert_array_equal(dataset.mask("b"), expected_HW)
    require_sound(dataset)
    np.testing.assert_array_equal(index_images(dataset, "train").instances_NC, [[0, 0, 1, 0], [0, 1, 0, 1]])


def test_polygons_text_and_runs_are_the_same_and_the_smaller_object_is_on_top(root: Path) -> None:
    coco_mask = pytest.importorskip("pycocotools.mask")
    box = [4, 2, 10, 2, 10, 8, 4, 8]
    small_HW = np.zeros((20, 24), np.uint8)
    small_HW[3:6, 5:9] = 1
    text = coco_mask.encode(np.asfortranarray(small_HW))["counts"].decode()

    def edit(document: Any) -> None:
        document["annotations"] = [
            {"image_id": 40, "category_id": 17, "segmentation": {"size": [20, 24], "counts": text}},
            {"image_id": 40, "category_id": 3, "segmentation": [box, [20, 15, 23, 15, 23, 18, 20, 18]]},
            {"image_id": 40, "category_id": 90, "segmentation": [[5.0, 3.0, 6.0, 3.0, 6.0, 4.0, 5.0, 4.0]]},
            {"image_id": 40, "category_id": 3, "segmentation": [[0.6, 0.6, 0.9, 0.6, 0.9, 0.9]]},
            {"image_id": 40, "category_id": 90, "iscrowd": 1, "segmentation": [[0, 0, 24, 0, 24, 20, 0, 20]]},
        ]

    change(root, edit)
    dataset = open_dataset(root)
    expected_HW = np.full((20, 24), VOID, np.uint8)
    expected_HW[2:8, 4:10] = expected_HW[15:18, 20:23] = 1
    expected_HW[3:6, 5:9] = 2
    expected_HW[3, 5] = 3
    np.testing.assert_array_equal(dataset.mask("b"), expected_HW)
    instances = dataset.instances("b")
    assert instances.classes == (2, 1, 3, 1)  # the last is too small for any pixel, and counted
    assert np.bincount(instances.map_HW.ravel(), minlength=5)[1:].tolist() == [11, 33, 1, 0]


def test_choosing_and_counting_draw_no_mask(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = open_dataset(root)
    expected = [[(dataset.mask(name) == c).sum() for c in range(4)] for name in ("a", "b")]
    monkeypatch.setattr("budgetseg.data.coco.region_of", lambda *_: pytest.fail("a mask was decoded"))
    index = index_images(open_dataset(root), "train")
    np.testing.assert_array_equal(index.pixels_NC, expected)  # nothing overlaps here
    assert open_dataset(root).notes == ()
    assert open_dataset(root, classes=("cow", "cat")).ids("train") == ("b",)
    one = open_dataset(root, classes=("dog",))
    assert one.ids("train") == ("a",)
    np.testing.assert_array_equal(index_images(one, "train").pixels_NC, [[192 - 24, 24]])


@pytest.mark.parametrize("place", ["annotations/instances_default.json", "annotations.json"])
def test_one_file_is_split_by_lists(root: Path, tmp_path: Path, place: str) -> None:
    (root / "annotations/instances_val2017.json").unlink()
    (root / "annotations/instances_train2017.json").rename(root / place)
    (root / "train2017").rename(root / "images")
    with pytest.raises(DataError, match=r"val\.txt: cannot read .*; write the names of the validation images"):
        open_dataset(root)
    (root / "val.txt").write_text("images/a.jpg\n")
    dataset = open_dataset(root)
    assert (dataset.ids("train"), dataset.ids("val")) == (("b",), ("a",))
    assert "no train.txt, so the 1 images that val.txt does not name are it" in dataset.notes[0]
    require_sound(dataset)
    (root / "train.txt").write_text("b\nghost\n")
    dataset = open_dataset(root)
    assert dataset.ids("train") == ("b", "ghost")
    (problem,) = problems(dataset, "train")
    assert problem.file == str(root / place)
    assert problem.what == 'this image is missing (line 2 names "ghost")'


def test_lists_choose_among_the_images_of_both_files(root: Path, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("c.jpg\n")
    dataset = open_dataset(root, train_list=tmp_path / "own.txt", val_list=tmp_path / "own.txt")
    assert (dataset.ids("train"), dataset.ids("val")) == (("c",), ("c",))


@pytest.mark.parametrize("folder", ["images", "images/train2017", "."])
def test_images_are_found_where_people_put_them(root: Path, folder: str) -> None:
    for name in ("a.jpg", "b.jpg"):
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "train2017" / name).rename(root / folder / name)
    (root / "train2017").rmdir()
    assert problems(open_dataset(root), "train") == ()


def remove_image(root: Path) -> None:
    (root / "train2017/b.jpg").unlink()


def other_size(root: Path) -> None:
    def edit(document: Any) -> None:
        document["images"][0] |= {"height": 10, "width": 12}
        document["annotations"] = []

    change(root, edit)


def broken(segmentation: Any) -> Callable[[Path], object]:
    return lambda root: change(root, lambda document: document["annotations"][1].update(segmentation=segmentation))


@pytest.mark.parametrize(
    ("damage", "file", "what", "fix"),
    [
        (remove_image, "train2017/b.jpg", "this image is missing", "put it there"),
        (
            other_size,
            "annotations/instances_train2017.json",
            'this entry of "b.jpg" is 12 x 10, its image is 24 x 20',
            "draw it at that size",
        ),
        *(
            (broken(segmentation), "annotations/instances_train2017.json", what, "correct or remove the annotation")
            for segmentation, what in (
                ([], "annotations[1] (b.jpg): segmentation: expected polygons or runs, got []"),
                (None, "annotations[1] (b.jpg): segmentation: expected polygons or runs, got None"),
                ([[1, 2, 3, 4]], "annotations[1] (b.jpg): segmentation: expected at least 3 corners x, y, got 4 numb"),
                (
                    [[1, 2, 3, 4, 5, 6, 7]],
                    "annotations[1] (b.jpg): segmentation: expected at least 3 corners x, y, got",
                ),
                ([["a", 2, 3, 4, 5, 6]], "annotations[1] (b.jpg): segmentation: expected numbers x, y, x, y, ..., go"),
                ([[float("nan"), 2, 3, 4, 5, 6]], "annotations[1] (b.jpg): segmentation: expected finite numbers"),
                (
                    {"size": [24, 20], "counts": [480]},
                    "annotations[1] (b.jpg): segmentation: expected runs of size [20, 24], got [24, 20]",
                ),
                (
                    {"size": [20, 24], "counts": [99]},
                    "annotations[1] (b.jpg): segmentation: expected runs of 480 pixel",
                ),
                ({"size": [20, 24], "counts": "~"}, "annotations[1] (b.jpg): segmentation: character 1: expected one"),
                ({"size": [20, 24]}, "annotations[1] (b.jpg): segmentation: expected counts as a list or text, got N"),
            )
        ),
    ],
)
def test_one_damage_is_one_problem_with_file_and_fix(
    root: Path, damage: Callable[[Path], object], file: str, what: str, fix: str
) -> None:
    damage(root)
    (problem,) = problems(open_dataset(root), "train")
    assert problem.file == str(root / file)
    assert problem.what.startswith(what)
    assert problem.fix.startswith(fix)


def first(part: str, **values: Any) -> Callable[[Any], None]:
    return lambda document: document[part][0].update(values)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda document: document.pop("images"), "expected lists of images, annotations, categories; write it as"),
        (lambda document: document.update(images=[3]), r"images\[0\]: expected an object, got 3"),
        (
            first("annotations", image_id=7),
            r"annotations\[0\]: image_id: expected the id of one of the image entries, g",
        ),
        (first("annotations", category_id=4), r"annotations\[0\]: category_id: expected .*, got 4; add what it names"),
        (first("annotations", category_id=[4]), r"category_id: expected .*, got \[4\]"),
        (first("annotations", iscrowd=2), r"annotations\[0\]: iscrowd: expected 0 or 1, got 2"),
        (first("categories", name="dog"), r"categories\[2\]: expected an id and a name of its own, got 17 and \"dog\""),
        (first("categories", name="background"), r"categories\[0\]: .*; number and name each category once; the back"),
        (first("categories", id=None), r"categories\[0\]: expected an id and a name"),
        (lambda document: document.update(categories=[]), "categories: expected 1 to 254, got 0"),
        (first("images", height=0), r"images\[0\]: expected id, file_name, height and width in pixels"),
        (first("images", id=41), r'images\[1\]: expected an id and a file name of its own, got 41 and "a\.jpg"'),
        (first("images", file_name="x/a.jpg"), r"images\[1\]: expected an id and a file name of its own"),
    ],
)
def test_a_broken_annotation_file_is_named_with_its_entry(root: Path, edit: Callable, message: str) -> None:
    file = change(root, edit)
    with pytest.raises(DataError, match=message) as caught:
        open_dataset(root)
    assert str(caught.value).startswith(f"{file}: ")
    assert "\n" not in str(caught.value)


def test_files_that_do_not_fit_each_other_are_named(root: Path, tmp_path: Path) -> None:
    val = root / "annotations/instances_val2017.json"
    train = root / "annotations/instances_train2017.json"
    with pytest.raises(InvalidInputError, match=r"i\.json: .*coco says itself where its instances are; leave the list"):
        open_dataset(root, instances=tmp_path / "i.json")
    with pytest.raises(InvalidInputError, match='the training set "paper" is for VOC devkits'):
        open_dataset(root, train_set="paper")
    change(root, first("images", file_name="a.jpg"), "val")
    with pytest.raises(DataError, match=r'val2017\.json: 1 images such as "a" are also in instances_train2017\.json'):
        open_dataset(root)
    change(root, first("categories", name="bull"), "val")
    with pytest.raises(DataError, match=r"val2017\.json: expected the categories of instances_train2017\.json"):
        open_dataset(root)
    val.write_text("{")
    with pytest.raises(DataError, match=r"val2017\.json: line 1: expected JSON, .*; put an annotation file") as caught:
        open_dataset(root)
    assert caught.value.exit_code == 4
    val.rename(root / "annotations/instances_val2014.json")
    (root / "annotations/instances_train2014.json").write_bytes(train.read_bytes())
    with pytest.raises(DataError, match=r"got instances_train2014\.json, instances_train2017\.json; leave one there"):
        open_dataset(root)
    for path in (root / "annotations").iterdir():
        path.rename(path.with_name(path.name.replace("_train", "_t").replace("_val", "_v")))
    with pytest.raises(DataError, match=r"instances_t2014\.json: expected one annotation file, or .* too; leave one"):
        open_dataset(root)
    with pytest.raises(BudgetsegError, match="a COCO folder"):
        open_dataset(tmp_path)
