"""From run folders to the tables: what is finished, what is missing, and what the rows say."""

from fractions import Fraction

import numpy as np
import pytest

from budgetseg.accuracy.accuracy import accuracy
from budgetseg.accuracy.asked import Asked
from budgetseg.accuracy.carry_out import part_of
from budgetseg.accuracy.found import find_runs, missing
from budgetseg.accuracy.hour_rows import rivals_of
from budgetseg.errors import InvalidInputError

ASKED = {"kinds": "point", "curves": "coarse", "sizes": "40,100", "mixes": ["full=40,point=200"], "budgets": "2,4,8"}


@pytest.fixture
def look(pool, setup):
    def look_up(*tables, **asked):
        wanted = Asked.of(**(ASKED | {"hybrids": "full+point", "seeds": 2, "few_seeds": 3} | asked))
        return accuracy(tables, wanted.design(tables, pool), setup, pool, 1640.0)

    return look_up


def images(kind, wanted):
    return lambda trial: trial.mix.to_dict() == {kind: wanted}


def finish_all(found, finish, miou):
    for run in found.runs:
        finish(run.trial, miou(run.trial))


def test_before_any_run_everything_is_to_do(look):
    found = look("kinds", "mixes", "hours")
    assert len(found.missing) == len(found.runs) > 0
    assert all(row.miou is row.share is row.worth is None for row in found.kinds)
    assert [row.found for row in found.mixes] == [None]
    assert all(row.miou is row.lead is row.goal_met is None for row in found.hours)
    assert found.masks_win == {}
    assert found.compute_hours == pytest.approx(len(found.runs) * 450 * 16 / 1640 / 3600)


def test_kinds_tell_share_exchange_and_goals(look, finish, pool):
    def miou(trial):
        ((kind, count),) = trial.mix
        at_full = 10 + 10 * np.log(count) + (-1) ** trial.seed
        return float({"full": 1.0, "point": 0.86, "coarse": 0.9}[kind] * at_full)

    finish_all(look("kinds"), finish, miou)
    rows = {(row.kind, row.images): row for row in look("kinds").kinds}
    point = rows["point", 400]
    assert point.share.value == pytest.approx(0.86)
    assert point.share.standard_error == pytest.approx(0, abs=1e-12)
    assert (point.share_goal, point.goals()["share"]) == (0.85, True)
    # 0.86 of what 400 masks reach: the inverse of the line.
    masks = np.exp((0.86 * (10 + 10 * np.log(400)) - 10) / 10)
    # Three seeds of the sizes up to 160 do not average out: their means are moved by 1/3.
    assert point.worth.exchange.count.masks == pytest.approx(masks, rel=0.05)
    assert point.worth.seconds == pytest.approx(point.hours * 3600)
    assert point.worth.times.value == pytest.approx(
        point.worth.exchange.count.masks * pool.mask_seconds / point.worth.seconds
    )
    assert point.goals()["worth"] == (point.worth.times.value >= 2)
    assert rows["coarse", 40].share.value == pytest.approx(0.9)
    assert rows["coarse", 40].worth.exchange.count.side == "fewer than"
    assert rows["full", 40].share is rows["full", 40].worth is None
    assert rows["full", 40].miou.seeds == 3
    assert rows["coarse", 40].share_goal is rows["coarse", 400].share_goal is None


def test_a_bound_below_the_goal_does_not_meet_it(look, finish):
    finish_all(look("kinds"), finish, lambda trial: 5.0 if trial.mix["point"] else 40.0)
    (row,) = [row for row in look("kinds").kinds if row.kind == "point"]
    assert row.worth.exchange.count.side == "fewer than"
    assert row.goals() == {"share": False, "worth": False}


@pytest.mark.parametrize(("masks", "met"), [(20, False), (30, True)])
def test_clicks_should_give_twice_their_hours_worth_of_masks(look, finish, pool, masks, met):
    finish_all(look("kinds", sizes="10,80"), finish, lambda trial: float(10 * np.log(trial.mix["full"] or masks)))
    (row,) = [row for row in look("kinds", sizes="10,80").kinds if row.kind == "point"]
    assert row.worth.exchange.count.masks == pytest.approx(masks)
    hours_buy = row.hours * 3600 / pool.mask_seconds  # 13 masks
    assert row.goals()["worth"] == (masks >= 2 * hours_buy) == met


def test_a_mix_is_judged_over_the_seeds_that_all_have(look, finish):
    found = look("mixes")
    moves = {0: -3.0, 1: 1.0, 2: 2.0}
    finish_all(found, finish, lambda trial: {"full": 50.0, "point": 30.0}[next(iter(trial.mix))[0]] + moves[trial.seed])
    for run in found.runs:
        if len(run.trial.mix.counts) == 2:
            finish(run.trial, 49.0 + moves[run.trial.seed] + 0.5 * run.trial.seed)
    (row,) = look("mixes").mixes
    assert (row.found.best, row.found.difference.seeds) == ("full", 3)
    assert row.found.difference.mean == pytest.approx(-0.5)
    assert row.found.verdict == "hurts"  # pairing takes the seeds' luck away
    finish(found.runs[0].trial, 0.0, status="failed")
    assert look("mixes").mixes[0].found.difference.seeds == 2


def test_hybrids_lead_until_masks_win(look, finish, pool):
    def miou(trial):
        hours = float(pool.seconds(trial)) / 3600
        if len(trial.mix.counts) == 2:
            return 50.0 + trial.seed + 0.1 * (trial.seed == 0)
        return 47.0 + 4 * np.log2(hours / 4) + trial.seed if trial.mix["full"] else 20.0

    finish_all(look("hours"), finish, miou)
    found = look("hours")
    hybrid = {row.budget_hours: row for row in found.hours if row.kinds == ("full", "point")}
    assert [row.lead.rival for row in hybrid.values()] == ["full"] * 3
    assert [round(row.lead.difference.mean) for row in hybrid.values()] == [7, 3, -1]
    assert [row.goal_met for row in hybrid.values()] == [True, True, False]
    assert hybrid[2.0].lead == hybrid[2.0].lead_over_masks
    win = found.masks_win["full", "point"]
    assert win.when == "within"
    assert win.hours == pytest.approx(4 * 2**0.75, rel=0.03)
    pure = {row.kinds[0]: row for row in found.hours if row.budget_hours == 8.0 and len(row.kinds) == 1}
    assert pure["point"].images == {"point": 400.0}
    assert pure["point"].hours < 3


def test_no_goal_is_set_beyond_its_hours(look, finish):
    found = look("hours", budgets="1,9")
    finish_all(found, finish, lambda _trial: 50.0)
    assert {row.goal_met for row in look("hours", budgets="1,9").hours} == {None}


def test_assumed_kinds_rival_only_hybrids_that_hold_them():
    pure = ("point", "coarse", "assisted", "full")
    assert rivals_of(("full", "point"), pure) == ("point", "full")
    assert rivals_of(("coarse", "point"), pure) == ("point", "coarse", "full")


def test_one_seed_says_so(look, finish):
    options = {"seeds": 1, "few_seeds": 1}
    finish_all(look("kinds", "mixes", "hours", **options), finish, lambda trial: 30.0 + len(trial.mix.counts))
    found = look("kinds", "mixes", "hours", **options)
    assert not found.missing
    assert all(row.miou.sd is None for row in found.kinds)
    assert all(row.worth.exchange.interval is None for row in found.kinds if row.worth)
    assert found.mixes[0].found.verdict == "one seed: no spread"
    assert all(row.lead.interval is None for row in found.hours if row.lead)


def test_states_of_run_folders(look, finish, setup, pool):
    trials = [run.trial for run in look("mixes").runs][:5]
    finish(trials[0], 40.0)
    finish(trials[1], None, status="interrupted")
    finish(trials[2], 40.0, fingerprint="another")
    (finish(trials[3], 40.0) / "result.json").unlink()
    found = find_runs(setup, pool, trials)
    assert [run.state for run in found] == ["finished", "stopped", "other settings", "stopped", "to run"]
    assert [run.miou for run in found] == [40.0, None, None, None, None]
    assert [run.trial for run in missing(found)] == [trials[1], trials[3], trials[4]]  # a stopped run goes on
    finish(trials[4], "much")
    with pytest.raises(InvalidInputError, match=r"result\.json: expected the miou"):
        find_runs(setup, pool, trials)
    with pytest.raises(InvalidInputError, match="--images-per-second"):
        find_runs(setup, pool, trials, 0.0)


def test_parts_share_the_runs_out(look):
    runs = look("mixes").runs
    shared = [part_of(runs, f"{part}/4") for part in (1, 2, 3, 4)]
    assert sorted(run.trial.name for part in shared for run in part) == sorted(run.trial.name for run in runs)
    assert max(map(len, shared)) - min(map(len, shared)) <= 1
    for wrong in ("0/2", "3/2", "1", "1/0", "a/b"):
        with pytest.raises(InvalidInputError, match="--part: expected K/N"):
            part_of(runs, wrong)


def test_hours_are_exact_fractions(look):
    assert Asked.of(budgets="0.1=0.3").budgets == ((Fraction(1, 10), Fraction(3, 10)),)
