import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from budgetseg.data.boxes import Box
from budgetseg.data.dataset import VOID
from budgetseg.data.instances import SMALLEST_COMPONENT_PIXELS, box_owners, components, find_instances


def flooded(region_HW: np.ndarray) -> list[set[tuple[int, int]]]:
    """8-connected components by flood fill, in scan order."""
    left = set(zip(*np.nonzero(region_HW), strict=True))
    found = []
    for start in sorted(left):
        if start not in left:
            continue
        component, todo = set(), [start]
        left.remove(start)
        while todo:
            y, x = todo.pop()
            component.add((int(y), int(x)))
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            todo += near
        found.append(component)
    return found


def pixels_of(owner_HW: np.ndarray, number: int) -> set[tuple[int, int]]:
    return {(int(y), int(x)) for y, x in zip(*np.nonzero(owner_HW == number), strict=True)}


regions = st.builds(
    lambda seed, share, height, width: np.random.default_rng(seed).random((height, width)) < share,
    st.integers(0, 2**32 - 1),
    st.floats(0.05, 0.7),
    st.integers(1, 25),
    st.integers(1, 25),
)


@given(region_HW=regions)
@settings(max_examples=150, deadline=None)
def test_components_are_those_of_a_flood_fill(region_HW: np.ndarray) -> None:
    if not region_HW.any():
        region_HW[0, 0] = True
    every = flooded(region_HW)
    expected = [c for c in every if len(c) >= 10] or [max(every, key=len)]
    owner_HW, number = components(region_HW)
    got = [pixels_of(owner_HW, k + 1) for k in range(number)]
    if len(expected) == 1 and len(expected[0]) < 10:
        assert len(got) == 1
        assert len(got[0]) == len(expected[0])
        assert got[0] in every
    else:
        assert sorted(map(sorted, got)) == sorted(map(sorted, expected))
    assert owner_HW.max() == number


@pytest.mark.parametrize(("pixels", "instances"), [(9, 1), (10, 2)])
def test_a_second_region_counts_from_ten_pixels(pixels: int, instances: int) -> None:
    mask_HW = np.zeros((8, 30), np.uint8)
    mask_HW[1:5, 1:8] = 3
    mask_HW[6, 10 : 10 + pixels] = 3
    assert SMALLEST_COMPONENT_PIXELS == 10
    assert find_instances(mask_HW).instances.classes == (3,) * instances


def test_diagonal_touch_joins_and_void_separates() -> None:
    mask_HW = np.zeros((12, 12), np.uint8)
    mask_HW[0:4, 0:4] = 1
    mask_HW[4:8, 4:8] = 1
    assert find_instances(mask_HW).instances.classes == (1,)
    mask_HW[3, 3] = VOID
    assert find_instances(mask_HW).instances.classes == (1, 1)


boxes_of_class_2 = st.lists(
    st.builds(
        lambda x, y, w, h: Box(2, x, y, x + w, y + h),
        st.floats(-2, 14),
        st.floats(-2, 10),
        st.floats(0.5, 12),
        st.floats(0.5, 12),
    ),
    min_size=1,
    max_size=5,
)


@given(region_HW=arrays(bool, (10, 14)), boxes=boxes_of_class_2)
@settings(max_examples=100, deadline=None)
def test_a_pixel_belongs_to_the_smallest_box_that_holds_it_else_to_the_nearest(
    region_HW: np.ndarray, boxes: list[Box]
) -> None:
    owner_HW, number = box_owners(region_HW, boxes)
    assert number == len(boxes)
    assert ((owner_HW > 0) == region_HW).all()

    def area(box: Box) -> float:
        return (box.xmax - box.xmin) * (box.ymax - box.ymin)

    for y, x in zip(*np.nonzero(region_HW), strict=True):
        owner = boxes[owner_HW[y, x] - 1]
        px, py = x + 0.5, y + 0.5
        holding = [b for b in boxes if b.xmin <= px <= b.xmax and b.ymin <= py <= b.ymax]
        if holding:
            assert owner in holding
            assert area(owner) == min(map(area, holding))
        else:
            gaps = [np.hypot(px - np.clip(px, b.xmin, b.xmax), py - np.clip(py, b.ymin, b.ymax)) for b in boxes]
            assert gaps[owner_HW[y, x] - 1] == pytest.approx(min(gaps), abs=1e-6)


def test_a_listed_box_counts_even_when_it_is_hidden_and_is_ignored_when_its_class_is_absent() -> None:
    mask_HW = np.zeros((20, 20), np.uint8)
    mask_HW[5:10, 5:10] = 2
    boxes = (Box(2, 5, 5, 10, 10), Box(2, 0, 0, 20, 20), Box(7, 0, 0, 3, 3))
    found = find_instances(mask_HW, boxes=boxes)
    assert found.instances.classes == (2, 2)
    assert (found.boxed, found.connected, found.drawn) == (2, 0, 0)
    assert set(np.unique(found.instances.map_HW)) == {0, 1}


def test_a_class_without_a_listed_box_falls_back_to_its_regions() -> None:
    mask_HW = np.zeros((20, 40), np.uint8)
    mask_HW[2:8, 2:8] = 2
    mask_HW[2:8, 12:18] = 5
    mask_HW[12:18, 12:18] = 5
    found = find_instances(mask_HW, boxes=(Box(2, 2, 2, 8, 8),))
    assert found.instances.classes == (2, 5, 5)
    assert (found.boxed, found.connected) == (1, 2)
    assert [set(np.unique(mask_HW[found.instances.map_HW == k])) for k in (1, 2, 3)] == [{2}, {5}, {5}]


def test_drawn_objects_win_over_boxes_and_regions() -> None:
    mask_HW = np.zeros((20, 40), np.uint8)
    mask_HW[2:10, 2:30] = 4
    mask_HW[12:18, 2:10] = 9
    object_HW = np.zeros_like(mask_HW)
    object_HW[2:10, 2:12], object_HW[2:10, 12:30], object_HW[12:18, 2:10] = 1, 3, 2
    object_HW[2, :] = VOID
    found = find_instances(mask_HW, object_HW=object_HW, boxes=(Box(4, 0, 0, 40, 20),))
    assert found.instances.classes == (4, 4, 9)
    assert (found.drawn, found.boxed, found.connected) == (3, 0, 0)
    map_HW = found.instances.map_HW
    assert ((map_HW == 1) == (object_HW == 1)).all()
    assert ((map_HW == 2) == (object_HW == 3)).all()
    assert ((map_HW == 3) == (object_HW == 2)).all()


def test_a_class_that_nobody_drew_still_has_an_instance() -> None:
    mask_HW = np.zeros((10, 20), np.uint8)
    mask_HW[2:8, 2:8] = 1
    mask_HW[4, 15] = 6
    object_HW = np.where(mask_HW == 1, 1, 0).astype(np.uint8)
    found = find_instances(mask_HW, object_HW=object_HW)
    assert found.instances.classes == (1, 6)
    assert found.instances.map_HW[4, 15] == 2


masks = arrays(np.uint8, (9, 11), elements=st.sampled_from([0, 0, 1, 2, 7, VOID]))


@given(mask_HW=masks, object_HW=arrays(np.uint8, (9, 11), elements=st.integers(0, 4)), draws=st.booleans())
@settings(max_examples=100, deadline=None)
def test_every_present_class_has_an_instance_and_owners_lie_on_their_class(
    mask_HW: np.ndarray, object_HW: np.ndarray, draws: bool
) -> None:
    found = find_instances(mask_HW, object_HW=object_HW if draws else None)
    instances = found.instances
    assert set(instances.classes) == set(np.unique(mask_HW).tolist()) - {0, VOID}
    assert instances.map_HW.dtype == np.int32
    assert instances.map_HW.min() >= 0
    assert instances.map_HW.max() <= len(instances.classes)
    for k, class_index in enumerate(instances.classes):
        assert (mask_HW[instances.map_HW == k + 1] == class_index).all()
    assert found.drawn + found.boxed + found.connected == len(instances.classes)
