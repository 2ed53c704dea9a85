"""A session: one person, one kind, some images and classes, and the folder in which the answers are kept.

``session.json`` says what is asked. A folder with another session is left alone; the same session goes on.
"""

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from budgetseg.annotate_page.answers import FILE, Log, PageAnswer, read_answer
from budgetseg.annotate_page.outcome import (
    TIMINGS,
    annotations_of,
    grade_of,
    timings_text,
    write_outcome,
)
from budgetseg.annotate_page.photos import Photo
from budgetseg.annotate_page.questions import KindAsked, Question, questions_of
from budgetseg.errors import InvalidInputError, RunFailedError
from budgetseg.files import read_json, write_json
from budgetseg.labelling.quality import Grade

__all__ = ["SCHEMA", "Asked", "Session"]

SCHEMA: Final = "budgetseg.annotate-session/1"
_NAME: Final = "session.json"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What makes two sessions the same."""

    kind: KindAsked
    classes: tuple[str, ...]
    annotator: str
    seed: int
    images: tuple[str, ...]
    controls: tuple[str, ...]


class Session:
    """Questions and the answers to them; safe to use by several threads."""

    def __init__(
        self,
        folder: Path,
        *,
        kind: KindAsked,
        classes: Sequence[str],
        annotator: str,
        seed: int,
        photos: Sequence[Photo],
        controls: Sequence[Photo],
    ) -> None:
        """Begin a session, or go on with it.

        Raises:
            InvalidInputError: The folder holds another session, or other things.
            RunFailedError: The folder cannot be written to.
        """
        self.folder = folder
        self.asked = Asked(
            kind=kind,
            classes=tuple(classes),
            annotator=annotator,
            seed=seed,
            images=tuple(photo.image_id for photo in photos),
            controls=tuple(photo.image_id for photo in controls),
        )
        self.questions: tuple[Question, ...] = questions_of(photos, controls, classes, seed)
        self.photo_at = {question.place: question.photo for question in self.questions}
        self._lock = threading.Lock()
        _claim(folder, self.asked)
        try:
            self._log = Log(folder / FILE, self.questions)
        except OSError as error:
            raise RunFailedError(
                f"{folder / FILE}: cannot write here ({error.strerror}); choose another place"
            ) from error
        self.write()

    @property
    def answers(self) -> tuple[PageAnswer, ...]:
        """All of them, in the order in which they came."""
        return self._log.answers

    @property
    def answered(self) -> int:
        """Questions that have an answer."""
        return len(self._log.last)

    def next_question(self) -> Question | None:
        """The first question without an answer; None where all have one."""
        done = self._log.last
        return next((question for question in self.questions if question.number not in done), None)

    def answer(self, document: Any) -> PageAnswer:
        """Check an answer and keep it.

        Raises:
            OSError: It could not be kept.
            ValueError: It is none; the message says what was expected.
        """
        number = document.get("number") if isinstance(document, dict) else None
        if type(number) is not int or not 0 <= number < len(self.questions):
            raise ValueError("number: expected that of a question")
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._lock:
            kept = read_answer(
                document, self.questions[number], self.asked.kind, at=at, is_update=number in self._log.last
            )
            self._log.add(kept)
        return kept

    def grade(self) -> Grade:
        """How the control images were answered."""
        return grade_of(self.asked.kind, self.asked.annotator, self.answers, self.questions)

    @property
    def timings(self) -> Path:
        """The table of times."""
        return self.folder / TIMINGS

    def write(self) -> int:
        """Write annotations and times of what was answered so far; return the number of complete images."""
        with self._lock:
            kind, classes, answers = self.asked.kind, self.asked.classes, self.answers
            annotated = annotations_of(kind, classes, answers, self.questions, self.grade().confidence)
            write_outcome(self.folder, annotated, timings_text(kind, self.asked.annotator, answers, self.questions))
            return len(annotated.annotations)

    def close(self) -> None:
        """Write what there is and close the log."""
        self.write()
        self._log.close()


def _claim(folder: Path, asked: Asked) -> None:
    document = {"schema": SCHEMA, **{key: _plain(value) for key, value in asdict(asked).items()}}
    if (folder / _NAME).exists():
        held = read_json(folder / _NAME)
        if not isinstance(held, dict) or held.get("schema") != SCHEMA:
            raise InvalidInputError(
                f'{folder / _NAME}: expected a session ("schema": "{SCHEMA}"); choose another folder'
            )
        for key, value in document.items():
            if held.get(key) != value:
                raise InvalidInputError(
                    f"{folder}: holds a session with other {key}; go on with these, or choose another folder"
                )
    elif folder.is_dir() and any(folder.iterdir()):
        raise InvalidInputError(f"{folder}: holds other files; choose an empty folder")
    else:
        write_json(folder / _NAME, document)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
