"""Which runs a sweep asks for: strategies by hours by full masks by seeds, and mixes by seeds."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from budgetseg.costs.hours import seconds_of_hours
from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.plan.mix import Mix
from budgetseg.runs.strategy import strategy
from budgetseg.settings import counts_by_name, read_fields, read_toml

__all__ = ["OURS", "Choice", "Grid", "read_grid"]

OURS: Final = ("strategy", "full_images", "hours", "images", "mix", "moves", "current", "skip", "seed")
"""Settings of a run that a grid sets itself."""
_MOST_SEEDS: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One place of a grid, with one seed."""

    strategy: str
    hours: str | None
    full_images: int | None
    """Of a strategy that holds some."""
    mix: Mix | None
    """Bought instead of a strategy."""
    seed: int

    def settings(self) -> dict[str, str]:
        """Its own settings, but the mix, by their names in ``--set``."""
        given = {"strategy": self.strategy, "hours": self.hours, "full_images": self.full_images, "seed": self.seed}
        if self.mix is not None:
            given = {"seed": self.seed}
        return {f"run.{name}": str(value) for name, value in given.items() if value is not None}

    @property
    def everything(self) -> "Choice":
        """The same without a limit of hours."""
        return replace(self, hours=None)

    @property
    def images(self) -> int:
        """Images that it takes at the least."""
        return self.mix.images if self.mix is not None else self.full_images or 1

    @property
    def place(self) -> str:
        """Without the seed: ``hybrid with 50 masks, 30 h``."""
        if self.mix is not None:
            return str(self.mix)
        masks = "" if self.full_images is None else f" with {self.full_images} masks"
        return f"{self.strategy}{masks}{'' if self.hours is None else f', {self.hours} h'}"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Everything with everything."""

    strategies: tuple[str, ...] = ("image", "point", "squiggle", "full", "hybrid")
    hours: tuple[str, ...] = ()
    """Budgets of annotators' hours, as people write them."""
    full_images: tuple[str, ...] = ("10",)
    """Full masks of the strategies that hold some."""
    mixes: tuple[str, ...] = ()
    """Mixes bought besides, such as ``full=40,point=640``; the hours follow from them."""
    seeds: int = 3
    """Trainings of a place, with seeds 0, 1, 2 ..."""
    few_seeds: int | None = None
    """The same, of places with few masks, which scatter more; None: as many as of all."""
    independent: bool = False
    """Each budget draws images of its own; otherwise a larger one contains those of a smaller one."""

    def __post_init__(self) -> None:
        for name in self.strategies:
            strategy(name)
        for hours in self.hours:
            seconds_of_hours(hours)
        for masks in self.full_images:
            if not (masks.isascii() and masks.isdigit()):
                raise InvalidInputError(f'--full-images: expected whole numbers such as 0,50,100, got "{masks}"')
        if not self.hours and not self.mixes:
            raise InvalidInputError("--hours: say which budgets are compared, such as 15,30,60; or give a --mix")
        for name, seeds in (("seeds", self.seeds), ("few-seeds", self.few_seeds)):
            if seeds is not None and not 1 <= seeds <= _MOST_SEEDS:
                raise InvalidInputError(f"--{name}: expected a whole number from 1 to {_MOST_SEEDS}, got {seeds}")

    @property
    def most_seeds(self) -> int:
        """Of any place."""
        return max(self.seeds, self.few_seeds or 0)

    def choices(self) -> Iterator[tuple[int, Choice]]:
        """Yield every place with the number of its seed: all with the first before any with the second."""
        for seed in range(self.most_seeds):
            for hours in sorted(dict.fromkeys(self.hours), key=seconds_of_hours) if self.strategies else ():
                for name in dict.fromkeys(self.strategies):
                    for masks in self._masks(name):
                        yield seed, self._drawn(_place(name, hours, masks, seed))
            for text in dict.fromkeys(self.mixes):
                mix = Mix.of(counts_by_name(text, "--mix"))
                yield seed, self._drawn(Choice(strategy="plan", hours=None, full_images=None, mix=mix, seed=seed))

    def _masks(self, name: str) -> tuple[int | None, ...]:
        if not strategy(name).full_images:
            return (None,)
        return tuple(sorted({int(masks) for masks in self.full_images}))

    def _drawn(self, choice: Choice) -> Choice:
        """The same place with a seed of its own, which follows from the place alone, where draws are independent."""
        if not self.independent:
            return choice
        digest = hashlib.sha256(f"{choice.place}, seed {choice.seed}".encode()).digest()
        return replace(choice, seed=int.from_bytes(digest[:4]) >> 1)


def _place(name: str, hours: str, masks: int | None, seed: int) -> Choice:
    """A place of the grid; without masks, a hybrid is its weak kind alone."""
    if masks == 0:
        name, masks = strategy(name).kind, None
    return Choice(strategy=name, hours=hours, full_images=masks, mix=None, seed=seed)


_LISTS: Final = ("strategies", "hours", "full_images", "mixes")


def read_grid(path: Path | None, options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Read the choices of a grid, and the settings that all its runs share, from a file and from options.

    Args:
        path: A TOML file with the tables ``[grid]`` (the fields of :class:`Grid`), ``[run]`` and ``[train]`` (as in
            a run's config.toml); None: options alone.
        options: Fields of :class:`Grid` that win over the file; None where not given.

    Returns:
        Fields for :class:`Grid`, and settings by their names in ``--set``.

    Raises:
        InvalidInputError: Another table, an unknown name, or a value of the wrong type.
    """
    tables = {} if path is None else read_toml(path)
    for name, table in tables.items():
        if name not in ("grid", "run", "train"):
            raise InvalidInputError(f'{path}: unknown table "{name}"{did_you_mean(name, ("grid", "run", "train"))}')
        if not isinstance(table, dict):
            raise InvalidInputError(f"{path}: {name}: expected a table [{name}]")
    for name in tables.get("run", {}):
        if name in OURS:
            raise InvalidInputError(f"{path}: run.{name}: the grid sets this itself; leave it out")
    grid = {
        name: [_text(item) for item in value] if name in _LISTS and isinstance(value, list) else value
        for name, value in tables.get("grid", {}).items()
    }
    fields = read_fields(Grid, grid | {name: value for name, value in options.items() if value is not None}, "grid")
    settings = {
        f"{table}.{name}": _text(value) for table in ("run", "train") for name, value in tables.get(table, {}).items()
    }
    return fields, settings


def _text(value: Any) -> str:
    """As it is written in ``--set``: numbers and lists of a TOML file as text."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
