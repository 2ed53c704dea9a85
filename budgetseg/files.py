"""Writing files whole or not at all, tables as CSV, and reading JSON with an error that names the file."""

import contextlib
import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from budgetseg.errors import InvalidInputError, RunFailedError

__all__ = ["csv_text", "read_json", "write_bytes", "write_folder", "write_json", "write_text"]


def _unwritable(path: Path, error: OSError) -> RunFailedError:
    reason = error.strerror or str(error)
    return RunFailedError(f"{path}: cannot write here ({reason}); choose another place")


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` atomically: a reader sees the old file or the new one, never a part.

    Raises:
        RunFailedError: The place cannot be written to.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)  # mkstemp makes private files; results are for sharing
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def write_text(path: Path, content: str) -> None:
    """Write UTF-8 text atomically; see :func:`write_bytes`."""
    write_bytes(path, content.encode())


def write_json(path: Path, document: Any) -> None:
    """Write one JSON document atomically; NaN and infinity are refused, as JSON has neither."""
    write_text(path, json.dumps(document, indent=1, allow_nan=False) + "\n")


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as CSV, with a line of headings."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([heads, *rows])
    return out.getvalue()


def read_json(path: Path, *, object_hook: Callable[[dict[str, Any]], Any] | None = None) -> Any:
    """Read one JSON document; what ``object_hook`` makes of each object takes its place.

    Raises:
        InvalidInputError: The file is missing or not JSON; the message names file and line.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_hook=object_hook)
    except OSError as error:
        raise InvalidInputError(f"{path}: cannot read this file ({error.strerror or error})") from error
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"{path}: line {error.lineno}: expected JSON, {error.msg}") from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path}: expected JSON in UTF-8, byte {error.start} is not") from error


@contextlib.contextmanager
def write_folder(path: Path, *, may_replace: Callable[[Path], bool]) -> Iterator[Path]:
    """Yield an empty folder beside ``path`` that takes its place when the block ends, and vanishes when it fails.

    Args:
        path: Where the folder shall be.
        may_replace: Asked when ``path`` is there already and not empty.

    Raises:
        RunFailedError: The place cannot be written to, or holds something that must not be replaced.
    """
    try:
        if path.exists() and not path.is_dir():
            raise RunFailedError(f"{path}: expected a folder, this is a file; choose another place")
        if path.is_dir() and any(path.iterdir()) and not may_replace(path):
            raise RunFailedError(f"{path}: holds other files; choose an empty place")
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield temporary
        temporary.chmod(0o755)
        if path.is_dir():
            old = temporary.with_name(temporary.name + ".old")
            path.replace(old)
            temporary.replace(path)
            shutil.rmtree(old)
        else:
            temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
