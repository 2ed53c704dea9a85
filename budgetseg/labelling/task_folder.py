"""The folder of a campaign's tasks: for each question what its annotation tool imports, and a page that says how."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import quote

from budgetseg.errors import InvalidInputError
from budgetseg.files import csv_text, write_folder
from budgetseg.labelling import csv_tasks, cvat_tasks, label_studio_tasks
from budgetseg.labelling.asking import instruction
from budgetseg.labelling.controls import FILE, Controls
from budgetseg.labelling.images import Source
from budgetseg.labelling.jobs import Batch

__all__ = ["NAMES_MAY_TELL", "Campaign", "Tool", "as_tool", "has_controls", "write_tasks"]

Tool = Literal["label-studio", "cvat", "csv"]
MARK = "tasks.budgetseg.json"
"""Tells our folder from others, and holds what is asked."""
SCHEMA = "budgetseg.tasks/1"
NAMES_MAY_TELL = (
    "control images have their own names and places here, by which annotators may know them; images that lie on disk, "
    "with --place copy, get names that do not stand out"
)


def as_tool(text: str) -> Tool:
    """Check a tool's name.

    Raises:
        InvalidInputError: It is none.
    """
    for tool in get_args(Tool):
        if text == tool:
            return tool  # type: ignore[no-any-return]
    raise InvalidInputError(f'--tool: expected {", ".join(get_args(Tool))}, got "{text}"')


@dataclass(frozen=True, kw_only=True, eq=False)
class Campaign:
    """All that is asked."""

    tool: Tool
    plan_id: str
    classes: tuple[str, ...]
    batches: tuple[Batch, ...]
    sources: Mapping[str, Source]
    """By image id, placed; control images among them."""
    controls: Controls | None
    seconds: Mapping[str, Fraction]
    """Expected of one task of each kind; a kind without a price is left out."""
    copies: bool
    """Whether the images are copied into the folder."""

    @property
    def names_may_tell(self) -> bool:
        """Whether there are control images, and where images lie may give them away."""
        web = any(source.address.startswith(("http://", "https://")) for source in self.sources.values())
        return self.controls is not None and (web or not self.copies)

    def hours(self, batch: Batch) -> float | None:
        """Expected of a batch, control images included; None where the kind has no price."""
        return None if batch.kind not in self.seconds else float(len(batch.jobs) * self.seconds[batch.kind] / 3600)

    def questions(self) -> dict[Path, list[Batch]]:
        """Batches by the folder of their question: ``point``, or ``point/dog`` where one class is asked about."""
        found: dict[Path, list[Batch]] = {}
        for batch in self.batches:
            place = Path(batch.kind)
            if batch.target_class is not None:
                place /= quote(batch.target_class, safe=" ")
            found.setdefault(place, []).append(batch)
        return found

    def to_dict(self) -> dict[str, Any]:
        """The ``budgetseg.tasks/1`` document."""
        rows = [
            {
                "kind": batch.kind,
                "batch": batch.name,
                "target_class": batch.target_class,
                "tasks": len(batch.jobs),
                "control_images": batch.controls,
                "hours": self.hours(batch),
            }
            for batch in self.batches
        ]
        known = [row["hours"] for row in rows if isinstance(row["hours"], float)]
        return {
            "schema": SCHEMA,
            "tool": self.tool,
            "plan_id": self.plan_id,
            "classes": list(self.classes),
            "images": len({job.image_id for batch in self.batches for job in batch.jobs if not job.control}),
            "tasks": sum(len(batch.jobs) for batch in self.batches),
            "control_tasks": sum(batch.controls for batch in self.batches),
            "hours": sum(known) if len(known) == len(rows) else None,
            "batches": rows,
        }


def write_tasks(campaign: Campaign, path: Path) -> None:
    """Write the folder, whole or not at all; an older one of ours is replaced.

    Raises:
        InvalidInputError: A task lacks what its configuration shows; nothing is written.
        RunFailedError: The place cannot be written to, or holds something else.
    """
    with write_folder(path, may_replace=lambda folder: (folder / MARK).is_file()) as folder:
        for place, batches in campaign.questions().items():
            below = folder / place
            below.mkdir(parents=True)
            for name, text in _files(campaign, batches).items():
                (below / name).write_text(text, encoding="utf-8")
        if campaign.copies:
            (folder / "images").mkdir()
            for source in campaign.sources.values():
                if source.file is not None or source.dataset is not None:
                    (folder / "images" / source.file_name).write_bytes(source.content())
        if campaign.controls is not None:
            (folder / FILE).write_text(json.dumps(campaign.controls.to_dict(), indent=1) + "\n", encoding="utf-8")
        (folder / "batches.csv").write_text(_batches_csv(campaign), encoding="utf-8")
        (folder / "README.md").write_text(_page(campaign), encoding="utf-8")
        (folder / MARK).write_text(json.dumps(campaign.to_dict(), indent=1) + "\n", encoding="utf-8")


def _files(campaign: Campaign, batches: Sequence[Batch]) -> dict[str, str]:
    target = batches[0].target_class
    shown = campaign.classes if target is None else (target,)
    files = {"instructions.md": instruction(batches[0].kind, campaign.classes, target) + "\n"}
    if campaign.tool == "label-studio":
        config = label_studio_tasks.configuration(batches[0].kind, shown)
        tasks = label_studio_tasks.tasks_of(
            batches, campaign.sources, campaign.classes, plan_id=campaign.plan_id, local=True
        )
        label_studio_tasks.check_tasks(config, tasks)
        return files | {"config.xml": config, "tasks.json": json.dumps(tasks, indent=1) + "\n"}
    if campaign.tool == "cvat":
        return files | cvat_tasks.files_of(batches, campaign.sources, shown, plan_id=campaign.plan_id)
    return files | csv_tasks.files_of(batches, campaign.sources, campaign.classes, plan_id=campaign.plan_id)


def _batches_csv(campaign: Campaign) -> str:
    rows = []
    for batch in campaign.batches:
        hours = campaign.hours(batch)
        rows.append((batch.kind, batch.name, len(batch.jobs), "" if hours is None else f"{hours:.3f}"))
    return csv_text(("kind", "batch", "tasks", "expected_hours"), rows)


_HOW = {
    "label-studio": """Make one project of each folder below: its `config.xml` is the labelling configuration
(Settings > Labeling Interface > Code), its `tasks.json` the file to import. One project asks one question, so the
time of a task is that question's. Images that are not on the web are served by Label Studio itself: start it with
LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT set to {root}, and add a
storage "Local files" for the folder of the images to each project. When people are done, export as JSON (the raw
export, not a converted one), and read it with

    budgetseg ingest export.json --tool label-studio --tasks {folder} -o annotations
""",
    "cvat": """For each file `batch-*.txt` below make one CVAT task, named exactly as its first line says after #,
with the images it lists and the labels of `labels.json` (Constructor > Raw). An image that shows none of the classes
gets the tag "none of these": CVAT also exports images that nobody opened, so one without any mark is not taken for an
answer. When people are done, export the tasks one by one as "CVAT for images 1.1", and read the archives, or the XML in
them, with

    budgetseg ingest *.zip --tool cvat --tasks {folder} -o annotations
""",
    "csv": """Each folder below has `tasks.csv`, what is asked, and `answers.csv`, where answers go: a line a mark,
its points as x,y;x,y in pixels, and one line with an empty shape where nothing was marked. When people are done, read
it with

    budgetseg ingest answers.csv --tool csv --tasks {folder} -o annotations
""",
}
"""How to hand the tasks out, and what to do with what comes back."""


def _page(campaign: Campaign) -> str:
    root = "this folder" if campaign.copies else "the root that the paths begin at"
    lines = [f"# Tasks of plan {campaign.plan_id}", "", _HOW[campaign.tool].format(root=root, folder="this-folder")]
    if campaign.controls is not None:
        lines += [f"`{FILE}` holds the answers to the control images: keep it from annotators, and keep it.", ""]
        if campaign.names_may_tell:
            lines += [f"{NAMES_MAY_TELL}.", ""]
    lines += ["| folder | batches | tasks | expected hours |", "|---|---|---|---|"]
    for place, batches in campaign.questions().items():
        hours = [campaign.hours(batch) for batch in batches]
        known = "" if None in hours else f"{sum(each for each in hours if each is not None):.2f}"
        lines.append(f"| {place.as_posix()} | {len(batches)} | {sum(len(b.jobs) for b in batches)} | {known} |")
    return "\n".join(lines) + "\n"


def has_controls(path: Path) -> bool:
    """Tell whether control images were planted among the tasks of a folder.

    Raises:
        InvalidInputError: It is no folder of tasks.
    """
    if not (path / MARK).is_file():
        raise InvalidInputError(f"{path}: expected a folder that budgetseg tasks wrote; it has no {MARK}")
    return (path / FILE).is_file()
