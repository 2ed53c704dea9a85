"""The labour part of a cost book: read, inherited, and every mistake in it named with file, key and fix."""

import pickle
from fractions import Fraction
from pathlib import Path

import pytest

from budgetseg.costs import InvalidInputError, Labour, load_book, shipped_books

HEAD = 'schema = "budgetseg.costbook/1"\nextends = "voc2012"\n'
FULL = """
[labour]
currency = "EUR"
wage_per_hour = 12.5
paid_per_labelling = 1.25
hours_per_day = 6
ramp_up_hours = 4
control_share = 0.25
redone_share = 0.05
speed_log_sd = 0.3
[labour.kinds.full]
who = "expert"
wage_per_hour = 30
[labour.prices.box]
amount = 0.04
per = "instance"
"""


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_labour_part_in_full(tmp_path: Path) -> None:
    book = load_book(write(tmp_path, HEAD + FULL))
    labour = book.labour
    assert (labour.wage("point"), labour.wage("full")) == (Fraction(25, 2), 30)
    assert (labour.who("point"), labour.who("full")) == ("crowd", "expert")
    assert labour.work_per_labelling == Fraction(125, 100) * Fraction(105, 100)
    assert labour.assumed == {}
    assert book.to_dict()["labour"] == {
        "currency": "EUR",
        "wage_per_hour": 12.5,
        "paid_per_labelling": 1.25,
        "hours_per_day": 6.0,
        "ramp_up_hours": 4.0,
        "control_share": 0.25,
        "redone_share": 0.05,
        "speed_log_sd": 0.3,
        "kinds": {"full": {"who": "expert", "wage_per_hour": 30.0}},
        "prices": {"box": {"amount": 0.04, "per": "instance"}},
        "assumed": [],
    }
    assert pickle.loads(pickle.dumps(book)) == book


@pytest.mark.parametrize("name", shipped_books())
def test_shipped_books_invent_no_wage(name: str) -> None:
    labour = load_book(name).labour
    assert labour == Labour()
    assert (labour.currency, labour.wage("full"), labour.work_per_labelling) == (None, None, 1)
    assert labour.assumed.keys() >= {"hours_per_day", "control_share"}


def test_what_a_book_does_not_say_is_the_extended_books(tmp_path: Path) -> None:
    write(tmp_path, HEAD + FULL)
    text = (
        'schema = "budgetseg.costbook/1"\nextends = "mine.toml"\n[labour]\nhours_per_day = 7.5\n'
        "[labour.kinds.full]\nwage_per_hour = 40\n"
    )
    child, parent = load_book(write(tmp_path, text, "child.toml")).labour, load_book(tmp_path / "mine.toml").labour
    assert child.hours_per_day == Fraction(15, 2)
    assert (child.currency, child.control_share, child.prices) == ("EUR", Fraction(1, 4), parent.prices)
    assert child.assumed == {}
    # A kind's terms go as a whole, like a rate.
    assert (child.wage("full"), child.who("full")) == (40, "crowd")
    plain = load_book(write(tmp_path, 'schema = "budgetseg.costbook/1"\nextends = "mine.toml"\n', "plain.toml"))
    assert plain.labour == parent


def test_what_nobody_says_is_assumed_and_told(tmp_path: Path) -> None:
    labour = load_book(write(tmp_path, HEAD + "[labour]\nhours_per_day = 6\n")).labour
    assert "hours_per_day" not in labour.assumed
    assert labour.assumed["control_share"] == 0


MONEY = '[labour]\ncurrency = "EUR"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("labour = 3", "[labour]: expected a table with currency or wage_per_hour, got 3"),
        ("[labor]\nhours_per_day = 6", 'unknown key "labor" (did you mean "labour"?)'),
        ("[labour]\nhours_a_day = 6", '[labour]: unknown key "hours_a_day" (did you mean "hours_per_day"?)'),
        ("[labour]\nramp_hours = 6", '[labour]: unknown key "ramp_hours" (did you mean "ramp_up_hours"?)'),
        ("[labour]\nwage_per_hour = 12", '[labour]: money without a currency; add currency = "EUR"'),
        (
            '[labour.prices.box]\namount = 1\nper = "instance"',
            '[labour]: money without a currency; add currency = "EUR"',
        ),
        ("[labour.kinds.box]\nwage_per_hour = 1", "[labour]: money without a currency"),
        ("[labour]\ncurrency = 3", '[labour].currency: expected a short name such as "EUR", got 3'),
        (MONEY + "wage_per_hour = -1", "[labour].wage_per_hour: expected money for an hour at work, a number from 0"),
        (MONEY + 'wage_per_hour = "12"', "wage_per_hour: expected money for an hour at work, a number from 0 to 10"),
        (MONEY + "wage_per_hour = nan", "got NaN"),
        (MONEY + "wage_per_hour = 1e999999999", "got 1E+999999999"),
        ("[labour]\nhours_per_day = 25", "an annotator's hours at work on a day, a number from 0 to 24, got 25"),
        ("[labour]\nhours_per_day = 0", "[labour].hours_per_day: expected at least 0.01 hours a day, got 0"),
        ("[labour]\nhours_per_day = true", "[labour].hours_per_day: expected an annotator's hours"),
        ("[labour]\npaid_per_labelling = 0.8", "hours at work for an hour of annotating, a number from 1 to 100"),
        ("[labour]\ncontrol_share = 25", "control images for each real one, as 0.25, a number from 0 to 1, got 25"),
        ("[labour.kinds.fulll]\nwho = 'expert'", '[labour.kinds]: unknown key "fulll" (did you mean "full"?)'),
        (
            "[labour.kinds.full]\nwho = 'exprt'",
            '[labour.kinds.full].who: expected "expert" or "crowd", got "exprt" (did you mean "expert"?)',
        ),
        (
            "[labour.kinds.full]\nwage_an_hour = 3",
            '[labour.kinds.full]: unknown key "wage_an_hour" (did you mean "wage_per_hour"?)',
        ),
        ("[labour.kinds]\nfull = 3", "[labour.kinds.full]: expected a table with who or wage_per_hour, got 3"),
        (MONEY + "[labour.prices.box]\namount = 3", '[labour.prices.box]: lacks the key "per"; add it, as in per = "'),
        (
            MONEY + '[labour.prices.box]\namount = 3\nper = "instnce"',
            'got "instnce" (did you mean "instance"?)',
        ),
    ],
    ids=range(23),
)
def test_mistakes_are_named_with_file_key_and_fix(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, HEAD + text)
    with pytest.raises(InvalidInputError) as raised:
        load_book(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
