import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.data.count_sheet import draw_images, empty_sheet, read_sheet
from budgetseg.errors import DataError, InvalidInputError

HEAD = "image,cat,dog\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "photos"
    root.mkdir()
    for k in range(20):
        (root / f"{k:02}.{'JPG' if k % 2 else 'png'}").touch()
    (root / "notes.txt").touch()
    (root / ".hidden.png").touch()
    return root


def test_a_draw_depends_on_the_seed_alone_and_gives_every_image_its_chance(folder: Path) -> None:
    first, pool = draw_images(folder, 5, np.random.default_rng(3))
    assert pool == 20
    assert first == draw_images(folder, 5, np.random.default_rng(3))[0]
    assert list(first) == sorted(set(first))
    rng = np.random.default_rng(0)
    drawn = [name for _ in range(2000) for name in draw_images(folder, 5, rng)[0]]
    share = np.array([drawn.count(path.name) for path in folder.glob("[0-9]*")]) / 2000
    assert len(share) == 20
    assert np.abs(share - 0.25).max() < 0.05  # five standard deviations


def test_a_list_is_drawn_from_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "all.txt").write_text("b/2.jpg\n\na/1.jpg\nb/2.jpg\n")
    assert draw_images(tmp_path / "all.txt", 2, np.random.default_rng()) == (("b/2.jpg", "a/1.jpg"), 2)


def test_what_cannot_be_drawn_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"--count: expected 2 to 20, the images of .*photos, got 21"):
        draw_images(folder, 21, np.random.default_rng())
    with pytest.raises(InvalidInputError, match="got 1"):
        draw_images(folder, 1, np.random.default_rng())
    with pytest.raises(DataError, match=r"expected images \(\.jpg, \.jpeg, \.png\) in this folder"):
        draw_images(tmp_path, 2, np.random.default_rng())
    with pytest.raises(DataError, match=r"absent: cannot read this list .*; name a folder of images, or a list"):
        draw_images(tmp_path / "absent", 2, np.random.default_rng())
    for classes, message in ((["a", "a"], '"a" is a column already'), (["image"], '"image" is a'), ([], "name the cl")):
        with pytest.raises(InvalidInputError, match=message):
            empty_sheet(["1.jpg"], classes)


names = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf")), min_size=1, max_size=6)


@given(
    images=st.lists(names, min_size=1, max_size=5, unique=True),
    classes=st.lists(names.filter(lambda name: name != "image"), min_size=1, max_size=4, unique=True),
    seed=st.integers(0, 99),
    separator=st.sampled_from(",;"),
)
@settings(max_examples=100, deadline=None)
def test_a_filled_sheet_gives_back_what_was_counted(
    tmp_path_factory: pytest.TempPathFactory, images: list[str], classes: list[str], seed: int, separator: str
) -> None:
    rows = list(csv.reader(empty_sheet(images, classes).splitlines()))
    assert rows[0] == ["image", *classes]
    assert [row[0] for row in rows[1:]] == images
    counts_NK = np.random.default_rng(seed).integers(0, 30, (len(images), len(classes)))
    path = tmp_path_factory.mktemp("sheets") / "sheet.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # as a spreadsheet would
        writer = csv.writer(file, delimiter=separator)
        writer.writerows([rows[0], *([name, *row] for name, row in zip(images, counts_NK.tolist(), strict=True))])
    sheet = read_sheet(path)
    assert (sheet.images, sheet.classes) == (tuple(images), tuple(classes))
    np.testing.assert_array_equal(sheet.instances_NK, counts_NK)


def test_empty_cells_are_none_and_empty_lines_nothing(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(f"{HEAD}a.jpg,2,\n\n,,\nb.jpg,,0\n")
    np.testing.assert_array_equal(read_sheet(tmp_path / "s.csv").instances_NK, [[2, 0], [0, 0]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r's\.csv: row 1: expected "image" and then a class a column, got \'\'; keep the first row'),
        ("image\na\n", r"row 1: expected \"image\" and then a class a column, got 'image'"),
        ("image,cat,cat\n", 'row 1: expected each class once, got "cat"'),
        (HEAD, "expected rows with an image and its counts, got none"),
        (f"{HEAD}a,1,0\nb,,\n", r"row 3 \(b\): expected at least one number, the row is empty; count it, with 0"),
        (f"{HEAD}a,1\n", "row 2: expected 3 cells, an image and 2 counts, got 2"),
        (f"{HEAD}a,1,0\na,1,1\n", "row 3: expected the name of an image that has no row yet, got 'a'"),
        (f"{HEAD},1,0\n", "row 2: expected the name of an image that has no row yet, got ''"),
        (f"{HEAD}a,1,x\n", r"row 2 \(a\): dog: expected a whole number of instances, got 'x'; correct the cell"),
        (f"{HEAD}a,-1,2\n", "cat: expected a whole number of instances, got '-1'"),
        (f"{HEAD}a,1.5,2\n", "got '1.5'"),
        (f"{HEAD}a,1_0,2\n", "got '1_0'"),
        (f"{HEAD}a,9999999,2\n", "got '9999999'"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "s.csv").write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        read_sheet(tmp_path / "s.csv")
    assert "\n" not in str(caught.value)


def test_a_sheet_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv: cannot read this sheet .*; make one with budgetseg data stats"):
        read_sheet(tmp_path / "none.csv")
    (tmp_path / "s.csv").write_bytes(b"image,cat\n\xff,1\n")
    with pytest.raises(DataError, match=r"s\.csv: expected text in UTF-8, byte 10 is not"):
        read_sheet(tmp_path / "s.csv")
