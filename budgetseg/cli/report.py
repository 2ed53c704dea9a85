"""``budgetseg report``: one page that says what the runs mean."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["report"]


def report(
    runs: Annotated[Path, typer.Argument(help="A run directory, or a folder of them (up to two levels deep).")] = Path(
        "runs"
    ),
    output: Annotated[Path, typer.Option("-o", "--output", help="The HTML file to write.")] = Path("report.html"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the values of the page as one JSON document.")] = False,
) -> None:
    """Write one self-contained page: the verdict, the frontier, classes, hours and images of many runs."""
    from rich.text import Text

    from budgetseg.cli.output import emit, notice
    from budgetseg.report.page import write_report

    made = write_report(runs, output)
    for run in made.skipped:
        notice(f"left out: {run.name}: {run.reason}")

    def draw(console: "Console") -> None:
        for comparison in made.comparisons:
            console.print(Text(comparison.verdict.sentence))
            if comparison.verdict.caution:
                console.print(Text(comparison.verdict.caution))
        console.print(Text(f"{len(made.runs)} runs in {output}: open it in any browser, it needs no network."))

    emit(made.to_dict(), as_json, draw)
