"""``budgetseg predict``: the mIoU to expect of each mix in a table."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli import evidence_terms

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.plan.predict import Predictions

__all__ = ["predict"]


def predict(
    mixes: Annotated[Path, typer.Option(help="CSV file, a mix a row: columns named like kinds hold image counts.")],
    evidence: evidence_terms.Rests = "modern",
    for_dataset: evidence_terms.ForDataset = None,
    for_recipe: evidence_terms.ForRecipe = None,
    level: Annotated[float, typer.Option(help="Probability that one new training falls in the interval.")] = 0.8,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
) -> None:
    """Predict the mIoU of mixes, with the interval for one new training and what its doubt is made of."""
    from budgetseg.cli.output import emit, notice
    from budgetseg.errors import InvalidInputError
    from budgetseg.plan.evidence_table import MEANT
    from budgetseg.plan.predict import predict as predict_mixes
    from budgetseg.plan.predict import read_mixes

    if not 0 < level < 1:
        raise InvalidInputError(f"--level: expected a probability between 0 and 1, got {level:g}")
    known = evidence_terms.evidence_of(evidence, for_dataset, for_recipe)
    columns, asked = read_mixes(mixes)
    unused = [column for column in columns if column not in MEANT]
    if unused:
        notice(f"{mixes}: columns not used: {', '.join(unused)}")
    found = predict_mixes(known, asked, level=level)
    emit(found.to_dict(), as_json, lambda console: _draw(found, console))


def _draw(found: "Predictions", console: "Console") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("mix")
    for column in ("mIoU", f"{found.level:.0%} interval", "sd: training", "evidence", "transfer"):
        table.add_column(column, justify="right", no_wrap=True)
    for each in found.predictions:
        sd = (f"{each.parts[part]:.1f}" for part in ("training", "evidence", "transfer"))
        table.add_row(str(each.mix), f"{each.miou.mean:.1f}", f"{each.miou.low:.1f} to {each.miou.high:.1f}", *sd)
    console.print(table)
    rest = "all is borrowed from other data sets" if not found.rows else f"{found.rows} trainings of this data set"
    console.print(f"Evidence: {found.evidence}, {rest}.", markup=False)
    unseen = sorted({kind for each in found.predictions for kind in each.unseen})
    if unseen:
        console.print(f"No training holds {', '.join(unseen)}: of these only the prior speaks.", markup=False)
