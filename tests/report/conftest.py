"""Run directories made by hand, with the files that `budgetseg run` writes."""

import json
import re
import subprocess
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from budgetseg.report import Report, read_report

CLASSES = ("background", "cat", "dog", "sheep")
SIDE = 24

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=3000",
    "--enable-logging=stderr",
    "--net-log-capture-mode=Everything",
    "--proxy-server=127.0.0.1:9",  # nobody listens there
)
BY_ITSELF = "not an origin"

MakeRun = Callable[..., Path]


def confusion_of(ious: Mapping[str, float | None], classes: tuple[str, ...], images: int, name: str) -> np.ndarray:
    """Confusion matrices (N, C, C) whose sum has about the given IoU for each class; images differ in difficulty."""
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    confusion_NCC = np.zeros((images, len(classes), len(classes)), dtype=np.int64)
    for index, name in enumerate(classes):
        iou = (ious[name] or 0.0) / 100
        for image in range(images):
            hit = int(1000 * np.clip(iou + 0.1 * generator.standard_normal(), 0.01, 0.99))
            confusion_NCC[image, index, index] += hit
            confusion_NCC[image, index, (index + 1) % len(classes)] += 1000 - hit
    return confusion_NCC


def write_samples(folder: Path, classes: tuple[str, ...], ids: tuple[str, ...]) -> None:
    """Sample images of the contract: RGB image, truth and prediction as palette PNGs of class indices."""
    generator = np.random.default_rng(3)
    folder.mkdir()
    entries = []
    for number, image_id in enumerate(ids):
        names = {part: f"{number:02d}-{part}.png" for part in ("image", "truth", "prediction")}
        Image.fromarray(generator.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)).save(folder / names["image"])
        mask_HW = np.zeros((SIDE, SIDE), dtype=np.uint8)
        mask_HW[6:18, 6:18] = 1 + number % (len(classes) - 1)
        mask_HW[0, :] = 255
        for part, shift in (("truth", 0), ("prediction", 3)):
            picture = Image.fromarray(np.roll(mask_HW, shift, axis=1))
            picture.putpalette([channel for index in range(256) for channel in (index, index, index)])
            picture.save(folder / names[part])
        entries.append({"image_id": image_id, **names})
    (folder / "samples.json").write_text(json.dumps(entries))


def maker(folder: Path) -> MakeRun:
    """Return what writes a run directory into a folder; keyword arguments change result.json."""

    def make(
        name: str,
        *,
        strategy: str = "hybrid",
        hours: float = 6.0,
        miou: float = 60.0,
        seed: int = 0,
        classes: tuple[str, ...] = CLASSES,
        budget_hours: float | None = 6.0,
        samples: tuple[str, ...] = (),
        confusion: bool = True,
        images: int = 40,
        workload: Mapping[str, float] | None = None,
        **changes: Any,
    ) -> Path:
        path = folder / name
        path.mkdir(parents=True)
        kinds = {"hybrid": {"point": 900, "full": 100}, "full": {"full": 90}, "image": {"image": 1000}}
        mix = changes.get("mix", kinds.get(strategy, {"point": 950}))
        iou = {name: miou + 10 * (index % 3 - 1) for index, name in enumerate(classes)}
        iou[classes[-1]] = miou * len(classes) - sum(list(iou.values())[:-1])  # the mean is the mIoU
        result = {
            "schema": "budgetseg.result/1",
            "status": "completed",
            "strategy": strategy,
            "objectness": "none",
            "backbone": "tiny",
            "recipe": "modern",
            "dataset": "scenes",
            "classes": list(classes),
            "seed": seed,
            "annotators": "human",
            "mix": mix,
            "hours": {"planned": hours, "actual": hours},
            "hours_by_kind": {kind: hours * count / sum(mix.values()) for kind, count in mix.items()},
            "pool": 1000,
            "validation_images": images,
            "costs": "voc2012",
            "miou": miou,
            "miou_interval": {"low": miou - 2.5, "high": miou + 2.25, "level": 0.95},
            "iou": iou,
            "alternatives": [],
            "iterations": 400,
            "seconds_train": 31.5,
            "device": "cpu",
            "command": f"budgetseg run --strategy {strategy} --hours {hours:g} --seed {seed}",
        } | changes
        (path / "result.json").write_text(json.dumps(result))
        (path / "plan.json").write_text(
            json.dumps({"schema": "budgetseg.plan/1", "budget_hours": budget_hours, "workload": workload})
        )
        (path / "env.json").write_text(json.dumps({"versions": {"torch": "2.6.0", "budgetseg": "0.1.0"}, "cores": 2}))
        (path / "config.toml").write_text(f'strategy = "{strategy}"\nseed = {seed}\n')
        if confusion:
            np.save(path / "confusion.npy", confusion_of(iou, classes, images, name))
        if samples:
            write_samples(path / "samples", classes, samples)
        return path

    return make


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Write run directories under tmp_path/runs."""
    return maker(tmp_path / "runs")


WORKLOAD = {"classes_asked": 20.0, "classes_present": 1.5, "instances": 2.8}
SECONDS = {"image": 20.0, "point": 22.1, "full": 239.7}
"""Of an image with this workload, by the cost book voc2012."""


def true_miou(mix: Mapping[str, int]) -> float:
    """A curve as they are measured: masks teach on and on, clicks and tags little beyond some hundreds."""
    tags, clicks = mix.get("image", 0), mix.get("point", 0)
    worth = mix.get("full", 0) + 12 + 110 * clicks / (clicks + 300) + 8 * tags / (tags + 500)
    return 70 * worth / (worth + 60)


@pytest.fixture(scope="session")
def planned_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of masks, clicks, tags, and a hybrid, at four budgets with two seeds, that follow a known curve."""
    folder = tmp_path_factory.mktemp("planned") / "runs"
    make = maker(folder)
    for hours in (2, 4, 8, 16):
        seconds, masks = hours * 3600, 8 * hours
        mixes = {kind: {kind: int(seconds / SECONDS[kind])} for kind in ("image", "point", "full")}
        rest = int((seconds - masks * SECONDS["full"]) / SECONDS["point"])
        mixes["hybrid"] = {"point": rest, "full": masks}
        for strategy, mix in mixes.items():
            for seed, jitter in enumerate((-0.4, 0.4)):
                spent = {kind: count * SECONDS[kind] / 3600 for kind, count in mix.items()}
                make(
                    f"{strategy}-{hours}h-s{seed}",
                    strategy=strategy,
                    hours=sum(spent.values()),
                    budget_hours=float(hours),
                    miou=true_miou(mix) + jitter,
                    seed=seed,
                    mix=mix,
                    hours_by_kind=spent,
                    pool=5000,
                    workload=WORKLOAD,
                    miou_interval=None,
                )
    return folder


@pytest.fixture(scope="session")
def planned(planned_runs: Path) -> Report:
    """Their report."""
    return read_report(planned_runs)


def _visit(browser: str, page: Path, folder: Path) -> tuple[str, list[str], list[str]]:
    """Open a page; return its DOM, what it said on the console, and every address that it asked the network for.

    The browser itself asks for its own updates; such requests have no page as their initiator.
    """
    log = folder / "net.json"
    done = subprocess.run(
        [browser, *FLAGS, f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    asked = {
        event["params"]["url"]
        for event in json.loads(log.read_text())["events"]
        if event.get("params", {}).get("initiator", BY_ITSELF) != BY_ITSELF
        and re.match(r"(https?|wss?|ftp):", event["params"]["url"])
    }
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, console, sorted(asked)


@pytest.fixture
def shoot(chromium: str) -> Callable[[Path, Path, int], None]:
    """Take a picture of a page at a width."""

    def take(page: Path, output: Path, width: int) -> None:
        flags = [chromium, *FLAGS, f"--user-data-dir={output.parent / 'profile'}", "--hide-scrollbars"]
        subprocess.run(
            [*flags, f"--window-size={width},900", f"--screenshot={output}", page.as_uri()],
            capture_output=True, timeout=120, check=True,
        )  # fmt: skip

    return take


@pytest.fixture
def visit(chromium: str) -> Callable[[Path, Path], tuple[str, list[str], list[str]]]:
    """Open a page in a real browser, where there is one."""
    return partial(_visit, chromium)


@pytest.fixture
def on_paper(chromium: str) -> Callable[[Path, Path], tuple[str, bytes]]:
    """Print a page that is shown dark; return what the browser said and the PDF."""

    def take(page: Path, folder: Path) -> tuple[str, bytes]:
        target = folder / "page.pdf"
        flags = [chromium, *FLAGS, "--blink-settings=preferredColorScheme=0", f"--user-data-dir={folder / 'profile'}"]
        done = subprocess.run(
            [*flags, "--no-pdf-header-footer", f"--print-to-pdf={target}", page.as_uri()],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        return done.stderr, target.read_bytes()

    return take
