"""CVAT's XML and events."""

import cmath
import math
import zipfile

import numpy as np
import pytest
from scipy import ndimage

from budgetseg.errors import InvalidInputError
from budgetseg.labelling.cvat_export import read_cvat
from budgetseg.labelling.cvat_times import working_seconds
from budgetseg.labelling.ingest import ingest
from budgetseg.labelling.pixel_text import box_runs

# The example in CVAT's documentation of its XML format.
DOCUMENTED = (
    "3, 5, 7, 7, 5, 9, 3, 11, 2, 11, 2, 12, 1, 12, 1, 26, 1, 12, 1, 12, 2, 11, 3, 9, 5, 7, 7, 5, 3"  # sums to 195
)


def xml(*images, name="budgetseg p1 point 001", job=""):
    meta = f"<meta><task><id>7</id><name>{name}</name><segments>{job}</segments></task></meta>"
    return f"<annotations><version>1.1</version>{meta}{''.join(images)}</annotations>"


def image(*marks, name="x/a.jpg"):
    return f'<image id="0" name="{name}" width="200" height="100">{"".join(marks)}</image>'


def read(path, events=None, **options):
    return ingest(read_cvat(path, events), **options)


def test_marks_are_read(written):
    marks = image('<points label="dog" points="10.5,20.9;199.9,99.9"/>', '<tag label="cat"/>')
    found = read(written(xml(marks, name="budgetseg p1 allpoints 001"), "a.xml"))
    (annotation,) = found.annotations.annotations.values()
    assert (annotation.image_id, annotation.kind, annotation.present) == ("a", "allpoints", (1, 2))
    assert [(click.x, click.y, click.rank) for click in annotation.clicks] == [(10, 20, 1), (199, 99, 2)]
    assert not found.rejects
    assert not found.timings  # CVAT's XML holds none


def test_polylines_boxes_polygons_and_masks_are_read(written):
    line = read(
        written(xml(image('<polyline label="dog" points="10,20;12,20"/>'), name="budgetseg p1 squiggle 1"), "s")
    )
    (stroke,) = line.annotations.annotations["a"].strokes
    assert (stroke.points, stroke.width) == (((10, 20), (12, 20)), 3)
    boxed = read(
        written(xml(image('<box label="dog" xtl="1" ytl="2" xbr="5" ybr="9"/>'), name="budgetseg p1 box 1"), "b")
    )
    (box,) = boxed.annotations.annotations["a"].boxes
    assert (box.x_min, box.y_min, box.x_max, box.y_max) == (1, 2, 4, 8)
    # The mask of a cat lies over the dog's polygon by its z order, though it comes first.
    masks = image(
        '<mask label="cat" rle="0, 4" left="2" top="2" width="2" height="2" z_order="1"/>',
        '<polygon label="dog" points="0,0;4,0;4,4;0,4" z_order="0"/>',
    )
    full = read(written(xml(masks, name="budgetseg p1 full 1"), "f"))
    mask_HW = full.annotations.annotations["a"].mask_HW
    expected = np.zeros((100, 200), np.uint8)
    expected[:4, :4], expected[2:4, 2:4] = 2, 1
    np.testing.assert_array_equal(mask_HW, expected)


def test_runs_fill_their_box_row_by_row():
    mask_HW = box_runs("1, 2, 3", (4, 1, 3, 2), (10, 5))
    assert [tuple(place) for place in np.argwhere(mask_HW).tolist()] == [(1, 5), (1, 6)]


def test_the_documented_example_is_one_blob_that_touches_all_sides_of_its_box():
    mask_HW = box_runs(DOCUMENTED, (0, 0, 13, 15), (13, 15))
    assert mask_HW.sum() == sum(int(n) for n in DOCUMENTED.split(",")[1::2])
    assert ndimage.label(mask_HW)[1] == 1
    assert all(side.any() for side in (mask_HW[0], mask_HW[-1], mask_HW[:, 0], mask_HW[:, -1]))


@pytest.mark.parametrize(
    ("mark", "why"),
    [
        ('<mask label="cat" rle="0, 4" left="199" top="2" width="2" height="2"/>', "inside the 200 x 100 pixels"),
        ('<mask label="cat" rle="0, 5" left="9" top="2" width="2" height="2"/>', "expected runs of 4 pixels"),
        ('<mask label="cat" rle="0, -4" left="9" top="2" width="2" height="2"/>', "a run to be a whole number"),
        ('<polygon label="cat" points="0,0;4,0"/>', "at least 3 points"),
        ('<polygon label="cat" points="0,0;4,0;nan,4"/>', "expected points as x,y"),
        ('<polygon label="cat" points="0,0;4,0;900,4"/>', "inside the 200 x 100 pixels"),
        ('<polygon points="0,0;4,0;4,4"/>', "no label"),
        ('<cuboid label="cat"/>', "answers no question"),
    ],
)
def test_a_mask_that_cannot_be_read_spoils_the_image(written, mark, why):
    found = read(written(xml(image(mark), name="budgetseg p1 full 1"), "a.xml"), classes=("cat", "dog"))
    assert not found.annotations.annotations
    assert why in found.rejects[0].reason


def test_an_image_that_nobody_opened_is_not_taken_for_an_empty_one(written):
    found = read(written(xml(image(), image('<tag label="none of these"/>', name="b.jpg")), "a.xml"), classes=("cat",))
    assert [(each.image_id, each.present) for each in found.annotations.annotations.values()] == [("b", ())]
    assert "nobody opened it" in found.rejects[0].reason


def test_times_come_from_the_working_time_of_jobs(written):
    events = 'scope,job_id,duration,payload\nsend:working_time,3,0,"{""working_time"": 9000}"\n'
    events += "send:working_time,3,1000,\nsend:working_time,4,5000,\ncreate:shape,3,77,\n"
    path = written(events, "events.csv")
    assert working_seconds(path) == {"3": 10.0, "4": 5.0}
    point = '<points label="dog" points="1,1"/>'
    job = "<segment><id>4</id><url>https://cvat.example/api/jobs/3</url></segment>"  # a segment's id is no job's
    found = read(written(xml(image(point), image(point, name="b.jpg"), job=job), "a.xml"), path)
    assert [row["seconds"] for row in found.timings] == [5.0, 5.0]


BOMB = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><annotations>&c;</annotations>'
FETCH = '<!DOCTYPE a SYSTEM "file:///etc/passwd"><annotations/>'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (BOMB, "document type"),
        (FETCH, "document type"),
        ("<a>" * 60, "nested deeper"),
        ("<annotations>", "expected XML"),
        ("", "expected XML"),
        ("<other/>", "CVAT for images"),
        ('<?xml version="1.0" encoding="no-such"?><annotations/>', "a.xml"),
    ],
)
def test_hostile_or_broken_xml_is_refused(written, content, why):
    with pytest.raises(InvalidInputError, match=why):
        read(written(content, "a.xml"))


def archived(path, **contents):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return path


def test_an_export_is_read_as_it_comes_in_an_archive(tmp_path):
    text = xml(image('<points label="dog" points="10.5,20.9"/>'))
    path = archived(tmp_path / "task.zip", annotations=text, images__other="<other/>")
    assert [(click.x, click.y) for click in read(path).annotations.annotations["a"].clicks] == [(10, 20)]
    assert list(tmp_path.iterdir()) == [path]


def test_archives_that_are_none_or_too_much_are_refused(tmp_path, monkeypatch):
    broken = archived(tmp_path / "broken.zip", annotations=xml(image()))
    broken.write_bytes(broken.read_bytes()[:-30])
    torn = archived(tmp_path / "torn.zip", annotations=xml(image()) + "x" * 999)
    torn.write_bytes(torn.read_bytes().replace(b"annotations.xml", b"annotations.xml\xff\xff", 1))
    large = archived(tmp_path / "large.zip", annotations=" " * 100_000)
    for path, why in (
        (archived(tmp_path / "none.zip", labels="<a/>"), "expected one annotations.xml in this archive, got 0"),
        (archived(tmp_path / "two.zip", a__annotations="", b__annotations=""), "this archive, got 2"),
        (broken, "cannot read this archive"),
        (torn, "cannot read this archive"),
        (large, "larger than 0 MiB"),
    ):
        if path == large:
            monkeypatch.setattr("budgetseg.labelling.zipped.LARGEST_BYTES", 50_000)
        with pytest.raises(InvalidInputError, match=why) as refused:
            read(path)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("degrees", [30, 90, 250.5])
def test_a_turned_box_becomes_the_upright_one_around_it(written, degrees):
    """Turned about its middle; its corners by complex numbers."""
    drawn = f'<box label="dog" xtl="60" ytl="40" xbr="100" ybr="60" rotation="{degrees}"/>'
    found = read(written(xml(image(drawn), name="budgetseg p1 box 001"), "a.xml"))
    (box,) = next(iter(found.annotations.annotations.values())).boxes
    turn = cmath.exp(1j * math.radians(degrees))
    corners = [complex(80, 50) + turn * complex(x, y) for x in (-20, 20) for y in (-10, 10)]
    left, right = min(each.real for each in corners), max(each.real for each in corners)
    top, bottom = min(each.imag for each in corners), max(each.imag for each in corners)
    assert (box.x_min, box.y_min) == (math.floor(left + 0.01), math.floor(top + 0.01))
    assert (box.x_max, box.y_max) == (math.ceil(right - 0.01) - 1, math.ceil(bottom - 0.01) - 1)
