"""Defaults of command-line options from files: ``./budgetseg.toml`` before ``~/.config/budgetseg/config.toml``.

A file has one table a command (``[plan]``, ``[run]``, ...), with option names written with underscores, and ``[train]``
for the recipe of ``run``. Order of precedence: option, environment (``BUDGETSEG_PLAN_HOURS``), project file, user file,
built-in default.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from budgetseg.errors import InvalidInputError, did_you_mean

__all__ = ["Layer", "command_defaults", "layers", "train_defaults"]

Layer = tuple[Path, Mapping[str, Mapping[str, Any]]]


def _files() -> tuple[Path, ...]:
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Path("budgetseg.toml"), home / "budgetseg" / "config.toml"


def layers() -> list[Layer]:
    """Return the configuration files there are, strongest first, with their tables."""
    found: list[Layer] = []
    for path in _files():
        if path.is_file():
            from budgetseg.settings import read_toml

            found.append((path, read_toml(path)))
    return found


def _options(command: Any) -> list[str]:
    return [parameter.name for parameter in command.params if parameter.name not in (None, "help")]


def command_defaults(root: Any) -> dict[str, dict[str, Any]]:
    """Return the default of each option that a file sets, by command.

    Args:
        root: The command group, which knows all commands and their options.

    Raises:
        InvalidInputError: A table or key that no command has.
    """
    defaults: dict[str, dict[str, Any]] = {}
    for path, tables in reversed(layers()):
        for name, table in tables.items():
            if name == "train":
                continue
            if name not in root.commands or not isinstance(table, dict):
                raise InvalidInputError(
                    f'{path}: unknown table "{name}"{did_you_mean(name, [*root.commands, "train"])}'
                )
            options = _options(root.commands[name])
            for key in table:
                if key not in options:
                    raise InvalidInputError(f'{path}: [{name}]: unknown key "{key}"{did_you_mean(key, options)}')
            defaults.setdefault(name, {}).update(table)
    return defaults


def train_defaults() -> dict[str, Any]:
    """Return the recipe settings that files give, the project's over the user's."""
    merged: dict[str, Any] = {}
    for _, tables in reversed(layers()):
        merged.update(tables.get("train", {}))
    return merged
