"""The memo: its figures against brute force, its sentences, and one printed page."""

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from html import escape
from itertools import pairwise

import numpy as np
import pytest

from budgetseg.costs.labour import Labour
from budgetseg.costs.scheduling import make_schedule
from budgetseg.costs.workload import Workload
from budgetseg.errors import InvalidInputError, RunFailedError
from budgetseg.plan.conditioning import Conditioning, noise_covariance
from budgetseg.plan.surface import counts_of
from budgetseg.report import read_report
from budgetseg.report.memo import PEOPLE, memo_of
from budgetseg.report.memo_doubt import doubted, purchases
from budgetseg.report.memo_page import draw_memo, lines, sentence, write_memo
from budgetseg.report.memo_work import work_of
from budgetseg.report.pay import pay_of

CLOSING = "</title><script>alert(1)</script>"


@pytest.fixture(scope="module")
def memo(planned):
    return memo_of(planned.comparisons[0], 8.0, people={"anyone": 2}, start=date(2027, 1, 11), worth=12.0)


def samples(memo, mixes):
    return memo.planner.surface.samples(counts_of([mix.to_dict() for mix in mixes]))


def test_what_else_the_hours_would_buy_keeps_the_hours(memo):
    seconds = memo.planner.prices.seconds_of
    found = list(purchases(memo.planner, memo.plan))
    assert len(found) > 15
    for mix in found:
        assert sum(count * seconds[kind] for kind, count in mix) <= 8 * 3600
        assert mix.images <= memo.planner.pool


def test_the_chance_of_being_wrong_is_counted_over_the_surfaces(memo):
    others = [mix for mix in dict.fromkeys(purchases(memo.planner, memo.plan)) if mix != memo.plan.mix]
    wrong, lost = 0, []
    for row in samples(memo, [memo.plan.mix, *others]):
        lost.append(max(0.0, max(row[1:]) - row[0]))
        wrong += lost[-1] > 0.5
    assert memo.doubt.chance == pytest.approx(wrong / len(lost))
    assert memo.doubt.cost == pytest.approx(sum(lost) / len(lost))
    assert memo.doubt.looked_at == 1 + len(others)
    worse = replace(memo.plan, mix=next(other.mix for other in memo.plan.alternatives if other.name == "image"))
    assert doubted(memo.planner, worse).chance > 0.9


def test_masks_alone_are_held_against_the_plan(memo):
    gain = memo.usual
    assert gain.other.mix.to_dict() == {"full": int(8 * 3600 / 239.7)}
    mean = memo.planner.surface.mean(counts_of([memo.plan.mix.to_dict(), gain.other.mix.to_dict()]))
    assert gain.ahead.mean == pytest.approx(mean[0] - mean[1])
    above = samples(memo, [memo.plan.mix, gain.other.mix])
    assert gain.ahead.low <= np.median(above[:, 0] - above[:, 1]) <= gain.ahead.high


def test_one_stops_where_the_next_miou_costs_more_than_it_is_worth(memo):
    curve = memo.stop.curve
    assert [one.hours for one in curve] == sorted(one.hours for one in curve)
    assert all(after.miou >= before.miou for before, after in pairwise(curve))
    for before, after in pairwise(curve):
        if after.price is not None:
            assert after.price * (after.miou - before.miou) == pytest.approx(after.money - before.money)
    dear = [one.hours for one in curve[1:] if one.price is None or one.price > 12]
    before = [one.hours for one in curve if one.hours < dear[0]]
    assert memo.stop.hours == before[-1]


def test_the_checkpoint_says_at_which_gap_the_rival_takes_over(memo):
    one = memo.checkpoint
    assert {kind for kind, _ in one.rival_whole} != {kind for kind, _ in memo.plan.mix}
    parts = counts_of([one.mix.to_dict(), one.rival.to_dict()])
    whole = counts_of([memo.plan.mix.to_dict(), one.rival_whole.to_dict()])
    surface = memo.planner.surface
    measured = surface.samples(parts)
    update = Conditioning.of(
        surface.samples(whole), measured, noise_covariance(parts.astype(np.int64), surface.noise(parts))
    )

    def ahead(gap):
        shift = (gap - (one.expected[0] - one.expected[1])) / 2
        plan, rival = update.predict((measured.mean(axis=0) + np.array([shift, -shift]))[None])[0]
        return plan - rival

    assert ahead(one.gap) == pytest.approx(0, abs=1e-6)
    assert ahead(one.gap + 1) > 0 > ahead(one.gap - 1)
    assert 0 <= one.chance < 0.5
    said = dict(lines(memo))["Next checkpoint"]
    assert ("No plausible result" in said) == (one.chance < 0.005)
    close = dict(lines(replace(memo, checkpoint=replace(one, gap=-1.5, chance=0.2))))["Next checkpoint"]
    assert f"more than 1.5 behind, buy {one.rival_whole} instead; the chance of that is 20%" in close


def test_days_and_money_are_those_of_a_schedule(memo):
    book, planner = memo.comparison.book, memo.planner
    labour = replace(
        book.labour, currency="USD", wage_per_hour=Fraction(15), control_share=Fraction(1, 4),
        paid_per_labelling=Fraction(5, 4), ramp_up_hours=Fraction(2), stated=Labour().stated,
    )  # fmt: skip
    paid = replace(book, labour=labour)
    workload = Workload.of(20, "1.5", "2.8")
    schedule = make_schedule(paid, memo.plan.mix.to_dict(), workload, {"anyone": 2}, start=date(2027, 1, 11))
    hours = {kind: float(count * planner.prices.seconds_of[kind] / 3600) for kind, count in memo.plan.mix}
    work = work_of(memo.plan, hours, labour, pay_of(paid, workload), {"anyone": 2}, date(2027, 1, 11))
    assert work.money == pytest.approx(float(schedule.money))
    assert work.paid_hours == pytest.approx(float(schedule.total("paid_hours")))
    assert (work.working_days, work.last_day) == (schedule.working_days, schedule.last_day)


def test_the_worst_class_is_that_of_the_purchase_most_like_it(memo):
    spent = memo.nearest.runs[0].hours_by_kind
    assert sum(spent.values()) == pytest.approx(8, rel=0.05)
    name, iou = memo.worst
    assert name in {"cat", "sheep"}  # which are level here
    assert iou == pytest.approx(memo.nearest.miou)
    assert iou < memo.nearest.iou("dog") - 5


def test_every_answer_is_there_and_what_is_assumed_is_said(memo):
    text = draw_memo(memo)
    said = sentence(memo)
    assert said.startswith(f"Buy {memo.plan.mix} for ")
    assert "done after 1 working day of 2 annotators, by 2027-01-11" in said
    assert escape(said).replace(" ± ", "&nbsp;±&nbsp;") in text
    headings = [name for name, _ in lines(memo)]
    assert headings == [
        "Worst class", "Why this mix", "Against all masks", "If this is wrong", "Break-even prices", "Where to stop",
        "Next checkpoint",
    ]  # fmt: skip
    assert "nobody has stated one (--wage)" in text
    assert "--miou-worth" not in text
    assert "One annotator" not in text
    assert "after" in dict(lines(memo))["Where to stop"]


def test_hostile_names_stay_text_and_nothing_is_loaded(memo):
    setting = replace(memo.comparison.setting, dataset=CLOSING, costs=CLOSING)
    point = replace(memo.nearest, series=CLOSING)
    comparison = replace(memo.comparison, setting=setting, points=(point,))
    text = draw_memo(replace(memo, comparison=comparison, nearest=point, assumed=(CLOSING,)))
    assert CLOSING not in text
    assert text.count(escape(CLOSING)) >= 4
    assert "<script" not in text
    assert not re.search(r'(src|href)="(?!data:)', text)
    assert "default-src 'none'" in text


def test_a_memo_needs_a_fitted_planner_and_a_place(make_run, tmp_path, memo):
    make_run("one")
    with pytest.raises(InvalidInputError, match="4 different mixes"):
        memo_of(read_report(tmp_path / "runs").comparisons[0], 6.0)
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFailedError, match="cannot write here"):
        write_memo(memo, tmp_path / "file" / "memo.html")


def test_what_is_taken_for_granted_about_people_are_the_defaults():
    assert Labour().assumed == {
        "paid_per_labelling": 1, "hours_per_day": 6, "ramp_up_hours": 0, "control_share": 0, "redone_share": 0,
        "speed_log_sd": 0,
    }  # fmt: skip
    assert PEOPLE.keys() == Labour().assumed.keys()


def test_it_prints_on_one_page(memo, tmp_path, on_paper):
    write_memo(memo, tmp_path / "memo.html")
    _, content = on_paper(tmp_path / "memo.html", tmp_path)
    assert len(re.findall(rb"/Type /Page\b", content)) == 1
    width, height = map(float, re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content).groups())
    assert (width, height) == (pytest.approx(595, abs=1.5), pytest.approx(842, abs=1.5))  # A4 in points
