"""From an export of an annotation tool to a folder of annotations, with times, grades and what was refused.

The folder is an annotation set (see `budgetseg.annotate.annotation_set`), so ``run --annotations`` reads it, with
``subset.csv``, which image holds what, as ``--current`` reads it; ``timings.csv``; ``rejects.csv``; and, where control
images were planted, ``quality.json`` and ``redo.csv``.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.calibrate.timings import COLUMNS, MARKS
from budgetseg.errors import InvalidInputError
from budgetseg.labelling.answer import Answer, Reject
from budgetseg.labelling.assemble import Several, assemble
from budgetseg.labelling.controls import Controls
from budgetseg.labelling.quality import Quality, grade, is_right, trusted
from budgetseg.labelling.reading import Read, RefusedError, check_name, kind_of, read_answer
from budgetseg.labelling.timings import hidden_name, safe_csv, timing_row

__all__ = ["Ingested", "ingest"]

_REDO = ("batch", "level", "annotator", "right", "controls", "needed", "task_id", "image_id", "target_class")


@dataclass(frozen=True, kw_only=True, eq=False)
class Ingested:
    """What an export gave."""

    annotations: AnnotationSet
    timings: tuple[Mapping[str, Any], ...]
    rejects: tuple[Reject, ...]
    quality: Quality
    redo: tuple[Mapping[str, Any], ...]
    """The tasks of failed batches, control images left out: which is one is not told."""
    controls: int
    """Answers about control images."""
    several: Several
    """The rule for questions that several people answered."""
    shared: int
    """How many such questions there were."""

    def save(self, path: Path) -> None:
        """Write the folder, whole or not at all.

        Raises:
            RunFailedError: See :meth:`budgetseg.annotate.annotation_set.AnnotationSet.save`.
        """
        held = [
            {"image_id": each.image_id, "kind": each.kind, "seconds": each.seconds}
            for each in self.annotations.annotations.values()
        ]
        rejects = [{"row": each.row, "image_id": each.image_id, "reason": each.reason} for each in self.rejects]
        beside = {
            "subset.csv": safe_csv(("image_id", "kind", "seconds"), held),
            "timings.csv": safe_csv(COLUMNS, self.timings),
            "rejects.csv": safe_csv(("row", "image_id", "reason"), rejects),
        }
        if self.controls:
            beside["quality.json"] = json.dumps(self.quality.to_dict(), indent=1) + "\n"
            beside["redo.csv"] = safe_csv(_REDO, self.redo)
        self.annotations.save(path, beside=beside)

    def to_dict(self) -> dict[str, Any]:
        """The ``budgetseg.ingest/1`` document."""
        seconds = sum(float(row["seconds"]) for row in self.timings)
        aside = sum(float(row["seconds"]) for row in self.timings if any(row[name] for name in MARKS))
        return {
            "schema": "budgetseg.ingest/1",
            "classes": list(self.annotations.classes),
            "images": len(self.annotations.annotations),
            "kinds": dict(Counter(each.kind for each in self.annotations.annotations.values())),
            "timed": len(self.timings),
            "hours": seconds / 3600,
            "hours_set_aside": aside / 3600,
            "rejected": len(self.rejects),
            "reasons": dict(Counter(each.reason for each in self.rejects).most_common(10)),
            "several": self.several,
            "several_people": self.shared,
            "control_answers": self.controls,
            "failed_batches": [each.to_dict() for each in self.quality.failed.values()],
            "annotators": [each.to_dict() for each in self.quality.annotators],
        }


def ingest(
    entries: Iterable[Answer | Reject],
    *,
    classes: Sequence[str] = (),
    kind: str | None = None,
    controls: Controls | None = None,
    several: Several = "consensus",
    plain_names: bool = False,
) -> Ingested:
    """Make annotations of what a reader found.

    Args:
        entries: Answers, and what could not be read.
        classes: Object classes in the order of their indices, from 1; empty takes those that the export says were
            asked about, else those that it names, sorted.
        kind: What was asked, where the export does not say.
        controls: The control images among the tasks.
        several: What becomes of several answers; see `budgetseg.labelling.assemble`.
        plain_names: Whether annotators stand in the tables by name.

    Raises:
        InvalidInputError: The export holds control images and ``controls`` is not given, or their plan is another.
    """
    answers: list[Answer] = []
    rejects: list[Reject] = []
    for entry in entries:
        if isinstance(entry, Reject):
            rejects.append(entry)
        else:
            named = entry.annotator if plain_names else hidden_name(entry.annotator)
            answers.append(replace(entry, annotator=named))
    _check_controls(answers, controls)
    names = ("background", *(classes or _classes_of(answers)))
    index_of = {name: index for index, name in enumerate(names) if index}
    people = {name: number for number, name in enumerate(sorted({answer.annotator for answer in answers}))}
    reads, timings, graded, known = [], [], [], {} if controls is None else controls.images
    times_are_kept = any(answer.seconds is not None for answer in answers)
    for answer in answers:
        try:
            asked = kind_of(answer, kind)
        except RefusedError as error:
            rejects.append(Reject.of(answer, "skipped by the annotator" if answer.skipped else str(error)))
            continue
        read, refused = _read(answer, asked, index_of, people[answer.annotator])
        if answer.seconds is None:
            if times_are_kept:
                refused.append(Reject.of(answer, "no usable time; its labels are kept", "seconds"))
        elif read is not None or answer.skipped:
            timings.append(timing_row(answer, asked, len(names) - 1, answer.annotator))
        rejects += refused
        if answer.image_id in known:
            right = read is not None and is_right(read, known[answer.image_id], names)
            graded.append((f"{asked}/{answer.batch}", answer.annotator, right))
        elif read is not None:
            reads.append(read)
    quality = Quality() if controls is None else grade(graded, controls)
    passed, redo = [], []
    for read in reads:
        batch = f"{read.annotation.kind}/{read.answer.batch}"
        if (failed := quality.failed.get((batch, read.answer.annotator))) is None:
            passed.append(trusted(read, quality.confidence(read.answer.annotator)))
            continue
        why = f"its batch failed: {failed.right} of {failed.controls} control images right, {failed.needed} needed"
        rejects.append(Reject.of(read.answer, why))
        redo.append(_redo_row(read, failed.to_dict()))
    assembled = assemble(passed, names, several)
    return Ingested(
        annotations=AnnotationSet(annotations=assembled.annotations, classes=names),
        timings=tuple(timings),
        rejects=(*rejects, *assembled.rejects),
        quality=quality,
        redo=tuple(redo),
        controls=len(graded),
        several=several,
        shared=assembled.shared,
    )


def _check_controls(answers: Sequence[Answer], controls: Controls | None) -> None:
    planted = next((answer for answer in answers if answer.has_controls), None)
    if controls is None:
        if planted is not None:
            raise InvalidInputError(
                f"{planted.row}: control images are among these tasks, and must not be trained on: name the folder "
                "that budgetseg tasks wrote with --tasks"
            )
        return
    other = next((answer for answer in answers if answer.plan_id and answer.plan_id != controls.plan_id), None)
    if other is not None:
        raise InvalidInputError(
            f'{other.row}: is of plan "{other.plan_id}", the control images are of "{controls.plan_id}"; name the '
            "folder of its own tasks with --tasks"
        )


def _classes_of(answers: Sequence[Answer]) -> tuple[str, ...]:
    said = list(dict.fromkeys(answer.classes for answer in answers if answer.classes))
    if len(said) > 1:
        raise InvalidInputError(
            f"the export holds tasks that ask about different classes ({', '.join(said[0])}; {', '.join(said[1])}); "
            "read them one by one, or give --classes"
        )
    if said:
        return said[0]
    named = {mark.cls for answer in answers for mark in answer.marks}
    return tuple(sorted(named | {answer.target_class for answer in answers if answer.target_class is not None}))


def _read(answer: Answer, kind: str, index_of: Mapping[str, int], annotator: int) -> tuple[Read | None, list[Reject]]:
    """Read an answer; what is left afterwards holds no pixels but the annotation's."""
    if answer.skipped:
        return None, [Reject.of(answer, "skipped by the annotator")]
    try:
        check_name(answer)
        read, refused = read_answer(answer, kind, index_of, annotator=annotator)
    except RefusedError as error:
        return None, [Reject.of(answer, str(error))]
    return replace(read, answer=replace(answer, marks=())), refused


def _redo_row(read: Read, failed: Mapping[str, Any]) -> dict[str, Any]:
    answer = read.answer
    return {
        **{name: failed[name] for name in ("annotator", "right", "controls", "needed")},
        "batch": answer.batch,
        "level": read.annotation.kind,
        "task_id": answer.task_id,
        "image_id": answer.image_id,
        "target_class": answer.target_class or "",
    }
