"""``budgetseg data stats``: from masks, and by way of a sheet."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from budgetseg.cli.costs import app as costs
from budgetseg.cli.data import app
from budgetseg.errors import BudgetsegError, InvalidInputError


def call(*arguments: object):
    return CliRunner().invoke(app, ["stats", *map(str, arguments)])


def test_masks_are_counted_and_end_in_options_that_costs_take(photo_folder: Path) -> None:
    result = call(photo_folder)
    assert result.exit_code == 0, result.exception
    document = json.loads(call(photo_folder, "--json").stdout)
    assert document["schema"] == "budgetseg.datastats/1"
    assert (document["images"], document["pool"], document["source"]) == (24, 24, "masks")
    last = result.stdout.splitlines()[-1]
    assert last == document["flags"]
    assert last.startswith("--classes 7 --classes-per-image ")
    assert last.endswith(" --pool 24")
    quote = CliRunner().invoke(costs, ["afford", "--hours", "1", *last.split(), "--json"])
    assert quote.exit_code == 0, quote.exception
    workload = json.loads(quote.stdout)["workload"]
    assert workload == {key: pytest.approx(value, abs=5e-4) for key, value in document["workload"].items()}
    rows = {line.split("│")[1].strip(): line for line in result.stdout.splitlines() if "│" in line}
    assert set(rows) == {"background", *(each["name"] for each in document["classes"])}
    assert "standard error" not in result.stdout
    assert "8-connected regions" in result.stderr


def test_options_choose_the_images(photo_folder: Path, tmp_path: Path) -> None:
    document = json.loads(call(photo_folder, "--limit", 3, "--classes", "beetle,snail", "--json").stdout)
    assert document["images"] <= 3
    assert [each["name"] for each in document["classes"]] == ["beetle", "snail"]


def test_a_sheet_is_written_filled_and_read(photo_folder: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    result = call(photo_folder / "images", "--count", 6, "--classes", "leaf,[b]crate", "-o", sheet, "--seed", 1)
    assert result.exit_code == 0, result.exception
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == f"budgetseg data stats {sheet} --pool 32"
    lines = sheet.read_text().splitlines()
    assert lines[0] == "image,leaf,[b]crate"
    assert len(lines) == 7
    assert all((photo_folder / "images" / line.split(",")[0]).is_file() for line in lines[1:])
    filled = [line.replace(",,", f",{k},{k % 2}") for k, line in enumerate(lines[1:])]
    sheet.write_text("\n".join([lines[0], *filled]))
    result = call(*result.stderr.splitlines()[-1].split()[3:])
    assert result.exit_code == 0, result.exception
    assert result.stdout.splitlines()[0] == f"{sheet}: 6 of 32 images (counted by hand)"
    assert "standard error" in result.stdout
    assert "[b]crate" in result.stdout
    assert result.stdout.splitlines()[-1] == "--classes 2 --classes-per-image 1.333 --instances-per-image 3 --pool 32"
    document = json.loads(call(sheet, "--json").stdout)
    assert document["pool"] is None
    assert document["classes"][1] == {
        "name": "[b]crate",
        "images": 3,
        "image_share": 0.5,
        "instances": 3,
        "area_share": None,
    }
    low, high = document["instances_per_image"]["interval"]
    assert low < 3 < high


def test_a_sheet_with_counts_is_never_written_over(photo_folder: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("image,cat\na,1\n")
    result = call(photo_folder / "images", "--count", 6, "--classes", "cat", "-o", sheet)
    assert isinstance(result.exception, InvalidInputError)
    assert "is there already" in str(result.exception)
    assert sheet.read_text() == "image,cat\na,1\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{photos}", "--pool", "3"], "--pool is for sheets"),
        (["{photos}", "-o", "sheet.csv"], "add --count"),
        (["{photos}", "--count", "3", "--classes", "cat"], "say where to write the sheet"),
        (["{photos}", "--count", "3", "--classes", "cat", "-o", "sheet.txt"], "ends in .csv"),
        (["{photos}", "--count", "3", "--classes", "cat", "-o", "s.csv", "--limit", "2"], "data sets with masks"),
        (["{photos}", "--count", "3", "--classes", "cat", "-o", "s.csv", "--json"], "when it is filled in"),
        (["{photos}/images", "--count", "3", "-o", "s.csv"], "--classes: name the classes to count"),
        (["{photos}/images", "--count", "3", "--classes", "cat", "-o", "s.csv", "--seed", "-1"], "--seed"),
        (["sheet.csv", "--classes", "cat"], "a sheet has its own"),
        (["sheet.csv"], "cannot read this sheet"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    photo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*(argument.replace("{photos}", str(photo_folder)) for argument in arguments))
    assert isinstance(result.exception, BudgetsegError), result.output
    assert message in str(result.exception)
    assert list(tmp_path.iterdir()) == []
