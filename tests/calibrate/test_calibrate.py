"""Rates from times: known truths, idle time, few tasks, rates that cannot be told apart, real squiggles."""

from dataclasses import replace
from math import log

import numpy as np
import pytest

from budgetseg.calibrate.book_text import book_text
from budgetseg.calibrate.calibrate import calibrate
from budgetseg.calibrate.check import drawn_truths, least_errors, look, main
from budgetseg.calibrate.coverage import main as coverage
from budgetseg.calibrate.coverage import means_of
from budgetseg.calibrate.effect import effects
from budgetseg.calibrate.resample import stretch_of, weights
from budgetseg.calibrate.synthetic import CLICKS, TRUTH, table_of, tasks_of
from budgetseg.calibrate.timings import read_timings
from budgetseg.costs.book import load_book
from budgetseg.costs.overrun import expected_seconds
from budgetseg.costs.workload import PASCAL_VOC_2012, Workload

PRIOR = load_book("voc2012")


def measured(timings, prior=PRIOR, **options):
    return calibrate(timings, prior, np.random.default_rng(0), draws=100, **options)


def timings_of(tmp_path, text, **options):
    path = tmp_path / "timings.csv"
    path.write_text(text)
    return read_timings(path, **options)


@pytest.mark.parametrize("truths", [[TRUTH] * 12, drawn_truths(TRUTH, 12, np.random.default_rng(5))])
def test_known_rates_are_found_and_intervals_hold_them(truths):
    """The whole of it, on 50 seeds, is python -m budgetseg.calibrate.check."""
    found = look(truths, 400, draws=100)
    assert (np.median(found.mean_error_SP, axis=0) <= 0.12).all()
    assert (np.median(found.median_error_SP, axis=0) <= 0.12).all()
    # Of 36 intervals that hold with 0.8 each; 0.6 to 0.95 are three standard deviations.
    assert 0.6 <= found.mean_held_SP.mean() <= 0.95
    assert 0.6 <= found.median_held_SP.mean() <= 0.95
    assert found.idle_S.mean() == pytest.approx(0.03, abs=0.01)


def test_the_prior_pulls_less_as_tasks_grow():
    truths = drawn_truths(TRUTH, 2, np.random.default_rng(2))
    few, more, many = (look(truths, tasks, draws=2) for tasks in (20, 400, 4000))
    assert (few.prior_weight_SP > more.prior_weight_SP).all()
    assert (more.prior_weight_SP > many.prior_weight_SP).all()
    assert many.prior_weight_SP.max() < 0.01
    assert many.mean_error_SP.max() <= 0.08


def test_the_check_prints_its_figures(capsys):
    main(["1", "20", "30"])
    out = capsys.readouterr().out
    assert out.count("held in all") == 12
    assert "drawn rates; 30 tasks x 1" in out


def test_tasks_put_together_give_the_means_of_the_check(capsys):
    error_SP, held_SP = means_of(TRUTH, 400, range(6), draws=100)
    found = look([TRUTH] * 6, 400, draws=100)
    np.testing.assert_allclose(np.abs(error_SP), found.mean_error_SP, atol=2e-3)  # the noise's size is known here
    assert (held_SP == found.mean_held_SP).mean() > 0.9
    coverage(["3", "100"])
    assert capsys.readouterr().out.count("held") == 6


def test_one_task_moves_a_rate_as_far_as_the_prior_lets_it(tmp_path):
    header = "level,granularity,seconds,n_classes_asked,n_classes_present,n_first_points\n"
    one = measured(timings_of(tmp_path, header + "point,image-class,7.2,1,1,1\n"))
    rate = one.rates["first_click_s"]
    # Both are normal in the logarithm: the prior's variance is 0.5^2, the task's spread is the usual 0.5 of few tasks.
    assert 2.4 < rate.mean < 7.2
    assert 0 < rate.prior_weight < 1
    assert rate.low < rate.mean < rate.high
    assert any("no annotator is named" in warning for warning in one.warnings)


def test_idle_time_is_left_out_and_told():
    truth = replace(TRUTH, idle_share=0.0)
    clean = tasks_of(truth, 300, np.random.default_rng(1))
    left = np.zeros(300)
    left[[5, 50, 200]] = 600
    idle = replace(clean, seconds_N=clean.seconds_N + left)
    without, found = measured(clean), measured(idle)
    assert without.idle_tasks == 0
    assert without.time.idle == 0
    assert found.idle_tasks == 3
    assert found.time.idle == pytest.approx(1800, rel=0.01)
    assert found.time.billable == pytest.approx(idle.seconds_N.sum())
    assert found.time.labelling == pytest.approx(clean.seconds_N.sum(), rel=0.01)
    for name in CLICKS:
        assert found.rates[name].mean == pytest.approx(without.rates[name].mean, rel=0.05)
    capped = measured(idle, idle_cap=100.0)
    assert capped.idle_tasks == 3
    assert capped.time.billable == found.time.billable
    kept = measured(idle, idle_cap="none")
    assert kept.time.idle == 0
    assert kept.rates["label_s"].mean > 1.5 * without.rates["label_s"].mean
    assert kept.rates["label_s"].median == pytest.approx(without.rates["label_s"].median, rel=0.1)


def test_other_than_first_passes_are_counted_and_not_fitted():
    clean = tasks_of(replace(TRUTH, idle_share=0.0), 300, np.random.default_rng(1))
    odd_N = np.arange(300) % 10 == 0
    marks = {name: odd_N & (np.arange(300) % 3 == place) for place, name in enumerate(clean.marks)}
    mixed = replace(clean, marks=marks, seconds_N=np.where(odd_N, 1000.0, clean.seconds_N))
    found = measured(mixed)
    assert found.tasks == 270
    assert found.time.skipped == found.time.updates == found.time.corrections == 10_000
    assert found.rates == measured(clean.chosen(~odd_N)).rates
    assert found.time.per_labelling == pytest.approx(mixed.seconds_N.sum() / clean.seconds_N[~odd_N].sum())


def test_a_job_counts_as_one_task_with_all_its_acts():
    """80 jobs of very different tasks, of which only the sums are known, shared out evenly as CVAT's are."""
    rng = np.random.default_rng(6)
    alone = tasks_of(replace(TRUTH, idle_share=0.0), 1600, rng)
    job_N = rng.permutation(np.repeat(np.arange(80), 20))
    mean_J = np.bincount(job_N, alone.seconds_N) / 20
    who_N = np.array([f"a{job % 8}" for job in job_N])
    jobs = replace(alone, annotator_N=who_N, seconds_N=mean_J[job_N], job_N=np.array([f"j{job}" for job in job_N]))
    found = measured(jobs)
    assert (found.tasks, found.measurements) == (1600, 80)
    assert found.rates["first_click_s"].tasks == alone.counts["n_first_points"].sum()
    assert found.time.labelling == pytest.approx(alone.seconds_N.sum())
    for name, mean in TRUTH.means.items():
        assert found.rates[name].low * 0.9 <= mean <= found.rates[name].high * 1.1
    # The same shares taken for times of single tasks: an act more changes nothing.
    assert measured(replace(jobs, job_N=np.full(1600, ""))).rates["extra_click_s"].mean < 0.5 * TRUTH.extra_click_s
    by_hand = [alone.chosen(job_N == job) for job in (0, 1)]
    two = measured(jobs.chosen(job_N < 2))
    assert two.measurements == 2
    assert two.time.billable == pytest.approx(sum(each.seconds_N.sum() for each in by_hand))


def test_a_cap_is_on_a_task_not_on_a_job():
    alone = tasks_of(replace(TRUTH, idle_share=0.0), 60, np.random.default_rng(6))
    job_N = np.repeat(["a", "b", "c"], 20)
    even = replace(alone, seconds_N=np.repeat([3.0, 3.0, 12.0], 20), job_N=job_N)
    found = measured(even, idle_cap=6.0)
    assert found.idle_tasks == 20
    assert found.time.labelling == pytest.approx(60 + 60 + 120)


def test_rates_that_go_together_are_warned_of_and_split_as_in_the_prior(tmp_path):
    rng = np.random.default_rng(0)
    header = "level,seconds,annotator,n_classes_asked,n_classes_present,n_first_points\n"
    rows = [
        f"point,{seconds:.2f},a{row % 4},3,1,1\n" for row, seconds in enumerate(9 * np.exp(0.2 * rng.normal(size=80)))
    ]
    found = measured(timings_of(tmp_path, header + "".join(rows)))
    label, click = found.rates["label_s"].mean, found.rates["first_click_s"].mean
    assert 2 * label + click == pytest.approx(9, rel=0.1)
    prior_click = expected_seconds(PRIOR.rates["first_click_s"])  # a median in that book
    # On the line 2 label + click = sum, the point that is nearest to the prior in the logarithms.
    line = np.linspace(0.1, label + click / 2 - 0.1, 100_000)
    nearest = line[np.argmin(np.log(line) ** 2 + np.log((2 * label + click - 2 * line) / prior_click) ** 2)]
    assert label == pytest.approx(nearest, rel=0.01)
    assert any("label_s and first_click_s cannot be told apart" in warning for warning in found.warnings)
    assert not any("told apart" in warning for warning in measured(tasks_of(TRUTH, 100, rng)).warnings)


def test_few_people_widen_the_intervals():
    assert stretch_of(1) == 1
    assert stretch_of(2) > stretch_of(4) > stretch_of(30) > 1
    assert stretch_of(1000) == pytest.approx(1, abs=0.01)
    same = tasks_of(replace(TRUTH, annotators=20), 600, np.random.default_rng(4))
    differ = tasks_of(replace(TRUTH, annotators=20, speed_log_sd=0.5), 600, np.random.default_rng(4))
    width = [measured(each).rates["first_click_s"] for each in (same, differ)]
    assert log(width[1].high / width[1].low) > 2 * log(width[0].high / width[0].low)
    assert measured(differ).speed_log_sd == pytest.approx(0.5, abs=0.2)
    assert measured(same).speed_log_sd < 0.1


def test_the_interval_of_a_plain_median_is_that_of_a_bootstrap(tmp_path):
    """Of times with few in the middle, where the fit beneath is known far better than their median."""
    rng = np.random.default_rng(3)
    seconds_N = 5 * np.exp(np.where(rng.random(401) < 0.5, 0.7, -0.7) + 0.3 * rng.standard_normal(401))
    text = "seconds\n" + "".join(f"{seconds:.6f}\n" for seconds in seconds_N)
    table = timings_of(tmp_path, text, act="squiggle_s")
    rate = calibrate(table, PRIOR, np.random.default_rng(0), idle_cap="none").rates["squiggle_s"]
    drawn = np.median(rng.choice(seconds_N, (4000, 401)), axis=1)
    low, high = np.quantile(drawn, [0.1, 0.9])
    assert rate.median == pytest.approx(np.median(seconds_N), rel=0.01)
    assert log(rate.median_high / rate.median_low) == pytest.approx(log(high / low), rel=0.25)


def test_the_least_error_is_that_of_a_mean_where_each_task_is_one_act():
    """Of n times with noise of 0.3 in the logarithm half the means lie within 0.6745 x 0.3 / sqrt(n)."""
    one = tasks_of(TRUTH, 900, np.random.default_rng(0))
    absent_N, extra_N = one.counts["n_classes_present"] == 0, one.counts["n_extra_points"] > 0
    first_N = np.where(extra_N, 0.0, one.counts["n_first_points"])
    counts = {**one.counts, "n_first_points": first_N, "n_classes_asked": (absent_N | (first_N > 0)).astype(float)}
    pure = replace(one, counts={**counts, "n_extra_points": extra_N.astype(float)})
    wanted = [0.6745 * 0.3 / np.sqrt(rows_N.sum()) for rows_N in (absent_N, first_N > 0, extra_N)]
    np.testing.assert_allclose(least_errors(TRUTH, pure), wanted, rtol=1e-9)


def test_whole_annotators_are_drawn():
    annotator_N = np.array(["a", "b", "a", "c", "b", "c", "c"])
    weight_BN = weights(annotator_N, 50, np.random.default_rng(0))
    for name in "abc":
        assert (np.ptp(weight_BN[:, annotator_N == name], axis=1) == 0).all()
    assert (weight_BN[:, [0, 1, 3]].sum(axis=1) == 3).all()


def test_the_book_says_what_was_measured(tmp_path):
    found = measured(tasks_of(TRUTH, 300, np.random.default_rng(1)))
    path = tmp_path / "mine.toml"
    path.write_text(book_text(found, path))
    book = load_book(path)
    text = path.read_text()
    assert text.index("[rates.extra_click_s]") < text.index("[medians]")
    for name, rate in found.rates.items():
        assert float(book.rates[name].seconds) == pytest.approx(rate.mean, rel=1e-5)
        assert float(book.rates[name].low) == pytest.approx(rate.low, rel=1e-5)
        assert float(book.rates[name].high) == pytest.approx(rate.high, rel=1e-5)
        assert book.rates[name].statistic == "mean"
        assert float(book.medians[name]) == pytest.approx(rate.median, rel=1e-5)
    assert book.rates["polygon_s"] == PRIOR.rates["polygon_s"]
    assert float(book.labour.paid_per_labelling) == pytest.approx(found.time.per_labelling, rel=1e-4)
    path.write_text(book_text(found, path, time="billable"))
    billable = load_book(path)
    assert float(billable.rates["label_s"].seconds) == pytest.approx(
        found.rates["label_s"].mean * found.time.per_labelling, rel=1e-5
    )
    assert billable.labour.paid_per_labelling == 1
    path.write_text(book_text(found, path, statistic="median"))
    assert load_book(path).rates["label_s"].statistic == "median"


def test_a_book_can_be_the_prior_of_the_next(tmp_path):
    (tmp_path / "a").mkdir()
    first = tmp_path / "a" / 'first "quoted".toml'
    first.write_text(book_text(measured(tasks_of(TRUTH, 60, np.random.default_rng(1))), first))
    second = tmp_path / "second.toml"
    prior = load_book(first)
    second.write_text(book_text(measured(tasks_of(TRUTH, 60, np.random.default_rng(2)), prior), second))
    assert load_book(second).rates["polygon_s"] == PRIOR.rates["polygon_s"]
    assert 'extends = "a/first \\"quoted\\".toml"' in second.read_text()


def test_what_hours_buy_by_means_and_medians():
    found = measured(tasks_of(replace(TRUTH, noise_log_sd=0.6), 600, np.random.default_rng(1)))
    (point,) = (effect for effect in effects(found, PASCAL_VOC_2012, 3600 * 10) if effect.kind == "point")
    rates = {name: found.rates[name] for name in ("label_s", "first_click_s")}
    means = 18.5 * rates["label_s"].mean + 1.5 * rates["first_click_s"].mean
    medians = 18.5 * rates["label_s"].median + 1.5 * rates["first_click_s"].median
    assert point.seconds_of["prior"] == pytest.approx(22.1)
    assert point.images_of["means"] == int(36_000 / means)
    assert point.images_of["medians"] == int(36_000 / medians) > point.images_of["means"]
    assert point.hours_of_promised == pytest.approx(point.images_of["medians"] * means / 3600)


def test_the_real_squiggles(shared):
    path = shared / "data" / "whats-the-point" / "squiggle_seconds.csv.gz"
    timings = read_timings(path, act="squiggle_s")
    assert len(timings) == 18_605
    found = calibrate(timings, PRIOR, np.random.default_rng(0), idle_cap="none", draws=20)
    rate = found.rates["squiggle_s"]
    assert rate.mean == pytest.approx(10.87, abs=0.005)
    assert rate.median == pytest.approx(7.13, abs=0.005)
    assert rate.log_sd == pytest.approx(0.642, abs=0.001)
    (squiggle,) = effects(found, Workload.of(20, "1.5", "2.8"), round(58.79 * 3600))
    assert squiggle.images_of == {"prior": 6072, "means": 6081, "medians": 7248}
    assert squiggle.hours_of_promised == pytest.approx(70.1, abs=0.05)


def test_a_table_written_is_the_table_read(tmp_path):
    made = tasks_of(TRUTH, 50, np.random.default_rng(0))
    read = timings_of(tmp_path, table_of(made))
    np.testing.assert_allclose(read.seconds_N, made.seconds_N, atol=1e-3)
    assert {name: column.tolist() for name, column in read.counts.items()} == {
        name: column.tolist() for name, column in made.counts.items()
    }
    assert (read.annotator_N == made.annotator_N).all()
    assert read.by_class_N.all()
