"""A series of runs opens a data set once, and another one when its turn comes."""

import pytest

from budgetseg.data.open import open_dataset
from budgetseg.runs import opening
from budgetseg.runs.config import spec_of_settings
from budgetseg.runs.opening import OpenOnce
from budgetseg.runs.series import Job, carry_out_all
from budgetseg.runs.spec import Execution


@pytest.fixture
def opened(monkeypatch):
    """Names of the data sets opened, in order."""
    names = []

    def counted(name, **options):
        names.append((name, options["limit"]))
        return open_dataset(name, **options)

    monkeypatch.setattr(opening, "open_dataset", counted)
    return names


def spec(**settings):
    base = {"run.dataset": "scenes:train=8,val=2,height=48,width=48", "run.strategy": "full", "run.images": "4"}
    train = {"train.iterations": "1", "train.batch": "2", "train.crop": "48"}
    return spec_of_settings(base | train | {f"run.{name}": value for name, value in settings.items()})


def test_other_seeds_and_kinds_share_a_data_set_and_other_limits_do_not(opened):
    opener = OpenOnce()
    first = opener(spec(), print)
    assert opener(spec(seed="1", strategy="point"), print) is first
    assert opener(spec(limit="5"), print).index.ids == first.index.ids[:5]
    assert opener(spec(), print) is not first
    assert [limit for _, limit in opened] == [None, 5, None]


def test_a_series_opens_once_and_gives_what_single_runs_give(opened, tmp_path, recorder):
    from budgetseg.runs.run import run

    def job(name, seed):
        execution = Execution(folder=tmp_path / name, device="cpu")
        return Job(name=name, spec=lambda: spec(seed=seed), execution=execution, announcement=name)

    carry_out_all([job("a", "0"), job("b", "1")], recorder, "runs")
    assert len(opened) == 1
    alone = run(spec(seed="1"), Execution(folder=tmp_path / "alone", device="cpu"), recorder)
    both = [(tmp_path / name / "confusion.npy").read_bytes() for name in ("b", "alone")]
    assert both[0] == both[1]
    assert alone["miou"] > 0
