"""A defect of a data set: the file, what is wrong with it, and what mends it."""

from dataclasses import dataclass
from pathlib import Path

from budgetseg.errors import DataError

__all__ = ["BrokenFileError", "Problem"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One defect, told in three parts so that a table, JSON and an error line can say the same."""

    file: str
    """The file (or list) that has to be looked at, as the user can open it."""
    what: str
    """What is wrong with it."""
    fix: str
    """What mends it."""

    def __str__(self) -> str:
        return f"{self.file}: {self.what}; {self.fix}"


class BrokenFileError(DataError):
    """A file of a data set that cannot be used; ``problem`` holds the parts of the message."""

    def __init__(self, file: Path, what: str, fix: str) -> None:
        self.problem = Problem(file=str(file), what=what, fix=fix)
        super().__init__(str(self.problem))
