"""How long a page takes to open in a real browser: headless Chromium, until its first chart is painted."""

import base64
import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Final

from budgetseg.errors import InvalidInputError, RunFailedError

__all__ = ["Opened", "browser_at", "open_page"]

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--proxy-server=127.0.0.1:9",  # nobody listens there
    "--window-size=1280,900",
)
_PATIENCE_SECONDS: Final = 300.0
# After the page's own scripts: a frame later the charts that they drew are on the screen.
_PROBE: Final = """
requestAnimationFrame(() => requestAnimationFrame(() => {
  console.log(`opened ${document.querySelectorAll(".main-svg").length} ${performance.now()}`);
}));
"""
_SAID: Final = re.compile(r"opened (\d+) ([\d.]+)")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """From asking for a page to its first chart."""

    seconds: float
    """By the page's own clock, from the start of the navigation."""
    with_start: float
    """By the clock, from the start of the browser."""
    cpu_seconds: float
    """Of the processors, of the browser and all its processes."""


def browser_at(given: str | None) -> str:
    """The program of a browser.

    Raises:
        InvalidInputError: There is none.
    """
    for name in NAMES if given is None else (given,):
        if found := shutil.which(name):
            return found
    raise InvalidInputError(f"--browser: {given or 'Chromium'} is not there; install it: apt-get install chromium")


def open_page(browser: str, page: Path, *, charts: bool = True) -> Opened:
    """Open a page in a browser with an empty profile, and close it.

    Args:
        browser: The program.
        page: An HTML file, of which a copy is opened that tells the time.
        charts: Whether charts are expected on it.

    Raises:
        RunFailedError: It does not open, or no chart stands on it.
    """
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "page.html"
        copy.write_text(_with_probe(page.read_text(encoding="utf-8")), encoding="utf-8")
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - the browser that was asked for
            [browser, *FLAGS, f"--user-data-dir={place}/profile", copy.as_uri()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        timer = Timer(_PATIENCE_SECONDS, _end, (process,))
        timer.start()
        try:
            assert process.stderr is not None
            said = next((found for line in process.stderr if (found := _SAID.search(line))), None)
            with_start = time.monotonic() - began
            cpu_seconds = sum(_cpu_seconds(pid) for pid in _family(process.pid))
        finally:
            timer.cancel()
            _end(process)
            process.communicate()
    if said is None:
        raise RunFailedError(f"{page}: {browser} did not open it within {_PATIENCE_SECONDS:g} s")
    if charts and int(said[1]) == 0:
        raise RunFailedError(f"{page}: {browser} drew no chart on it")
    return Opened(seconds=float(said[2]) / 1000, with_start=with_start, cpu_seconds=cpu_seconds)


def _with_probe(text: str) -> str:
    """The page with a script that tells the time, which its content security policy lets run."""
    digest = base64.b64encode(hashlib.sha256(_PROBE.encode()).digest()).decode()
    text = text.replace("script-src ", f"script-src &#x27;sha256-{digest}&#x27; ", 1)
    return text.replace("</body>", f"<script>{_PROBE}</script></body>")


def _family(pid: int) -> Iterator[int]:
    """A process and all that it started, down to the last."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _end(process: "subprocess.Popen[str]") -> None:
    """End the browser and its processes, which are a session of their own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
