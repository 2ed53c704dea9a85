"""Builders of small data sets on disk."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Masks = Mapping[str, np.ndarray]


def save_mask(path: Path, mask_HW: np.ndarray) -> None:
    """Save indices as a palette PNG whose colours have nothing to do with the indices."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(mask_HW.astype(np.uint8), "L").convert("P")
    picture.putdata(mask_HW.astype(np.uint8).ravel().tolist())
    picture.putpalette([(7 * i + 100) % 256 for i in range(768)])
    picture.save(path)


def save_image(path: Path, height: int, width: int, **options: object) -> np.ndarray:
    path.parent.mkdir(parents=True, exist_ok=True)
    y_H1, x_W = np.arange(height)[:, None], np.arange(width)
    image_HW3 = np.stack([y_H1 * 5 + x_W * 0, y_H1 * 0 + x_W * 5, y_H1 + x_W], axis=-1).astype(np.uint8)
    Image.fromarray(image_HW3).save(path, **options)
    return image_HW3


def write_list(path: Path, ids: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{image_id}\n" for image_id in ids), encoding="utf-8")


@pytest.fixture
def make_voc(tmp_path: Path) -> Callable[..., Path]:
    def make(train: Masks, val: Masks, objects: Masks | None = None, root: str = "devkit") -> Path:
        folder = tmp_path / root
        for image_id, mask_HW in {**train, **val}.items():
            save_image(folder / "JPEGImages" / f"{image_id}.jpg", *mask_HW.shape)
            save_mask(folder / "SegmentationClass" / f"{image_id}.png", mask_HW)
        for image_id, object_HW in (objects or {}).items():
            save_mask(folder / "SegmentationObject" / f"{image_id}.png", object_HW)
        write_list(folder / "ImageSets/Segmentation/train.txt", list(train))
        write_list(folder / "ImageSets/Segmentation/val.txt", list(val))
        return folder

    return make


@pytest.fixture
def make_folders(tmp_path: Path) -> Callable[..., Path]:
    def make(train: Masks, val: Masks, classes: tuple[str, ...] = ("background", "cat", "dog", "cow")) -> Path:
        folder = tmp_path / "photos"
        for image_id, mask_HW in {**train, **val}.items():
            save_image(folder / "images" / f"{image_id}.jpg", *mask_HW.shape)
            save_mask(folder / "masks" / f"{image_id}.png", mask_HW)
        (folder / "classes.txt").write_text("\n".join(classes) + "\n", encoding="utf-8")
        write_list(folder / "train.txt", list(train))
        write_list(folder / "val.txt", list(val))
        return folder

    return make


def runs_of(region_HW: np.ndarray) -> dict[str, object]:
    """A region as COCO's runs."""
    values = region_HW.T.ravel().astype(int)
    ends = [*(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    runs = np.diff([0, *ends]).tolist()
    return {"size": list(region_HW.shape), "counts": [0, *runs] if values[0] else runs}


@pytest.fixture
def make_coco(tmp_path: Path) -> Callable[..., Path]:
    """Objects are the bands of each class (or drawn ones), void is a crowd; category ids have gaps and no order."""

    def make(train: Masks, val: Masks, objects: Masks | None = None) -> Path:
        folder = tmp_path / "coco"
        categories = [{"id": 90, "name": "cow"}, {"id": 3, "name": "cat"}, {"id": 17, "name": "dog"}]
        for split, masks in (("train", train), ("val", val)):
            images, annotations = [], []
            for number, (image_id, mask_HW) in enumerate(masks.items(), start=40):
                save_image(folder / f"{split}2017" / f"{image_id}.jpg", *mask_HW.shape)
                height, width = mask_HW.shape
                images.append({"id": number, "file_name": f"{image_id}.jpg", "height": height, "width": width})
                object_HW = (objects or {}).get(image_id, mask_HW)
                for label in np.unique(object_HW[object_HW > 0]).tolist():
                    index = int(mask_HW[object_HW == label][0])
                    annotation = {"image_id": number, "segmentation": runs_of(object_HW == label)}
                    crowd = index == 255
                    annotation |= {"iscrowd": int(crowd), "category_id": 3 if crowd else (3, 17, 90)[index - 1]}
                    annotations.append(annotation)
            document = {"images": images, "annotations": annotations, "categories": categories}
            file = folder / "annotations" / f"instances_{split}2017.json"
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps(document))
        return folder

    return make


def save_mat(path: Path, name: str, **fields: object) -> None:
    from scipy.io import savemat

    path.parent.mkdir(parents=True, exist_ok=True)
    savemat(path, {name: fields}, do_compression=True)


@pytest.fixture
def make_sbd(tmp_path: Path) -> Callable[..., Path]:
    """Objects are the bands of each class, or drawn ones."""

    def make(train: Masks, val: Masks, objects: Masks | None = None, root: str = "sbd") -> Path:
        folder = tmp_path / root
        for image_id, mask_HW in {**train, **val}.items():
            labels = np.unique(mask_HW)[1:].tolist()
            bands_HW = sum((k * (mask_HW == label) for k, label in enumerate(labels, 1)), np.zeros_like(mask_HW))
            object_HW = (objects or {}).get(image_id, bands_HW)
            categories = [[int(mask_HW[object_HW == k][0])] for k in range(1, int(object_HW.max()) + 1)]
            save_image(folder / "img" / f"{image_id}.jpg", *mask_HW.shape)
            save_mat(folder / "cls" / f"{image_id}.mat", "GTcls", Segmentation=mask_HW)
            pixels = {"Segmentation": object_HW.astype(np.uint8), "Categories": np.array(categories, np.uint8)}
            save_mat(folder / "inst" / f"{image_id}.mat", "GTinst", **pixels)
        write_list(folder / "train.txt", list(train))
        write_list(folder / "val.txt", list(val))
        return folder

    return make


CITY_LABELS = np.array([0, 7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33])


@pytest.fixture
def make_cityscapes(tmp_path: Path) -> Callable[..., Path]:
    """Masks hold class indices; 0 is written as unlabelled. Objects are drawn ones, or classes not told apart."""

    def make(train: Masks, val: Masks, objects: Masks | None = None, kind: str = "gtFine") -> Path:
        folder = tmp_path / "streets"
        for split, masks in (("train", train), ("val", val)):
            for image_id, mask_HW in masks.items():
                city = image_id.split("_")[0]
                place = folder / "leftImg8bit" / split / city / f"{image_id}_leftImg8bit.png"
                save_image(place, *mask_HW.shape)
                label_HW = np.where(mask_HW == 255, 1, CITY_LABELS[np.where(mask_HW == 255, 0, mask_HW)])
                number_HW = label_HW.astype(np.uint16)
                if image_id in (objects or {}):
                    own_HW = (objects or {})[image_id]
                    number_HW = np.where(own_HW > 0, label_HW * 1000 + own_HW - 1, label_HW).astype(np.uint16)
                truth = folder / kind / split / city
                truth.mkdir(parents=True, exist_ok=True)
                Image.fromarray(label_HW.astype(np.uint8)).save(truth / f"{image_id}_{kind}_labelIds.png")
                Image.fromarray(number_HW).save(truth / f"{image_id}_{kind}_instanceIds.png")
        return folder

    return make


@pytest.fixture
def plain() -> Callable[..., np.ndarray]:
    def make(*labels: int, height: int = 12, width: int = 16) -> np.ndarray:
        """A background with one band of 3 columns for each label."""
        mask_HW = np.zeros((height, width), np.uint8)
        for k, label in enumerate(labels):
            mask_HW[2:-2, 1 + 4 * k : 4 + 4 * k] = label
        return mask_HW

    return make
