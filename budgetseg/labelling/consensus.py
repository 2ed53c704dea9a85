"""One annotation of what several people answered to the same question, each counted by their confidence.

The confidence is that of the control images (`budgetseg.labelling.quality`), 1 where there are none. A class is there
where those who say so hold at least half of the confidence. Clicks and strokes are everybody's, on the classes that are
there: they are samples of the same objects, and each click keeps its person's weight. Boxes of a class are those of the
most trusted person who drew any, since two people's boxes of one thing are not alike. Each pixel of a mask is what most
confidence says; where two say as much, the more trusted person's.

Shape suffixes: H rows, W columns.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.annotation import Annotation, Box

__all__ = ["consensus"]


def consensus(answers: Sequence[Annotation], confidences: Sequence[float]) -> Annotation:
    """Return what people agree on.

    Args:
        answers: One of each person, to one question, about an image of one size.
        confidences: Of the people, more than 0.
    """
    order = sorted(range(len(answers)), key=lambda place: -confidences[place])  # of equals the first
    ranked, weights = [answers[place] for place in order], [confidences[place] for place in order]
    said: defaultdict[int, float] = defaultdict(float)
    for answer, weight in zip(ranked, weights, strict=True):
        for cls in answer.present:
            said[cls] += weight
    mask_HW = _voted(ranked, weights)
    half = sum(weights) / 2 * (1 - 1e-9)  # sums of equal weights may differ in the last digit
    present = tuple(sorted(cls for cls, weight in said.items() if weight >= half))
    if mask_HW is not None:
        present = tuple(cls for cls in np.unique(mask_HW).tolist() if 0 < cls < 255)
    return replace(
        ranked[0],
        present=present,
        clicks=tuple(click for answer in answers for click in answer.clicks if click.cls in present),
        strokes=tuple(stroke for answer in answers for stroke in answer.strokes if stroke.cls in present),
        boxes=tuple(box for cls in present for box in _first_boxes(ranked, cls)),
        mask_HW=mask_HW,
        seconds=sum(answer.seconds for answer in answers),
    )


def _first_boxes(ranked: Sequence[Annotation], cls: int) -> Sequence[Box]:
    drawn = ([box for box in answer.boxes if box.cls == cls] for answer in ranked)
    return next((boxes for boxes in drawn if boxes), [])


def _voted(ranked: Sequence[Annotation], weights: Sequence[float]) -> NDArray[np.uint8] | None:
    """The label of each pixel that holds most weight."""
    masks = [(answer.mask_HW, weight) for answer, weight in zip(ranked, weights, strict=True)]
    drawn = [(mask_HW, weight) for mask_HW, weight in masks if mask_HW is not None]
    if not drawn:
        return None
    best_HW = drawn[0][0].copy()
    most_HW = np.zeros(best_HW.shape)
    for cls in dict.fromkeys(label for mask_HW, _ in drawn for label in np.unique(mask_HW).tolist()):
        votes_HW = np.zeros(best_HW.shape)
        for mask_HW, weight in drawn:
            votes_HW += weight * (mask_HW == cls)
        # Where labels tie, that of the most trusted person stays.
        own_HW = drawn[0][0] == cls
        wins_HW = (votes_HW > most_HW * (1 + 1e-9)) | (own_HW & (votes_HW >= most_HW * (1 - 1e-9)))
        best_HW[wins_HW] = cls
        most_HW = np.maximum(most_HW, votes_HW)
    return best_HW
