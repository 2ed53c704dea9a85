"""``budgetseg data download``: fetch a data set that is known by name."""

from typing import Annotated

import typer

from budgetseg.cli import dataset_options as options
from budgetseg.cli.output import emit, notice
from budgetseg.errors import InvalidInputError, did_you_mean

__all__ = ["download"]


def download(
    name: Annotated[str, typer.Argument(help="voc2012: PASCAL VOC 2012, training and validation, 2 GB.")],
    url: Annotated[str | None, typer.Option(help="Another place that has the same archive.")] = None,
    as_json: options.Json = False,
) -> None:
    """Download a data set into $BUDGETSEG_DATA, or ~/.cache/budgetseg, and print where it is.

    A download that broke off goes on; one that is there already asks nothing of the net. Then `--dataset voc2012` reads
    it everywhere, and downloads it where this was not called before.
    """
    from budgetseg.data.voc2012 import NAME, fetch

    if name != NAME:
        raise InvalidInputError(f'"{name}": expected the name of a data set to download{did_you_mean(name, [NAME])}')
    root = fetch(notice, url=url)
    document = {"schema": "budgetseg.download/1", "name": name, "path": str(root)}
    emit(document, as_json, lambda console: console.print(str(root), markup=False, soft_wrap=True))
