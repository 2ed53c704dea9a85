"""CVAT's XML against a second reading of it: the standard library's parser, runs by hand, Pillow's polygons."""

import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image, ImageDraw

from budgetseg.labelling.cvat_export import read_cvat
from budgetseg.labelling.ingest import ingest
from budgetseg.labelling.pixel_text import box_runs

WIDTH, HEIGHT = 40, 30
FINE = 16
CLASSES = ("cat", "dog", "owl")

# Of 6 x 5 pixels, as cvat_sdk.masks.encode_mask (2.80.0) gives them: runs, then left, top, right, bottom inclusive.
ENCODED = {
    (".###..", ".#.#.#", "......", "...###", "......"): (0, 3, 2, 1, 1, 1, 1, 1, 7, 3, 1, 0, 5, 3),
    ("......", ".....#", "......", "#.....", "......"): (5, 1, 6, 1, 5, 0, 1, 5, 3),
    ("######", "######", "######", "######", "######"): (0, 30, 0, 0, 5, 4),
}


def runs_of(mask_hw):
    """Lengths of runs row by row, the background first."""
    runs = [(bool(value), len(list(group))) for value, group in itertools.groupby(mask_hw.ravel().tolist())]
    return [*([0] if runs[0][0] else []), *(length for _, length in runs)]


def drawn(seed, kind):
    """An export with images of random marks."""
    rng = np.random.default_rng(seed)
    root = ET.Element("annotations")
    task = ET.SubElement(ET.SubElement(root, "meta"), "task")
    ET.SubElement(task, "name").text = f"budgetseg p1 {kind} 1"
    for number in range(8):
        image = ET.SubElement(
            root, "image", {"id": str(number), "name": f"{number}.jpg", "width": str(WIDTH), "height": str(HEIGHT)}
        )
        orders = rng.permutation(9) - 4
        for order in orders[: rng.integers(1, 6)]:
            cls = CLASSES[rng.integers(3)]
            corners_P2 = rng.uniform(0, [WIDTH, HEIGHT], (rng.integers(3, 7), 2)).round(2)
            told = ";".join(f"{x},{y}" for x, y in corners_P2)
            common = {"label": cls, "source": "manual", "occluded": "0", "z_order": str(order)}
            if kind == "full" and rng.random() < 0.5:
                left, top = rng.integers(0, WIDTH - 9), rng.integers(0, HEIGHT - 7)
                mask_hw = rng.random((6, 8)) < 0.6
                where = {"left": str(left), "top": str(top), "width": "8", "height": "6"}
                ET.SubElement(image, "mask", common | where | {"rle": ", ".join(map(str, runs_of(mask_hw)))})
            else:
                form = {"full": "polygon", "allpoints": "points", "squiggle": "polyline"}[kind]
                ET.SubElement(image, form, common | {"points": told})
    return ET.tostring(root, encoding="unicode")


def painted(image):
    """Labels of an image element, and which pixels are near no edge, so that their label is beyond doubt."""
    label_HW, sure_HW = np.zeros((HEIGHT, WIDTH), int), np.ones((HEIGHT, WIDTH), bool)
    for element in sorted(image, key=lambda each: int(each.get("z_order"))):
        cls = CLASSES.index(element.get("label")) + 1
        if element.tag == "mask":
            left, top, width, height = (int(element.get(name)) for name in ("left", "top", "width", "height"))
            values = [run % 2 for run, length in enumerate(element.get("rle").split(",")) for _ in range(int(length))]
            for place, value in enumerate(values):
                if value:
                    label_HW[top + place // width, left + place % width] = cls
                    sure_HW[top + place // width, left + place % width] = True
            assert len(values) == width * height
            continue
        fine = Image.new("L", (WIDTH * FINE, HEIGHT * FINE))
        points = [tuple(float(part) * FINE for part in pair.split(",")) for pair in element.get("points").split(";")]
        ImageDraw.Draw(fine).polygon(points, fill=255)
        inked = np.asarray(fine) > 0
        near = range(FINE // 2 - 2, FINE // 2 + 3)  # of a pixel's centre, where two ways of drawing may differ
        around = np.array([inked[y::FINE, x::FINE] for y in near for x in near])
        least, most = around.all(axis=0), around.any(axis=0)
        label_HW[least] = cls
        sure_HW = (sure_HW | least) & (least == most)
    return label_HW, sure_HW


@pytest.mark.parametrize("seed", range(3))
def test_masks_and_polygons_are_those_of_another_reader(written, seed):
    text = drawn(seed, "full")
    found = ingest(read_cvat(written(text, "a.xml")), classes=CLASSES).annotations.annotations
    compared = 0
    for image in ET.fromstring(text).iter("image"):
        label_HW, sure_HW = painted(image)
        mask_HW = found[image.get("name").removesuffix(".jpg")].mask_HW
        np.testing.assert_array_equal(mask_HW[sure_HW], label_HW[sure_HW])
        compared += sure_HW.sum()
    assert compared > 0.8 * 8 * WIDTH * HEIGHT


def test_points_and_lines_are_those_of_another_reader(written):
    for kind in ("allpoints", "squiggle"):
        text = drawn(9, kind)
        found = ingest(read_cvat(written(text, f"{kind}.xml")), classes=CLASSES).annotations.annotations
        for image in ET.fromstring(text).iter("image"):
            annotation = found[image.get("name").removesuffix(".jpg")]
            told = [
                (element.get("label"), [tuple(int(float(part)) for part in pair.split(",")) for pair in pairs])
                for element in image
                if (pairs := element.get("points").split(";"))
            ]
            if kind == "allpoints":
                clicks = [(CLASSES[click.cls - 1], (click.x, click.y)) for click in annotation.clicks]
                assert clicks == [(cls, place) for cls, places in told for place in places]
            else:
                strokes = [(CLASSES[stroke.cls - 1], list(stroke.points)) for stroke in annotation.strokes]
                assert strokes == told


@pytest.mark.parametrize(("rows", "encoded"), ENCODED.items())
def test_runs_that_cvat_s_own_encoder_wrote_are_read(rows, encoded):
    expected_HW = np.array([[sign == "#" for sign in row] for row in rows])
    *runs, left, top, right, bottom = encoded
    box = (left, top, right - left + 1, bottom - top + 1)
    np.testing.assert_array_equal(box_runs(", ".join(map(str, runs)), box, (6, 5)), expected_HW)
