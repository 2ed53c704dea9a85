"""The server without a browser: what it gives, what it refuses, and that it refuses the same things for anyone."""

import http.client
import json
import socket

import pytest

from budgetseg.annotate_page.guard import MOST_BYTES

JSON = {"Content-Type": "application/json", "X-Budgetseg": "1"}
ANSWER = {"number": 0, "present": True, "skipped": False, "marks": [[[3, 4]]], "actions": [0.9], "seconds": 1.2}


@pytest.fixture
def ask(begin, serve):
    session = begin("point")
    server = serve(session)

    def ask(method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {**JSON, **sent} if method == "POST" else sent
        body = json.dumps(body).encode() if isinstance(body, dict | list) else body
        connection.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        return reply, content

    ask.session, ask.server = session, server
    return ask


def test_it_asks_shows_and_keeps(ask):
    reply, content = ask("GET", "/")
    assert reply.status == 200
    assert b"/page.js" in content
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    question = json.loads(ask("GET", "/question")[1])
    assert (question["number"], question["answered"], question["total"]) == (0, 0, 6)
    reply, content = ask("GET", question["image"])
    photo = ask.session.questions[0].photo
    assert (reply.headers["Content-Type"], content) == photo.read()[::-1]
    assert ask("POST", "/answer", ANSWER)[0].status == 200
    assert json.loads(ask("GET", "/question")[1])["number"] == 1
    assert json.loads(ask("GET", "/question/0")[1])["number"] == 0
    assert ask.session.answers[0].marks == (((3, 4),),)
    assert not ask.session.answers[0].is_update


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/../session.json",
            "/image/../../session.json",
            "/image/%2e%2e/session.json",
            "/session.json",
            "//etc/passwd",
        ),
        *("/image/", "/image/99", "/image/-1", "/image/1e1", f"/image/{'9' * 40}", "/question/6"),
    ],
)
def test_there_is_nothing_but_numbers(ask, path):
    assert ask("GET", path)[0].status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8765"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_other_sites_are_refused(ask, headers):
    for method, path, body in (("GET", "/question", None), ("POST", "/answer", ANSWER), ("POST", "/finish", {})):
        reply, content = ask(method, path, body, **headers)
        assert reply.status == 403
        assert "error" in json.loads(content)
    assert ask.session.answers == ()


def test_its_own_names_are_accepted(ask):
    for name in ("127.0.0.1", "localhost", "LocalHost"):
        host = f"{name}:{ask.server.server_port}"
        reply, _ = ask("GET", "/question", Host=host, Origin=f"http://{host}", Sec_Fetch_Site="same-origin")
        assert reply.status == 200


def test_what_a_form_of_another_site_can_send_is_refused(ask):
    assert ask("POST", "/answer", ANSWER, Content_Type="text/plain")[0].status == 403
    assert ask("POST", "/answer", ANSWER, X_Budgetseg=None)[0].status == 403
    assert ask.session.answers == ()


def test_sizes_are_bounded(ask):
    with socket.create_connection(("127.0.0.1", ask.server.server_port), timeout=10) as line:
        head = f"POST /answer HTTP/1.1\r\nHost: 127.0.0.1:{ask.server.server_port}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in JSON.items())
        line.sendall(f"{head}Content-Length: {MOST_BYTES + 1}\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413")
    for length in ("-1", "1e3", "x", ""):
        with socket.create_connection(("127.0.0.1", ask.server.server_port), timeout=10) as line:
            line.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode())
            assert line.recv(100).startswith(b"HTTP/1.1 411")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": 6}, "number"),
        ({"number": -1}, "number"),
        ({"number": True}, "number"),
        ({"present": 1}, "present"),
        ({"skipped": True}, "present, skipped"),
        ({"marks": []}, "do not fit"),
        ({"marks": [[[3, 4]], [[5, 6]]]}, "do not fit"),
        ({"marks": [[[3, 4], [5, 6]]]}, "do not fit"),
        ({"marks": [[[3.5, 4]]]}, "whole pixels"),
        ({"marks": [[[-1, 4]]]}, "whole pixels"),
        ({"marks": [[[10**6, 4]]]}, "whole pixels"),
        ({"marks": [[[3, 4, 5]]]}, "whole pixels"),
        ({"marks": [[]]}, "1 to"),
        ({"marks": "all"}, "marks"),
        ({"present": False}, "do not fit"),
        ({"seconds": 0}, "seconds"),
        ({"seconds": "1"}, "seconds"),
        ({"seconds": 1e9}, "seconds"),
        ({"actions": 3}, "actions"),
        ({"actions": [None]}, "seconds"),
    ],
)
def test_what_is_no_answer_is_refused(ask, change, words):
    reply, content = ask("POST", "/answer", {**ANSWER, **change})
    assert reply.status == 400
    assert words in json.loads(content)["error"]
    assert ask.session.answers == ()


def test_what_is_no_json_is_refused(ask):
    for body in (b"", b"{", b"[]", b"[" * 100_000, b'{"number": NaN}', b"\xff", b'"text"'):
        assert ask("POST", "/answer", body)[0].status == 400
    assert ask.session.answers == ()
