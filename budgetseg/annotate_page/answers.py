"""What was answered, kept line by line: an answer is on the disk before the next question is asked.

``answers.jsonl`` in the folder of the annotations holds one answer a line. Nothing is ever changed in it: a second
answer to a question stands below the first and counts in its place. A line that was cut off when the machine went down
was never confirmed to the page, and is removed.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Final

from budgetseg.annotate_page.questions import KindAsked, Question
from budgetseg.errors import DataError

__all__ = ["FILE", "Log", "PageAnswer", "read_answer"]

FILE: Final = "answers.jsonl"

_MOST_MARKS: Final = 1_000
_MOST_POINTS: Final = 20_000
_MOST_SECONDS: Final = 10**6

Points = tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class PageAnswer:
    """One answer to one question."""

    number: int
    """Of the question."""
    image_id: str
    cls: str
    control: bool
    present: bool
    skipped: bool
    marks: tuple[Points, ...]
    """Pixels: a click is one point, a stroke its corners."""
    seconds: float
    """From when the image was to be seen to the answer, without pauses and time in which the page was hidden."""
    actions: tuple[float, ...]
    """When each mark was made, in seconds from the same moment; a stroke counts when it ends."""
    at: str
    """When it came, UTC."""
    is_update: bool
    """Whether the question had an answer already."""


def read_answer(document: Any, question: Question, kind: KindAsked, *, at: str, is_update: bool) -> PageAnswer:
    """Check what the page sent.

    Raises:
        ValueError: It is no answer to this question; the message says what was expected.
    """
    photo = question.photo
    if not isinstance(document, dict):
        raise ValueError("expected an object")
    present, skipped = document.get("present"), document.get("skipped", False)
    if not isinstance(present, bool) or not isinstance(skipped, bool) or (present and skipped):
        raise ValueError("present, skipped: expected true or false, and not both true")
    marks = _marks(document.get("marks", []), photo.width, photo.height)
    fits = {
        "image": not marks,
        "point": len(marks) == present and all(len(points) == 1 for points in marks),
        "allpoints": bool(marks) == present and all(len(points) == 1 for points in marks),
        "squiggle": bool(marks) == present,
    }[kind]
    if not fits:
        raise ValueError(f"marks: {len(marks)} do not fit an answer of kind {kind} with present = {present}")
    seconds = _seconds(document.get("seconds"))
    actions = document.get("actions", [])
    if not isinstance(actions, list) or len(actions) > _MOST_MARKS:
        raise ValueError("actions: expected a list of seconds")
    return PageAnswer(
        number=question.number,
        image_id=photo.image_id,
        cls=question.cls,
        control=question.control,
        present=present,
        skipped=skipped,
        marks=marks,
        seconds=seconds,
        actions=tuple(_seconds(each) for each in actions),
        at=at,
        is_update=is_update,
    )


def _seconds(value: Any) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not isfinite(value)
        or not 0 < value < _MOST_SECONDS
    ):
        raise ValueError(f"seconds: expected a number more than 0, got {str(value)[:40]}")
    return round(float(value), 4)


def _marks(value: Any, width: int, height: int) -> tuple[Points, ...]:
    if not isinstance(value, list) or len(value) > _MOST_MARKS:
        raise ValueError(f"marks: expected a list of at most {_MOST_MARKS} marks")
    marks = []
    for mark in value:
        if not isinstance(mark, list) or not 1 <= len(mark) <= _MOST_POINTS:
            raise ValueError(f"marks: expected 1 to {_MOST_POINTS} points in each")
        for point in mark:
            whole = isinstance(point, list) and len(point) == 2 and all(type(each) is int for each in point)
            if not whole or not (0 <= point[0] < width and 0 <= point[1] < height):
                raise ValueError(
                    f"marks: expected whole pixels [x, y] inside {width} x {height}, got {str(point)[:40]}"
                )
        marks.append(tuple((x, y) for x, y in mark))
    return tuple(marks)


class Log:
    """The file, open for more."""

    def __init__(self, path: Path, questions: Sequence[Question]) -> None:
        """Open the file and read what it holds.

        Raises:
            DataError: It is not of these questions; the message names the line.
        """
        self._path = path
        self._answers: list[PageAnswer] = []
        content = path.read_bytes() if path.exists() else b""
        whole = content.rfind(b"\n") + 1
        for line, text in enumerate(content[:whole].splitlines(), start=1):
            self._answers.append(_from_line(text, f"{path}: line {line}", questions))
        self._file = path.open("ab")
        if whole < len(content):
            self._file.truncate(whole)
        self._sync()

    @property
    def answers(self) -> tuple[PageAnswer, ...]:
        """All of them, in the order in which they came."""
        return tuple(self._answers)

    @property
    def last(self) -> Mapping[int, PageAnswer]:
        """The answer that counts of each question that has one."""
        return {answer.number: answer for answer in self._answers}

    def add(self, answer: PageAnswer) -> None:
        """Keep an answer; it is on the disk when this returns."""
        self._file.write(json.dumps(asdict(answer), allow_nan=False).encode() + b"\n")
        self._sync()
        self._answers.append(answer)

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _from_line(text: bytes, where: str, questions: Sequence[Question]) -> PageAnswer:
    try:
        row = json.loads(text)
        marks = tuple(tuple((int(x), int(y)) for x, y in mark) for mark in row.pop("marks"))
        answer = PageAnswer(**{**row, "marks": marks, "actions": tuple(row["actions"])})
        question = questions[answer.number]
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise DataError(f"{where}: expected an answer of this session ({error}); move the file away") from error
    if (question.photo.image_id, question.cls) != (answer.image_id, answer.cls):
        raise DataError(f"{where}: is an answer about {answer.cls} in {answer.image_id}, which is not asked here")
    return answer
