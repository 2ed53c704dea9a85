"""Tilting the numbers of a model: simulated right clicks come to agree with those that are given."""

from pathlib import Path

import numpy as np

from budgetseg.annotate import HUMAN, RealClicks
from budgetseg.annotate.annotator import Manner
from budgetseg.annotate.match import match, right_clicks
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.pointing import AWAYS, DEPTHS, DOWNS, FIRST, LATER, features, places
from budgetseg.annotate.real_clicks import RawClick
from budgetseg.annotate.simulate import annotate_image


def clicks(picture, manner, seed=1):
    return annotate_image(picture, "allpoints", manner, seed=seed, annotators=3).clicks


def test_features_of_right_clicks_by_hand(discs):
    ids = discs.ids("train")[:6]
    first_NF, later_NF = right_clicks(discs, ids, lambda picture: clicks(picture, Manner(errors=HUMAN)))
    by_hand = {True: [], False: []}
    for image_id in ids:
        picture = Picture.of(discs, image_id)
        for click in clicks(picture, Manner(errors=HUMAN)):
            regions = picture.regions(click.cls)
            if picture.mask_HW[click.y, click.x] == click.cls:
                place = (click.y - regions.top, click.x - regions.left)
                region_hw = regions.labels_hw == regions.labels_hw[place]
                index = np.argwhere(region_hw).tolist().index(list(place))
                share = np.count_nonzero(region_hw) / picture.mask_HW.size
                by_hand[click.rank == 1].append(features(*places(region_hw), share)[index])
    assert np.allclose(first_NF, by_hand[True])
    assert np.allclose(later_NF, by_hand[False])


def measures(features_NF) -> np.ndarray:
    """Mean depth, offset down and distance."""
    means_F = features_NF.mean(axis=0)
    parts = ((means_F[:5], DEPTHS), (means_F[5:11], DOWNS), (means_F[11:16], AWAYS))
    return np.array([part @ (np.array(knots[1:]) - knots[0]) for part, knots in parts])


def test_means_come_to_agree(discs):
    """From numbers under which clicks are too high and too shallow back to those that the clicks were drawn with."""
    ids = discs.ids("train")
    given = {}
    for image_id in ids:
        drawn = clicks(Picture.of(discs, image_id), Manner(errors=HUMAN, spread=1.0))
        given[image_id] = tuple(RawClick(cls=c.cls, rank=c.rank, x=c.x, y=c.y) for c in drawn)
    points = RealClicks(path=Path("points.json"), clicks=given)
    start = [np.array(model_F) for model_F in (FIRST, LATER)]
    for model_F in start:
        model_F[:5] *= 0.6  # D
        model_F[5:11] -= 0.4 * np.arange(1, 7)  # V

    def gaps(models):
        first, later = (tuple(model_F.tolist()) for model_F in models)
        manner = Manner(errors=HUMAN, spread=1.0, first_clicks=first, later_clicks=later)
        simulated = right_clicks(discs, ids, lambda picture: clicks(picture, manner, seed=2))
        real = right_clicks(discs, ids, lambda p: points.annotation(p.image_id, "allpoints", p.height, p.width).clicks)
        return [np.abs(measures(r) - measures(s)).max() for r, s in zip(real, simulated, strict=True)]

    before, after = gaps(start), gaps(match(discs, points, ids, start))
    assert min(before) > 0.25
    assert after[0] < 0.1
    assert after[1] < 0.2  # of some 130 later clicks
