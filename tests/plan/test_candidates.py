"""The best row of a table of mixes."""

from fractions import Fraction
from pathlib import Path

import pytest

from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.candidates import read_candidates
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.evidence import read_evidence
from budgetseg.plan.mix import Mix
from budgetseg.plan.objective import Objective
from budgetseg.plan.plan import CandidateRow, Plan
from budgetseg.plan.prices import Prices

PAPER = read_evidence("paper")
PRICES = Prices.said({"point": Fraction(10), "full": Fraction(100)})


def table(folder: Path, text: str) -> Path:
    path = folder / "G.csv"
    path.write_text(text, encoding="utf-8")
    return path


def plan_of(path: Path, seconds: int, surface: object, pool: int = 1000, **choices: object) -> Plan:
    return choose_plan(
        budget_seconds=Fraction(seconds),
        prices=PRICES,
        pool=pool,
        evidence=PAPER,
        candidates=read_candidates(path),
        surface=surface,  # type: ignore[arg-type]
        **choices,  # type: ignore[arg-type]
    )


def test_the_best_affordable_row(tmp_path: Path, made_up: type) -> None:
    surface = made_up(lambda point_M, full_M: point_M / 100 + full_M / 5)
    rows = "name,full,point\nhalf,20,200\ndear,41,0\n\nweak,0,400\nmasks,40,0\n"
    plan = plan_of(table(tmp_path, rows), 4000, surface)
    assert plan.mix.to_dict() == {"full": 40}
    assert plan.candidate == CandidateRow(file=str(tmp_path / "G.csv"), row=4, line=6)
    assert [other.name for other in plan.alternatives] == ["line 2", "line 5"]
    assert [other.hours * 3600 for other in plan.alternatives] == [4000, 4000]
    assert plan.limits[0].relaxed.mix.to_dict() == {"full": 41}
    cheapest = plan_of(
        table(tmp_path, rows), 4000, surface, objective=Objective(goal="target", target_miou=2, confidence=0.5)
    )
    assert cheapest.mix.images in (40, 220, 400)  # all reach 2 mIoU and cost the same


def test_a_row_must_fit_into_the_pool(tmp_path: Path, made_up: type) -> None:
    surface = made_up(lambda point_M, full_M: point_M + full_M)
    path = table(tmp_path, "point,full\n60,0\n50,0\n")
    assert plan_of(path, 4000, surface, pool=50).mix == Mix.of({"point": 50})
    with pytest.raises(InvalidInputError, match="smallest row holds 50 images, the pool 49"):
        plan_of(path, 4000, surface, pool=49)


def test_none_affordable_says_what_the_cheapest_needs(tmp_path: Path, made_up: type) -> None:
    surface = made_up(lambda point_M, full_M: point_M + full_M)
    path = table(tmp_path, "point,full\n0,40\n390,0\n")
    with pytest.raises(BudgetTooSmallError, match=r"line 3 \(390 point\), takes 3,900\.0 s; give at least 1\.0834 h"):
        plan_of(path, 3600, surface)
    assert plan_of(path, 3901, surface).mix.images == 390


def test_rows_that_nobody_can_buy(tmp_path: Path, made_up: type) -> None:
    surface = made_up(lambda point_M, full_M: point_M + full_M)
    with pytest.raises(InvalidInputError, match="every row holds a kind without a price or evidence"):
        plan_of(table(tmp_path, "box\n5\n"), 3600, surface)
    with pytest.raises(InvalidInputError, match="leave out --current"):
        plan_of(table(tmp_path, "full\n5\n"), 3600, surface, current=Mix.of({"point": 3}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column is named like a kind"),
        ("masks\n3\n", "no column is named like a kind"),
        ("full\n", "no mix"),
        ("full,full\n3,3\n", '"full" is there twice'),
        ("full,point\n3\n", "row 2: expected 2 cells"),
        ("full\n3.5\n", 'row 2: full: expected a whole number of images >= 0, got "3.5"'),
        ("full\n-3\n", "row 2: full"),
        ("full,point\n3,\n0,0\n", "row 3: no images"),
    ],
)
def test_bad_tables(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_candidates(table(tmp_path, text))
    assert words in str(caught.value)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot read these candidates"):
        read_candidates(tmp_path / "none.csv")
