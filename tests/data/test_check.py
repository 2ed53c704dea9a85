"""Every kind of broken data set is found, named with its file, and told what mends it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from budgetseg.data import Dataset, open_dataset, problems, require_sound
from budgetseg.errors import DataError

Make = Callable[..., Path]
Plain = Callable[..., np.ndarray]


@pytest.fixture
def root(make_folders: Make, plain: Plain) -> Path:
    train = {name: plain(1, 2, height=40, width=60) for name in ("a", "b", "c")}
    return make_folders(train, {"d": plain(3, height=40, width=60)})


def found(root: Path) -> list[tuple[str, str, str]]:
    dataset = open_dataset(root)
    each = [*problems(dataset, "train"), *problems(dataset, "val")]
    return [(str(Path(p.file).relative_to(root)), p.what, p.fix) for p in each]


def test_a_sound_data_set_has_no_problems(root: Path) -> None:
    assert found(root) == []
    require_sound(open_dataset(root))


def truncate(root: Path) -> None:
    file = root / "images/b.jpg"
    file.write_bytes(file.read_bytes()[:-200])


def break_image(root: Path) -> None:
    (root / "images/b.jpg").write_bytes(b"<html>not found</html>")


def break_mask(root: Path) -> None:
    file = root / "masks/b.png"
    file.write_bytes(file.read_bytes()[:-60])


def resize_mask(root: Path) -> None:
    with Image.open(root / "masks/b.png") as picture:
        picture.resize((30, 20), Image.Resampling.NEAREST).save(root / "masks/b.png")


def turn_image(root: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(root / "images/b.jpg") as picture:
        picture.rotate(90, expand=True).save(root / "images/b.jpg", exif=exif)


def colour_mask(root: Path) -> None:
    with Image.open(root / "masks/b.png") as picture:
        picture.convert("RGB").save(root / "masks/b.png")


def strange_label(root: Path) -> None:
    mask_HW = np.zeros((40, 60), np.uint8)
    mask_HW[0, :7] = 4
    Image.fromarray(mask_HW).save(root / "masks/b.png")


def remove_image(root: Path) -> None:
    (root / "images/b.jpg").unlink()


def remove_mask(root: Path) -> None:
    (root / "masks/b.png").unlink()


def repeat_id(root: Path) -> None:
    (root / "train.txt").write_text("a\nb\nc\nb\n")


def leak_id(root: Path) -> None:
    (root / "val.txt").write_text("d\nb\n")


def name_nothing(root: Path) -> None:
    (root / "train.txt").write_text("a\nb\nc\nghost\n")
    (root / "masks/ghost.png").write_bytes((root / "masks/a.png").read_bytes())


def empty_validation(root: Path) -> None:
    (root / "val.txt").write_text("\n")


def empty_training(root: Path) -> None:
    (root / "train.txt").write_text("")


@pytest.mark.parametrize(
    ("damage", "file", "what", "fix"),
    [
        (truncate, "images/b.jpg", "broken image (image file is truncated", "replace the file"),
        (break_image, "images/b.jpg", "broken image (cannot identify image file", "replace the file"),
        (break_mask, "masks/b.png", "broken mask (", "replace the file"),
        (resize_mask, "masks/b.png", "this mask is 30 x 20, its image is 60 x 40", "draw it at that size"),
        (turn_image, "masks/b.png", "this mask is 60 x 40, its image is 40 x 60", "the image has EXIF orientation 6"),
        (colour_mask, "masks/b.png", "expected one class index a pixel, got colours", "save the class indices"),
        (strange_label, "masks/b.png", "label 4 on 7 pixels: outside the class list", "correct the mask"),
        (remove_image, "images/b.jpg", 'this image is missing (line 2 names "b")', "put it there or take it off"),
        (remove_mask, "masks/b.png", "this mask is missing", 'put it there or take "b" off the list'),
        (repeat_id, "train.txt", 'duplicate id "b" on lines 2 and 4', "remove one of the lines"),
        (leak_id, "val.txt", 'duplicate id: line 2 names "b", which is also in the training list', "remove it from"),
        (name_nothing, "images/ghost.jpg", 'this image is missing (line 4 names "ghost")', "put it there"),
        (empty_validation, "val.txt", "empty split: no validation images", "list at least one image"),
        (empty_training, "train.txt", "empty split: no training images", "list at least one image"),
    ],
)
def test_one_damage_is_one_problem_with_file_and_fix(
    root: Path, damage: Callable[[Path], None], file: str, what: str, fix: str
) -> None:
    damage(root)
    ((got_file, got_what, got_fix),) = found(root)
    assert got_file == file
    assert got_what.startswith(what)
    assert got_fix.startswith(fix)
    with pytest.raises(DataError, match=file) as caught:
        require_sound(open_dataset(root))
    assert caught.value.exit_code == 4
    assert "\n" not in str(caught.value)
    assert "more" not in str(caught.value)


def test_all_problems_are_found_in_one_pass_and_counted(root: Path) -> None:
    for damage in (truncate, resize_mask, repeat_id, empty_validation):
        damage(root)
    assert [file for file, _, _ in found(root)] == ["train.txt", "masks/b.png", "images/b.jpg", "val.txt"]
    with pytest.raises(DataError, match=r"train\.txt: duplicate id .* \(and 3 more; budgetseg data check lists them\)"):
        require_sound(open_dataset(root))


def test_only_images_that_are_used_are_looked_at(root: Path) -> None:
    (root / "images/c.jpg").write_bytes(b"broken")
    (root / "images/unlisted.jpg").write_bytes(b"broken")
    require_sound(open_dataset(root, limit=2))
    with pytest.raises(DataError, match=r"c\.jpg: broken image"):
        require_sound(open_dataset(root, limit=3))


def test_a_split_that_the_choice_of_classes_empties_says_so(root: Path) -> None:
    dataset = open_dataset(root, classes=("cat", "dog"))
    assert problems(dataset, "train") == ()
    (problem,) = problems(dataset, "val")
    assert problem.what == "empty split: no validation image holds only cat, dog"
    assert problem.fix == "choose more classes"


def test_an_object_mask_of_another_size_is_found(make_voc: Make, plain: Plain) -> None:
    root = make_voc({"a": plain(1)}, {"b": plain(2)}, objects={"a": plain(1, height=9)})
    (problem,) = problems(open_dataset(root), "train")
    assert problem.file == str(root / "SegmentationObject/a.png")
    assert problem.what == "this object mask is 16 x 9, its image is 16 x 12"


def test_boxes_of_unscaled_images_are_found(root: Path, tmp_path: Path) -> None:
    boxes = tmp_path / "boxes.json"
    boxes.write_text('{"a": [{"cls": 1, "bbox": [0, 0, 60.4, 40]}], "b": [{"cls": 1, "bbox": [10, 10, 120, 80]}]}')
    (problem,) = problems(open_dataset(root, instances=boxes), "train")
    assert problem.file == str(boxes)
    assert problem.what == "b: box [10.0, 10.0, 120.0, 80.0] lies outside the image (60 x 40)"
    assert problem.fix == "scale the boxes with the images"


def test_a_mask_of_another_size_is_found_though_its_pixels_cannot_be_read(root: Path) -> None:
    resize_mask(root)
    file = root / "masks/b.png"
    content = file.read_bytes()
    file.write_bytes(content[: content.index(b"IDAT") + 10])
    sizes, pixels = found(root)
    assert sizes[:2] == ("masks/b.png", "this mask is 30 x 20, its image is 60 x 40")
    assert pixels[0] == "masks/b.png"
    assert pixels[1].startswith("broken mask (")


def test_a_made_data_set_can_only_be_empty() -> None:
    class Nothing:
        name = "nothing"
        classes = ("background", "cat")
        source_classes = (0, 1)

        def ids(self, split: str) -> tuple[str, ...]:
            return () if split == "val" else ("a",)

    dataset: Dataset = Nothing()  # type: ignore[assignment]
    assert problems(dataset, "train") == ()
    assert [str(each) for each in problems(dataset, "val")] == [
        "nothing: empty split: no validation images; list at least one image"
    ]


def test_real_photographs_are_sound(shared: Path) -> None:
    dataset = open_dataset(
        shared / "data/voc-animals", instances=shared / "data/voc-animals/animal_boxes.json", limit=100
    )
    assert problems(dataset, "train") == ()
