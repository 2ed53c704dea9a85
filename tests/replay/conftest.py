"""A small surface whose truth is known."""

import numpy as np
import pytest

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.evidence import Evidence

FULL, POINT = list(KINDS).index("full"), list(KINDS).index("point")


def made_up(mixes, miou_of, *, noise=0.0, seed=0, dataset=None):
    """Trainings of mixes (masks, clicks), with the mIoU of a function and normal noise."""
    counts_RK = np.zeros((len(mixes), len(KINDS)), np.int64)
    counts_RK[:, FULL], counts_RK[:, POINT] = np.array(mixes).T
    miou_R = np.array([miou_of(*mix) for mix in mixes])
    miou_R = (miou_R + noise * np.random.default_rng(seed).standard_normal(len(miou_R))).clip(0, 100)
    return Evidence(name="made up", counts_RK=counts_RK, miou_R=miou_R, dataset=dataset)


@pytest.fixture(scope="session")
def make_up():
    return made_up
