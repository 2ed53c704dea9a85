"""What Label Studio exports, and what becomes of it."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from budgetseg.calibrate.acts import acts_of
from budgetseg.calibrate.timings import read_timings
from budgetseg.costs.book import load_book
from budgetseg.errors import InvalidInputError
from budgetseg.labelling.brush import brush_of_mask
from budgetseg.labelling.ingest import ingest
from budgetseg.labelling.label_studio_export import read_label_studio


def read(path, *, turned_views=False, **options):
    return ingest(read_label_studio(path, turned_views=turned_views), **options)


def only(ingested):
    (annotation,) = ingested.annotations.annotations.values()
    return annotation


def reasons(ingested):
    return [each.reason for each in ingested.rejects]


def point(region, cls="dog", x=50.0, y=25.0, **options):
    return region("keypointlabels", cls, x=x, y=y, width=0.6, **options)


def test_a_real_export_is_read(shared):
    path = shared / "data" / "label-studio" / "export_sample_1.23.2.json"
    ingested = read(path)
    annotation = only(ingested)
    assert (annotation.image_id, annotation.kind) == ("2007_000033", "point")
    assert (annotation.width, annotation.height) == (500, 366)
    assert ingested.annotations.classes == ("background", "cat", "dog")
    (click,) = annotation.clicks
    assert (click.cls, click.x, click.y) == (2, 250, 91)
    assert annotation.present == (1, 2)  # the choices name both
    (row,) = ingested.timings
    assert (row["seconds"], row["level"], row["n_first_points"], row["n_classes_present"]) == (7.25, "point", 1, 2)
    assert not (row["is_update"])
    assert not (row["skipped"])
    assert not (row["from_prediction"])
    # Its brush holds 16 values, not those of 500 x 366 pixels, and its polygon answers no question about clicks.
    assert [each.row for each in ingested.rejects] == [
        "task 1, annotation 1, region r2",
        "task 1, annotation 1, mark 2",
    ]
    assert "expected 732,000 values, it holds 16" in reasons(ingested)[0]


@pytest.mark.parametrize(
    ("percent", "pixel"), [((0, 0), (0, 0)), ((100, 100), (199, 99)), ((50, 25), (100, 25)), ((99.6, 1), (199, 1))]
)
def test_percent_become_pixels(task, annotation, region, written, percent, pixel):
    ingested = read(written([task(annotation([point(region, x=percent[0], y=percent[1])]))]))
    (click,) = only(ingested).clicks
    assert (click.x, click.y) == pixel
    assert not ingested.rejects


def test_every_kind_of_mark_is_read(task, annotation, region, written, tmp_path):
    brush_HW = np.zeros((100, 200), bool)
    brush_HW[10:12, 20:25] = True
    brush_HW[11, 22] = False
    tasks = [
        task(annotation([{"type": "choices", "value": {"choices": ["dog"]}}]), level="image", image_id="named"),
        task(annotation([point(region), point(region, x=10), point(region, "cat")]), level="allpoints", image_id="all"),
        task(
            annotation([region("brushlabels", "cat", format="rle", rle=brush_of_mask(brush_HW))]),
            level="squiggle",
            image_id="stroke",
        ),
        task(
            annotation([region("rectanglelabels", "dog", x=10, y=10, width=5, height=20, rotation=0)]),
            level="box",
            image_id="box",
        ),
        task(
            annotation([region("polygonlabels", "dog", points=[[10, 10], [20, 10], [20, 30], [10, 30]], closed=True)]),
            level="full",
            image_id="full",
        ),
    ]
    ingested = read(written(tasks))
    assert not ingested.rejects
    found = ingested.annotations.annotations
    assert found["named"].present == (2,)
    assert [(click.cls, click.rank) for click in found["all"].clicks] == [(2, 1), (2, 2), (1, 1)]
    drawn = [(stroke.points, stroke.width) for stroke in found["stroke"].strokes]
    assert drawn == [(((20, 10), (24, 10)), 1), (((20, 11), (21, 11)), 1), (((23, 11), (24, 11)), 1)]
    (box,) = found["box"].boxes
    assert (box.x_min, box.y_min, box.x_max, box.y_max) == (20, 10, 29, 29)
    expected = np.zeros((100, 200), np.uint8)
    expected[10:30, 20:40] = 2
    np.testing.assert_array_equal(found["full"].mask_HW, expected)
    rows = {row["image_id"]: row for row in ingested.timings}
    assert (rows["all"]["n_first_points"], rows["all"]["n_extra_points"]) == (2, 1)
    assert (rows["stroke"]["n_squiggles"], rows["stroke"]["stroke_px"]) == (1, 9)
    assert (rows["full"]["n_polygons"], rows["full"]["n_vertices"]) == (1, 4)
    # The table is one that calibrate reads: every mark is an act of the rate it is charged at, the box too.
    ingested.save(tmp_path / "out")
    acts = acts_of(read_timings(tmp_path / "out" / "timings.csv"), load_book("voc2012"))
    marks = dict(zip(acts.rates, acts.acts_NP.sum(axis=0).tolist(), strict=True))
    assert marks.pop("label_s") > 0
    assert marks == {"first_click_s": 2, "extra_click_s": 1, "squiggle_s": 1, "box_s": 1, "polygon_s": 1}


@pytest.mark.parametrize(
    ("form", "value", "turned", "why"),
    [
        ("keypointlabels", {"x": 101, "y": 5}, 0, "in percent of the image"),
        ("keypointlabels", {"x": "5", "y": 5}, 0, "expected x to be a number"),
        ("keypointlabels", {"x": 5, "y": 5}, 90, "while the image was turned by 90"),
        ("keypointlabels", {"x": 5}, 0, "expected y to be a number"),
    ],
)
def test_a_mark_that_cannot_be_used_is_refused_and_its_class_still_counts(
    task, annotation, region, written, form, value, turned, why
):
    ingested = read(written([task(annotation([region(form, "cat", turned=turned, **value), point(region)]))]))
    (reason,) = reasons(ingested)
    assert why in reason
    assert only(ingested).present == (1, 2)
    assert [click.cls for click in only(ingested).clicks] == [2]


@pytest.mark.parametrize(
    ("form", "level", "value", "turned", "why"),
    [
        ("rectanglelabels", "box", {"x": 5, "y": 5, "width": 5, "height": 5, "rotation": "12"}, 0, "an angle"),
        ("rectanglelabels", "box", {"x": 0, "y": 0, "width": 5, "height": 5, "rotation": 180}, 0, "covers nothing"),
        ("rectanglelabels", "box", {"x": 90, "y": 5, "width": 15, "height": 5}, 0, r"x \+ width in percent"),
        ("polygonlabels", "full", {"points": [[1, 1], [5, 1], [5, 5]]}, 180, "turned by 180"),
        ("polygonlabels", "full", {"points": [[1, 1], [5, 1]]}, 0, "at least 3 points"),
        ("polygonlabels", "full", {"points": [[1, 1], [5, 1], [5, 5]], "closed": False}, 0, "not closed"),
        ("brushlabels", "full", {"format": "rle", "rle": [0, 0]}, 0, "ends after 2 bytes"),
    ],
)
def test_where_the_rest_is_background_one_bad_mark_spoils_the_answer(
    task, annotation, region, written, form, level, value, turned, why
):
    good = region("polygonlabels", "dog", points=[[10, 10], [20, 10], [20, 30]], closed=True)
    result = [region(form, "cat", turned=turned, **value), *([good] if level == "full" else [])]
    ingested = read(written([task(annotation(result), level=level)]))
    assert not ingested.annotations.annotations
    import re

    assert re.search(why, reasons(ingested)[0])
    assert "without it the rest is wrong" in reasons(ingested)[0]


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_mark_on_a_turned_view_is_refused_unless_its_places_are_known(task, annotation, region, written, turned):
    """Release 1.23.2 turns its canvas: its places are of the image as it is stored."""
    path = written([task(annotation([point(region, x=10, y=30, turned=turned)]))])
    refused = read(path)
    assert not only(refused).clicks
    assert f"turned by {turned} degrees" in reasons(refused)[0]
    known = read(path, turned_views=True)
    assert [(click.x, click.y) for click in only(known).clicks] == [(20, 30)]
    assert (only(known).width, only(known).height, known.rejects) == (200, 100, ())
    odd = read(written([task(annotation([point(region, turned=turned + 1)]))]), turned_views=True)
    assert f"turned by {turned + 1} degrees" in reasons(odd)[0]


@pytest.mark.parametrize("degrees", [12, 45, 90, 200, 331.5, -20])
def test_a_turned_box_becomes_the_upright_one_around_it(task, annotation, region, written, degrees):
    """Against Pillow, which turns the filled box about its corner."""
    drawn = region("rectanglelabels", "dog", x=45, y=45, width=15, height=10, rotation=degrees)
    (box,) = only(read(written([task(annotation([drawn]), level="box")]))).boxes
    filled = Image.new("L", (200, 100))
    ImageDraw.Draw(filled).rectangle((90, 45, 119, 54), fill=255)
    left, top, right, bottom = filled.rotate(-degrees, Image.Resampling.NEAREST, center=(90, 45)).getbbox()
    np.testing.assert_allclose((box.x_min, box.y_min, box.x_max + 1, box.y_max + 1), (left, top, right, bottom), atol=1)


def test_what_was_skipped_gives_its_time_alone(task, annotation, region, written):
    ingested = read(written([task(annotation([point(region)], was_cancelled=True))]))
    assert reasons(ingested) == ["skipped by the annotator"]
    assert [(row["skipped"], row["seconds"]) for row in ingested.timings] == [(1, 7.25)]
    assert not ingested.annotations.annotations


def test_drafts_and_predictions_are_no_answers(task, annotation, region, written):
    drafted, proposed = task(), task(annotation([point(region)]), image_id="b")
    drafted["drafts"] = [{"id": 8, "result": [point(region)]}]
    proposed["predictions"] = [{"result": [point(region, "cat")]}]
    proposed["drafts"] = [{"id": 9, "annotation": 5, "result": [point(region, "cat")]}]  # beside what was handed in
    ingested = read(written([drafted, proposed]))
    assert reasons(ingested) == ["a draft that was not submitted"] * 2
    assert [each.row for each in ingested.rejects] == ["task 3, draft 8", "task 3, draft 9"]
    assert only(ingested).present == (2,)  # what the model said of cats is not there
    assert [row["from_prediction"] for row in ingested.timings] == [1]


def test_a_mask_that_a_model_proposed_is_an_assisted_one(task, annotation, region, written):
    drawn = region("polygonlabels", "dog", points=[[10, 10], [20, 10], [20, 30]]) | {"origin": "prediction-changed"}
    ingested = read(written([task(annotation([drawn]), level="full")]))
    assert only(ingested).kind == "assisted"
    assert [row["level"] for row in ingested.timings] == ["assisted"]


@pytest.mark.parametrize(
    ("changes", "update"),
    [
        ({}, 0),
        ({"updated_by": 2}, 1),
        ({"updated_at": "2026-11-22T19:35:30Z"}, 1),
        ({"updated_at": "2026-11-22T19:35:00Z"}, 0),  # within the time that it took
        ({"updated_at": "yesterday"}, 0),
    ],
)
def test_a_later_visit_is_told(task, annotation, region, written, changes, update):
    ingested = read(written([task(annotation([point(region)], **changes))]))
    assert [row["is_update"] for row in ingested.timings] == [update]


def test_of_several_people_the_last_counts_and_all_are_timed(task, annotation, region, written):
    first = annotation([point(region, "cat")], id=1, completed_by=1)
    later = {"created_at": "2026-11-22T20:00:00Z", "updated_at": "2026-11-22T20:00:00Z", "updated_by": 2}
    last = annotation([point(region, "dog")], id=2, completed_by=2, **later)
    path = written([task(first, last)])
    ingested = read(path, several="latest")
    assert (ingested.to_dict()["several"], ingested.to_dict()["several_people"]) == ("latest", 1)
    assert only(ingested).present == (2,)
    assert reasons(ingested) == ["another answer to the same question is kept"]
    assert len({row["annotator"] for row in ingested.timings}) == 2
    assert [row["annotator"] for row in read(path, plain_names=True).timings] == ["1", "2"]
    together = read(path, several="union")
    assert only(together).present == (1, 2)
    assert only(together).seconds == 14.5
    assert not together.rejects
    for several in ("latest", "consensus"):
        declared = read(written([task(first | {"ground_truth": True}, last)]), several=several)
        assert only(declared).present == (1,)
        assert len(declared.timings) == 2


def test_one_class_at_a_time_makes_an_image_when_all_were_asked(task, annotation, region, written):
    asked = {"granularity": "image-class"}
    cat = task(annotation([]), target_class="cat", **asked)
    dog = task(annotation([point(region)]), target_class="dog", **asked) | {"id": 4}
    ingested = read(written([cat, dog]))
    assert not ingested.rejects
    annotation_ = only(ingested)
    assert (annotation_.present, annotation_.seconds, annotation_.width) == ((2,), 14.5, 200)
    assert [(row["n_classes_asked"], row["granularity"]) for row in ingested.timings] == [(1, "image-class")] * 2
    half = read(written([dog]))
    assert not half.annotations.annotations
    assert reasons(half) == ["cat: not answered yet, so the image is not complete"]


def test_an_image_asked_again_keeps_both_answers(task, annotation, region, written):
    named = task(annotation([{"type": "choices", "value": {"choices": ["cat", "dog"]}}]), level="image")
    ingested = read(written([named, task(annotation([point(region)]))]))
    both = only(ingested)
    assert (both.kind, both.present, len(both.clicks), both.seconds) == ("point", (1, 2), 1, 14.5)


def test_the_answer_about_an_image_of_another_size_is_refused(task, annotation, region, written):
    tasks = [task(annotation([point(region)], id=n, completed_by=n)) for n in (1, 2)]
    tasks.append(task(annotation([point(region, of=(20, 10))], id=3, completed_by=3)))
    ingested = read(written(tasks), several="union")
    assert len(only(ingested).clicks) == 2
    assert reasons(ingested) == ["its image has 20 x 10 pixels, others' 200 x 100"]


@pytest.mark.parametrize("seconds", [None, 0, -3, "7", True, 1e300])
def test_a_time_that_is_none_leaves_the_labels(task, annotation, region, written, seconds):
    tasks = [task(annotation([point(region)], lead_time=seconds)), task(annotation([point(region)]), image_id="b")]
    ingested = read(written(tasks))
    assert len(ingested.annotations.annotations) == 2
    assert reasons(ingested) == ["no usable time; its labels are kept"]
    assert [row["image_id"] for row in ingested.timings] == ["b"]


def test_what_the_export_does_not_say_is_taken_from_the_marks(task, annotation, region, written):
    bare = task(annotation([point(region), point(region, x=10)]))
    del bare["meta"], bare["data"]["level"], bare["data"]["image_id"]
    ingested = read(written([bare]))
    assert (only(ingested).image_id, only(ingested).kind) == ("a", "allpoints")
    assert ingested.annotations.classes == ("background", "dog")
    given = read(written([bare]), kind="point", classes=("bird", "dog"))
    assert (only(given).kind, given.annotations.classes) == ("point", ("background", "bird", "dog"))


@pytest.mark.parametrize("size", [(0, 5), (70_000, 5), (60_000, 60_000), ("200", 100), (True, True)])
def test_sizes_are_bounded(task, annotation, region, written, size):
    ingested = read(written([task(annotation([point(region, of=size)]))]))
    assert not only(ingested).clicks
    assert "pixels" in reasons(ingested)[0]


def test_brushes_together_are_bounded(task, annotation, region, written, monkeypatch):
    brush_HW = np.ones((100, 200), bool)
    brush = region("brushlabels", "dog", format="rle", rle=brush_of_mask(brush_HW))
    monkeypatch.setattr("budgetseg.labelling.answer.MOST_BRUSH_PIXELS", 2 * 200 * 100)
    path = written([task(annotation([brush] * 3), level="squiggle")])
    assert reasons(read(path)) == ["3 brushes on an image of 200 x 100 pixels are too many to read"]


def test_a_file_of_more_than_a_gigabyte_is_refused(written, monkeypatch):
    monkeypatch.setattr("budgetseg.labelling.bounded.LARGEST_BYTES", 5)
    with pytest.raises(InvalidInputError, match=r"export\.json: larger than"):
        read(written([{}, {}, {}]))


@pytest.mark.parametrize("content", ["{", "{}", "[" * 100_000, '[{"id": ' + "9" * 5000 + "}]", "\x00"])
def test_what_is_no_export_is_named(written, content):
    with pytest.raises(InvalidInputError, match=r"export\.json"):
        read(written(content))


def test_paths_cannot_leave_the_folder(task, annotation, region, written, tmp_path):
    drawn = region("polygonlabels", "dog", points=[[10, 10], [20, 10], [20, 30]])
    path = written([task(annotation([drawn]), level="full", image_id="../../evil")])
    read(path).save(tmp_path / "out")
    assert not list(tmp_path.parent.glob("evil*"))
    assert [each.name for each in (tmp_path / "out" / "masks").iterdir()] == ["..%2F..%2Fevil.png"]


def test_text_that_a_spreadsheet_would_run_is_defused(task, annotation, region, written, tmp_path):
    read(written([task(annotation([point(region)], project="=1+1"))])).save(tmp_path / "out")
    assert ",'=1+1," in (tmp_path / "out" / "timings.csv").read_text()


def test_a_reason_quotes_only_what_a_file_can_hold(task, annotation, region, written, tmp_path):
    """Found by fuzzing: a lone surrogate in the type of a region."""
    odd = region("keypointlabels", "dog", x=5, y=5, width=0.6) | {"type": "\ud800"}
    ingested = read(written([task(annotation([odd]))]))
    assert "\\ud800" in reasons(ingested)[0]
    ingested.save(tmp_path / "out")
    assert "\\ud800" in (tmp_path / "out" / "rejects.csv").read_text(encoding="utf-8")
