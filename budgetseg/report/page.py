"""The page: one self-contained HTML file, drawn from the value of a report."""

import base64
import hashlib
import json
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import budgetseg
from budgetseg.files import write_text
from budgetseg.report.figures import CONFIG, frontier_figure, hours_figure, plotly_source
from budgetseg.report.report import Report, read_report
from budgetseg.report.sections import comparison_section, verdict_block
from budgetseg.report.tables import repeat_table, skipped_table, version_table

__all__ = ["draw_page", "write_report"]


def _part(name: str) -> str:
    return files("budgetseg.report").joinpath(name).read_text(encoding="utf-8")


def _json(document: Any) -> str:
    """JSON that can stand inside a script element: no text in it can end the element or open a comment."""
    return json.dumps(document, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def _policy(*scripts: str) -> str:
    """A content security policy under which the page can load nothing, and run these scripts only."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return f"default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src {hashes}"


def _charts(report: Report) -> dict[str, Any]:
    figures = {}
    for index, comparison in enumerate(report.comparisons):
        figures[f"frontier-{index}"] = frontier_figure(comparison.points, report.reference)
        figures[f"hours-{index}"] = hours_figure(comparison.points)
    return {"figures": figures, "config": CONFIG}


def _skipped(report: Report) -> str:
    if not report.skipped:
        return ""
    return (
        '<section id="skipped" aria-labelledby="skipped-title">\n<h2 id="skipped-title">Runs left out</h2>\n'
        f"{skipped_table(report.skipped)}\n</section>"
    )


def _repeat(report: Report, document: dict[str, Any]) -> str:
    opened = " open" if len(report.runs) <= 10 else ""
    environments = [run["environment"] for run in document["runs"]]
    return (
        "<p>Every run directory holds its full settings in <code>config.toml</code>; "
        "these commands make the runs again.</p>\n"
        f"<details{opened}><summary>The commands</summary>\n{repeat_table(report.runs)}</details>\n"
        f"<details><summary>Versions and machines</summary>\n{version_table(environments)}</details>"
    )


def _left_out(report: Report) -> str:
    number = len(report.skipped)
    if not number:
        return ""
    verb = "1 run is" if number == 1 else f"{number} runs are"
    return f'\n<p class="note">{verb} left out, <a href="#skipped">with the reason below</a>.</p>'


def draw_page(report: Report) -> str:
    """The whole page as text; the same report gives the same bytes."""
    plotly, script = plotly_source(), _part("report.js")
    if "</script" in plotly.lower():
        raise ValueError("plotly.js: holds the end of a script element and cannot be inlined; use another plotly")
    document = report.to_dict()
    names = ", ".join(dict.fromkeys(comparison.setting.dataset for comparison in report.comparisons))
    verdicts = "\n".join(verdict_block(comparison) for comparison in report.comparisons)
    return Template(_part("report.html")).substitute(
        policy=escape(_policy(plotly, script)),
        version=escape(budgetseg.__version__),
        title=escape(f"Annotation budget report: {names}"),
        style=_part("report.css").strip(),
        verdicts=verdicts + _left_out(report),
        comparisons="\n".join(
            comparison_section(index, comparison, report) for index, comparison in enumerate(report.comparisons)
        ),
        repeat=_repeat(report, document),
        skipped=_skipped(report),
        data=_json(document),
        charts=_json(_charts(report)),
        plotly=plotly,
        script=script,
    )


def write_report(runs: Path, output: Path) -> Report:
    """Read a folder of runs, write its page, and return the value that the page draws.

    Args:
        runs: A run directory, or a folder with run directories in it or up to two levels below.
        output: The HTML file; written whole or not at all.

    Raises:
        DataError: The folder is missing, or holds no finished run.
        RunFailedError: The page cannot be written there.
    """
    report = read_report(runs)
    write_text(output, draw_page(report))
    return report
