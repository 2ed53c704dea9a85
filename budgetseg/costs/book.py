"""Cost books: the seconds that each act of annotation takes, with sources, read from TOML and checked.

``voc2012`` holds the paper's rates; ``shipped_books()`` lists the others. A book of one's own is a path to a file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from budgetseg.costs.errors import InvalidInputError, did_you_mean
from budgetseg.costs.kinds import KINDS, RATES
from budgetseg.costs.rate import Rate, read_rate, refuse_unknown_keys

__all__ = ["SCHEMA", "CostBook", "Rate", "load_book", "shipped_books"]

SCHEMA: Final = "budgetseg.costbook/1"

_KEYS: Final = ("schema", "name", "rates")
_SUFFIX = ".toml"


@dataclass(frozen=True, kw_only=True)
class CostBook:
    """Rates by name, and where they come from."""

    name: str
    origin: str
    """The name of a shipped book, or the path of a person's own."""
    rates: Mapping[str, Rate]
    """In the order of ``RATES``."""

    def missing(self, kind: str) -> tuple[str, ...]:
        """Return the rates that ``kind`` charges and this book lacks; none of them for an available kind.

        Raises:
            InvalidInputError: There is no such kind.
        """
        if kind not in KINDS:
            raise InvalidInputError(f'unknown annotation kind "{kind}"{did_you_mean(kind, KINDS)}')
        return tuple(rate for rate in KINDS[kind].rates if rate not in self.rates)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of annotation that this book can put a cost on, in the order of ``KINDS``."""
        return tuple(kind for kind in KINDS if not self.missing(kind))

    @property
    def unavailable(self) -> dict[str, tuple[str, ...]]:
        """The other kinds, each with the rates that it lacks."""
        return {kind: self.missing(kind) for kind in KINDS if self.missing(kind)}

    @property
    def unverified(self) -> tuple[str, ...]:
        """The rates that nobody has looked up in their source; bare numbers are among them."""
        return tuple(name for name, rate in self.rates.items() if not rate.verified)

    def require(self, kind: str) -> None:
        """Raise unless ``kind`` is available.

        Raises:
            InvalidInputError: The kind is unknown, or the book lacks a rate that it charges.
        """
        if missing := self.missing(kind):
            raise InvalidInputError(
                f"{self.origin}: {kind} has no cost here, for the book lacks {' and '.join(missing)}; "
                f"add [rates.{missing[0]}], or choose among: {', '.join(self.kinds)}"
            )

    def to_dict(self) -> dict[str, Any]:
        """As in the TOML file, with the origin and what can be costed."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "origin": self.origin,
            "rates": {name: rate.to_dict() for name, rate in self.rates.items()},
            "kinds": list(self.kinds),
            "unavailable": {kind: list(rates) for kind, rates in self.unavailable.items()},
            "unverified": list(self.unverified),
        }


def shipped_books() -> tuple[str, ...]:
    """Return the names of the cost books in the package, sorted."""
    # Resources, so that a wheel or a zip works; late, because few commands need them.
    from importlib.resources import files

    books = files("budgetseg.costs").joinpath("books").iterdir()
    return tuple(sorted(book.name.removesuffix(_SUFFIX) for book in books if book.name.endswith(_SUFFIX)))


def load_book(name_or_path: str | Path) -> CostBook:
    """Read and check a cost book.

    Args:
        name_or_path: The name of a shipped book, or the path of a TOML file.

    Raises:
        InvalidInputError: No such book, or a mistake in it; the message names file, key and fix.
    """
    shipped = shipped_books()
    if isinstance(name_or_path, str) and name_or_path in shipped:
        from importlib.resources import files

        content = files("budgetseg.costs").joinpath("books", name_or_path + _SUFFIX).read_bytes()
    else:
        content = _read_file(name_or_path, shipped)
    return _read_book(content, str(name_or_path))


def _read_file(name_or_path: str | Path, shipped: tuple[str, ...]) -> bytes:
    path, text = Path(name_or_path), str(name_or_path)
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        # A bare word is meant as a name, everything else as a file.
        if text == path.name and not path.suffix:
            raise InvalidInputError(
                f'unknown cost book "{text}"{did_you_mean(text, shipped)}; a book of your own is given by its path'
            ) from None
        beside = [book.name for book in path.parent.glob(f"*{_SUFFIX}")] if path.parent.is_dir() else []
        close = get_close_matches(path.name, beside, n=1)
        hint = f' (did you mean "{path.with_name(close[0])}"?)' if close else "; give the path of a TOML file"
        raise InvalidInputError(f"{text}: no such cost book{hint}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInputError(f"{text}: cannot read this cost book ({reason}); give a TOML file") from error


def _read_book(content: bytes, file: str) -> CostBook:
    try:
        # Decimals keep 2.4 exact.
        document = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"{file}: expected a cost book, TOML text in UTF-8; byte {error.start} is not"
        ) from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise InvalidInputError(f"{file}: expected a cost book in TOML: {reason}") from error
    if document.get("schema", SCHEMA) != SCHEMA:
        raise InvalidInputError(f'{file}: schema: expected "{SCHEMA}", got {document["schema"]!r}')
    refuse_unknown_keys(document, _KEYS, file)
    entries = document.get("rates")
    if not isinstance(entries, Mapping):
        raise InvalidInputError(f"{file}: [rates]: expected a table of rates, such as [rates.first_click_s]")
    refuse_unknown_keys(entries, RATES, f"{file}: [rates]")
    rates = {name: read_rate(name, entries[name], file) for name in RATES if name in entries}
    # Asked last: a typo in a rate is the likelier mistake, and each run names one.
    if "schema" not in document:
        raise InvalidInputError(f'{file}: lacks the key "schema"; add schema = "{SCHEMA}" at the top')
    name = document.get("name", Path(file).stem)
    if not isinstance(name, str) or not name.strip():
        raise InvalidInputError(f"{file}: name: expected the book's name, got {name!r}")
    book = CostBook(name=name, origin=file, rates=rates)
    if not book.kinds:
        wanted = next(iter(book.unavailable.values()))
        raise InvalidInputError(
            f"{file}: [rates]: no kind of annotation can be costed with these rates; add at least [rates.{wanted[0]}]"
        )
    return book
