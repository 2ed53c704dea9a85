"""Finding all that is wrong with a data set before hours are spent on it."""

import os
from concurrent.futures import ThreadPoolExecutor

from budgetseg.data.dataset import Dataset, Split
from budgetseg.data.disk import OnDisk
from budgetseg.data.problem import Problem
from budgetseg.data.select import Selection
from budgetseg.errors import DataError

__all__ = ["Problem", "problems", "require_sound"]


def _files(dataset: Dataset) -> OnDisk | None:
    """Return the files behind a data set; None for one that is made, not read, and so cannot be broken."""
    source = dataset.base if isinstance(dataset, Selection) else dataset
    return source if isinstance(source, OnDisk) else None


def _empty(dataset: Dataset, split: Split) -> Problem:
    files = _files(dataset)
    place = dataset.name if files is None else str(files.listing(split).file)
    title = {"train": "training", "val": "validation"}[split]
    if files is not None and files.ids(split):
        what = f"empty split: no {title} image holds only {', '.join(dataset.classes[1:])}"
        return Problem(file=place, what=what, fix="choose more classes")
    return Problem(file=place, what=f"empty split: no {title} images", fix="list at least one image")


def problems(dataset: Dataset, split: Split) -> tuple[Problem, ...]:
    """Look at the list and at every file of a split; each image and mask is decoded once.

    Found are: an empty split, an id that stands twice in a list, in both lists, or in two files; a missing, broken or
    truncated image or mask; a mask of another size; a label outside the class list; a box outside its image.

    Returns:
        The problems, those of the lists first, then by image id; empty when the split is sound.
    """
    found: list[Problem] = []
    ids = dataset.ids(split)
    if not ids:
        found.append(_empty(dataset, split))
    files = _files(dataset)
    if files is not None:
        found += files.list_problems(split)
        # Decoders release the interpreter lock, so threads use all cores.
        with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
            for each in pool.map(files.image_problems, ids):
                found += each
    return tuple(found)


def require_sound(dataset: Dataset, *splits: Split) -> None:
    """Check splits in one pass, both where none is named, as is done before training.

    Raises:
        DataError: The first problem, and how many more there are.
    """
    found = [each for split in splits or ("train", "val") for each in problems(dataset, split)]
    if found:
        more = f" (and {len(found) - 1} more; budgetseg data check lists them)" if len(found) > 1 else ""
        raise DataError(f"{found[0]}{more}")
