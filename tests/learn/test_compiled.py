"""A compiled network gives the losses of the same network that is not."""

import shutil
from typing import get_args

import pytest
import torch

from budgetseg.bench.load import TrainLoad
from budgetseg.bench.train import _step
from budgetseg.errors import InvalidInputError
from budgetseg.learn.compiled import Compiling, forward_of
from budgetseg.learn.tiny import Tiny
from budgetseg.runs.spec import Execution, _Compiling

CPU = torch.device("cpu")


def tiny():
    return Tiny(3, generator=torch.Generator().manual_seed(0))


def test_without_compiling_it_is_the_network_itself():
    network = tiny()
    assert forward_of(network, "none") is network
    with pytest.raises(InvalidInputError, match=r"--compile: expected one of none, kernels, graphs, got kernel"):
        forward_of(network, "kernel")


def test_a_run_refuses_the_same_before_it_begins(tmp_path):
    assert get_args(_Compiling) == get_args(Compiling)
    with pytest.raises(InvalidInputError, match="--compile: expected one of none, kernels, graphs, got fast"):
        Execution(folder=tmp_path, compiling="fast")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch compiles for a CPU with g++, which is not installed")
def test_losses_are_the_same_within_rounding():
    losses = {}
    for compiling in ("none", "kernels"):
        load = TrainLoad(backbone="tiny", batch=2, crop=32, classes=3, device="cpu", compiling=compiling)
        recipe, network = load.recipe(3), load.network()
        training_set = load.training_set(recipe)
        step = _step(load, network, training_set, recipe, CPU)
        losses[compiling] = [step(t, training_set.batches(t)) for t in range(3)]
    assert losses["kernels"] == pytest.approx(losses["none"], rel=1e-3)
    assert losses["kernels"][0] == pytest.approx(losses["none"][0], rel=1e-5)  # before AdamW magnifies rounding
