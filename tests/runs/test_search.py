"""The two-stage strategy: labels are a search that is paid for, and a mask follows its own image's answer alone."""

from fractions import Fraction

import numpy as np
import pytest

from budgetseg.annotate.simulate import simulate
from budgetseg.costs.book import load_book
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.workload import Workload
from budgetseg.data.index import Index, index_images
from budgetseg.data.open import open_dataset
from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.runs.purchase import Market
from budgetseg.runs.search import buy_search

BOOK = load_book("voc2012")


def one_class_each(images=30):
    instances_NC = np.zeros((images, 4), np.int64)
    instances_NC[np.arange(images), 1 + np.arange(images) % 3] = 1
    return Index(
        ids=tuple(f"i{row:02d}" for row in range(images)), pixels_NC=instances_NC * 9, instances_NC=instances_NC
    )


def test_the_search_and_the_masks_fill_the_hours_in_the_order_of_purchase():
    index = one_class_each()
    market = Market(index, BOOK, {}, 0)
    workload = Workload.of(3, 1, 1)
    look, mask = (seconds_per_image(BOOK, kind, workload) for kind in ("image", "full"))
    whole = look + seconds_per_image(BOOK, "full", workload, held="image")
    assert whole >= mask
    asked = []

    def holds(image_id):
        asked.append(image_id)
        return int(image_id[1:]) % 3 == 0

    budget = 4 * whole + 9 * look
    bought = buy_search(market, holds, budget_seconds=budget, fixed_seconds=Fraction(0))
    order = [index.ids[row] for row in market.order]
    assert asked == order[: len(asked)]
    assert set(bought.image_ids) == set(asked)
    for image_id, kind, seconds in zip(bought.image_ids, bought.kinds, bought.seconds, strict=True):
        assert (kind == "full") == (int(image_id[1:]) % 3 == 0)
        assert seconds == (whole if kind == "full" else look)
    assert bought.spent_seconds <= budget < bought.spent_seconds + whole
    with pytest.raises(BudgetTooSmallError, match="labels and the mask of one image"):
        buy_search(market, holds, budget_seconds=look, fixed_seconds=Fraction(0))


def test_a_run_masks_what_its_annotators_found(small_run, photo_folder, recorder, tmp_path):
    small_run(strategy="two-stage", search_class="beetle", hours="0.6", train={"iterations": 1})
    (plan,) = recorder.plans
    assert plan.hours <= 0.6
    dataset = open_dataset(str(photo_folder))
    index = index_images(dataset, "train")
    beetle = dataset.classes.index("beetle")
    answers = simulate(dataset, dict.fromkeys(index.ids, "image"), seed=0).annotations
    rows = [line.split(",")[:2] for line in (tmp_path / "run" / "subset.csv").read_text().splitlines()[1:]]
    assert {kind for _, kind in rows} == {"full", "image"}
    assert all((kind == "full") == (beetle in answers[image_id].present) for image_id, kind in rows)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"strategy": "two-stage", "hours": "1"}, "--search-class"),
        ({"strategy": "point", "hours": "1", "search_class": "beetle"}, "--search-class"),
        ({"strategy": "two-stage", "search_class": "beetle"}, "--hours"),
        ({"strategy": "two-stage", "search_class": "beetel", "hours": "1"}, 'did you mean "beetle"'),
    ],
)
def test_what_it_must_be_told(small_run, settings, words):
    with pytest.raises(InvalidInputError, match=words):
        small_run(**settings)
