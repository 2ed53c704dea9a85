"""Options of commands that open a data set."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["KNOWN", "Classes", "InstanceList", "Json", "Limit", "TrainList", "TrainSet", "ValList"]

KNOWN = "Folder (VOC, SBD, Cityscapes, COCO, images and masks), voc2012, or scenes"

Classes = Annotated[str, typer.Option(help="Only images that hold only these classes: a,b,c.")]
Limit = Annotated[int | None, typer.Option(help="Only the first so many training images.")]
InstanceList = Annotated[Path | None, typer.Option(help="Instance list, JSON: boxes of the objects.")]
TrainSet = Annotated[str, typer.Option(help="VOC: its own training list (voc) or the paper's (paper).")]
TrainList = Annotated[Path | None, typer.Option(help="Training list; for VOC also a folder of SBD's.")]
ValList = Annotated[Path | None, typer.Option(help="Validation list.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
