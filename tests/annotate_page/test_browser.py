"""A person at the page: real clicks, strokes, touches and keys in a real browser."""

import json
import os
import signal
import subprocess
import sys

import pytest

from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.annotate_page.photos import photos_of
from budgetseg.annotate_page.session import Session
from budgetseg.annotate_page.summary import summary_of
from budgetseg.calibrate.timings import read_timings
from budgetseg.costs.book import load_book


def spot_of(browser, question, x, y):
    """Where the middle of a pixel is in the window, by the image's own box and size, as laid out by the browser."""
    left, top, width, height, own_width, own_height = browser.js(
        "(() => { const p = document.getElementById('photo'), b = p.getBoundingClientRect();"
        "return [b.x, b.y, b.width, b.height, p.naturalWidth, p.naturalHeight]; })()"
    )
    assert (own_width, own_height) == (question.photo.width, question.photo.height)
    return left + (x + 0.5) * width / own_width, top + (y + 0.5) * height / own_height


def ready(browser, question):
    browser.until(f"document.body.dataset.ready === '{question.number}'")


def test_clicks_land_on_their_pixels_and_the_session_ends(browser, begin, serve):
    session = begin("point")
    server = serve(session, lambda: summary_of(session, load_book("voc2012")))
    browser.said.clear()
    browser.send("Page.navigate", url=server.address)
    given = {}
    for question in session.questions:
        ready(browser, question)
        assert question.cls in browser.js("document.getElementById('instruction').textContent")
        if question.number == 1:
            browser.push("none")
        elif question.number == 2:
            browser.press("n", "KeyN")
        else:
            corner = [(0, 0), (question.photo.width - 1, question.photo.height - 1), (17, 23)][question.number % 3]
            given[question.number] = corner
            browser.click(*spot_of(browser, question, *corner))
    browser.until("document.body.dataset.finished === 'yes'")
    assert "6 of 6 questions answered" in browser.js("document.getElementById('told').textContent")
    assert "first_click_s" in browser.js("document.getElementById('rates').textContent")
    assert {number: answer.marks for number, answer in session._log.last.items()} == {
        question.number: ((given[question.number],),) if question.number in given else ()
        for question in session.questions
    }
    for answer in session.answers:
        assert 0 < answer.seconds < 60
        assert len(answer.actions) == len(answer.marks)
        assert all(0 < action <= answer.seconds for action in answer.actions)
    assert not browser.said  # no error, no breach of the policy
    annotated = AnnotationSet.load(session.folder)
    assert sum(len(each.clicks) for each in annotated.annotations.values()) == 4
    times = read_timings(session.timings)
    assert times.counts["n_first_points"].sum() == 4
    assert times.first_pass_N.all()


def test_people_s_real_clicks_on_real_images_land_where_they_were(browser, shared, serve, tmp_path):
    """The paper's clicks, on its images, made again with the mouse."""
    folder = shared / "data" / "voc-animals"
    points = json.loads((folder / "human_points.json").read_text())
    first_clicks = {
        (image_id, click["cls"]): (int(click["x"]), int(click["y"]))
        for image_id, clicks in points.items()
        for click in clicks
        if click["rank"] == 1
    }
    sheep, dog = 17, 12
    chosen = [image_id for image_id, cls in first_clicks if cls == sheep][:2]
    chosen += [image_id for image_id, cls in first_clicks if cls == dog and (image_id, sheep) not in first_clicks][:2]
    (tmp_path / "real").mkdir()
    for image_id in chosen:
        (tmp_path / "real" / f"{image_id}.jpg").symlink_to(next(folder.rglob(f"{image_id}.jpg")))
    session = Session(
        tmp_path / "out",
        kind="point",
        classes=("sheep",),
        annotator="me",
        seed=0,
        photos=photos_of(str(tmp_path / "real"), None),
        controls=(),
    )
    browser.send("Page.navigate", url=serve(session).address)
    for question in session.questions:
        ready(browser, question)
        if (click := first_clicks.get((question.photo.image_id, sheep))) is None:
            browser.press("n", "KeyN")
        else:
            browser.click(*spot_of(browser, question, *click))
    browser.until("document.body.dataset.finished === 'yes'")
    session.close()
    annotated = AnnotationSet.load(session.folder).annotations
    assert {each.image_id: [(click.x, click.y) for click in each.clicks] for each in annotated.values()} == {
        image_id: [first_clicks[image_id, sheep]] if (image_id, sheep) in first_clicks else [] for image_id in chosen
    }


def test_strokes_by_mouse_touch_and_keys(browser, begin, serve):
    session = begin("squiggle", classes=("cat",), folder="strokes")
    browser.send("Page.navigate", url=serve(session).address)
    by_mouse, by_touch, by_keys = session.questions
    ready(browser, by_mouse)
    path = [(3, 4), (12, 9), (20, 30)]
    spots = [spot_of(browser, by_mouse, *pixel) for pixel in path]
    browser.mouse("mousePressed", *spots[0], buttons=1)
    for spot in spots[1:]:
        browser.mouse("mouseMoved", *spot, buttons=1)
    browser.mouse("mouseReleased", *spots[-1])
    ready(browser, by_touch)
    for kind, pixel in (("touchStart", (5, 6)), ("touchMove", (9, 20)), ("touchEnd", None)):
        points = [] if pixel is None else [dict(zip("xy", spot_of(browser, by_touch, *pixel), strict=True))]
        browser.send("Input.dispatchTouchEvent", type=kind, touchPoints=points)
    ready(browser, by_keys)
    for key in (" ", " ", "ArrowRight", "ArrowDown", " "):
        browser.press(key, "Space" if key == " " else key)
    browser.until("document.body.dataset.finished === 'yes'")
    mouse, touch, keys = (session._log.last[k].marks for k in range(3))
    assert len(mouse) == len(touch) == len(keys) == 1
    assert [point for point in mouse[0] if point in path] == path
    assert (touch[0][0], touch[0][-1]) == ((5, 6), (9, 20))
    photo, step = by_keys.photo, round(max(by_keys.photo.width, by_keys.photo.height) / 40)
    x, y = photo.width // 2, photo.height // 2
    assert keys[0] == ((x, y), (x + step, y), (x + step, y + step))


def test_every_instance_undo_skip_and_going_back(browser, begin, serve):
    session = begin("allpoints", classes=("cat",), folder="all")
    browser.send("Page.navigate", url=serve(session).address)
    first, second, third = session.questions
    ready(browser, first)
    for pixel in ((1, 2), (3, 4), (5, 6)):
        browser.click(*spot_of(browser, first, *pixel))
    browser.press("Backspace")
    browser.press("Enter")
    ready(browser, second)
    browser.press("s", "KeyS")
    ready(browser, third)
    browser.press("Backspace")  # back to the second
    ready(browser, second)
    browser.click(*spot_of(browser, second, 7, 8))
    browser.push("pause")
    assert browser.js("document.getElementById('stage').hidden")
    browser.press("Enter")  # while paused nothing is answered
    browser.push("pause")
    browser.push("done")
    ready(browser, third)
    browser.push("stop")
    browser.until("document.body.dataset.finished === 'yes'")
    marks = [(answer.number, answer.marks, answer.skipped, answer.is_update) for answer in session.answers]
    assert marks == [(0, (((1, 2),), ((3, 4),)), False, False), (1, (), True, False), (1, (((7, 8),),), False, True)]
    assert len(AnnotationSet.load(session.folder).annotations) == 2


@pytest.fixture
def command(tmp_path, pictures):
    """The command itself, as a process on a port of its own."""
    started = []

    def start(port=0):
        words = ["annotate", str(pictures), "--classes", "cat", "--kind", "image"]
        words += ["-o", str(tmp_path / "out"), "--port", str(port), "--json"]
        process = subprocess.Popen(
            [sys.executable, "-m", "budgetseg", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        for line in process.stderr:
            if "http://" in line:
                return process, line.split()[1]
        raise AssertionError("it did not start")

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_a_killed_server_loses_nothing_and_the_page_goes_on(browser, command, tmp_path):
    process, address = command()
    browser.send("Page.navigate", url=address)
    browser.until("document.body.dataset.ready === '0'")
    browser.press("y", "KeyY")
    browser.until("document.body.dataset.ready === '1'")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = [json.loads(line) for line in (tmp_path / "out" / "answers.jsonl").read_text().splitlines()]
    assert [(answer["number"], answer["present"]) for answer in kept] == [(0, True)]
    browser.press("n", "KeyN")  # to a server that is gone
    browser.until("document.getElementById('trouble').textContent.includes('nothing is lost')")
    process, _ = command(port=address.rsplit(":", 1)[1].strip("/"))
    browser.until("document.body.dataset.ready === '2'")
    browser.push("yes")
    browser.until("document.body.dataset.finished === 'yes'")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    document = json.loads(out)
    assert document["schema"] == "budgetseg.annotate/1"
    assert (document["answered"], document["images_complete"]) == (3, 3)
    annotated = AnnotationSet.load(tmp_path / "out").annotations
    assert sorted(each.present for each in annotated.values()) == [(), (1,), (1,)]
