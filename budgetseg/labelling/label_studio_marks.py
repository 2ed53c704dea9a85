"""The regions of a Label Studio result, as marks.

Places are percent of the image, 0 to 100, of its ``original_width`` and ``original_height``; `brush` says how brushes
are written. ``image_rotation`` tells by how much the view was turned while somebody drew. Such a mark is refused unless
the caller says that its places are of the image as it is stored: so they are in release 1.23.2, which turns its canvas
and not the drawings, and no export says which release wrote it. A box may be turned about its first corner, by degrees
clockwise; it becomes the smallest upright box around it. A type that no kind asks for is refused.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.labelling.answer import Mark, check_size, clean_text
from budgetseg.labelling.brush import mask_of_brush
from budgetseg.labelling.turned import turn_of, turned_box

__all__ = ["marks_of_region", "size_of_region"]

_LABELS: Final = {
    "choices": "choices",
    "keypointlabels": "keypointlabels",
    "rectanglelabels": "rectanglelabels",
    "polygonlabels": "polygonlabels",
    "brushlabels": "brushlabels",
}
"""Under which key of a value its classes stand, by the type of the region."""

_MOST_CORNERS: Final = 100_000
_OR: Final = ", or see --turned-views"
_UPRIGHT: Final = (0, 360, None)
_TURNED: Final = (90, 180, 270)


def size_of_region(region: dict[str, Any]) -> tuple[int, int] | None:
    """Return width and height of the image in pixels; None where the region does not say.

    Raises:
        ValueError: They are no sizes, or too large.
    """
    width, height = region.get("original_width"), region.get("original_height")
    if width is None and height is None:
        return None
    return check_size(width, height)


def marks_of_region(
    region: dict[str, Any], size: tuple[int, int] | None, *, turned_views: bool = False
) -> tuple[Mark, ...]:
    """Read one region.

    Args:
        region: An entry of ``result``.
        size: Width and height of the image.
        turned_views: Whether places on a turned view are known to be of the image as it is stored.

    Raises:
        ValueError: It cannot be used; the message says why.
    """
    form = region.get("type")
    if not isinstance(form, str) or form not in _LABELS:
        raise ValueError(f"a region of type {str(form)[:30]} answers no question; expected {', '.join(_LABELS)}")
    value = region.get("value")
    if not isinstance(value, dict):
        raise ValueError("expected a value")
    names = value.get(_LABELS[form])
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"expected {_LABELS[form]} to name a class")
    names = [clean_text(name) for name in names]
    if form == "choices":
        return tuple(Mark(shape="class", cls=name) for name in names)
    if len(names) != 1:
        raise ValueError(f"expected one class, got {', '.join(names)}")
    turned = region.get("image_rotation", 0)
    if isinstance(turned, bool) or turned not in (*_UPRIGHT, *(_TURNED if turned_views else ())):
        raise ValueError(f"drawn while the image was turned by {str(turned)[:9]} degrees; draw it upright{_OR}")
    if size is None:
        raise ValueError("it lacks original_width and original_height")
    return (_mark(form, value, names[0], size),)


def _mark(form: str, value: dict[str, Any], cls: str, size: tuple[int, int]) -> Mark:
    width, height = size
    if form == "brushlabels":
        if value.get("format") != "rle":
            raise ValueError('expected a brush of format "rle"')
        return Mark(shape="brush", cls=cls, brush_HW=_brush(value.get("rle"), height, width))
    if form == "polygonlabels":
        return Mark(shape="polygon", cls=cls, xy_P2=_polygon(value, size))
    x, y = _percent(value.get("x"), "x"), _percent(value.get("y"), "y")
    size_2 = np.array(size, float)
    at_2 = np.array([x, y]) / 100 * size_2
    if form == "keypointlabels":
        return Mark(shape="point", cls=cls, xy_P2=at_2[None])
    across, down = _percent(value.get("width"), "width"), _percent(value.get("height"), "height")
    if degrees := turn_of(value.get("rotation", 0)):
        sides_2 = np.array([across, down]) / 100 * size_2
        return Mark(shape="box", cls=cls, xy_P2=turned_box(at_2, sides_2, degrees, at_2, size))
    right, bottom = _percent(x + across, "x + width", slack=0.01), _percent(y + down, "y + height", slack=0.01)
    return Mark(shape="box", cls=cls, xy_P2=np.array([at_2, np.array([right, bottom]) / 100 * size_2]))


def _brush(content: object, height: int, width: int) -> NDArray[np.bool_]:
    if not isinstance(content, list):
        raise ValueError("expected a brush's rle to be a list of bytes")
    mask_HW = mask_of_brush(content, height, width)
    if not mask_HW.any():
        raise ValueError("the brush marks no pixel")
    return mask_HW


def _polygon(value: dict[str, Any], size: tuple[int, int]) -> NDArray[np.float64]:
    points = value.get("points")
    if not isinstance(points, list) or not 3 <= len(points) <= _MOST_CORNERS:
        raise ValueError("expected a polygon of at least 3 points")
    if value.get("closed", True) is not True:
        raise ValueError("the polygon is not closed")
    if not all(isinstance(point, list) and len(point) == 2 for point in points):
        raise ValueError("expected the points of a polygon to be pairs")
    percent_P2 = np.array([(_percent(x, "x"), _percent(y, "y")) for x, y in points])
    xy_P2: NDArray[np.float64] = percent_P2 / 100 * np.array(size)
    return xy_P2


def _percent(value: object, name: str, slack: float = 0.0) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"expected {name} to be a number")
    if not -slack <= value <= 100 + slack:
        raise ValueError(f"expected {name} in percent of the image, 0 to 100, got {str(value)[:20]}")
    return float(min(max(value, 0.0), 100.0))
