"""The page: complete, well-formed, asking nobody for anything, and equal to the runs."""

import base64
import hashlib
import json
import re
from html import escape, unescape
from html.parser import HTMLParser

import pytest

from budgetseg.errors import RunFailedError
from budgetseg.report import draw_page, read_report, write_report

VOID_ELEMENTS = {"meta", "link", "img", "input", "br", "hr"}
HOSTILE = "<script>alert(1)</script>"
CLOSING = "</script><img src=x onerror=alert(2)>"


class Page(HTMLParser):
    """Elements with their attributes, the text of each table, and whether every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self._words: list[str] = []
        self._rows: list[list[str]] = []
        self.text = self.style = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID_ELEMENTS:
            self.open.append(tag)
        if tag == "table":
            self._rows = []
        if tag == "tr":
            self._rows.append([])
        if tag in {"td", "th", "caption", "script"}:
            self._words = []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        words = "".join(self._words)
        if tag in {"td", "th"}:
            self._rows[-1].append(words)
        if tag == "caption":
            self._caption = words
        if tag == "table" and "truth" not in self._rows[0]:
            self.tables[self._caption] = self._rows
        if tag == "script":
            self.scripts.append((self.elements[self._last_script()][1], words))

    def _last_script(self):
        return max(index for index, (tag, _) in enumerate(self.elements) if tag == "script")

    def handle_data(self, data):
        self._words.append(data)
        if "script" not in self.open and "style" not in self.open:
            self.text += data
        if "style" in self.open:
            self.style += data


@pytest.fixture
def runs(make_run, tmp_path):
    for strategy, miou in (("hybrid", 61.0), ("full", 52.0), ("point", 48.0)):
        for seed in range(2):
            kept = ("2007_000063", "2007_000528") if seed == 0 else ()
            make_run(f"{strategy}-s{seed}", strategy=strategy, seed=seed, miou=miou + 0.5 * seed, samples=kept)
    make_run("lost", status="failed", miou=60.0, reason="loss is not finite at step 31")
    return tmp_path / "runs"


@pytest.fixture
def page(runs):
    return Page(draw_page(read_report(runs)))


def test_the_verdict_comes_first_and_every_section_is_there(page):
    text = page.text
    order = [
        "With 6 h, hybrid (900 point + 100 full) reaches 61.2",
        "What the hours buy",
        "By budget",
        "By class",
        "Where the hours went",
        "What the predictions look like",
        "To repeat it",
        "Runs left out",
        "How to read this",
    ]
    places = [text.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)
    assert "1 run is left out" in text


def test_the_page_can_load_nothing(page):
    for tag, attributes in page.elements:
        for key in ("src", "href", "srcset", "data", "action", "poster", "background"):
            value = attributes.get(key)
            assert value is None or value.startswith(("data:", "#")), (tag, key, value)
        assert tag not in {"iframe", "object", "embed", "base", "form"}
        assert not [key for key in attributes if key.startswith("on")]
    assert not re.search(r"url\(|@import", page.style)


def test_only_the_scripts_of_the_page_may_run(page):
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    executable = [text for attributes, text in page.scripts if "type" not in attributes]
    assert len(executable) == 2
    assert sum("plotly.js v" in text[:200] for text in executable) == 1
    for text in executable:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1]


def embedded(page, name):
    return json.loads(next(text for attributes, text in page.scripts if attributes.get("id") == name))


def test_the_embedded_data_is_the_value_of_the_report(page, runs):
    assert embedded(page, "budgetseg-data") == json.loads(json.dumps(read_report(runs).to_dict()))


def test_tables_hold_the_numbers_of_the_results(page, runs):
    results = {path.parent.name: json.loads(path.read_text()) for path in runs.glob("*/result.json")}
    rows = page.tables["Annotation hours of each run"]
    assert rows[0] == ["run", "point", "full", "spent", "planned", "cost book"]
    assert len(rows) == 7
    for name, *cells in rows[1:]:
        result = results[name]
        kinds = [f"{result['hours_by_kind'][k]:.2f}" if k in result["mix"] else "-" for k in ("point", "full")]
        assert cells == [*kinds, f"{result['hours']['actual']:.2f}", f"{result['hours']['planned']:.2f}", "voc2012"]
    classes = page.tables["IoU of each class, in percent"]
    assert classes[0] == ["class", "hybrid, 6 h", "full, 6 h", "point, 6 h"]
    for name, *cells in classes[2:]:
        for strategy, cell in zip(("hybrid", "full", "point"), cells, strict=True):
            mean = sum(results[f"{strategy}-s{seed}"]["iou"][name] for seed in range(2)) / 2
            assert cell == f"{mean:.1f}"
    points = {row[0]: row for row in page.tables["The points of the frontier"][1:]}
    assert points["full"][4:] == ["52.25", "± 0.4", "seeds", "0, 1", "90", "-"]
    assert points["hybrid"][-1] == "on it"


def test_a_star_marks_a_pool_that_ended_and_nothing_else(make_run, tmp_path):
    make_run("hybrid", hours=6.0, miou=60.0)
    make_run("image", strategy="image", hours=4.0, miou=30.0)  # all 1,000 images
    make_run("full", strategy="full", hours=4.0, miou=40.0, mix={"full": 60})  # the next mask did not fit
    rows = Page(draw_page(read_report(tmp_path / "runs"))).tables["mIoU that each strategy reached, by hours offered"]
    assert rows == [["hours", "hybrid", "full", "image"], ["6 h", "60.0", "40.0", "30.0*"]]


def test_charts_hold_the_numbers_of_the_tables(page):
    charts = embedded(page, "budgetseg-charts")
    frontier = charts["figures"]["frontier-0"]
    traces = {trace["name"]: trace for trace in frontier["data"]}
    assert frontier["layout"]["xaxis"]["type"] == "log"
    assert traces["hybrid"]["x"] == [6.0]
    assert traces["hybrid"]["y"] == [61.25]
    assert traces["hybrid"]["error_y"]["array"] == pytest.approx([0.5 / 2**0.5])
    assert "paper (VOC 2012, FCN-32s): another data set, for shape only" in traces
    series = [trace for trace in frontier["data"] if trace["meta"] != "reference" and trace["meta"]["role"] == "series"]
    looks = {(t["marker"]["color"], t["marker"]["symbol"], t["line"]["dash"]) for t in series}
    assert len(looks) == 3
    bars = {trace["name"]: trace for trace in charts["figures"]["hours-0"]["data"]}
    assert bars["full"]["y"] == ["hybrid, 6 h", "full, 6 h", "point, 6 h"]
    assert bars["full"]["x"] == pytest.approx([0.6, 6, 0])
    assert charts["config"]["plotlyServerURL"] == ""
    assert charts["config"]["displaylogo"] is False


def test_every_image_is_described_and_stands_in_the_file(page):
    images = [attributes for tag, attributes in page.elements if tag == "img"]
    assert len(images) == 2 * (2 + 3)
    assert all(image["src"].startswith("data:image/") and image["alt"] for image in images)
    assert images[0]["alt"] == "validation image 2007_000063: cat"


def test_a_reader_of_tables_can_find_the_way(page):
    assert page.elements[0] == ("html", {"lang": "en"})
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in page.elements if tag == "th")
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes]
    assert set(named) <= set(ids)


def test_the_same_runs_give_the_same_bytes_and_a_small_file(runs, tmp_path):
    write_report(runs, tmp_path / "one.html")
    write_report(runs, tmp_path / "deep" / "two.html")
    one = (tmp_path / "one.html").read_bytes()
    assert one == (tmp_path / "deep" / "two.html").read_bytes()
    assert len(one) < 10_000_000
    assert str(tmp_path).encode() not in one


def test_hostile_names_stay_text(make_run, tmp_path):
    make_run(
        "a<b>&\"'",
        strategy="hybrid",
        classes=("background", HOSTILE, CLOSING, "<!--"),
        dataset=CLOSING,
        command=f"budgetseg run --out {CLOSING}",
        samples=(HOSTILE, CLOSING),
        annotators=CLOSING,
    )
    make_run("lost", status="failed", reason=HOSTILE)
    make_run("other", strategy=HOSTILE, miou=30.0, dataset=CLOSING, classes=("background", HOSTILE, CLOSING, "<!--"))
    text = draw_page(read_report(tmp_path / "runs"))
    page = Page(text)
    assert HOSTILE not in text
    assert CLOSING not in text
    assert len(page.scripts) == 4
    assert "onerror" not in {key for _, attributes in page.elements for key in attributes}
    names = [row[0] for row in page.tables["IoU of each class, in percent"][2:]]
    assert names == ["background", HOSTILE, CLOSING, "<!--"]
    assert page.tables["Runs left out"][1] == ["lost", f"failed: {HOSTILE}"]
    for trace in embedded(page, "budgetseg-charts")["figures"]["frontier-0"]["data"]:
        assert "<script" not in trace["name"]  # plotly reads HTML in labels
        known = trace["meta"] == "reference" or trace["meta"]["role"] != "series"
        assert known or unescape(trace["name"]) in {HOSTILE, "hybrid"}
    assert escape(HOSTILE) in text


def test_settings_that_differ_get_a_verdict_each(make_run, tmp_path):
    make_run("a", miou=60)
    make_run("b", miou=40, dataset="voc-animals")
    page = Page(draw_page(read_report(tmp_path / "runs")))
    assert page.text.count("One strategy only") == 2
    names = {f"{chart}-{index}" for chart in ("frontier", "classes", "hours") for index in range(2)}
    assert names == embedded(page, "budgetseg-charts")["figures"].keys()


def test_a_page_that_cannot_be_written_leaves_the_old_one(runs, tmp_path):
    (tmp_path / "file").write_text("here before")
    with pytest.raises(RunFailedError, match="cannot write here"):
        write_report(runs, tmp_path / "file" / "report.html")
    assert (tmp_path / "file").read_text() == "here before"
