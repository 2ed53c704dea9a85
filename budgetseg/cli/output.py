"""How commands speak: one JSON document or a drawing on stdout; notices and errors on stderr."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["emit", "notice"]


def emit(document: Mapping[str, Any], as_json: bool, draw: "Callable[[Console], None]") -> None:
    """Print the value of a command: as exactly one JSON document, or drawn for a person."""
    if as_json:
        sys.stdout.write(json.dumps(document, indent=1, allow_nan=False) + "\n")
        return
    from rich.console import Console

    draw(Console(highlight=False))


def notice(text: str) -> None:
    """Tell the user something on stderr, so that stdout stays data."""
    sys.stderr.write(text + "\n")
