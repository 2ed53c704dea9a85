"""Which trainings the tables ask for.

A cell is one place of a table: the same choice with every seed. Trainings on few masks scatter more, so they get more
seeds. Several cells may hold the same training; it is carried out once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from budgetseg.accuracy.pool import Pool
from budgetseg.accuracy.trial import Trial, strongest_first
from budgetseg.costs.kinds import KINDS
from budgetseg.plan.mix import Mix

__all__ = [
    "FEW_MASKS",
    "Cell",
    "Design",
    "HoursCase",
    "MixCase",
    "Seeds",
    "design_hours",
    "design_kinds",
    "design_mixes",
]

FEW_MASKS: Final = 160
"""Masks (images, in a purchase without masks) up to which a cell gets more seeds."""
_MASKS: Final = ("coarse", "assisted", "full")


@dataclass(frozen=True, kw_only=True)
class Seeds:
    """How many seeds a cell gets; they are 0, 1, 2 ..."""

    usual: int = 3
    few_masks: int = 5

    def of(self, mix: Mix) -> range:
        """The seeds of a purchase."""
        masks = sum(mix[kind] for kind in _MASKS) or mix.images
        return range(self.few_masks if masks <= FEW_MASKS else self.usual)


@dataclass(frozen=True)
class Cell:
    """The trainings of one place in a table, one a seed."""

    trials: tuple[Trial, ...]


@dataclass(frozen=True, kw_only=True)
class MixCase:
    """A mix and each of its parts alone on the same images."""

    mix: Mix
    whole: Cell
    parts: Mapping[str, Cell]


@dataclass(frozen=True, kw_only=True)
class HoursCase:
    """What the same hours buy."""

    hours: Fraction
    share: Fraction
    """Of the hours that goes into a hybrid's strong kind."""
    pure: Mapping[str, Cell]
    hybrids: Mapping[tuple[str, str], Cell]


@dataclass(frozen=True, kw_only=True)
class Design:
    """All cells of the tables that are asked for."""

    kinds: Mapping[str, Mapping[int, Cell]]
    """By kind and number of images."""
    mixes: tuple[MixCase, ...]
    hours: tuple[HoursCase, ...]
    left_out: tuple[str, ...]
    """What was asked for and cannot be bought, each with the reason."""

    def trials(self) -> tuple[Trial, ...]:
        """Every training, once."""
        return tuple(dict.fromkeys(trial for cell in self._cells() for trial in cell.trials))

    def _cells(self) -> Iterator[Cell]:
        for by_images in self.kinds.values():
            yield from by_images.values()
        for mix_case in self.mixes:
            yield mix_case.whole
            yield from mix_case.parts.values()
        for hours_case in self.hours:
            yield from hours_case.pure.values()
            yield from hours_case.hybrids.values()


def _cell(mix: Mix, seeds: range, skip: int = 0) -> Cell:
    return Cell(tuple(Trial(mix=mix, skip=skip, seed=seed) for seed in seeds))


def design_kinds(
    pool_images: int, kinds: Sequence[str], curves: Sequence[str], sizes: Sequence[int], seeds: Seeds
) -> tuple[dict[str, dict[int, Cell]], list[str]]:
    """Return a cell a kind and number of images, and what is left out.

    Masks, which everything is compared with, and the kinds in ``curves`` get every size; the others all images only.
    """
    sizes = sorted({*sizes, pool_images})
    cells: dict[str, dict[int, Cell]] = {}
    for kind in (kind for kind in KINDS if kind in (*kinds, *curves, "full")):
        counts = sizes if kind in (*curves, "full") else [pool_images]
        mixes = [Mix.of({kind: count}) for count in counts if count <= pool_images]
        cells[kind] = {mix.images: _cell(mix, seeds.of(mix)) for mix in mixes}
    return cells, [f"{size:,} images: there are {pool_images:,}" for size in sizes if size > pool_images]


def design_mixes(pool_images: int, mixes: Sequence[Mix], seeds: Seeds) -> tuple[tuple[MixCase, ...], list[str]]:
    """Return a case a mix, and what is left out."""
    cases = []
    for mix in mixes:
        if mix.images > pool_images:
            continue
        parts, skip = {}, 0
        for kind, images in strongest_first(mix):
            parts[kind] = _cell(Mix.of({kind: images}), seeds.of(mix), skip)
            skip += images
        cases.append(MixCase(mix=mix, whole=_cell(mix, seeds.of(mix)), parts=parts))
    return tuple(cases), [f"{mix}: there are {pool_images:,} images" for mix in mixes if mix.images > pool_images]


def design_hours(
    pool: Pool,
    budgets: Sequence[tuple[Fraction, Fraction]],
    kinds: Sequence[str],
    hybrids: Sequence[tuple[str, str]],
    seeds: Seeds,
) -> tuple[tuple[HoursCase, ...], list[str]]:
    """Return a case a budget, and what is left out.

    Args:
        pool: What can be bought.
        budgets: Hours, each with the share of them that goes into a hybrid's strong kind.
        kinds: Bought alone; masks always are.
        hybrids: Strong kind and weak kind of each.
        seeds: Seeds of a cell; all pure kinds of a budget get as many as the hybrid with the most.
    """
    cases, left_out = [], []
    for hours, share in sorted(budgets):
        seconds = hours * 3600
        mixed: dict[tuple[str, str], Cell] = {}
        for strong, weak in hybrids:
            mixes = [
                pool.hybrid(strong, weak, seconds, share, seed) for seed in range(max(seeds.usual, seeds.few_masks))
            ]
            if any(len(mix.counts) < 2 for mix in mixes):
                left_out.append(f"{strong}+{weak} for {float(hours):g} h: the hours do not buy some of both")
                continue
            mixed[strong, weak] = Cell(tuple(Trial(mix=mixes[seed], seed=seed) for seed in seeds.of(mixes[0])))
        most = range(max((len(cell.trials) for cell in mixed.values()), default=seeds.usual))
        pure: dict[str, Cell] = {}
        for kind in (kind for kind in KINDS if kind in (*kinds, "full")):
            mixes = [pool.pure(kind, seconds, seed) for seed in most]
            if all(mix.images for mix in mixes):
                pure[kind] = Cell(tuple(Trial(mix=mix, seed=seed) for seed, mix in enumerate(mixes)))
            else:
                left_out.append(f"{kind} for {float(hours):g} h: the hours buy no image")
        cases.append(HoursCase(hours=hours, share=share, pure=pure, hybrids=mixed))
    return tuple(cases), left_out
