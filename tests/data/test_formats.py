"""What every format must do, whatever it is read from: one suite over the registry."""

from pathlib import Path

import numpy as np
import pytest

from budgetseg.data import BACKGROUND, VOID, Dataset, index_images, open_dataset, problems, require_sound
from budgetseg.data.formats import FORMATS
from budgetseg.errors import BudgetsegError

# The fixture that writes each format, in the order of the registry, and whether the format has void and background.
MAKERS = {
    "make_voc": (True, True),
    "make_sbd": (False, True),
    "make_cityscapes": (True, False),
    "make_coco": (True, True),
    "make_folders": (True, True),
}
IDS = {"train": ("b_000001_000019", "a_000000_000019"), "val": ("c_000000_000000",)}


def painted(seed: int, *, void: bool, background: bool) -> tuple[np.ndarray, np.ndarray]:
    """A mask of classes 1 to 3 and its objects, two of which are of one class and touch."""
    rng = np.random.default_rng(seed)
    mask_HW, object_HW = np.full((2, 30, 40), 0 if background else 2, np.uint8)
    object_HW[:] = 0 if background else 4
    for k, index in enumerate((1, 1, 3)):
        top, left = 3 + int(rng.integers(4)), 4 + 9 * k
        mask_HW[top : top + 12, left : left + 9] = index
        object_HW[top : top + 12, left : left + 9] = k + 1
    if void:
        mask_HW[-2:] = VOID
        object_HW[-2:] = 0
    return mask_HW, object_HW


@pytest.fixture(params=MAKERS)
def made(request: pytest.FixtureRequest) -> tuple[Path, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """A folder, its masks as they must be read, and its objects."""
    void, background = MAKERS[request.param]
    pairs = {each: painted(k, void=void, background=background) for k, each in enumerate((*IDS["train"], *IDS["val"]))}
    masks, objects = ({each: pair[k] for each, pair in pairs.items()} for k in range(2))
    drawn = {"objects": objects} if request.param != "make_folders" else {}
    if request.param == "make_coco" and void:
        # There void is a crowd, written like an object.
        drawn["objects"] = {each: np.where(masks[each] == VOID, 9, objects[each]) for each in masks}
    make = request.getfixturevalue(request.param)
    splits = [{each: masks[each] for each in IDS[split]} for split in ("train", "val")]
    return make(*splits, **drawn), masks, objects


def test_every_format_has_a_maker() -> None:
    assert len(MAKERS) == len(FORMATS)
    assert len({each.what for each in FORMATS}) == len(FORMATS)


def test_one_format_and_no_other_claims_a_folder(made: tuple) -> None:
    claims = [each.looks_like(made[0]) for each in FORMATS]
    assert claims.index(True) == [name.removeprefix("make_") for name in MAKERS].index(kind_of(made[0]))


def kind_of(root: Path) -> str:
    return {"devkit": "voc", "photos": "folders", "streets": "cityscapes"}.get(root.name, root.name)


def test_masks_images_and_instances_are_what_was_written(made: tuple) -> None:
    root, masks, objects = made
    dataset = open_dataset(root)
    require_sound(dataset)
    for split, ids in IDS.items():
        assert dataset.ids(split) == tuple(sorted(ids))
    for image_id, mask_HW in masks.items():
        np.testing.assert_array_equal(dataset.mask(image_id), mask_HW)
        assert dataset.image(image_id).shape == (*mask_HW.shape, 3)
        assert dataset.image(image_id).dtype == dataset.mask(image_id).dtype == np.uint8
        instances = dataset.instances(image_id)
        owned_HW = instances.map_HW > 0
        np.testing.assert_array_equal(owned_HW, (mask_HW != BACKGROUND) & (mask_HW != VOID))
        classes_K = np.array([0, *instances.classes])
        np.testing.assert_array_equal(classes_K[instances.map_HW][owned_HW], mask_HW[owned_HW])
        if kind_of(root) != "folders":  # which has no objects: two that touch are one region
            pairs = set(zip(instances.map_HW[owned_HW].tolist(), objects[image_id][owned_HW].tolist(), strict=True))
            assert len(pairs) == len(instances.classes) == len(np.unique(objects[image_id][owned_HW]))


def test_commands_take_every_format(made: tuple) -> None:
    from typer.testing import CliRunner

    from budgetseg.cli.main import app

    for command in (
        ["data", "check", made[0]],
        ["data", "stats", made[0]],
        ["plan", "--hours", "1", "--dataset", made[0]],
    ):
        result = CliRunner().invoke(app, [str(word) for word in command])
        assert result.exit_code == 0, result.exception
    assert "2 images" in result.stdout


def test_arrays_are_the_callers_to_change(made: tuple) -> None:
    dataset = open_dataset(made[0])
    image_id = IDS["train"][0]
    for read in (dataset.mask, dataset.image, lambda each: dataset.instances(each).map_HW):
        read(image_id)[:] = 3
        assert (read(image_id) != 3).any()


def test_counting_agrees_with_masks_and_choosing_with_both(made: tuple) -> None:
    root, masks, _ = made
    index = index_images(open_dataset(root), "train")
    for row, image_id in enumerate(index.ids):
        expected_C = np.bincount(masks[image_id].ravel(), minlength=VOID + 1)[: index.pixels_NC.shape[1]]
        np.testing.assert_array_equal(index.pixels_NC[row], expected_C)
    np.testing.assert_array_equal(index.instances_NC > 0, index.present_NC)
    names = open_dataset(root).classes
    chosen = open_dataset(root, classes=(names[3], names[2], names[1]))
    assert chosen.ids("train") == index.ids
    part = index_images(chosen, "train")
    np.testing.assert_array_equal(part.pixels_NC, index.pixels_NC[:, [0, 3, 2, 1]])
    np.testing.assert_array_equal(part.instances_NC, index.instances_NC[:, [0, 3, 2, 1]])
    assert open_dataset(root, classes=(names[1],)).ids("train") == ()


def test_lists_choose_images_and_what_they_name_must_be_there(made: tuple, tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text(f"{IDS['val'][0]}.jpg\n")
    root = made[0]
    dataset: Dataset = open_dataset(root, train_list=own)
    assert dataset.ids("train") == IDS["val"]
    (problem,) = problems(dataset, "val")
    assert problem.what.startswith("duplicate id: ")
    own.write_text("ghost\n")
    found = problems(open_dataset(root, val_list=own), "val")
    assert any('line 1 names "ghost"' in each.what for each in found)


def test_a_broken_image_is_named(made: tuple) -> None:
    root = made[0]
    (file,) = [path for path in root.rglob(f"{IDS['train'][0]}*") if path.suffix == ".jpg" or "leftImg" in path.name]
    file.write_bytes(b"<html>not found</html>")
    found = problems(open_dataset(root), "train")
    assert found
    assert {each.file for each in found} == {str(file)}
    assert all(each.what.startswith("broken image") for each in found)


def test_the_papers_list_and_unknown_folders_are_told_the_formats(made: tuple, tmp_path: Path) -> None:
    if kind_of(made[0]) != "voc":
        with pytest.raises(BudgetsegError, match='the training set "paper" is for VOC devkits; leave it out here'):
            open_dataset(made[0], train_set="paper")
    with pytest.raises(BudgetsegError) as caught:
        open_dataset(tmp_path)
    assert all(each.what in str(caught.value) for each in FORMATS)
