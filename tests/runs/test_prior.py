"""A prior is used, and paid for, where something is left for it to say."""

from dataclasses import replace

import pytest

from budgetseg.runs.config import spec_of_settings
from budgetseg.runs.prior import objectness_for, prior_seconds

SPEC = spec_of_settings({"run.objectness": "center", "run.objectness_seconds": "90"})


@pytest.mark.parametrize(
    ("kinds", "used"),
    [
        (["full"], False),
        (["assisted", "coarse", "full"], False),
        (["box"], False),
        (["point"], True),
        (["full", "image"], True),
        (["squiggle", "box"], True),
    ],
)
def test_masks_need_no_prior(kinds, used):
    assert objectness_for(SPEC, kinds) == ("center" if used else "none")
    assert prior_seconds(SPEC, kinds) == (90 if used else 0)


def test_boxes_hear_a_prior_that_speaks_of_all_pixels():
    everywhere = replace(SPEC, train=replace(SPEC.train, objectness_where="all"))
    assert objectness_for(everywhere, ["box", "full"]) == "center"
    assert objectness_for(everywhere, ["full"]) == "none"
