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
