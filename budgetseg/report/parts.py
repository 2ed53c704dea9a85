"""Pieces of HTML that the pages share: figures, tables behind them, tiles, choices and the budget slider."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

__all__ = ["behind", "figure", "joined", "paragraphs", "select", "slider", "tile"]

MOST_PRINTED: Final = 60
"""Rows of tables behind a chart that are printed: about a page."""


def joined(text: str) -> str:
    """Escaped, and with no line break around a ±."""
    return escape(text).replace(" ± ", "&nbsp;±&nbsp;")


def paragraphs(lines: Iterable[str], kind: str) -> str:
    """A paragraph a line."""
    return "\n".join(f'<p class="{kind}">{escape(line)}</p>' for line in lines)


def tile(name: str, value: str, note: str) -> str:
    """A figure that a manager reads first."""
    return f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small>{escape(note)}</small></dd></div>"


def figure(name: str, caption: str) -> str:
    """The place of a chart, with a caption that says what is to be seen."""
    return (
        f'<figure role="group" aria-labelledby="{name}-caption">\n'
        f'<figcaption id="{name}-caption">{escape(caption)}</figcaption>\n'
        f'<div class="chart" id="{name}" data-chart></div>\n</figure>'
    )


def behind(table: str, summary: str = "The numbers behind the chart") -> str:
    """Tables that open on demand, and on paper by themselves where they are not long."""
    paper = " data-paper" if table.count("<tr>") <= MOST_PRINTED else ""
    return f"<details{paper}><summary>{escape(summary)}</summary>\n{table}</details>"


def select(attributes: str, words: str, options: Iterable[tuple[str, str]], chosen: str) -> str:
    """A choice of one; ``attributes`` tell the page's script what it chooses."""
    entries = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in options
    )
    return f'<label>{escape(words)} <select {attributes} autocomplete="off">{entries}</select></label>'


def slider(name: str, budgets: Sequence[str], given: int) -> str:
    """The budget slider; ``budgets`` are its places in words."""
    now = escape(budgets[given])
    return (
        f'<div class="slider" hidden data-live>\n<label for="{name}">Budget: '
        f'<output id="{name}-now" for="{name}">{now}</output></label>\n'
        f'<input type="range" id="{name}" min="0" max="{len(budgets) - 1}" step="1" value="{given}" '
        f'autocomplete="off" data-words="{escape("|".join(budgets))}" aria-valuetext="{now}">\n'
        f'<div class="ends" aria-hidden="true"><span>{escape(budgets[0])}</span>'
        f"<span>{escape(budgets[-1])}</span></div>\n</div>"
    )
