"""``budgetseg annotate``: a local page on which a person annotates images, timed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetseg.cli.dataset_options import Json
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from budgetseg.annotate_page.photos import Photo
    from budgetseg.annotate_page.questions import KindAsked
    from budgetseg.annotate_page.session import Session

__all__ = ["annotate"]


def annotate(
    images: Annotated[str, typer.Argument(help="Folder of images; or a data set, whose training images are asked.")],
    classes: Annotated[str, typer.Option(help="Classes to ask about, one at a time: cat,dog,sheep.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the answers; one that has some goes on.")],
    kind: Annotated[str, typer.Option(help="image, point, allpoints or squiggle.")] = "point",
    annotator: Annotated[str, typer.Option(help="Whose times these are; the table of times hides the name.")] = "me",
    controls: Annotated[
        str | None,
        typer.Option(
            help="Data set with known answers, 10 of whose images are planted in 50; none for none. Default: "
            "the validation images, where IMAGES is a data set."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first so many images.")] = None,
    seed: Annotated[int, typer.Option(help="Of the order.")] = 0,
    prior: Annotated[str, typer.Option(help="Cost book beside which the rates are told.")] = "voc2012",
    host: Annotated[str, typer.Option(help="Address to listen on; others than this machine's own let others in.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = 8765,
    browser: Annotated[bool, typer.Option("--browser", help="Open the page in a browser.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write what was answered so far, tell it, and stop.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Annotate images on a local page and time every answer: a pilot for `budgetseg calibrate`.

    One class at a time, as in the paper: a click, a stroke, a yes, or "not there", by mouse, touch or keyboard. Every
    answer is kept at once; the same command goes on where it stopped. The folder is what `budgetseg run --annotations`
    reads, and its timings.csv what `budgetseg calibrate` reads.
    """
    from budgetseg.annotate_page.session import Session
    from budgetseg.annotate_page.summary import summary_of
    from budgetseg.cli.output import emit, notice
    from budgetseg.costs.book import load_book

    book = load_book(prior)
    asked = _classes(classes)
    photos, known = _photos(images, controls, asked, limit)
    session = Session(
        output, kind=_kind(kind), classes=asked, annotator=annotator, seed=seed, photos=photos, controls=known
    )
    if not known:
        notice("note: no control images, so nobody checks the answers; --controls DATASET plants some")
    try:
        if not dry_run:
            _serve(session, lambda: summary_of(session, book), host, port, browser)
        summary = summary_of(session, book)
    finally:
        session.close()
    notice(f"annotations and times are in {output}: budgetseg calibrate {session.timings} -o mine.toml")
    emit(summary, as_json, lambda console: _draw(summary, console))


def _serve(session: "Session", summary: "Any", host: str, port: int, browser: bool) -> None:
    import signal

    from budgetseg.annotate_page.server import PageServer
    from budgetseg.cli.output import notice

    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - refused here
        raise InvalidInputError("--host: name the address by which others reach this machine, not all addresses")
    with PageServer(session, summary, host=host, port=port) as server:
        notice(f"open {server.address} in a browser; Ctrl-C stops, and the same command goes on later")
        if browser:
            import webbrowser

            webbrowser.open(server.address)
        ask_to_stop = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            notice("stopped")
        finally:
            signal.signal(signal.SIGTERM, ask_to_stop)


def _photos(
    images: str, controls: str | None, classes: tuple[str, ...], limit: int | None
) -> "tuple[tuple[Photo, ...], tuple[Photo, ...]]":
    from budgetseg.annotate_page.photos import is_plain_folder, known_photos, photos_of

    if controls is None:
        controls = "none" if is_plain_folder(images) else images
    known = () if controls == "none" else known_photos(controls, classes)
    return photos_of(images, limit), known


def _kind(text: str) -> "KindAsked":
    from budgetseg.annotate_page.questions import KINDS_ASKED

    if text not in KINDS_ASKED:
        raise InvalidInputError(f'--kind: expected {", ".join(KINDS_ASKED)}, got "{text}"')
    return text


def _classes(text: str) -> tuple[str, ...]:
    from budgetseg.settings import comma_list

    names = tuple(comma_list(text))
    for name in names:
        if names.count(name) > 1 or name == "background":
            raise InvalidInputError(f'--classes: expected each object class once, got "{name}"')
    if not 1 <= len(names) <= 254:
        raise InvalidInputError(f"--classes: expected 1 to 254 classes, as in cat,dog, got {len(names)}")
    return names


def _draw(summary: "Mapping[str, Any]", console: "Console") -> None:
    from budgetseg.cli.costs_terms import table_of

    console.print(" ".join(summary["told"]), markup=False)
    if summary["rates"]:
        table = table_of("rate", "mean, s", "80 % interval", "median, s", "prior, s", "acts")
        for rate in summary["rates"]:
            interval = f"{rate['low']:.2f} to {rate['high']:.2f}"
            prior = "-" if rate["prior"] is None else f"{rate['prior']:g}"
            table.add_row(
                rate["name"], f"{rate['mean']:.2f}", interval, f"{rate['median']:.2f}", prior, f"{rate['acts']:.0f}"
            )
        console.print(table)
