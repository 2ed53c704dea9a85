"""``budgetseg plan``: the document, the first screen, files, notices and refusals."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from budgetseg.cli.plan import plan
from budgetseg.errors import BudgetTooSmallError, DataError, InvalidInputError, RunFailedError
from budgetseg.plan.plan import read_plan

REPOSITORY = Path(__file__).resolve().parents[2]

app = typer.Typer(rich_markup_mode=None)
app.command()(plan)


def run(*arguments: str) -> Result:
    # Rich asks the environment how wide a screen is.
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "100"})


def document_of(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def sixty() -> dict[str, Any]:
    """The document of 60 hours, only read."""
    return document_of("--hours", "60")


def folder_dataset(root: Path) -> Path:
    """Four training images: 10 x 10 pixels; one cat, one dog, or both."""
    (root / "images").mkdir(parents=True)
    (root / "masks").mkdir()
    (root / "classes.txt").write_text("background\ncat\ndog\n", encoding="utf-8")
    (root / "val.txt").write_text("e\n", encoding="utf-8")
    for name, classes in {"a": (1,), "b": (2,), "c": (1, 2), "d": (1,), "e": (1,)}.items():
        mask_HW = np.zeros((10, 10), np.uint8)
        for class_index in classes:
            mask_HW[:, 5 * (class_index - 1) : 5 * (class_index - 1) + 4] = class_index
        Image.fromarray(mask_HW).save(root / "masks" / f"{name}.png")
        Image.fromarray(np.zeros((10, 10, 3), np.uint8)).save(root / "images" / f"{name}.png")
    return root


def test_document_has_exactly_the_agreed_keys(sixty: dict[str, Any]) -> None:
    document = sixty
    agreed = ["schema", "budget_hours", "mix", "hours", "predicted_miou", "alternatives"]
    assert list(document)[: len(agreed)] == agreed
    assert document["schema"] == "budgetseg.plan/1"
    assert document["budget_hours"] == 60
    assert document["hours"] <= 60
    assert (document["pool"], document["costs"], document["evidence"]) == (10_582, "voc2012", "modern")
    low, mean, high = (document["predicted_miou"][key] for key in ("low", "mean", "high"))
    assert 0 <= low <= mean <= high <= 100
    alternatives = {other["name"]: other for other in document["alternatives"]}
    assert alternatives["full"]["mix"] == {"full": 901}
    assert alternatives["paper-hybrid"]["mix"] == {"point": 8_689, "full": 100}
    assert all(other["hours"] <= 60 for other in alternatives.values())


def test_first_screen_says_what_to_buy_and_for_which_recipe_it_holds(sixty: dict[str, Any]) -> None:
    result = run("--hours", "60")
    words = " ".join(result.stdout.split())
    document = sixty
    assert "they would cost 96.5 h" in words  # the validation masks, which count as free
    for kind, images in document["mix"].items():
        assert f"{images:,} {kind}" in words
    assert f"{document['predicted_miou']['mean']:.1f} [{document['predicted_miou']['low']:.1f}" in words
    assert "The paper disagrees (--evidence paper)" in words
    assert "883 gave 22.1 mIoU, where 800 gave 52.2 with a PSPNet" in words
    assert "borrowed from" in words
    assert "pilot" in words
    assert "PASCAL VOC 2012's published statistics" in words
    assert "10,582" in words
    assert "paper-hybrid: 8,689 point + 100 full 8,789 60 " in words
    assert result.stderr == "note: voc2012: unverified rates are used: assisted_s\n"


def test_the_papers_own_evidence_says_for_which_trainer_it_holds() -> None:
    words = " ".join(run("--hours", "60", "--evidence", "paper").stdout.split())
    assert "883 full masks give 22.1" in words
    assert "The paper disagrees" not in words


def test_file_and_document_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "new" / "plan.json"
    result = run("--hours", "20", "--json", "-o", str(path))
    assert json.loads(result.stdout) == json.loads(path.read_text(encoding="utf-8"))
    assert str(path) in result.stderr
    assert read_plan(path).to_dict() == json.loads(result.stdout)


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here first", encoding="utf-8")
    result = run("--hours", "20", "-o", str(tmp_path / "file" / "plan.json"))
    assert isinstance(result.exception, RunFailedError)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "here first"


def test_pool_and_workload_of_a_data_set(tmp_path: Path) -> None:
    root = folder_dataset(tmp_path / "pets")
    document = document_of("--hours", "1", "--dataset", str(root))
    assert document["pool"] == 4
    assert document["workload"] == {"classes_asked": 2, "classes_present": 1.25, "instances": 1.25}
    assert sum(document["mix"].values()) <= 4
    # Absent classes 0.75 s, a polygon of 79 s an instance.
    full = next(other for other in document["alternatives"] if other["name"] == "full")
    assert full["hours"] == pytest.approx(4 * (0.75 + 1.25 * 79) / 3600)
    assert "8-connected regions" in run("--hours", "1", "--dataset", str(root), "--json").stderr
    cats = document_of("--hours", "1", "--dataset", str(root), "--classes", "cat")
    assert cats["pool"] == 2
    assert cats["workload"]["classes_asked"] == 1
    assert document_of("--hours", "1", "--dataset", str(root), "--pool", "3")["pool"] == 3


def test_own_evidence_with_columns_that_nobody_knows(tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("full,point,squigle,miou,mood\n100,0,0,48,fine\n800,0,0,60,\n0,900,0,41,\n", encoding="utf-8")
    result = run("--hours", "20", "--evidence", str(table), "--json")
    assert "columns not used: squigle, mood" in result.stderr
    assert '"squigle" looks like squiggle' in result.stderr
    document = json.loads(result.stdout)
    assert document["evidence"] == str(table)
    assert set(document["mix"]) <= {"full", "point"}
    others = {other["name"]: other["predicted_miou"] for other in document["alternatives"]}
    assert others["squiggle"] is None
    assert others["full"] is not None
    screen = run("--hours", "20", "--evidence", str(table)).stdout
    assert "not known" in screen
    assert "22.1" not in screen  # the paper's warning is about the paper's evidence


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (["--hours", "0"], BudgetTooSmallError, "at least 0.0056 h"),
        (["--hours", "0.001"], BudgetTooSmallError, "at least 0.0056 h"),
        (["--hours", "0.005", "--objectness-seconds", "2968.2"], BudgetTooSmallError, "assisted, takes 57.7 s"),
        (["--hours", "0.5", "--fixed-seconds", "2968.2"], BudgetTooSmallError, "paid once"),
        (["--hours", "-1"], InvalidInputError, "hours"),
        (["--hours", "sixty"], InvalidInputError, "sixty"),
        (["--hours", "60", "--costs", "voc2021"], InvalidInputError, "voc2012"),
        (["--hours", "60", "--evidence", "none.csv"], InvalidInputError, "none.csv"),
        (["--hours", "60", "--accounting", "papre"], InvalidInputError, '"paper"'),
        (["--hours", "60", "--pool", "0"], InvalidInputError, "pool"),
        (["--hours", "60", "--objectness-seconds", "-1"], InvalidInputError, "prior"),
        (["--hours", "60", "--objectness-seconds", "much"], InvalidInputError, "--objectness-seconds"),
        (["--hours", "60", "--classes", "cat"], InvalidInputError, "--dataset"),
        (["--hours", "60", "--instances", "boxes.json"], InvalidInputError, "--dataset"),
        (["--hours", "60", "--dataset", "nowhere"], DataError, "nowhere"),
    ],
)
def test_refusals(arguments: list[str], error: type[Exception], words: str) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, error), result.exception
    assert words in str(result.exception)
    assert "\n" not in str(result.exception)
    assert result.stdout == ""


def test_on_top_of_what_is_annotated_already(tmp_path: Path) -> None:
    have = tmp_path / "have.json"
    have.write_text('{"image": 3000, "point": 500}', encoding="utf-8")
    document = document_of("--hours", "60", "--current", str(have), "--evidence", "paper")
    assert document["current"] == {"image": 3000, "point": 500}
    assert sum(move["hours"] for move in document["moves"]) == pytest.approx(document["hours"])
    screen = run("--hours", "60", "--current", str(have), "--evidence", "paper").stdout
    assert "you hold 3,000 image + 500 point." in screen
    assert " image -> full" in " ".join(screen.split())
    result = run("--hours", "60", "--current", str(tmp_path / "none.json"))
    assert isinstance(result.exception, InvalidInputError)


def test_validation_masks_are_free_or_paid_for(sixty: dict[str, Any]) -> None:
    free, paid = sixty, document_of("--hours", "60", "--validation", "200")
    assert free["validation"] == {"images": 1449, "hours": pytest.approx(96.479, abs=1e-3), "charged": False}
    assert paid["validation"] == {"images": 200, "hours": pytest.approx(13.317, abs=1e-3), "charged": True}
    assert paid["hours"] <= 60
    assert isinstance(run("--hours", "60", "--validation", "some").exception, InvalidInputError)


@pytest.mark.parametrize("book", ["cityscapes", "label-propagation", "extreme-clicking"])
def test_other_books_are_explained(book: str) -> None:
    result = run("--hours", "60", "--costs", book)
    assert result.exit_code == 0
    assert f"Costs: {book}" in result.stdout


def test_background_clicks_are_priced_and_kept(tmp_path: Path, sixty: dict[str, Any]) -> None:
    plain, asked = sixty, document_of("--hours", "60", "--background-clicks", "2")
    assert (plain["background_clicks"], asked["background_clicks"]) == (0, 2)
    points = {document["background_clicks"]: document["alternatives"] for document in (plain, asked)}
    images = {n: next(o["mix"]["point"] for o in others if o["name"] == "point") for n, others in points.items()}
    assert images == {0: int(216_000 / 22.1), 2: int(216_000 / 23.9)}
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(asked), encoding="utf-8")
    assert read_plan(file).background_clicks == 2
    file.write_text(json.dumps({**asked, "background_clicks": -1}), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="background_clicks: expected a whole number >= 0, got -1"):
        read_plan(file)
