"""Who may speak to the page's server: this page in a browser, and nobody who only knows the address.

Any web site can make a visitor's browser send requests to 127.0.0.1, and a name that first leads to the site and then
to 127.0.0.1 makes them look like its own (DNS rebinding). So the Host must be an address of this server, an Origin must
be the page's, and what changes anything must be JSON with a header of its own, which browsers let no other site send.
"""

from typing import Final, Protocol

__all__ = ["HEADERS", "MARK", "MOST_BYTES", "refusal"]

MARK: Final = "X-Budgetseg"
"""The header that answers must carry."""
MOST_BYTES: Final = 2**20
"""Of an answer."""
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' data:; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Of every response."""


class Headers(Protocol):
    """Of a request, by name in whatever case."""

    def get(self, name: str, /) -> str | None:
        """The value of a header, None where it is not there."""


def refusal(headers: Headers, hosts: frozenset[str], *, changes: bool) -> tuple[int, str] | None:
    """Return status and reason where a request is refused, None where it is not.

    Args:
        headers: Of the request, whatever the case of their names.
        hosts: How this server is called: ``127.0.0.1:8765`` and the like.
        changes: Whether the request changes anything.
    """
    host, origin = headers.get("Host") or "", headers.get("Origin")
    if host.lower() not in hosts:
        return 403, "this server is not called so"
    if origin is not None and origin.lower() not in {f"http://{name}" for name in hosts}:
        return 403, "another site's page may not ask here"
    if (headers.get("Sec-Fetch-Site") or "none") not in ("none", "same-origin"):
        return 403, "another site's page may not ask here"
    if not changes:
        return None
    if headers.get(MARK) != "1" or (headers.get("Content-Type") or "").split(";")[0].strip() != "application/json":
        return 403, f"expected JSON and the header {MARK}: 1"
    length = headers.get("Content-Length") or ""
    if not (length.isascii() and length.isdecimal()) or headers.get("Transfer-Encoding"):
        return 411, "expected the length of the answer"
    return (413, "the answer is too long") if len(length) > 9 or int(length) > MOST_BYTES else None
