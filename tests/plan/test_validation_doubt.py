"""What is measured scatters around what was trained: against draws, and as `costs validation` has it."""

import numpy as np
import pytest

from budgetseg.costs.book import load_book
from budgetseg.costs.validation import MEASURED, spreads_of, validation_size
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.plan.coverage import Frequencies
from budgetseg.plan.plan import Prediction
from budgetseg.plan.validation_doubt import spreads_for, validation_doubt

SPREADS = spreads_of(PASCAL_VOC_2012, {})
Z80 = 1.2816


def test_it_is_the_quantile_of_both_doubts_drawn() -> None:
    predicted = Prediction(mean=50.0, low=50 - 4 * Z80, high=50 + 4 * Z80, level=0.8)
    doubt = validation_doubt(SPREADS, 100, predicted)
    rng = np.random.default_rng(0)
    measured = rng.normal(50, 4, 200_000) + rng.normal(0, doubt.miou_sd, 200_000)
    assert np.quantile(measured, [0.1, 0.9]) == pytest.approx([doubt.low, doubt.high], abs=0.05)
    assert doubt.within == pytest.approx(Z80 * doubt.miou_sd, rel=1e-3)


def test_as_many_images_as_are_asked_for_a_precision_give_it() -> None:
    size = validation_size(load_book("voc2012"), PASCAL_VOC_2012, SPREADS, precision=2.0, level=0.8)
    predicted = Prediction(mean=50.0, low=40.0, high=60.0, level=0.8)
    assert validation_doubt(SPREADS, size.images, predicted).within == pytest.approx(2.0, abs=0.02)
    assert validation_doubt(MEASURED, 10**9, predicted).low == pytest.approx(40.0, abs=1e-3)


def test_it_stays_an_miou() -> None:
    doubt = validation_doubt(SPREADS, 1, Prediction(mean=2.0, low=1.0, high=99.0, level=0.8))
    assert doubt.low == 0
    assert doubt.high == 100


def test_classes_count_as_often_as_they_are_there_and_absent_ones_not() -> None:
    evenly = spreads_for(Frequencies(named={}, others=20, other_share=0.075))
    assert evenly is not None
    assert evenly.variance_of_one_image == pytest.approx(SPREADS.variance_of_one_image)
    counted = spreads_for(Frequencies(named={"cat": 0.5, "cow": 0.25, "emu": 0.0}))
    assert counted is not None
    assert [(one.name, one.share) for one in counted.objects] == [("cat", 0.5), ("cow", 0.25)]
    assert spreads_for(Frequencies(named={"emu": 0.0})) is None
