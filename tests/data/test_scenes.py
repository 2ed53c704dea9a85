import pickle
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from budgetseg.data import scenes as module
from budgetseg.data.dataset import VOID
from budgetseg.data.index import Index, index_images
from budgetseg.data.scene_shapes import EXTENT, area_of, blob, disc, lozenge, oval, quad, star, tub
from budgetseg.data.scene_species import SPECIES
from budgetseg.data.scene_textures import noise
from budgetseg.data.scenes import HEIGHT, WIDTH, Scenes, annotate
from budgetseg.errors import InvalidInputError

# PASCAL VOC 2012, train and val: quartiles of the share of an image that objects cover (table of the released clicks).
VOC_FOREGROUND_QUARTILES = (0.118, 0.260, 0.441)


@pytest.fixture(scope="module")
def scenes() -> Scenes:
    return Scenes(train=600, val=200)


@pytest.fixture(scope="module")
def index(scenes: Scenes) -> Index:
    return index_images(scenes, "train")


def test_means_of_classes_and_instances_are_those_of_voc(index: Index) -> None:
    assert index.classes_present_N.mean() == pytest.approx(1.5, rel=0.05)
    assert index.instances_N.mean() == pytest.approx(2.8, rel=0.05)


def test_no_scene_is_empty(index: Index) -> None:
    assert index.instances_N.min() >= 1


def test_foreground_share_is_distributed_as_in_voc(index: Index) -> None:
    share_N = index.pixels_NC[:, 1:].sum(axis=1) / (HEIGHT * WIDTH)
    assert np.quantile(share_N, (0.25, 0.5, 0.75)) == pytest.approx(VOC_FOREGROUND_QUARTILES, abs=0.04)
    assert share_N.mean() == pytest.approx(0.297, abs=0.03)


def test_shared_voc_table_says_what_the_scenes_are_held_to(shared: object) -> None:
    import gzip
    from pathlib import Path

    assert isinstance(shared, Path)
    shares = []
    with gzip.open(shared / "data" / "whats-the-point" / "images.csv.gz", "rt") as lines:
        next(lines)
        for line in lines:
            _, _, width, height, _, pixels = line.rstrip("\n").split(",")
            shares.append(sum(map(int, pixels.split())) / (int(width) * int(height)))
    assert np.quantile(shares, (0.25, 0.5, 0.75)) == pytest.approx(VOC_FOREGROUND_QUARTILES, abs=0.001)


def test_void_is_a_few_percent(scenes: Scenes) -> None:
    share = np.mean([(scenes.mask(image_id) == VOID).mean() for image_id in scenes.ids("train")[:300]])
    assert 0.02 < share < 0.07


def test_every_class_occurs_and_some_much_more_often(index: Index) -> None:
    images_C = index.present_NC.sum(axis=0)[1:]
    assert images_C.min() >= 0.07 * len(index.ids)
    assert images_C.max() >= 2 * images_C.min()


def test_members_of_a_class_stand_together(index: Index) -> None:
    of_present_class = index.instances_NC[index.present_NC]
    assert of_present_class.mean() > 1.6
    assert (of_present_class >= 3).mean() > 0.1


def test_shapes_and_types(scenes: Scenes) -> None:
    for image_id in (scenes.ids("train")[0], scenes.ids("val")[-1]):
        image_HW3, mask_HW, instances = scenes.image(image_id), scenes.mask(image_id), scenes.instances(image_id)
        assert (image_HW3.shape, image_HW3.dtype) == ((HEIGHT, WIDTH, 3), np.uint8)
        assert (mask_HW.shape, mask_HW.dtype) == ((HEIGHT, WIDTH), np.uint8)
        assert (instances.map_HW.shape, instances.map_HW.dtype) == ((HEIGHT, WIDTH), np.int32)
    assert scenes.classes[0] == "background"
    assert len(set(scenes.classes)) == len(SPECIES) + 1
    assert scenes.source_classes == tuple(range(len(scenes.classes)))


def test_mask_and_instances_agree(scenes: Scenes) -> None:
    for image_id in scenes.ids("val"):
        mask_HW, instances = scenes.mask(image_id), scenes.instances(image_id)
        class_of_owner = np.array([0, *instances.classes])
        labelled_HW = mask_HW != VOID
        np.testing.assert_array_equal(class_of_owner[instances.map_HW][labelled_HW], mask_HW[labelled_HW])
        assert not instances.map_HW[~labelled_HW].any()
        assert set(np.unique(instances.map_HW)) - {0} == set(range(1, len(instances.classes) + 1))


def test_void_parts_whatever_two_objects_touch(scenes: Scenes) -> None:
    for image_id in scenes.ids("val"):
        mask_HW, map_HW = scenes.mask(image_id), scenes.instances(image_id).map_HW
        for axis in (0, 1):
            before_HW, after_HW = (np.delete(map_HW, end, axis) for end in (-1, 0))
            known_HW = np.delete(mask_HW != VOID, -1, axis) & np.delete(mask_HW != VOID, 0, axis)
            assert (before_HW == after_HW)[known_HW].all()


def test_some_objects_hide_others(scenes: Scenes) -> None:
    # An outline without a hole is one piece; only something in front, or the camera's edge, cuts it.
    touching = 0
    for image_id in scenes.ids("val"):
        instances = scenes.instances(image_id)
        for owner in range(1, len(instances.classes) + 1):
            near_HW = ndimage.binary_dilation(instances.map_HW == owner, iterations=3)
            touching += bool(set(np.unique(instances.map_HW[near_HW])) - {0, owner})
    assert touching > 50


def test_annotate_by_hand() -> None:
    owner_HW = np.zeros((20, 20), np.uint8)
    owner_HW[1:13, 1:13] = 1
    owner_HW[9:19, 9:19] = 2
    owner_HW[17:, :3] = 3  # too small
    mask_HW, map_HW, classes = annotate(owner_HW, np.array([0, 4, 6, 5], np.uint8), np.array([0.0, 144, 100, 9]))
    assert classes == (4, 6)
    front_HW, behind_HW = np.zeros((2, 20, 20), np.bool_)
    front_HW[10:18, 10:18] = True
    behind_HW[2:12, 2:12] = True
    behind_HW[8:, 9:] = False  # the front object, and what lies beside it
    behind_HW[9:, 8:] = False
    np.testing.assert_array_equal(mask_HW == 6, front_HW)
    np.testing.assert_array_equal(map_HW == 2, front_HW)
    np.testing.assert_array_equal(mask_HW == 4, behind_HW)
    np.testing.assert_array_equal(map_HW == 1, behind_HW)
    assert (mask_HW[17:, :3] == VOID).all()
    assert mask_HW[0, 0] == 0  # a diagonal neighbour makes no border
    assert mask_HW[0, 1] == VOID


def test_annotate_leaves_out_what_is_mostly_hidden() -> None:
    owner_HW = np.ones((20, 20), np.uint8)
    assert annotate(owner_HW, np.array([0, 2], np.uint8), np.array([0.0, 400]))[2] == (2,)
    mask_HW, map_HW, classes = annotate(owner_HW, np.array([0, 2], np.uint8), np.array([0.0, 4000]))
    assert classes == ()
    assert (mask_HW == VOID).all()
    assert not map_HW.any()


def test_a_scene_does_not_depend_on_what_was_made_before() -> None:
    def made(numbers: list[int]) -> dict[tuple[int, int], bytes]:
        # Past the cache, which would hand back the first answer.
        afresh = {(split, n): module._make.__wrapped__(3, split, n) for split in (0, 1) for n in numbers}
        return {k: b"".join(a.tobytes() for a in (v.image_HW3, v.mask_HW, v.map_HW)) for k, v in afresh.items()}

    numbers = list(range(12))
    first = made(numbers)
    assert made(numbers[::-1]) == first
    assert len(set(first.values())) == 2 * len(numbers)


def test_smaller_data_set_is_the_beginning_of_a_larger() -> None:
    small, large = Scenes(train=5, val=2), Scenes(train=50, val=20)
    for image_id in (*small.ids("train"), *small.ids("val")):
        np.testing.assert_array_equal(small.image(image_id), large.image(image_id))
    assert large.ids("train")[:5] == small.ids("train")


def test_other_seed_other_scenes() -> None:
    assert (Scenes(seed=0).image("train-0000") != Scenes(seed=1).image("train-0000")).any()


def test_splits_share_no_scene(scenes: Scenes) -> None:
    train, val = scenes.ids("train"), scenes.ids("val")
    assert (len(train), len(val)) == (600, 200)
    assert not set(train) & set(val)
    assert list(train) == sorted(train)
    images = {split: {scenes.image(image_id).tobytes() for image_id in scenes.ids(split)} for split in ("train", "val")}
    assert not images["train"] & images["val"]


def test_ids_stay_sorted_beyond_four_digits() -> None:
    ids = Scenes(train=10_001).ids("train")
    assert list(ids) == sorted(ids)


def test_arrays_are_the_callers_to_change() -> None:
    scenes = Scenes(train=1)
    for read in (scenes.image, scenes.mask, lambda image_id: scenes.instances(image_id).map_HW):
        before = read("train-0000").copy()
        read("train-0000")[:] = 7
        np.testing.assert_array_equal(read("train-0000"), before)


def test_travels_to_another_process() -> None:
    scenes = Scenes(train=2, seed=5)
    twin = pickle.loads(pickle.dumps(scenes))
    np.testing.assert_array_equal(twin.image("train-0001"), scenes.image("train-0001"))


@pytest.mark.parametrize("image_id", ["train-0002", "train-1", "test-0000", "val--001", ""])
def test_unknown_id_is_refused(image_id: str) -> None:
    with pytest.raises(InvalidInputError, match="train-0000 to train-0001, val-0000 to val-0199"):
        Scenes(train=2).mask(image_id)


@pytest.mark.parametrize("wrong", [{"train": -1}, {"val": -1}, {"seed": -1}])
def test_negative_number_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidInputError, match=f"{next(iter(wrong))} = -1"):
        Scenes(**wrong)


@pytest.mark.parametrize("outline", [blob, disc, lozenge, oval, quad, star, tub])
def test_outlines_fit_their_square_and_have_the_area_counted(outline: Callable[..., Callable[..., NDArray]]) -> None:
    for seed in range(20):
        field = outline(np.random.default_rng(seed))
        axis = np.linspace(-EXTENT, EXTENT, 801, dtype=np.float32)
        u_HW, v_HW = np.meshgrid(axis, axis)
        inside_HW = field(u_HW, v_HW) > 0
        assert inside_HW[400, 400]
        assert not inside_HW[[0, -1]].any()
        assert not inside_HW[:, [0, -1]].any()
        exact = inside_HW.sum() * (axis[1] - axis[0]) ** 2
        assert area_of(field) == pytest.approx(float(exact), rel=0.05)


def test_colour_alone_does_not_tell_the_class() -> None:
    for species in SPECIES:
        for hue in species.hues:
            assert any(hue in other.hues for other in SPECIES if other is not species)


def test_noise_has_unit_variance() -> None:
    values = [noise(np.random.default_rng(seed), 96, 128, (3.0, 9.0)) for seed in range(50)]
    assert np.mean(values) == pytest.approx(0, abs=0.05)
    assert np.std(values) == pytest.approx(1, abs=0.1)
