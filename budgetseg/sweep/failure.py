"""A failed run's folder says why, whether the run had begun to write there or not."""

from pathlib import Path

from budgetseg.runs.config import config_text
from budgetseg.runs.directory import RESULT_SCHEMA, RunDirectory
from budgetseg.runs.spec import RunSpec

__all__ = ["record_failure"]


def record_failure(folder: Path, spec: RunSpec, command: str, reason: str) -> None:
    """Write ``result.json`` with status ``failed`` and the reason; a finished run is left as it is.

    Raises:
        BudgetsegError: The folder is another run's, in use, or cannot be written to.
    """
    directory = RunDirectory(folder)
    with directory.locked():
        directory.require_same_run(spec.fingerprint)
        result = directory.result or {}
        if result.get("status") == "completed":
            return
        directory.begin(spec.fingerprint)
        directory.write("config.toml", config_text(spec))
        known = {
            "schema": RESULT_SCHEMA,
            "strategy": spec.strategy,
            "dataset": spec.dataset,
            "backbone": spec.backbone,
            "recipe": spec.train.preset,
            "iterations": spec.train.iterations,
            "seed": spec.seed,
            "command": command,
        }
        directory.write_result({**known, **result, "status": "failed", "reason": reason, "miou": None})
