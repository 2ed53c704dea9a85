"""A sweep whose runs count instead of training, so that what carries sweeps out is tested in milliseconds.

``python toy.py conduct FOLDER RUNS JOBS`` conducts one; ``python toy.py work`` is a process that it gives tasks to.
What a run does is said by its seed: 90 fails, 91 dies, 92 ends with an error that nobody foresaw, 93 writes 100,000
bytes, all others finish.
"""

import os
import sys
import time
from pathlib import Path

from budgetseg.errors import InUseError, RunFailedError
from budgetseg.runs.config import spec_of_document, spec_of_settings
from budgetseg.runs.directory import RESULT_SCHEMA, RunDirectory
from budgetseg.runs.signals import stop_on_signals
from budgetseg.runs.state import state_of
from budgetseg.sweep.attempts import note_attempt
from budgetseg.sweep.engines.worker import work
from budgetseg.sweep.task import Outcome, failed

STEPS, STEP_SECONDS = 10, 0.02
WORKER = (sys.executable, __file__, "work")


def toy_sweep(folder, seeds):
    """Return a sweep of runs that are not what they say."""
    from budgetseg.plan.mix import Mix
    from budgetseg.sweep.compute import Speed
    from budgetseg.sweep.sweep import Sweep, SweepRun

    runs = []
    for seed in seeds:
        spec = spec_of_settings({"run.seed": str(seed), "run.hours": "1"})
        path = folder / spec.folder_name
        state, miou = state_of(path, spec.fingerprint)
        run = SweepRun(
            spec=spec,
            folder=path,
            command="",
            mix=Mix.of({"point": 1}),
            hours=1.0,
            compute_seconds=1.0,
            state=state,
            miou=miou,
        )
        runs.append(run)
    return Sweep(folder=folder, runs=tuple(runs), notes=(), speed=Speed(seconds_of_like={}))


def toy_engine(jobs):
    from budgetseg.sweep.engines.local import LocalEngine

    return LocalEngine([{}] * jobs, WORKER)


class Watcher:
    """Remembers what it was told."""

    def __init__(self):
        self.notices, self.over, self.seen = [], [], []

    def notice(self, text):
        self.notices.append(text)

    def ended(self, run, outcome, seconds, progress):
        self.over.append((run.spec.seed, outcome.status, outcome.reason))

    def moved(self, progress):
        self.seen.append(progress)


def count(task):
    """Carry out: count up to ``STEPS``, keeping the count on disk."""
    spec, folder = spec_of_document(task.spec), Path(task.folder)
    directory = RunDirectory(folder)
    who = {"host": "here", "pid": os.getpid()}
    try:
        with directory.locked(), stop_on_signals() as stop:
            directory.require_same_run(spec.fingerprint)
            if (directory.result or {}).get("status") == "completed":
                return Outcome(status="completed", miou=directory.result["miou"])
            directory.begin(spec.fingerprint)
            note_attempt(folder, {"began": time.time(), **who})
            if spec.seed == 90:
                raise RunFailedError("loss is not finite")
            if spec.seed == 91:
                os.kill(os.getpid(), 9)
            if spec.seed == 93:
                directory.write("much", "x" * 100_000)
            counter = folder / "count"
            done = int(counter.read_text()) if counter.exists() else 0
            for step in range(done, STEPS):
                if stop.made:
                    return Outcome(status="interrupted", reason="asked to")
                time.sleep(STEP_SECONDS)
                directory.write("count", str(step + 1))
            directory.write_result({"schema": RESULT_SCHEMA, "status": "completed", "miou": float(spec.seed)})
            note_attempt(folder, {"finished": time.time(), **who})
    except InUseError as error:
        return Outcome(status="busy", reason=str(error))
    except RunFailedError as error:
        return failed(folder, spec, "", error)
    if spec.seed == 92:
        raise ValueError("nobody foresaw this")
    return Outcome(status="completed", miou=float(spec.seed))


if __name__ == "__main__":
    if sys.argv[1] == "work":
        work(count)
    else:
        from budgetseg.sweep.conduct import conduct

        with stop_on_signals() as stop, toy_engine(int(sys.argv[4])) as engine:
            sweep = toy_sweep(Path(sys.argv[2]), range(int(sys.argv[3])))
            conduct(sweep, engine, Watcher(), stop, retries=5)
