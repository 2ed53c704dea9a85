"""Times of CVAT's exported events: it keeps them by job, so a job's time is shared out evenly over its images.

Shape suffix: N images of a task.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Any, Final

import numpy as np

from budgetseg.errors import InvalidInputError
from budgetseg.labelling.bounded import refuse_large
from budgetseg.labelling.cvat_meta import Job

__all__ = ["shared_out", "working_seconds"]

_WORK: Final = "send:working_time"


def working_seconds(path: Path) -> dict[str, float]:
    """Return the working time of each job, in seconds, by its id, from CVAT's exported events.

    Raises:
        InvalidInputError: The file is missing or no such table.
    """
    refuse_large(path)
    found: dict[str, float] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"scope", "job_id", "duration"} <= set(rows.fieldnames or ()):
                raise InvalidInputError(f"{path}: expected CVAT's events, with the columns scope, job_id and duration")
            for row in rows:
                if row["scope"] == _WORK and row["job_id"]:
                    milliseconds = _milliseconds(row)
                    found[row["job_id"]] = found.get(row["job_id"], 0.0) + milliseconds / 1000
    except OSError as error:
        raise InvalidInputError(f"{path}: cannot read this file ({error.strerror or error})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInputError(f"{path}: expected CSV in UTF-8: {error}") from error
    return found


def _milliseconds(row: dict[str, Any]) -> float:
    try:
        payload = json.loads(row.get("payload") or "{}")
        value = payload.get("working_time", row["duration"]) if isinstance(payload, dict) else row["duration"]
        number = float(value)
    except (TypeError, ValueError, RecursionError):
        return 0.0
    return number if 0 <= number < 1e12 else 0.0


def shared_out(jobs: Sequence[Job], frames: Sequence[int], of_job: Mapping[str, float]) -> list[float | None]:
    """Return the seconds of each image of a task; None where it is in no job, or in one whose time is not known.

    Args:
        jobs: Of the task. A single one holds all its images.
        frames: The place of each image in the task, from 0.
        of_job: Working time of each job, in seconds.
    """
    order_N = np.argsort(np.asarray(frames, np.int64), kind="stable")
    sorted_N = np.asarray(frames, np.int64)[order_N]
    seconds_N, held_N = np.zeros(len(frames)), np.zeros(len(frames), np.bool_)
    for job in jobs:
        first, end = np.searchsorted(sorted_N, [max(0, job.first), job.last + 1]) if len(jobs) > 1 else (0, len(frames))
        if first < end:
            seconds_N[order_N[first:end]] += of_job.get(job.id, np.nan) / (end - first)
            held_N[order_N[first:end]] = True
    return [
        seconds if held and not isnan(seconds) else None
        for seconds, held in zip(seconds_N.tolist(), held_N.tolist(), strict=True)
    ]
