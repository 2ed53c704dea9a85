"""Colour, symbol and dash of each strategy and kind: Okabe and Ito's colours, told apart without colour as well.

Okabe, M. and Ito, K. (2008), "Color universal design": distinct for all common forms of colour blindness.
"""

from dataclasses import dataclass

__all__ = ["Style", "kind_style", "style"]

ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILLION, PURPLE, GREY = (
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
    "#999999",
)


@dataclass(frozen=True)
class Style:
    """How one series is drawn, in plotly's words."""

    colour: str
    symbol: str
    dash: str


STYLES = {
    "image": Style(SKY, "circle", "dot"),
    "point": Style(BLUE, "square", "dash"),
    "squiggle": Style(GREEN, "diamond", "dashdot"),
    "box": Style(YELLOW, "pentagon", "longdash"),
    "coarse": Style(ORANGE, "hexagram", "longdash"),
    "assisted": Style(PURPLE, "triangle-left", "dot"),
    "full": Style(VERMILLION, "triangle-up", "longdashdot"),
    "hybrid": Style(PURPLE, "star", "solid"),
    "allpoints": Style(ORANGE, "cross", "dash"),
    "allpoints-weighted": Style(ORANGE, "x", "dot"),
    "point-3annotators": Style(BLUE, "hexagon", "dot"),
    "random-annotators": Style(SKY, "triangle-down", "dashdot"),
    "random-points": Style(GREEN, "hourglass", "dot"),
    "two-stage": Style(VERMILLION, "star-square", "dot"),
}
OTHER = Style(GREY, "bowtie", "solid")
KIND_PATTERNS = {
    "image": ".",
    "point": "",
    "allpoints": "x",
    "squiggle": "/",
    "box": "+",
    "coarse": "-",
    "assisted": "/",
    "full": "\\",
    "objectness": "|",
    "validation": "-",
}
KIND_COLOURS = {"allpoints": ORANGE, "objectness": GREY, "validation": GREY}


def style(strategy: str, variant: int) -> Style:
    """How a strategy is drawn; its variants keep the colour and get open symbols and other dashes."""
    plain = STYLES.get(strategy, OTHER)
    if variant == 0:
        return plain
    dashes = ("solid", "dot", "dash", "dashdot", "longdash", "longdashdot")
    dash = dashes[(dashes.index(plain.dash) + variant) % len(dashes)]
    return Style(plain.colour, f"{plain.symbol}-open", dash)


def kind_style(kind: str) -> tuple[str, str]:
    """Colour and hatching of an annotation kind in a bar."""
    colour = STYLES[kind].colour if kind in STYLES else KIND_COLOURS.get(kind, GREY)
    return colour, KIND_PATTERNS.get(kind, "-")
