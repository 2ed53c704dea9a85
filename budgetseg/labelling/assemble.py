"""From what people answered to one annotation an image.

Where several people answered the same question, the answer that was declared the right one (``ground_truth``) counts,
and where there is none a stated rule decides: ``consensus`` has people vote by their confidence
(`budgetseg.labelling.consensus`); ``latest`` keeps the answer that was handed in last; ``union`` keeps everything that
anyone said, the right answer or not, each click with its person's confidence, as the paper's "3 annotators" (section
5.3). Of one person's answers to a question the last one counts. Where one class was asked at a time, an image needs an
answer to each: what was not asked is not absent. An image asked again at another kind keeps both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.further import annotated_further
from budgetseg.annotate.merge import union
from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError
from budgetseg.labelling.answer import Reject
from budgetseg.labelling.consensus import consensus
from budgetseg.labelling.reading import Read

__all__ = ["Assembled", "Several", "as_several", "assemble"]

Several = Literal["consensus", "latest", "union"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Assembled:
    """Annotations, and how they came about."""

    annotations: Mapping[str, Annotation]
    """By image id, sorted."""
    rejects: tuple[Reject, ...]
    """What was left out."""
    shared: int
    """Questions that several people answered."""


def as_several(text: str) -> Several:
    """Check a name for what becomes of several answers.

    Raises:
        InvalidInputError: It is none.
    """
    for several in get_args(Several):
        if text == several:
            return several  # type: ignore[no-any-return]
    raise InvalidInputError(f'--several: expected {", ".join(get_args(Several))}, got "{text}"')


def assemble(reads: Sequence[Read], classes: Sequence[str], several: Several = "consensus") -> Assembled:
    """Make the annotation of each image.

    Args:
        reads: Answers that can be used, in any order.
        classes: Names by index, the background first.
        several: The rule.
    """
    of_image: dict[str, list[Read]] = {}
    for read in reads:
        of_image.setdefault(read.annotation.image_id, []).append(read)
    annotations: dict[str, Annotation] = {}
    rejects: list[Reject] = []
    for image_id in sorted(of_image):
        answers, odd = _one_size(of_image[image_id])
        rejects += odd
        parts = []
        for kind in KINDS:
            of_kind = [read for read in answers if read.annotation.kind == kind]
            annotation, refused = _of_kind(of_kind, classes, several) if of_kind else (None, [])
            rejects += refused
            if annotation is not None:
                parts.append(annotation)
        if parts:
            annotations[image_id] = _further(parts)
    people_of: dict[tuple[str, str, tuple[int, ...]], set[str]] = {}
    for read in reads:
        question = (read.annotation.image_id, read.annotation.kind, read.asked)
        people_of.setdefault(question, set()).add(read.answer.annotator)
    shared = sum(len(people) > 1 for people in people_of.values())
    return Assembled(annotations=annotations, rejects=tuple(rejects), shared=shared)


def _of_kind(
    answers: Sequence[Read], classes: Sequence[str], several: Several
) -> tuple[Annotation | None, list[Reject]]:
    whole = [read for read in answers if len(read.asked) == len(classes) - 1]
    if whole:
        kept, rejects = _by_rule(whole, several)
        parts = [read for read in answers if len(read.asked) != len(classes) - 1]
        rejects += [
            Reject.of(read.answer, "all classes of this image were asked about in another task") for read in parts
        ]
        return _merged(kept, several), rejects
    of_class = {cls: [read for read in answers if cls in read.asked] for cls in range(1, len(classes))}
    missing = [classes[cls] for cls, found in of_class.items() if not found]
    if missing:
        named = f"{', '.join(missing[:5])}{' ...' if len(missing) > 5 else ''}"
        why = f"{named}: not answered yet, so the image is not complete"
        return None, [Reject.of(read.answer, why) for read in answers]
    merged, rejects = [], []
    for found in of_class.values():
        kept, refused = _by_rule(found, several)
        merged.append(_merged(kept, several))
        rejects += refused
    return _beside_each_other(merged), rejects


def _by_rule(answers: Sequence[Read], several: Several) -> tuple[list[Read], list[Reject]]:
    """The answers to one question that are kept, the first one foremost."""
    last_of: dict[str, Read] = {}
    for read in sorted(answers, key=_when):
        last_of[read.answer.annotator] = read
    kept = list(last_of.values())
    if several == "latest" or (several == "consensus" and any(read.answer.ground_truth for read in kept)):
        kept = [max(kept, key=lambda read: (read.answer.ground_truth, *_when(read)))]
    chosen = set(map(id, kept))
    reason = "another answer to the same question is kept"
    return kept, [Reject.of(read.answer, reason) for read in answers if id(read) not in chosen]


def _when(read: Read) -> tuple[str, str, str]:
    answer = read.answer
    return answer.updated_at or answer.created_at, answer.created_at, answer.annotation_id.zfill(20)


def _merged(kept: Sequence[Read], several: Several) -> Annotation:
    """One annotation of all the answers; the time is everybody's."""
    annotations = [read.annotation for read in kept]
    if several == "consensus" and len(kept) > 1:
        return consensus(annotations, [read.confidence for read in kept])
    return replace(union(annotations), seconds=sum(annotation.seconds for annotation in annotations))


def _beside_each_other(parts: Sequence[Annotation]) -> Annotation:
    """Answers about different classes, as one; where masks overlap the later class is on top."""
    together = union(parts)
    mask_HW = None
    drawn = [part for part in parts if part.mask_HW is not None]
    if drawn:
        first = drawn[0].mask_HW
        assert first is not None
        mask_HW = first.copy()
        for part in drawn[1:]:
            assert part.mask_HW is not None
            mask_HW[part.mask_HW > 0] = part.mask_HW[part.mask_HW > 0]
    return replace(
        together,
        width=max(part.width for part in parts),
        height=max(part.height for part in parts),
        mask_HW=mask_HW,
        unsure=max(part.unsure for part in parts),
        seconds=sum(part.seconds for part in parts),
    )


def _further(parts: Sequence[Annotation]) -> Annotation:
    whole = parts[0]
    for part in parts[1:]:
        seconds = whole.seconds + part.seconds
        whole = replace(annotated_further(whole, part), seconds=seconds)
    return whole


def _one_size(answers: Sequence[Read]) -> tuple[list[Read], list[Reject]]:
    """The answers about an image of one size; one without marks may not know it."""
    sizes = [(read.annotation.width, read.annotation.height) for read in answers if read.annotation.width]
    if not sizes:
        return list(answers), []
    size = max(set(sizes), key=lambda each: (sizes.count(each), each))
    kept, rejects = [], []
    for read in answers:
        if read.annotation.width == 0:
            kept.append(replace(read, annotation=replace(read.annotation, width=size[0], height=size[1])))
        elif (read.annotation.width, read.annotation.height) == size:
            kept.append(read)
        else:
            own = f"{read.annotation.width} x {read.annotation.height}"
            why = f"its image has {own} pixels, others' {size[0]} x {size[1]}"
            rejects.append(Reject.of(read.answer, why))
    return kept, rejects
