"""Trainings that cannot both be right are named; what chance and mixing explain is not."""

from pathlib import Path

import pytest

from budgetseg.plan.contradiction import contradiction
from budgetseg.plan.evidence import read_evidence


def said(tmp_path: Path, *rows: str, head: str = "full,point,miou") -> str | None:
    table = tmp_path / "mine.csv"
    table.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return contradiction(read_evidence(table))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["100,0,30", "100,0,90", "100,0,5"], "100 full measured 90.0 and 100 full 5.0"),
        (["100,0,70", "400,0,20", "0,9,30"], "100 full measured 70.0 and 400 full 20.0"),
        (["50,50,70", "50,50,20"], "50 point + 50 full measured 70.0 and 50 point + 50 full 20.0"),
    ],
)
def test_the_worst_pair_is_named(tmp_path: Path, rows: list[str], words: str) -> None:
    found = said(tmp_path, *rows)
    assert found is not None
    assert words in found
    assert "\n" not in found


@pytest.mark.parametrize(
    "rows",
    [
        ["100,0,30"],
        ["40,0,30", "40,0,37", "160,0,29"],  # seeds of few masks
        ["100,0,20", "400,0,70"],  # more is better
        ["100,0,60", "100,900,40"],  # a mix may hurt
        ["0,100,60", "100,0,30"],  # another kind
        ["0,100,60", "0,400,30"],  # more clicks did hurt some trainers
    ],
)
def test_what_chance_or_mixing_explains_is_not_named(tmp_path: Path, rows: list[str]) -> None:
    assert said(tmp_path, *rows) is None


def test_noise_that_is_said_is_believed(tmp_path: Path) -> None:
    rows = ("100,0,40", "100,0,46")
    assert said(tmp_path, *rows) is None
    assert said(tmp_path, *(f"{row},0.5" for row in rows), head="full,point,miou,noise") is not None
