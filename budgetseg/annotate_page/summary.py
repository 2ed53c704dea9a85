"""What a session ends with: answers, hours, control images, and the rates of this person."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from budgetseg.annotate_page.session import Session
from budgetseg.calibrate.calibrate import Calibration, calibrate
from budgetseg.calibrate.timings import read_timings
from budgetseg.costs.book import CostBook
from budgetseg.errors import DataError

__all__ = ["measured", "summary_of"]


def measured(session: Session, prior: CostBook) -> Calibration | None:
    """Return the rates by the session's times; None where nothing was answered yet."""
    session.write()
    try:
        return calibrate(read_timings(session.timings), prior, np.random.default_rng(0))
    except DataError:
        return None


def summary_of(session: Session, prior: CostBook) -> Mapping[str, Any]:
    """Return the ``budgetseg.annotate/1`` document; ``told`` says it in sentences."""
    calibration, grade, images = measured(session, prior), session.grade(), session.write()
    seconds = sum(answer.seconds for answer in session.answers)
    told = [
        f"{session.answered:,} of {len(session.questions):,} questions answered in {seconds / 60:.1f} minutes;",
        f"{images:,} of {len(session.asked.images):,} images are complete.",
    ]
    if grade.controls:
        told.append(f"Of {grade.controls} control questions {grade.right} were answered rightly.")
    rates = {} if calibration is None else calibration.rates
    return {
        "schema": "budgetseg.annotate/1",
        "kind": session.asked.kind,
        "answered": session.answered,
        "questions": len(session.questions),
        "images_complete": images,
        "images": len(session.asked.images),
        "seconds": seconds,
        "controls": grade.controls,
        "controls_right": grade.right,
        "rates": [{"name": name, **rate.to_dict()} for name, rate in rates.items()],
        "warnings": [] if calibration is None else list(calibration.warnings),
        "told": told,
    }
