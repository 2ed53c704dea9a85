"""The page: one self-contained HTML file, drawn from the value of a report."""

from fractions import Fraction
from pathlib import Path
from typing import Any

from budgetseg.files import write_text
from budgetseg.report.check_figures import (
    calibration_figure,
    class_figure,
    difference_figure,
    loss_figure,
    progress_figure,
)
from budgetseg.report.figures import hours_figure
from budgetseg.report.frontier_figure import frontier_figure
from budgetseg.report.parts import behind
from budgetseg.report.report import Report, read_report
from budgetseg.report.sections import MOST_BARS, comparison_section, verdict_block
from budgetseg.report.self_contained import part
from budgetseg.report.shell import COMPLETE, draw_shell
from budgetseg.report.tables import repeat_table, skipped_table, version_table
from budgetseg.report.tables_at_budget import setting_table

__all__ = ["draw_page", "write_report"]

LIVE = "Served while runs go on: the page asks this server, and nobody else, for news."


def _charts(report: Report) -> dict[str, Any]:
    figures = {}
    for index, comparison in enumerate(report.comparisons):
        many = len(comparison.points) > MOST_BARS
        figures[f"frontier-{index}"] = frontier_figure(comparison, report.reference)
        figures[f"hours-{index}"] = hours_figure(comparison.side_by_side if many else comparison.points)
        figures[f"classes-{index}"] = class_figure(comparison)
        if len(comparison.steps[comparison.given].readings) > 1:
            figures[f"difference-{index}"] = difference_figure(comparison)
        if any(curve.mious for curve in comparison.learning):
            figures[f"progress-{index}"] = progress_figure(comparison.learning)
        if comparison.learning:
            figures[f"losses-{index}"] = loss_figure(comparison.learning)
        if not isinstance(comparison.calibration, str):
            figures[f"calibration-{index}"] = calibration_figure(comparison.calibration)
    return figures


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
        f"<details><summary>Settings</summary>\n{setting_table([run.config for run in report.runs])}</details>\n"
        f"{behind(version_table(environments), 'Versions and machines')}\n"
        '<p class="note paper">Tables of more than a page, commands and settings are in the file, not on paper.</p>'
    )


def _left_out(report: Report) -> str:
    number = len(report.skipped)
    if not number:
        return ""
    verb = "1 run is" if number == 1 else f"{number} runs are"
    return f'\n<p class="note">{verb} left out, <a href="#skipped">with the reason below</a>.</p>'


def _main(report: Report, document: dict[str, Any]) -> str:
    sections = [comparison_section(index, one, report) for index, one in enumerate(report.comparisons)]
    repeat = (
        '<section id="repeat" aria-labelledby="repeat-title">\n<h2 id="repeat-title">To repeat it</h2>\n'
        f"{_repeat(report, document)}\n</section>"
    )
    return "\n".join([*sections, repeat, _skipped(report), part("report_method.html").strip()])


def draw_page(report: Report, *, live: bool = False) -> str:
    """The whole page as text; the same report gives the same bytes.

    Args:
        report: Its value.
        live: Whether it asks the server that it came from for news, as :mod:`budgetseg.report.serve` wants.
    """
    document = report.to_dict()
    names = ", ".join(dict.fromkeys(comparison.setting.dataset for comparison in report.comparisons))
    return draw_shell(
        kicker="Annotation budget report",
        title=f"Annotation budget report: {names}",
        header="\n".join(verdict_block(comparison) for comparison in report.comparisons) + _left_out(report),
        main=_main(report, document),
        data=document,
        figures=_charts(report),
        styles=("report.css",),
        scripts=("report.js", *(("live.js",) if live else ())),
        asks="'self'" if live else "",
        footer=LIVE if live else COMPLETE,
    )


def write_report(runs: Path, output: Path, *, hours: float | None = None, wage: Fraction | None = None) -> Report:
    """Read a folder of runs, write its page, and return the value that the page draws.

    Args:
        runs: A run directory, or a folder with run directories in it or up to two levels below.
        output: The HTML file; written whole or not at all.
        hours: The budget that the verdict is about; the best of all runs by default.
        wage: Money for an hour of an annotator's work, in the place of the cost book's.

    Raises:
        DataError: The folder is missing, or holds no finished run.
        InvalidInputError: Fewer hours than any run had.
        RunFailedError: The page cannot be written there.
    """
    report = read_report(runs, hours=hours, wage=wage)
    write_text(output, draw_page(report))
    return report
