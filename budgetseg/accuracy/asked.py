"""What the accuracy table is asked for: its defaults, and reading them from text."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from budgetseg.accuracy.design import (
    Cell,
    Design,
    HoursCase,
    MixCase,
    Seeds,
    design_hours,
    design_kinds,
    design_mixes,
)
from budgetseg.accuracy.pool import Pool
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.workload import exact_number
from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.plan.mix import Mix
from budgetseg.settings import comma_list, counts_by_name

__all__ = ["BUDGETS", "CURVES", "HYBRIDS", "MIXES", "SIZES", "TABLES", "Asked", "tables_of"]

TABLES: Final = ("kinds", "mixes", "hours")

SIZES: Final = "20,40,80,160,320,640,1280"
CURVES: Final = "coarse,assisted"
MIXES: Final = (
    "full=40,point=640",
    "full=160,point=1280",
    "full=40,squiggle=640",
    "full=160,squiggle=640",
    "full=40,image=1280",
    "full=160,image=640",
    "squiggle=320,point=640",
    "squiggle=160,point=1280",
    "full=40,squiggle=320,point=640",
    "full=80,point=640,image=640",
    "coarse=80,point=640",
    "assisted=80,point=640",
    "full=40,assisted=80",
    "full=40,coarse=80,point=640",
)
BUDGETS: Final = "2=0.4,3=0.5,5=0.65,8=0.8,12=0.8"
"""The more hours, the larger the share that went into masks in the best mixes of earlier trainings."""
HYBRIDS: Final = "full+point,coarse+point,assisted+point,full+assisted"


def tables_of(text: str) -> tuple[str, ...]:
    """Read ``kinds``, ``mixes``, ``hours``, or ``all`` of them.

    Raises:
        InvalidInputError: Something else.
    """
    if text == "all":
        return TABLES
    if text not in TABLES:
        raise InvalidInputError(f'--table: unknown table "{text}"{did_you_mean(text, [*TABLES, "all"])}')
    return (text,)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be measured, besides the tables."""

    kinds: tuple[str, ...] = ()
    """None: all that the cost book prices."""
    curves: tuple[str, ...] = comma_list(CURVES)
    """Kinds measured at every size, as masks are."""
    sizes: tuple[int, ...] = tuple(map(int, comma_list(SIZES)))
    mixes: tuple[Mix, ...] = ()
    budgets: tuple[tuple[Fraction, Fraction], ...] = ()
    """Hours, and the share of them that goes into a hybrid's strong kind."""
    hybrids: tuple[tuple[str, str], ...] = ()
    """Strong kind and weak kind."""
    seeds: Seeds = Seeds()  # noqa: RUF009 - frozen

    @classmethod
    def of(
        cls,
        *,
        kinds: str = "",
        curves: str = CURVES,
        sizes: str = SIZES,
        mixes: Sequence[str] = (),
        budgets: str = BUDGETS,
        hybrids: str = HYBRIDS,
        seeds: int = 3,
        few_seeds: int = 5,
    ) -> "Asked":
        """Read what the options say; no ``mixes`` stands for :data:`MIXES`.

        Raises:
            InvalidInputError: An unknown kind, or a value that is none.
        """
        if min(seeds, few_seeds) < 1:
            raise InvalidInputError(f"--seeds, --few-seeds: expected at least 1, got {min(seeds, few_seeds)}")
        return cls(
            kinds=tuple(_kind(name, "--kinds") for name in comma_list(kinds)),
            curves=tuple(_kind(name, "--curves") for name in comma_list(curves)),
            sizes=tuple(_size(text) for text in comma_list(sizes)),
            mixes=tuple(_mix(text) for text in mixes or MIXES),
            budgets=tuple(_budget(text) for text in comma_list(budgets)),
            hybrids=tuple(_hybrid(text) for text in comma_list(hybrids)),
            seeds=Seeds(usual=seeds, few_masks=few_seeds),
        )

    def design(self, tables: Sequence[str], pool: Pool) -> Design:
        """Lay the trainings of some tables out.

        Kinds that the cost book cannot price are left out, unless ``kinds`` names them.

        Raises:
            InvalidInputError: Masks, or a kind in ``kinds``, without a price.
        """
        for kind in (*self.kinds, "full"):  # masks are what everything is compared with
            pool.book.require(kind)
        priced = pool.book.kinds
        unpriced = sorted(
            {kind for kind in self.curves if kind not in priced}
            | {str(mix) for mix in self.mixes if any(kind not in priced for kind, _ in mix)}
            | {"+".join(pair) for pair in self.hybrids if not set(pair) <= set(priced)}
        )
        mixes = [mix for mix in self.mixes if all(kind in priced for kind, _ in mix)]
        hybrids = [pair for pair in self.hybrids if set(pair) <= set(priced)]
        curves = [kind for kind in self.curves if kind in priced]
        kinds: dict[str, dict[int, Cell]] = {}
        mix_cases: tuple[MixCase, ...] = ()
        hours_cases: tuple[HoursCase, ...] = ()
        left_out = [f"{what}: cost book {pool.book.name} has no price for it" for what in unpriced]
        if "kinds" in tables:
            kinds, out = design_kinds(pool.images, self.kinds or priced, curves, self.sizes, self.seeds)
            left_out += out
        if "mixes" in tables:
            mix_cases, out = design_mixes(pool.images, mixes, self.seeds)
            left_out += out
        if "hours" in tables:
            hours_cases, out = design_hours(pool, self.budgets, self.kinds or priced, hybrids, self.seeds)
            left_out += out
        return Design(kinds=kinds, mixes=mix_cases, hours=hours_cases, left_out=tuple(left_out))


def _kind(name: str, where: str) -> str:
    if name not in KINDS:
        raise InvalidInputError(f'{where}: unknown annotation kind "{name}"{did_you_mean(name, KINDS)}')
    return name


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise InvalidInputError(f'--sizes: expected numbers of images, got "{text}"')
    return int(text)


def _mix(text: str) -> Mix:
    mix = Mix.of(counts_by_name(text, "--mix"))
    if len(mix.counts) < 2:
        raise InvalidInputError(f'--mix: expected two kinds or more, got "{text}"')
    return mix


def _budget(text: str) -> tuple[Fraction, Fraction]:
    hours_text, _, share_text = text.partition("=")
    hours, share = exact_number(hours_text, "--hours"), exact_number(share_text or "0.5", "--hours")
    if not (hours > 0 and 0 < share < 1):
        raise InvalidInputError(f'--hours: expected HOURS=SHARE, a share between 0 and 1, got "{text}"')
    return hours, share


def _hybrid(text: str) -> tuple[str, str]:
    strong, _, weak = text.partition("+")
    order = list(KINDS)
    if order.index(_kind(strong, "--hybrids")) <= order.index(_kind(weak, "--hybrids")):
        raise InvalidInputError(f'--hybrids: expected STRONG+WEAK, the stronger kind first, got "{text}"')
    return strong, weak
