"""A mix whose amounts may be shares of the training images, so that data sets of all sizes are asked the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from budgetseg.accuracy.trial import Trial
from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.plan.mix import Mix
from budgetseg.settings import comma_list

__all__ = ["Cell", "read_cell", "trials_of"]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One mix of a surface and how often it is trained."""

    text: str
    """As the design says it: ``full=2%,point=300``."""
    amounts: tuple[tuple[str, int | Fraction], ...]
    """For each kind images, or a share of the training images."""
    seeds: int

    def mix(self, pool_images: int) -> Mix:
        """The images of each kind; a share is rounded, and comes to one image at the least.

        Raises:
            InvalidInputError: More images than there are.
        """
        images = {
            kind: max(1, round(amount * pool_images)) if isinstance(amount, Fraction) else amount
            for kind, amount in self.amounts
        }
        mix = Mix.of(images)
        if mix.images > pool_images:
            raise InvalidInputError(f"{self.text}: asks {mix.images:,} images of {pool_images:,}; give fewer")
        return mix


def read_cell(text: str, seeds: object, where: str) -> Cell:
    """Read ``full=2%,point=300`` and its number of seeds.

    Raises:
        InvalidInputError: Another form, an unknown kind, a share above 100 %, or no whole number of seeds above 0.
    """
    if isinstance(seeds, bool) or not isinstance(seeds, int) or not 1 <= seeds <= 100:
        raise InvalidInputError(f'{where}: "{text}": expected a whole number of seeds from 1 to 100, got {seeds!r}')
    amounts: dict[str, int | Fraction] = {}
    for item in comma_list(text):
        kind, _, amount = (part.strip() for part in item.partition("="))
        if kind not in KINDS:
            raise InvalidInputError(f'{where}: "{text}": unknown kind "{kind}"{did_you_mean(kind, KINDS)}')
        number = amount.removesuffix("%")
        if kind in amounts or not (number.isascii() and number.isdigit()) or int(number) == 0:
            raise InvalidInputError(
                f'{where}: "{text}": expected each kind once as KIND=IMAGES or KIND=SHARE%, both above 0, got "{item}"'
            )
        amounts[kind] = int(number) if number == amount else Fraction(int(number), 100)
    if not amounts or sum(amount for amount in amounts.values() if isinstance(amount, Fraction)) > 1:
        raise InvalidInputError(f'{where}: "{text}": expected kinds whose shares come to at most 100%')
    return Cell(text=text, amounts=tuple(amounts.items()), seeds=seeds)


def trials_of(cells: Sequence[Cell], pool_images: int) -> tuple[Trial, ...]:
    """The trainings of some cells, each once: the first seed of all comes before the second of any.

    Raises:
        InvalidInputError: A mix asks for more images than there are.
    """
    mixes = [(cell.mix(pool_images), cell.seeds) for cell in cells]
    most = max((seeds for _, seeds in mixes), default=0)
    trials = [Trial(mix=mix, seed=seed) for seed in range(most) for mix, seeds in mixes if seed < seeds]
    return tuple(dict.fromkeys(trials))
