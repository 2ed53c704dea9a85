"""Options of commands that open a data set, and opening it with them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.output import notice

if TYPE_CHECKING:
    from budgetseg.data.dataset import Dataset

__all__ = ["KNOWN", "Classes", "InstanceList", "Json", "Limit", "TrainList", "TrainSet", "ValList", "opened"]

KNOWN = "Folder (VOC, SBD, Cityscapes, COCO, images and masks), voc2012, or scenes, such as scenes:classes=3,size=0.5"

Classes = Annotated[str, typer.Option(help="Only images that hold only these classes: a,b,c.")]
Limit = Annotated[int | None, typer.Option(help="Only the first so many training images.")]
InstanceList = Annotated[Path | None, typer.Option(help="Instance list, JSON: boxes of the objects.")]
TrainSet = Annotated[
    str, typer.Option(help="VOC: its own training list (voc), the paper's (paper), or with val (trainval).")
]
TrainList = Annotated[Path | None, typer.Option(help="Training list; for VOC also a folder of SBD's.")]
ValList = Annotated[Path | None, typer.Option(help="Validation list.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


def opened(
    path: str,
    classes: str,
    limit: int | None,
    instances: Path | None,
    train_set: str,
    train_list: Path | None,
    val_list: Path | None,
) -> "Dataset":
    """Open a data set as the options say; see `budgetseg.data.open.open_dataset`."""
    from budgetseg.data.open import open_dataset
    from budgetseg.settings import comma_list

    return open_dataset(
        path,
        classes=comma_list(classes),
        limit=limit,
        instances=instances,
        train_set=train_set,  # type: ignore[arg-type]  # open_dataset says what is wrong with another word
        train_list=train_list,
        val_list=val_list,
        tell=notice,
    )
