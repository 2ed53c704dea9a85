"""The annotations of many images, and their folder on disk.

The folder holds ``set.json`` (``{"schema": "budgetseg.annotations/1", "classes": [...], "images": N}``),
``annotations.jsonl`` (one image a line) and ``masks/ID.png`` for each mask (grey values are class indices, 255 void;
characters of an id that a file name cannot hold are percent-encoded). A mask is kept as it was drawn; the border of
``unsure`` pixels along its edges, which becomes 255 for training, is a number of the image's line.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from budgetseg.annotate.annotation import Annotation, Box, Click, Stroke
from budgetseg.data.dataset import VOID
from budgetseg.errors import DataError
from budgetseg.files import read_json, write_folder

__all__ = ["SCHEMA", "AnnotationSet"]

SCHEMA = "budgetseg.annotations/1"


@dataclass(frozen=True, kw_only=True, eq=False)
class AnnotationSet:
    """What was bought for a data set."""

    annotations: Mapping[str, Annotation]
    """By image id."""
    classes: tuple[str, ...]
    """Class names by index, the background first."""

    def save(self, path: Path, beside: Mapping[str, str] | None = None) -> None:
        """Write the folder, whole or not at all; an older set there is replaced, anything else is not.

        Args:
            path: The folder.
            beside: Other text files that belong to the set, by name.

        Raises:
            RunFailedError: The place cannot be written to, or holds something else.
        """
        with write_folder(path, may_replace=_is_set) as folder:
            (folder / "masks").mkdir()
            lines = []
            for annotation in self.annotations.values():
                lines.append(json.dumps(_row(annotation), allow_nan=False))
                if annotation.mask_HW is not None:
                    content = io.BytesIO()
                    Image.fromarray(annotation.mask_HW).save(content, format="PNG")
                    _mask_file(folder, annotation.image_id).write_bytes(content.getvalue())
            (folder / "annotations.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            header = {"schema": SCHEMA, "classes": list(self.classes), "images": len(self.annotations)}
            for name, text in (beside or {}).items():
                (folder / name).write_text(text, encoding="utf-8")
            (folder / "set.json").write_text(json.dumps(header, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "AnnotationSet":
        """Read the folder.

        Raises:
            DataError: The folder is not an annotation set, or broken; names the file and the line.
        """
        header_file = path / "set.json"
        if not header_file.is_file():
            raise DataError(f"{path}: expected a folder of annotations; it has no set.json")
        header = read_json(header_file)
        if not isinstance(header, dict) or header.get("schema") != SCHEMA:
            raise DataError(f'{header_file}: expected "schema": "{SCHEMA}"')
        classes = header.get("classes")
        if not isinstance(classes, list) or not classes or not all(isinstance(name, str) for name in classes):
            raise DataError(f'{header_file}: expected "classes" to be a list of names')
        rows_file = path / "annotations.jsonl"
        try:
            lines = rows_file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{rows_file}: cannot read this file ({error})") from error
        annotations: dict[str, Annotation] = {}
        for number, line in enumerate(lines, start=1):
            where = f"{rows_file}: line {number}"
            annotation = _annotation(path, line, where, len(classes))
            if annotation.image_id in annotations:
                raise DataError(f"{where}: image {annotation.image_id} is there twice")
            annotations[annotation.image_id] = annotation
        if header.get("images") != len(annotations):
            raise DataError(f"{rows_file}: expected {header.get('images')} images as in set.json, got {len(lines)}")
        return cls(annotations=annotations, classes=tuple(classes))


def _is_set(folder: Path) -> bool:
    try:
        header = json.loads((folder / "set.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(header, dict) and header.get("schema") == SCHEMA


def _mask_file(folder: Path, image_id: str) -> Path:
    return folder / "masks" / f"{quote(image_id, safe='')}.png"


def _row(annotation: Annotation) -> dict[str, Any]:
    return {
        "image_id": annotation.image_id,
        "kind": annotation.kind,
        "width": annotation.width,
        "height": annotation.height,
        "present": list(annotation.present),
        "seconds": annotation.seconds,
        "clicks": [asdict(click) for click in annotation.clicks],
        "strokes": [asdict(stroke) for stroke in annotation.strokes],
        "boxes": [asdict(box) for box in annotation.boxes],
        "mask": annotation.mask_HW is not None,
        "unsure": annotation.unsure,
    }


def _annotation(folder: Path, line: str, where: str, classes: int) -> Annotation:
    try:
        row = json.loads(line)
        annotation = Annotation(
            image_id=str(row["image_id"]),
            kind=str(row["kind"]),
            width=int(row["width"]),
            height=int(row["height"]),
            present=tuple(int(c) for c in row["present"]),
            clicks=tuple(Click(**click) for click in row["clicks"]),
            strokes=tuple(
                Stroke(**{**stroke, "points": tuple((int(x), int(y)) for x, y in stroke["points"])})
                for stroke in row["strokes"]
            ),
            boxes=tuple(Box(**box) for box in row["boxes"]),
            mask_HW=_mask(folder, str(row["image_id"]), where) if row["mask"] else None,
            unsure=int(row.get("unsure", 0)),
            seconds=float(row["seconds"]),
        )
    except json.JSONDecodeError as error:
        raise DataError(f"{where}: expected JSON, {error.msg}") from error
    except KeyError as error:
        raise DataError(f"{where}: {error} is missing") from error
    except (TypeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{where}: {error}") from error
    marks: tuple[Click | Stroke | Box, ...] = (*annotation.clicks, *annotation.strokes, *annotation.boxes)
    for index in (*annotation.present, *(mark.cls for mark in marks)):
        if not 0 <= index < classes:
            raise DataError(f"{where}: expected class indices below {classes}, got {index}")
    points = [(click.x, click.y) for click in annotation.clicks]
    points += [point for stroke in annotation.strokes for point in stroke.points]
    points += [point for box in annotation.boxes for point in ((box.x_min, box.y_min), (box.x_max, box.y_max))]
    for x, y in points:
        if not (0 <= x < annotation.width and 0 <= y < annotation.height):
            raise DataError(f"{where}: ({x}, {y}) lies outside the {annotation.width} x {annotation.height} pixels")
    if annotation.unsure < 0:
        raise DataError(f"{where}: unsure: expected pixels, 0 or more, got {annotation.unsure}")
    mask_HW = annotation.mask_HW
    if mask_HW is not None:
        size = (annotation.height, annotation.width)
        if mask_HW.shape != size:
            raise DataError(f"{where}: expected a mask of {size[1]} x {size[0]} pixels, got another size")
        if (mask_HW[mask_HW != VOID] >= classes).any():
            raise DataError(f"{where}: its mask has a class that is not in set.json")
    return annotation


def _mask(folder: Path, image_id: str, where: str) -> NDArray[np.uint8]:
    file = _mask_file(folder, image_id)
    try:
        with Image.open(file) as image:
            return np.array(image.convert("L"))
    except (OSError, SyntaxError) as error:
        raise DataError(f"{where}: cannot read its mask {file} ({error})") from error
