"""The audit of real clicks, and of annotation sets, by hand-made cases and the paper's figures."""

import gzip

import pytest

from budgetseg.annotate import AnnotationSet, audit_clicks, observe, simulate
from budgetseg.errors import DataError


def test_the_papers_figures(shared):
    """7.26, 0.88 and 14.84 %; the paper prints 7.2, 0.8 and 14.8 (it cuts rather than rounds)."""
    audit = audit_clicks(shared / "data" / "whats-the-point" / "clicks.csv.gz")
    assert audit.clicks == 32_452
    assert audit.images == 12_013
    assert round(100 * audit.first_wrong, 2) == 7.26
    assert round(100 * audit.first_void, 2) == 0.88
    assert round(100 * audit.all_wrong, 2) == 14.84


def test_a_table_counted_by_hand(tmp_path):
    path = tmp_path / "clicks.csv.gz"
    rows = ["a,1,1,1", "a,1,2,0", "a,2,1,255", "b,1,1,2", "b,1,2,1"]
    path.write_bytes(gzip.compress("\n".join(["image_id,cls,rank,mask_cls", *rows]).encode()))
    audit = audit_clicks(path)
    assert (audit.images, audit.clicks, audit.first_clicks) == (2, 5, 3)
    assert (audit.first_wrong, audit.first_void) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert (audit.all_wrong, audit.all_void, audit.later_wrong) == (pytest.approx(0.4), pytest.approx(0.2), 0.5)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("image_id,cls,rank\na,1,1", "mask_cls is missing"),
        ("image_id,cls,rank,mask_cls\na,1,1,cat", "column mask_cls"),
        ("image_id,cls,rank,mask_cls\na,1,2,1", "no click of rank 1"),
        ("", "cannot read"),
    ],
)
def test_a_broken_table_is_named(tmp_path, content, words):
    path = tmp_path / "clicks.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=words):
        audit_clicks(path)


def test_a_missing_or_truncated_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"clicks\.csv"):
        audit_clicks(tmp_path / "clicks.csv")
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(b"image_id,cls,rank,mask_cls\na,1,1,1")[:-9])
    with pytest.raises(DataError, match=r"cut\.csv\.gz"):
        audit_clicks(cut)


def test_annotations_of_other_data_are_refused(discs):
    made = simulate(discs, {discs.ids("train")[0]: "point"}, seed=0)
    annotation = next(iter(made.annotations.values()))
    with pytest.raises(DataError, match="classes"):
        observe(AnnotationSet(annotations=made.annotations, classes=("background", "cat")), discs)
    from dataclasses import replace

    for change, words in (({"image_id": "other"}, "no image other"), ({"width": 3}, "expected 3 x 120")):
        wrong = replace(annotation, **change)
        with pytest.raises(DataError, match=words):
            observe(AnnotationSet(annotations={wrong.image_id: wrong}, classes=made.classes), discs)
