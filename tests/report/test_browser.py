"""The page in a real browser: drawn, silent, and without one request to anybody."""

import base64
import hashlib
import json
import re

import pytest
from PIL import Image

from budgetseg.report import draw_page, write_report


@pytest.fixture
def page(make_run, tmp_path):
    for strategy, miou in (("hybrid", 61.0), ("full", 52.0), ("<b>odd</b>", 40.0)):
        make_run(strategy.replace("/", ""), strategy=strategy, miou=miou, samples=("i1", "i2"))
    path = tmp_path / "report.html"
    write_report(tmp_path / "runs", path)
    return path


ACTS = """
const box = document.querySelector("[data-reference]");
const chart = document.getElementById("frontier-0");
const layer = () => String(chart.data.find((trace) => trace.meta === "reference").visible);
const before = layer();
box.click();
const after = layer();
URL.createObjectURL = (blob) => { blob.text().then((text) => { document.body.dataset.csv = text; }); return "data:,"; };
document.querySelector("[data-csv]").click();
document.body.dataset.acts = [before, after].join();
"""


def test_the_page_is_drawn_and_works_without_a_request_or_a_complaint(page, tmp_path, visit):
    text = page.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(ACTS.encode()).digest()).decode()
    text = text.replace("script-src ", f"script-src &#x27;sha256-{digest}&#x27; ", 1)
    page.write_text(text.replace("</body>", f"<script>{ACTS}</script></body>"), encoding="utf-8")
    dom, console, asked = visit(page, tmp_path)
    assert console == []
    assert asked == []
    assert dom.count('class="main-svg"') >= 2
    legend = re.findall(r'<text class="legendtext"[^>]*>(.*?)</text>', dom)
    assert "&lt;b&gt;odd&lt;/b&gt;" in legend  # the name as it is, not in bold
    assert 'data-acts="false,true"' in dom  # far from these hours, so only the switch shows them
    csv = re.search(r'<body[^>]* data-csv="(.*?)"[ >]', dom, re.DOTALL)
    assert csv is not None
    assert "&quot;hybrid&quot;,&quot;hybrid&quot;" in csv[1]
    assert "&quot;61&quot;,&quot;58.5&quot;,&quot;63.25&quot;" in csv[1]


def test_requests_and_complaints_would_be_seen(tmp_path, visit):
    bad = tmp_path / "bad.html"
    bad.write_text('<img src="http://example.com/pixel.png"><script>console.error("broken")</script>')
    _, console, asked = visit(bad, tmp_path)
    assert asked == ["http://example.com/pixel.png"]
    assert any("broken" in line for line in console)


def test_a_script_that_got_in_would_not_run(page, tmp_path, visit):
    head, _ = page.read_text(encoding="utf-8").split("<main>")
    page.write_text(f"{head}<script>document.title = 'taken'</script>", encoding="utf-8")
    dom, console, _ = visit(page, tmp_path)
    assert "<title>taken</title>" not in dom
    assert any("Content Security Policy" in line for line in console)


MOVES = """
const settled = () => new Promise((done) => setTimeout(done, 700));
const cells = () => [...document.querySelectorAll("#choices-0 tbody tr")].map((row) => row.textContent);
const chart = document.getElementById("frontier-0");
const trace = (name) => chart.data.find((one) => one.name === name);
const line = () => chart.layout.shapes.map((shape) => shape.x0);
const choose = (selector, value) => {
  const control = document.querySelector(selector);
  control.value = value;
  control.dispatchEvent(new Event("change", { bubbles: true }));
};
const seen = { before: cells(), given: line() };
const slider = document.getElementById("budget-0");
slider.value = 0;
slider.dispatchEvent(new Event("input", { bubbles: true }));
Object.assign(seen, { after: cells(), moved: line(), spoken: slider.getAttribute("aria-valuetext") });
seen.pairs = document.querySelector("#pairs-0 caption").textContent;
seen.heat = document.getElementById("classes-0")?.data?.[0].x ?? null;
choose("[data-measure]", "money");
Object.assign(seen, { money: [...trace("full").x], moneyLine: line(), moneyTitle: chart.layout.xaxis.title.text });
choose("[data-measure]", "images");
Object.assign(seen, { images: [...trace("full").x], imageLines: line() });
choose("[data-measure]", "hours");
choose("[data-scale]", "linear");
seen.scale = chart.layout.xaxis.type;
choose("[data-spread]", "runs");
seen.bars = trace("full").error_y.visible;
seen.runs = trace("full, single runs").visible;
document.querySelector('[data-kind="point"]').click();
seen.kinds = chart.data.filter((one) => one.meta?.role === "series" && one.visible !== false).map((one) => one.name);
document.querySelector('[data-kind="point"]').click();
document.querySelector('[data-layer="planner"]').click();
seen.planner = chart.data.filter((one) => ["planner", "band"].includes(one.meta?.role)).map((one) => one.visible);
settled().then(() => {
  const entries = [...chart.querySelectorAll(".legend .traces")];
  const entry = entries.find((one) => one.querySelector(".legendtext").textContent === "full");
  const press = (kind) => entry.querySelector(".legendtoggle").dispatchEvent(new MouseEvent(kind, { bubbles: true }));
  press("mousedown");
  press("mouseup");
  return settled();
}).then(() => {
  seen.legend = trace("full").visible;
  seen.others = trace("hybrid").visible ?? true;
  document.body.dataset.seen = JSON.stringify(seen);
});
"""


def with_script(text, script):
    """A page on which a further script may run."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    text = text.replace("script-src ", f"script-src &#x27;sha256-{digest}&#x27; ", 1)
    return text.replace("</body>", f"<script>{script}</script></body>")


def seen_on(dom):
    """What a further script has left on the page."""
    found = re.search(r'<body[^>]* data-seen="(.*?)"[ >]', dom, re.DOTALL)
    assert found is not None
    return json.loads(found[1].replace("&quot;", '"'))


def test_the_slider_changes_the_table_switches_change_the_chart_and_the_legend_hides(planned, tmp_path, visit):
    page = tmp_path / "report.html"
    page.write_text(with_script(draw_page(planned), MOVES), encoding="utf-8")
    dom, console, asked = visit(page, tmp_path)
    assert (console, asked) == ([], [])
    seen = seen_on(dom)
    comparison = planned.comparisons[0]
    for step, rows in ((comparison.steps[comparison.given], seen["before"]), (comparison.steps[0], seen["after"])):
        expected = next(one for one in comparison.planned if one.hours == step.hours)
        assert len(rows) == len(step.readings) + 1
        for one, text in zip(step.readings, rows, strict=False):
            assert text.startswith(f"{one.series}{one.miou:.1f}{one.low:.1f} to {one.high:.1f}")
            assert text.endswith(one.bought)
        assert rows[-1].startswith(f"planner: best mix{expected.expected.mean:.1f}")
        assert rows[-1].endswith(str(expected.mix))
    assert (seen["given"], seen["moved"], seen["spoken"]) == ([comparison.steps[comparison.given].hours], [2], "2 h")
    assert seen["pairs"].endswith(" at 2 h")
    full = [point for point in comparison.points if point.series == "full"]
    assert seen["money"] == pytest.approx([15 * point.hours for point in full])
    assert seen["moneyLine"] == [30]
    assert seen["moneyTitle"] == "money for annotation, USD (log scale)"
    assert seen["images"] == [sum(point.mix.values()) for point in full]
    assert seen["imageLines"] == []
    assert (seen["scale"], seen["bars"], seen["runs"]) == ("linear", False, True)
    assert sorted(seen["kinds"]) == ["full", "image"]
    assert seen["planner"] == [False, False]
    assert (seen["legend"], seen["others"]) == ("legendonly", True)


@pytest.mark.parametrize("width", [500, 820, 1280])  # 500 px is the narrowest window of a headless browser
def test_pictures_at_three_widths_show_a_page(width, planned, tmp_path, shoot):
    page = tmp_path / "report.html"
    page.write_text(draw_page(planned), encoding="utf-8")
    shoot(page, tmp_path / "page.png", width)
    with Image.open(tmp_path / "page.png") as picture:
        assert picture.size == (width, 900)
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 20)
    assert len(colours) > 40  # neither blank nor a single message


KEYS = """
const settled = () => new Promise((done) => setTimeout(done, 700));
const chart = document.getElementById("frontier-0");
const entries = () => [...chart.querySelectorAll('.legendtoggle[role="button"]')];
const entry = () => entries().find((one) => one.ariaLabel === "Show full");
const shown = () => chart.data.find((one) => one.name === "full").visible ?? true;
const seen = [];
const press = (key) => {
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  return settled().then(() => {
    seen.push([shown(), entry().getAttribute("aria-pressed"), document.activeElement === entry()]);
  });
};
entry().focus();
press("x").then(() => press("Enter")).then(() => {
  const slider = document.getElementById("budget-0");
  slider.value = 0;
  slider.dispatchEvent(new Event("input", { bubbles: true })); // draws the chart anew
  return press("x");
}).then(() => press(" ")).then(() => { document.body.dataset.seen = JSON.stringify([entry().tabIndex, ...seen]); });
"""


def test_the_legend_is_used_by_keyboard(planned, tmp_path, visit):
    page = tmp_path / "report.html"
    page.write_text(with_script(draw_page(planned), KEYS), encoding="utf-8")
    dom, console, _ = visit(page, tmp_path)
    assert console == []
    shown, hidden = [True, "true", True], ["legendonly", "false", True]
    assert seen_on(dom) == [0, shown, hidden, hidden, shown]


PAPER = """
const charts = () => [...document.querySelectorAll("[data-chart]")];
const state = () => ({
  open: [...document.querySelectorAll("details[open] > summary")].map((one) => one.textContent),
  dark: matchMedia("(prefers-color-scheme: dark)").matches,
  ink: new Set(charts().map((one) => one.layout?.font.color)).size === 1 ? charts()[0].layout.font.color : "mixed",
  widths: charts().map((one) => one.querySelector(".main-svg")?.getAttribute("width") - one.clientWidth),
});
addEventListener("beforeprint", () => console.log("paper", JSON.stringify(state())));
"""


def test_on_paper_tables_are_open_charts_are_dark_on_light_and_fit(planned, tmp_path, on_paper):
    page = tmp_path / "report.html"
    page.write_text(with_script(draw_page(planned), PAPER), encoding="utf-8")
    said, pdf = on_paper(page, tmp_path)
    (line,) = re.findall(r'"paper (\{.*\})"', said)
    state = json.loads(line.replace('\\"', '"'))
    assert state["open"].count("The numbers behind the chart") >= 4
    assert {"The hours of each run", "The cost book and its sources", "Versions and machines"} <= {*state["open"]}
    assert not {"The commands", "Settings", "The published points"} & {*state["open"]}  # for the screen
    assert (state["dark"], state["ink"]) == (True, "#000000")  # shown dark, printed dark on light
    assert {*state["widths"]} == {0}
    width, height = map(float, re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups())
    assert (width, height) == (pytest.approx(595, abs=1.5), pytest.approx(842, abs=1.5))  # A4 in points
    page.write_text(draw_page(planned).replace(" data-paper", ""), encoding="utf-8")
    _, closed = on_paper(page, tmp_path)
    pages = [len(re.findall(rb"/Type /Page\b", one)) for one in (pdf, closed)]
    assert pages[0] > pages[1]  # the tables are on the sheets


BACK = (
    PAPER
    + """
dispatchEvent(new Event("beforeprint"));
dispatchEvent(new Event("afterprint"));
setTimeout(() => { document.body.dataset.seen = JSON.stringify(state()); }, 700);
"""
)


def test_after_printing_the_page_is_as_before(planned, tmp_path, visit):
    page = tmp_path / "report.html"
    page.write_text(with_script(draw_page(planned), BACK), encoding="utf-8")
    dom, console, _ = visit(page, tmp_path)
    assert len(console) == 1  # what it logs when it is printed
    state = seen_on(dom)
    assert "The numbers behind the chart" not in state["open"]
    assert state["ink"] == "#1b1f24"
    assert {*state["widths"]} == {0}


NARROW = "console.log('wide', document.documentElement.scrollWidth - document.documentElement.clientWidth);"


def test_nothing_sticks_out_on_a_phone(planned, tmp_path, visit):
    (tmp_path / "report.html").write_text(with_script(draw_page(planned), NARROW), encoding="utf-8")
    frame = tmp_path / "phone.html"  # narrower than a headless window can be; it speaks on the console
    frame.write_text('<iframe src="report.html" width="360" height="2000"></iframe>')
    _, console, asked = visit(frame, tmp_path)
    assert asked == []
    assert len(console) == 1
    assert '"wide 0"' in console[0]
