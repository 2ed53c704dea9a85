"""Readers on inputs that nobody meant: no crash, no hang, no label that the file does not hold.

``BUDGETSEG_FUZZ=10000 pytest tests/labelling/test_fuzz.py`` tries as many inputs for each reader.
"""

import copy
import json
import os
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.errors import InvalidInputError
from budgetseg.labelling.brush import brush_of_mask
from budgetseg.labelling.csv_answers import read_csv_answers
from budgetseg.labelling.csv_tasks import ANSWER_COLUMNS
from budgetseg.labelling.cvat_export import read_cvat
from budgetseg.labelling.ingest import ingest
from budgetseg.labelling.label_studio_export import read_label_studio

many = settings(
    max_examples=int(os.environ.get("BUDGETSEG_FUZZ", "80")),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

odd_text = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "..", "/etc/passwd", "=1+1", "\ud800", "\x00", "a" * 5000, "nan", "1e999", "-1", "none of these"]
    ),
)
odd_number = st.one_of(
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from([0, 1, 100, 65_535, 65_536, 10**400, -0.0, 1e308]),
)
odd = st.recursive(
    st.one_of(st.none(), st.booleans(), odd_number, odd_text),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(odd_text, inner, max_size=4)),
    max_leaves=6,
)


def places(document, at=()):
    """Every place in a document, as keys from the top."""
    yield at
    children = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in children:
        yield from places(value, (*at, key))


def put(document, at, value):
    """The document with another value at a place."""
    if not at:
        return value
    document = copy.copy(document)
    document[at[0]] = put(document[at[0]], at[1:], value)
    return document


def checked(path, entries, tmp_path):
    """What becomes of a file; it can be written and read again, whatever it is."""
    try:
        ingested = ingest(entries(path))
    except InvalidInputError:
        return None
    ingested.save(tmp_path / "out")
    AnnotationSet.load(tmp_path / "out")
    assert all(row["seconds"] > 0 for row in ingested.timings)
    return ingested


@pytest.fixture(scope="module")
def export():
    """A sound export with every kind of mark, on images of 20 x 10 pixels."""
    brush_HW = np.zeros((10, 20), bool)
    brush_HW[2:4, 5:9] = True
    values = {
        "point": ("keypointlabels", {"x": 50.0, "y": 25.0, "width": 0.6}),
        "squiggle": ("brushlabels", {"format": "rle", "rle": brush_of_mask(brush_HW)}),
        "box": ("rectanglelabels", {"x": 10, "y": 10, "width": 20, "height": 30, "rotation": 0}),
        "full": ("polygonlabels", {"points": [[5, 5], [60, 5], [60, 70]], "closed": True}),
    }
    tasks = []
    for number, (level, (form, value)) in enumerate(values.items()):
        region = {"id": "r", "type": form, "original_width": 20, "original_height": 10, "image_rotation": 0}
        result = [region | {"value": value | {form: [cls]}} for cls in ("cat", "dog")]
        when = {"created_at": "2026-11-22T19:34:57.02Z", "updated_at": "2026-11-22T19:34:57.02Z"}
        done = {"id": number, "completed_by": 1, "result": result, "was_cancelled": False, "lead_time": 7.5, **when}
        data = {"image": f"/d/{level}.jpg", "image_id": level, "level": level, "batch": "1", "plan_id": "p"}
        ours = {"budgetseg": {"classes": ["cat", "dog"]}}
        tasks.append({"id": number, "annotations": [done], "drafts": [], "predictions": [], "data": data, "meta": ours})
    return tasks


def clicks_in(document):
    """The clicks that a document holds anywhere, as class and pixel, found without the reader."""
    if isinstance(document, dict):
        value = document.get("value")
        if document.get("type") == "keypointlabels" and isinstance(value, dict):
            try:
                width, height = document["original_width"], document["original_height"]
                x, y = int(value["x"] * width / 100), int(value["y"] * height / 100)
                name = value["keypointlabels"][0].encode("utf-8", "backslashreplace").decode()
                yield name, min(x, width - 1), min(y, height - 1)
            except (AttributeError, KeyError, TypeError, ValueError, OverflowError, IndexError):
                pass
        for inner in document.values():
            yield from clicks_in(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from clicks_in(inner)


@many
@given(data=st.data())
def test_label_studio(export, tmp_path_factory, data):
    document = export
    for _ in range(data.draw(st.integers(0, 4))):
        document = put(document, data.draw(st.sampled_from(list(places(document)))), data.draw(odd))
    folder = tmp_path_factory.getbasetemp() / "fuzz-ls"
    folder.mkdir(exist_ok=True)
    path = folder / "export.json"
    text = json.dumps(document)
    if data.draw(st.integers(0, 9)) == 0:
        cut = data.draw(st.integers(0, len(text)))
        text = text[:cut] + data.draw(st.text(max_size=5)) + text[cut + data.draw(st.integers(0, 9)) :]
        document = None
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    ingested = checked(path, read_label_studio, folder)
    if ingested is None or document is None:
        return
    held = set(clicks_in(document))
    names = ingested.annotations.classes
    for annotation in ingested.annotations.annotations.values():
        for click in annotation.clicks:
            assert (names[click.cls], click.x, click.y) in held


@many
@given(data=st.data())
def test_cvat(tmp_path_factory, data):
    root = ET.Element("annotations")
    meta, of_project = ET.SubElement(root, "meta"), data.draw(st.booleans())
    owner = ET.SubElement(ET.SubElement(meta, "project"), "tasks") if of_project else meta
    task = ET.SubElement(owner, "task")
    ET.SubElement(task, "id").text = "1"
    for number in range(data.draw(st.integers(0, 2))):
        segment = ET.SubElement(ET.SubElement(task, "segments"), "segment")
        for name, text in (("start", number), ("stop", number), ("url", f"http://a/api/jobs/{number}")):
            ET.SubElement(segment, name).text = data.draw(st.one_of(st.just(str(text)), odd_xml))
    ET.SubElement(task, "name").text = data.draw(
        st.one_of(st.sampled_from([f"budgetseg p {kind} 1" for kind in ("point", "squiggle", "box", "full")]), odd_xml)
    )
    image = ET.SubElement(root, "image", {"id": "0", "name": "a.jpg", "task_id": "1", "width": "20", "height": "10"})
    sound = {
        "points": {"points": "3,4;5.5,6"},
        "polyline": {"points": "3,4;5.5,6"},
        "polygon": {"points": "3,4;15,6;9,9", "z_order": "1"},
        "box": {"xtl": "1", "ytl": "1", "xbr": "5", "ybr": "6"},
        "mask": {"rle": "1, 2, 3", "left": "2", "top": "2", "width": "3", "height": "2", "z_order": "0"},
        "tag": {},
    }
    for _ in range(data.draw(st.integers(0, 4))):
        form = data.draw(st.sampled_from(list(sound)))
        ET.SubElement(image, form, {"label": "dog", **sound[form]})
    for _ in range(data.draw(st.integers(0, 3))):
        element = data.draw(st.sampled_from(list(root.iter())))
        name = data.draw(st.one_of(st.sampled_from([*element.attrib, "points", "rle", "rotation", "label"])))
        element.set(name, data.draw(odd_xml))
    content = ET.tostring(root)
    if data.draw(st.integers(0, 9)) == 0:
        cut = data.draw(st.integers(0, len(content)))
        content = content[:cut] + data.draw(st.binary(max_size=5)) + content[cut + data.draw(st.integers(0, 9)) :]
    folder = tmp_path_factory.getbasetemp() / "fuzz-cvat"
    folder.mkdir(exist_ok=True)
    (folder / "a.xml").write_bytes(content)
    (folder / "events.csv").write_text("scope,job_id,duration\nsend:working_time,0,9000\nsend:working_time,1,5000\n")
    ingested = checked(folder / "a.xml", lambda path: read_cvat(path, folder / "events.csv"), folder)
    for annotation in () if ingested is None else ingested.annotations.annotations.values():
        if image.get("width") == "20" and image.get("height") == "10":
            assert annotation.mask_HW is None or annotation.mask_HW.shape == (10, 20)


odd_xml = st.one_of(
    st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=10),
    st.from_regex(r"\A-?[0-9]{1,12}(\.[0-9]{1,3})?\Z"),
    st.from_regex(r"\A([0-9]{1,3}, ?){0,6}[0-9]{1,6}\Z"),
    st.from_regex(r"\A(-?[0-9]{1,3}(\.[0-9])?,[0-9]{1,3};?){0,5}\Z"),
)


@many
@given(data=st.data())
def test_tables(tmp_path_factory, data):
    sound = ["t", "a", "20", "10", "point", "", "1", "p", "ann", "5", "", "point", "dog", "3,4"]
    rows = [list(sound) for _ in range(data.draw(st.integers(0, 4)))]
    cell = st.one_of(odd_xml, st.text(max_size=6).map(lambda text: text.replace("\ud800", "")), st.just("box"))
    for row in rows:
        for _ in range(data.draw(st.integers(0, 3))):
            row[data.draw(st.integers(0, len(row) - 1))] = data.draw(cell)
    lines = [",".join('"' + value.replace('"', '""') + '"' for value in row) for row in [list(ANSWER_COLUMNS), *rows]]
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    if data.draw(st.integers(0, 9)) == 0:
        cut = data.draw(st.integers(0, len(content)))
        content = content[:cut] + data.draw(st.binary(max_size=5)) + content[cut + data.draw(st.integers(0, 9)) :]
    folder = tmp_path_factory.getbasetemp() / "fuzz-csv"
    folder.mkdir(exist_ok=True)
    (folder / "a.csv").write_bytes(content)
    checked(folder / "a.csv", read_csv_answers, folder)
