"""From an answer to an annotation: class names become indices, marks clicks, strokes, boxes or one mask.

Shape suffixes: H rows, W columns; P points, 2 is (x, y); R runs.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.annotation import Annotation, Box, Click, Stroke
from budgetseg.annotate.boundary import band_width, offset_share
from budgetseg.annotate.errors import HUMAN
from budgetseg.costs.kinds import KINDS
from budgetseg.data.dataset import BACKGROUND
from budgetseg.data.polygons import fill_polygon
from budgetseg.labelling.answer import Answer, Mark, Reject
from budgetseg.labelling.asking import QUESTIONS

__all__ = ["PEN_PIXELS", "Read", "RefusedError", "check_name", "kind_of", "read_answer"]

PEN_PIXELS: Final = 3
"""Width of a polyline that stands for a stroke; an export does not say how thick the pen was."""
_LONGEST_NAME: Final = 200
"""Characters of a file that is named after an image id, where what a name cannot hold is percent-encoded."""


class RefusedError(ValueError):
    """An answer that cannot be used; the message says why."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Read:
    """An answer as an annotation."""

    answer: Answer
    annotation: Annotation
    asked: tuple[int, ...]
    """The classes that were asked about, by index."""
    confidence: float = 1.0
    """How far its person is to be trusted; above 0."""


def kind_of(answer: Answer, given: str | None) -> str:
    """Return the kind of an answer: what its export says, else ``given``, else what its marks look like.

    A mask that began from a model's proposal is ``assisted``, whatever was asked: its time is a corrector's.

    Raises:
        RefusedError: The kind is none of ours, or there is no telling.
    """
    kind = answer.kind or given or _likely_kind(answer.marks)
    if kind is None:
        raise RefusedError("neither the export nor its marks say what was asked; give --kind")
    if kind not in KINDS or kind not in QUESTIONS:
        raise RefusedError(f'unknown annotation kind "{kind}"; expected one of {", ".join(QUESTIONS)}')
    return "assisted" if kind == "full" and answer.from_prediction else kind


def _likely_kind(marks: tuple[Mark, ...]) -> str | None:
    shapes = {mark.shape for mark in marks} - {"class"}
    if not marks:
        return None
    if not shapes:
        return "image"
    if shapes == {"point"}:
        return (
            "allpoints" if max(Counter(mark.cls for mark in marks if mark.shape == "point").values()) > 1 else "point"
        )
    if shapes == {"box"}:
        return "box"
    if shapes <= {"stroke", "brush"}:
        return "squiggle"
    return "full" if shapes <= {"polygon", "brush"} else None


def check_name(answer: Answer) -> None:
    """Check the name of an image that somebody else's file gives.

    Raises:
        RefusedError: Masks could not be kept in a file of that name.
    """
    if not answer.image_id.isprintable() or len(quote(answer.image_id, safe="")) > _LONGEST_NAME:
        raise RefusedError(f"expected an image id of printable characters that fits a file name of {_LONGEST_NAME}")


def read_answer(
    answer: Answer, kind: str, index_of: Mapping[str, int], *, annotator: int = 0
) -> tuple[Read, list[Reject]]:
    """Read one answer.

    Args:
        answer: It.
        kind: What was asked.
        index_of: Class indices by name.
        annotator: The person's number.

    Returns:
        The annotation, and the marks that it does without. Where a mark is of no use its class still counts as there.

    Raises:
        RefusedError: The answer as a whole is of no use: it asks about another class, or what is not marked counts as
            background and a mark cannot be read.
    """
    if answer.target_class is not None and answer.target_class not in index_of:
        raise RefusedError(f'it asks about "{answer.target_class}", which is none of the classes')
    question = QUESTIONS[kind]
    asked = tuple(index_of.values()) if answer.target_class is None else (index_of[answer.target_class],)
    rejects = [Reject.of(answer, why, part) for part, _, why in answer.unusable]
    present = {index_of[cls] for _, cls, _ in answer.unusable if cls is not None and cls in index_of}
    used: list[tuple[int, Mark]] = []
    for number, mark in enumerate(answer.marks, start=1):
        cls = index_of.get(mark.cls)
        if cls is None or cls not in asked:
            rejects.append(Reject.of(answer, f'"{mark.cls}" is not asked about', f"mark {number}"))
            continue
        if mark.shape == "class" or mark.shape in question.shapes:
            used.append((cls, mark))
        else:
            why = f"{kind} asks for {' or '.join(question.shapes) or 'names'}, not for a {mark.shape}"
            rejects.append(Reject.of(answer, f"{why}; its class counts as there", f"mark {number}"))
        present.add(cls)
    if question.dense and rejects:
        raise RefusedError(f"{rejects[0].row.rsplit(', ', 1)[-1]}: {rejects[0].reason}; without it the rest is wrong")
    drawn = [(cls, mark) for cls, mark in used if mark.shape != "class"]
    if drawn and not answer.width:
        raise RefusedError("nothing says how large the image is")
    annotation = Annotation(
        image_id=answer.image_id,
        kind=kind,
        width=answer.width,
        height=answer.height,
        present=tuple(sorted(present & set(asked))),
        clicks=_clicks(drawn, answer, annotator),
        strokes=tuple(stroke for cls, mark in drawn for stroke in _strokes(cls, mark, annotator, kind)),
        boxes=tuple(_box(cls, mark, answer, annotator) for cls, mark in drawn if mark.shape == "box"),
        mask_HW=_mask(drawn, answer) if "polygon" in question.shapes else None,
        unsure=_unsure(kind, answer),
        seconds=answer.seconds or 0.0,
    )
    return Read(answer=answer, annotation=annotation, asked=asked), rejects


def _pixels(xy_P2: NDArray[np.float64], answer: Answer) -> NDArray[np.int64]:
    """The pixel that each point lies in: ``min(int(x), W - 1)``."""
    return np.minimum(xy_P2.astype(np.int64), [answer.width - 1, answer.height - 1])


def _clicks(drawn: list[tuple[int, Mark]], answer: Answer, annotator: int) -> tuple[Click, ...]:
    clicks: list[Click] = []
    seen: Counter[int] = Counter()
    for cls, mark in drawn:
        if mark.shape != "point":
            continue
        for x, y in _pixels(mark.xy_P2, answer).tolist():
            seen[cls] += 1
            clicks.append(Click(cls=cls, x=x, y=y, rank=seen[cls], annotator=annotator))
    return tuple(clicks)


def _strokes(cls: int, mark: Mark, annotator: int, kind: str) -> list[Stroke]:
    if mark.shape == "stroke":
        points = tuple((int(x), int(y)) for x, y in mark.xy_P2)
        return [Stroke(cls=cls, points=points, width=PEN_PIXELS, annotator=annotator)]
    if mark.shape != "brush" or kind != "squiggle" or mark.brush_HW is None:
        return []
    # A brush is its pixels, so it becomes the rows of these.
    edges_HW = np.diff(np.pad(mark.brush_HW.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    y_R, first_R = np.nonzero(edges_HW == 1)
    last_R = np.nonzero(edges_HW == -1)[1] - 1
    return [
        Stroke(cls=cls, points=((x0, y), (x1, y)), width=1, annotator=annotator)
        for y, x0, x1 in zip(y_R.tolist(), first_R.tolist(), last_R.tolist(), strict=True)
    ]


def _box(cls: int, mark: Mark, answer: Answer, annotator: int) -> Box:
    """The pixels that a drawn box touches by more than a hundredth of one."""
    low, high = mark.xy_P2.min(axis=0), mark.xy_P2.max(axis=0)
    x_min, y_min = _pixels(np.floor(low + 0.01), answer).tolist()
    x_max, y_max = (np.ceil(high - 0.01).astype(int) - 1).tolist()
    return Box(cls=cls, x_min=x_min, y_min=y_min, x_max=max(x_min, x_max), y_max=max(y_min, y_max), annotator=annotator)


def _mask(drawn: list[tuple[int, Mark]], answer: Answer) -> NDArray[np.uint8]:
    if not answer.width:
        raise RefusedError("nothing says how large the image is")
    mask_HW = np.full((answer.height, answer.width), BACKGROUND, np.uint8)
    for cls, mark in sorted(drawn, key=lambda each: each[1].order):
        if mark.brush_HW is not None:
            area_HW = mark.brush_HW
        else:
            area_HW = fill_polygon(mark.xy_P2.ravel().tolist(), answer.height, answer.width)
        if not area_HW.any():
            raise RefusedError(f"the {mark.shape} of a {mark.cls} covers no pixel; without it the rest is wrong")
        mask_HW[area_HW] = cls
    return mask_HW


def _unsure(kind: str, answer: Answer) -> int:
    """How wide a border of a mask is not to be trusted: as in a simulated one of its kind (`annotate.errors`)."""
    expected = {"coarse": HUMAN.coarse_boundary_iou, "assisted": HUMAN.assisted_boundary_iou}.get(kind)
    if expected is None or not answer.width:
        return 0
    return round(offset_share(expected) * band_width(answer.height, answer.width))
