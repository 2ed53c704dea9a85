import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from budgetseg.data import VOC_CLASSES, VOID, index_images, open_dataset, require_sound
from budgetseg.errors import DataError, InvalidInputError

Make = Callable[..., Path]
Plain = Callable[..., np.ndarray]
LISTS = "ImageSets/Segmentation"


def test_the_classes_are_voc_s_in_its_order() -> None:
    assert len(VOC_CLASSES) == 21
    assert [VOC_CLASSES.index(name) for name in ("background", "aeroplane", "cat", "person", "tvmonitor")] == [
        0,
        1,
        8,
        15,
        20,
    ]
    assert list(VOC_CLASSES[1:]) == sorted(VOC_CLASSES[1:])


def test_a_devkit_gives_back_what_was_written(make_voc: Make, plain: Plain) -> None:
    mask_HW = plain(8, 15)
    mask_HW[0] = VOID
    root = make_voc({"2007_b": mask_HW, "2007_a": plain(3)}, {"2008_c": plain(20)})
    dataset = open_dataset(root)
    assert (dataset.name, dataset.classes, dataset.source_classes) == ("devkit", VOC_CLASSES, tuple(range(21)))
    assert dataset.ids("train") == ("2007_a", "2007_b")
    assert dataset.ids("val") == ("2008_c",)
    np.testing.assert_array_equal(dataset.mask("2007_b"), mask_HW)
    with Image.open(root / "JPEGImages/2007_b.jpg") as picture:
        np.testing.assert_array_equal(dataset.image("2007_b"), np.asarray(picture))
    assert dataset.instances("2007_b").classes == (8, 15)
    require_sound(dataset)


@pytest.mark.parametrize("inside", ["", "VOC2012", "VOCdevkit/VOC2012"])
def test_a_devkit_is_found_from_above(make_voc: Make, plain: Plain, tmp_path: Path, inside: str) -> None:
    make_voc({"a": plain(1)}, {"b": plain(2)}, root=str(Path("top", inside)))
    assert open_dataset(tmp_path / "top").ids("train") == ("a",)


def test_object_masks_are_exact_and_leave_no_note(make_voc: Make, plain: Plain) -> None:
    mask_HW = plain(8, 8)
    object_HW = np.where(mask_HW > 0, 1, 0).astype(np.uint8)
    root = make_voc({"a": mask_HW}, {"b": plain(2)}, objects={"a": object_HW})
    dataset = open_dataset(root)
    assert dataset.instances("a").classes == (8,)
    assert dataset.notes == ()


def test_the_approximation_is_said_once_with_the_mean(make_voc: Make, plain: Plain) -> None:
    root = make_voc({"a": plain(8, 8, 3), "b": plain(4)}, {"c": plain(2, 2, 2)}, objects={"b": plain(1)})
    dataset = open_dataset(root)
    (note,) = dataset.notes
    assert "1 from object masks, 3 are 8-connected regions of at least 10 pixels" in note
    assert "mean 2.00 an image over 2 training images" in note
    assert index_images(dataset, "train").instances_N.mean() == 2.0


def test_listed_boxes_replace_regions_for_their_classes_only(make_voc: Make, plain: Plain, tmp_path: Path) -> None:
    root = make_voc({"a": plain(8, 8, 15, 15), "b": plain(15)}, {"c": plain(2)})
    boxes = tmp_path / "boxes.json"
    entries = ", ".join(f'{{"cls": {c}, "bbox": [0.5, 1, 8, 10]}}' for c in (8, 12))
    boxes.write_text(f'{{"a": [{entries}], "elsewhere": []}}')
    dataset = open_dataset(root, instances=boxes)
    assert dataset.instances("a").classes == (8, 15, 15)
    assert "1 from listed boxes, 3 are 8-connected" in dataset.notes[0]
    narrowed = open_dataset(root, instances=boxes, classes=("person", "cat"))
    assert narrowed.instances("a").classes == (2, 1, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", r"boxes.json: expected .*bbox"),
        ("{", r"boxes.json: line 1: expected JSON"),
        ('{"a": [{"cls": 8}]}', r"boxes.json: a\[0\]: expected"),
        ('{"a": [{"cls": 21, "bbox": [0,0,1,1]}]}', r"a\[0\]: cls: expected a class index from 1 to 20, got 21"),
        ('{"a": [{"cls": 1, "bbox": [0,0,1,1]}, {"cls": 1, "bbox": [3,0,1,1]}]}', r"a\[1\]: bbox: expected .*xmin"),
        ('{"a": [{"cls": 1, "bbox": [0,0,1]}]}', r"a\[0\]: bbox"),
        ('{"a": [{"cls": 1, "bbox": [0,0,NaN,1]}]}', r"a\[0\]: bbox"),
        ('{"zz": [{"cls": 1, "bbox": [0,0,1,1]}]}', r"names none of the images"),
    ],
)
def test_a_bad_instance_list_is_named_with_its_entry(
    make_voc: Make, plain: Plain, tmp_path: Path, content: str, message: str
) -> None:
    root = make_voc({"a": plain(8)}, {"c": plain(2)})
    (tmp_path / "boxes.json").write_text(content)
    with pytest.raises(DataError, match=message):
        open_dataset(root, instances=tmp_path / "boxes.json")
    with pytest.raises(DataError, match=r"absent\.json: cannot read"):
        open_dataset(root, instances=tmp_path / "absent.json")


@pytest.mark.parametrize("form", ["{}", "/JPEGImages/{}.jpg /SegmentationClassAug/{}.png"])
def test_the_paper_s_list_uses_the_masks_that_sbd_added(make_voc: Make, plain: Plain, form: str) -> None:
    root = make_voc({"a": plain(8), "sbd": plain(9)}, {"c": plain(2)})
    (root / LISTS / "train.txt").write_text("a\n")
    (root / LISTS / "train_aug.txt").write_text("".join(form.replace("{}", each) + "\n" for each in ("sbd", "a")))
    (root / "SegmentationClassAug").mkdir()
    shutil.move(root / "SegmentationClass/sbd.png", root / "SegmentationClassAug/sbd.png")
    assert open_dataset(root).ids("train") == ("a",)
    dataset = open_dataset(root, train_set="paper")
    assert dataset.ids("train") == ("a", "sbd")
    assert dataset.instances("sbd").classes == (9,)
    require_sound(dataset)
    assert any("2 training images, the paper's list has 10,582" in note for note in dataset.notes)


def test_the_paper_s_list_is_the_union_of_voc_and_sbd_without_voc_s_validation(make_voc: Make, plain: Plain) -> None:
    root = make_voc({name: plain(8) for name in "abd"}, {"c": plain(2)})
    (root / LISTS / "train.txt").write_text("a\n")
    (root / "sbd").mkdir()
    (root / "sbd/train.txt").write_text("b\nc\n")
    (root / "sbd/val.txt").write_text("d\na\n")
    assert open_dataset(root, train_set="paper").ids("train") == ("a", "b", "d")
    (root / "sbd").rename(root / "elsewhere")
    assert open_dataset(root, train_list=root / "elsewhere").ids("train") == ("a", "b", "d")
    with pytest.raises(
        DataError, match=r"train_aug\.txt: the paper's training list is not here; put it here, or SBD's"
    ):
        open_dataset(root, train_set="paper")


def test_the_size_of_the_paper_s_list_follows_from_the_published_lists(shared: Path, make_voc: Make) -> None:
    """The released clicks' image table holds the paper's 10,582 training ids and VOC's 1,449 validation ids."""
    import csv
    import gzip

    table = shared / "data/whats-the-point/images.csv.gz"
    if not table.is_file():
        pytest.skip(f"{table} is not there")
    with gzip.open(table, "rt") as file:
        rows = list(csv.DictReader(file))
    key = next(name for name in rows[0] if name.startswith("image"))
    ids = {split: sorted(row[key] for row in rows if row["split"] == split) for split in ("train", "val")}
    root = make_voc({"x": np.ones((4, 4), np.uint8)}, {"y": np.ones((4, 4), np.uint8)})
    (root / LISTS / "val.txt").write_text("\n".join(ids["val"]))
    (root / LISTS / "train.txt").write_text("\n".join(ids["train"][:1464]))
    (root / "sbd").mkdir()
    (root / "sbd/train.txt").write_text("\n".join(ids["train"][1000:9000] + ids["val"][:700]))
    (root / "sbd/val.txt").write_text("\n".join(ids["train"][8000:] + ids["val"][600:]))
    dataset = open_dataset(root, train_set="paper")
    assert len(dataset.ids("train")) == 10_582
    assert list(dataset.ids("train")) == ids["train"]


def test_own_classes_in_voc_s_layout(make_voc: Make, plain: Plain) -> None:
    root = make_voc({"a": plain(1)}, {"b": plain(2)})
    (root / "classes.txt").write_text("_background_\nbolt\nnut\n")
    dataset = open_dataset(root)
    assert dataset.classes == ("background", "bolt", "nut")
    np.testing.assert_array_equal(dataset.mask("b"), plain(2))


@pytest.mark.parametrize(
    ("removed", "message"),
    [
        ("SegmentationClass", r"SegmentationClass: a VOC devkit folder needs this folder; put it there \(needed: JPEG"),
        ("JPEGImages", r"JPEGImages: a VOC devkit folder needs this folder"),
        (f"{LISTS}/val.txt", r"val\.txt: cannot read this list \(No such file.*\); put it there or name another"),
        (f"{LISTS}/train.txt", r"train\.txt: cannot read this list"),
    ],
)
def test_a_missing_part_is_named(make_voc: Make, plain: Plain, removed: str, message: str) -> None:
    root = make_voc({"a": plain(1)}, {"b": plain(2)})
    target = root / removed
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    with pytest.raises(DataError, match=message):
        open_dataset(root)


def test_own_lists_and_their_conflict(make_voc: Make, plain: Plain, tmp_path: Path) -> None:
    root = make_voc({"a": plain(1), "b": plain(2)}, {"c": plain(3)})
    own = tmp_path / "own.txt"
    own.write_text("\ufeffc\n\n", encoding="utf-8")
    dataset = open_dataset(root, train_list=own, val_list=root / LISTS / "train.txt")
    assert (dataset.ids("train"), dataset.ids("val")) == (("c",), ("a", "b"))
    with pytest.raises(InvalidInputError, match=r'own\.txt: give this list or the training set "paper", not both'):
        open_dataset(root, train_set="paper", train_list=own)
    with pytest.raises(InvalidInputError, match=r'"voc", "paper" or "trainval", got "sbd"'):
        open_dataset(root, train_set="sbd")  # type: ignore[arg-type]


def test_real_animals(shared: Path) -> None:
    """Counts of the shared part of VOC 2012, and its instances an image by boxes."""
    root = shared / "data/voc-animals"
    names = ("cat", "cow", "dog", "horse", "person", "sheep")
    dataset = open_dataset(root, classes=names, instances=root / "animal_boxes.json")
    assert (len(dataset.ids("train")), len(dataset.ids("val"))) == (1756, 252)
    assert dataset.classes == ("background", *names)
    assert dataset.source_classes == (0, 8, 10, 12, 13, 15, 17)
    index = index_images(dataset, "val")
    assert index.classes_asked == 6
    assert 1.16 < index.classes_present_N.mean() < 1.19
    assert 1.6 < index.instances_N.mean() < 1.9
    np.testing.assert_array_equal(index.instances_NC > 0, index.present_NC)
    part = open_dataset(root, classes=names, instances=root / "animal_boxes.json", limit=100)
    assert part.ids("train") == dataset.ids("train")[:100]
    mean = index_images(part, "train").instances_N.mean()
    assert f"mean {mean:.2f} an image over 100 training images" in part.notes[0]
    every = open_dataset(root)
    assert (len(every.ids("train")), len(every.ids("val"))) == (2000, 300)


def test_the_test_server_s_model_trains_on_the_validation_images_too(make_voc: Make, plain: Plain) -> None:
    root = make_voc({"b": plain(8)}, {"c": plain(2), "a": plain(3)})
    (root / LISTS / "train_aug.txt").write_text("b\n")
    dataset = open_dataset(root, train_set="trainval")
    assert dataset.ids("train") == ("a", "b", "c")
    assert dataset.ids("val") == ("a", "c")
    require_sound(dataset)
    assert any("3 training images, the paper's list has 12,031" in note for note in dataset.notes)
    (root / LISTS / "train_aug.txt").write_text("b\nc\n")
    with pytest.raises(DataError, match="duplicate id"):  # by mistake, it is refused
        require_sound(open_dataset(root, train_set="paper"))
