"""Every command that the README shows is run here, shortened where it trains."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from budgetseg.calibrate.synthetic import TRUTH, table_of, tasks_of
from budgetseg.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")

# The two commands of a newcomer set up an environment and run these very tests; .ci/run calls them.
SET_UP = {"make demo", "make test"}
FEWER = {"--full-images": "10", "--images": "10", "--hours": "0.5"}
# A run that names no data set takes these: to measure on all 200 validation scenes is most of a short run.
SCENES = ["--dataset", "scenes:train=60,val=20"]
# One run of a small set: the first such command carries it out, the later ones find it finished.
SWEEP = "--dataset scenes:train=20,val=4 --strategies point --hours 0.02 --seeds 1 --jobs 1 --device cpu"
SHORT = {
    "sweep": [*SWEEP.split(), "--iterations", "2", "--batch", "4"],
    "run": ["--limit", "24", "--iterations", "2", "--batch", "4"],
    "objectness fit": ["--images", "12"],
    "replay": ["--seeds", "1", "--most-images", "320", "--parts", "counts"],
}


def commands():
    """Return the commands of the README's shell blocks, continued lines joined, in order, each once."""
    found = []
    for block in re.findall(r"```sh\n(.*?)```", TEXT, flags=re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            command = " ".join(line.split("#")[0].split())
            if command and command not in found:
                found.append(command)
    return found


def test_the_readme_shows_commands():
    assert set(commands()) >= SET_UP
    assert any(command.startswith("budgetseg plan") for command in commands())


def test_no_command_escapes():
    for command in commands():
        words = shlex.split(command)
        if words[:2] == ["python", "-m"]:
            words = words[2:]
        known = command in SET_UP or words[0] == "budgetseg" or words[0].startswith(("pip", "budgetseg."))
        assert known, command


@pytest.fixture(scope="module")
def folder(tmp_path_factory, photo_folder):
    """A folder in which the commands are run one after the other, as a reader would, with photographs and a book."""
    reader = tmp_path_factory.mktemp("reader")
    (reader / "my_photos").symlink_to(photo_folder)
    (reader / "have.json").write_text('{"image": 3000, "point": 500}')
    (reader / "my_costs.toml").write_text((ROOT / "examples" / "own_costs.toml").read_text())
    (reader / "my_trainings.csv").write_text("full,point,miou,seed\n40,,42.1,0\n,300,31.4,0\n40,300,47.9,0\n")
    (reader / "my_mixes.csv").write_text("full,point\n100,2000\n300,0\n")
    timings = tasks_of(TRUTH, 400, np.random.default_rng(0))
    (reader / "timings.csv").write_text(table_of(timings))
    return reader


@pytest.fixture(scope="module")
def fewer_photographs(shared, tmp_path_factory):
    """The shared folder, its photographs with half of the training and a tenth of the validation images.

    To read all their masks and to measure on all is most of what the commands do.
    """
    root = tmp_path_factory.mktemp("shared")
    mirror(shared, root, but=("data",))
    mirror(shared / "data", root / "data", but=("voc-animals",))
    mirror(shared / "data/voc-animals", root / "data/voc-animals", but=("ImageSets",))
    lists = "data/voc-animals/ImageSets/Segmentation"
    parts = {"train.txt": 2, "val.txt": 10}
    mirror(shared / lists, root / lists, but=parts)
    for name, part in parts.items():
        names = (shared / lists / name).read_text().splitlines()
        (root / lists / name).write_text("\n".join(names[::part]) + "\n")
    return root


def mirror(source, folder, *, but):
    folder.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        if path.name not in but:
            (folder / path.name).symlink_to(path)


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith(("budgetseg", "python -m"))])
def test_a_command_works(command, folder, request, monkeypatch, capsys):
    words = shlex.split(command)
    if "../shared" in command:
        shared = str(request.getfixturevalue("fewer_photographs"))
        words = [word.replace("../shared", shared) for word in words]
    monkeypatch.chdir(folder)
    if words[0] == "python":
        done = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return
    # In this interpreter, which has torch by now: to load it anew for each command would take most of the time.
    short = next((SHORT[name] for name in (" ".join(words[1:3]), words[1]) if name in SHORT), None)
    if short is not None:
        scenes = SCENES if words[1] == "run" and "--dataset" not in words else []
        words = [FEWER.get(before, word) for before, word in zip(["", *words], words, strict=False)] + short + scenes
    if "--annotations" in words:  # of all the images that people were asked about
        words = [word for before, word in zip(["", *words], words, strict=False) if "--limit" not in (before, word)]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0, capsys.readouterr().err
