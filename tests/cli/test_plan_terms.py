"""``budgetseg plan``: prices as given, limits, goals, candidates, images of which only numbers are known."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NUMBERS = ("--classes", "8", "--pool", "50000", "--classes-per-image", "1.5", "--instances-per-image", "2.8")
SAID = ("--seconds-per-image", "full=155,point=7.6", "--pool", "3000")


@pytest.fixture
def document(checked_call: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    return lambda *arguments: json.loads(checked_call("plan", *arguments, "--json").out)


def test_seconds_as_given_replace_the_book(document: Callable[..., dict[str, Any]]) -> None:
    plan = document("--hours", "10", *SAID, "--fixed-seconds", "3600", "--evidence", "paper")
    assert set(plan["mix"]) <= {"full", "point"}
    assert plan["hours"] * 3600 == pytest.approx(3600 + 155 * plan["mix"]["full"] + 7.6 * plan["mix"]["point"])
    assert plan["pool"] == 3000
    assert plan["workload"] is None
    assert plan["validation"] is None


def test_a_book_of_people_beside_seconds_as_given(checked_call: Callable[..., Any], tmp_path: Path) -> None:
    book = tmp_path / "mine.toml"
    book.write_text(
        'schema = "budgetseg.costbook/1"\nextends = "voc2012"\n[labour]\ncurrency = "EUR"\nwage_per_hour = 20\n',
        encoding="utf-8",
    )
    said = checked_call("plan", "--hours", "10", "--dollars", "100", *SAID, "--costs", str(book), "--json")
    assert "its people and wages stay" in said.err
    plan = json.loads(said.out)
    assert plan["hours"] <= 5
    money = next(one for one in plan["limits"] if one["name"] == "money")
    assert (money["unit"], money["binds"], money["limit"]) == ("EUR", True, 100)
    assert money["used"] == pytest.approx(20 * plan["hours"])


def test_hours_money_and_a_date_together(checked_call: Callable[..., Any]) -> None:
    work = ("--by", "2027-01-15", "--start", "2027-01-11", "--annotators", "2", "--wage", "15")
    screen = checked_call("plan", "--hours", "60", "--dollars", "500", *work).out
    words = " ".join(screen.split())
    assert words.startswith("60 h and 500 USD and 60 h at work until 2027-01-15 buy ")
    assert "The money binds: 550 USD would bring +" in words
    assert "The hours: 33.3 of 60 h used." in words


def test_the_first_screen_gives_reasons(checked_call: Callable[..., Any]) -> None:
    words = " ".join(
        checked_call("plan", "--hours", "60", "--frequency", "rare=0.005", "--evidence", "paper").out.split()
    )
    for said in (
        "The hours bind: 66 h would bring +",
        "The next hour brings, in mIoU: +",
        "Alone, a kind wins over masks while a mask costs more than ",
        "yours costs 10.8",
        "Chance to be the best kinds of mix: ",
        " flip the choice",
        "Noise and wages cannot: the highest expected mIoU is sought",
        "rare, in 0.500% of the images",
        "Warning: rare: only ",
        "Masks with rare an hour, the search paid for: ",
    ):
        assert said in words, said


def test_a_target(checked_call: Callable[..., Any]) -> None:
    goal = ("--objective", "target", "--target")
    reached = checked_call("plan", "--hours", "60", *goal, "40", *SAID, "--json")
    plan = json.loads(reached.out)
    assert plan["target"]["reached"]
    assert plan["hours"] < 60
    words = " ".join(checked_call("plan", "--hours", "1", *goal, "90", *SAID).out.split())
    assert "No mix within these limits reaches 90 mIoU with 80%; this one comes closest" in words


def test_candidates(document: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    rows = tmp_path / "G.csv"
    rows.write_text("name,full,point\na,10,2000\nb,300,9\nc,9000,0\n", encoding="utf-8")
    plan = document("--hours", "20", "--candidates", str(rows), *SAID)
    assert plan["candidate"]["row"] in (1, 2)
    assert plan["mix"] in ({"full": 10, "point": 2000}, {"full": 300, "point": 9})


def test_images_of_which_only_numbers_are_known(checked_call: Callable[..., Any]) -> None:
    said = checked_call("plan", "--hours", "60", *NUMBERS, "--frequency", "rare=0.005", "--json")
    assert said.err == "note: voc2012: unverified rates are used: assisted_s\n"  # nothing is filled in
    plan = json.loads(said.out)
    assert (plan["pool"], plan["dataset"]) == (50_000, None)
    assert plan["workload"] == {"classes_asked": 8, "classes_present": 1.5, "instances": 2.8}
    assert plan["coverage"]["classes"][0]["name"] == "rare"
    assert plan["two_stage"][0]["in_pool"] == 250


def test_what_is_taken_from_voc_is_said(checked_call: Callable[..., Any]) -> None:
    assert "as in PASCAL VOC 2012" in checked_call("plan", "--hours", "60", "--pool", "300", "--json").err
    said = checked_call("plan", "--hours", "6", "--seconds-per-image", "full=155,point=7.6", "--json")
    assert "--pool is not given" in said.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "at least one of --hours, --dollars and --by"),
        (["--hours", "6", "--classes", "8"], 2, "--classes-per-image, --pool, --instances-per-image are missing"),
        (["--hours", "6", *NUMBERS[:6]], 2, "--instances-per-image is missing"),
        (["--hours", "6", "--classes-per-image", "1.5", "--dataset", "scenes"], 2, "counted in the data set"),
        (["--hours", "6", *SAID, "--accounting", "paper"], 2, "leave out --accounting paper"),
        (["--hours", "6", *SAID, "--objectness-seconds", "9"], 2, "leave out --objectness-seconds"),
        (["--hours", "6", "--seconds-per-image", "point=9", "--validation", "9"], 2, "a mask has no price"),
        (["--hours", "6", "--seconds-per-image", "pont=9"], 2, 'did you mean "point"'),
        (["--hours", "6", "--fixed-seconds", "-1"], 2, "fixed seconds"),
        (["--hours", "6", "--by", "2027-01-11"], 2, "--annotators 4"),
        (["--hours", "6", "--by", "soon", "--annotators", "2"], 2, 'such as 2027-01-11, got "soon"'),
        (["--by", "2020-01-01", "--start", "2021-01-01", "--annotators", "2"], 2, "no working day"),
        (["--hours", "6", "--start", "2021-01-01"], 2, "--start: belongs to --by"),
        (["--hours", "6", "--annotators", "2"], 2, "--annotators: belongs to --by"),
        (["--hours", "6", "--wage", "9"], 2, "--wage: says what --dollars pay for"),
        (["--dollars", "100"], 2, "nobody has said what image pays"),
        (["--dollars", "much", "--wage", "9"], 2, "--dollars: expected a number"),
        (["--hours", "6", "--objective", "worst-class"], 2, "iou_CLASS"),
        (["--hours", "6", "--objective", "target"], 2, "--target 60"),
        (["--hours", "6", "--frequency", "rare"], 2, "--frequency"),
        (["--hours", "6", "--candidates", "none.csv"], 2, "none.csv"),
        (["--dollars", "0.01", "--wage", "9"], 3, "0.01 USD buy nothing"),
    ],
)
def test_refusals(checked_call: Callable[..., Any], arguments: list[str], code: int, words: str) -> None:
    said = checked_call("plan", *arguments, code=code)
    assert said.out == ""
    assert words in said.err.splitlines()[-1]
    assert said.err.splitlines()[-1].startswith("error: ")
