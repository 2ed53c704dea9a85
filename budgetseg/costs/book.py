"""Cost books: the seconds that each act of annotation takes, with sources, read from TOML and checked.

``voc2012`` holds the paper's rates; ``shipped_books()`` lists the others. A book of one's own is a path to a file:

    schema = "budgetseg.costbook/1"
    name = "mine"
    extends = "voc2012"      # optional: rates and ways that this book does not name are that book's
    note = "our own tool"    # optional: what the book is
    ask = "checklist"        # optional: how classes are asked, see budgetseg.costs.asking; "each" by default
    group_size = 10          # optional: classes a group, for ask = "groups"

    [rates.first_click_s]    # see budgetseg.costs.rate
    seconds = 2.4

    [labour]                 # optional: people, money and days, see budgetseg.costs.labour
    hours_per_day = 6

    [medians]                # optional: seconds by which half the acts are done, beside rates that are means
    first_click_s = 2.1      # budgetseg calibrate writes them; nothing is reckoned with them
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, cast

from budgetseg.costs.asking import ASKINGS, Asking, Question, questions
from budgetseg.costs.errors import InvalidInputError, did_you_mean
from budgetseg.costs.kinds import BACKGROUND_CLICK, KINDS, RATES
from budgetseg.costs.labour import Labour
from budgetseg.costs.labour_table import read_labour
from budgetseg.costs.rate import Rate, choice, read_rate, read_seconds, refuse_unknown_keys
from budgetseg.costs.shelf import read_content, shipped_books

__all__ = ["SCHEMA", "CostBook", "Rate", "load_book", "shipped_books"]

SCHEMA: Final = "budgetseg.costbook/1"

_KEYS: Final = ("schema", "name", "extends", "note", "ask", "group_size", "rates", "labour", "medians")
_MOST_CLASSES = 10**6


@dataclass(frozen=True, kw_only=True)
class CostBook:
    """Rates by name, and where they come from."""

    name: str
    origin: str
    """The name of a shipped book, or the path of a person's own."""
    rates: Mapping[str, Rate]
    """In the order of ``RATES``."""
    ask: Asking = "each"
    """How annotators are asked which classes are there."""
    group_size: int = 10
    """Classes a group, where groups are asked first."""
    note: str = ""
    """What the book is, in a sentence."""
    labour: Labour = field(default_factory=Labour)
    """People, money and days; assumptions where the book does not say."""
    medians: Mapping[str, Fraction] = field(default_factory=dict)
    """Seconds by which half the acts are done, beside the rates; only of the rates that this very book measured."""
    background_clicks: int = 0
    """Clicks on the background asked of each image of clicks or strokes, at ``extra_click_s`` each. Not part of a file:
    whoever loads the book decides."""

    def background_clicks_on(self, kind: str) -> int:
        """Return how many clicks on the background are asked of an image of a kind."""
        return self.background_clicks if KINDS[kind].takes_background else 0

    def questions(self, kind: str) -> tuple[Question, ...]:
        """What annotators are asked about an image's classes, before they mark anything."""
        return questions(self.ask, self.group_size, marks_classes=KINDS[kind].marks_classes)

    def charged(self, kind: str) -> tuple[str, ...]:
        """Return the names of the rates that ``kind`` charges by this book, questions first.

        Raises:
            InvalidInputError: There is no such kind.
        """
        if kind not in KINDS:
            raise InvalidInputError(f'unknown annotation kind "{kind}"{did_you_mean(kind, KINDS)}')
        background = [BACKGROUND_CLICK] if self.background_clicks_on(kind) else []
        asked = [question.rate for question in self.questions(kind)]
        return tuple(dict.fromkeys([*asked, *KINDS[kind].rates, *background]))

    def missing(self, kind: str) -> tuple[str, ...]:
        """Return the rates that ``kind`` charges and this book lacks; none of them for an available kind.

        Raises:
            InvalidInputError: There is no such kind.
        """
        return tuple(rate for rate in self.charged(kind) if rate not in self.rates)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of annotation that this book can put a cost on, in the order of ``KINDS``."""
        unavailable = self.unavailable
        return tuple(kind for kind in KINDS if kind not in unavailable)

    @property
    def unavailable(self) -> dict[str, str]:
        """The other kinds, each with the reason."""
        reasons = {}
        for kind in KINDS:
            if missing := self.missing(kind):
                reasons[kind] = f"the book lacks {' and '.join(missing)}"
            elif not self.charged(kind):
                reasons[kind] = f'with ask = "{self.ask}" there is nothing to buy'
        return reasons

    @property
    def unverified(self) -> tuple[str, ...]:
        """The rates that nobody has looked up in their source; bare numbers are among them."""
        return tuple(name for name, rate in self.rates.items() if not rate.verified)

    def unverified_for(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """Those of the unverified rates that ``kinds`` charge."""
        used = {rate for kind in kinds for rate in self.charged(kind)}
        return tuple(name for name in self.unverified if name in used)

    def caution(self, kinds: Iterable[str]) -> str | None:
        """What a user of these kinds must be told about their rates; None where all were looked up."""
        unverified = self.unverified_for(kinds)
        return f"note: {self.origin}: unverified rates are used: {', '.join(unverified)}" if unverified else None

    def require(self, kind: str) -> None:
        """Raise unless ``kind`` is available.

        Raises:
            InvalidInputError: The kind is unknown, or the book lacks a rate that it charges.
        """
        missing = self.missing(kind)
        if kind in self.unavailable:
            fix = f"add [rates.{missing[0]}], or choose" if missing else "choose"
            raise InvalidInputError(
                f"{self.origin}: {kind} has no cost here, for {self.unavailable[kind]}; "
                f"{fix} among: {', '.join(self.kinds)}"
            )

    def to_dict(self) -> dict[str, Any]:
        """As in the TOML file, with the origin and what can be costed."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "origin": self.origin,
            "note": self.note,
            "ask": self.ask,
            "group_size": self.group_size,
            "rates": {name: rate.to_dict() for name, rate in self.rates.items()},
            "labour": self.labour.to_dict(),
            **({"medians": {name: float(seconds) for name, seconds in self.medians.items()}} if self.medians else {}),
            "kinds": list(self.kinds),
            "unavailable": self.unavailable,
            "unverified": list(self.unverified),
        }


_EMPTY: Final = CostBook(name="", origin="", rates={})


def load_book(name_or_path: str | Path, *, background_clicks: int = 0) -> CostBook:
    """Read and check a cost book, and the books that it extends.

    Args:
        name_or_path: The name of a shipped book, or the path of a TOML file.
        background_clicks: Asked of each image of clicks or strokes.

    Raises:
        InvalidInputError: No such book, or a mistake in it; the message names file, key and fix. Background clicks
            below 0, or in a book without their rate.
    """
    if background_clicks < 0:
        raise InvalidInputError(f"--background-clicks: expected a whole number >= 0, got {background_clicks}")
    book = replace(_load(name_or_path, ()), background_clicks=background_clicks)
    if background_clicks and BACKGROUND_CLICK not in book.rates:
        raise InvalidInputError(
            f"{book.origin}: --background-clicks: no rate to charge them at; add [rates.{BACKGROUND_CLICK}]"
        )
    if not book.kinds:
        wanted = next(missing[0] for kind in KINDS if (missing := book.missing(kind)))
        raise InvalidInputError(
            f"{book.origin}: [rates]: no kind of annotation can be costed with these rates; "
            f"add at least [rates.{wanted}]"
        )
    return book


def _load(name_or_path: str | Path, extending: tuple[str, ...]) -> CostBook:
    file = str(name_or_path)
    document = _parse(read_content(name_or_path), file)
    if document.get("schema", SCHEMA) != SCHEMA:
        raise InvalidInputError(f'{file}: schema: expected "{SCHEMA}", got {document["schema"]!r}')
    refuse_unknown_keys(document, _KEYS, file)
    parent = _parent(document.get("extends"), file, (*extending, file))
    entries = document.get("rates", {} if "extends" in document else None)
    if not isinstance(entries, Mapping):
        raise InvalidInputError(f"{file}: [rates]: expected a table of rates, such as [rates.first_click_s]")
    refuse_unknown_keys(entries, RATES, f"{file}: [rates]")
    own = {name: read_rate(name, entries[name], file) for name in RATES if name in entries}
    # Asked last: a typo in a rate is the likelier mistake, and each run names one.
    if "schema" not in document:
        raise InvalidInputError(f'{file}: lacks the key "schema"; add schema = "{SCHEMA}" at the top')
    rates = {**parent.rates, **own}
    return replace(
        parent,
        name=_text(document, "name", Path(file).stem, file),
        note=_text(document, "note", "", file),
        origin=file,
        rates={name: rates[name] for name in RATES if name in rates},
        ask=cast(Asking, choice(document, "ask", ASKINGS, file)) if "ask" in document else parent.ask,
        group_size=_group_size(document.get("group_size", parent.group_size), file),
        labour=read_labour(document.get("labour"), parent.labour, file),
        medians=_medians(document.get("medians", {}), file),
    )


def _parse(content: bytes, file: str) -> dict[str, Any]:
    try:
        # Decimals keep 2.4 exact.
        return tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"{file}: expected a cost book, TOML text in UTF-8; byte {error.start} is not"
        ) from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise InvalidInputError(f"{file}: expected a cost book in TOML: {reason}") from error


def _parent(extends: object, file: str, extending: tuple[str, ...]) -> CostBook:
    """Return the book that ``file`` extends; one without rates where it extends none."""
    if extends is None:
        return _EMPTY
    if not isinstance(extends, str) or not extends.strip():
        raise InvalidInputError(f"{file}: extends: expected a book's name or path, got {extends!r}")
    # Paths are meant from the file that names them.
    name = extends if extends in shipped_books() or not Path(extends).suffix else str(Path(file).parent / extends)
    if name in extending:
        raise InvalidInputError(f"{file}: extends: {' extends '.join((*extending, name))}; break the circle")
    try:
        return _load(name, extending)
    except InvalidInputError as error:
        raise InvalidInputError(f"{file}: extends: {error}") from error


def _medians(entries: object, file: str) -> dict[str, Fraction]:
    if not isinstance(entries, Mapping):
        raise InvalidInputError(f"{file}: [medians]: expected seconds by rate, such as first_click_s = 2.1")
    refuse_unknown_keys(entries, RATES, f"{file}: [medians]")
    return {name: read_seconds(entries[name], f"{file}: [medians].{name}") for name in RATES if name in entries}


def _text(document: Mapping[str, Any], key: str, default: str, file: str) -> str:
    text = document.get(key, default)
    if not isinstance(text, str) or (key in document and not text.strip()):
        what = {"name": "the book's name", "note": "what the book is"}[key]
        raise InvalidInputError(f"{file}: {key}: expected {what}, got {text!r}")
    return text


def _group_size(value: object, file: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_CLASSES:
        raise InvalidInputError(f"{file}: group_size: expected how many classes make a group, 1 or more, got {value!r}")
    return value
