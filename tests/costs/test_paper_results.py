"""What the paper says about its own results: rows 38 to 42 of the table of its 45 checked figures.

These rows cost nothing, but a planner that rests on the paper's results should know where they disagree.
"""

import re
from decimal import Decimal
from pathlib import Path
from statistics import fmean

import pytest

TABLE_1 = {
    "Img": "29.8",
    "Img + Obj": "32.2",
    "1Point": "35.1",
    "1Point + Obj": "42.7",
    "AllPoints + Obj": "42.7",
    "AllPoints (weighted) + Obj": "43.4",
    "1Point (3 annotators) + Obj": "43.8",
    "1Point (random points) + Obj": "46.1",
    "Full": "58.3",
    "Hybrid": "53.1",
    "Squiggle": "49.1",
}
TABLE_3 = {"Full": "22.1", "Img": "29.8", "Squiggle": "40.2", "1Point": "42.9"}

# Table 2, classes in the paper's order: background, aeroplane, ... tv.
TABLE_2 = {
    "Img": "60 25 15 23 21 20 48 36 47 9 34 21 37 32 37 18 24 34 21 40 24",
    "Img + Obj": "79 42 20 39 33 17 34 39 45 10 35 13 42 34 33 23 19 40 15 38 28",
    "1Point": "56 25 16 22 20 31 53 34 53 8 41 42 43 40 42 46 24 38 29 46 30",
    "1Point + Obj": "78 49 23 37 37 37 57 50 51 14 40 41 50 38 51 47 31 48 28 49 45",
    "AllPoints + Obj": "79 49 21 40 38 38 50 45 53 17 43 40 47 44 51 51 22 47 29 52 44",
    "AllPoints (weighted) + Obj": "77 48 23 38 36 38 57 52 52 13 42 41 50 43 52 46 31 49 28 50 44",
    "1Point (3 annotators) + Obj": "79 50 23 39 37 39 60 50 54 15 41 42 49 42 52 50 29 49 29 49 44",
    "1Point (random points) + Obj": "80 49 23 39 41 46 60 61 56 18 38 41 54 42 55 57 32 51 26 55 45",
}


def gain(table: dict[str, str], better: str, worse: str) -> Decimal:
    return Decimal(table[better]) - Decimal(table[worse])


def test_row_38_points_and_objectness_together() -> None:
    # Section 5.2 rounds it to "+13".
    assert gain(TABLE_1, "1Point + Obj", "Img") == Decimal("12.9")


@pytest.mark.parametrize(
    ("better", "worse", "printed"),
    [
        ("1Point", "Img", "5.3"),
        ("1Point + Obj", "Img + Obj", "10.5"),
        ("AllPoints (weighted) + Obj", "AllPoints + Obj", "0.7"),
        ("1Point (3 annotators) + Obj", "1Point + Obj", "1.1"),
        ("1Point (random points) + Obj", "1Point + Obj", "3.4"),
        ("Hybrid", "1Point + Obj", "10.4"),
        ("Hybrid", "Full", "-5.2"),
        # The text says "image-level labels", which are 29.8 in Table 1; 16.9 is against those with objectness.
        ("Squiggle", "Img + Obj", "16.9"),
        ("Squiggle", "1Point + Obj", "6.4"),
    ],
)
def test_row_39_gains_are_differences_of_table_1(better: str, worse: str, printed: str) -> None:
    assert gain(TABLE_1, better, worse) == Decimal(printed)


def test_row_40_gains_at_a_fixed_budget() -> None:
    assert gain(TABLE_3, "1Point", "Squiggle") == Decimal("2.7")
    assert gain(TABLE_3, "1Point", "Full") == Decimal("20.8")
    # The released scripts hold 41.14 for the squiggles of Table 3: then points win by 1.7 (42.87 there), not 2.7.
    assert round(Decimal("42.87") - Decimal("41.14"), 1) == Decimal("1.7")


def test_row_41_long_et_al_is_printed_as_62_2_and_plotted_as_62_7(shared: Path) -> None:
    # 62.2 is printed for VOC 2012 test. The released scripts plot 62.7, which the paper's footnote 3 gives for VOC 2011
    # val: another set of images.
    paper = " ".join((shared / "docs/paper.txt").read_text(encoding="utf-8").split())
    assert re.search(r"Long et al\. \[5\] reports 62\.2% mIOU", paper)
    assert re.search(r"to 62\.7 % mIOU on the PASCAL VOC 2011 validation set", paper)


@pytest.mark.parametrize(("row", "values"), TABLE_2.items())
def test_row_42_class_averages_against_table_1(row: str, values: str) -> None:
    classes = [int(value) for value in values.split()]
    assert len(classes) == 21
    # Each class is rounded to 1, so the mean may be off by up to 0.5, and is by 0.2 for two rows.
    assert abs(fmean(classes) - float(TABLE_1[row])) < 0.25


def test_row_42_means_of_the_rounded_classes() -> None:
    means = [round(fmean(map(int, values.split())), 1) for values in TABLE_2.values()]
    assert means == [29.8, 32.3, 35.2, 42.9, 42.9, 43.3, 43.9, 46.1]


def test_table_2_is_copied_right(shared: Path) -> None:
    paper = (shared / "docs/paper.txt").read_text(encoding="utf-8")
    assert all(values in paper for values in TABLE_2.values())


def test_every_row_of_the_table_of_checked_figures_has_a_test() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_paper_*.py"))
    assert {int(row) for row in re.findall(r"^def test_row_(\d\d)_", sources, re.MULTILINE)} == set(range(1, 46))
