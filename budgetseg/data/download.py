"""Fetching one large file: resumed where it broke off, and taken for whole only when its checksum says so."""

import hashlib
import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from budgetseg.errors import DataError

__all__ = ["Tell", "download", "md5_of"]

Tell = Callable[[str], None]
"""Takes a line for the user."""

_BLOCK = 1 << 20
_ATTEMPTS = 5
"""How often a connection that brought something may break without a byte more before it is given up."""
_WAIT_SECONDS = 1.0
_BROKEN = (urllib.error.URLError, ConnectionError, TimeoutError, http.client.HTTPException, ValueError)
"""What a bad line, or an address that is none (ValueError), raises; other errors of the system are the disk's."""
_TIMEOUT_SECONDS = 30.0
_NOT_SATISFIABLE = 416


def md5_of(path: Path) -> str:
    """Return a file's MD5 checksum, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def download(url: str, target: Path, *, md5: str, tell: Tell, instead: str) -> None:
    """Download a file to ``target``, by way of ``target`` + ``.part``, which a later call continues.

    Args:
        url: Where it is, http or https.
        target: Where it shall be; never there in part.
        md5: Its checksum, in hexadecimal.
        tell: Told of the progress.
        instead: What to do where there is no connection, for the message.

    Raises:
        DataError: No connection, one that breaks again and again, another answer than the file, or another checksum.
    """
    if not url.startswith(("http://", "https://")):
        raise DataError(f"{url}: expected an address that begins with http:// or https://; {instead}")
    part = target.with_name(f"{target.name}.part")
    attempts = 1
    while True:
        before = _size(part)
        try:
            _continue(url, part, tell)
            break
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == _NOT_SATISFIABLE and before:
                break  # nothing is left to ask for; the checksum tells whether that is true
            raise DataError(f"{url}: cannot download ({error.code} {error.reason}); {instead}") from error
        except _BROKEN as error:
            reason = getattr(error, "reason", None) or error
            # A line that brought something is worth more tries; one that never answered is not.
            attempts = _ATTEMPTS if _size(part) > before else attempts - 1
            if not attempts:
                kept = f" after {_megabytes(before)}, which are kept" if before else ""
                raise DataError(f"{url}: cannot download ({reason}){kept}; {instead}") from error
            tell(f"{url}: the connection broke ({reason}); going on at {_megabytes(_size(part))}")
            time.sleep(_WAIT_SECONDS)
    if (got := md5_of(part)) != md5:
        part.unlink()
        what = f"expected the MD5 checksum {md5}, got {got}; what was downloaded is removed"
        raise DataError(f"{url}: {what}; try again, or {instead}")
    part.replace(target)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _megabytes(number_of_bytes: int) -> str:
    return f"{number_of_bytes / 1e6:,.1f} MB"


def _continue(url: str, part: Path, tell: Tell) -> None:
    """Ask for what is missing and append it; a server that sends all again is taken at its word."""
    start = _size(part)
    request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})  # noqa: S310 - http(s)
    with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - http(s), as checked above
        sent_from = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
        resumed = answer.status == http.HTTPStatus.PARTIAL_CONTENT and sent_from and int(sent_from[1]) == start
        length = answer.headers.get("Content-Length")
        with part.open("ab" if resumed else "wb") as file:
            total = None if length is None else file.tell() + int(length)
            _copy(answer, file, total, lambda done: tell(f"{url}: {done}"))


def _copy(answer: http.client.HTTPResponse, file: BinaryIO, total: int | None, tell: Tell) -> None:
    told = -1
    while block := answer.read(_BLOCK):
        file.write(block)
        tenth = 10 * file.tell() // total if total else told
        if tenth != told:
            told = tenth
            tell(f"{_megabytes(file.tell())} of {_megabytes(total or 0)}")
    if total is not None and file.tell() < total:
        # Reading in blocks ends without a word where the connection does.
        raise ConnectionError(f"the connection ended at {file.tell():,} of {total:,} bytes")
