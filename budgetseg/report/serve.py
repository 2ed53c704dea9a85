"""The report as a small server: the same page, drawn anew when runs have finished, for this machine by default.

Two addresses are answered and nothing else: ``/`` is the page, ``/state`` says which state of the runs it would show.
No path is ever looked up on disk, so there is nothing to climb out of.
"""

import hashlib
import json
import threading
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from budgetseg.errors import BudgetsegError, RunFailedError
from budgetseg.report.finished import result_files
from budgetseg.report.self_contained import part, policy

__all__ = ["Pages", "make_server", "waiting_page"]

Draw = Callable[[], str]

NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def waiting_page(reason: str) -> str:
    """A page for when there is nothing to report on yet; it looks again by itself."""
    script = part("live.js")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Waiting for runs</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy(script))}; connect-src \'self\'">'
        f'<link rel="icon" href="data:,"><style>{part("page.css")}</style></head><body><header>'
        '<p class="kicker">Annotation budget report</p><div class="verdict"><p class="sentence">No run has finished '
        f'yet.</p><p class="basis">{escape(reason)}</p><p class="basis">This page looks again by itself.</p></div>'
        f"</header><script>{script}</script></body></html>\n"
    )


class Pages:
    """The page of a folder of runs, drawn once for each state of it."""

    def __init__(self, runs: Path, draw: Draw) -> None:
        """Keep what is needed.

        Args:
            runs: The folder.
            draw: Draws its page; a BudgetsegError that it raises is told on a page of its own.
        """
        self._runs, self._draw = runs, draw
        self._lock = threading.Lock()
        self._state = self._page = ""

    def state(self) -> str:
        """What the results of the folder are, in a few letters: another one after any of them has changed."""
        digest = hashlib.sha256()
        for path in result_files(self._runs):
            try:
                known = path.stat()
            except OSError:
                continue  # thrown away in this moment
            digest.update(f"{path}\0{known.st_mtime_ns}\0{known.st_size}\n".encode())
        return digest.hexdigest()[:16]

    def page(self) -> str:
        """The page of the state that is there now."""
        with self._lock:  # several readers, one drawing
            state = self.state()
            if state != self._state:
                try:
                    self._page = self._draw()
                except BudgetsegError as error:
                    self._page = waiting_page(str(error))
                self._state = state
            head = f'<head>\n<meta name="budgetseg-state" content="{self._state}">'
            return self._page.replace("<head>", head, 1)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD of the two addresses."""

    pages: Pages
    hosts: frozenset[str] | None
    """Names by which readers may call this server; None for any."""
    server_version = "budgetseg"
    sys_version = ""

    def do_GET(self) -> None:
        """Send the page or its state."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Send the headers alone."""
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        if self.hosts is not None and self._called() not in self.hosts:
            # Another site's name that leads here (DNS rebinding) must not read this machine's results.
            self._send(421, "text/plain", "This server answers to its own name only.\n", body=body)
        elif self.path == "/":
            self._send(200, "text/html", self.pages.page(), body=body)
        elif self.path == "/state":
            self._send(200, "application/json", json.dumps({"state": self.pages.state()}), body=body)
        else:
            self._send(404, "text/plain", "Only / is here.\n", body=body)

    def _called(self) -> str:
        name = self.headers.get("Host", "").rsplit("]", 1)
        return name[0].lstrip("[") if len(name) == 2 else name[0].split(":")[0]

    def _send(self, status: int, kind: str, text: str, *, body: bool) -> None:
        content = text.encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(content)),
            **HEADERS,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing: a reader who looks every few seconds would fill the terminal."""


def make_server(pages: Pages, host: str, port: int) -> ThreadingHTTPServer:
    """Bind the server; the caller runs it.

    Args:
        pages: What it sends.
        host: The address to listen on.
        port: 0 for any free one.

    Raises:
        RunFailedError: The address cannot be listened on.
    """
    handler = type("Handler", (_Handler,), {"pages": pages, "hosts": NAMES if _is_loopback(host) else None})
    try:
        server = ThreadingHTTPServer((host, port), handler)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise RunFailedError(f"{host}:{port}: cannot listen here ({why}); choose another --port or --host") from error
    server.daemon_threads = True
    return server


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
