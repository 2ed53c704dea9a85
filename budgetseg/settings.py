"""Reading settings, which arrive as text or TOML values, as the typed fields of a dataclass."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from budgetseg.errors import InvalidInputError, did_you_mean

__all__ = ["comma_list", "counts_by_name", "read_fields", "read_toml", "write_toml"]


def comma_list(text: str) -> tuple[str, ...]:
    """Split ``a, b,c`` into its names; empty ones are left out."""
    return tuple(name for item in text.split(",") if (name := item.strip()))


def counts_by_name(text: str, where: str, what: str = "images") -> dict[str, int]:
    """Read ``full=100,point=900``, numbers of ``what``.

    Raises:
        InvalidInputError: Something else, or a name that stands twice.
    """
    counts: dict[str, int] = {}
    for item in comma_list(text):
        name, _, number = item.partition("=")
        name, number = name.strip(), number.strip()
        if not (name and number.isascii() and number.isdigit()) or name in counts:
            raise InvalidInputError(f'{where}: expected each name once as name={what},name={what}, got "{item}"')
        counts[name] = int(number)
    return counts


def read_fields(owner: type, settings: Mapping[str, Any], section: str) -> dict[str, Any]:
    """Read each setting as the type of the field of ``owner`` that has its name.

    Args:
        owner: A dataclass.
        settings: Field names and values; text is read as numbers, truth values or comma lists where the field is one.
        section: What messages put before the name: ``section.name``.

    Raises:
        InvalidInputError: An unknown name or a value of the wrong type.
    """
    hints = get_type_hints(owner)
    values = {}
    for name, value in settings.items():
        if name not in hints:
            raise InvalidInputError(f'unknown setting "{section}.{name}"{did_you_mean(name, hints)}')
        values[name] = _read(hints[name], value, f"{section}.{name}")
    return values


def _read(hint: Any, value: Any, where: str) -> Any:
    options = get_args(hint)
    if NoneType in options:
        if value is None or value == "none":
            return None
        hint = next(option for option in options if option is not NoneType)
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise InvalidInputError(f'{where}: expected one of {", ".join(get_args(hint))}, got "{value}"')
        return value
    if get_origin(hint) is tuple:
        if isinstance(value, str):
            return comma_list(value)
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise InvalidInputError(f"{where}: expected a list of names, got {value!r}")
        return tuple(name for item in value if (name := item.strip()))
    if hint is bool:
        truth = {"true": True, "false": False}.get(str(value).lower())
        if truth is None:
            raise InvalidInputError(f'{where}: expected true or false, got "{value}"')
        return truth
    return _read_number(hint, value, where) if hint in (int, float) else str(value)


def _read_number(hint: type[int] | type[float], value: Any, where: str) -> int | float:
    expected = "a whole number" if hint is int else "a number"
    if isinstance(value, bool) or (hint is int and isinstance(value, float) and not value.is_integer()):
        raise InvalidInputError(f"{where}: expected {expected}, got {value}")
    try:
        return hint(value)
    except (TypeError, ValueError):
        raise InvalidInputError(f'{where}: expected {expected}, got "{value}"') from None


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        InvalidInputError: The file is missing or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInputError(f"{path}: cannot read this file ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path}: expected TOML in UTF-8, byte {error.start} is not") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(f"{path}: expected TOML: {error}") from error


def write_toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return tables of plain values as TOML; None is left out, as TOML has no such value."""
    lines = []
    for table, values in tables.items():
        lines.append(f"[{table}]")
        lines += [f"{name} = {_toml(value)}" for name, value in values.items() if value is not None]
        lines.append("")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return repr(value)
