"""Images with their truth and what each strategy made of them, as HTML."""

import base64
from html import escape

from budgetseg.data.colours import class_colour
from budgetseg.data.dataset import VOID
from budgetseg.report.report import Comparison
from budgetseg.report.samples import Grid

__all__ = ["sample_section"]


def _image(content: bytes, kind: str, alt: str) -> str:
    photo = ' class="photo"' if kind == "jpeg" else ""
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return f'<td><img{photo} loading="lazy" src="{source}" alt="{escape(alt)}"></td>'


def _key(grid: Grid, classes: tuple[str, ...]) -> str:
    shown = frozenset[int]().union(*(row.colours for row in grid.rows))
    entries = [(index, name) for index, name in enumerate(classes) if index in shown]
    return '<ul class="key" aria-label="Class colours">{}</ul>'.format(
        "".join(
            f'<li><i style="background:rgb{class_colour(index)}"></i>{escape(name)}</li>'
            for index, name in [*entries, (VOID, "void (not scored)")]
        )
    )


def sample_section(comparison: Comparison) -> str:
    """The grid, with the rule by which its images were chosen."""
    grid = comparison.samples
    problems = "".join(f'<p class="note">{escape(problem)}</p>\n' for problem in grid.problems)
    if not grid.rows:
        return f'<p class="note">These runs kept no sample images.</p>\n{problems}'
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in ("", "image", "truth", *grid.series))
    body = []
    for row in grid.rows:
        what = ", ".join(row.classes) or "background only"
        cells = [
            _image(row.image, "jpeg", f"validation image {row.image_id}: {what}"),
            _image(row.truth, "png", f"true classes of {row.image_id}: {what}"),
        ]
        for series, content in zip(grid.series, row.predictions, strict=True):
            name = f"prediction of {series} for {row.image_id}"
            cells.append("<td>not kept</td>" if content is None else _image(content, "png", name))
        body.append(f'<tr><th scope="row">{escape(row.image_id)}</th>{"".join(cells)}</tr>')
    return (
        '<p class="note">Chosen by rule: the images that most of these runs kept, in the order the runs kept them; '
        "of each strategy the point nearest in hours to the best one, first seed.</p>\n"
        f'{_key(grid, comparison.setting.classes)}\n<div class="scroll" role="region" tabindex="0" '
        f'aria-label="Images, truth and predictions">\n<table class="grid" style="--columns:{len(grid.series) + 2}">'
        f"<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{chr(10).join(body)}\n</tbody></table></div>\n{problems}"
    )
