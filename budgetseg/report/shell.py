"""The shell that every page shares: head, style, data, charts and scripts, in one file."""

from collections.abc import Mapping, Sequence
from html import escape
from string import Template
from typing import Any

import budgetseg
from budgetseg.report.figures import CONFIG
from budgetseg.report.self_contained import part, plotly_source, policy, script_json

__all__ = ["COMPLETE", "draw_head", "draw_shell"]

COMPLETE = "This file is complete: it asks no server for anything."


def draw_head(*, policy: str, title: str, styles: Sequence[str]) -> str:
    """Draw what stands before the body, of a page with or without scripts.

    Args:
        policy: Its content security policy, as HTML.
        title: Of the document; text.
        styles: Files of this room, one after the other.
    """
    return Template(part("head.html")).substitute(
        policy=policy,
        version=escape(budgetseg.__version__),
        title=escape(title),
        style="\n".join(part(name).strip() for name in styles),
    )


def draw_shell(
    *,
    kicker: str,
    title: str,
    header: str,
    main: str,
    data: Mapping[str, Any],
    figures: Mapping[str, Any],
    styles: Sequence[str],
    scripts: Sequence[str],
    asks: str = "",
    footer: str = COMPLETE,
) -> str:
    """Draw a page; the same values give the same bytes.

    Args:
        kicker: What kind of page it is, above everything.
        title: Of the document; text.
        header: The answer, as HTML.
        main: The sections, as HTML.
        data: What scripts read and what stands behind the page, as JSON.
        figures: Plotly documents by the id of their place.
        styles: Files of this room, after the shared one.
        scripts: Files of this room, after the shared one.
        asks: What the page may connect to, in the words of a content security policy; nothing by default.
        footer: The last line; text.
    """
    plotly, script = plotly_source(), "".join(part(name) for name in ("charts.js", *scripts))
    return Template(part("page.html")).substitute(
        head=draw_head(
            policy=escape(policy(plotly, script) + (f"; connect-src {asks}" if asks else "")),
            title=title,
            styles=("page.css", *styles),
        ),
        version=escape(budgetseg.__version__),
        kicker=escape(kicker),
        title=escape(title),
        header=header,
        main=main,
        footer=escape(footer),
        data=script_json(data),
        charts=script_json({"figures": figures, "config": CONFIG}),
        plotly=plotly,
        script=script,
    )
