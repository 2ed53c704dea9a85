"""Where the paper's text and its released code differ, as data: what each says and the settings that follow it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

__all__ = ["Deviation", "Follow", "deviations", "settings_for"]

Follow = Literal["code", "text"]
"""Which of the two a reproduction follows where they differ; the published numbers came from the code."""


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """One difference."""

    name: str
    text: str
    """What the paper says."""
    code: str
    """What the released code does."""
    rows: tuple[str, ...] = ()
    """Trainings that it is about; none: all."""
    follow_text: Mapping[str, str] = field(default_factory=dict)
    """Settings, as in ``--set``, that follow the text; empty where there is no choice, of which ``note`` tells why."""
    follow_code: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def switch(self) -> str:
        """The settings of both sides; empty where there are none."""
        sides = (self.follow_text, self.follow_code)
        text, code = (" ".join(f"--set {name}={value}" for name, value in side.items()) for side in sides)
        return f"text: {text}; code: {code}" if text else ""

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.deviations/1``."""
        return {
            "name": self.name,
            "text": self.text,
            "code": self.code,
            "rows": list(self.rows),
            "follow_text": dict(self.follow_text),
            "follow_code": dict(self.follow_code),
            "note": self.note,
        }


@cache
def deviations() -> tuple[Deviation, ...]:
    """Every known difference, those with settings first."""
    text = files("budgetseg.reproduce").joinpath("deviations.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["deviation"]
    return tuple(Deviation(**{**row, "rows": tuple(row.get("rows", ()))}) for row in rows)


def settings_for(row: str, follow: Follow) -> dict[str, str]:
    """Return the settings with which a training follows the text or the code wherever they differ."""
    settings: dict[str, str] = {}
    for deviation in deviations():
        if not deviation.rows or row in deviation.rows:
            settings |= deviation.follow_text if follow == "text" else deviation.follow_code
    return settings
