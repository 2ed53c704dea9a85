"""PASCAL VOC 2012 by name: downloaded once from its makers (Everingham et al. 2012), and kept.

It is kept below ``$BUDGETSEG_DATA``, or ``~/.cache/budgetseg`` where that is not set. ``$BUDGETSEG_VOC2012_URL`` names
another place that has the same archive.
"""

import os
import tarfile
from dataclasses import dataclass
from pathlib import Path

from budgetseg.data.download import Tell, download, md5_of
from budgetseg.errors import DataError, RunFailedError
from budgetseg.files import write_folder

__all__ = ["NAME", "VOC2012", "Archive", "data_folder", "fetch"]

NAME = "voc2012"


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A tar file on the net."""

    name: str
    url: str
    md5: str
    """Its checksum, in hexadecimal; it guards against a broken download, not against malice."""
    holds: str
    """A folder that unpacking it must give."""


VOC2012 = Archive(
    name="VOCtrainval_11-May-2012.tar",
    url="https://thor.robots.ox.ac.uk/pascal/VOC/voc2012/VOCtrainval_11-May-2012.tar",
    md5="6cd6e144f989b92b3379bac3b3de84fd",  # as torchvision publishes it
    holds="VOCdevkit/VOC2012",
)


def data_folder() -> Path:
    """The folder in which downloaded data sets are kept."""
    return Path(os.environ.get("BUDGETSEG_DATA") or Path.home() / ".cache" / "budgetseg")


def fetch(tell: Tell, *, archive: Archive | None = None, folder: Path | None = None, url: str | None = None) -> Path:
    """Return the folder of VOC 2012; it is downloaded and unpacked where it is not there, whole or not at all.

    An archive that was put into ``folder`` by hand is unpacked, and left where it is; a downloaded one is removed when
    it is unpacked, and until then a broken download is continued by the next call.

    Args:
        tell: Told of the progress.
        archive: What to fetch; `VOC2012` if None.
        folder: Where to keep it; `data_folder` if None.
        url: Where it is; the archive's own place, or ``$BUDGETSEG_VOC2012_URL``, if None.

    Raises:
        DataError: No connection, or an archive that is not the right one; the message says what to do by hand.
        RunFailedError: The folder cannot be written to.
    """
    archive = archive or VOC2012
    folder = folder or data_folder()
    root = folder / NAME
    if (root / archive.holds).is_dir():
        return root
    url = url or os.environ.get("BUDGETSEG_VOC2012_URL") or archive.url
    file = folder / archive.name
    instead = f"download {archive.url} by hand and put it into {folder}, or give --dataset PATH of a VOC devkit"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        by_hand = file.is_file()
        if not by_hand:
            download(url, file, md5=archive.md5, tell=tell, instead=instead)
        elif (got := md5_of(file)) != archive.md5:
            raise DataError(f"{file}: expected the MD5 checksum {archive.md5}, got {got}; remove it, then {instead}")
        tell(f"{NAME}: unpacking {file}")
        _unpack(file, root, archive)
        if not by_hand:
            file.unlink()
    except OSError as error:
        raise RunFailedError(f"{folder}: cannot write here ({error.strerror or error}); set BUDGETSEG_DATA") from error
    return root


def _unpack(file: Path, root: Path, archive: Archive) -> None:
    with write_folder(root, may_replace=lambda _: False) as place:
        try:
            with tarfile.open(file) as tar:
                tar.extractall(place, filter="data")
        except tarfile.TarError as error:
            raise DataError(f"{file}: cannot unpack this archive ({error}); remove it and try again") from error
        if not (place / archive.holds).is_dir():
            raise DataError(f"{file}: expected it to hold {archive.holds}; remove it and try again")
