"""Cost books: the shipped ones, one's own, and every mistake in one named with file, key and fix."""

import pickle
import subprocess
import sys
import tomllib
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest

import budgetseg
from budgetseg.costs import KINDS, InvalidInputError, load_book, shipped_books
from budgetseg.costs.kinds import RATES

PACKAGE = Path(budgetseg.__file__).parent
HEAD = 'schema = "budgetseg.costbook/1"\nname = "mine"\n'
CLICK = "[rates.first_click_s]\nseconds = 2.4\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


PAPER_RATES = {
    "label_s": 1,
    "first_click_s": Fraction(24, 10),
    "extra_click_s": Fraction(9, 10),
    "squiggle_s": Fraction(109, 10),
    "box_s": 26,
    "polygon_s": 79,
    "objectness_total_s": Fraction(29_682, 10),
}


@pytest.mark.parametrize("name", shipped_books())
def test_shipped_books_say_everything(name: str) -> None:
    book = load_book(name)
    assert book.name == book.origin == name
    assert book.kinds
    assert book.note
    raw = tomllib.loads((PACKAGE / "costs/books" / f"{name}.toml").read_text(encoding="utf-8"))
    for rate, entry in raw["rates"].items():
        assert {"seconds", "per", "source", "verified"} <= set(entry), rate
        assert entry["per"] == book.rates[rate].per in RATES[rate].pers


def test_which_books_are_shipped() -> None:
    assert {"voc2012", "voc2012-median"} <= set(shipped_books())
    here, median = load_book("voc2012"), load_book("voc2012-median")
    assert {name for name in here.rates if here.rates[name] != median.rates[name]} == {"squiggle_s"}


def test_rates_of_the_paper_are_exact() -> None:
    rates = load_book("voc2012").rates
    assert {name: rates[name].seconds for name in PAPER_RATES} == PAPER_RATES
    assert all(rates[name].verified for name in PAPER_RATES)


def test_shipped_books_are_found_in_a_zip(tmp_path: Path) -> None:
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in [PACKAGE / "__init__.py", *(PACKAGE / "costs").rglob("*")]:
            if path.suffix in {".py", ".toml"}:
                file.write(path, path.relative_to(PACKAGE.parent))
    program = (
        f"import sys; sys.path.insert(0, {str(archive)!r}); import budgetseg.costs as costs; "
        "assert '.zip' in costs.__file__; print(costs.shipped_books(), costs.load_book('voc2012').kinds)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.split() == f"{shipped_books()} {tuple(KINDS)}".split()


def test_bare_numbers_are_unverified_and_from_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "[rates]\nlabel_s = 1\nfirst_click_s = 2.4\n")
    book = load_book(path)
    click = book.rates["first_click_s"]
    assert (click.seconds, click.per, click.source, click.verified) == (
        Fraction("2.4"),
        "present class",
        str(path),
        False,
    )
    assert book.unverified == ("label_s", "first_click_s")
    assert book.kinds == ("image", "point")
    assert book.missing("full") == ("polygon_s",)
    assert book.unavailable["allpoints"] == "the book lacks extra_click_s"
    with pytest.raises(InvalidInputError, match=r"mine\.toml: full has no cost here.*lacks polygon_s.*image, point"):
        book.require("full")


def test_a_rate_in_full(tmp_path: Path) -> None:
    text = (
        'per = "image"\nunit = "s"\nstatistic = "mean"\nsource = "our tool"\nverified = true\n'
        "low = 250\nhigh = 400.5\nlog_sd = 0.4\n"
    )
    path = write(tmp_path, HEAD + "[rates]\nlabel_s = 1\n[rates.polygon_s]\nseconds = 300\n" + text)
    rate = load_book(str(path)).rates["polygon_s"]
    assert rate.to_dict() == {
        "seconds": 300.0,
        "unit": "s",
        "per": "image",
        "statistic": "mean",
        "source": "our tool",
        "verified": True,
        "low": 250.0,
        "high": 400.5,
        "log_sd": 0.4,
    }


def test_what_a_rate_may_be_paid_per(tmp_path: Path) -> None:
    for name, rule in RATES.items():
        for per in rule.pers:
            text = HEAD + "[rates.label_s]\nseconds = 1\n" * (name != "label_s")
            book = load_book(write(tmp_path, text + f'[rates.{name}]\nseconds = 3\nper = "{per}"\n'))
            assert book.rates[name].per == per


def test_name_is_the_file_where_none_is_given_and_books_travel(tmp_path: Path) -> None:
    book = load_book(write(tmp_path, 'schema = "budgetseg.costbook/1"\n[rates]\nlabel_s = 1'))
    assert book.name == "mine"
    assert pickle.loads(pickle.dumps(book)) == book
    # What Windows editors put before the text.
    (tmp_path / "mine.toml").write_bytes(b"\xef\xbb\xbf" + (HEAD + "[rates]\nlabel_s = 1").encode())
    assert load_book(tmp_path / "mine.toml").kinds == ("image",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rates]\nfrist_click_s = 2.4", '[rates]: unknown key "frist_click_s" (did you mean "first_click_s"?)'),
        ("[rates]\nfirst_click_ms = 2400", '"first_click_ms": rates are in seconds (did you mean "first_click_s"?)'),
        ("[rates]\nfirst_click_s = -2.4", "[rates].first_click_s: expected seconds > 0, got -2.4"),
        ("[rates]\nfirst_click_s = 0", "[rates].first_click_s: expected seconds > 0, got 0"),
        ("[rates]\nfirst_click_s = nan", "[rates].first_click_s: expected seconds > 0, got NaN"),
        ("[rates]\nfirst_click_s = inf", "[rates].first_click_s: expected seconds > 0, got Infinity"),
        ("[rates]\nfirst_click_s = 1e999999999", "expected seconds between 0.000001 and 1000000000"),
        ("[rates]\nfirst_click_s = 1e-999999999", "expected seconds between 0.000001 and 1000000000"),
        ("[rates]\nfirst_click_s = true", "[rates].first_click_s: expected a number of seconds, got true"),
        ('[rates]\nfirst_click_s = "2.4"', '[rates].first_click_s: expected a number of seconds, got "2.4"'),
        ("[rates.first_click_s]\nper = 'present class'", '[rates.first_click_s]: lacks the key "seconds"; add'),
        ("[rates.first_click_s]\nseconds = -1", "[rates.first_click_s].seconds: expected seconds > 0, got -1"),
        (CLICK + 'unit = "ms"', '[rates.first_click_s].unit: expected "s", got "ms"; give the time in seconds'),
        (CLICK + "milliseconds = 3", 'unknown key "milliseconds" (did you mean "seconds"?)'),
        (CLICK + "verifed = true", '[rates.first_click_s]: unknown key "verifed" (did you mean "verified"?)'),
        (CLICK + 'verified = "yes"', '[rates.first_click_s].verified: expected true or false, got "yes"'),
        (CLICK + 'per = "instance"', 'first_click_s cannot be paid per "instance"; set per = "present class"'),
        (
            CLICK + 'per = "presnt class"',
            'per: expected "present class", got "presnt class" (did you mean "present class"?)',
        ),
        (CLICK + "per = 3", '[rates.first_click_s].per: expected "present class", got 3'),
        (CLICK + 'statistic = "meen"', 'statistic: expected "mean" or "median", got "meen" (did you mean "mean"?)'),
        (CLICK + 'source = ""', '[rates.first_click_s].source: expected where the number is from, got ""'),
        (CLICK + "low = 3", "[rates.first_click_s].low: expected at most seconds = 2.4, got 3"),
        (CLICK + "high = 2", "[rates.first_click_s].high: expected at least seconds = 2.4, got 2"),
        (CLICK + "low = -1", "[rates.first_click_s].low: expected seconds > 0, got -1"),
        (CLICK + "log_sd = -0.1", "[rates.first_click_s].log_sd: expected a number from 0 to 10, got -0.1"),
        ('[rates.squiggle_s]\nseconds = 3\nper = "fixed"', 'set per = "present class" or "instance" or "image"'),
        (
            'ask = "eech"\n[rates]\nlabel_s = 1',
            'ask: expected "each" or "checklist" or "groups" or "known", got "eech"',
        ),
        (
            "group_size = 0\n[rates]\nlabel_s = 1",
            "group_size: expected how many classes make a group, 1 or more, got 0",
        ),
        ("group_size = 2.5\n[rates]\nlabel_s = 1", "group_size: expected how many classes make a group"),
        ("note = 3\n[rates]\nlabel_s = 1", "note: expected what the book is, got 3"),
        ('extends = "voc2021"', 'extends: unknown cost book "voc2021" (did you mean "voc2012"?)'),
        ('extends = "missing.toml"', "missing.toml: no such cost book"),
        ('extends = "mine.toml"', "mine.toml; break the circle"),
        ("extends = 3", "extends: expected a book's name or path, got 3"),
        ('ask = "checklist"\n[rates]\nlabel_s = 1', "can be costed with these rates; add at least [rates.scan_s]"),
        ("rates = 3", "[rates]: expected a table of rates"),
        ("", "[rates]: expected a table of rates"),
        ("[rats]\nlabel_s = 1", 'unknown key "rats" (did you mean "rates"?)'),
        ("[rates]", "no kind of annotation can be costed with these rates; add at least [rates.label_s]"),
        (
            "[rates]\npolygon_s = 79",
            "no kind of annotation can be costed with these rates; add at least [rates.label_s]",
        ),
        ("[rates", "expected a cost book in TOML: "),
        ("[rates]\nlabel_s = " + "9" * 5000, "expected a cost book in TOML: "),
        ("x = " + "[" * 5000, "expected a cost book in TOML: "),
    ],
    ids=range(43),
)
def test_mistakes_are_named_with_file_key_and_fix(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, HEAD + text)
    with pytest.raises(InvalidInputError) as raised:
        load_book(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ('schema = "budgetseg.costbook/2"\n', "schema: expected \"budgetseg.costbook/1\", got 'budgetseg.costbook/2'"),
        ("", 'lacks the key "schema"; add schema = "budgetseg.costbook/1" at the top'),
        ('schema = "budgetseg.costbook/1"\nname = 3\n', "name: expected the book's name, got 3"),
    ],
)
def test_heads(tmp_path: Path, head: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        load_book(write(tmp_path, head + "[rates]\nlabel_s = 1\n"))
    assert message in str(raised.value)


def test_files_that_are_no_books(tmp_path: Path) -> None:
    write(tmp_path, HEAD)
    with pytest.raises(InvalidInputError, match=r'mne\.toml: no such cost book \(did you mean ".*mine\.toml"\?\)'):
        load_book(tmp_path / "mne.toml")
    with pytest.raises(InvalidInputError, match=r"other/mine\.toml: no such cost book; give the path of a TOML file"):
        load_book(tmp_path / "other/mine.toml")
    with pytest.raises(InvalidInputError, match=r"mine\.toml/x\.toml: no such cost book"):
        load_book(tmp_path / "mine.toml/x.toml")
    with pytest.raises(InvalidInputError, match="cannot read this cost book"):
        load_book(tmp_path)
    with pytest.raises(InvalidInputError, match="cannot read this cost book"):
        load_book("a\0b")
    (tmp_path / "binary.toml").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    with pytest.raises(
        InvalidInputError, match=r"binary\.toml: expected a cost book, TOML text in UTF-8; byte 0 is not"
    ):
        load_book(tmp_path / "binary.toml")


def test_unknown_names() -> None:
    with pytest.raises(InvalidInputError, match=r'unknown cost book "voc2021" \(did you mean "voc2012"\?\)'):
        load_book("voc2021")
    with pytest.raises(InvalidInputError, match=r'unknown cost book "zzz" \(known: .*voc2012-median\)'):
        load_book("zzz")
    with pytest.raises(InvalidInputError, match=r'unknown annotation kind "boxes" \(did you mean "box"\?\)'):
        load_book("voc2012").missing("boxes")


def test_medians_beside_the_rates_are_kept_and_not_reckoned_with(tmp_path: Path) -> None:
    base = HEAD + 'extends = "voc2012"\n'
    path = write(tmp_path, base + CLICK + "[medians]\nfirst_click_s = 2.1\n")
    book = load_book(path)
    assert book.medians == {"first_click_s": Fraction(21, 10)}
    assert book.rates["first_click_s"].seconds == Fraction(24, 10)
    assert book.to_dict()["medians"] == {"first_click_s": 2.1}
    for mistake, words in (("first_clik_s = 2", "first_click_s"), ("first_click_s = 0", r"\[medians\].first_click_s")):
        with pytest.raises(InvalidInputError, match=words):
            load_book(write(tmp_path, base + CLICK + f"[medians]\n{mistake}\n"))
    child = tmp_path / "child.toml"
    write(tmp_path, base + CLICK + "[medians]\nfirst_click_s = 2.1\n")
    child.write_text('schema = "budgetseg.costbook/1"\nextends = "mine.toml"\n')
    assert load_book(child).medians == {}
