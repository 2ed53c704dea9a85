"""Hold some training images out, to choose a recipe by.

`budgetseg run --train-list kept.txt --val-list held.txt` then trains on the others and measures on these, and the
validation images stay unseen.

    python examples/hold_out.py ../shared/data/voc-animals cat,cow,dog,horse,person,sheep
"""

import sys
from pathlib import Path

import numpy as np

from budgetseg.data.open import open_dataset

HELD = 300

dataset = open_dataset(
    sys.argv[1] if len(sys.argv) > 1 else "scenes", classes=sys.argv[2].split(",") if len(sys.argv) > 2 else None
)
ids = dataset.ids("train")
held = {ids[place] for place in np.random.default_rng(1).permutation(len(ids))[:HELD]}
Path("kept.txt").write_text("".join(f"{name}\n" for name in ids if name not in held))
Path("held.txt").write_text("".join(f"{name}\n" for name in ids if name in held))
print(f"kept.txt: {len(ids) - len(held):,} images; held.txt: {len(held):,}")
