"""serve(): types, headers, ranges, tags, refusals; and the nginx snippet of the README, which says the same."""

import os
import re
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from publisher.publication.serve import AGAIN, FIXED_HEADERS, NAMES, ONCE, TYPES, caching, server

README = Path(__file__).parents[2] / "publisher" / "publication" / "README.md"
CONTENT = bytes(range(256)) * 10


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside") / "site"
    (folder / "data").mkdir(parents=True)
    (folder.parent / "secret.txt").write_text("no")
    (folder / "index.html").write_text("<p>home</p>")
    (folder / "404.html").write_text("<p>not here</p>")
    (folder / "data" / "t.parquet").write_bytes(CONTENT)
    for name in NAMES:
        (folder / "data" / name).write_text("x")
    for end in TYPES.keys() - {".parquet"}:
        (folder / "data" / f"t{end}").write_text("x")
    (folder / "changing.html").write_text("first")
    (folder / "empty.csv").write_text("")
    return folder


@pytest.fixture(scope="module")
def port(site: Path) -> Iterator[int]:
    with server(site, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield int(running.server_address[1])
        running.shutdown()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
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
        ("t.ics", "text/calendar; charset=utf-8"),
        ("t.atom", "application/atom+xml; charset=utf-8"),
        ("t.xml", "application/xml"),
        ("t.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("t.cff", "application/yaml"),
        ("t.png", "image/png"),
        ("t.jsonl", "text/plain; charset=utf-8"),
        ("SHA256SUMS", "text/plain; charset=utf-8"),
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


def test_a_copy_that_is_still_good_is_not_sent_again(port: int) -> None:
    first, _ = ask(port, "/data/t.csv")
    tag = first.getheader("ETag") or ""
    assert re.fullmatch(r'"[0-9a-f]+-1-[0-9a-f]+"', tag)
    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again, body = ask(port, "/data/t.csv", **{"If-None-Match": condition})
        assert (again.status, body, again.getheader("ETag")) == (304, b"", tag)
        assert again.getheader("Content-Security-Policy") == first.getheader("Content-Security-Policy")
    assert ask(port, "/data/t.csv", **{"If-None-Match": '"other"'})[0].status == 200
    assert ask(port, "/", **{"If-None-Match": ask(port, "/")[0].getheader("ETag") or ""})[0].status == 304


def test_another_state_of_a_file_has_another_tag(port: int, site: Path) -> None:
    path = site / "changing.html"
    before = ask(port, "/changing.html")[0].getheader("ETag") or ""
    path.write_text("later")  # as long as before
    os.utime(path, ns=(1, 1))
    after, body = ask(port, "/changing.html", **{"If-None-Match": before})
    assert (after.status, body) == (200, b"later")
    assert after.getheader("ETag") != before


def test_a_range_of_another_state_gets_the_whole(port: int) -> None:
    tag = ask(port, "/data/t.parquet")[0].getheader("ETag") or ""
    part, body = ask(port, "/data/t.parquet", **{"Range": "bytes=0-3", "If-Range": tag})
    assert (part.status, body, part.getheader("ETag")) == (206, CONTENT[:4], tag)
    whole, body = ask(port, "/data/t.parquet", **{"Range": "bytes=0-3", "If-Range": '"other"'})
    assert (whole.status, body) == (200, CONTENT)


def test_an_empty_file_is_a_file(port: int) -> None:
    answer, body = ask(port, "/empty.csv")
    assert (answer.status, answer.getheader("Content-Length"), body) == (200, "0", b"")


def snippet() -> str:
    (found,) = re.findall(r"^```nginx\n(.*?)^```$", README.read_text("utf-8"), re.M | re.S)
    return str(found)


def test_nginx_is_told_the_same_headers() -> None:
    told = dict(re.findall(r'add_header ([\w-]+) "([^"]+)" always;', snippet()))
    assert {**told, "Accept-Ranges": "bytes"} == FIXED_HEADERS  # nginx says of itself that it gives ranges of files


def test_nginx_is_told_the_same_types() -> None:
    (block,) = re.findall(r"types \{(.*?)\}", snippet(), re.S)
    told = {f".{end}": kind for kind, ends in re.findall(r"^\s*(\S+) ([^;]+);", block, re.M) for end in ends.split()}
    assert told == {end: kind.partition(";")[0] for end, kind in TYPES.items()}
    (charset,) = re.findall(r"charset_types ([^;]+);", snippet())
    with_charset = {kind.partition(";")[0] for kind in TYPES.values() if "charset" in kind}
    assert {*charset.split(), "text/html"} == with_charset  # nginx always gives text/html its charset
    assert "charset utf-8;" in snippet()


def test_nginx_is_told_of_files_without_a_suffix() -> None:
    (names, kind) = re.findall(r"location ~ /\(([^)]*)\)\$ \{\s*default_type ([^;]+);", snippet())[0]
    assert dict.fromkeys(names.split("|"), f"{kind}; charset=utf-8") == NAMES


EDITION = "/releases/monthly_trade/2021-03/v12/"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (EDITION + "data/imports.csv", ONCE),
        (EDITION + "SHA256SUMS", ONCE),
        (EDITION + "assets/table.js", ONCE),
        (EDITION + "tables/imports.html", AGAIN),  # a withdrawal replaces it
        (EDITION, AGAIN),
        ("/releases/monthly_trade/latest/data/imports.csv", AGAIN),
        ("/releases/monthly_trade/2021-03/index.html", AGAIN),
        ("/data/monthly_trade/imports.parquet", AGAIN),
        ("/", AGAIN),
    ],
)
def test_only_files_of_an_edition_are_kept_and_no_page(port: int, path: str, kept: str) -> None:
    rules = re.findall(r'^    "?~?([^\s"]+)"?\s+"([^"]+)";$', snippet().partition("}")[0], re.M)
    told = [value for rule, value in rules[1:] if re.search(rule, path)] or [rules[0][1]]
    assert (told[0], caching(path), ask(port, path)[0].getheader("Cache-Control")) == (kept, kept, kept)


def test_a_page_made_again_with_the_same_date_and_size_has_another_tag(port: int, site: Path) -> None:
    before = ask(port, "/changing.html")[0].getheader("ETag") or ""
    date = (site / "changing.html").stat().st_mtime_ns
    (site / "new.html").write_text("again")
    os.utime(site / "new.html", ns=(date, date))
    (site / "new.html").replace(site / "changing.html")
    assert ask(port, "/changing.html", **{"If-None-Match": before})[1] == b"again"
