"""Simulated clicks fall where people's do: against the real clicks, and the model against closed forms.

Shape suffixes: N clicks; 4 measures (offset across, offset down, distance, depth); D deciles.
"""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import ndimage

from budgetseg.annotate import HUMAN, PERFECT, Annotation
from budgetseg.annotate.annotator import Manner
from budgetseg.annotate.fit import Choices, fit_model
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.pointing import FIRST, LATER, features, log_weights, places, weigh
from budgetseg.annotate.simulate import annotate_image
from budgetseg.data.dataset import Instances
from budgetseg.data.open import open_dataset

DECILES = np.arange(0.1, 0.95, 0.1)
MEASURES = ("offset across", "offset down", "distance", "depth")

EVEN = (
    (
        *(1.247, 3.054, 4.000, 4.353, 4.746),
        *(0.315, 0.740, 0.228, -0.772, -0.960, -2.855),
        *(-0.012, -0.402, -0.755, -0.390, -0.207),
        *(0.035, 0.054, -0.520, 0.256, -0.069, 0.069),
    ),
    (
        *(2.151, 3.217, 4.184, 4.891, 5.076),
        *(1.472, 1.548, 0.790, 0.179, 0.020, -1.822),
        *(0.225, 0.036, 0.128, 0.416, 1.086),
        *(-0.082, 0.251, -0.203, 0.138, 0.238, 0.057),
    ),
)
ODD = (
    (
        *(2.753, 3.969, 4.944, 5.387, 5.634),
        *(0.833, 0.634, -0.039, -0.737, -0.683, -1.395),
        *(-0.329, -0.921, -1.606, -1.546, -1.158),
        *(0.106, 0.202, -0.298, 0.338, 0.011, 0.085),
    ),
    (
        *(2.436, 3.176, 4.036, 4.529, 5.382),
        *(0.282, 0.594, 0.026, -0.984, -1.830, -3.612),
        *(0.220, 0.409, 0.569, 0.981, 1.316),
        *(0.063, -0.327, -0.201, 0.337, 0.332, 0.018),
    ),
)
"""Numbers of first and later clicks that ``budgetseg.annotate.fit`` finds on the images at even and at odd places."""


def measure(annotation: Annotation, mask_HW) -> list[tuple[bool, float, float, float, float]]:
    """What the shared table holds for each right click: first or later, offsets, distance, depth."""
    rows = []
    known = {}
    for click in annotation.clicks:
        if mask_HW[click.y, click.x] != click.cls:
            continue
        if click.cls not in known:
            labels_HW = ndimage.label(mask_HW == click.cls)[0]
            known[click.cls] = labels_HW, ndimage.find_objects(labels_HW), {}
        labels_HW, windows, regions = known[click.cls]
        number = labels_HW[click.y, click.x]
        if number not in regions:
            window = windows[number - 1]
            region_hw = labels_HW[window] == number
            depth_hw = ndimage.distance_transform_edt(np.pad(region_hw, 1))[1:-1, 1:-1]
            y, x = np.nonzero(region_hw)
            centre_sd = x.mean(), x.std() or 1, y.mean(), y.std() or 1
            regions[number] = window[0].start, window[1].start, depth_hw / depth_hw.max(), centre_sd
        top, left, depth_hw, (x, x_sd, y, y_sd) = regions[number]
        across = (click.x - left - x) / x_sd
        down = (click.y - top - y) / y_sd
        depth = depth_hw[click.y - top, click.x - left]
        rows.append((click.rank == 1, across, down, math.hypot(across, down), depth))
    return rows


@pytest.fixture(scope="module")
def pictures(shared):
    folder = shared / "data" / "voc-animals"
    dataset = open_dataset(folder, instances=folder / "animal_boxes.json")
    return [Picture.of(dataset, image_id) for image_id in (*dataset.ids("train"), *dataset.ids("val"))]


@pytest.fixture(scope="module")
def real_clicks(shared):
    """Right clicks of the shared table, by image: first or later, offsets, distance, depth."""
    table = pd.read_csv(shared / "data" / "whats-the-point" / "clicks.csv.gz")
    right = table[table.cls == table.mask_cls]
    across, down = right.offset_x_sd, right.offset_y_sd
    rows_N5 = np.stack([right["rank"] == 1, across, down, np.hypot(across, down), right.depth], axis=1)
    ends = np.flatnonzero(np.r_[right.image_id.to_numpy()[1:] != right.image_id.to_numpy()[:-1], True]) + 1
    return dict(zip(right.image_id.unique(), np.split(rows_N5, ends[:-1]), strict=True))


def several(picture: Picture) -> bool:
    """Whether there may be later clicks."""
    return len(picture.things) > len(picture.present)


def simulated(pictures, manner: Manner, people: int, more: int = 1) -> list[tuple[bool, float, float, float, float]]:
    """Of independent people; ``more`` times as many where there may be later clicks, for these alone."""
    rows = []
    for picture in pictures:
        number = people * more if several(picture) else people
        annotation = annotate_image(picture, "allpoints", manner, seed=0, annotators=number)
        clicks = tuple(click for click in annotation.clicks if click.rank > 1 or click.annotator < people)
        rows += measure(replace(annotation, clicks=clicks), picture.mask_HW)
    return rows


def deciles(rows) -> dict[bool, np.ndarray]:
    """Deciles (4, D) of first and of later clicks."""
    table_N5 = np.array(rows)
    return {first: np.quantile(table_N5[table_N5[:, 0] == first][:, 1:], DECILES, axis=0).T for first in (True, False)}


def on(pictures, real_clicks) -> list[np.ndarray]:
    """The real clicks, image by image."""
    return [real_clicks[picture.image_id] for picture in pictures if picture.image_id in real_clicks]


def assert_match(ours, theirs, most):
    for first in (True, False):
        for name, off_D, most_D in zip(MEASURES, ours[first] - theirs[first], most[first], strict=True):
            assert (np.abs(off_D) <= most_D).all(), f"{'first' if first else 'later'} {name}: {off_D.round(3)}"


@pytest.mark.slow
def test_right_clicks_match_the_real_ones(pictures, real_clicks):
    """Deciles 10 to 90 within 0.05, first and later clicks apart.

    Real and simulated clicks are on the same 2,300 images, for the deciles of all 12,031 differ from those of these
    images (depth by up to 0.08, the offset down by up to 0.16): other classes, other shapes.
    """
    ours = deciles(simulated(pictures, Manner(errors=HUMAN, spread=1.0), people=2, more=3))
    assert_match(ours, deciles(np.concatenate(on(pictures, real_clicks))), {True: [0.05] * 4, False: [0.05] * 4})


@pytest.mark.slow
def test_right_clicks_match_the_real_ones_on_images_that_the_fit_has_not_seen(pictures, real_clicks):
    """Images at even places are clicked with the numbers fitted on those at odd ones, and the other way round.

    Within 0.05, or two standard errors of the real deciles (images drawn again) if more.
    """
    rows = []
    for unseen, (first, later) in ((pictures[::2], ODD), (pictures[1::2], EVEN)):
        rows += simulated(unseen, Manner(errors=HUMAN, spread=1.0, first_clicks=first, later_clicks=later), 2, more=5)
    by_image, generator = on(pictures, real_clicks), np.random.default_rng(0)
    again = [
        deciles(np.concatenate([by_image[k] for k in generator.integers(len(by_image), size=len(by_image))]))
        for _ in range(100)
    ]
    most = {k: np.maximum(0.05, 2 * np.std([resampled[k] for resampled in again], axis=0)) for k in (True, False)}
    assert_match(deciles(rows), deciles(np.concatenate(by_image)), most)


@pytest.mark.slow
def test_uniform_clicks_do_not_match(pictures, real_clicks):
    ours = deciles(simulated(pictures[::6], Manner(errors=HUMAN, placement="uniform"), people=1))
    theirs = deciles(np.concatenate(on(pictures, real_clicks)))
    for first in (True, False):
        for name, off_D in zip(MEASURES, ours[first] - theirs[first], strict=True):
            assert np.abs(off_D).max() > 0.1, f"{'first' if first else 'later'} {name}"


def region(seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return ndimage.binary_fill_holes(ndimage.gaussian_filter(generator.normal(size=(60, 80)), 6) > 0.02)


def test_places_by_hand():
    square_hw = np.ones((5, 5), bool)
    depth_P, u_P, v_P = places(square_hw)
    assert depth_P.reshape(5, 5)[2].tolist() == pytest.approx([1 / 3, 2 / 3, 1, 2 / 3, 1 / 3])
    assert u_P.reshape(5, 5)[0] == pytest.approx(np.arange(-2, 3) / math.sqrt(2))
    assert v_P.reshape(5, 5)[:, 0] == pytest.approx(np.arange(-2, 3) / math.sqrt(2))
    depth_P, u_P, v_P = places(np.ones((1, 4), bool))
    assert (depth_P == 1).all()
    assert (v_P == 0).all()


@pytest.mark.parametrize("model_F", [FIRST, LATER])
def test_weights_are_the_product_of_features_and_model(model_F):
    where = places(region(0))
    assert log_weights(*where, 0.2, model_F) == pytest.approx(features(*where, 0.2) @ np.array(model_F))


def test_clicks_are_drawn_in_proportion_to_the_weights():
    """The inverse transform against the weights themselves, where each pixel is weighed."""
    from scipy.stats import chisquare

    mask_HW = np.zeros((30, 40), np.uint8)
    mask_HW[4:24, 6:31] = 1
    mask_HW[10:14, 12:20] = 0
    picture = Picture(
        image_id="a", mask_HW=mask_HW, read_instances=lambda: Instances(classes=(1,), map_HW=mask_HW.astype(np.int32))
    )
    grid = weigh(picture, picture.things[0], FIRST)
    assert (grid.step, grid.top, grid.left) == (1, 4, 6)
    people = 4000
    clicks = annotate_image(picture, "point", Manner(errors=HUMAN, spread=1.0), seed=0, annotators=people).clicks
    right = [(c.y - 4, c.x - 6) for c in clicks if mask_HW[c.y, c.x] == 1]
    seen_hw = np.zeros(grid.weights_hw.shape)
    for place in right:
        seen_hw[place] += 1
    blocks = (4, 5)

    def pooled(values_hw):
        return values_hw.reshape(blocks[0], 5, blocks[1], 5).sum(axis=(1, 3)).ravel()

    expected = pooled(grid.weights_hw) / grid.weights_hw.sum() * len(right)
    assert chisquare(pooled(seen_hw), expected).pvalue > 1e-3


def test_coarse_weights_agree_with_fine_ones(monkeypatch):
    from budgetseg.annotate import pointing

    large_hw = np.kron(region(3), np.ones((6, 6), np.uint8)).astype(np.uint8)
    picture = Picture(
        image_id="a", mask_HW=large_hw, read_instances=lambda: Instances(classes=(1,), map_HW=large_hw.astype(np.int32))
    )
    means = []
    for limit in (6000, 10**9):
        monkeypatch.setattr(pointing, "COARSE", limit)
        weigh.cache_clear()
        grid = weigh(picture, picture.things[0], FIRST)
        y, x = np.mgrid[: grid.weights_hw.shape[0], : grid.weights_hw.shape[1]] * grid.step + grid.step // 2
        share_hw = grid.weights_hw / grid.weights_hw.sum()
        means.append([(share_hw * x).sum(), (share_hw * y).sum(), math.sqrt((share_hw * x**2).sum())])
    weigh.cache_clear()
    assert means[0] == pytest.approx(means[1], rel=0.03)


def test_the_fit_finds_the_numbers_that_clicks_were_drawn_from():
    generator = np.random.default_rng(0)
    truth_F = np.array(FIRST)
    chosen, offered = [], []
    for seed in range(6):
        region_hw = region(seed)
        features_PF = features(*places(region_hw), 0.1)
        odds_P = np.exp(features_PF @ truth_F)
        for index in generator.choice(len(odds_P), 200, p=odds_P / odds_P.sum()):
            few = generator.permutation(len(odds_P))[:200]
            chosen.append(features_PF[index])
            offered.append(features_PF[few])
    choices = Choices(chosen_NF=np.array(chosen), offered_QF=np.concatenate(offered), sizes_N=np.full(len(chosen), 200))
    found_F = fit_model(choices)
    # Single numbers play off against each other; what they say about pixels does not.
    features_PF = features(*places(region(99)), 0.1)
    odds = [np.exp(features_PF @ model_F) for model_F in (truth_F, found_F, np.zeros_like(truth_F))]
    true_P, found_P, uniform_P = (odds_P / odds_P.sum() for odds_P in odds)
    assert np.abs(found_P - true_P).sum() / 2 < 0.06 < np.abs(uniform_P - true_P).sum() / 2


def test_larger_things_are_noticed_first_and_then_the_central_one():
    def picture_of(*boxes):
        map_HW = np.zeros((60, 90), np.int32)
        for number, (x, y, size) in enumerate(boxes, start=1):
            map_HW[y : y + size, x : x + size] = number
        made = Instances(classes=(1,) * len(boxes), map_HW=map_HW)
        return Picture(image_id="a", mask_HW=(map_HW > 0).astype(np.uint8), read_instances=lambda: made)

    def share_on_first(picture):
        hits = 0
        for seed in range(300):
            (click,) = annotate_image(picture, "point", Manner(errors=PERFECT), seed=seed).clicks
            hits += picture.things[0].holds(click.x, click.y)
        return hits / 300

    # 400 against 100 pixels at the same distance: odds 4^1.04, so 0.81.
    assert share_on_first(picture_of((5, 20, 20), (70, 25, 10))) == pytest.approx(0.81, abs=0.08)
    assert share_on_first(picture_of((40, 25, 10), (0, 0, 10))) > 0.55
