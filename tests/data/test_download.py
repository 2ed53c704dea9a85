"""Downloads from a server on this machine that can cut the line, lie, or know nothing of ranges."""

import hashlib
import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from budgetseg.data import download as download_module
from budgetseg.data import open_dataset, require_sound, voc2012
from budgetseg.data.download import download
from budgetseg.data.voc2012 import Archive, fetch
from budgetseg.errors import DataError, RunFailedError

CONTENT = np.random.default_rng(0).bytes(300_000)
MD5 = hashlib.md5(CONTENT).hexdigest()


@dataclass
class Server:
    """What a server sends, and what it was asked."""

    content: bytes = CONTENT
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    """After how many bytes the next answers end, though they promised more."""
    status: int = 200
    asked: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            state.asked.append(asked)
            if state.status != 200:
                self.send_error(state.status)
                return
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and state.ranges else 0
            if start >= len(state.content) > 0 and asked and state.ranges:
                self.send_error(416)
                return
            body = state.content[start:]
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(state.content) - 1}/{len(state.content)}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: state.cuts.pop(0)] if state.cuts else body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as httpd:
        state.url = f"http://127.0.0.1:{httpd.server_port}/file.tar"
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setattr(download_module, "_WAIT_SECONDS", 0)
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield state
        httpd.shutdown()
        thread.join()


@pytest.fixture
def get(server: Server, tmp_path: Path) -> Callable[..., list[str]]:
    def call(md5: str = MD5) -> list[str]:
        told: list[str] = []
        download(server.url, tmp_path / "file.tar", md5=md5, tell=told.append, instead="do it by hand")
        return told

    return call


def test_a_file_is_downloaded_whole(server: Server, get: Callable, tmp_path: Path) -> None:
    told = get()
    assert (tmp_path / "file.tar").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["file.tar"]
    assert server.asked == [""]
    assert told[-1].endswith("0.3 MB of 0.3 MB")


def test_a_line_that_breaks_is_taken_up_where_it_broke(server: Server, get: Callable, tmp_path: Path) -> None:
    server.cuts = [100_000, 50_000]
    told = get()
    assert (tmp_path / "file.tar").read_bytes() == CONTENT
    assert server.asked == ["", "bytes=100000-", "bytes=150000-"]
    assert sum("the connection broke" in line for line in told) == 2


def test_a_part_of_an_earlier_call_is_continued(server: Server, get: Callable, tmp_path: Path) -> None:
    (tmp_path / "file.tar.part").write_bytes(CONTENT[:123])
    get()
    assert (tmp_path / "file.tar").read_bytes() == CONTENT
    assert server.asked == ["bytes=123-"]


def test_a_whole_part_is_taken_when_nothing_is_left_to_send(server: Server, get: Callable, tmp_path: Path) -> None:
    (tmp_path / "file.tar.part").write_bytes(CONTENT)
    get()
    assert (tmp_path / "file.tar").read_bytes() == CONTENT


def test_a_server_without_ranges_sends_all_again(server: Server, get: Callable, tmp_path: Path) -> None:
    server.ranges = False
    server.cuts = [100_000]
    get()
    assert (tmp_path / "file.tar").read_bytes() == CONTENT
    assert server.asked == ["", "bytes=100000-"]


def test_another_checksum_is_refused_and_nothing_is_left(server: Server, get: Callable, tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=rf"expected the MD5 checksum {'0' * 32}, got {MD5}; what was .*; try again, or d"
    ):
        get("0" * 32)
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_stays_dead_is_given_up_and_the_part_kept(server: Server, get: Callable, tmp_path: Path) -> None:
    server.cuts = [100_000, 0, 0, 0, 0, 0, 0, 0]
    with pytest.raises(
        DataError, match=r"cannot download \(.*\) after 0\.1 MB, which are kept; do it by hand"
    ) as caught:
        get()
    assert "\n" not in str(caught.value)
    assert len(server.asked) == 6
    assert (tmp_path / "file.tar.part").read_bytes() == CONTENT[:100_000]
    assert not (tmp_path / "file.tar").exists()


def test_no_connection_is_one_line_at_once(server: Server, get: Callable, tmp_path: Path) -> None:
    server.url = "http://127.0.0.1:9/file.tar"  # the port that discards; nothing listens
    told: list[str] = []
    with pytest.raises(DataError, match=r"127\.0\.0\.1:9/file\.tar: cannot download \(.*refused\); do it") as caught:
        download(server.url, tmp_path / "file.tar", md5=MD5, tell=told.append, instead="do it by hand")
    assert caught.value.exit_code == 4
    assert told == []
    server.url = "ftp://somewhere/file.tar"
    with pytest.raises(DataError, match="expected an address that begins with http"):
        get()
    server.url = "http://[bad/file.tar"
    with pytest.raises(DataError, match=r"cannot download \(Invalid IPv6 URL\)"):
        get()


def test_what_is_not_there_is_said(server: Server, get: Callable) -> None:
    server.status = 404
    with pytest.raises(DataError, match=r"cannot download \(404 Not Found\); do it by hand"):
        get()


@pytest.fixture
def archive(server: Server, make_voc: Callable[..., Path], plain: Callable, tmp_path: Path) -> Archive:
    """A tiny VOC 2012, served."""
    devkit = make_voc({"2007_a": plain(8)}, {"2007_b": plain(15)})
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(devkit, "VOCdevkit/VOC2012")
    server.content = packed.getvalue()
    return Archive(
        name="voc.tar",
        url=server.url,
        md5=hashlib.md5(server.content).hexdigest(),
        holds="VOCdevkit/VOC2012",
    )


@pytest.fixture
def cache(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(voc2012, "VOC2012", archive)
    monkeypatch.setenv("BUDGETSEG_DATA", str(tmp_path / "cache"))
    monkeypatch.delenv("BUDGETSEG_VOC2012_URL", raising=False)
    return tmp_path / "cache"


def test_voc_2012_is_opened_by_name_and_downloaded_once(cache: Path, server: Server) -> None:
    told: list[str] = []
    dataset = open_dataset("voc2012", tell=told.append)
    assert (dataset.name, dataset.ids("train"), dataset.ids("val")) == ("VOC2012", ("2007_a",), ("2007_b",))
    require_sound(dataset)
    assert told[0].startswith(f"{server.url}: 0.0 MB of ")
    assert told[-1] == f"voc2012: unpacking {cache / 'voc.tar'}"
    assert [path.name for path in cache.iterdir()] == ["voc2012"]  # the archive is gone
    server.status = 500
    assert open_dataset("voc2012", classes=("cat",)).ids("train") == ("2007_a",)
    assert len(server.asked) == 1


def test_an_archive_put_there_by_hand_is_unpacked_and_kept(cache: Path, server: Server, archive: Archive) -> None:
    cache.mkdir()
    (cache / archive.name).write_bytes(server.content)
    assert open_dataset("voc2012").ids("train") == ("2007_a",)
    assert server.asked == []
    assert (cache / archive.name).is_file()


def test_a_wrong_archive_put_there_by_hand_is_named(cache: Path, archive: Archive) -> None:
    cache.mkdir()
    (cache / archive.name).write_bytes(b"wrong")
    with pytest.raises(DataError, match=r"voc\.tar: expected the MD5 checksum .*; remove it, then download http"):
        open_dataset("voc2012")
    assert [path.name for path in cache.iterdir()] == ["voc.tar"]


def test_offline_says_what_to_do_instead(cache: Path, monkeypatch: pytest.MonkeyPatch, archive: Archive) -> None:
    monkeypatch.setenv("BUDGETSEG_VOC2012_URL", "http://127.0.0.1:9/mirror.tar")
    with pytest.raises(DataError) as caught:
        open_dataset("voc2012")
    what = f"download {archive.url} by hand and put it into {cache}, or give --dataset PATH of a VOC devkit"
    assert str(caught.value).startswith("http://127.0.0.1:9/mirror.tar: cannot download (")
    assert str(caught.value).endswith(f"; {what}")
    assert caught.value.exit_code == 4
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("name", ["../outside", "/outside-of-budgetseg"])
def test_an_archive_that_writes_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo(f"{name}/x"), io.BytesIO())
    md5 = hashlib.md5((tmp_path / "a.tar").read_bytes()).hexdigest()
    archive = Archive(name="a.tar", url="http://127.0.0.1:9/", md5=md5, holds="VOCdevkit")
    with pytest.raises(DataError, match=r"a\.tar: (cannot unpack this archive|expected it to hold VOCdevkit)"):
        fetch(lambda _: None, archive=archive, folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.tar"]


def test_a_cache_that_cannot_be_written_is_named(cache: Path) -> None:
    cache.write_text("a file")
    with pytest.raises(RunFailedError, match=r"cache: cannot write here .*; set BUDGETSEG_DATA"):
        open_dataset("voc2012")


def test_the_real_archive_is_the_one_that_others_publish() -> None:
    torchvision = pytest.importorskip("torchvision.datasets.voc")
    published = torchvision.DATASET_YEAR_DICT["2012"]
    real = voc2012.VOC2012
    assert (real.name, real.md5, real.holds) == (published["filename"], published["md5"], published["base_dir"])
