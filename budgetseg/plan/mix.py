"""A mix: how many images are bought at each kind. One image is bought at one kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError, did_you_mean

__all__ = ["Mix"]


@dataclass(frozen=True)
class Mix:
    """Images per kind, in the order of ``KINDS``; kinds with no image are left out."""

    counts: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, images: Mapping[str, int]) -> "Mix":
        """Make a mix from ``{kind: images}``.

        Raises:
            InvalidInputError: An unknown kind, or a number that is not a whole number of at least 0.
        """
        for kind, count in images.items():
            if kind not in KINDS:
                raise InvalidInputError(f'unknown annotation kind "{kind}"{did_you_mean(kind, KINDS)}')
            given: object = count  # a mix may come from a file
            if isinstance(given, bool) or not isinstance(given, int) or given < 0:
                raise InvalidInputError(f"mix: {kind}: expected a whole number of images >= 0, got {given!r}")
        return cls(tuple((kind, images[kind]) for kind in KINDS if images.get(kind, 0) > 0))

    def __getitem__(self, kind: str) -> int:
        return dict(self.counts).get(kind, 0)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(self.counts)

    @property
    def images(self) -> int:
        """Images of all kinds together."""
        return sum(count for _, count in self.counts)

    def to_dict(self) -> dict[str, int]:
        """``{kind: images}``, as in every JSON document."""
        return dict(self.counts)

    def __str__(self) -> str:
        return " + ".join(f"{count:,} {kind}" for kind, count in self.counts) or "nothing"
