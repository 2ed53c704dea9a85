import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from budgetseg.cli.data import app
from budgetseg.errors import DataError, InvalidInputError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "photos [1]"
    (folder / "images").mkdir(parents=True)
    (folder / "masks").mkdir()
    for k, name in enumerate(("a", "b", "c")):
        mask_HW = np.zeros((20, 30), np.uint8)
        mask_HW[2:9, 2:9] = 1
        mask_HW[12:18, 12:18] = k
        Image.fromarray(mask_HW).save(folder / "masks" / f"{name}.png")
        Image.new("RGB", (30, 20), "navy").save(folder / "images" / f"{name}.jpg")
    (folder / "classes.txt").write_text("background\ncat\n[b]dog\n")
    (folder / "train.txt").write_text("a\nb\n")
    (folder / "val.txt").write_text("c\n")
    return folder


def test_a_sound_data_set_is_counted_as_json(root: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(root), "--json"])
    assert result.exit_code == 0, result.exception
    document = json.loads(result.stdout)
    assert document["schema"] == "budgetseg.datacheck/1"
    assert document["sound"] is True
    assert document["problems"] == []
    assert document["splits"]["train"] == {
        "images": 2,
        "classes_present_mean": 1.0,
        "instances_mean": 1.5,
        "images_by_class": {"cat": 2, "[b]dog": 0},
    }
    assert document["splits"]["val"]["images_by_class"] == {"cat": 1, "[b]dog": 1}
    assert "mean 1.50 an image over 2 training images" in document["notes"][0]
    assert result.stderr.count("8-connected regions of at least 10 pixels") == 1


def test_the_table_draws_the_same_counts_and_class_names_as_they_are(root: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(root)])
    assert result.exit_code == 0, result.exception
    assert "photos [1]: sound" in result.stdout
    rows = {line.split("│")[1].strip(): line.split("│")[2:4] for line in result.stdout.splitlines() if "│" in line}
    assert [cell.strip() for cell in rows["[b]dog"]] == ["0", "1"]
    assert [cell.strip() for cell in rows["images"]] == ["2", "1"]
    assert [cell.strip() for cell in rows["instances an image"]] == ["1.50", "2.00"]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_every_problem_is_printed_and_the_exit_code_is_4(root: Path, options: list[str]) -> None:
    (root / "images/a.jpg").write_bytes(b"broken")
    (root / "masks/c.png").unlink()
    result = CliRunner().invoke(app, ["check", str(root), *options])
    assert isinstance(result.exception, DataError)
    assert result.exception.exit_code == 4
    assert str(result.exception) == f"{root}: 2 problems found; mend the files named"
    if options:
        document = json.loads(result.stdout)
        assert document["sound"] is False
        assert document["splits"] == {}
        assert [each["file"] for each in document["problems"]] == [
            str(root / "images/a.jpg"),
            str(root / "masks/c.png"),
        ]
    else:
        lines = result.stdout.splitlines()
        assert len(lines) == 2
        assert lines[0].startswith(f"{root / 'images/a.jpg'}: broken image (")
        assert lines[1].startswith(f"{root / 'masks/c.png'}: this mask is missing; put it there")


def test_options_reach_the_data_set(root: Path, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("b\n")
    (tmp_path / "boxes.json").write_text('{"b": [{"cls": 1, "bbox": [2, 2, 9, 9]}]}')
    options = ["--classes", "cat", "--limit", "1", "--train-list", str(tmp_path / "own.txt"), "--json"]
    options += ["--instances", str(tmp_path / "boxes.json"), "--val-list", str(root / "train.txt")]
    result = CliRunner().invoke(app, ["check", str(root), *options])
    assert isinstance(result.exception, DataError)  # b is in both lists
    assert [each["what"][:12] for each in json.loads(result.stdout)["problems"]] == ["duplicate id"]
    (tmp_path / "own-val.txt").write_text("a\n")
    options[-1] = str(tmp_path / "own-val.txt")
    document = json.loads(CliRunner().invoke(app, ["check", str(root), *options]).stdout)
    assert document["classes"] == ["background", "cat"]
    assert document["splits"]["train"]["instances_mean"] == 1.0
    assert document["splits"]["val"]["images"] == 1


def test_a_typo_in_a_class_and_an_unknown_path_raise_what_main_prints(root: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(root), "--classes", "cats"])
    assert isinstance(result.exception, InvalidInputError)
    assert 'did you mean "cat"?' in str(result.exception)
    assert isinstance(CliRunner().invoke(app, ["check", "nowhere-at-all"]).exception, DataError)
    assert result.stdout == ""


def test_help_names_the_options_and_imports_nothing_heavy() -> None:
    import subprocess

    code = (
        "import sys; from typer.testing import CliRunner; from budgetseg.cli.data import app\n"
        "out = CliRunner().invoke(app, ['check', '--help']).output\n"
        "assert '--classes' in out and 'exit code is 4' in out, out\n"
        "print([m for m in ('numpy', 'PIL', 'scipy', 'torch', 'pandas') if m in sys.modules])"
    )
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert got.stdout.strip() == "[]"
