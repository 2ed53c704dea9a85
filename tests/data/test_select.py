from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.data import VOID, Instances, Selection, Split, index_images, open_dataset
from budgetseg.data.check import problems
from budgetseg.errors import BudgetsegError, InvalidInputError

Make = Callable[..., Path]
Plain = Callable[..., np.ndarray]
NAMES = ("background", "ant", "bee", "cat", "dog", "elk")


class Made:
    """A data set in memory: masks by id, every object class one instance."""

    name = "made"
    classes = NAMES
    source_classes = (0, 10, 20, 30, 40, 50)
    notes = ("made up",)

    def __init__(self, masks: list[np.ndarray]) -> None:
        self.masks = {f"{k:03}": mask_HW for k, mask_HW in enumerate(masks)}

    def ids(self, split: Split) -> tuple[str, ...]:  # the same images in both
        return tuple(self.masks)

    def image(self, image_id: str) -> np.ndarray:
        return np.repeat(self.masks[image_id][..., None], 3, axis=2)

    def mask(self, image_id: str) -> np.ndarray:
        return self.masks[image_id].copy()

    def instances(self, image_id: str) -> Instances:
        mask_HW = self.masks[image_id]
        present = [c for c in range(1, 6) if (mask_HW == c).any()]
        map_HW = np.zeros(mask_HW.shape, np.int32)
        for k, c in enumerate(present):
            map_HW[mask_HW == c] = k + 1
        return Instances(classes=tuple(present), map_HW=map_HW)


masks = st.lists(
    st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, VOID]), min_size=6, max_size=6).map(
        lambda labels: np.array(labels, np.uint8).reshape(2, 3)
    ),
    max_size=12,
)
choices = st.lists(st.sampled_from(NAMES[1:]), min_size=1, max_size=5, unique=True)


@given(masks=masks, names=choices, limit=st.none() | st.integers(1, 6))
@settings(max_examples=200, deadline=None)
def test_selecting_classes_keeps_names_pixels_and_instances(
    masks: list[np.ndarray], names: list[str], limit: int | None
) -> None:
    made = Made(masks)
    selection = Selection(made, classes=names, limit=limit)
    assert selection.classes == ("background", *names)
    assert selection.notes == ("made up",)
    expected = []
    for image_id, mask_HW in made.masks.items():
        objects = {NAMES[label] for label in set(mask_HW.ravel().tolist()) - {0, VOID}}
        if objects and objects <= set(names):
            expected.append(image_id)
    assert selection.ids("val") == tuple(expected)
    assert selection.ids("train") == tuple(expected[:limit])
    for image_id in selection.ids("val"):
        old_HW, new_HW = made.mask(image_id), selection.mask(image_id)
        for old, new in zip(old_HW.ravel().tolist(), new_HW.ravel().tolist(), strict=True):
            assert (old == new == VOID) or NAMES[old] == selection.classes[new]
            assert old == VOID or made.source_classes[old] == selection.source_classes[new]
        instances = selection.instances(image_id)
        for k, class_index in enumerate(instances.classes):
            np.testing.assert_array_equal(instances.map_HW == k + 1, new_HW == class_index)
        assert set(instances.classes) == set(new_HW.ravel().tolist()) - {0, VOID}


def test_a_selection_of_a_selection_still_maps_back_to_the_files() -> None:
    made = Made([np.array([[3, 5]], np.uint8)])
    twice = Selection(Selection(made, classes=("elk", "bee", "cat")), classes=("cat", "elk"))
    assert twice.ids("train") == ("000",)
    assert twice.source_classes == (0, 30, 50)
    np.testing.assert_array_equal(twice.mask("000"), [[1, 2]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": ("cta",)}, r'--classes: unknown class "cta" \(did you mean "cat"\?\)'),
        ({"classes": ("cat", "cat")}, r'--classes: "cat" is named twice'),
        ({"classes": ("background", "cat")}, r'--classes: "background" is always class 0'),
        ({"limit": 0}, r"--limit: expected at least 1 training image, got 0"),
    ],
)
def test_bad_choices_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message) as caught:
        Selection(Made([]), **options)  # type: ignore[arg-type]
    assert isinstance(caught.value, BudgetsegError)
    assert caught.value.exit_code == 2


def test_the_limit_counts_in_the_order_of_the_list_and_leaves_validation_alone(make_voc: Make, plain: Plain) -> None:
    root = make_voc({"z": plain(3), "y": plain(8), "a": plain(8), "b": plain(8)}, {"v": plain(8), "w": plain(8)})
    dataset = open_dataset(root, limit=2)
    assert dataset.ids("train") == ("y", "z")
    assert dataset.ids("val") == ("v", "w")
    assert open_dataset(root, classes=("cat",), limit=2).ids("train") == ("a", "y")
    assert open_dataset(root, limit=50).ids("train") == ("a", "b", "y", "z")


def test_an_unreadable_mask_is_kept_for_the_check_to_name(make_voc: Make, plain: Plain) -> None:
    root = make_voc({"a": plain(8), "b": plain(3), "c": plain(8)}, {"v": plain(8)})
    (root / "SegmentationClass/a.png").write_bytes(b"broken")
    (root / "SegmentationClass/b.png").unlink()
    dataset = open_dataset(root, classes=("cat",))
    assert dataset.ids("train") == ("a", "b", "c")
    assert [Path(each.file).name for each in problems(dataset, "train")] == ["a.png", "b.png"]


def test_the_index_counts_pixels_classes_and_instances(make_voc: Make, plain: Plain) -> None:
    mask_HW = plain(8, 8, 12)
    mask_HW[0, :5] = VOID
    root = make_voc({"a": mask_HW, "b": plain(12)}, {"v": plain(8)})
    index = index_images(open_dataset(root, classes=("dog", "cat")), "train")
    assert index.ids == ("a", "b")
    assert index.classes_asked == 2
    np.testing.assert_array_equal(index.pixels_NC, [[192 - 5 - 72, 24, 48], [192 - 24, 24, 0]])
    np.testing.assert_array_equal(index.instances_NC, [[0, 1, 2], [0, 1, 0]])
    np.testing.assert_array_equal(index.classes_present_N, [2, 1])
    np.testing.assert_array_equal(index.instances_N, [3, 1])
