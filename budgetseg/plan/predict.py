"""Predictions for a table of mixes, one a row: what to expect, how sure it is, and why it is not surer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.evidence_table import read_mix_table
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Prediction

__all__ = ["SCHEMA", "MixPrediction", "Predictions", "predict", "read_mixes"]

SCHEMA: Final = "budgetseg.predict/1"


@dataclass(frozen=True, kw_only=True)
class MixPrediction:
    """What to expect of one mix."""

    mix: Mix
    miou: Prediction
    parts: Mapping[str, float]
    """See :meth:`budgetseg.plan.surface.Surface.parts`."""
    unseen: tuple[str, ...]
    """Kinds of the mix that no training of the evidence holds: of these only the prior speaks."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``predictions`` of ``budgetseg.predict/1``."""
        miou = {"mean": self.miou.mean, "low": self.miou.low, "high": self.miou.high}
        return {"mix": self.mix.to_dict(), "miou": miou, "sd": dict(self.parts), "unseen": list(self.unseen)}


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """The ``budgetseg.predict/1`` value."""

    evidence: str
    rows: int
    """Trainings of the data set and recipe that the predictions are for."""
    forms: Mapping[str, float]
    """How much each form of learning curve was trusted."""
    level: float
    predictions: tuple[MixPrediction, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "evidence": self.evidence,
            "rows": self.rows,
            "forms": dict(self.forms),
            "level": self.level,
            "predictions": [prediction.to_dict() for prediction in self.predictions],
        }


def read_mixes(path: Path) -> tuple[tuple[str, ...], tuple[Mix, ...]]:
    """Read a CSV file of mixes: its columns, and a mix a row, image counts in columns named like kinds.

    Raises:
        InvalidInputError: The file is missing or no such table, or holds no row.
    """
    columns, lines = read_mix_table(path, "mixes")
    return columns, tuple(Mix.of(dict(zip(KINDS, counts_K, strict=True))) for _, counts_K in lines)


def predict(evidence: Evidence, mixes: tuple[Mix, ...], *, level: float = 0.8) -> Predictions:
    """Predict every mix, in order."""
    surface = fit_surface(evidence)
    counts_MK = np.array([[mix[kind] for kind in KINDS] for mix in mixes], np.float64)
    parts = surface.parts(counts_MK)
    return Predictions(
        evidence=evidence.name,
        rows=len(evidence.miou_R),
        forms=surface.trust.weights,
        level=level,
        predictions=tuple(
            MixPrediction(
                mix=mix,
                miou=miou,
                parts={name: float(sd_M[place]) for name, sd_M in parts.items()},
                unseen=tuple(kind for kind, images in mix if images and kind not in evidence.kinds),
            )
            for place, (mix, miou) in enumerate(zip(mixes, surface.predict(counts_MK, level=level), strict=True))
        ),
    )
