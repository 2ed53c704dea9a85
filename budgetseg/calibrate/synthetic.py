"""Tasks whose true rates are known, to see whether a calibration finds them.

Shape suffix: N tasks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from budgetseg.calibrate.timings import COLUMNS, COUNTS, MARKS, Timings
from budgetseg.files import csv_text

__all__ = ["CLICKS", "TRUTH", "Truth", "table_of", "tasks_of"]

CLICKS: Final = ("label_s", "first_click_s", "extra_click_s")


@dataclass(frozen=True, kw_only=True)
class Truth:
    """How the tasks come about: seconds = (acts x rates) x the annotator's speed x noise, and some are left open."""

    label_s: float = 1.0
    first_click_s: float = 2.4
    extra_click_s: float = 0.9
    noise_log_sd: float = 0.3
    """The noise is log-normal with median 1."""
    idle_share: float = 0.03
    idle_seconds: float = 600.0
    """Added to a task that was left open."""
    annotators: int = 8
    speed_log_sd: float = 0.0
    by_class: bool = True
    """Whether a task asks about one class, which half of the images hold, or about all 20, of which 1.5 are there."""

    @property
    def medians(self) -> Mapping[str, float]:
        """The rates by name."""
        return {name: getattr(self, name) for name in CLICKS}

    @property
    def means(self) -> Mapping[str, float]:
        """Expected seconds: noise and speeds are log-normal, so a mean is exp(variance / 2) times the median."""
        factor = float(np.exp((self.noise_log_sd**2 + self.speed_log_sd**2) / 2))
        return {name: factor * seconds for name, seconds in self.medians.items()}


TRUTH: Final = Truth()
"""The paper's rates."""


def tasks_of(truth: Truth, tasks: int, rng: np.random.Generator) -> Timings:
    """Draw tasks in which every instance is clicked on."""
    asked_N = np.full(tasks, 1 if truth.by_class else 20)
    present_N = rng.binomial(1, 0.5, tasks) if truth.by_class else 1 + rng.binomial(19, 0.5 / 19, tasks)
    extra_N = rng.poisson(present_N * (1.3 if truth.by_class else 1.3 / 1.5))
    acts_NP = np.stack([asked_N - present_N, present_N, extra_N], axis=1)
    who_N = rng.integers(truth.annotators, size=tasks)
    speed_N = np.exp(truth.speed_log_sd * rng.standard_normal(truth.annotators))[who_N]
    noise_N = np.exp(truth.noise_log_sd * rng.standard_normal(tasks))
    seconds_N = acts_NP @ np.array([*truth.medians.values()]) * speed_N * noise_N
    seconds_N += truth.idle_seconds * (rng.random(tasks) < truth.idle_share)
    held = {"n_classes_asked": asked_N, "n_classes_present": present_N}
    held |= {"n_first_points": present_N, "n_extra_points": extra_N}
    return Timings(
        origin="synthetic",
        seconds_N=seconds_N,
        level_N=np.full(tasks, "allpoints"),
        by_class_N=np.full(tasks, truth.by_class),
        annotator_N=np.array([f"a{number}" for number in who_N]),
        job_N=np.full(tasks, ""),
        counts={name: np.asarray(held.get(name, np.zeros(tasks)), np.float64) for name in COUNTS},
        marks={name: np.zeros(tasks, np.bool_) for name in MARKS},
    )


def table_of(timings: Timings) -> str:
    """Write tasks as ``timings.csv`` has them."""
    rows = []
    for row in range(len(timings)):
        said: dict[str, Any] = {
            "tool": "synthetic",
            "task_id": row + 1,
            "level": timings.level_N[row],
            "granularity": "image-class" if timings.by_class_N[row] else "image",
            "annotator": timings.annotator_N[row],
            "job": timings.job_N[row],
            "seconds": f"{timings.seconds_N[row]:.3f}",
            **{name: str(bool(timings.marks[name][row])).lower() for name in MARKS},
            **{name: int(timings.counts[name][row]) for name in COUNTS if name in COLUMNS},
        }
        rows.append([said.get(name, "") for name in COLUMNS])
    return csv_text(COLUMNS, rows)
