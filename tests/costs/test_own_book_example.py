"""The example runs as a reader would run it, and prints what the accounting gives."""

import subprocess
import sys
from pathlib import Path

from budgetseg.costs import Workload, afford, load_book, seconds_of_hours

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_example_prints_what_60_hours_buy() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "own_cost_book.py")],
        capture_output=True,
        text=True,
        check=True,
        cwd=EXAMPLES.parent,
    )
    lines = {line.split()[3]: line.split()[4:] for line in done.stdout.splitlines() if "images of kind" in line}
    workload, hours = Workload.of(6, "1.2", 2), seconds_of_hours(60)
    expected = {
        kind: [
            str(afford(book, kind, workload, hours).images) if kind in book.kinds else "-"
            for book in (load_book(EXAMPLES / "own_costs.toml"), load_book("voc2012"))
        ]
        for kind in load_book("voc2012").kinds
    }
    assert lines == expected
    # By hand: 60 h / (4.8 x 1.2 s + 1.2 x 1.8 s) and 60 h / (4.8 x 1.2 s + 310 s).
    assert (lines["point"][0], lines["full"][0], lines["squiggle"][0]) == ("27272", "684", "-")
    assert "first_click_s, extra_click_s" in done.stdout
    assert 'squiggle has no cost in "own", for the book lacks squiggle_s' in done.stdout
    assert "7.8 + 11.7 + 10 = 29.5 s" in done.stdout
