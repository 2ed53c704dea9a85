"""Which surfaces are measured: a TOML file, the one in the package or one's own.

[mixes.NAME]            # lists of mixes; "full=2%,point=300" = 2 is a mix that is trained with two seeds
[surfaces.NAME]
dataset = "scenes:classes=3"   # as of `budgetseg run`, or "photographs": the folder given as --dataset-root
mixes = "NAME"
source = "..."          # for the evidence's column of that name
run = {...}             # any other settings of the run; of photographs, points and instances lie in their folder
train = {...}           # settings of the training
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.settings import read_toml
from budgetseg.surfaces.cell import Cell, read_cell

__all__ = ["PHOTOGRAPHS", "Surface", "choose", "read_design"]

PHOTOGRAPHS: Final = "photographs"
_FIELDS: Final = ("dataset", "mixes", "source", "run", "train")


@dataclass(frozen=True, kw_only=True)
class Surface:
    """One data set with one recipe, and the mixes that are measured on it."""

    name: str
    dataset: str
    """As of ``budgetseg run``, or ``photographs``."""
    settings: Mapping[str, str]
    """What else sets its runs apart, by names in ``--set``."""
    cells: tuple[Cell, ...]
    source: str
    """Where its images are from, for readers."""

    @property
    def needs_photographs(self) -> bool:
        """Whether it can be measured only where the folder of photographs is given."""
        return self.dataset == PHOTOGRAPHS


def read_design(path: Path | None = None) -> tuple[Surface, ...]:
    """Read a design; None is the one in the package.

    Raises:
        InvalidInputError: Not such a file; the message names table and value.
    """
    if path is None:
        with as_file(files("budgetseg.surfaces").joinpath("surfaces.toml")) as shipped:
            return read_design(shipped)
    document = read_toml(path)
    unknown = document.keys() - {"mixes", "surfaces"}
    if unknown:
        raise InvalidInputError(f'{path}: unknown table "{min(unknown)}"{did_you_mean(min(unknown), _TABLES)}')
    lists = {
        name: tuple(read_cell(text, seeds, f"{path}: mixes.{name}") for text, seeds in table.items())
        for name, table in _tables(path, "mixes", document.get("mixes", {})).items()
    }
    surfaces = _tables(path, "surfaces", document.get("surfaces", {}))
    if not surfaces:
        raise InvalidInputError(f"{path}: no surface; expected a table [surfaces.NAME]")
    return tuple(_surface(f"{path}: surfaces.{name}", name, table, lists) for name, table in surfaces.items())


_TABLES: Final = ("mixes", "surfaces")


def _tables(where: object, name: str, value: object) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(table, dict) for table in value.values()):
        raise InvalidInputError(f"{where}: {name}: expected tables [{name}.NAME]")
    return value


def _surface(where: str, name: str, table: Mapping[str, Any], lists: Mapping[str, tuple[Cell, ...]]) -> Surface:
    for key in table:
        if key not in _FIELDS:
            raise InvalidInputError(f'{where}: unknown setting "{key}"{did_you_mean(key, _FIELDS)}')
    if not name or name.startswith(".") or set(name) & set('/\\,"\n'):
        raise InvalidInputError(f"{where}: expected a name that can be a folder's, without commas")
    dataset, mixes = table.get("dataset"), table.get("mixes")
    if not isinstance(dataset, str):
        raise InvalidInputError(f'{where}.dataset: expected a data set or "{PHOTOGRAPHS}", got {dataset!r}')
    if not isinstance(mixes, str) or mixes not in lists:
        raise InvalidInputError(f"{where}.mixes: expected one of {', '.join(lists) or 'the mixes'}, got {mixes!r}")
    groups = _tables(where, "run", {group: table.get(group, {}) for group in ("run", "train")})
    settings = {f"{group}.{key}": _text(value) for group, values in groups.items() for key, value in values.items()}
    source = str(table.get("source", dataset))
    return Surface(name=name, dataset=dataset, settings=settings, cells=lists[mixes], source=source)


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def choose(surfaces: Sequence[Surface], only: Sequence[str]) -> tuple[Surface, ...]:
    """Those of some names, in the order of the design; all of them where no name is given.

    Raises:
        InvalidInputError: A name that is not in the design.
    """
    known = [surface.name for surface in surfaces]
    for name in only:
        if name not in known:
            raise InvalidInputError(f'--only: no surface "{name}"{did_you_mean(name, known)}')
    return tuple(surface for surface in surfaces if not only or surface.name in only)
