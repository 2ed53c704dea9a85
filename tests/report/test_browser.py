"""The page in a real browser: drawn, silent, and without one request to anybody."""

import base64
import hashlib
import re

import pytest

from budgetseg.report import write_report


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
