"""Every file in examples/ runs and prints what it promises."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from budgetseg.plan.evidence import read_evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.learned import beliefs_for
from budgetseg.replay.sets import some_rows

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
PROMISES = {
    "animals_frontier.csv": None,  # below
    "animals_frontier.toml": None,  # below
    "hold_out.py": "held.txt: 300",
    "own_costs.toml": None,  # read by own_cost_book.py
    "own_cost_book.py": "full",
    "own_folder.py": "full: ",
    "plan_a_budget.py": "60",
    "report.png": None,  # shown in the README
    "scenes_frontier.csv": None,  # below
}


def test_every_example_is_tried():
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == set(PROMISES)


SLOW = {"own_folder.py"}
TRIED = [
    pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else [])
    for name, promise in PROMISES.items()
    if promise
]


@pytest.mark.parametrize("name", TRIED)
def test_an_example_runs(name, tmp_path):
    command = [sys.executable, str(EXAMPLES / name)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert PROMISES[name] in done.stdout


def test_four_seeds_of_the_animals_are_the_hundred_runs_of_the_frontier(shared, tmp_path):
    (tmp_path / "shared").symlink_to(shared)
    (tmp_path / "checkout").mkdir()
    sweep = ["sweep", str(EXAMPLES / "animals_frontier.toml"), "--seeds", "4", "--dry-run", "--json"]
    command = [sys.executable, "-m", "budgetseg", *sweep]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path / "checkout")
    assert done.returncode == 0, done.stderr
    runs = json.loads(done.stdout)["runs"]
    assert len(runs) == 100
    assert {kind for run in runs for kind in run["mix"]} == {"image", "point", "squiggle", "full"}
    assert max(run["hours"] for run in runs) <= 32


def assert_the_best_is_picked(surface, evidence, places):
    """Of places of a frontier, each the rows of its seeds, the one of which most is expected reached most."""
    expected = surface.mean(np.array([evidence.counts_RK[rows_].mean(axis=0) for rows_ in places]))
    measured = [evidence.miou_R[rows_].mean() for rows_ in places]
    assert np.argmax(expected) == np.argmax(measured)


@pytest.mark.parametrize(("hours", "images", "of"), [(4, 33, 62), (8, 50, 62)])
def test_the_planner_picks_what_won_on_the_measured_frontier(hours, images, of):
    """Fitted to the runs that cost less than the budget, it takes the place of the frontier that reached most."""
    with (EXAMPLES / "scenes_frontier.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    evidence = read_evidence(EXAMPLES / "scenes_frontier.csv")
    hours_R = np.array([float(row["hours"]) for row in rows])
    assert evidence.miou_R.tolist() == [float(row["miou"]) for row in rows]
    assert (len(rows), (hours_R < 0.9 * hours).sum()) == (of, images)
    surface = fit_surface(some_rows(evidence, hours_R < 0.9 * hours), beliefs=beliefs_for(evidence))
    places = {}
    for number, row in enumerate(rows):
        whole = sum(int(row[kind]) for kind in ("image", "point", "squiggle", "full")) == 1000
        masks = row["full"] if row["strategy"] == "hybrid" else ""
        places.setdefault((row["strategy"], masks, "" if whole else row["budget_hours"]), []).append(number)
    allowed = [rows_ for rows_ in places.values() if hours_R[rows_].mean() < 1.03 * hours]
    assert_the_best_is_picked(surface, evidence, allowed)


@pytest.mark.parametrize(("hours", "trainings"), [(3, 6), (5, 14), (8, 18), (12, 22)])
def test_the_planner_picks_what_won_on_photographs(hours, trainings):
    """Fitted to the trainings that cost less than the budget, it picks what reached most on average over two seeds."""
    with (EXAMPLES / "animals_frontier.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    evidence = read_evidence(EXAMPLES / "animals_frontier.csv")
    hours_R = np.array([float(row["hours"]) for row in rows])
    below_R = hours_R < 0.9 * hours
    assert below_R.sum() == trainings
    surface = fit_surface(some_rows(evidence, below_R), beliefs=beliefs_for(evidence))
    places: dict[tuple, list[int]] = {}  # two seeds each, of about the same hours
    for number in np.flatnonzero(hours_R <= 1.01 * hours):
        places.setdefault((rows[number]["strategy"], round(hours_R[number])), []).append(number)
    assert {len(rows_) for rows_ in places.values()} == {2}
    assert_the_best_is_picked(surface, evidence, list(places.values()))
