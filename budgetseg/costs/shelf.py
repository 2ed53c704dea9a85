"""Where cost books are found: in the package by their names, elsewhere by their paths."""

from difflib import get_close_matches
from pathlib import Path
from typing import Final

from budgetseg.costs.errors import InvalidInputError, did_you_mean

__all__ = ["read_content", "shipped_books"]

_SUFFIX: Final = ".toml"


def shipped_books() -> tuple[str, ...]:
    """Return the names of the cost books in the package, sorted."""
    # Resources, so that a wheel or a zip works; late, because few commands need them.
    from importlib.resources import files

    books = files("budgetseg.costs").joinpath("books").iterdir()
    return tuple(sorted(book.name.removesuffix(_SUFFIX) for book in books if book.name.endswith(_SUFFIX)))


def read_content(name_or_path: str | Path) -> bytes:
    """Return the text of a book, undecoded.

    Raises:
        InvalidInputError: No such book, or a file that cannot be read; the message suggests a name.
    """
    shipped = shipped_books()
    if isinstance(name_or_path, str) and name_or_path in shipped:
        from importlib.resources import files

        return files("budgetseg.costs").joinpath("books", name_or_path + _SUFFIX).read_bytes()
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
