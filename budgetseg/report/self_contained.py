"""What makes a page one file that asks nobody for anything: its parts, data that stays data, and a policy."""

import base64
import hashlib
import json
from importlib.resources import files
from typing import Any

__all__ = ["part", "plotly_source", "policy", "script_json"]


def part(name: str) -> str:
    """A file of this room as text: a template, a style sheet, or a script."""
    return files("budgetseg.report").joinpath(name).read_text(encoding="utf-8")


def plotly_source() -> str:
    """The text of plotly.js, as the installed package carries it."""
    from plotly.offline import get_plotlyjs

    source = str(get_plotlyjs())
    if "</script" in source.lower():
        raise ValueError("plotly.js: holds the end of a script element and cannot be inlined; use another plotly")
    return source


def script_json(document: Any) -> str:
    """JSON that can stand inside a script element: no text in it can end the element or open a comment."""
    return json.dumps(document, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def policy(*scripts: str) -> str:
    """A content security policy under which the page can load nothing, and run these scripts only."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return f"default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src {hashes}"
