"""The published values: against the paper's text, and against each other."""

import re
from statistics import fmean

import pytest

from budgetseg.costs.accounting import mix_seconds
from budgetseg.costs.book import load_book
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.data import VOC_CLASSES
from budgetseg.errors import InvalidInputError
from budgetseg.reproduce.experiment import TABLES, Printed
from budgetseg.reproduce.published import class_iou, class_names, published, published_on_test

# As Table 2 names its rows.
TABLE_2 = {
    "image": "Img",
    "image-obj": "Img +Obj",
    "point": "Img +1Point",
    "point-obj": "Img +1Point+Obj",
    "allpoints": "AllPoints",
    "allpoints-weighted": "AllPoints (weighted)",
    "point-3annotators": "1Point (3 annot.)",
    "random-points": "1Point (random)",
}


def printed_values(table):
    return {each.name: str(each.printed) for each in TABLES[table]}


def test_table_1_is_the_papers():
    assert printed_values("table1") == {
        "image": "29.8",
        "image-obj": "32.2",
        "point": "35.1",
        "point-obj": "42.7",
        "allpoints": "42.7",
        "allpoints-weighted": "43.4",
        "point-3annotators": "43.8",
        "random-annotators-0": "42.8",
        "random-annotators-1": "43.4",
        "random-annotators-2": "43.8",
        "random-points": "46.1",
        "full": "58.3",
        "hybrid": "53.1",
        "squiggle": "49.1",
    }


def test_table_3_and_the_sentences_of_section_5_are_the_papers():
    assert printed_values("table3") == {
        "full-883": "22.1",
        "image": "29.8",
        "squiggle-6064": "40.2",
        "point-obj-9576": "42.9",
    }
    variations = printed_values("variations")
    assert variations["image-no-absent"] == "25.1"
    assert {variations[f"point-radius-{radius}"] for radius in (2, 5, 25)} == {"43.0-43.1"}


def test_table_2_holds_eight_rows_of_21_classes():
    assert [each.name for each in TABLES["table2"]] == list(TABLE_2)
    assert class_names() == VOC_CLASSES
    assert class_iou("full") is None


@pytest.mark.parametrize("row", TABLE_2)
def test_means_of_table_2_are_table_1_within_the_rounding_of_classes(row):
    values = class_iou(row).values()
    assert len(values) == 21
    # Whole numbers are off by up to 0.5, the mean of 21 of them by 0.2 at the most here.
    assert fmean(values) == pytest.approx(float(printed_values("table1")[row]), abs=0.25)


@pytest.mark.parametrize(("row", "model"), TABLE_2.items())
def test_table_2_is_copied_right(shared, row, model):
    paper = (shared / "docs/paper.txt").read_text(encoding="utf-8")
    digits = " ".join(str(value) for value in class_iou(row).values())
    assert re.search(rf"^{re.escape(model)} {digits} \d\d$", paper, re.MULTILINE)


def test_every_number_of_section_5_5_is_a_point_of_figure_5(shared):
    paper = " ".join((shared / "docs/paper.txt").read_text(encoding="utf-8").split())
    start, end = paper.index("Comparisons to Others."), paper.index("These two simple bits of supervision")
    found = {float(number) for number in re.findall(r"(\d\d\.\d) ?%", paper[start:end])}
    assert len(found) == 9
    assert {point.miou for point in published_on_test()} == found


def test_the_printed_79_hours_are_flagged_and_ours_follow_from_the_costs():
    points = {point.name: point for point in published_on_test()}
    ours = points["point, test set"]
    exact = mix_seconds(load_book("voc2012"), {"point": 12_031}, PASCAL_VOC_2012) / 3600
    assert (ours.hours, ours.printed_hours) == (pytest.approx(float(exact), abs=0.01), 79)
    by_labels = [point for point in points.values() if point.hours == 67]
    assert len(by_labels) == 3
    assert all("12,301" in point.note and point.images == 12_031 for point in by_labels)
    assert [point.hours for point in published_on_test()][-1] is None


def test_an_unknown_row_is_refused():
    with pytest.raises(InvalidInputError, match='no row "point" of 7 images'):
        published("point", 7)
    with pytest.raises(InvalidInputError, match="no row"):
        published("image", 10_582, 1)


def test_a_range_is_met_anywhere_inside_it():
    printed = Printed(low=43.0, high=43.1)
    assert [round(printed.deviation(miou), 6) for miou in (42.5, 43.0, 43.05, 43.1, 44.0)] == [-0.5, 0, 0, 0, 0.9]
