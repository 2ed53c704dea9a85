"""Scenes of another kind than the usual: each setting changes what it says, and the usual ones stay as they are."""

from pathlib import Path

import numpy as np
import pytest

from budgetseg.data.dataset import Dataset
from budgetseg.data.index import Index, index_images
from budgetseg.data.open import open_dataset
from budgetseg.data.scene_cast import draw_clutter
from budgetseg.data.scene_style import SceneStyle
from budgetseg.data.scenes import Scenes
from budgetseg.errors import DataError, InvalidInputError


def index_of(settings: str) -> Index:
    return index_images(open_dataset(f"scenes:train=100,{settings}"), "train")


def area_shares(index: Index) -> np.ndarray:
    return index.pixels_NC[:, 1:].sum(axis=1) / index.pixels_NC.sum(axis=1)


@pytest.fixture(scope="module")
def usual() -> Index:
    return index_of("val=0")


def test_what_is_usual_may_be_said(usual: Index) -> None:
    said = open_dataset("scenes: classes = 7, size=1, clutter=2.0, height=96, width=128, instances=1, train=3, seed=0")
    assert said.name == "scenes"
    for image_id in said.ids("train"):
        np.testing.assert_array_equal(said.image(image_id), Scenes().image(image_id))


def test_numbers_of_scenes_and_the_seed() -> None:
    dataset = open_dataset("scenes:train=5,val=3,seed=9")
    assert (len(dataset.ids("train")), len(dataset.ids("val"))) == (5, 3)
    np.testing.assert_array_equal(dataset.image("val-0002"), Scenes(seed=9).image("val-0002"))


def test_classes_are_the_first_of_all_and_every_one_occurs() -> None:
    dataset = open_dataset("scenes:classes=3,train=100")
    assert dataset.name == "scenes:classes=3"
    assert dataset.classes == Scenes().classes[:4]
    assert dataset.source_classes == (0, 1, 2, 3)
    present_NC = index_images(dataset, "train").present_NC
    assert present_NC.any(axis=0)[1:].all()
    assert present_NC.sum(axis=1).max() == 3


def test_one_class_is_always_there() -> None:
    assert index_of("classes=1").present_NC[:, 1].all()


@pytest.mark.parametrize(("size", "least", "most"), [(0.6, 0.3, 0.48), (1.3, 1.2, 1.69)])
def test_area_goes_with_the_square_of_the_size(usual: Index, size: float, least: float, most: float) -> None:
    # Never below the least size of an object, never beyond the image: the ratio lies within, not at, the square.
    ratio = area_shares(index_of(f"size={size}")).mean() / area_shares(usual).mean()
    assert least < ratio < most


def test_instances_without_company_stand_alone() -> None:
    alone = index_of("instances=0")
    assert alone.instances_NC.max() == 1


def test_more_instances(usual: Index) -> None:
    assert index_of("instances=3").instances_N.mean() > 1.5 * usual.instances_N.mean()


def test_clutter_is_a_mean_number_of_things() -> None:
    def things(clutter: float) -> list[int]:
        style = SceneStyle(clutter=clutter)
        return [len(draw_clutter(np.random.default_rng(seed), style)) for seed in range(150)]

    assert max(things(0)) == 0
    assert np.mean(things(8)) == pytest.approx(8, abs=0.9)


def test_other_image_sizes() -> None:
    dataset: Dataset = open_dataset("scenes:height=40,width=72,train=20")
    for image_id in dataset.ids("train"):
        assert dataset.image(image_id).shape == (40, 72, 3)
        assert dataset.mask(image_id).shape == dataset.instances(image_id).map_HW.shape == (40, 72)


def test_styles_do_not_share_scenes() -> None:
    assert (Scenes(style=SceneStyle(clutter=9)).image("train-0001") != Scenes().image("train-0001")).any()


def test_many_large_objects_are_still_told_apart() -> None:
    dataset = open_dataset("scenes:instances=10,size=3,train=30")
    for image_id in dataset.ids("train"):
        instances = dataset.instances(image_id)
        assert set(np.unique(instances.map_HW)) - {0} == set(range(1, len(instances.classes) + 1))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("scenes:", 'expected settings after the colon, as "scenes:classes=3,size=0.5"'),
        ("scenes:classes", 'expected each setting once, as "scenes:classes=3,size=0.5", got "classes"'),
        ("scenes:size=1,size=2", 'expected each setting once, .* got "size=2"'),
        ("scenes:clases=3", r'unknown setting "scenes.clases" \(did you mean "classes"\?\)'),
        ("scenes:classes=2.5", 'scenes.classes: expected a whole number, got "2.5"'),
        ("scenes:classes=0", "scenes: classes = 0: expected a number from 1 to 7"),
        ("scenes:classes=8", "scenes: classes = 8: expected a number from 1 to 7"),
        ("scenes:size=0", "scenes: size = 0: expected a number from 0.2 to 3"),
        ("scenes:size=nan", "scenes: size = nan: expected a number from 0.2 to 3"),
        ("scenes:clutter=-1", "scenes: clutter = -1: expected a number from 0 to 50"),
        ("scenes:instances=inf", "scenes: instances = inf: expected a number from 0 to 10"),
        ("scenes:height=8", "scenes: height = 8: expected a number from 32 to 1024"),
        ("scenes:train=-1", 'scenes.train: expected a whole number, got "-1"'),
        ("scenes:seed=x", 'scenes.seed: expected a whole number, got "x"'),
    ],
)
def test_bad_settings_give_one_line(name: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=f"{message}$") as raised:
        open_dataset(name)
    assert "\n" not in str(raised.value)


def test_a_folder_may_have_such_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("./scenes:classes=3", Path("scenes:classes=3")):
        with pytest.raises(DataError, match="no such folder"):
            open_dataset(folder)
