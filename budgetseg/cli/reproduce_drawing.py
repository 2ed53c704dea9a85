"""How a reproduction looks: the paper's values beside ours, what is still to run, and the known differences."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console

from budgetseg.cli.costs_terms import table_of

if TYPE_CHECKING:
    from budgetseg.reproduce.comparison import Comparison
    from budgetseg.reproduce.deviation import Deviation

__all__ = ["draw_comparison", "draw_deviations"]


def draw_comparison(compared: "Comparison", commands: bool, console: Console) -> None:
    """Print a row a training; for Table 2 also a row a class, for Figure 5 also the points of others."""
    table = table_of("what", "paper", "ours", "deviation", "GPU h", "state")
    for row in compared.rows:
        table.add_row(
            row.experiment.name,
            str(row.experiment.printed),
            _shown(row.miou),
            _signed(row.deviation),
            f"{row.gpu_hours:.2f}",
            row.state,
        )
    console.print(table)
    if compared.table == "table2":
        _draw_classes(compared, console)
    if compared.table == "figure5":
        _draw_points(compared, console)
    lines = [
        f"mIoU; where text and released code differ these runs follow the {compared.setup.follow} "
        "(budgetseg reproduce deviations).",
        f"{len(compared.missing)} rows to train, {compared.gpu_hours:.2f} GPU hours: iterations x batch at "
        f"{compared.images_per_second:g} images a second, without loading and measuring. 303 were measured on one H100 "
        "(TF32, batches of 20, 320 px); whole images are larger and a batch of one is slower, so time a few "
        "iterations and give --images-per-second.",
    ]
    if commands:
        lines += [row.command for row in compared.missing]
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


def _draw_classes(compared: "Comparison", console: Console) -> None:
    rows = [(row, classes) for row in compared.rows if (classes := row.classes()) is not None]
    letters = [chr(ord("A") + number) for number in range(len(rows))]
    for letter, (row, _) in zip(letters, rows, strict=True):
        console.print(f"{letter}  {row.experiment.title}", markup=False)
    table = table_of("kind", *letters)
    table.columns[0].header = "class"
    for name in rows[0][1] if rows else ():
        cells = [classes[name] for _, classes in rows]
        table.add_row(name, *(f"{cell['paper']:.0f} {_shown(cell['ours'])}" for cell in cells))
    console.print(table)
    console.print("IoU of each class: the paper's, rounded as printed, and ours.", markup=False)


def _draw_points(compared: "Comparison", console: Console) -> None:
    table = table_of("what", "hours", "mIoU")
    for point in compared.published:
        hours = "not told" if point.hours is None else f"{point.hours:g}"
        # A star: the paper's own costs do not give what it prints.
        printed = f" (printed: {point.printed_hours:g} *)" if point.printed_hours is not None else ""
        table.add_row(point.name, hours + printed, f"{point.miou:.1f}")
    console.print(table)
    console.print("Published points of Figure 5, VOC 2012 test set:", markup=False)
    for point in compared.published:
        console.print(f"  {point.name}: {point.note}", markup=False, soft_wrap=True)
    for row in compared.rows:
        if row.state == "to submit":
            console.print(
                f"{row.experiment.name} is trained; VOC's server measures it: budgetseg reproduce submission "
                f"{row.folder} --dataset DEVKIT -o FOLDER, then write its answer to {row.folder / 'test_miou.txt'}",
                markup=False,
                soft_wrap=True,
            )


def draw_deviations(differences: "Iterable[Deviation]", console: Console) -> None:
    """Print each difference: what the text says, what the code does, the switch, or why there is none."""
    for each in differences:
        console.print(each.name, markup=False, style="bold")
        about = [f"text: {each.text}", f"code: {each.code}"]
        about += [f"switch: {each.switch}"] if each.switch else []
        about += [each.note] if each.note else []
        about += [f"rows: {', '.join(each.rows)}"] if each.rows else []
        for line in about:
            console.print(f"  {line}", markup=False, soft_wrap=True)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1f}"
