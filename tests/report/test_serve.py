"""The server: the page and its state, nothing else, to nobody else."""

import http.client
import json
import threading
from contextlib import contextmanager

import pytest

from budgetseg.errors import DataError, RunFailedError
from budgetseg.report.finished import result_files
from budgetseg.report.page import draw_page
from budgetseg.report.report import read_report
from budgetseg.report.serve import Pages, make_server


@contextmanager
def served(pages, host="127.0.0.1"):
    server = make_server(pages, host, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(port, path, *, method="GET", host=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{port}")
    connection.endheaders()
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer, content


def test_the_page_is_drawn_once_a_state_and_anew_when_a_run_has_finished(make_run, tmp_path):
    make_run("one")
    drawn = []

    def draw():
        drawn.append(draw_page(read_report(tmp_path / "runs"), live=True))
        return drawn[-1]

    with served(Pages(tmp_path / "runs", draw)) as port:
        answer, first = ask(port, "/")
        assert (answer.status, answer.getheader("Content-Type")) == (200, "text/html; charset=utf-8")
        assert answer.getheader("Cache-Control") == "no-store"
        assert "One strategy only" in first
        assert "connect-src &#x27;self&#x27;" in first
        state = json.loads(ask(port, "/state")[1])["state"]
        assert f'<meta name="budgetseg-state" content="{state}">' in first
        assert ask(port, "/")[1] == first
        assert len(drawn) == 1
        make_run("two", strategy="full", miou=40.0)
        assert json.loads(ask(port, "/state")[1])["state"] != state
        assert "the next best at the same hours" in ask(port, "/")[1]
        assert len(drawn) == 2


def test_it_waits_for_the_first_run(make_run, tmp_path):
    def draw():
        return draw_page(read_report(tmp_path / "runs"), live=True)

    with served(Pages(tmp_path / "runs", draw)) as port:
        answer, text = ask(port, "/")
        assert answer.status == 200
        assert "No run has finished yet" in text
        make_run("one", strategy="<b>")
        (tmp_path / "runs" / "one" / "result.json").rename(tmp_path / "result.json")
        assert "No run has finished yet" in ask(port, "/")[1]
        (tmp_path / "result.json").rename(tmp_path / "runs" / "one" / "result.json")
        assert "One strategy only" in ask(port, "/")[1]


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "//secret.txt",
        "/secret.txt",
        "/?x",
        "secret.txt",
        "/state/../secret.txt",
    ],
)
def test_no_file_can_be_had(path, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    with served(Pages(tmp_path, lambda: "page with <head>")) as port:
        answer, content = ask(port, path)
        assert answer.status == 404
        assert content == "Only / is here.\n"


def test_other_names_and_other_methods_are_refused(tmp_path):
    with served(Pages(tmp_path, lambda: "<head>")) as port:
        assert ask(port, "/", host="evil.example")[0].status == 421
        assert ask(port, "/", host=f"localhost:{port}")[0].status == 200
        assert ask(port, "/", host=f"[::1]:{port}")[0].status == 200
        assert ask(port, "/", method="POST")[0].status == 501
        answer, content = ask(port, "/", method="HEAD")
        assert (answer.status, content) == (200, "")
    with served(Pages(tmp_path, lambda: "<head>"), host="0.0.0.0") as port:
        assert ask(port, "/", host="lab.example")[0].status == 200


def test_what_cannot_be_read_is_said_on_the_page(tmp_path):
    def draw():
        raise DataError("runs: <script>alert(1)</script>")

    with served(Pages(tmp_path, draw)) as port:
        text = ask(port, "/")[1]
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert" not in text


def test_a_port_that_is_taken_is_one_line(tmp_path):
    pages = Pages(tmp_path, lambda: "")
    with served(pages) as port, pytest.raises(RunFailedError, match="cannot listen here"):
        make_server(pages, "127.0.0.1", port)


def test_the_state_counts_every_run(make_run, tmp_path):
    make_run("one")
    make_run("deep/two")
    found = {path.relative_to(tmp_path / "runs").as_posix() for path in result_files(tmp_path / "runs")}
    assert found == {"one/result.json", "deep/two/result.json"}
