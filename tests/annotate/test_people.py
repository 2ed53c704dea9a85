"""Several annotators of one image, uniform clicks, and real ones."""

import json

import numpy as np
import pytest

from budgetseg.annotate import HUMAN, PERFECT, read_clicks, simulate
from budgetseg.annotate.annotator import Chance
from budgetseg.errors import DataError, InvalidInputError


def clicked(dataset, **options):
    return simulate(dataset, dict.fromkeys(dataset.ids("train"), "point"), seed=0, **options).annotations


class TestSeveralPeople:
    def test_the_union_holds_everyones_clicks(self, discs):
        alone, three = clicked(discs), clicked(discs, annotators=3)
        for image_id, annotation in three.items():
            assert {c.annotator for c in annotation.clicks} <= {0, 1, 2}
            first = tuple(c for c in annotation.clicks if c.annotator == 0)
            assert first == alone[image_id].clicks  # the first person does not mind the others
            assert annotation.present == tuple(sorted({c.cls for c in annotation.clicks}))
        assert sum(len(a.clicks) for a in three.values()) > 2.8 * sum(len(a.clicks) for a in alone.values())

    def test_random_takes_one_persons_answer(self, discs):
        everyone, one = clicked(discs, annotators=3), clicked(discs, annotators=3, merge="random")
        chosen = []
        for image_id, annotation in one.items():
            people = {c.annotator for c in annotation.clicks}
            assert len(people) <= 1
            for person in people:
                chosen.append(person)
                assert annotation.clicks == tuple(c for c in everyone[image_id].clicks if c.annotator == person)
        assert set(chosen) == {0, 1, 2}

    def test_spread_sets_how_far_people_differ(self, many_discs):
        ids = many_discs.ids("train")[:150]
        means = []
        for spread in (0.0, 0.3, 0.6, 1.0):
            made = simulate(
                many_discs, dict.fromkeys(ids, "point"), seed=0, errors=PERFECT, annotators=2, spread=spread
            )
            apart = []
            for annotation in made.annotations.values():
                half = len(annotation.clicks) // 2
                for a, b in zip(annotation.clicks[:half], annotation.clicks[half:], strict=True):
                    apart.append(np.hypot(a.x - b.x, a.y - b.y))
            means.append(np.mean(apart))
        assert means[0] == 0
        assert means[0] < means[1] < means[2] < means[3]

    def test_spread_does_not_change_where_one_person_clicks(self):
        """Each draw is uniform at any spread, and two people's are correlated at 1 - spread^2 (before Phi)."""
        for spread in (0.2, 0.7):
            people = [Chance(seed=1, image_key=2, person=p, spread=spread).alike(3, (20_000,)) for p in (0, 1)]
            for draws in people:
                assert np.quantile(draws, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.012)
            from scipy.stats import norm

            assert np.corrcoef(norm.ppf(people[0]), norm.ppf(people[1]))[0, 1] == pytest.approx(1 - spread**2, abs=0.02)

    def test_boxes_and_masks_are_kept_once(self, discs):
        ids = discs.ids("train")[:5]
        for kind in ("box", "full"):
            one, three = (simulate(discs, dict.fromkeys(ids, kind), seed=0, annotators=n).annotations for n in (1, 3))
            assert all(one[i].boxes == three[i].boxes for i in ids)


class TestUniformClicks:
    def test_they_are_right_and_cover_every_class(self, discs):
        for kind in ("point", "allpoints"):
            made = simulate(
                discs, dict.fromkeys(discs.ids("train"), kind), seed=0, errors=HUMAN, placement="uniform"
            ).annotations
            for image_id, annotation in made.items():
                mask_HW = discs.mask(image_id)
                assert annotation.present == tuple(int(c) for c in np.unique(mask_HW) if c not in (0, 255))
                assert all(mask_HW[c.y, c.x] == c.cls for c in annotation.clicks)

    def test_they_are_uniform_over_the_class(self, discs):
        image_id = discs.ids("train")[0]
        mask_HW = discs.mask(image_id)
        xs = {}
        for seed in range(800):
            made = simulate(discs, {image_id: "point"}, seed=seed, placement="uniform").annotations[image_id]
            for click in made.clicks:
                xs.setdefault(click.cls, []).append(click.x + click.y / 1000)
        from scipy.stats import ks_2samp

        for cls, clicks in xs.items():
            y, x = np.nonzero(mask_HW == cls)
            assert ks_2samp(clicks, x + y / 1000).pvalue > 1e-4


class TestRealClicks:
    def write(self, tmp_path, document):
        path = tmp_path / "points.json"
        path.write_text(json.dumps(document))
        return path

    def test_they_replace_simulated_ones_and_are_clamped(self, discs, tmp_path):
        first, second, third = discs.ids("train")[:3]
        rows = [
            {"cls": 4, "rank": 1, "x": discs.width, "y": -0.2},
            {"cls": 4, "rank": 2, "x": 7.9, "y": 3.0},
            {"cls": 9, "rank": 1, "x": 5, "y": discs.height + 3.5},
            {"cls": 5, "rank": 1, "x": 5, "y": 5},
        ]
        points = read_clicks(self.write(tmp_path, {first: rows, "elsewhere": rows}), discs)
        kinds = {first: "point", second: "allpoints", third: "image"}
        made = simulate(discs, kinds, seed=0, errors=PERFECT, points=points).annotations
        assert [(c.cls, c.x, c.y, c.rank) for c in made[first].clicks] == [
            (1, discs.width - 1, 0, 1),
            (3, 5, discs.height - 1, 1),
        ]
        assert made[first].present == (1, 3)  # class 5 is not asked for
        assert (made[second].clicks, made[second].present) == ((), ())  # nothing was clicked
        assert made[third].present  # labels are still simulated
        everything = simulate(discs, {first: "allpoints"}, seed=0, points=points).annotations[first]
        assert [(c.x, c.y, c.rank) for c in everything.clicks][1] == (7, 3, 2)

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ({"cls": 4, "rank": 1, "x": 3}, "click 1: y is missing"),
            ({"cls": "cat", "rank": 1, "x": 3, "y": 2}, "expected a number for cls"),
            ({"cls": 4, "rank": 0, "x": 3, "y": 2}, "rank from 1"),
            ({"cls": 4, "rank": 1, "x": None, "y": 2}, "expected a number for x"),
            (7, "expected an object"),
        ],
    )
    def test_a_broken_row_is_named(self, discs, tmp_path, row, words):
        with pytest.raises(DataError, match=words):
            read_clicks(self.write(tmp_path, {discs.ids("train")[0]: [row]}), discs)

    def test_a_file_of_another_data_set_is_refused(self, discs, tmp_path):
        with pytest.raises(DataError, match="none of the 40 images"):
            read_clicks(self.write(tmp_path, {"x": []}), discs)

    def test_one_file_is_one_annotator(self, discs, tmp_path):
        points = read_clicks(self.write(tmp_path, {discs.ids("train")[0]: []}), discs)
        with pytest.raises(InvalidInputError, match="one annotator"):
            simulate(discs, {}, seed=0, points=points, annotators=3)

    def test_the_real_file(self, shared):
        from budgetseg.data.open import open_dataset

        folder = shared / "data" / "voc-animals"
        dataset = open_dataset(folder)
        points = read_clicks(folder / "human_points.json", dataset)
        document = json.loads((folder / "human_points.json").read_text())
        ids = dataset.ids("train")
        assert sum(len(points.clicks.get(i, ())) for i in ids) == sum(len(document.get(i, ())) for i in ids)
