"""What one person gave for one task, whichever tool it came from, before it becomes an annotation.

Coordinates are in pixels of the image from its top left corner, as fractions: (0.5, 0.5) is the middle of the first
pixel.

Shape suffixes: P points, 2 is (x, y); H rows, W columns.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CONTROLLED",
    "LARGEST_PIXELS",
    "LARGEST_SIDE",
    "MOST_BRUSH_PIXELS",
    "MOST_MARKS",
    "Answer",
    "Granularity",
    "Mark",
    "Reject",
    "Shape",
    "check_brushes",
    "check_places",
    "check_size",
    "clean_text",
]

Shape = Literal["class", "point", "stroke", "box", "polygon", "brush"]
Granularity = Literal["image", "image-class"]

LARGEST_SIDE: Final = 65_535
"""Pixels of the longest side of an image that is read; larger ones are slips, or attacks on memory."""
LARGEST_PIXELS: Final = 100_000_000
MOST_MARKS: Final = 10_000
"""Of one answer."""
MOST_BRUSH_PIXELS: Final = 2_000_000_000
"""Of one answer's brushes together, each as large as the image: a file of a few kilobytes could ask for more memory
than there is."""

CONTROLLED: Final = "q"
"""Ends the id of a plan whose tasks hold control images; all other digits of an id are hexadecimal."""
_SLACK_PIXELS: Final = 1.0
_LONGEST_TEXT: Final = 1_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Mark:
    """One thing that was marked."""

    shape: Shape
    cls: str
    xy_P2: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    """The point; a stroke's or polygon's corners; two opposite corners of a box, or four of a turned one. All lie on
    the image."""
    brush_HW: NDArray[np.bool_] | None = None
    """Pixels of a brush."""
    order: int = 0
    """Where masks overlap the larger one is on top (CVAT's z order)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """One person's answer to one task."""

    tool: str
    tool_version: str = ""
    project: str = ""
    task_id: str
    annotation_id: str = ""
    image_id: str
    kind: str | None = None
    """What was asked; None where the export does not say."""
    target_class: str | None = None
    """The one class that was asked about; None where all were."""
    classes: tuple[str, ...] = ()
    """All that the campaign asks about; empty where the export does not say."""
    plan_id: str = ""
    batch: str = ""
    annotator: str = ""
    seconds: float | None = None
    job: str = ""
    """Answers of one job were timed together: ``seconds`` is an even share of what it took."""
    created_at: str = ""
    updated_at: str = ""
    skipped: bool = False
    is_update: bool = False
    """Whether the time holds a later visit besides the first."""
    from_prediction: bool = False
    """Whether it began from what a model proposed."""
    ground_truth: bool = False
    """Whether somebody declared it the right one."""
    width: int = 0
    """Pixels; 0 where nothing in the export says."""
    height: int = 0
    marks: tuple[Mark, ...] = ()
    unusable: tuple[tuple[str, str | None, str], ...] = ()
    """Marks that could not be read: which one, its class where known, and why."""

    @property
    def granularity(self) -> Granularity:
        """Whether one class was asked about, or all."""
        return "image" if self.target_class is None else "image-class"

    @property
    def has_controls(self) -> bool:
        """Whether control images are among the tasks of its plan."""
        return self.plan_id.endswith(CONTROLLED)

    @property
    def row(self) -> str:
        """Where it stands in the export, for messages."""
        return f"task {self.task_id}" + (f", annotation {self.annotation_id}" if self.annotation_id else "")


@dataclass(frozen=True, kw_only=True)
class Reject:
    """Something in an export that is not used, and why."""

    row: str
    image_id: str = ""
    reason: str

    def __post_init__(self) -> None:
        for name in ("row", "image_id", "reason"):  # they quote the export, which may hold what no file can
            object.__setattr__(self, name, getattr(self, name).encode("utf-8", "backslashreplace").decode())

    @classmethod
    def of(cls, answer: Answer, reason: str, part: str = "") -> "Reject":
        """Refuse an answer, or a part of it."""
        row = f"{answer.row}, {part}" if part else answer.row
        return cls(row=row, image_id=answer.image_id, reason=reason)


def check_size(width: object, height: object) -> tuple[int, int]:
    """Return width and height of an image in pixels.

    Raises:
        ValueError: They are no sizes, or too large to be read.
    """
    for side in (width, height):
        if isinstance(side, bool) or not isinstance(side, int) or not 1 <= side <= LARGEST_SIDE:
            raise ValueError(f"expected an image of 1 to {LARGEST_SIDE:,} pixels a side, got {width!r} x {height!r}")
    assert isinstance(width, int)
    assert isinstance(height, int)
    if width * height > LARGEST_PIXELS:
        raise ValueError(f"an image of {width} x {height} pixels is too large; {LARGEST_PIXELS:,} are the most")
    return width, height


def check_brushes(marks: Iterable[Mark], size: tuple[int, int]) -> None:
    """Check that one more brush can be held.

    Raises:
        ValueError: The brushes together have too many pixels.
    """
    brushes = 1 + sum(mark.brush_HW is not None for mark in marks)
    if brushes * size[0] * size[1] > MOST_BRUSH_PIXELS:
        raise ValueError(f"{brushes:,} brushes on an image of {size[0]} x {size[1]} pixels are too many to read")


def check_places(xy_P2: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    """Return points moved onto the image where rounding or a hand put them just outside.

    Raises:
        ValueError: A point that is no number, or farther outside than one pixel.
    """
    size = np.array([width, height], float)
    if not np.isfinite(xy_P2).all() or ((xy_P2 < -_SLACK_PIXELS) | (xy_P2 > size + _SLACK_PIXELS)).any():
        raise ValueError(f"expected points inside the {width} x {height} pixels of the image")
    return np.clip(xy_P2, 0, size)


def clean_text(value: object) -> str:
    """Return text, or a whole number as text, that any file can hold; anything else becomes empty."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)[:_LONGEST_TEXT].encode("utf-8", "backslashreplace").decode()
