"""What the evidence in the package says of curves in general, learned beforehand by `budgetseg.plan.learn`.

Two beliefs are kept for every form: ``modern``, of data sets trained with recipes of that name and a pretrained
network, and ``any``, of all recipes, the paper's and the embedded scenes' ``tiny`` among them. Learning takes ten
seconds and planning one, so the result lies beside the evidence.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import numpy as np

from budgetseg.plan.belief import Belief, base_beliefs
from budgetseg.plan.evidence import MODERN, PAPER, Evidence, read_evidence
from budgetseg.plan.pooling import pool_all

__all__ = ["beliefs_for", "evidence_digest", "learned", "populations"]

Population = Literal["modern", "any"]

FILE: Final = "learned.json"


def beliefs_for(evidence: Evidence) -> Mapping[str, Belief]:
    """What is believed of a form's parameters before the trainings at hand, by form.

    Where the evidence is a file of several data sets, those beside the one at hand are pooled first. The paper's
    evidence stands alone, for it shall say what the paper says; and what was learned from the evidence in the package
    is not used a second time on one of its own data sets.
    """
    if evidence.name == PAPER:
        return base_beliefs()
    if evidence.name == MODERN and len(evidence.miou_R):
        return pool_all(evidence.others, base_beliefs())
    before = learned("modern" if evidence.name == MODERN or _is_modern(evidence) else "any")
    return pool_all([each for each in evidence.others if each.name != MODERN], before)  # the rest is learned already


def _is_modern(evidence: Evidence) -> bool:
    """Whether a network of today was trained that had seen photographs before: ``tiny`` starts from nothing."""
    recipe = evidence.recipe or ""
    return recipe.startswith(MODERN) and not recipe.startswith(f"{MODERN} tiny")


def populations() -> Mapping[Population, Sequence[Evidence]]:
    """The data sets that each belief is learned from."""
    modern, paper = read_evidence(MODERN), read_evidence(PAPER)
    return {"modern": [each for each in modern.others if _is_modern(each)], "any": [*modern.others, paper]}


@cache
def learned(population: Population) -> Mapping[str, Belief]:
    """The beliefs in the package."""
    document = json.loads(files("budgetseg.plan").joinpath(FILE).read_text(encoding="utf-8"))
    return {form: _belief(value) for form, value in document[population].items()}


def evidence_digest() -> str:
    """Of the evidence in the package and of what was believed before it: what the file was learned from."""
    digest = hashlib.sha256()
    for sets in populations().values():
        for each in sets:
            digest.update(each.counts_RK.tobytes() + each.miou_R.tobytes())
    for form, belief in base_beliefs().items():
        digest.update(f"{form}{belief.names}".encode() + belief.mean_P.tobytes() + belief.covariance_PP.tobytes())
    return digest.hexdigest()


def _belief(document: Mapping[str, Any]) -> Belief:
    names = tuple(document["names"])
    factor_PP = np.zeros((len(names), len(names)))
    factor_PP[np.tril_indices(len(names))] = document["factor"]
    return Belief(names=names, mean_P=np.array(document["mean"]), covariance_PP=factor_PP @ factor_PP.T)
