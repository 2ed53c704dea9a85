"""Colours, symbols and hatchings: every kind has its own."""

from budgetseg.costs.kinds import KINDS
from budgetseg.report.palette import KIND_PATTERNS, OTHER, kind_style, style
from budgetseg.runs.strategy import STRATEGIES


def test_every_strategy_is_drawn_in_its_own_way() -> None:
    styles = [style(name, 0) for name in STRATEGIES]
    assert OTHER not in styles
    assert len({(one.colour, one.symbol) for one in styles}) == len(styles)
    assert len({(one.colour, one.dash) for one in styles}) == len(styles)


def test_every_kind_has_a_bar_of_its_own() -> None:
    assert set(KINDS) <= set(KIND_PATTERNS)
    bars = [kind_style(kind) for kind in (*KINDS, "objectness")]
    assert len(set(bars)) == len(bars)
    assert len({colour for colour, _ in bars}) >= len(KINDS) - 1  # allpoints and coarse share one, hatched apart
