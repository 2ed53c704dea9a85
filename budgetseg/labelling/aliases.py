"""Names for control images that do not stand out among those of the images that are annotated.

A data set's names may tell its splits apart (``train-0012``, ``val-0003``), and control images come from another split.
So each gets the name of some image of the pool with another number, one that lies among theirs or just above and that
no image has; where names hold no number, one is added.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import count, islice
from typing import Final

import numpy as np

__all__ = ["aliases_of"]

_MOST_NAMES: Final = 100_000
_NUMBERED: Final = re.compile(r"(.*?)(\d{1,9})(\D*)", re.DOTALL)


def aliases_of(ids: Sequence[str], pool: Collection[str], generator: np.random.Generator) -> dict[str, str]:
    """Return another name for each of ``ids``, all different and none of the pool's or of ``ids``.

    Args:
        ids: Of the control images.
        pool: Ids of the images that they hide among, at least one.
        generator: Draws the names.
    """
    numbers: defaultdict[tuple[str, int, str], list[int]] = defaultdict(list)
    for name in sorted(pool):
        found = _NUMBERED.fullmatch(name)
        before, digits, after = ("", "", "") if found is None else found.groups()
        if digits:
            numbers[before, len(digits) if digits.startswith("0") else 0, after].append(int(digits))
        else:
            numbers[f"{name}-", 0, ""].append(1)
    taken, free = {*pool, *ids}, []
    for (before, width, after), held in numbers.items():
        # As often as the pool has such names, or a rare form would be suspect.
        wanted = -(-len(ids) * len(held) // len(pool))
        names = (f"{before}{number:0{width}d}{after}" for number in count(min(held)))
        inside = min(max(held) - min(held) + 1, _MOST_NAMES)
        near = [name for name in islice(names, inside) if name not in taken]
        near += islice((name for name in names if name not in taken), wanted)
        chosen = [near[place] for place in generator.permutation(len(near))[:wanted]]
        taken |= set(chosen)
        free += chosen
    drawn = [free[place] for place in generator.permutation(len(free))]
    return dict(zip(ids, drawn, strict=False))  # a few more were drawn than are needed
