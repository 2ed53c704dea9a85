"""Overlaps against a plain rule for each pixel: the smallest object there, of equal ones the last."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from budgetseg.data.dataset import VOID
from budgetseg.data.layers import stack

region = arrays(np.bool_, (4, 5))


@given(regions=st.lists(region, max_size=5), void=st.lists(region, max_size=2), data=st.data())
@settings(max_examples=200, deadline=None)
def test_each_pixel_shows_the_smallest_object(regions: list, void: list, data: st.DataObject) -> None:
    classes = data.draw(st.lists(st.integers(1, 3), min_size=len(regions), max_size=len(regions)))
    mask_HW, instances = stack(regions, classes, void, (4, 5))
    owners = np.full((4, 5), -1)
    for y, x in np.ndindex(4, 5):
        there = [k for k, each in enumerate(regions) if each[y, x]]
        if there:
            least = min(regions[k].sum() for k in there)
            owners[y, x] = [k for k in there if regions[k].sum() == least][-1]
            assert mask_HW[y, x] == classes[owners[y, x]]
        else:
            assert mask_HW[y, x] == (VOID if any(each[y, x] for each in void) else 0)
    seen = {classes[k] for k in np.unique(owners).tolist() if k >= 0}
    kept = [k for k in range(len(regions)) if classes[k] in seen]
    assert instances.classes == tuple(classes[k] for k in kept)
    for number, k in enumerate(kept, start=1):
        np.testing.assert_array_equal(instances.map_HW == number, owners == k)
