"""``budgetseg report``: one page that says what the runs mean, and a memo for whoever decides."""

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
    hours: Annotated[
        str | None,
        typer.Option(
            help="The budget that the verdict and the memo are about, such as 6, 90m or 1h30m.",
            show_default="the best of all runs; for the memo its hours",
        ),
    ] = None,
    wage: Annotated[
        str | None, typer.Option(help="Money for an annotator's hour at work.", show_default="the cost book's")
    ] = None,
    memo: Annotated[
        Path | None,
        typer.Option(
            help="Write a memo to this HTML file as well, one A4 page when printed: what to buy, for how much, done "
            "when, how sure that is, where to stop, and what would change the plan."
        ),
    ] = None,
    annotators: Annotated[
        str | None, typer.Option(help="For the memo: people, such as 4 or expert=1,crowd=4.", show_default="1")
    ] = None,
    start: Annotated[str | None, typer.Option(help="For the memo: their first day, such as 2027-01-11.")] = None,
    miou_worth: Annotated[
        str | None,
        typer.Option(help="For the memo: money that one more mIoU is worth.", show_default="10 hours of annotation"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the values of the page (and of the memo) as one JSON document.")
    ] = False,
) -> None:
    """Write one self-contained page: the verdict, the frontier, classes, hours and images of many runs."""
    from rich.text import Text

    from budgetseg.cli.memo import check_memo_options, memo_from
    from budgetseg.cli.output import emit, notice
    from budgetseg.costs.hours import seconds_of_hours
    from budgetseg.costs.labour_table import labour_number
    from budgetseg.costs.workload import exact_number
    from budgetseg.report.page import write_report

    check_memo_options(memo, annotators=annotators, start=start, miou_worth=miou_worth)
    budget = None if hours is None else float(seconds_of_hours(hours) / 3600)
    paid = None if wage is None else labour_number("wage_per_hour", exact_number(wage, "--wage"), "--wage")
    made = write_report(runs, output, hours=budget, wage=paid)
    for run in made.skipped:
        notice(f"left out: {run.name}: {run.reason}")
    document = made.to_dict()
    said = ""
    if memo is not None:
        written = memo_from(
            made, memo, hours=budget, wage=paid, annotators=annotators, start=start, miou_worth=miou_worth
        )
        document["memo"] = written.to_dict()
        from budgetseg.report.memo_page import sentence

        said = sentence(written)

    def draw(console: "Console") -> None:
        for comparison in made.comparisons:
            console.print(Text(comparison.verdict.sentence))
            if comparison.verdict.caution:
                console.print(Text(comparison.verdict.caution))
        console.print(Text(f"{len(made.runs)} runs in {output}: open it in any browser, it needs no network."))
        if said:
            console.print(Text(f"{said} More in {memo}, one page on A4."))

    emit(document, as_json, draw)
