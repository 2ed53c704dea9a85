"""The ``budgetseg`` command: mounts the groups, reads configuration files, and turns failures into one line each."""

import os
import sys
from typing import Annotated, NoReturn

import typer

from budgetseg import __version__
from budgetseg.cli import annotations, bench, campaign, config, costs, data, objectness, reproduce, runs
from budgetseg.cli.annotate import annotate
from budgetseg.cli.calibrate import calibrate
from budgetseg.cli.ingest import ingest
from budgetseg.cli.output import notice
from budgetseg.cli.pilot import pilot
from budgetseg.cli.plan import plan
from budgetseg.cli.predict import predict
from budgetseg.cli.rehearse import rehearse
from budgetseg.cli.replay import replay
from budgetseg.cli.report import report
from budgetseg.cli.run import run
from budgetseg.cli.serve import serve
from budgetseg.cli.settings import command_defaults
from budgetseg.cli.sweep import sweep
from budgetseg.cli.tasks import tasks
from budgetseg.errors import BudgetsegError

__all__ = ["app", "main"]

INTERRUPTED = 130

app = typer.Typer(
    name="budgetseg",
    help="Spend an annotation budget well: cost, plan, simulate and measure mixes of weak and full labels.",
    no_args_is_help=True,
    rich_markup_mode=None,  # rich help doubles the start-up time
    pretty_exceptions_enable=False,
    context_settings={"auto_envvar_prefix": "BUDGETSEG", "help_option_names": ["-h", "--help"]},
)
app.command()(plan)
app.command()(predict)
app.command()(pilot)
app.command()(run)
app.command()(tasks)
app.command()(rehearse)
app.command()(ingest)
app.command()(sweep)
app.add_typer(runs.app, name="runs")
app.command()(report)
app.command()(annotate)
app.command()(calibrate)
app.command()(serve)
app.command()(replay)
app.add_typer(costs.app, name="costs")
app.add_typer(campaign.app, name="campaign")
app.add_typer(data.app, name="data")
app.add_typer(annotations.app, name="annotations")
app.add_typer(objectness.app, name="objectness")
app.add_typer(reproduce.app, name="reproduce")
app.add_typer(config.app, name="config")
app.add_typer(bench.app, name="bench")


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"budgetseg {__version__} (Python {sys.version.split()[0]})\n")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 - acts through its callback
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Plain text, as with NO_COLOR=1.")] = False,
) -> None:
    if no_color:
        os.environ["NO_COLOR"] = "1"
    context.default_map = command_defaults(context.command)


def main() -> NoReturn:
    """Run the command line and exit with the code of ``budgetseg.errors``."""
    try:
        code = app(standalone_mode=False)
    except BudgetsegError as error:
        notice(f"error: {error}")
        if os.environ.get("BUDGETSEG_DEBUG"):
            raise
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        notice("stopped")
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; say nothing more, to nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as error:
        # Usage errors of the command-line library, whose home moved between typer's versions.
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        code = int(getattr(error, "exit_code", 2))
    sys.exit(code if isinstance(code, int) else 0)
