"""For which trainer and images predictions hold."""

from budgetseg.plan.evidence import PAPER, Evidence

__all__ = ["holds_for"]


def holds_for(evidence: Evidence) -> str:
    """Say for which trainer and images the predictions hold, so that nobody takes them for his own."""
    if evidence.name == PAPER:
        # Figures: the paper's Table 3; Zhang et al. (Duke), arXiv 2312.10600, VOC 2012 val with a PSPNet.
        return (
            "The predictions hold for the trainer of the paper (FCN-32s on VGG16, 2016) on PASCAL VOC 2012: there 883 "
            "full masks give 22.1 mIoU, while 800 give 52.2 with a PSPNet in the Duke study (arXiv 2312.10600). With a "
            "modern trainer do not read this ranking as yours; plan from trainings of your own: --evidence FILE.csv. "
            "Clicks and strokes had an objectness prior there; --objectness-seconds 2968.2 charges it."
        )
    if not len(evidence.miou_R):
        return (
            f"No training on these images is known: the predictions are borrowed from the other data sets and recipes "
            f"of {evidence.name}, hence their wide intervals. Trainings of your own narrow them: --evidence runs/ or "
            "FILE.csv."
        )
    recipe = evidence.recipe or "the trainer"
    dataset = evidence.dataset or "the images"
    return (
        f"The predictions hold for {recipe} on {dataset} of {evidence.name}; "
        "other trainers and images rank the kinds differently."
    )
