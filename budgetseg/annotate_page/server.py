"""The server of the page: questions and images out, answers in. It knows images by number only, no paths."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from budgetseg.annotate_page.guard import HEADERS, refusal
from budgetseg.annotate_page.questions import Question, instruction
from budgetseg.annotate_page.session import Session
from budgetseg.errors import BudgetsegError, RunFailedError

__all__ = ["PageServer"]

_PARTS: Final = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_SILENT_SECONDS: Final = 60
"""After which a connection that says nothing is closed."""
_MOST_DIGITS: Final = 9


class PageServer(ThreadingHTTPServer):
    """Serves one session until it is done or stopped."""

    daemon_threads = True

    def __init__(
        self, session: Session, summary: Callable[[], Mapping[str, Any]], *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        """Open the port; 0 takes a free one.

        Args:
            session: What is asked.
            summary: Called at the end, for the last page.
            host: An address of this machine.
            port: Its port.

        Raises:
            RunFailedError: The address or port cannot be had.
        """
        self.session, self.summary = session, summary
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            raise RunFailedError(f"{host}:{port}: cannot listen here ({error.strerror}); try another --port") from error
        self.hosts = frozenset(f"{name}:{self.server_port}" for name in {host, "127.0.0.1", "localhost"})

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{self.server_address[0]!s}:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that closes a connection early is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    protocol_version = "HTTP/1.1"
    server_version = "budgetseg"
    sys_version = ""
    timeout = _SILENT_SECONDS

    def do_GET(self) -> None:
        if refused := refusal(self.headers, self.server.hosts, changes=False):
            self._say(*refused)
            return
        path = urlsplit(self.path).path
        if path in _PARTS:
            name, kind = _PARTS[path]
            content = files("budgetseg.annotate_page").joinpath(name).read_bytes()
            self._send(200, content, kind)
        elif path == "/question":
            self._json(self._question(self.server.session.next_question()))
        elif number := _number(path, "/question/", len(self.server.session.questions)):
            self._json(self._question(self.server.session.questions[int(number)]))
        elif number := _number(path, "/image/", len(self.server.session.photo_at) + 10**6):
            self._image(int(number))
        elif path == "/summary":
            self.server.session.write()
            self._json(self.server.summary())
        else:
            self._say(404, "there is no such page")

    def do_POST(self) -> None:
        if refused := refusal(self.headers, self.server.hosts, changes=True):
            self.close_connection = True  # what was sent is not read
            self._say(*refused)
            return
        content = self.rfile.read(int(self.headers["Content-Length"]))
        path = urlsplit(self.path).path
        if path == "/answer":
            self._answer(content)
        elif path == "/finish":
            self._json({"finished": True})
            threading.Thread(target=self.server.shutdown, daemon=True).start()
        else:
            self._say(404, "there is no such page")

    def _question(self, question: Question | None) -> Mapping[str, Any]:
        session = self.server.session
        progress = {"answered": session.answered, "total": len(session.questions)}
        if question is None:
            return {"done": True, **progress}
        return {
            "done": False,
            **progress,
            "number": question.number,
            "image": f"/image/{question.place}",
            "width": question.photo.width,
            "height": question.photo.height,
            "class": question.cls,
            "kind": session.asked.kind,
            "instruction": instruction(session.asked.kind, question.cls),
        }

    def _image(self, place: int) -> None:
        photo = self.server.session.photo_at.get(place)
        if photo is None:
            self._say(404, "there is no such image")
            return
        try:
            content, kind = photo.read()
        except (BudgetsegError, OSError) as error:
            self._say(500, f"{photo.image_id}: cannot read this image ({error})")
            return
        self._send(200, content, kind, cache="private, max-age=3600")

    def _answer(self, content: bytes) -> None:
        try:
            kept = self.server.session.answer(json.loads(content))
        except (ValueError, RecursionError) as error:
            self._say(400, f"{error}")
        except OSError as error:
            self._say(507, f"the answer could not be kept ({error.strerror or error})")
        else:
            self._json({"kept": kept.number})

    def _json(self, document: Mapping[str, Any]) -> None:
        self._send(200, json.dumps(document, allow_nan=False).encode(), "application/json")

    def _say(self, status: int, reason: str) -> None:
        self._send(status, json.dumps({"error": reason}).encode(), "application/json")

    def _send(self, status: int, content: bytes, kind: str, *, cache: str = "no-store") -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Cache-Control": cache}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the standard library's
        """Say nothing: stderr is for the user."""


def _number(path: str, before: str, below: int) -> str | None:
    """The whole number at the end of a path, as it stands there; None where there is none below ``below``."""
    text = path.removeprefix(before)
    fits = path.startswith(before) and text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return text if fits and int(text) < below else None
