"""``budgetseg config``: which settings are in force, and where each comes from."""

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetseg.cli.output import emit
from budgetseg.cli.settings import layers

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(help="Settings in force: options, environment, files, defaults.", no_args_is_help=True)


def _value(command: str, parameter: Any) -> tuple[Any, str]:
    """Return the value of an option that is not given on the command line, and its origin."""
    variable = f"BUDGETSEG_{command}_{parameter.name}".upper().replace("-", "_")
    if os.environ.get(variable):
        return os.environ[variable], f"environment {variable}"
    for path, tables in layers():
        if parameter.name in tables.get(command, {}):
            return tables[command][parameter.name], str(path)
    return parameter.default, "default"


@app.command()
def show(
    context: typer.Context,
    origin: Annotated[bool, typer.Option("--origin", help="Say where each value comes from.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Print the value of every option of plan, run and report that is in force now."""
    commands: Any = context.find_root().command
    rows = []
    for name in ("plan", "run", "report"):
        for parameter in commands.commands[name].params:
            value, where = _value(name, parameter)
            if parameter.name != "help":
                rows.append({"command": name, "option": parameter.name, "value": value, "origin": where})
    for path, tables in reversed(layers()):
        for key, value in tables.get("train", {}).items():
            rows.append({"command": "train", "option": key, "value": value, "origin": str(path)})
    for row in rows:
        if not isinstance(row["value"], str | int | float | bool | list):
            row["value"] = None

    def draw(console: "Console") -> None:
        for row in rows:
            value = "(not set)" if row["value"] is None else row["value"]
            where = f"  # {row['origin']}" if origin else ""
            console.print(f"{row['command']}.{row['option']} = {value}{where}", markup=False, soft_wrap=True)

    emit({"schema": "budgetseg.config/1", "settings": rows}, as_json, draw)
