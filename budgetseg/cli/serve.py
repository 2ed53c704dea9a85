"""``budgetseg serve``: the report of a folder of runs in a browser, drawn anew as runs finish."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["serve"]


def serve(
    runs: Annotated[Path, typer.Argument(help="A folder of runs; it may be empty, or not be there yet.")] = Path(
        "runs"
    ),
    host: Annotated[
        str, typer.Option(help="Address to listen on. Any but this machine's own shows the results to a network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes any free one.")] = 8765,
    hours: Annotated[
        str | None,
        typer.Option(help="The budget that the verdict is about.", show_default="the best of all runs"),
    ] = None,
    wage: Annotated[
        str | None, typer.Option(help="Money for an annotator's hour at work.", show_default="the cost book's")
    ] = None,
) -> None:
    """Serve the page of ``budgetseg report``, refreshed while a sweep runs; stop it with Ctrl-C."""
    from budgetseg.cli.output import notice
    from budgetseg.costs.hours import seconds_of_hours
    from budgetseg.costs.labour_table import labour_number
    from budgetseg.costs.workload import exact_number
    from budgetseg.report.page import draw_page
    from budgetseg.report.report import read_report
    from budgetseg.report.serve import Pages, make_server

    budget = None if hours is None else float(seconds_of_hours(hours) / 3600)
    paid = None if wage is None else labour_number("wage_per_hour", exact_number(wage, "--wage"), "--wage")

    def draw() -> str:
        return draw_page(read_report(runs, hours=budget, wage=paid), live=True)

    with make_server(Pages(runs, draw), host, port) as server:
        shown = f"[{host}]" if ":" in host else host
        notice(f"http://{shown}:{server.server_port}/ shows {runs}; stop it with Ctrl-C")
        server.serve_forever()
