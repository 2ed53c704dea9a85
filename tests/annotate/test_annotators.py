"""What every simulated annotator must do, run over the registry."""

import numpy as np
import pytest

from budgetseg.annotate import ANNOTATORS, HUMAN, PERFECT, Annotation, ErrorRates, simulate
from budgetseg.annotate.raster import stroke_pixels
from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError

EVERY_KIND = pytest.mark.parametrize("kind", ANNOTATORS)


def test_registry_holds_the_kinds_in_their_order():
    assert list(ANNOTATORS) == list(KINDS)
    assert all(annotator.kind == kind for kind, annotator in ANNOTATORS.items())


def same(a: Annotation, b: Annotation) -> bool:
    pixels = (a.mask_HW is None) == (b.mask_HW is None) and (a.mask_HW is None or np.array_equal(a.mask_HW, b.mask_HW))
    return pixels and (a.present, a.clicks, a.strokes, a.boxes) == (b.present, b.clicks, b.strokes, b.boxes)


def pixels_and_classes(annotation: Annotation) -> list[tuple[int, int, int]]:
    """(x, y, class) of every pixel that was marked by hand."""
    marked = [(click.x, click.y, click.cls) for click in annotation.clicks]
    for stroke in annotation.strokes:
        marked += [(x, y, stroke.cls) for x, y in stroke_pixels(stroke, annotation.height, annotation.width).tolist()]
    return marked


@EVERY_KIND
@pytest.mark.parametrize("errors", [PERFECT, HUMAN], ids=lambda rates: rates.name)
class TestEveryKind:
    def test_depends_on_seed_and_image_only(self, discs, kind, errors):
        ids = discs.ids("train")[:12]
        forwards = simulate(discs, dict.fromkeys(ids, kind), seed=3, errors=errors).annotations
        backwards = simulate(discs, dict.fromkeys(ids[::-2], kind), seed=3, errors=errors).annotations
        assert all(same(forwards[image_id], backwards[image_id]) for image_id in backwards)

    def test_describes_its_image(self, discs, kind, errors):
        made = simulate(discs, dict.fromkeys(discs.ids("train"), kind), seed=0, errors=errors)
        assert made.classes == discs.classes
        for image_id, annotation in made.annotations.items():
            assert (annotation.image_id, annotation.kind) == (image_id, kind)
            assert (annotation.width, annotation.height) == (discs.width, discs.height)
            assert annotation.seconds == 0.0

    def test_present_is_sorted_and_within_the_classes(self, discs, kind, errors):
        for annotation in simulate(
            discs, dict.fromkeys(discs.ids("train"), kind), seed=0, errors=errors
        ).annotations.values():
            assert list(annotation.present) == sorted(set(annotation.present))
            assert all(0 < c < len(discs.classes) for c in annotation.present)
            marks = (*annotation.clicks, *annotation.strokes, *annotation.boxes)
            assert {mark.cls for mark in marks} <= set(annotation.present)

    def test_everything_lies_in_the_image(self, discs, kind, errors):
        for annotation in simulate(
            discs, dict.fromkeys(discs.ids("train"), kind), seed=1, errors=errors
        ).annotations.values():
            points = [(c.x, c.y) for c in annotation.clicks] + [p for s in annotation.strokes for p in s.points]
            points += [p for b in annotation.boxes for p in ((b.x_min, b.y_min), (b.x_max, b.y_max))]
            assert all(0 <= x < annotation.width and 0 <= y < annotation.height for x, y in points)

    def test_values_are_plain_numbers(self, discs, kind, errors):
        for annotation in simulate(
            discs, dict.fromkeys(discs.ids("train")[:5], kind), seed=1, errors=errors
        ).annotations.values():
            numbers = [n for c in annotation.clicks for n in (c.x, c.y, c.cls, c.rank, c.annotator)]
            numbers += [n for s in annotation.strokes for p in s.points for n in p]
            numbers += [n for b in annotation.boxes for n in (b.x_min, b.y_min, b.x_max, b.y_max)]
            assert all(type(number) is int for number in (*numbers, *annotation.present))


@EVERY_KIND
def test_without_errors_everything_said_is_right(discs, kind):
    for image_id, annotation in simulate(
        discs, dict.fromkeys(discs.ids("train"), kind), seed=5, errors=PERFECT
    ).annotations.items():
        mask_HW = discs.mask(image_id)
        assert annotation.present == tuple(int(c) for c in np.unique(mask_HW) if c not in (0, 255))
        assert all(mask_HW[y, x] == cls for x, y, cls in pixels_and_classes(annotation))


@pytest.mark.parametrize("kind", ["point", "allpoints", "squiggle"])
def test_another_seed_gives_other_marks(discs, kind):
    one, other = (simulate(discs, dict.fromkeys(discs.ids("train"), kind), seed=s).annotations for s in (0, 1))
    differing = sum(not same(one[image_id], other[image_id]) for image_id in one)
    assert differing > 0.9 * len(one)


def test_points_click_each_present_class_once(discs):
    for annotation in simulate(discs, dict.fromkeys(discs.ids("train"), "point"), seed=0).annotations.values():
        assert [click.cls for click in annotation.clicks] == list(annotation.present)
        assert {click.rank for click in annotation.clicks} <= {1}


def test_allpoints_click_each_instance_once_in_rank_order(discs):
    made = simulate(discs, dict.fromkeys(discs.ids("train"), "allpoints"), seed=0, errors=PERFECT)
    for image_id, annotation in made.annotations.items():
        instances = discs.instances(image_id)
        owners = [int(instances.map_HW[click.y, click.x]) for click in annotation.clicks]
        visible = np.unique(instances.map_HW[np.isin(discs.mask(image_id), (1, 2, 3))])
        assert sorted(owners) == visible.tolist()
        for cls in annotation.present:
            ranks = [click.rank for click in annotation.clicks if click.cls == cls]
            assert ranks == list(range(1, len(ranks) + 1))


def test_boxes_are_tight(discs):
    for image_id, annotation in simulate(discs, dict.fromkeys(discs.ids("train"), "box"), seed=0).annotations.items():
        mask_HW, instances = discs.mask(image_id), discs.instances(image_id)
        truth = set()
        for number, cls in enumerate(instances.classes, start=1):
            y, x = np.nonzero((instances.map_HW == number) & (mask_HW == cls))
            if len(x):
                truth.add((cls, x.min(), y.min(), x.max(), y.max()))
        assert {(b.cls, b.x_min, b.y_min, b.x_max, b.y_max) for b in annotation.boxes} == truth


def test_masks_are_the_truth(discs):
    for image_id, annotation in simulate(discs, dict.fromkeys(discs.ids("train"), "full"), seed=0).annotations.items():
        assert np.array_equal(annotation.mask_HW, discs.mask(image_id))


def test_a_stroke_stays_on_one_instance(discs):
    made = simulate(discs, dict.fromkeys(discs.ids("train"), "squiggle"), seed=0, errors=PERFECT)
    for image_id, annotation in made.annotations.items():
        map_HW = discs.instances(image_id).map_HW
        assert [stroke.cls for stroke in annotation.strokes] == list(annotation.present)
        for stroke in annotation.strokes:
            xy_P2 = stroke_pixels(stroke, annotation.height, annotation.width)
            assert len(np.unique(map_HW[xy_P2[:, 1], xy_P2[:, 0]])) == 1


def test_strokes_grow_with_the_image():
    from budgetseg.annotate.annotator import Manner
    from budgetseg.annotate.benchmark import picture
    from budgetseg.annotate.picture import Picture
    from budgetseg.annotate.simulate import annotate_image
    from budgetseg.data.dataset import Instances

    def pixels(made: Picture) -> int:
        answer = annotate_image(made, "squiggle", Manner(errors=PERFECT), seed=0)
        return sum(len(stroke_pixels(stroke, made.height, made.width)) for stroke in answer.strokes)

    small = large = 0
    for number in range(6):
        made = picture(number)
        double_HW = made.mask_HW.repeat(2, axis=0).repeat(2, axis=1)
        instances = made.read_instances()
        doubled = Instances(classes=instances.classes, map_HW=instances.map_HW.repeat(2, axis=0).repeat(2, axis=1))
        small += pixels(made)
        large += pixels(Picture(image_id=made.image_id, mask_HW=double_HW, read_instances=lambda d=doubled: d))
    # Twice as long and twice as wide: 4, more where it runs diagonally and less where it winds.
    assert 3 < large / small < 5.5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kind_of": {"disc00000": "dots"}}, 'kind: "dots" is unknown'),
        ({"seed": -1}, "seed"),
        ({"annotators": 0}, "annotators"),
        ({"spread": 1.5}, "spread"),
        ({"merge": "vote"}, "merge"),
        ({"placement": "middle"}, "placement"),
    ],
)
def test_bad_values_are_named(discs, arguments, words):
    with pytest.raises(InvalidInputError, match=words):
        simulate(discs, **{"kind_of": {"disc00000": "point"}, "seed": 0, **arguments})


@pytest.mark.parametrize(
    "arguments", [{"click_wrong": -0.1}, {"stroke_void": 1.2}, {"click_wrong": 0.7, "click_void": 0.4}]
)
def test_error_rates_are_shares(arguments):
    with pytest.raises(InvalidInputError, match=next(iter(arguments))):
        ErrorRates(**arguments)
