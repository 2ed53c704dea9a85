r"""Two-stage buying: image labels first, as a search, then masks where a rare class was found.

Of a class in a share f of the images, masks of images picked without looking give one image with it in 1/f. Asked
first which images hold it, at q seconds an image, and masked where the answer was yes, at u seconds, an hour gives

.. math:: \frac{3600\,f}{s} \text{ at random}, \qquad \frac{3600}{q / f + u} \text{ in two stages},

the search paid for. What is asked is all classes, which leaves image labels to train on too, or the rare class alone.
Which image is masked is decided by its own answer and by nothing else; :func:`oracle_masks`, which knows beforehand
where the class is, is no strategy but the bound that none can pass.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from budgetseg.costs.book import CostBook
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.workload import Workload, exact_number
from budgetseg.plan.coverage import ENOUGH_IMAGES, Frequencies
from budgetseg.plan.mix import Mix
from budgetseg.plan.prices import Prices

__all__ = ["Search", "TwoStage", "compare_two_stage", "oracle_masks", "search_then_mask"]

_HOUR: Final = Fraction(3600)
_LABEL: Final = "image"
_MASK: Final = "full"


@dataclass(frozen=True, kw_only=True)
class Search:
    """One way to come by masks of a class."""

    asked: str
    """``nothing`` (at random), ``all classes``, or ``this class``."""
    masks_per_hour: float
    """Images with the class that get a mask, to expect of an hour."""
    hours_for_enough: float | None
    """That 30 of them take; None where the pool is not expected to hold so many."""
    looked_at: float | None
    """Images that are asked, or masked, for them."""


@dataclass(frozen=True, kw_only=True)
class TwoStage:
    """The ways to come by masks of a rare class, the random one first."""

    name: str
    share: float
    """Of the images that hold the class."""
    in_pool: float
    """Images with it that the pool may be expected to hold."""
    ways: tuple[Search, ...]

    @property
    def best(self) -> Search:
        """The way that gives most masks of the class an hour."""
        return max(self.ways, key=lambda way: way.masks_per_hour)


def compare_two_stage(
    prices: Prices, book: CostBook | None, workload: Workload | None, pool: int, frequencies: Frequencies
) -> tuple[TwoStage, ...]:
    """Compare masks at random with masks after a search, for each class that somebody asked about.

    Args:
        prices: Of image labels and masks; nothing is compared where one of them has none.
        book: For the price of asking about one class alone; None where there is none.
        workload: The mean image.
        pool: Images there are.
        frequencies: How often the classes are there.
    """
    if not {_LABEL, _MASK} <= prices.seconds_of.keys():
        return ()
    labelled = Mix.of({_LABEL: 1})
    after = next((one.seconds for one in prices.upgrades(labelled, (_MASK,))), prices.seconds_of[_MASK])
    found = []
    for name in frequencies.rare:
        share = exact_number(frequencies.named[name], name)
        ways = [_way("nothing", pool, share, mask=Fraction(0), look=prices.seconds_of[_MASK])]
        ways.append(_way("all classes", pool, share, mask=after, look=prices.seconds_of[_LABEL]))
        if book is not None and workload is not None and book.ask != "known":
            alone = Workload(classes_asked=Fraction(1), classes_present=share, instances=share)
            ways.append(_way("this class", pool, share, mask=after, look=seconds_per_image(book, _LABEL, alone)))
        found.append(TwoStage(name=name, share=float(share), in_pool=float(share * pool), ways=tuple(ways)))
    return tuple(found)


def _way(asked: str, pool: int, share: Fraction, *, mask: Fraction, look: Fraction) -> Search:
    """Every image costs ``look``, and one that holds the class ``mask`` besides."""
    seconds = look / share + mask
    there = share * pool >= ENOUGH_IMAGES
    return Search(
        asked=asked,
        masks_per_hour=float(_HOUR / seconds) if seconds else float(share * pool),
        hours_for_enough=float(ENOUGH_IMAGES * seconds / _HOUR) if there else None,
        looked_at=float(ENOUGH_IMAGES / share) if there else None,
    )


def search_then_mask(
    images: Iterable[str],
    holds_class: Callable[[str], bool],
    *,
    budget_seconds: Fraction,
    look_seconds: Callable[[str], Fraction],
    mask_seconds: Callable[[str], Fraction],
) -> tuple[list[str], list[str], Fraction]:
    """Look through images in their order and mask those that hold the class, until the budget ends.

    Args:
        images: Whatever order they are in; nothing is known of them but their place.
        holds_class: The annotator's answer. It is asked once of each image that is paid for, and of no other.
        budget_seconds: What there is to spend.
        look_seconds: What an image's answer costs.
        mask_seconds: What its mask costs, on top of the answer.

    Returns:
        The images looked at, those masked, and the seconds spent. An image is only looked at while there is enough
        for its mask too, so that nothing is found that cannot be masked.
    """
    looked: list[str] = []
    masked: list[str] = []
    spent = Fraction(0)
    for image in images:
        look, mask = look_seconds(image), mask_seconds(image)
        if spent + look + mask > budget_seconds:
            break
        looked.append(image)
        spent += look
        if holds_class(image):
            masked.append(image)
            spent += mask
    return looked, masked, spent


def oracle_masks(
    images: Iterable[str], truth: Callable[[str], bool], *, budget_seconds: Fraction, mask_seconds: Fraction
) -> list[str]:
    """Return what an oracle would mask: it knows the truth and pays for no search. A bound, no strategy."""
    masked: list[str] = []
    for image in images:
        if (len(masked) + 1) * mask_seconds > budget_seconds:
            break
        if truth(image):
            masked.append(image)
    return masked
