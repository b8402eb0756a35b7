"""Readers who poll while editions are published and withdrawn never see a mixed site."""

import hashlib
import http.client
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.publication.serve import server
from publisher.release.edition.edition import find_edition
from publisher.release.edition.inventory import MANIFEST
from publisher.release.edition.manifest import Manifest
from publisher.release.edition.verify import verify
from publisher.release.publish import publish as publishing
from publisher.release.publish.site import SiteContent
from publisher.release.publish.withdraw import withdraw
from publisher.settings import Workspace
from tests.lib.clock import FakeClock
from tests.lib.release import (
    NOW,
    PLAN,
    SERIES,
    build_approved,
    make_workspace,
    publish,
    release,
    render,
    signer,
    verified,
)


class Reader(threading.Thread):
    """Reads the site again and again until it is told to stop; notes what it must not see."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(daemon=True)
        self.workspace, self.stop = workspace, threading.Event()
        self.round_done = threading.Condition()
        self.rounds, self.faults = 0, list[str]()

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.read_once()
            except Exception as fault:
                self.faults.append(f"{type(fault).__name__}: {fault}")
            with self.round_done:
                self.rounds += 1
                self.round_done.notify_all()

    def read_once(self) -> None:
        raise NotImplementedError

    def wait_for_rounds(self, count: int) -> None:
        with self.round_done:
            until = self.rounds + count
            self.round_done.wait_for(lambda: self.rounds >= until)


class FolderReader(Reader):
    """Opens the site's folder once a round and reads all of it from there, as one page load would."""

    def read_once(self) -> None:
        handle = os.open(self.workspace.site, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.check(Path(f"/proc/self/fd/{handle}"))
        finally:
            os.close(handle)

    def check(self, site: Path) -> None:
        index = json.loads((site / "editions.json").read_text())["editions"]
        listed = {entry["path"] for entry in index}
        home = (site / "index.html").read_text()
        there = {
            f"releases/{p.parent.relative_to(site / 'releases')}" for p in site.glob("releases/*/2*/v*/manifest.json")
        }
        reports = verified(site)
        if there != listed or home.count("<a ") != len(index) or any(not report.ok for report in reports):
            self.faults.append(f"mixed: index {sorted(listed)}, folders {sorted(there)}")
        if (site / "log/entries.jsonl").read_bytes().count(b"\n") != int(home.split("</a>\n")[-1].split()[0]):
            self.faults.append("the pages are of another log")
        newest = max(entry["edition"]["period"] for entry in index)
        if newest.encode() not in (site / f"releases/{SERIES}/latest/data/imports.csv").read_bytes():
            self.faults.append("latest is not the newest")


class HttpReader(Reader):
    """Fetches by name, over one connection: any two answers may come from two sides of a switch.

    What is served below one edition's path always fits that edition's manifest, or is a tombstone, or is gone.
    `gone` are paths of withdrawn editions, told once the withdrawal has returned.
    """

    def __init__(self, workspace: Workspace, port: int) -> None:
        super().__init__(workspace)
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.seen, self.gone = set[str](), set[str]()

    def get(self, path: str) -> bytes | None:
        self.connection.request("GET", f"/{path}")
        answer = self.connection.getresponse()
        content = answer.read()
        return content if answer.status == 200 else None

    def read_once(self) -> None:
        gone = set(self.gone)
        index = json.loads(self.get("editions.json") or b"{}")
        for entry in index["editions"]:
            self.check(entry["path"], entry["status"], entry["path"] in gone)

    def check(self, path: str, status: str, gone: bool) -> None:
        manifest = self.get(f"{path}/{MANIFEST}")
        if manifest is None:
            self.faults.append(f"{path} is in the index and not there")
            return
        self.seen.add(f"{path} {status}")
        for file in Manifest.model_validate_json(manifest).files:
            content = self.get(f"{path}/{file.path}")
            fits = content is not None and hashlib.sha256(content).hexdigest() == file.sha256
            dead = content is None if not file.path.endswith(".html") else (content or b"").startswith(b"withdrawn")
            if not (dead if gone or status == "withdrawn" else fits or dead):
                self.faults.append(f"{path}/{file.path} does not fit its manifest")
            if dead and "2021-03" not in path:
                self.faults.append(f"{path}/{file.path} was never withdrawn")


@contextmanager
def reading(*readers: Reader) -> Iterator[None]:
    for reader in readers:
        reader.start()
    yield
    for reader in readers:
        reader.stop.set()
    for reader in readers:
        reader.join()


@contextmanager
def served(workspace: Workspace) -> Iterator[int]:
    with server(workspace.site, 0) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running.server_address[1]
        running.shutdown()


FIVE = (("2021-02", "a"), ("2021-03", "a"), ("2021-03", "b"), ("2021-02", "b"), ("2021-04", "a"))


def test_a_polling_reader_sees_the_old_site_or_the_new_one(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    release(workspace, "2021-01")
    reader = FolderReader(workspace)
    with reading(reader):
        for period, text in FIVE:
            edition = build_approved(workspace, period, text)
            publish(workspace, PLAN, edition, NOW, render, progress=lambda *_: reader.wait_for_rounds(1))
            reader.wait_for_rounds(2)
    assert reader.faults == []
    assert reader.rounds > 40  # it did read between the steps of each publication


def test_by_http_data_always_fit_the_manifest_beside_them(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    release(workspace, "2021-01")
    with served(workspace) as port:
        readers = [HttpReader(workspace, port) for _ in range(2)]

        def meanwhile(*_: object) -> None:
            readers[0].wait_for_rounds(1)

        with reading(*readers):
            for period, text in FIVE:
                edition = build_approved(workspace, period, text)
                publish(workspace, PLAN, edition, NOW, render, progress=meanwhile)
            readers[1].wait_for_rounds(2)
            withdraw(
                workspace, f"{SERIES}/2021-03/v2", reason="Wrong.", contact="c", known="All.", by=signer("dua"),
                clock=FakeClock(NOW), render_site=render, progress=meanwhile,
            )  # fmt: skip
            for reader in readers:
                reader.gone.add(f"releases/{SERIES}/2021-03/v2")
                reader.wait_for_rounds(2)
    for reader in readers:
        assert reader.faults == []
        assert len(reader.seen) >= 9  # six editions, two of them superseded, one of them withdrawn
        assert f"releases/{SERIES}/2021-03/v2 withdrawn" in reader.seen


def test_a_set_of_two_is_never_seen_by_halves(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    release(workspace, "2021-01")
    halves: list[str] = []

    class Watcher(FolderReader):
        def check(self, site: Path) -> None:
            text = (site / "editions.json").read_text() + (site / "index.html").read_text()
            if ("2021-02" in text) != ("2021-03" in text):
                halves.append(text)

    reader = Watcher(workspace)
    with reading(reader):
        editions = [build_approved(workspace, period) for period in ("2021-02", "2021-03")]
        publishing.publish(
            workspace,
            {SERIES: PLAN},
            editions,
            render,
            clock=FakeClock(NOW),
            progress=lambda *_: reader.wait_for_rounds(1),
        )
        reader.wait_for_rounds(2)
    assert (halves, reader.faults) == ([], [])
    assert "2021-03" in (workspace.site / "editions.json").read_text()


def test_a_reader_outside_cannot_see_what_is_not_out(tmp_path: Path) -> None:
    """Neither the folder's name nor its contents reach the site, or a folder that others can enter, before."""
    workspace = make_workspace(tmp_path / "w")
    release(workspace, "2021-02")
    edition = build_approved(workspace, "2021-03")
    seen: list[bool] = []

    def look(*_: object) -> None:
        seen.append(any("2021-03" in path for path in others_can_read(workspace.releases)))

    def looking(folder: Path, content: SiteContent) -> None:
        render(folder, content)
        look()

    publish(workspace, PLAN, edition, NOW, looking, progress=look)
    assert seen[:-2] == [False] * (len(seen) - 2) and len(seen) > 7
    assert seen[-1]
    assert verify(find_edition(workspace, SERIES, "2021-03"), signer().key.public_key()).ok


def others_can_read(folder: Path) -> Iterator[str]:
    """Paths below, as far as a user can go who owns nothing and is in no group. Names of closed folders show."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            if path.stat().st_mode & 0o005 == 0o005:
                yield from others_can_read(path)
        elif path.stat().st_mode & 0o004:
            yield path.as_posix()
