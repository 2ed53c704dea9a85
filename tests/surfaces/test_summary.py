"""A surface summed up by hand."""

from pathlib import Path

from budgetseg.accuracy.found import TrialRun
from budgetseg.accuracy.trial import Setup, Trial
from budgetseg.plan.mix import Mix
from budgetseg.surfaces.design import Surface
from budgetseg.surfaces.measured import Measured
from budgetseg.surfaces.summary import summary
from budgetseg.surfaces.table import complete, evidence_csv

SURFACE = Surface(name="s", dataset="scenes", settings={}, cells=(), source="made, by hand")


def measured(*runs):
    found = [
        TrialRun(trial=Trial(mix=Mix.of(mix), seed=seed), folder=Path(), command="", state="finished", miou=miou)
        for mix, seed, miou in runs
    ]
    setup = Setup(folder=Path())
    return Measured(surface=SURFACE, pool=100, classes=7, recipe="r", setup=setup, runs=tuple(found))


def test_the_most_images_of_a_kind_and_the_mean_over_seeds():
    found = summary(
        measured(
            ({"full": 50}, 0, 40.0),
            ({"full": 20}, 0, 45.0),
            ({"full": 50}, 1, 43.0),
            ({"point": 9}, 0, None),
            ({"full": 5, "point": 9}, 0, 50.0),
            ({"full": 5, "point": 9}, 1, 30.0),
            ({"full": 6, "point": 9}, 0, 41.0),
        )
    )
    assert {kind: (each.mix.images, each.miou) for kind, each in found.alone.items()} == {"full": (50, 41.5)}
    assert found.best_mix is not None
    assert (found.best_mix.mix, found.best_mix.miou) == (Mix.of({"full": 6, "point": 9}), 41.0)
    assert found.to_dict()["best_mix"] == {"mix": {"point": 9, "full": 6}, "miou": 41.0}


def test_nothing_is_finished():
    found = summary(measured(({"full": 5}, 0, None)))
    assert (found.alone, found.best_mix) == ({}, None)


def test_the_table_holds_finished_runs_and_only_the_kinds_in_use():
    text = evidence_csv([measured(({"full": 5, "image": 7}, 0, 12.346), ({"box": 2}, 3, 0.0), ({"full": 9}, 0, None))])
    assert text.splitlines() == [
        "dataset,recipe,seed,image,box,full,miou,source",
        's,r,0,7,0,5,12.35,"made, by hand"',
        's,r,3,0,2,0,0.00,"made, by hand"',
    ]


def test_a_surface_is_complete_when_every_run_is_finished():
    whole, part = measured(({"full": 5}, 0, 1.0)), measured(({"full": 5}, 0, 1.0), ({"full": 6}, 0, None))
    assert complete([whole, part, measured()]) == (whole,)
