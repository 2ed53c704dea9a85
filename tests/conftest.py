"""Fixtures that every room's tests share."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with the real images, clicks and times; set $BUDGETSEG_SHARED if it lies elsewhere."""
    folder = Path(os.environ.get("BUDGETSEG_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"needs the shared real data, which is not at {folder} (set BUDGETSEG_SHARED)")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program of a real browser."""
    from budgetseg.bench.browser import browser_at
    from budgetseg.errors import InvalidInputError

    try:
        return browser_at(None)
    except InvalidInputError:
        pytest.skip("needs chromium: apt-get install chromium")


@pytest.fixture(scope="session")
def photo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small data set on disk, images and masks in folders: 24 training and 8 validation scenes."""
    from PIL import Image

    from budgetseg.data.scenes import Scenes

    scenes = Scenes(train=24, val=8, seed=5)
    root = tmp_path_factory.mktemp("photos")
    for folder in ("images", "masks"):
        (root / folder).mkdir()
    for split in ("train", "val"):
        ids = scenes.ids(split)
        (root / f"{split}.txt").write_text("\n".join(ids) + "\n")
        for image_id in ids:
            Image.fromarray(scenes.image(image_id)).save(root / "images" / f"{image_id}.png")
            Image.fromarray(scenes.mask(image_id)).save(root / "masks" / f"{image_id}.png")
    (root / "classes.txt").write_text("\n".join(scenes.classes) + "\n")
    return root
