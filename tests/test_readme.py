"""Every command that the README shows is run here, shortened where it trains."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = {path.name for path in (ROOT / "examples").iterdir()}

# The two commands of a newcomer set up an environment and run these very tests; .ci/run calls them.
SET_UP = {"make demo", "make test"}
# One run of a small set: the first such command carries it out, the later ones find it finished.
SWEEP = "--dataset scenes:train=20,val=4 --strategies point --hours 0.02 --seeds 1 --jobs 1 --device cpu"
SHORT = {
    "sweep": [*SWEEP.split(), "--iterations", "2", "--batch", "4"],
    "run": ["--limit", "120", "--iterations", "2", "--batch", "4"],
    "replay": ["--seeds", "1", "--most-images", "320", "--parts", "counts"],
}
EXAMPLE_SHORT = ["--limit", "60", "--iterations", "1", "--batch", "2"]


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
        assert known or (words[0] == "python" and Path(words[1]).name in EXAMPLES), command


@pytest.fixture(scope="module")
def folder(tmp_path_factory, photo_folder):
    """A folder in which the commands are run one after the other, as a reader would, with photographs and a book."""
    reader = tmp_path_factory.mktemp("reader")
    (reader / "my_photos").symlink_to(photo_folder)
    (reader / "have.json").write_text('{"image": 3000, "point": 500}')
    (reader / "my_costs.toml").write_text((ROOT / "examples" / "own_costs.toml").read_text())
    (reader / "my_trainings.csv").write_text("full,point,miou,seed\n40,,42.1,0\n,300,31.4,0\n40,300,47.9,0\n")
    (reader / "my_mixes.csv").write_text("full,point\n100,2000\n300,0\n")
    return reader


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith(("budgetseg", "python -m"))])
def test_a_command_works(command, folder, request):
    words = shlex.split(command)
    words = words[1:] if words[0] == "budgetseg" else words[3:] if words[2] == "budgetseg" else None
    arguments = ["-m", "budgetseg", *words] if words is not None else shlex.split(command)[1:]
    if "../shared" in command:
        shared = str(request.getfixturevalue("shared"))
        arguments = [argument.replace("../shared", shared) for argument in arguments]
    if words is not None:
        arguments += SHORT.get(words[0], [])
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("python examples/")])
def test_an_example_works_as_shown(command, tmp_path):
    words = [str(ROOT / word) if word.startswith("examples/") else word for word in shlex.split(command)[1:]]
    fewer = {"--seeds": "1", "--hours": "4"}
    words = [fewer.get(before, word) for before, word in zip(["", *words], words, strict=False)]
    done = subprocess.run([sys.executable, *words, *EXAMPLE_SHORT], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
