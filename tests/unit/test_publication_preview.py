"""preview: a banner on every page, the files as they are, and nothing for whoever lacks the secret or the host."""

import threading
from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from publisher.publication.review.preview import PreviewServer, preview_server, with_banner
from publisher.publication.serve import POLICY
from tests.lib.protected_samples import three_tables
from tests.lib.published_site import write_sample

PATH = "releases/monthly_trade/2021-03/v1"
UNTIL = datetime(2021, 4, 15, 9, 30, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edition") / "public"
    write_sample(folder, "2021-03", 1, three_tables())
    (folder.parent / "private").mkdir()
    (folder.parent / "private" / "review.html").write_text("<body>\nconfidential")
    return folder


@pytest.fixture(scope="module")
def running(public: Path) -> Iterator[PreviewServer]:
    with preview_server(public, PATH, UNTIL) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def ask(
    server: PreviewServer, path: str, method: str = "GET", host: str | None = None, **headers: str
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=60)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": server.host if host is None else host, **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def inside(server: PreviewServer, name: str) -> str:
    return f"/{server.token}/{PATH}/{name}"


def test_every_page_has_the_banner_and_no_file_is_changed(running: PreviewServer, public: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in public.rglob("*") if path.is_file()}
    pages = [path for path in before if path.suffix == ".html"]
    assert len(pages) == 6
    for path in pages:
        answer, body = ask(running, inside(running, path.relative_to(public).as_posix()))
        assert answer.status == 200
        start = body.split(b"<body>\n")[1][:400].decode()
        assert (
            "<strong>EMBARGOED</strong> until it is published, planned for 15 April 2021, 09:30 (Asia/Seoul)" in start
        )
        assert body.replace(running.banner, b"") == before[path][0]
        assert answer.getheader("Content-Length") == str(len(body))
    assert before == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before}
    assert {path for path in public.rglob("*") if path.is_file()} == set(before)


def test_the_banner_needs_nothing_that_the_policy_forbids(running: PreviewServer) -> None:
    answer, body = ask(running, inside(running, "index.html"))
    assert answer.getheader("Content-Security-Policy") == POLICY
    assert b"style=" not in running.banner and b"<script" not in running.banner
    answer, sheet = ask(running, f"/{running.token}/embargo.css")
    assert (answer.status, answer.getheader("Content-Type")) == (200, "text/css; charset=utf-8")
    assert b".embargo" in sheet and b"print" in sheet
    assert f"/{running.token}/embargo.css".encode() in body


def test_nothing_is_kept_by_a_browser_or_told_to_another_site(running: PreviewServer) -> None:
    answer, _ = ask(running, inside(running, "index.html"))
    assert answer.getheader("Cache-Control") == "no-store"
    assert answer.getheader("Referrer-Policy") == "no-referrer"
    assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
    assert answer.getheader("X-Robots-Tag") == "noindex"


def test_data_files_come_whole_under_a_name_that_says_embargoed(running: PreviewServer, public: Path) -> None:
    name = "data/imports_by_chapter_origin.csv"
    answer, body = ask(running, inside(running, name))
    assert body == (public / name).read_bytes()
    assert answer.getheader("Content-Disposition") == 'attachment; filename="EMBARGOED-imports_by_chapter_origin.csv"'
    answer, body = ask(running, inside(running, name), Range="bytes=10-19")
    assert (answer.status, body) == (206, (public / name).read_bytes()[10:20])
    answer, _ = ask(running, inside(running, "assets/publisher.css"))
    assert answer.status == 200 and answer.getheader("Content-Disposition") is None


@pytest.mark.parametrize(
    "host",
    ["", "localhost", "127.0.0.1", "evil.example", "127.0.0.1.evil.example:80", "localhost:{port}", "[::1]:{port}"],
)
def test_other_hosts_are_refused(running: PreviewServer, host: str) -> None:
    answer, body = ask(running, inside(running, "index.html"), host=host.format(port=running.server_address[1]))
    assert (answer.status, body) == (421, b"")


def test_two_hosts_are_refused(running: PreviewServer) -> None:
    answer, body = ask(running, inside(running, "index.html"), HOST="evil.example")
    assert (answer.status, body) == (421, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"/{PATH}/index.html",
        f"/wrong/{PATH}/index.html",
        "/{token}x/" + f"{PATH}/index.html",
        "/{short}/" + f"{PATH}/index.html",
        "/%00/index.html",
        "/embargo.css",
        "http://127.0.0.1/",
    ],
)
def test_without_the_secret_there_is_nothing(running: PreviewServer, path: str) -> None:
    answer, body = ask(running, path.format(token=running.token, short=running.token[:-1]))
    assert (answer.status, body) == (404, b"")
    assert running.token not in str(answer.headers)


@pytest.mark.parametrize(
    "name",
    [
        "../../../../index.html",
        "../private/review.html",
        "%2e%2e/private/review.html",
        "%252e%252e/private/review.html",
        "nothing.html",
        "data/",
        "",
    ],
)
def test_only_the_edition_is_served(running: PreviewServer, name: str) -> None:
    answer, body = ask(running, inside(running, name))
    assert answer.status == 404
    assert b"EMBARGOED" in body and b"confidential" not in body
    assert f"/{running.token}/{PATH}/index.html".encode() in body


def test_head_and_other_methods(running: PreviewServer) -> None:
    answer, body = ask(running, inside(running, "index.html"), "HEAD")
    assert answer.status == 200 and body == b"" and int(answer.getheader("Content-Length") or 0) > 1000
    assert ask(running, inside(running, "index.html"), "POST")[0].status == 501


def test_each_preview_has_its_own_secret(running: PreviewServer, public: Path) -> None:
    with preview_server(public, PATH, UNTIL) as other:
        assert other.token != running.token and len(other.token) >= 43
        assert other.server_address[0] == "127.0.0.1"
        assert other.address == f"http://127.0.0.1:{other.server_address[1]}/{other.token}/{PATH}/index.html"


def test_a_page_without_a_body_has_the_banner_too() -> None:
    assert with_banner(b"<p>x", b"B") == b"B<p>x"
    assert with_banner(b"<html><body>\n<p>x<body>\n", b"B") == b"<html><body>\nB<p>x<body>\n"
