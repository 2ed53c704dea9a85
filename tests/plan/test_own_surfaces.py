"""The measured surfaces in the package: a table that the evidence reader takes, a data set at a time."""

import csv
from collections import defaultdict
from importlib.resources import files

import pytest

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.evidence import read_evidence
from budgetseg.surfaces.design import read_design

TEXT = files("budgetseg.plan").joinpath("own_surfaces.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TEXT.splitlines()))
BY_DATASET = defaultdict(list)
for row in ROWS:
    BY_DATASET[row["dataset"]].append(row)


def test_there_are_a_dozen_data_sets_of_the_design():
    assert len(BY_DATASET) >= 12
    assert BY_DATASET.keys() <= {surface.name for surface in read_design()}


def test_columns_are_known():
    assert set(ROWS[0]) - set(KINDS) == {"dataset", "recipe", "seed", "miou", "source"}
    assert set(ROWS[0]) & set(KINDS) >= {"image", "point", "squiggle", "full"}


@pytest.mark.parametrize("dataset", BY_DATASET)
def test_each_data_set_is_evidence_of_one_recipe(dataset, tmp_path):
    path = tmp_path / "one.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(BY_DATASET[dataset])
    evidence = read_evidence(path)
    assert evidence.dataset == dataset
    assert not evidence.ignored_columns
    assert len(evidence.miou_R) == len(BY_DATASET[dataset])
    assert evidence.miou_R.min() > 0  # no broken training
    assert evidence.miou_R.max() < 100
    assert {"image", "point", "squiggle", "full"} <= {*evidence.kinds}
    cells = {tuple(counts) for counts in evidence.counts_RK.tolist()}
    assert len(cells) >= 14
    assert len(evidence.counts_RK) - len(cells) >= 4  # second seeds, for the noise
