"""A drill: processes of a sweep are killed at random moments, and then it is looked at what that cost.

``python -m budgetseg.sweep.fault_drill --kills 20`` carries a sweep of small runs out undisturbed, and once more with
kill -9 of its processes and of the one that conducts them, which is started again with the same command. It prints how
many runs were lost, how many were begun again, and whether every result is that of the undisturbed sweep to the bit.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from budgetseg.files import read_json
from budgetseg.sweep.attempts import read_attempts

__all__ = ["Drill", "drill", "main", "outcome_of"]

_TOO_LONG_SECONDS: Final = 3600.0
_SWEEP: Final = (
    "--dataset scenes:train=60,val=20 --strategies image,point,squiggle,full --hours 0.03,0.06,0.12 --seeds 2 "
    "--iterations 60 --batch 4 --measure-every 10 --device cpu --checkpoint-seconds 0.5"
)


@dataclass(frozen=True, kw_only=True)
class Drill:
    """What the kills cost."""

    runs: int
    kills_of_workers: int
    kills_of_driver: int
    lost: int
    """Runs without a result in the end."""
    begun_again: int
    """Attempts beyond the first of each run."""
    in_flight: int
    """Workers that a kill ended, added up: each had a run, or was about to begin one, and that is the most which may
    be begun again."""
    repeated: int
    """Attempts at runs that were finished already."""
    seconds: float


def drill(
    command: Sequence[str], folder: Path, kills: int, rng: np.random.Generator, pause_seconds: tuple[float, float]
) -> Drill:
    """Carry a sweep out while it is killed at random moments.

    Args:
        command: Of the sweep; it goes on where it was, and ends with code 0 when all is done.
        folder: Of its runs, none of which must be there yet.
        kills: How often a process is killed: a worker or the one that conducts, as it comes.
        rng: Chooses moments and victims.
        pause_seconds: The least and the most until the next kill, from when a run works again.

    Raises:
        RuntimeError: The sweep was over before all kills, or does not end.
    """
    began, done = time.monotonic(), {"worker": 0, "driver": 0}
    in_flight = 0
    process = _started(command)
    while sum(done.values()) < kills:
        while not _working(folder) & _children(process.pid) and process.poll() is None:
            time.sleep(0.05)  # a kill of what does nothing would prove nothing
        time.sleep(rng.uniform(*pause_seconds))
        if process.poll() is not None:
            raise RuntimeError(f"the sweep ended with code {process.returncode} after {done}; make its runs longer")
        workers = _children(process.pid)
        if workers and rng.random() < 0.5:
            in_flight += 1
            _kill(int(rng.choice(sorted(workers))))
            done["worker"] += 1
        else:
            in_flight += len(workers)
            process.kill()
            process.wait()
            done["driver"] += 1
            process = _started(command)
    try:
        code = process.wait(_TOO_LONG_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise RuntimeError(f"the sweep did not end within {_TOO_LONG_SECONDS:g} s") from None
    folders = _folders(folder)
    attempts = [read_attempts(path) for path in folders]
    finished = sum(_is_finished(path) for path in folders)
    return Drill(
        runs=len(folders),
        kills_of_workers=done["worker"],
        kills_of_driver=done["driver"],
        lost=len(folders) - finished if code == 0 else max(1, len(folders) - finished),
        begun_again=sum(max(0, found.begun - 1) for found in attempts),
        in_flight=in_flight,
        repeated=sum(found.after_finish for found in attempts),
        seconds=time.monotonic() - began,
    )


def outcome_of(folder: Path) -> dict[str, tuple[Any, bytes]]:
    """Result, measured pixels and learning curve of each finished run by its name, without what differs each time."""
    found = {}
    for path in filter(_is_finished, _folders(folder)):
        result = read_json(path / "result.json")
        for name in ("seconds_train", "seconds_measure", "seconds_on_the_way", "command"):
            result.pop(name, None)
        files = (path / "confusion.npy", path / "metrics.jsonl")
        found[path.name] = (result, b"".join(file.read_bytes() if file.exists() else b"" for file in files))
    return found


def _folders(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("*/state.json"))


def _is_finished(path: Path) -> bool:
    result = path / "result.json"
    return result.exists() and read_json(result).get("status") == "completed"


def _working(folder: Path) -> set[int]:
    """Numbers of the processes that have begun a run and are at it still."""
    working = set()
    for path in folder.glob("*/.attempts.jsonl"):
        lines = path.read_text(encoding="utf-8").splitlines()
        row = json.loads(lines[-1]) if lines else {}
        if "began" in row and not _is_finished(path.parent) and Path(f"/proc/{row['pid']}").exists():
            working.add(int(row["pid"]))
    return working


def _started(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command


def _children(pid: int) -> set[int]:
    try:
        return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    except OSError:
        return set()


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def main(arguments: Sequence[str] | None = None) -> None:
    """Hold the drill and print what it found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--pause", type=float, nargs=2, default=(0.0, 8.0), help="seconds a run works until a kill: least, most"
    )
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        undisturbed, killed = Path(place) / "undisturbed", Path(place) / "killed"

        def command(runs: Path) -> list[str]:
            own = ["--jobs", str(given.jobs), "--runs", str(runs)]
            return [sys.executable, "-m", "budgetseg", "sweep", *_SWEEP.split(), *own]

        if _started(command(undisturbed)).wait():
            raise SystemExit("the undisturbed sweep failed")
        found = drill(command(killed), killed, given.kills, np.random.default_rng(given.seed), tuple(given.pause))
        equal = outcome_of(killed) == outcome_of(undisturbed)
    sys.stdout.write(json.dumps({**asdict(found), "equal_to_undisturbed": equal}, indent=1) + "\n")


if __name__ == "__main__":
    main()
