"""How many images of each class a mix may be expected to hold, kind by kind; of few images a class is not learned.

A class that is in a share f of the images is in f n of n images bought without looking, give or take sqrt(f n).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from budgetseg.costs.validation import check_share
from budgetseg.costs.workload import Workload
from budgetseg.errors import InvalidInputError
from budgetseg.plan.mix import Mix

__all__ = ["ENOUGH_IMAGES", "ClassCoverage", "Coverage", "Frequencies", "coverage_of", "frequencies_of"]

ENOUGH_IMAGES: Final = 30


@dataclass(frozen=True, kw_only=True)
class Frequencies:
    """How often classes are there."""

    named: Mapping[str, float]
    """Share of the images that hold the class, above 0, up to 1."""
    others: int = 0
    """Classes that are not named."""
    other_share: float = 0.0
    """Of the images that hold any one of them, were they all equally frequent."""
    source: str = ""
    """Where the shares are from."""
    rare: tuple[str, ...] = ()
    """The classes that somebody asked about."""


@dataclass(frozen=True, kw_only=True)
class ClassCoverage:
    """The images of one class to expect."""

    name: str
    share: float
    """Of the images that hold it."""
    images: Mapping[str, float] = field(default_factory=dict)
    """By kind."""
    too_few: bool = False
    """Whether all kinds together hold fewer than 30."""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The images of each class to expect; classes of which only the mean is known stand in one row."""

    classes: tuple[ClassCoverage, ...]
    source: str

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each class of which some kind holds too few images."""
        said = []
        for one in self.classes:
            few = [f"{images:,.1f} {kind}" for kind, images in one.images.items() if images < ENOUGH_IMAGES]
            if few:
                said.append(
                    f"{one.name}: only {', '.join(few)} to be expected, fewer than {ENOUGH_IMAGES}"
                    f"{', and of all kinds together too' if one.too_few and len(one.images) > 1 else ''}"
                )
        return tuple(said)


def frequencies_of(workload: Workload | None, named: Mapping[str, float]) -> Frequencies | None:
    """Return the frequencies of a data set of which the mean image is known, and what was said of some classes.

    The other classes share what is left of the mean number of classes an image evenly, which is the best case.

    Raises:
        InvalidInputError: A share that is none, or that leaves nothing, or more than all, for the other classes.
    """
    for name, share in named.items():
        check_share(name, share)
    source = "as given" if named else "evenly frequent classes"
    if workload is None:
        return Frequencies(named=dict(named), source=source, rare=tuple(named)) if named else None
    others = int(workload.classes_asked) - len(named)
    left = float(workload.classes_present) - sum(named.values())
    if others < 0 or (others > 0 and not 0 <= left / others <= 1):
        raise InvalidInputError(
            f"--frequency: leaves {left:g} classes an image to {others} other classes; look at the shares, the number "
            "of classes and the classes an image"
        )
    return Frequencies(
        named=dict(named),
        others=others,
        other_share=left / others if others else 0.0,
        source=f"{source}, the others evenly" if named and others else source,
        rare=tuple(named),
    )


def coverage_of(mix: Mix, frequencies: Frequencies) -> Coverage:
    """Return the images of each class to expect of a mix whose images are picked without looking."""
    shares = dict(frequencies.named)
    if frequencies.others:
        shares[f"each of {frequencies.others} other classes" if shares else "each class"] = frequencies.other_share
    return Coverage(
        classes=tuple(
            ClassCoverage(
                name=name,
                share=share,
                images={kind: share * count for kind, count in mix},
                too_few=share * mix.images < ENOUGH_IMAGES,
            )
            for name, share in shares.items()
        ),
        source=frequencies.source,
    )
