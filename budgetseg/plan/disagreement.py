"""Where the paper and trainings of today disagree, in words: which kind is best alone at the same hours.

Published, at 58.79 h on VOC 2012 (Bearman et al. 2016, Table 3; the half budget has the same order): clicks 42.9,
squiggles 40.2, image labels 29.8, full masks 22.1 mIoU.
"""

from collections.abc import Iterable
from typing import Final

from budgetseg.plan.plan import Alternative

__all__ = ["disagreement"]

_PAPER_MIOU: Final = {"point": 42.9, "squiggle": 40.2, "image": 29.8, "full": 22.1}


def disagreement(alternatives: Iterable[Alternative]) -> str | None:
    """Say so where another kind than the paper's clicks is expected to be best alone; None where they agree.

    Args:
        alternatives: With predictions of modern evidence; those of one kind are named after it.
    """
    alone = {
        other.name: other.predicted_miou.mean
        for other in alternatives
        if other.name in _PAPER_MIOU and other.predicted_miou is not None
    }
    if len(alone) < 2 or "point" not in alone or max(alone, key=lambda kind: alone[kind]) == "point":
        return None
    best = max(alone, key=lambda kind: alone[kind])
    return (
        f"The paper disagrees (--evidence paper): there clicks are the best kind alone, {_PAPER_MIOU['point']} against "
        f"{_PAPER_MIOU[best]} for {best} at 59 h; here {best} is, {alone[best]:.1f} against {alone['point']:.1f}. Its "
        f"trainer of 2016 (FCN-32s on VGG16) made little of few masks: 883 gave 22.1 mIoU, where 800 gave 52.2 with a "
        f"PSPNet in 2023 (Duke study, arXiv 2312.10600)."
    )
