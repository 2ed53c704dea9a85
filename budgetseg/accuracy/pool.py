"""What images cost, in the order in which each seed buys them."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial
from itertools import accumulate

from budgetseg.accuracy.trial import Trial, strongest_first
from budgetseg.costs.book import CostBook, load_book
from budgetseg.data.download import Tell
from budgetseg.data.index import Index, index_images
from budgetseg.plan.mix import Mix
from budgetseg.runs.opening import open_for
from budgetseg.runs.prior import prior_seconds
from budgetseg.runs.purchase import Market
from budgetseg.runs.spec import RunSpec

__all__ = ["Pool", "open_pool"]


class Pool:
    """The training images, priced."""

    def __init__(
        self, index: Index, book: CostBook, once: Callable[[Iterable[str]], Fraction] = lambda _: Fraction(0)
    ) -> None:
        """Price a pool.

        Args:
            index: The images.
            book: The prices.
            once: What a run with images of some kinds pays once (for an objectness prior).
        """
        self.index, self.book, self.once = index, book, once
        self._spent: dict[tuple[str, int], list[Fraction]] = {}

    @property
    def images(self) -> int:
        """How many there are."""
        return len(self.index.ids)

    @property
    def mask_seconds(self) -> float:
        """Mean price of a full mask over the images."""
        return float(self._spent_on("full", 0)[-1] / self.images)

    def _spent_on(self, kind: str, seed: int) -> list[Fraction]:
        """Seconds of the first 0, 1, 2, ... images of the seed's order."""
        if (kind, seed) not in self._spent:
            market = Market(self.index, self.book, {}, seed)
            self._spent[kind, seed] = [
                Fraction(0),
                *accumulate(market.seconds(row, kind) for row in market.order),
            ]
        return self._spent[kind, seed]

    def _reach(self, kind: str, start: int, seconds: Fraction, seed: int) -> int:
        """How many images from place ``start`` on the seconds pay for."""
        spent = self._spent_on(kind, seed)
        return max(0, bisect_right(spent, spent[start] + seconds) - 1 - start)

    def seconds(self, trial: Trial) -> Fraction:
        """Annotators' time of everything that a training buys."""
        start, total = trial.skip, self.once(kind for kind, _ in trial.mix)
        for kind, images in strongest_first(trial.mix):
            spent = self._spent_on(kind, trial.seed)
            total += spent[start + images] - spent[start]
            start += images
        return total

    def pure(self, kind: str, seconds: Fraction, seed: int) -> Mix:
        """As many images of a kind as the seconds buy; nothing where that is none."""
        return Mix.of({kind: self._reach(kind, 0, seconds - self.once([kind]), seed)})

    def hybrid(self, strong: str, weak: str, seconds: Fraction, share: Fraction, seed: int) -> Mix:
        """The images that a share of the seconds buys at a strong kind, and the rest at a weak one.

        What the last strong image leaves of its share goes to the weak kind.
        """
        left = seconds - self.once([strong, weak])
        first = self._reach(strong, 0, left * share, seed)
        rest = self._reach(weak, first, left - self._spent_on(strong, seed)[first], seed)
        return Mix.of({strong: first, weak: rest})


def open_pool(spec: RunSpec, tell: Tell) -> Pool:
    """Open and count the training images of a run; every mask is read for it, as a run does.

    Raises:
        BudgetsegError: The data set or the cost book cannot be read.
    """
    book = load_book(spec.costs, background_clicks=spec.background_clicks)
    index = index_images(open_for(spec, tell), "train")
    return Pool(index, book, partial(prior_seconds, spec))
