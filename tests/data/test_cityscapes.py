import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from budgetseg.data import VOID, index_images, open_dataset, problems, require_sound
from budgetseg.data.cityscapes import CITYSCAPES_CLASSES
from budgetseg.errors import DataError

Make = Callable[..., Path]
TRAIN, VAL = "aachen_000000_000019", "munster_000001_000019"


def street() -> np.ndarray:
    """Road below, cars on it, the rest unlabelled."""
    mask_HW = np.full((20, 30), VOID, np.uint8)
    mask_HW[10:] = 1
    mask_HW[12:16, 4:10] = mask_HW[12:16, 10:16] = mask_HW[12:16, 20:26] = CITYSCAPES_CLASSES.index("car")
    return mask_HW


@pytest.fixture
def root(make_cityscapes: Make) -> Path:
    return make_cityscapes({TRAIN: street()}, {VAL: street()})


def test_the_classes_are_the_19_in_the_order_of_their_training_ids() -> None:
    assert len(CITYSCAPES_CLASSES) == 20
    assert [CITYSCAPES_CLASSES.index(name) - 1 for name in ("road", "sky", "person", "car", "bicycle")] == [
        0,
        10,
        11,
        13,
        18,
    ]


def test_labels_become_classes_or_void_and_none_is_background(root: Path) -> None:
    labels_HW = np.array([[*range(34), 255]], np.uint8)
    for kind, labels in (("labelIds", labels_HW), ("instanceIds", labels_HW.astype(np.uint16))):
        Image.fromarray(labels).save(root / f"gtFine/train/aachen/{TRAIN}_gtFine_{kind}.png")
    mask_HW = open_dataset(root).mask(TRAIN)
    public = {7: 0, 8: 1, 11: 2, 12: 3, 13: 4, 17: 5, 19: 6, 20: 7, 21: 8, 22: 9, 23: 10, 24: 11, 25: 12, 26: 13}
    public |= {27: 14, 28: 15, 31: 16, 32: 17, 33: 18}
    assert mask_HW[0].tolist() == [public.get(label, VOID - 1) + 1 for label in [*range(34), 255]]
    assert open_dataset(root).instances(TRAIN).classes == tuple(range(1, 20))


def test_each_number_is_one_object(make_cityscapes: Make) -> None:
    object_HW = np.zeros((20, 30), np.uint8)
    object_HW[12:16, 4:10], object_HW[12:16, 10:16] = 1, 2  # the third car is in a group, numbered as its label
    root = make_cityscapes({TRAIN: street()}, {VAL: street()}, objects={TRAIN: object_HW})
    dataset = open_dataset(root)
    instances = dataset.instances(TRAIN)
    car = CITYSCAPES_CLASSES.index("car")
    assert instances.classes == (1, car, car, car)
    assert len(np.unique(instances.map_HW[12:16, 4:10])) == len(np.unique(instances.map_HW[12:16, 20:26])) == 1
    assert index_images(dataset, "train").classes_asked == 19
    assert "no pixel is background" in dataset.notes[0]
    require_sound(dataset)


def test_without_instance_files_regions_are_taken_and_it_is_said(root: Path) -> None:
    (root / f"gtFine/train/aachen/{TRAIN}_gtFine_instanceIds.png").unlink()
    dataset = open_dataset(root)
    assert dataset.instances(TRAIN).classes == (1, 14, 14)
    assert "8-connected regions" in dataset.notes[-1]


def test_coarse_masks_are_chosen_by_their_folder(root: Path, make_cityscapes: Make) -> None:
    coarse_HW = np.where(street() == 1, VOID, street())
    make_cityscapes({TRAIN: coarse_HW}, {VAL: coarse_HW}, kind="gtCoarse")
    assert (open_dataset(root).mask(TRAIN) == 1).any()
    dataset = open_dataset(root / "gtCoarse")
    assert dataset.name == "streets"
    np.testing.assert_array_equal(dataset.mask(TRAIN), coarse_HW)
    np.testing.assert_array_equal(dataset.mask(VAL), street())
    assert "trains on the coarse masks of train, validates on gtFine" in dataset.notes[1]
    more = "bremen_000000_000019"
    for part, name in (("leftImg8bit", "leftImg8bit"), ("gtCoarse", "gtCoarse_labelIds")):
        source = next((root / part / "train").rglob(f"*{name}.png"))
        target = root / part / "train_extra/bremen" / f"{more}_{name}.png"
        target.parent.mkdir(parents=True)
        shutil.copy(source, target)
    dataset = open_dataset(root / "gtCoarse")
    assert dataset.ids("train") == (TRAIN, more)
    assert "coarse masks of train and train_extra" in dataset.notes[1]
    require_sound(dataset)
    shutil.rmtree(root / "gtFine")
    assert "validates on gtCoarse" in open_dataset(root / "gtCoarse").notes[1]
    with pytest.raises(
        DataError, match=r"gtFine/train: Cityscapes needs this folder with gtFine .* or name the folder g"
    ):
        open_dataset(root)


def save(values: np.ndarray, kind: str) -> Callable[[Path], None]:
    return lambda root: Image.fromarray(values).save(root / f"gtFine/train/aachen/{TRAIN}_gtFine_{kind}.png")


@pytest.mark.parametrize(
    ("damage", "file", "what"),
    [
        (
            save(np.full((20, 30), 40, np.uint8), "labelIds"),
            "labelIds",
            "label 40 on 600 pixels: expected Cityscapes's",
        ),
        (
            save(np.zeros((20, 30, 3), np.uint8), "labelIds"),
            "labelIds",
            "expected one class index a pixel, got colours",
        ),
        (save(np.zeros((20, 30, 3), np.uint8), "instanceIds"), "instanceIds", "expected a PNG of 16-bit numbers, got"),
        (save(np.zeros((9, 30), np.uint16), "instanceIds"), "instanceIds", "this object mask is 30 x 9, its image is"),
        (
            save(26_000 + np.arange(600, dtype=np.uint16).reshape(20, 30), "instanceIds"),
            "instanceIds",
            "expected fewer than 255 objects, got 600",
        ),
        (
            lambda root: (root / f"gtFine/train/aachen/{TRAIN}_gtFine_labelIds.png").unlink(),
            "labelIds",
            "this mask is missing",
        ),
    ],
)
def test_a_broken_file_is_named(root: Path, damage: Callable[[Path], None], file: str, what: str) -> None:
    damage(root)
    (problem,) = problems(open_dataset(root), "train")
    assert problem.file.endswith(f"{TRAIN}_gtFine_{file}.png")
    assert problem.what.startswith(what)


def test_lists_may_name_files_as_cityscapes_does(root: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text(f"munster/{VAL}_leftImg8bit.png\tmunster/{VAL}_gtFine_labelIds.png\n")
    assert open_dataset(root, train_list=own).ids("train") == (VAL,)
