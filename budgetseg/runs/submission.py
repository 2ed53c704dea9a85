"""Predictions for the test server of PASCAL VOC: one palette PNG an image, in the folders that the server expects.

``comp6`` is VOC's name for segmentation with training data of one's own choice, which ImageNet weights and SBD are.
"""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Final

import torch
from PIL import Image

from budgetseg.data.colours import class_palette
from budgetseg.data.disk import OnDisk
from budgetseg.data.lists import read_listing
from budgetseg.data.open import open_dataset
from budgetseg.data.pixels import read_header
from budgetseg.errors import DataError, InvalidInputError
from budgetseg.files import write_bytes
from budgetseg.learn.batches import canvas_of
from budgetseg.learn.device import device_of
from budgetseg.learn.evaluate import predict
from budgetseg.learn.networks import build_network
from budgetseg.learn.weights import read_state_dict
from budgetseg.runs.config import read_config, spec_of
from budgetseg.runs.directory import RunDirectory
from budgetseg.runs.spec import RunSpec

__all__ = ["PLACE", "write_submission"]

PLACE: Final = Path("results") / "VOC2012" / "Segmentation" / "comp6_test_cls"
"""Below the folder that is packed for the server."""


def write_submission(
    run_folder: Path,
    dataset_folder: Path,
    out: Path,
    *,
    test_list: Path | None,
    device: str,
    on_image: Callable[[int, int], None],
) -> int:
    """Predict the test images with the network of a finished run, at their own size.

    Args:
        run_folder: The run's directory.
        dataset_folder: A VOC devkit whose ``JPEGImages`` holds the test images.
        out: Where :data:`PLACE` is made; files there are replaced.
        test_list: Ids of the test images; None is the devkit's ``ImageSets/Segmentation/test.txt``.
        device: Where to compute.
        on_image: Called with (images done, images in all).

    Returns:
        The number of files.

    Raises:
        InvalidInputError: The run is not finished, or did not learn all classes of the devkit.
        DataError: The devkit, the list or an image of it is missing.
    """
    directory = RunDirectory(run_folder)
    result = directory.result
    if result is None or result.get("status") != "completed":
        raise InvalidInputError(f"{run_folder}: holds no finished run; finish it first")
    tables = read_config(run_folder / "config.toml")
    spec = spec_of(tables["run"], tables["train"], tables.get("mix"))
    dataset = open_dataset(dataset_folder)
    if not isinstance(dataset, OnDisk) or list(dataset.classes) != result["classes"]:
        raise InvalidInputError(
            f"{run_folder}: learned {', '.join(result['classes'][1:])}; the server wants all of {dataset_folder}"
        )
    listed = test_list or dataset.root / "ImageSets" / "Segmentation" / "test.txt"
    ids = read_listing(listed, fix="put VOC's test list there or give --test-list", first_word=True).ids
    if not ids:
        raise DataError(f"{listed}: names no image; give VOC's test list")
    for image_id in ids:
        dataset.image_file(image_id)  # all of them are there before the first is predicted
    drawn = torch.Generator().manual_seed(0)  # and replaced at once by what was learned
    network = build_network(spec.backbone, dataset.classes, supervision="full", generator=drawn, weights=None)
    network.load_state_dict(read_state_dict(directory.final_weights))
    where = device_of(device)
    canvas = _canvas(spec, run_folder, dataset)
    for number, (image_id, prediction_HW) in enumerate(predict(network.to(where), dataset, ids, canvas, where), 1):
        picture = Image.fromarray(prediction_HW)
        picture.putpalette(class_palette())
        buffer = io.BytesIO()
        picture.save(buffer, format="png")
        write_bytes(out / PLACE / f"{image_id}.png", buffer.getvalue())
        on_image(number, len(ids))
    return len(ids)


def _canvas(spec: RunSpec, run_folder: Path, dataset: OnDisk) -> tuple[int, int] | None:
    """The size at which the run showed images: it follows from those that it was trained on."""
    if not spec.train.crop:
        return None
    with (run_folder / "subset.csv").open(encoding="utf-8", newline="") as file:
        ids = [row["image_id"] for row in csv.DictReader(file)]
    headers = [read_header(dataset.image_file(image_id)) for image_id in ids]
    return canvas_of([(header.height, header.width) for header in headers], spec.train.crop)
