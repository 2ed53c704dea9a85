"""Exports of CVAT's projects and jobs, written as its exporter writes them: by the standard library's XML generator."""

import io
from xml.sax.saxutils import XMLGenerator

import pytest

from budgetseg.labelling.cvat_export import read_cvat
from budgetseg.labelling.cvat_meta import Job
from budgetseg.labelling.cvat_times import shared_out
from budgetseg.labelling.ingest import ingest

POINT = ("points", {"label": "dog", "source": "manual", "occluded": "0", "points": "3.00,4.00", "z_order": "0"})
URLS = ("http://localhost:8080/api/jobs/", "http://old:8080/?id=")
TAG = ("tag", {"label": "cat", "source": "manual"})


def xml(meta, images):
    """An export: ``meta`` nested pairs of names and texts or pairs, images as attributes and marks."""
    out = io.StringIO()
    generator = XMLGenerator(out, "utf-8")

    def put(name, content, attributes=None):
        generator.startElement(name, attributes or {})
        if isinstance(content, str):
            generator.characters(content)
        else:
            for each in content:
                put(*each)
        generator.endElement(name)

    marks = [("image", [(form, "", of) for form, of in marks], attributes) for attributes, marks in images]
    generator.startDocument()
    put("annotations", [("version", "1.1"), ("meta", [meta, ("dumped", "2026-11-24 10:00:00+00:00")]), *marks])
    generator.endDocument()
    return out.getvalue()


def entity(number, name, jobs, *, assignee="", start=0, frame_filter=""):
    """What stands in the meta of a task; jobs as their ids, first and last frames."""
    segments = [
        (
            "segment",
            [("id", str(900 + job)), ("start", str(first)), ("stop", str(last)), ("url", URLS[job % 2] + str(job))],
        )
        for job, first, last in jobs
    ]
    people = [("username", assignee), ("email", f"{assignee}@example.org")] if assignee else ""
    return [
        *(("id", str(number)), ("name", name), ("size", "2"), ("mode", "annotation"), ("overlap", "0")),
        *(("created", "2026-11-24 09:00:00+00:00"), ("updated", "2026-11-24 09:30:00+00:00"), ("subset", "default")),
        *(("start_frame", str(start)), ("stop_frame", "9"), ("frame_filter", frame_filter), ("segments", segments)),
        *(("owner", [("username", "boss"), ("email", "")]), ("assignee", people)),
    ]


def project(tasks):
    owner = [("owner", [("username", "boss"), ("email", "")]), ("assignee", [("username", "chief"), ("email", "")])]
    return (
        "project",
        [("id", "5"), ("name", "all of it"), ("tasks", [("task", task) for task in tasks]), ("subsets", ""), *owner],
    )


def shown(number, name, task="", *marks, subset="default"):
    of_project = {"subset": subset, "task_id": task} if task else {}
    return {"id": str(number), "name": name, **of_project, "width": "20", "height": "10"}, marks


TASKS = [
    entity(41, "budgetseg p1 point 001", [(7, 0, 1)], assignee="ann"),
    entity(42, "budgetseg p1 image 002 cat", [(8, 0, 0), (9, 1, 2)], assignee="bob"),
]


def read(path, events=None, **options):
    return ingest(read_cvat(path, events), **options)


def test_each_image_of_a_project_is_of_its_own_task(written):
    images = [
        shown(0, "a.jpg", "41", POINT),
        shown(1, "b.jpg", "41", ("tag", {"label": "none of these"})),
        shown(0, "c.jpg", "42", TAG),
        shown(0, "d.jpg", "43", POINT),
    ]
    path = written(xml(project(TASKS), images), "a.xml")
    entries = list(read_cvat(path))
    assert [(each.image_id, each.kind, each.batch, each.target_class, each.annotator) for each in entries[:3]] == [
        ("a", "point", "001", None, "ann"),
        ("b", "point", "001", None, "ann"),
        ("c", "image", "002", "cat", "bob"),
    ]
    assert {each.project for each in entries[:3]} == {"5"}
    assert entries[0].task_id == "41/0"
    assert (entries[3].image_id, "no task that the project lists" in entries[3].reason) == ("d", True)
    found = read(path, classes=("cat", "dog"))
    assert {each.image_id: (each.kind, each.present) for each in found.annotations.annotations.values()} == {
        "a": ("point", (2,)),
        "b": ("point", ()),
    }
    assert "dog" in next(each.reason for each in found.rejects if each.image_id == "c")  # which nobody asked about


def test_a_name_that_a_project_may_have_made_up_is_refused(written):
    """Two tasks hold an a.jpg, and CVAT exports the second as a_1.jpg; nobody can tell it from one of that name."""
    images = [
        shown(0, "x/a.jpg", "41", POINT),
        shown(1, "x/a_2.jpg", "41", POINT),  # of the same task, in which names differ
        shown(0, "x/a_1.jpg", "42", TAG),
        shown(1, "y/a_1.jpg", "42", TAG),  # of another folder
        shown(2, "x/a_3.jpg", "42", TAG, subset="Train"),  # of another subset
        shown(3, "b_1.jpg", "42", TAG),  # of nobody's name
    ]
    entries = list(read_cvat(written(xml(project(TASKS), images), "a.xml")))
    assert [each.image_id for each in entries if hasattr(each, "reason")] == ["a_1"]
    assert 'an image "a", and CVAT numbers' in entries[2].reason
    assert [each.image_id for each in entries if not hasattr(each, "reason")] == ["a", "a_2", "a_1", "a_3", "b_1"]


def test_each_job_s_time_is_of_its_own_images(written):
    """Of job 7 two images of task 41, of job 8 the first of task 42, of job 9 two more; nobody timed job 10."""
    images = [
        shown(place, f"t{task}-{place}.jpg", str(task), TAG) for task, n in ((41, 2), (42, 3)) for place in (range(n))
    ]
    events = "scope,job_id,duration,payload\n" + "".join(
        f"send:working_time,{job},{seconds * 1000},\n" for job, seconds in ((7, 10), (8, 6), (9, 5), (907, 99))
    )
    unopened = shown(2, "t41-2.jpg", "41")  # takes no part of the time
    path = written(xml(project(TASKS), [*images, unopened]), "a.xml")
    *entries, _ = read_cvat(path, written(events, "events.csv"))
    assert [each.seconds for each in entries] == [5.0, 5.0, 6.0, 2.5, 2.5]
    assert [each.job for each in entries] == ["cvat 41"] * 2 + ["cvat 42"] * 3
    *without, _ = read_cvat(path)
    assert {(each.seconds, each.job) for each in without} == {(None, "")}


def test_a_job_by_itself(written):
    meta = ("job", [each for each in entity(12, "", [(12, 4, 5)], assignee="ann") if each[0] != "name"])
    images = [shown(4, "e.jpg", "", POINT), shown(5, "f.jpg", "", POINT)]
    events = "scope,job_id,duration,payload\nsend:working_time,12,8000,\nsend:working_time,912,1000,\n"
    found = read(written(xml(meta, images), "a.xml"), written(events, "events.csv"), kind="point", plain_names=True)
    assert [(row["seconds"], row["annotator"]) for row in found.timings] == [(4.0, "ann"), (4.0, "ann")]


def test_frames_that_were_left_out_do_not_move_a_job(written):
    """Of a task that begins at frame 10 and takes every 5th, its second job holds places 2 and 3: frames 20 and 25."""
    meta = ("task", entity(1, "budgetseg p1 image 1", [(1, 0, 1), (2, 2, 3)], start=10, frame_filter="step=5"))
    images = [shown(frame, f"{frame}.jpg", "", TAG) for frame in (10, 15, 20, 25)]
    events = "scope,job_id,duration,payload\nsend:working_time,2,8000,\n"
    entries = list(read_cvat(written(xml(meta, images), "a.xml"), written(events, "events.csv")))
    assert [each.seconds for each in entries] == [None, None, 4.0, 4.0]


@pytest.mark.parametrize(
    ("jobs", "seconds"),
    [
        ([], [None, None, None]),
        ([("1", -1, -1)], [2.0, 2.0, 2.0]),  # a single job holds all, whatever its frames
        ([("1", 0, 1), ("2", 1, 2)], [3.0, 5.0, 2.0]),  # an image of two jobs has a share of each
        ([("1", 0, 1), ("?", 1, 2)], [3.0, None, None]),  # what is known in part is not known
        ([("1", -1, -1), ("2", 0, 0)], [4.0, None, None]),
    ],
)
def test_time_is_shared_out_evenly(jobs, seconds):
    known = {"1": 6.0, "2": 4.0}
    made = [Job(id=job, first=first, last=last) for job, first, last in jobs]
    assert shared_out(made, [0, 1, 2], known) == seconds
