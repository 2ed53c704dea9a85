"""Reading XML that nobody vouches for: no document type, hence no entities, nothing fetched, bounded size and depth."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final, NoReturn
from xml.parsers import expat

from budgetseg.errors import InvalidInputError
from budgetseg.labelling.zipped import content_of

__all__ = ["read_xml"]

_DEEPEST: Final = 50


class _Refused(Exception):  # noqa: N818 - never leaves this file
    pass


def read_xml(path: Path, member: str) -> ET.Element:
    """Return the root of an XML file, or of the one called ``member`` in an archive.

    Raises:
        InvalidInputError: The file is missing, no XML, too large or too deep, or declares a document type.
    """
    try:
        return _parse(content_of(path, member))
    except OSError as error:
        raise InvalidInputError(f"{path}: cannot read this file ({error.strerror or error})") from error
    except expat.ExpatError as error:
        raise InvalidInputError(
            f"{path}: line {error.lineno}: expected XML ({expat.ErrorString(error.code)})"
        ) from error
    except (_Refused, ValueError, LookupError) as error:
        raise InvalidInputError(f"{path}: {error}") from error


def _parse(content: bytes) -> ET.Element:
    builder, depth = ET.TreeBuilder(), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _Refused(f"nested deeper than {_DEEPEST} elements")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def refuse(*_: object) -> NoReturn:
        raise _Refused("declares a document type, in which entities can hide; remove <!DOCTYPE ...>")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.Parse(content, True)
    return builder.close()
