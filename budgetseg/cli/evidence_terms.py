"""The options that say what predictions rest on, alike in every command that predicts."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from budgetseg.plan.evidence import Evidence

__all__ = ["ForDataset", "ForRecipe", "Rests", "evidence_of"]

Rests = Annotated[
    str,
    typer.Option(help="What predictions rest on: modern, paper, a CSV file (one training a row), or a folder of runs."),
]
ForDataset = Annotated[
    str | None, typer.Option(help="Which data set of the evidence, where it holds several.  [default: a new one]")
]
ForRecipe = Annotated[str | None, typer.Option(help="Which recipe of the evidence, likewise.")]


def evidence_of(name: str, dataset: str | None, recipe: str | None) -> "Evidence":
    """Read evidence; columns that are not used, and trainings that contradict each other, are said on stderr.

    Raises:
        InvalidInputError: See :func:`budgetseg.plan.evidence.read_evidence`.
    """
    from budgetseg.cli.output import notice
    from budgetseg.plan.contradiction import contradiction
    from budgetseg.plan.evidence import read_evidence
    from budgetseg.plan.evidence_table import misspelt

    evidence = read_evidence(name, dataset=dataset, recipe=recipe)
    if evidence.ignored_columns:
        hints = [f'"{column}" looks like {kind}' for column, kind in misspelt(evidence.ignored_columns).items()]
        hint = f"; {', '.join(hints)}" if hints else ""
        notice(f"{evidence.name}: columns not used: {', '.join(evidence.ignored_columns)}{hint}")
    against = contradiction(evidence)
    if against is not None:
        notice(f"note: {against}")
    return evidence
