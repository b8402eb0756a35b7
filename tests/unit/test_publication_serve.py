"""serve(): types, headers, ranges, refusals."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse

import pytest

from publisher.publication.serve import server

CONTENT = bytes(range(256)) * 10


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("outside") / "site"
    (folder / "data").mkdir(parents=True)
    (folder.parent / "secret.txt").write_text("no")
    (folder / "index.html").write_text("<p>home</p>")
    (folder / "404.html").write_text("<p>not here</p>")
    (folder / "data" / "t.parquet").write_bytes(CONTENT)
    for name in ("t.csv", "t.js", "t.jsonld"):
        (folder / "data" / name).write_text("x")
    with server(folder, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield int(running.server_address[1])
        running.shutdown()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_home_with_headers(port: int) -> None:
    answer, body = ask(port, "/")
    assert (answer.status, body) == (200, b"<p>home</p>")
    assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
    assert "script-src 'self'" in (answer.getheader("Content-Security-Policy") or "")
    assert answer.getheader("X-Content-Type-Options") == "nosniff"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("t.parquet", "application/vnd.apache.parquet"),
        ("t.csv", "text/csv; charset=utf-8"),
        ("t.js", "text/javascript; charset=utf-8"),
        ("t.jsonld", "application/ld+json"),
    ],
)
def test_types(port: int, name: str, kind: str) -> None:
    assert ask(port, f"/data/{name}")[0].getheader("Content-Type") == kind


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=2500-", 2500, 2559),
        ("bytes=-8", 2552, 2559),
        ("bytes=2550-9999", 2550, 2559),
    ],
)
def test_ranges(port: int, wanted: str, first: int, last: int) -> None:
    answer, body = ask(port, "/data/t.parquet", Range=wanted)
    assert answer.status == 206
    assert answer.getheader("Content-Range") == f"bytes {first}-{last}/2560"
    assert body == CONTENT[first : last + 1]


def test_a_range_beyond_the_end_is_refused(port: int) -> None:
    answer, _ = ask(port, "/data/t.parquet", Range="bytes=2560-")
    assert (answer.status, answer.getheader("Content-Range")) == (416, "bytes */2560")


def test_an_odd_range_gets_the_whole(port: int) -> None:
    assert ask(port, "/data/t.parquet", Range="lines=1-2")[1] == CONTENT
    assert ask(port, "/data/t.parquet", Range="bytes=-")[1] == CONTENT


def test_head_has_no_body(port: int) -> None:
    answer, body = ask(port, "/data/t.parquet", "HEAD")
    assert (answer.getheader("Content-Length"), body) == ("2560", b"")
    answer, body = ask(port, "/data/t.parquet", "HEAD", Range="bytes=0-9")
    assert (answer.status, answer.getheader("Content-Length"), body) == (206, "10", b"")


@pytest.mark.parametrize(
    "path", ["/nothing", "/data/", "/../secret.txt", "/%2e%2e/secret.txt", "/data/../../secret.txt"]
)
def test_nothing_else_is_served(port: int, path: str) -> None:
    answer, body = ask(port, path)
    assert (answer.status, body) == (404, b"<p>not here</p>")


def test_only_reading(port: int) -> None:
    assert ask(port, "/index.html", "POST")[0].status == 501
