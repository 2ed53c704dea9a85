"""``budgetseg plan --report``: the page beside what is printed, and one line where it cannot be written."""

import json


def test_the_page_is_written_and_the_document_stays_alone(checked_call, tmp_path):
    said = checked_call("plan", "--hours", "2", "--pool", "500", "--json", "--report", "deep/plan.html")
    page = (tmp_path / "deep" / "plan.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "budgetseg plan --hours 2 --pool 500 --json --report deep/plan.html" in page
    assert "page written to deep/plan.html" in said.err
    document = json.loads(said.out)
    embedded = page.split('id="budgetseg-data">', 1)[1].split("</script>", 1)[0]
    assert json.loads(embedded)["plan"] == document


def test_a_place_that_cannot_be_written_gets_one_line(outcome, tmp_path):
    (tmp_path / "file").write_text("here before")
    seconds = ("--seconds-per-image", "full=100", "--pool", "50")
    code, out, err = outcome("plan", "--hours", "1", *seconds, "--report", "file/plan.html")
    assert (code, out) == (1, "")
    (line,) = [line for line in err.splitlines() if line.startswith("error:")]
    assert "file/plan.html: cannot write here" in line


def test_money_and_days_vary_where_no_hours_are_limited(outcome, tmp_path):
    common = ("--seconds-per-image", "full=100,point=10", "--pool", "300", "--report", "plan.html")
    for limit, unit in (
        (("--dollars", "50", "--wage", "15"), "USD"),
        (("--by", "2027-01-15", "--start", "2027-01-13", "--annotators", "1"), "working days"),
        (("--objective", "target", "--target", "40"), "h"),
    ):
        code, _, err = outcome("plan", *limit, *common)
        assert code == 0, err
        page = (tmp_path / "plan.html").read_text(encoding="utf-8")
        data = json.loads(page.split('id="budgetseg-data">', 1)[1].split("</script>", 1)[0])
        assert data["axis"]["unit"] == unit
        assert len(data["steps"]) >= 4
        assert data["steps"][data["given"]]["choices"][0]["mix"] == data["plan"]["mix"]
