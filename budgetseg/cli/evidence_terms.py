"""What every command says of the evidence that it was given."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from budgetseg.plan.evidence import Evidence

__all__ = ["announce_ignored"]


def announce_ignored(evidence: "Evidence") -> None:
    """Say on stderr which columns were not used, and which of them look like a kind."""
    from budgetseg.cli.output import notice
    from budgetseg.plan.evidence_table import misspelt

    if evidence.ignored_columns:
        hints = [f'"{column}" looks like {kind}' for column, kind in misspelt(evidence.ignored_columns).items()]
        hint = f"; {', '.join(hints)}" if hints else ""
        notice(f"{evidence.name}: columns not used: {', '.join(evidence.ignored_columns)}{hint}")
