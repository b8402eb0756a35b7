"""publisher verify, as its words mean it: sites, editions, copies, addresses, keys; over the web, from a server that
may be anybody's."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from publisher.cli.app import app_for
from publisher.errors import PublisherError, ReleaseError, UsageError
from publisher.publication.serve import server
from publisher.release.people.signing import fingerprint, public_pem
from publisher.release.transparency.places import Folder, web
from publisher.release.transparency.site_log import read_site_log
from publisher.release.transparency.verify_site import verify_site
from publisher.release.transparency.verify_target import key_on, log_key, target_of
from tests.lib.public_site import LOG_FINGERPRINT, LOG_KEY, SERIES, PublicSite, overwrite, signer_of, small_site

ONE = f"{SERIES}/2021-03/v1"


@pytest.fixture
def site(tmp_path: Path) -> PublicSite:
    return small_site(tmp_path / "site")


@contextmanager
def served(running: ThreadingHTTPServer) -> Iterator[str]:
    with running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_address[1]}"
        finally:
            running.shutdown()
            thread.join()


def verify(*words: str) -> tuple[int, str, PublisherError | None]:
    """Exit code, what was printed, and what was raised; as in __main__, which prints the error."""
    done = CliRunner().invoke(app_for(()), ["verify", *words], env={"COLUMNS": "200"})
    raised = done.exception if isinstance(done.exception, PublisherError) else None
    assert raised or isinstance(done.exception, SystemExit | None), done.exception
    return (raised.exit_code if raised else done.exit_code), done.output, raised


def test_a_site_by_key_file_and_by_fingerprint(site: PublicSite, tmp_path: Path) -> None:
    code, said, _ = verify(str(site.root), "--key", LOG_FINGERPRINT)
    assert code == 0
    assert f"{ONE}: verified, 3 files" in said and "replaced by version 2" in said
    assert f"log: 5 entries signed with the key {LOG_FINGERPRINT}" in said
    (tmp_path / "key.pub").write_bytes(public_pem(LOG_KEY))
    assert verify(str(site.root), "--key", str(tmp_path / "key.pub"))[0] == 0


def test_another_key_no_key_two_keys_and_no_words_are_refused(site: PublicSite, tmp_path: Path) -> None:
    other = signer_of("bob").key.public_key()
    (tmp_path / "bob.pub").write_bytes(public_pem(other))
    code, said, _ = verify(str(site.root), "--key", str(tmp_path / "bob.pub"))
    assert code == 9 and "log/checkpoint: this is no checkpoint to trust: the trusted log key did not sign it" in said
    code, _, raised = verify(str(site.root), "--key", fingerprint(other))
    assert code == 9 and "another than was given" in str(raised)
    for words in (("--key", "0" * 63), ("--key", LOG_FINGERPRINT, "--key", LOG_FINGERPRINT)):
        assert verify(str(site.root), *words)[0] == 2
    assert verify(str(site.root), "-w", str(tmp_path))[0] == 2


def test_trust_on_first_use_says_what_it_is(site: PublicSite, tmp_path: Path) -> None:
    (tmp_path / "right.pub").write_bytes(public_pem(LOG_KEY))
    code, said, _ = verify(str(site.root), "--trust-on-first-use")
    assert code == 0 and "This key came from the site itself" in said
    overwrite(site.root / "log/key.pub", public_pem(signer_of("bob").key.public_key()))
    code, said, _ = verify(str(site.root), "--key", str(tmp_path / "right.pub"))
    assert code == 9 and "log/key.pub: is not the key that signed the log" in said
    overwrite(site.root / "log/key.pub", b"text")
    code, _, raised = verify(str(site.root), "--trust-on-first-use")
    assert code == 9 and "no Ed25519 public key" in str(raised)


def test_one_edition_of_a_site_by_its_folder(site: PublicSite) -> None:
    code, said, _ = verify(str(site.folder("2021-03")), "--key", LOG_FINGERPRINT)
    assert code == 0 and ONE in said and "2021-04" not in said
    overwrite(site.folder("2021-03") / "data/imports.csv", b"x")
    code, said, raised = verify(str(site.folder("2021-03")), "--key", LOG_FINGERPRINT)
    assert code == 9 and f"{ONE}/data/imports.csv: has another size than the manifest says" in said
    assert raised is not None and raised.remedy


def test_json_is_one_document_with_the_verdict(site: PublicSite) -> None:
    code, said, _ = verify(str(site.root), "--key", LOG_FINGERPRINT, "--json")
    assert code == 0 and json.loads(said)["verdict"] == "verified"
    assert [edition["status"] for edition in json.loads(said)["editions"]] == ["current", "superseded", "current"]
    overwrite(site.folder("2021-03") / "data/imports.csv", b"x")
    code, said, _ = verify(str(site.root), "--key", LOG_FINGERPRINT, "--json")
    report = json.loads(said)
    assert code == 9 and report["verdict"] == "refused"
    assert report["editions"][0]["problems"][0]["place"] == "data/imports.csv"


def test_an_old_checkpoint(site: PublicSite, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(site.head())
    words = ("--key", LOG_FINGERPRINT, "--against", str(old))
    code, said, _ = verify(str(site.root), *words)
    assert code == 0 and "goes on from the 5 entries of the old checkpoint" in said
    site.lines.pop()
    site.write()
    code, said, _ = verify(str(site.root), *words)
    assert code == 9 and "the log was cut: it has 4 entries, and had 5" in said
    assert verify(str(site.root), "--key", LOG_FINGERPRINT, "--against", str(tmp_path / "none"))[0] == 2


def test_a_copy_with_and_without_its_log(site: PublicSite, tmp_path: Path) -> None:
    copy, ann = tmp_path / "copy", tmp_path / "ann.pub"
    shutil.copytree(site.folder("2021-03"), copy)
    ann.write_bytes(public_pem(signer_of("ann").key.public_key()))
    code, said, _ = verify(str(copy), "--key", str(ann))
    assert code == 0 and "No log was asked" in said
    code, said, _ = verify(str(copy), "--key", LOG_FINGERPRINT, "--log", str(site.root))
    assert code == 0 and f"{ONE}: verified" in said
    assert verify(str(copy), "--key", str(ann), "--against", str(ann))[0] == 2
    assert verify(str(copy), "--key", str(ann), "--trust-on-first-use")[0] == 2
    overwrite(copy / "index.html", b"x")
    assert verify(str(copy), "--key", str(ann))[0] == 9
    assert verify(str(copy), "--key", LOG_FINGERPRINT, "--log", str(site.root))[0] == 9
    assert verify(str(tmp_path / "nothing"), "--key", LOG_FINGERPRINT)[0] == 9


def test_an_old_copy_of_a_withdrawn_edition_is_authentic_and_not_to_be_used(site: PublicSite, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(site.folder("2021-03"), copy)
    site.withdraw(read_site_log(Folder(site.root), LOG_KEY).published[ONE].fact.edition)
    site.write()
    code, said, raised = verify(str(copy), "--key", LOG_FINGERPRINT, "--log", str(site.root))
    assert code == 9 and "is authentic, and was withdrawn" in str(raised)
    assert f"{ONE}: authentic, but WITHDRAWN, 3 files" in said and "withdrawn: A wrong file." in said
    code, said, _ = verify(str(site.folder("2021-03")), "--key", LOG_FINGERPRINT)
    assert code == 9 and "authentic, but WITHDRAWN, 0 files" in said
    assert verify(str(site.root), "--key", LOG_FINGERPRINT)[0] == 0


def test_what_an_edition_is_called_never_reaches_the_terminal_raw(site: PublicSite) -> None:
    (site.folder("2021-03") / "[red]\x1b[2Jx").write_text("x")
    said = verify(str(site.root), "--key", LOG_FINGERPRINT)[1]
    assert "[red]?[2Jx: is not in the manifest" in said and "\x1b" not in said


def test_a_site_and_an_edition_by_address(site: PublicSite) -> None:
    with served(server(site.root, 0)) as address:
        code, said, _ = verify(address, "--key", LOG_FINGERPRINT)
        assert code == 0 and said.count("verified") == 3
        for page in (f"/releases/{ONE}", f"/releases/{ONE}/", f"/releases/{ONE}/index.html"):
            code, said, _ = verify(address + page, "--key", LOG_FINGERPRINT)
            assert code == 0 and said.count("verified") == 1
        overwrite(site.folder("2021-03") / "data/imports.csv", b"x")
        code, said, _ = verify(f"{address}/releases/{ONE}", "--key", LOG_FINGERPRINT)
        assert code == 9 and "data/imports.csv: has another size" in said
        latest = site.root / f"releases/{SERIES}/latest"
        shutil.copytree(site.folder("2021-04"), latest)
        assert (
            "latest/manifest.json: is of an edition that was replaced" in verify(address, "--key", LOG_FINGERPRINT)[1]
        )
        (site.folder("2021-03") / "data/imports.csv").unlink()
        assert "data/imports.csv: is missing" in verify(address, "--key", LOG_FINGERPRINT)[1]
    code, _, raised = verify(address, "--key", LOG_FINGERPRINT)
    assert code == 9 and "cannot be reached" in str(raised)


@pytest.mark.parametrize(
    "address",
    [
        "http://statistics.example.org",
        "http://127.0.0.1.example.org",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://",
        "https://user:word@statistics.example.org",
        "https://statistics.example.org/?page=1",
        "https://statistics.example.org/#top",
        "https://statistics.example.org:99999",
        "https://statistics.example.org:port",
        "https://[::1",
    ],
)
def test_addresses_that_are_not_fetched(address: str) -> None:
    with pytest.raises(UsageError):
        target_of(address, None)


class Hostile(BaseHTTPRequestHandler):
    """Answers as `way` says."""

    way = ""

    def do_GET(self) -> None:
        if self.way == "endless":
            self.send_response(200)
            self.end_headers()
            for _ in range(10_000):
                self.wfile.write(b"0" * 65536)
        elif self.way.startswith(("http", "file")):
            self.send_response(302)
            self.send_header("Location", self.way)
            self.end_headers()
        elif self.way == "short":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"text")
        else:
            self.send_error(int(self.way))

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("endless", "is longer than 4,096 bytes"),
        ("https://elsewhere.example/", "it leads on to another host"),
        ("http://localhost:1/", "it leads on to another host"),
        ("file:///etc/passwd", "leads on to another host|cannot be had"),
        ("404", "is missing"),
        ("410", "is missing"),
        ("500", "the server answers 500"),
    ],
)
def test_a_hostile_server_is_refused_by_name(way: str, said: str) -> None:
    handler = type("Way", (Hostile,), {"way": way})
    with served(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as address:
        place = web(address)
        with pytest.raises(ReleaseError, match=said):
            place.read("manifest.sig", 4096)
        report = verify_site(place, LOG_KEY)
        assert [problem.place for problem in report.problems] == ["log/checkpoint"]


def test_a_host_that_cannot_be_spelled_is_named() -> None:
    with pytest.raises(ReleaseError, match=r"broke off|cannot be reached"):
        web(f"https://{'a' * 70}.example").read("manifest.sig", 10)


def test_a_file_that_breaks_off_does_not_verify(site: PublicSite) -> None:
    handler = type("Way", (Hostile,), {"way": "short"})
    with served(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as address:
        assert verify_site(web(address), LOG_KEY).problems


def test_no_more_is_read_than_the_manifest_says() -> None:
    handler = type("Way", (Hostile,), {"way": "endless"})
    with served(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as address:
        assert web(address).entry("data/imports.csv", 100_000).size == 100_001


@pytest.mark.parametrize(
    "path", ["../secret", "/etc/passwd", "a/../../b", "a//b", "%2e%2e/b", "a?b", "a#b", ".hidden", ""]
)
def test_paths_that_lead_out_are_not_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("x")
    for place in (Folder(tmp_path / "site"), web("https://statistics.example.org")):
        with pytest.raises(ReleaseError, match="leads out"):
            place.read(path, 10)
        with pytest.raises(ReleaseError, match="leads out"):
            place.entry(path, 10)


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/link").symlink_to(tmp_path / "secret")
    with pytest.raises(ReleaseError, match="is no plain file"):
        Folder(tmp_path / "site").read("link", 10)


def test_keys_by_words(site: PublicSite) -> None:
    place = Folder(site.root)
    assert fingerprint(key_on(place)) == LOG_FINGERPRINT == fingerprint(log_key(place, LOG_FINGERPRINT))
    with pytest.raises(UsageError):
        log_key(place, "no such file")
