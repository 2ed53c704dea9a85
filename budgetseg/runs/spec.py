"""What defines a run: every choice that its result depends on, and nothing else.

Two runs with equal specs give equal results on one machine; where and how fast they are computed (device, folder) is
kept apart in :class:`Execution`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from budgetseg.errors import InvalidInputError
from budgetseg.learn.objectness import detector_file
from budgetseg.learn.recipe import MODERN, Recipe
from budgetseg.plan.validation import charged_images

__all__ = ["Execution", "RunSpec"]

# As in learn/compiled.py, which imports torch; a spec is read without.
_Compiling = Literal["none", "kernels", "graphs"]


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """One experiment."""

    strategy: str = "hybrid"
    """Name in ``STRATEGIES``, or ``plan`` when ``mix`` says what is bought."""
    full_images: int = 100
    """Full masks of the ``hybrid`` strategy."""
    search_class: str | None = None
    """Class that the ``two-stage`` strategy looks for."""
    hours: str | None = None
    """Annotators' hours to spend; None spends what all images (or ``images``) cost."""
    images: int | None = None
    """Images to annotate, instead of hours."""
    mix: Mapping[str, int] | None = None
    """Images per kind, from a plan."""
    skip: int = 0
    """Images passed over before the first is bought, so that a part of a mix can train alone on its own images."""
    moves: tuple[str, ...] = ()
    """What a plan buys on top of ``current``, such as "300 image -> point"."""
    current: str | None = None
    """What is annotated already: a run's folder, its subset.csv, or a JSON file that names the images."""
    annotations: str | None = None
    """Folder of annotations that people gave, which are trained on instead of simulated ones."""
    validation: str = "free"
    """Masks that measure the model: free, or how many of them the hours pay for."""
    costs: str = "voc2012"
    """Cost book: a shipped name or a file."""
    objectness: str = "none"
    """Prior of equation 4: none, center, maps:FOLDER, or detector:FILE."""
    objectness_seconds: str = "0"
    """What the prior costs once, in seconds; ``spec_of`` fills in what a detector's boxes took."""
    annotators: Literal["human", "perfect"] = "human"
    """Whether simulated annotators err as people do."""
    patch_radius: int = 0
    """Pixels around a click that are labelled with it, section 5.3 "Patches"."""
    points: str | None = None
    """File of real clicks, used instead of simulated ones."""
    background_clicks: int = 0
    """Clicks on the background that each image of clicks or strokes gets besides; each is charged."""
    background_points: str | None = None
    """File of real clicks on the background, used instead of simulated ones."""
    rank_weights: Literal["normalised", "printed"] = "normalised"
    """Weights 1/2^r of ``allpoints-weighted``: divided by their sum as in the released code, or as the text prints."""
    tags: Literal["clicks", "truth"] = "clicks"
    """Classes said to be in an image of clicks or strokes: those marked (released code), or those of its mask."""
    order: Literal["random", "listed"] = "random"
    """Images are bought in a random order (the text), or in that of their ids (the released code)."""
    dataset: str = "scenes"
    """``scenes`` or a folder."""
    classes: tuple[str, ...] = ()
    """Keep only images of these classes; empty keeps all."""
    limit: int | None = None
    """Keep only the first training images."""
    instances: str | None = None
    """File of instance boxes, for data sets without instance masks."""
    train_set: Literal["voc", "paper", "trainval"] = "voc"
    """Which training list of a VOC devkit."""
    train_list: str | None = None
    val_list: str | None = None
    backbone: str = "tiny"
    weights: str = "imagenet"
    classifier: Literal["auto", "zero", "imagenet"] = "auto"
    """Start of vgg16's classifier: zero, or the ImageNet rows of the same classes; auto: zero for masks alone."""
    absent_classes: Literal["skip", "zero"] = "skip"
    """How the mean IoU counts classes that neither truth nor prediction holds."""
    precision: Literal["fp32", "bf16"] = "fp32"
    seed: int = 0
    train: Recipe = field(default=MODERN)

    def __post_init__(self) -> None:
        if self.hours is not None and self.images is not None:
            raise InvalidInputError("--hours and --images: give one of them; each follows from the other")
        if self.mix is not None and (self.hours is not None or self.images is not None):
            raise InvalidInputError("--plan: the plan says how many images to buy; leave out --hours and --images")
        if (self.strategy == "two-stage") != (self.search_class is not None):
            raise InvalidInputError(
                "--search-class: name the class that --strategy two-stage looks for; no other looks"
            )
        if self.search_class is not None and (self.hours is None or self.current is not None):
            raise InvalidInputError("--strategy two-stage: give it --hours to spend; it can't start from --current")
        if self.skip and self.current is not None:
            raise InvalidInputError("run.skip: leave it out with --current, whose images come first")
        if self.background_clicks and self.current is not None:
            raise InvalidInputError("--background-clicks: leave it out with --current, whose own are not recorded")
        if self.background_points is not None and not self.background_clicks:
            raise InvalidInputError(
                "--background-points: say how many an image are bought, such as --background-clicks 1"
            )
        if self.annotations is not None:
            self._check_annotated()
        charged_images(self.validation)
        for name in ("full_images", "images", "skip", "limit", "patch_radius", "background_clicks", "seed"):
            value, least = getattr(self, name), 1 if name in ("images", "limit") else 0
            if value is not None and value < least:
                raise InvalidInputError(f"--{name.replace('_', '-')}: expected a whole number >= {least}, got {value}")

    def _check_annotated(self) -> None:
        """Nothing can be chosen that annotations settle already."""
        settled = {
            "--hours": self.hours,
            "--images": self.images,
            "--current": self.current,
            "--points": self.points,
            "--background-clicks": self.background_clicks or None,
            "run.moves": self.moves or None,
            "run.skip": self.skip or None,
        }
        for name, value in settled.items():
            if value is not None:
                raise InvalidInputError(f"--annotations: what is annotated is there already; leave out {name}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ``train`` as a table of its own."""
        return {**asdict(self), "classes": list(self.classes), "moves": list(self.moves)}

    @property
    def fingerprint(self) -> str:
        """Sha256 of the spec and of the files it names: a book or list that was edited makes another run."""
        settings = self.to_dict()
        if self.annotations is None:
            del settings["annotations"]  # the run that it was before this could be chosen
        digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
        named = (self.costs, self.points, self.instances, self.train_list, self.val_list, self.weights, self.current)
        detector = detector_file(self.objectness)
        for name in (*named, None if detector is None else str(detector), self.background_points):
            path = None if name is None else Path(name)
            if path is not None and name == self.current and path.is_dir():
                path = path / "subset.csv"
            if path is not None and path.is_file():
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        if self.annotations is not None:
            for path in sorted(each for each in Path(self.annotations).rglob("*") if each.is_file()):
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    @property
    def folder_name(self) -> str:
        """Strategy, hours or images, seed and eight digits of the fingerprint."""
        size = f"h{self.hours}" if self.hours is not None else f"n{self.images}" if self.images is not None else "all"
        return f"{self.strategy}-{size}-s{self.seed}-{self.fingerprint[:8]}"


@dataclass(frozen=True, kw_only=True)
class Execution:
    """Where and how a run is computed; none of it changes the result beyond rounding."""

    folder: Path
    """The run directory."""
    device: str = "auto"
    """auto, cpu, cuda, cuda:N or mps."""
    compiling: _Compiling = "none"
    """How the passes through the network are compiled."""
    force: bool = False
    """Throw away what the folder holds and start anew."""
    resume: bool = False
    """Insist that there is something to go on from."""
    workers: int = 1
    """The most processes that simulate annotators; see :func:`budgetseg.annotate.simulate.simulate`."""
    checkpoint_seconds: float = 60.0
    """Time between two saved states."""
    measure_every: int = 0
    """Iterations between two looks at the mIoU on the way, for learning curves; 0 does not look."""
    command: str = ""
    """The command line, to be repeated by a reader of the result."""

    def __post_init__(self) -> None:
        if self.measure_every < 0:
            raise InvalidInputError(f"--measure-every: expected a whole number >= 0, got {self.measure_every}")
        known = get_args(_Compiling)
        if self.compiling not in known:
            raise InvalidInputError(f"--compile: expected one of {', '.join(known)}, got {self.compiling}")
