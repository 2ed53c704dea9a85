"""The command line that carries a run out, for readers who want to repeat it."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["run_command"]

_SET_ONLY: Final = frozenset({"run.rank_weights", "run.tags", "run.order", "run.classifier", "run.skip", "run.moves"})
"""Settings of a run that have no option of their own."""
_TRAIN_OPTIONS: Final = {
    "train.preset": "--recipe",
    "train.iterations": "--iterations",
    "train.batch": "--batch",
    "train.crop": "--crop",
}


def run_command(settings: Mapping[str, str], folder: Path, mix: str | None = None) -> str:
    """Return ``budgetseg run ...`` for a run.

    Args:
        settings: Every setting that is not a default, by its name in ``--set``.
        folder: The run directory.
        mix: ``full=40,point=640``, where images of each kind are bought.
    """
    words = ["budgetseg", "run", *(() if mix is None else ("--mix", mix))]
    for name, value in settings.items():
        table, _, key = name.partition(".")
        if name in _TRAIN_OPTIONS:
            words += [_TRAIN_OPTIONS[name], value]
        elif table == "run" and name not in _SET_ONLY:
            words += [f"--{key.replace('_', '-')}", value]
        else:
            words += ["--set", f"{name}={value}"]
    return shlex.join([*words, "--out", str(folder)])
