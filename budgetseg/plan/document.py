"""Values that are their own documents: frozen dataclasses to plain JSON values and back, by the types of their fields.

Known are text, numbers, truth values, ``None``, mixes, tuples of one type, mappings from text, and other dataclasses.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from budgetseg.plan.mix import Mix

__all__ = ["from_plain", "to_plain"]


def to_plain(value: Any) -> Any:
    """Return what ``json.dumps`` can write."""
    if isinstance(value, Mix):
        return value.to_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: to_plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(each) for each in value]
    return value


def from_plain(kind: Any, document: Any) -> Any:
    """Return the value of type ``kind`` of which :func:`to_plain` gave ``document``.

    Raises:
        KeyError: A field is missing that has no default.
        TypeError: The document has another shape.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if document is None and NoneType in arguments:
            return None
        return from_plain(next(one for one in arguments if one is not NoneType), document)
    if origin is tuple:
        return tuple(from_plain(arguments[0], each) for each in document)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {str(key): from_plain(arguments[1], each) for key, each in document.items()}
    if kind is Mix:
        return Mix.of(document)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        known = {field.name for field in fields(kind)}
        return kind(**{key: from_plain(hints[key], value) for key, value in document.items() if key in known})  # type: ignore[operator]
    return float(document) if kind is float else document
