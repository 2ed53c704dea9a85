"""Sessions on a few pictures, their server in a thread, and a real browser driven over its own protocol."""

import itertools
import json
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from PIL import Image

from budgetseg.annotate_page.photos import photos_of
from budgetseg.annotate_page.server import PageServer
from budgetseg.annotate_page.session import Session

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--window-size=900,700",
    "--remote-debugging-pipe",
)
# The browser has its pipe at 3 and 4; what is there already is moved out of the way first.
LAUNCH = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for place, end in zip((3, 4), ends):
    os.dup2(end, place)
os.execv(sys.argv[3], sys.argv[3:])
"""


@pytest.fixture
def pictures(tmp_path):
    """Folder with three images of odd sizes."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name, (width, height) in {"a.png": (61, 47), "b.jpg": (33, 90), "c ü.png": (120, 40)}.items():
        Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8)).save(folder / name)
    return folder


@pytest.fixture
def begin(pictures, tmp_path):
    """Begin a session, or go on with it; sessions are closed at the end."""
    opened = []

    def begin(kind="point", *, classes=("cat", "dog"), folder="annotations", controls=(), annotator="me", limit=None):
        session = Session(
            tmp_path / folder,
            kind=kind,
            classes=classes,
            annotator=annotator,
            seed=0,
            photos=photos_of(str(pictures), limit),
            controls=controls,
        )
        opened.append(session)
        return session

    yield begin
    for session in opened:
        session.close()


@pytest.fixture
def serve():
    """Serve a session from a thread."""
    running = []

    def serve(session, summary=lambda: {"told": ["The end."], "rates": []}):
        server = PageServer(session, summary)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        running.append((server, thread))
        return server

    yield serve
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


class Browser:
    """Chromium, by the DevTools protocol over a pipe."""

    def __init__(self, chromium, folder):
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        self._log = (folder / "chromium.log").open("wb")
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                LAUNCH,
                str(to_read),
                str(to_write),
                chromium,
                *FLAGS,
                f"--user-data-dir={folder / 'profile'}",
            ],
            pass_fds=(to_read, to_write),
            stdout=self._log,
            stderr=self._log,
            stdin=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._numbers, self._read, self.said = itertools.count(1), b"", []
        target = next(t for t in self.send("Target.getTargets")["targetInfos"] if t["type"] == "page")
        attached = self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        self.send("Runtime.enable")
        self.send("Log.enable")
        self.send("Page.enable")

    _session = None

    def send(self, method, **params):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self._read:
                chunk = os.read(self._from, 65536)
                assert chunk, "the browser went away"
                self._read += chunk
            text, _, self._read = self._read.partition(b"\0")
            reply = json.loads(text)
            if reply.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.said.append(json.dumps(reply["params"]))
            if reply.get("id") == number:
                assert "error" not in reply, reply
                return reply["result"]

    def js(self, expression):
        reply = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in reply, reply
        return reply["result"].get("value")

    def until(self, expression, seconds=60):
        end = time.monotonic() + seconds
        while not self.js(f"document.body !== null && ({expression})"):
            assert time.monotonic() < end, f"{expression}: {self.js('document.body.innerText')}"
            time.sleep(0.02)

    def mouse(self, kind, x, y, **more):
        self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1, **more)

    def click(self, x, y):
        self.mouse("mousePressed", x, y, buttons=1)
        self.mouse("mouseReleased", x, y)

    def press(self, key, code=None):
        text = {"text": key} if len(key) == 1 else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, code=code or key, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key, code=code or key)

    def push(self, button):
        x, y = self.js(
            f"(() => {{ const b = document.getElementById('{button}').getBoundingClientRect();"
            "return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        self.click(x, y)

    def close(self):
        self._session = None
        self.send("Browser.close")
        self._process.wait(30)
        os.close(self._to)
        os.close(self._from)
        self._log.close()


@pytest.fixture(scope="module")
def browser(chromium, tmp_path_factory):
    browser = Browser(chromium, tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()
