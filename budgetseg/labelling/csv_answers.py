"""Reader of a plain table of answers, a line a mark; `csv_tasks` writes its head.

Lines of one task and annotator make one answer; one with an empty shape says that nothing (more) was marked, so a task
without a line was not answered. Shapes are class, point, stroke, box and polygon, points ``x,y;x,y`` in pixels.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

from budgetseg.errors import InvalidInputError
from budgetseg.labelling.answer import MOST_MARKS, Answer, Mark, Reject, Shape, check_size, clean_text
from budgetseg.labelling.bounded import refuse_large
from budgetseg.labelling.csv_tasks import ANSWER_COLUMNS
from budgetseg.labelling.pixel_text import points_of_text, whole_number

__all__ = ["read_csv_answers"]

_NEEDED: Final = ("task_id", "image_id", "level", "annotator", "shape", "class", "points")
_LEAST_POINTS: Final[dict[str, int]] = {"point": 1, "stroke": 1, "box": 2, "polygon": 3}
_LONGEST_SECONDS: Final = 1e7
_YES: Final = ("1", "true", "yes")

_Line = tuple[int, dict[str, str]]


def read_csv_answers(path: Path) -> Iterator[Answer | Reject]:
    """Yield every answer of a table, or why it cannot be read.

    Raises:
        InvalidInputError: The file is missing or no such table.
    """
    refuse_large(path)
    lines_of: dict[tuple[str, str], list[_Line]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
            if missing:
                raise InvalidInputError(f"{path}: lacks the column {missing[0]}; expected {', '.join(ANSWER_COLUMNS)}")
            for row in rows:
                if None in row or None in row.values():
                    yield Reject(row=f"line {rows.line_num}", reason="expected as many fields as the head has")
                    continue
                texts = {name: clean_text(value.strip()) if name != "points" else value for name, value in row.items()}
                lines_of.setdefault((texts["task_id"], texts["annotator"]), []).append((rows.line_num, texts))
    except OSError as error:
        raise InvalidInputError(f"{path}: cannot read this file ({error.strerror or error})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInputError(f"{path}: expected CSV in UTF-8: {error}") from error
    for lines in lines_of.values():
        try:
            yield _answer(lines)
        except ValueError as error:
            yield Reject(row=f"line {lines[0][0]}", image_id=lines[0][1]["image_id"], reason=str(error))


def _answer(lines: list[_Line]) -> Answer:
    first = lines[0][1]
    if not first["image_id"]:
        raise ValueError("image_id: expected a name")
    if len(lines) > MOST_MARKS:
        raise ValueError(f"more than {MOST_MARKS:,} marks")
    for name in ("image_id", "width", "height", "level", "target_class", "seconds", "skipped"):
        if len({line.get(name, "") for _, line in lines}) > 1:
            raise ValueError(f"{name}: lines of one answer must agree, those of task {first['task_id'][:50]} do not")
    size = None
    if first.get("width") or first.get("height"):
        size = check_size(*(whole_number(first.get(side), side) for side in ("width", "height")))
    marks: list[Mark] = []
    unusable: list[tuple[str, str | None, str]] = []
    for number, line in lines:
        try:
            marks += _marks(line, size)
        except ValueError as error:
            unusable.append((f"line {number}", line["class"] or None, str(error)))
    return Answer(
        tool="csv",
        task_id=first["task_id"],
        image_id=first["image_id"],
        kind=first["level"] or None,
        target_class=first.get("target_class") or None,
        plan_id=first.get("plan_id", ""),
        batch=first.get("batch", ""),
        annotator=first["annotator"],
        seconds=_seconds(first.get("seconds", "")),
        skipped=first.get("skipped", "").lower() in _YES,
        width=0 if size is None else size[0],
        height=0 if size is None else size[1],
        marks=tuple(marks),
        unusable=tuple(unusable),
    )


def _marks(line: dict[str, str], size: tuple[int, int] | None) -> list[Mark]:
    shape, cls = line["shape"], line["class"]
    if not shape:
        if cls or line["points"].strip():
            raise ValueError("a class or points, and no shape")
        return []
    if not cls:
        raise ValueError("class: expected a name")
    if shape == "class":
        return [Mark(shape="class", cls=cls)]
    if shape not in _LEAST_POINTS:
        raise ValueError(f'shape: expected {", ".join(("class", *_LEAST_POINTS))}, got "{shape[:30]}"')
    if size is None:
        raise ValueError("width and height: expected the pixels of the image")
    named: Shape = next(each for each in get_args(Shape) if each == shape)
    return [Mark(shape=named, cls=cls, xy_P2=points_of_text(line["points"], *size, least=_LEAST_POINTS[shape]))]


def _seconds(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number <= _LONGEST_SECONDS else None
