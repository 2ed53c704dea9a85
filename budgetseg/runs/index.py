"""An index of run directories, so that thousands are listed at once: SQLite, made from the directories alone.

It is brought up to date whenever it is opened: only results that have changed are read again. A missing, broken or
outdated index is made anew, and where none can be written it is kept in memory; nothing is lost with it.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from budgetseg.runs.record import RunRecord, record_of, unfinished

__all__ = ["INDEX", "RunIndex", "open_index"]

INDEX: Final = "index.sqlite"
_VERSION: Final = 2
_DEPTH: Final = 2
"""Levels below the folder at which run directories are looked for."""
_COLUMNS: Final = (
    "path",
    "stamp",
    "status",
    "strategy",
    "mix",
    "budget_hours",
    "hours",
    "seed",
    "miou",
    "dataset",
    "backbone",
    "recipe",
    "iterations",
    "seconds",
    "reason",
)
_TABLES: Final = (
    f"CREATE TABLE runs ({', '.join(_COLUMNS)}, PRIMARY KEY (path)) WITHOUT ROWID",
    # What is long is kept apart, so that a list need not read over it.
    "CREATE TABLE results (path PRIMARY KEY, document)",
)
_WAIT_SECONDS: Final = 2.0
"""For another process that brings the same index up to date."""


# The first byte says what kind of trouble it is.
_NO_PLACE: Final = (
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
)
"""The folder takes no index at this moment; anything else is a broken one."""


class RunIndex:
    """Run directories below a folder, as they were when the index was opened."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        self.folder, self._database = folder, database

    def records(self) -> list[RunRecord]:
        """All of them in the order of their paths, without what is long."""
        columns = [name for name in _COLUMNS if name != "stamp"]
        rows = self._database.execute(f"SELECT {', '.join(columns)} FROM runs ORDER BY path")  # noqa: S608 - ours
        return [RunRecord.of(self.folder, dict(zip(columns, row, strict=True))) for row in rows]

    def results(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Path and result document of each finished run, in the order of their paths."""
        finished = "SELECT path, document FROM runs JOIN results USING (path) WHERE status = 'completed' ORDER BY path"
        for path, document in self._database.execute(finished):
            yield path, json.loads(document)

    def durations(self) -> list[tuple[str, str, int, float]]:
        """Backbone, recipe, iterations and seconds of computing of each finished run."""
        return self._database.execute(
            "SELECT backbone, recipe, iterations, seconds FROM runs WHERE status = 'completed' AND seconds > 0"
        ).fetchall()


@contextmanager
def open_index(folder: Path) -> Iterator[RunIndex]:
    """Bring the index of a folder up to date and open it; a folder that is not there has no runs.

    Raises:
        DataError: The folder cannot be read.
    """
    with closing(_database(folder)) as database:
        yield RunIndex(folder, database)


def _database(folder: Path) -> sqlite3.Connection:
    """The index in the folder; made anew where it is broken, in memory where the folder takes none."""
    if folder.is_dir():
        for _ in range(2):
            try:
                return _up_to_date(folder, str(folder / INDEX))
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF in _NO_PLACE:
                    break
                try:
                    (folder / INDEX).unlink()
                except OSError:
                    break
    return _up_to_date(folder, ":memory:")


def _up_to_date(folder: Path, place: str) -> sqlite3.Connection:
    database = sqlite3.connect(place, timeout=_WAIT_SECONDS)
    try:
        if database.execute("PRAGMA user_version").fetchone() != (_VERSION,):
            with database:
                for name in ("runs", "results"):
                    database.execute(f"DROP TABLE IF EXISTS {name}")
                for table in _TABLES:
                    database.execute(table)
                database.execute(f"PRAGMA user_version = {_VERSION}")
        _refresh(folder, database)
    except BaseException:
        database.close()
        raise
    return database


def _refresh(folder: Path, database: sqlite3.Connection) -> None:
    known: dict[str, str] = dict(database.execute("SELECT path, stamp FROM runs"))
    there = dict(_stamps(str(folder), "", _DEPTH)) if folder.is_dir() else {}
    changed = [path for path, stamp in there.items() if known.get(path) != stamp]
    gone = [(path,) for path in known if path not in there]
    if not changed and not gone:
        return
    marks = ", ".join("?" * len(_COLUMNS))
    with database:
        for table in ("runs", "results"):
            database.executemany(f"DELETE FROM {table} WHERE path = ?", gone)  # noqa: S608 - ours
        for path in changed:
            values = record_of(folder / path) if there[path] else unfinished()
            document = values.pop("document")
            row = {"path": path, "stamp": there[path], **values}
            database.execute(
                f"INSERT OR REPLACE INTO runs VALUES ({marks})",  # noqa: S608 - question marks
                [row[name] for name in _COLUMNS],
            )
            database.execute("INSERT OR REPLACE INTO results VALUES (?, ?)", (path, document))


def _stamps(folder: str, below: str, depth: int) -> Iterator[tuple[str, str]]:
    """Run directories, with what changes when their result does: empty where there is none yet.

    Paths are relative to the folder of runs; runs are not looked for inside runs.
    """
    path = os.path.join(folder, below)  # noqa: PTH118 - ten thousand times
    try:
        found = os.stat(path + "/result.json")  # noqa: PTH116 - the same
        yield below, f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"
        return
    except OSError:
        pass
    if os.path.exists(path + "/state.json"):  # noqa: PTH110 - the same
        yield below, ""
        return
    if depth < 0:
        return
    try:
        with os.scandir(path) as entries:
            names = sorted(entry.name for entry in entries if entry.name[0] != "." and entry.is_dir())
    except OSError:
        return  # what cannot be read holds no run that could be
    for name in names:
        yield from _stamps(folder, f"{below}/{name}" if below else name, depth - 1)
