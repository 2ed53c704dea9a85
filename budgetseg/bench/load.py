"""What a training is measured on: a network, its recipe, and made-up images that lie in memory.

Shape suffixes: H rows, W columns, 3 colours, C classes, P labelled pixels.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import torch

from budgetseg.annotate.target import Target
from budgetseg.errors import InvalidInputError
from budgetseg.learn.batches import Example, TrainingSet
from budgetseg.learn.compiled import COMPILING, Compiling
from budgetseg.learn.networks import build_network
from budgetseg.learn.objectness import center_map
from budgetseg.learn.recipe import Recipe, preset, with_settings
from budgetseg.learn.segmenter import Segmenter
from budgetseg.learn.step import Precision

__all__ = ["Objective", "TrainLoad"]

Objective = Literal["all", "full", "weak"]
"""Which losses: ``full`` is equation 1, ``weak`` equations 2 to 4, ``all`` half a batch of each."""

IMAGES_A_BATCH: Final = 4
"""Different batches in memory: enough for none of them to stay in a cache."""
CLICKS: Final = 3
_CHOICES: Final = (
    ("objective", "--objective", get_args(Objective)),
    ("precision", "--precision", get_args(Precision)),
    ("compiling", "--compile", COMPILING),
)
CELL_PIXELS: Final = 16
"""Side of the squares of one class in a mask."""


@dataclass(frozen=True, kw_only=True)
class TrainLoad:
    """One training to measure; None is the recipe's own value."""

    backbone: str = "efficientnet_lite0"
    weights: str = "imagenet"
    """As for a run; ``none`` starts at random, which costs as much time but keeps batch-norm statistics alive."""
    batch: int | None = None
    """Images a step."""
    crop: int | None = None
    """Side in pixels; images are square."""
    classes: int = 21
    """With the background."""
    objective: Objective = "all"
    steps: int = 20
    """Steps that are timed."""
    device: str = "auto"
    precision: Precision = "fp32"
    compiling: Compiling = "none"
    """How the passes through the network are compiled; the plain loop's never are."""

    def __post_init__(self) -> None:
        for name, least in (("classes", 2), ("steps", 1)):
            if getattr(self, name) < least:
                raise InvalidInputError(f"--{name}: expected at least {least}, got {getattr(self, name)}")
        for name, option, known in _CHOICES:
            if getattr(self, name) not in known:
                raise InvalidInputError(f"{option}: expected one of {', '.join(known)}, got {getattr(self, name)}")

    def recipe(self, iterations: int) -> Recipe:
        """The recipe ``modern`` with this batch and crop."""
        given = {"batch": self.batch, "crop": self.crop, "iterations": iterations}
        recipe = preset("modern", self.backbone)
        recipe = with_settings(recipe, {name: value for name, value in given.items() if value is not None})
        if recipe.crop == 0:
            raise InvalidInputError("--crop: expected pixels, for made-up images have no size of their own; got 0")
        return recipe

    def network(self) -> Segmenter:
        """The network, on the CPU, in training mode; the same each time."""
        network = build_network(
            self.backbone,
            [f"class {number}" for number in range(self.classes)],
            supervision="weak",
            generator=torch.Generator().manual_seed(0),
            weights=self.weights,
        )
        network.freeze(self.recipe(1).frozen_stride)
        return network

    def training_set(self, recipe: Recipe) -> TrainingSet:
        """Made-up images with annotations of the objective."""
        generator = np.random.default_rng(0)
        examples = [self._example(number, recipe.crop, generator) for number in range(IMAGES_A_BATCH * recipe.batch)]
        return TrainingSet(examples, recipe, (recipe.crop, recipe.crop), seed=0)

    def _example(self, number: int, side: int, generator: np.random.Generator) -> Example:
        strong = self.objective == "full" or (self.objective == "all" and number % 2 == 0)
        cells = -(-side // CELL_PIXELS)
        mask_HW = generator.integers(0, self.classes, (cells, cells), dtype=np.uint8)
        mask_HW = mask_HW.repeat(CELL_PIXELS, axis=0).repeat(CELL_PIXELS, axis=1)[:side, :side]
        xy_P2 = generator.choice(side * side, 0 if strong else CLICKS, replace=False)[:, None] // (1, side) % side
        present_C = np.zeros(self.classes, bool)
        present_C[[0, 1 + number % (self.classes - 1)]] = True
        target = Target(
            dense_HW=mask_HW if strong else None,
            xy_P2=xy_P2.astype(np.int32),
            labels_P=np.full(len(xy_P2), 1 + number % (self.classes - 1), np.uint8),
            weights_P=np.full(len(xy_P2), 1 / CLICKS, np.float32),
            present_C=present_C,
            strong=strong,
        )
        return Example(
            image_HW3=generator.integers(0, 256, (side, side, 3), dtype=np.uint8),
            height=side,
            width=side,
            target=target,
            objectness_HW=None if self.objective == "full" else center_map(side, side),
        )
