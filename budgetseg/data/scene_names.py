"""How the embedded scenes are named: ``scenes``, or ``scenes:classes=3,size=0.5`` for others than the usual."""

from typing import TYPE_CHECKING, Any, Final

from budgetseg.errors import InvalidInputError
from budgetseg.settings import comma_list, read_fields

if TYPE_CHECKING:
    from budgetseg.data.scenes import Scenes

__all__ = ["NAME", "is_scenes", "open_scenes"]

NAME: Final = "scenes"
_NUMBERS: Final = ("train", "val", "seed")


def is_scenes(name: str) -> bool:
    """Whether a data set's name means the embedded scenes; a folder of that name is ``./scenes``."""
    return name.partition(":")[0] == NAME


def open_scenes(name: str) -> "Scenes":
    """Make the scenes that a name asks for.

    Args:
        name: ``scenes``, or ``scenes:NAME=VALUE,...`` with the fields of ``SceneStyle`` and the numbers ``train`` and
            ``val`` of images and ``seed`` of ``Scenes``.

    Raises:
        InvalidInputError: Not of that form, an unknown name, or a value out of range.
    """
    from budgetseg.data.scene_style import SceneStyle  # numpy and scipy come with it
    from budgetseg.data.scenes import Scenes

    style: dict[str, str] = {}
    numbers: dict[str, str] = {}
    _, colon, settings = name.partition(":")
    for item in comma_list(settings):
        key, equals, value = (part.strip() for part in item.partition("="))
        if not equals or not key or key in style or key in numbers:
            raise InvalidInputError(f'{name}: expected each setting once, as "{NAME}:classes=3,size=0.5", got "{item}"')
        (numbers if key in _NUMBERS else style)[key] = value
    if colon and not style and not numbers:
        raise InvalidInputError(f'{name}: expected settings after the colon, as "{NAME}:classes=3,size=0.5"')
    read: dict[str, Any] = read_fields(SceneStyle, style, NAME)
    return Scenes(style=SceneStyle(**read), **{key: _whole(key, value) for key, value in numbers.items()})


def _whole(key: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise InvalidInputError(f'{NAME}.{key}: expected a whole number, got "{value}"')
    return int(value)
