"""The page: one self-contained HTML file, drawn from the value of a report."""

from html import escape
from pathlib import Path
from string import Template
from typing import Any

import budgetseg
from budgetseg.files import write_text
from budgetseg.report.figures import CONFIG, frontier_figure, hours_figure
from budgetseg.report.report import Report, read_report
from budgetseg.report.sections import comparison_section, verdict_block
from budgetseg.report.self_contained import part, plotly_source, policy, script_json
from budgetseg.report.tables import repeat_table, skipped_table, version_table

__all__ = ["draw_page", "write_report"]


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
    plotly, script = plotly_source(), part("charts.js") + part("report.js")
    document = report.to_dict()
    names = ", ".join(dict.fromkeys(comparison.setting.dataset for comparison in report.comparisons))
    verdicts = "\n".join(verdict_block(comparison) for comparison in report.comparisons)
    return Template(part("report.html")).substitute(
        policy=escape(policy(plotly, script)),
        version=escape(budgetseg.__version__),
        title=escape(f"Annotation budget report: {names}"),
        style=part("report.css").strip(),
        verdicts=verdicts + _left_out(report),
        comparisons="\n".join(
            comparison_section(index, comparison, report) for index, comparison in enumerate(report.comparisons)
        ),
        repeat=_repeat(report, document),
        skipped=_skipped(report),
        data=script_json(document),
        charts=script_json(_charts(report)),
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
