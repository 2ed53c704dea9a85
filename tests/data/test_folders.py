import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from budgetseg.data import open_dataset, require_sound
from budgetseg.data.check import problems
from budgetseg.errors import DataError, InvalidInputError

Make = Callable[..., Path]
Plain = Callable[..., np.ndarray]


def test_a_folder_gives_back_what_was_written(make_folders: Make, plain: Plain) -> None:
    root = make_folders({"b": plain(1, 2), "a photo.v2": plain(3)}, {"c": plain(2)})
    dataset = open_dataset(root)
    assert (dataset.name, dataset.classes) == ("photos", ("background", "cat", "dog", "cow"))
    assert dataset.ids("train") == ("a photo.v2", "b")
    np.testing.assert_array_equal(dataset.mask("b"), plain(1, 2))
    assert dataset.image("a photo.v2").shape == (12, 16, 3)
    assert dataset.instances("b").classes == (1, 2)
    require_sound(dataset)


def test_lists_may_hold_file_names_and_images_may_be_png(make_folders: Make, plain: Plain) -> None:
    root = make_folders({"a": plain(1), "b": plain(2)}, {"c": plain(2)})
    (root / "images/a.jpg").rename(root / "images/a.JPEG")
    (root / "train.txt").write_text("images/a.JPEG\nb.jpg\n")
    dataset = open_dataset(root)
    assert dataset.ids("train") == ("a", "b")
    require_sound(dataset)


def test_without_a_training_list_all_other_images_are_it_and_it_is_said(make_folders: Make, plain: Plain) -> None:
    root = make_folders({"b": plain(1), "a": plain(1)}, {"c": plain(2)})
    (root / "train.txt").unlink()
    dataset = open_dataset(root)
    assert dataset.ids("train") == ("a", "b")
    assert "no train.txt, so the 2 images that val.txt does not name are it" in dataset.notes[0]
    require_sound(dataset)


def test_a_missing_validation_list_says_how_to_make_one(make_folders: Make, plain: Plain, tmp_path: Path) -> None:
    root = make_folders({"a": plain(1)}, {"c": plain(2)})
    (root / "val.txt").rename(tmp_path / "held-out.txt")
    with pytest.raises(DataError, match=r"val\.txt: cannot read .*; write the names of the .* or use --val-list"):
        open_dataset(root)
    assert open_dataset(root, val_list=tmp_path / "held-out.txt").ids("val") == ("c",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("background\n", r"classes\.txt: expected the background and 1 to 254 object classes, got 1 lines"),
        ("", r"got 0 lines"),
        ("cat\ndog\n", r'classes\.txt: line 1 is index 0 of the masks: expected "background", got "cat"'),
        ("background\ncat\ncat\n", r'classes\.txt: duplicate class "cat" \(line 2\)'),
        ("background\n\ncat\n", r"classes\.txt: an empty line between classes"),
        ("background\n" + "".join(f"c{k}\n" for k in range(255)), r"got 256 lines"),
    ],
)
def test_a_bad_class_list_is_refused(make_folders: Make, plain: Plain, text: str, message: str) -> None:
    root = make_folders({"a": plain(1)}, {"c": plain(2)})
    (root / "classes.txt").write_text(text)
    with pytest.raises(DataError, match=message):
        open_dataset(root)


def test_a_list_that_is_not_text_is_named(make_folders: Make, plain: Plain) -> None:
    root = make_folders({"a": plain(1)}, {"c": plain(2)})
    (root / "val.txt").write_bytes(b"c\n\xff\xfe")
    with pytest.raises(DataError, match=r"val\.txt: expected text in UTF-8, byte 2 is not; save it as UTF-8"):
        open_dataset(root)


@pytest.mark.parametrize("part", ["images", "masks"])
def test_a_missing_folder_is_named(make_folders: Make, plain: Plain, part: str) -> None:
    root = make_folders({"a": plain(1)}, {"c": plain(2)})
    shutil.rmtree(root / part)
    with pytest.raises(DataError, match=rf"{part}: a folder of images and masks needs this folder"):
        open_dataset(root)


def test_what_is_no_data_set_is_told_what_would_be_one(tmp_path: Path, make_folders: Make, plain: Plain) -> None:
    known = r"a VOC devkit .* or one of the names scenes and voc2012"
    with pytest.raises(DataError, match=rf"voc2013: there is no such folder and no data set of this name; .*{known}"):
        open_dataset("voc2013")
    with pytest.raises(DataError, match=rf"this folder holds no known data set; expected {known}"):
        open_dataset(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=rf"file: this is a file; expected {known}"):
        open_dataset(tmp_path / "file")
    root = make_folders({"a": plain(1)}, {"c": plain(2)})
    with pytest.raises(InvalidInputError, match='the training set "paper" is for VOC devkits'):
        open_dataset(root, train_set="paper")
    with pytest.raises(InvalidInputError, match="the embedded scenes take no lists"):
        open_dataset("scenes", val_list=root / "val.txt")


def test_two_files_of_one_id_are_a_duplicate(make_folders: Make, plain: Plain) -> None:
    root = make_folders({"a": plain(1)}, {"c": plain(2)})
    shutil.copy(root / "images/a.jpg", root / "images/a.jpeg")
    (problem,) = problems(open_dataset(root), "train")
    assert problem.file == str(root / "images")
    assert problem.what == 'duplicate id "a": a.jpeg and a.jpg are there'
