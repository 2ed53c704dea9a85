"""``python -m budgetseg.plan.learn`` makes ``learned.json`` anew; run it when evidence or forms have changed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from budgetseg.files import write_text
from budgetseg.plan.belief import Belief, base_beliefs
from budgetseg.plan.learned import FILE, Population, evidence_digest, populations
from budgetseg.plan.pooling import pool_all

__all__ = ["learn"]

_DIGITS: Final = 4


def learn() -> Mapping[Population, Mapping[str, Belief]]:
    """Pool the evidence in the package, which takes seconds."""
    return {name: pool_all(sets, base_beliefs()) for name, sets in populations().items()}


def _document(belief: Belief) -> dict[str, Any]:
    factor_PP = np.linalg.cholesky(belief.covariance_PP)
    return {
        "names": list(belief.names),
        "mean": belief.mean_P.round(_DIGITS).tolist(),
        "factor": factor_PP[np.tril_indices(len(belief.names))].round(_DIGITS).tolist(),
    }


def _write(path: Path) -> None:
    document: dict[str, Any] = {"learned_from": evidence_digest()}
    for population, beliefs in learn().items():
        document[population] = {form: _document(belief) for form, belief in beliefs.items()}
    write_text(path, json.dumps(document, separators=(",", ":")).replace('"names"', '\n"names"') + "\n")


if __name__ == "__main__":
    _write(Path(__file__).with_name(FILE))
