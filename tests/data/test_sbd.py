import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from budgetseg.data import VOC_CLASSES, open_dataset, problems, require_sound
from budgetseg.errors import DataError

Make = Callable[..., Path]
Plain = Callable[..., np.ndarray]


@pytest.fixture
def root(make_sbd: Make, plain: Plain) -> Path:
    return make_sbd({"2008_a": plain(8, 15), "2008_b": plain(3)}, {"2008_c": plain(20)})


def test_the_classes_are_vocs_and_the_objects_exact(root: Path, plain: Plain) -> None:
    dataset = open_dataset(root)
    assert dataset.classes == VOC_CLASSES
    np.testing.assert_array_equal(dataset.mask("2008_a"), plain(8, 15))
    assert dataset.instances("2008_a").classes == (8, 15)
    require_sound(dataset)


@pytest.mark.parametrize("inside", ["dataset", "benchmark_RELEASE/dataset"])
def test_it_is_found_in_what_the_archive_unpacks_to(make_sbd: Make, plain: Plain, tmp_path: Path, inside: str) -> None:
    make_sbd({"a": plain(1)}, {"b": plain(2)}, root=f"top/{inside}")
    assert open_dataset(tmp_path / "top").ids("train") == ("a",)


def test_the_list_without_vocs_validation_images_is_preferred_and_named(root: Path) -> None:
    assert open_dataset(root).ids("train") == ("2008_a", "2008_b")
    assert "trains on train.txt, which shares images with VOC's validation list; do not" in open_dataset(root).notes[0]
    (root / "train_noval.txt").write_text("2008_b\n")
    assert open_dataset(root).ids("train") == ("2008_b",)
    (note,) = open_dataset(root).notes
    assert "trains on train_noval.txt, which leaves out VOC's validation images" in note
    assert open_dataset(root, train_list=root / "train.txt").notes == ()


CLS, INST = "cls/2008_a.mat", "inst/2008_a.mat"
GOOD = np.ones((12, 16), np.uint8)


def write(place: str, **variables: object) -> Callable[[Path], None]:
    return lambda root: savemat(root / place, variables)


def fill(place: str, content: bytes) -> Callable[[Path], object]:
    return lambda root: (root / place).write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "file", "what"),
    [
        (lambda root: (root / CLS).unlink(), CLS, "this mask is missing"),
        (fill(CLS, b""), CLS, "expected a MATLAB file ("),
        (fill(CLS, b"<html>not found</html>" * 20), CLS, "expected a MATLAB file ("),
        (lambda root: (root / CLS).write_bytes((root / CLS).read_bytes()[:-9]), CLS, "expected a MATLAB file ("),
        (write(CLS, other=3), CLS, "expected GTcls, as SBD's files hold, and it is not there"),
        (write(CLS, GTcls=3), CLS, "expected GTcls.Segmentation, a matrix of whole numbers"),
        (write(CLS, GTcls={"Segmentation": GOOD / 2}), CLS, "expected GTcls.Segmentation, a matrix of whole numbers"),
        (
            write(CLS, GTcls={"Segmentation": GOOD * np.uint16(256)}),
            CLS,
            "GTcls.Segmentation: expected numbers from 0 to 255",
        ),
        (write(CLS, GTcls={"Segmentation": GOOD * 21}), CLS, "label 21 on 192 pixels: outside the class list (PASCAL"),
        (write(CLS, GTcls={"Segmentation": GOOD[1:]}), CLS, "this mask is 16 x 11, its image is 16 x 12"),
        (fill(INST, b"x"), INST, "expected a MATLAB file ("),
        (
            write(INST, GTinst={"Segmentation": GOOD * 2, "Categories": [8]}),
            INST,
            "GTinst.Categories: expected a class",
        ),
        (
            write(INST, GTinst={"Segmentation": GOOD[1:], "Categories": [8]}),
            INST,
            "this object mask is 16 x 11, its image is 16 x 12",
        ),
    ],
)
def test_a_broken_file_is_named(root: Path, damage: Callable[[Path], object], file: str, what: str) -> None:
    damage(root)
    found = problems(open_dataset(root), "train")
    assert found[0].file == str(root / file)
    assert found[0].what.startswith(what)
    assert all("\n" not in str(each) for each in found)


def test_a_missing_part_is_named(root: Path) -> None:
    shutil.rmtree(root / "inst")
    with pytest.raises(DataError, match=r"inst: SBD needs this folder; put it there \(needed: img, cls, inst\)"):
        open_dataset(root)
