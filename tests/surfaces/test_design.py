"""The design in the package is sound, and a wrong one is refused by the name of what is wrong."""

from pathlib import Path

import pytest

from budgetseg.data.open import open_dataset
from budgetseg.errors import InvalidInputError
from budgetseg.surfaces.cell import trials_of
from budgetseg.surfaces.design import choose, read_design
from budgetseg.surfaces.measured import setup_of

SHIPPED = read_design()
SOUND = """
[mixes.few]
"full=2" = 1
[surfaces.a]
dataset = "scenes"
mixes = "few"
"""


@pytest.mark.parametrize("surface", SHIPPED, ids=lambda surface: surface.name)
def test_every_run_of_the_shipped_design_can_be_made(surface, tmp_path):
    setup = setup_of(surface, tmp_path, tmp_path / "photographs")
    images = 400 if surface.needs_photographs else len(open_dataset(surface.dataset).ids("train"))
    trials = trials_of(surface.cells, images)
    assert {kind for trial in trials for kind, _ in trial.mix} >= {"image", "point", "squiggle", "full"}
    assert {trial.seed for trial in trials} == {0, 1}
    assert len({setup.run_folder(trial) for trial in trials}) == len(trials)
    specs = [setup.spec(trial) for trial in trials]
    assert all(spec.train.preset == "modern" and spec.train.mixing == "balanced" for spec in specs)
    if surface.needs_photographs:
        assert {spec.points for spec in specs} == {str(tmp_path / "photographs" / "human_points.json")}


def test_photographs_need_their_folder(tmp_path):
    surface = next(surface for surface in SHIPPED if surface.needs_photographs)
    with pytest.raises(InvalidInputError, match=f"^{surface.name}: measured on photographs; give .* --dataset-root$"):
        setup_of(surface, tmp_path, None)


def test_surfaces_are_chosen_in_the_order_of_the_design():
    names = [surface.name for surface in SHIPPED]
    assert choose(SHIPPED, ()) == SHIPPED
    assert [surface.name for surface in choose(SHIPPED, (names[3], names[1]))] == [names[1], names[3]]
    with pytest.raises(InvalidInputError, match=f'--only: no surface "{names[0]}x" .did you mean "{names[0]}"'):
        choose(SHIPPED, (f"{names[0]}x",))


def test_settings_are_those_of_a_run(tmp_path: Path):
    path = tmp_path / "design.toml"
    path.write_text(SOUND + 'run = { classes = ["cat", "dog"], limit = 5 }\ntrain = { lr = 0.5, iterations = 3 }\n')
    (surface,) = read_design(path)
    setup = setup_of(surface, tmp_path, None)
    spec = setup.spec()
    assert (spec.dataset, spec.classes, spec.limit) == ("scenes", ("cat", "dog"), 5)
    assert (spec.train.lr, spec.train.iterations) == (0.5, 3)
    assert setup.overrides == {"train.lr": "0.5"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[mixes.few]", "[mixtures.few]", 'unknown table "mixtures"'),
        ("[surfaces.a]", "[surfaces.'a,b']", "expected a name that can be a folder's"),
        ('"full=2" = 1', '"full=2" = "x"', "expected a whole number of seeds"),
        ('mixes = "few"', 'mixes = "many"', "surfaces.a.mixes: expected one of few, got 'many'"),
        ('mixes = "few"', 'mixes = "few"\nseed = 3', 'surfaces.a: unknown setting "seed"'),
        ('dataset = "scenes"', "", "surfaces.a.dataset: expected a data set or"),
        ('mixes = "few"', 'mixes = "few"\nrun = 3', "run: expected tables"),
        ('[surfaces.a]\ndataset = "scenes"\nmixes = "few"', "", "no surface; expected a table"),
        ("[surfaces.a]", "[surfaces.a", "expected TOML"),
    ],
)
def test_a_wrong_design_is_refused(tmp_path, old, new, message):
    path = tmp_path / "design.toml"
    path.write_text(SOUND.replace(old, new))
    with pytest.raises(InvalidInputError, match=message) as raised:
        read_design(path)
    assert str(raised.value).startswith(str(path))
    assert "\n" not in str(raised.value)
