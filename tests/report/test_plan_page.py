"""The page of a plan: complete, asking nobody for anything, equal to its value, and moved by its slider."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from fractions import Fraction
from html import escape
from html.parser import HTMLParser

import pytest

from budgetseg.costs.book import load_book
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.errors import RunFailedError
from budgetseg.plan.budget_sweep import Terms
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.evidence import MODERN, read_evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.page import Said, plan_page
from budgetseg.plan.prices import Prices
from budgetseg.plan.purse import Bounds
from budgetseg.report.plan_page import draw_plan_page, write_plan_page

CLOSING = "</script><img src=x onerror=alert(2)>"


class Elements(HTMLParser):
    """Elements with their attributes, and the text of scripts."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.scripts = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.found and self.found[-1][0] == "script" and data.strip():
            self.scripts.append((self.found[-1][1], data))


@pytest.fixture(scope="module")
def value():
    evidence = read_evidence(MODERN)
    surface = fit_surface(evidence)
    book = load_book("voc2012")
    terms = Terms(
        bounds=Bounds(seconds=Fraction(4 * 3600)), prices=Prices.of(book, PASCAL_VOC_2012), labour=book.labour
    )

    def choose(on, /, *, explain=True, near=()):
        return choose_plan(
            pool=1500, evidence=evidence, surface=surface, book=book, workload=PASCAL_VOC_2012, bounds=on.bounds,
            prices=on.prices, labour=on.labour, dataset="photos", explain=explain,
        )  # fmt: skip

    chosen = choose(terms)
    return plan_page(
        choose, chosen, terms, surface=surface, evidence=evidence, book=book,
        said=Said(binds=("The hours bind.",), why=("Because.",)), command="budgetseg plan --hours 4",
    )  # fmt: skip


@pytest.fixture(scope="module")
def text(value):
    return draw_plan_page(value)


def embedded(text, name):
    return json.loads(next(data for attributes, data in Elements(text).scripts if attributes.get("id") == name))


def test_the_answer_comes_first_and_every_section_is_there(text, value):
    plan = value.plan
    order = [
        f"With 4 h, buy {plan.mix}: {plan.predicted_miou.mean:.1f} mIoU",
        "The hours bind.",
        "What each budget buys",
        "The frontier",
        "The mix",
        "Where the hours go",
        "What would change the choice",
        "Because.",
        "What the doubt is made of",
        "What all of it rests on",
        "budgetseg plan --hours 4",
        "How to read this",
    ]
    places = [text.find(escape(words)) for words in order]
    assert -1 not in places
    assert places == sorted(places)


def test_the_page_can_load_nothing_and_run_nothing_else(text):
    page = Elements(text)
    for tag, attributes in page.found:
        for key in ("src", "href", "srcset", "data", "action", "poster", "background"):
            assert (attributes.get(key) or "data:").startswith(("data:", "#")), (tag, key)
        assert tag not in {"iframe", "object", "embed", "base", "form"}
        assert not [key for key in attributes if key.startswith("on")]
    without_scripts = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert "http://" not in without_scripts
    assert "https://" not in without_scripts
    policy = next(a["content"] for _, a in page.found if a.get("http-equiv") == "Content-Security-Policy")
    executable = [data for attributes, data in page.scripts if "type" not in attributes]
    assert len(executable) == 2
    for script in executable:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy


def test_the_embedded_data_is_the_value(text, value):
    document = embedded(text, "budgetseg-data")
    budgets = document.pop("budgets")
    assert document == json.loads(json.dumps(value.to_dict()))
    assert len(budgets) == len(value.steps)
    assert budgets[value.given] == "4 h"


def test_charts_hold_the_numbers_of_the_steps(text, value):
    figures = embedded(text, "budgetseg-charts")["figures"]
    best = next(trace for trace in figures["frontier"]["data"] if trace.get("name") == "best mix")
    assert best["x"] == [step.budget for step in value.steps]
    assert best["y"] == pytest.approx([step.best.predicted_miou.mean for step in value.steps])
    band = next(trace for trace in figures["frontier"]["data"] if trace.get("meta") == "interval best mix")
    assert band["y"][0] == pytest.approx(value.steps[0].best.predicted_miou.high)
    assert band["y"][-1] == pytest.approx(value.steps[0].best.predicted_miou.low)
    for place, step in enumerate(value.steps):
        images = {trace["name"]: trace["y"][place] for trace in figures["mix-images"]["data"]}
        assert {kind: count for kind, count in images.items() if count} == step.best.mix.to_dict()
        assert sum(trace["y"][place] for trace in figures["mix-share"]["data"]) == pytest.approx(100)
    for place, doubt in enumerate(value.doubts):
        total = sum(trace["x"][place] for trace in figures["doubts"]["data"])
        assert total**2 == pytest.approx(doubt.training**2 + doubt.evidence**2 + doubt.transfer**2)


def test_every_chart_has_its_numbers_and_a_description(text):
    page = Elements(text)
    charts = [attributes["id"] for _, attributes in page.found if "data-chart" in attributes]
    assert len(charts) == 6
    assert text.count("The numbers behind the chart") == 5  # hours and prices share a table
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes["aria-labelledby"] for _, attributes in page.found if "aria-labelledby" in attributes]
    assert set(named) <= set(ids)


def test_hostile_names_stay_text(value, text):
    plan = replace(value.plan, dataset=CLOSING, costs=CLOSING, evidence=CLOSING, advice=(CLOSING,), holds_for=CLOSING)
    hostile = draw_plan_page(replace(value, plan=plan, said=Said(binds=(CLOSING,), why=(CLOSING,)), command=CLOSING))
    assert CLOSING not in hostile
    assert escape(CLOSING) in hostile
    page = Elements(hostile)
    assert "img" not in {tag for tag, _ in page.found}
    assert len(page.scripts) == len(Elements(text).scripts) == 4


def test_the_same_plan_gives_the_same_bytes_and_a_bad_place_one_line(value, text, tmp_path):
    write_plan_page(value, tmp_path / "plan.html")
    assert (tmp_path / "plan.html").read_text(encoding="utf-8") == text
    (tmp_path / "file").write_text("here before")
    with pytest.raises(RunFailedError, match="cannot write here"):
        write_plan_page(value, tmp_path / "file" / "plan.html")


ACTS = """
const slider = document.getElementById("budget");
const cells = () => [...document.querySelectorAll("#choices tbody tr")].map((row) => row.textContent);
const line = () => document.getElementById("frontier").layout.shapes[0].x0;
const seen = { before: cells(), given: line() };
slider.value = slider.max;
slider.dispatchEvent(new Event("input", { bubbles: true }));
seen.after = cells();
seen.moved = line();
seen.spoken = slider.getAttribute("aria-valuetext");
const measure = document.querySelector("[data-measure]");
measure.value = "images";
measure.dispatchEvent(new Event("change", { bubbles: true }));
seen.images = document.getElementById("mix").data.map((trace) => trace.y[0]);
const interval = document.querySelector("[data-interval]");
interval.value = "full";
interval.dispatchEvent(new Event("change", { bubbles: true }));
const bands = document.getElementById("frontier").data.filter((trace) => trace.fill && trace.visible);
seen.bands = bands.map((trace) => trace.meta);
document.body.dataset.seen = JSON.stringify(seen);
"""


def test_the_slider_moves_table_and_line_without_a_request_or_a_complaint(value, text, tmp_path, visit):
    digest = base64.b64encode(hashlib.sha256(ACTS.encode()).digest()).decode()
    text = text.replace("script-src ", f"script-src &#x27;sha256-{digest}&#x27; ", 1)
    page = tmp_path / "plan.html"
    page.write_text(text.replace("</body>", f"<script>{ACTS}</script></body>"), encoding="utf-8")
    dom, console, asked = visit(page, tmp_path)
    assert console == []
    assert asked == []
    assert dom.count('class="main-svg"') >= 6
    found = re.search(r'<body[^>]* data-seen="(.*?)"[ >]', dom, re.DOTALL)
    assert found is not None
    seen = json.loads(found[1].replace("&quot;", '"'))
    own, last = value.steps[value.given], value.steps[-1]
    for step, rows in ((own, seen["before"]), (last, seen["after"])):
        best = step.best.predicted_miou
        assert len(rows) == len(step.choices)
        assert rows[0].startswith(f"best mix{best.mean:.1f}{best.low:.1f} to {best.high:.1f}")
        assert rows[0].endswith(str(step.best.mix))
    assert (seen["given"], seen["moved"], seen["spoken"]) == (4, 12, "12 h")
    assert sum(seen["images"]) == value.steps[0].best.mix.images
    assert seen["bands"] == ["interval full"]
