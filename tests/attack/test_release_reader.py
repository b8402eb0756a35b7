"""A reader who polls while editions are published never sees a mixed site."""

import json
import os
import threading
from pathlib import Path

from publisher.release.edition import find_edition
from publisher.release.verify import verify, verify_site
from publisher.settings import Workspace
from tests.lib.release import NOW, PLAN, SERIES, build_approved, make_workspace, publish, release, render, signer


class Reader(threading.Thread):
    """Opens the site's folder once a round and reads all of it from there, as one page load would."""

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
        reports = verify_site(site, signer().key.public_key())
        if there != listed or home.count("<a ") != len(index) or any(not report.ok for report in reports):
            self.faults.append(f"mixed: index {sorted(listed)}, folders {sorted(there)}")
        newest = max(entry["edition"]["period"] for entry in index)
        if newest.encode() not in (site / f"releases/{SERIES}/latest/data/imports.csv").read_bytes():
            self.faults.append("latest is not the newest")

    def wait_for_rounds(self, count: int) -> None:
        with self.round_done:
            until = self.rounds + count
            self.round_done.wait_for(lambda: self.rounds >= until)


def test_a_polling_reader_sees_the_old_site_or_the_new_one(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    release(workspace, "2021-01")
    reader = Reader(workspace)
    reader.start()
    for period, text in (("2021-02", "a"), ("2021-03", "a"), ("2021-03", "b"), ("2021-02", "b"), ("2021-04", "a")):
        edition = build_approved(workspace, period, text)
        publish(workspace, PLAN, edition, NOW, render, progress=lambda *_: reader.wait_for_rounds(1))
        reader.wait_for_rounds(2)
    reader.stop.set()
    reader.join()
    assert reader.faults == []
    assert reader.rounds > 40  # it did read between the steps of each publication


def test_a_reader_outside_cannot_see_what_is_not_out(tmp_path: Path) -> None:
    """Neither the folder's name nor its contents reach the site before the switch."""
    workspace = make_workspace(tmp_path / "w")
    release(workspace, "2021-02")
    edition = build_approved(workspace, "2021-03")
    seen: list[bool] = []

    def look(stage: str, done: int, total: int) -> None:
        paths = [path.as_posix() for path in workspace.site.resolve().rglob("*")]
        seen.append(any("2021-03" in path for path in paths))

    publish(workspace, PLAN, edition, NOW, render, progress=look)
    assert seen[:6] == [False] * 6 and seen[-1]
    assert verify(find_edition(workspace, SERIES, "2021-03"), signer().key.public_key()).ok
