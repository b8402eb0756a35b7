"""Two schedulers at once, killed ones, and what an embargoed edition leaves on the disk."""

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest

from publisher.catalogue.plan import Recipient
from publisher.release.access import confirm_access
from tests.lib.office import DUE, Office
from tests.lib.release import PLAN, signer

CANARY = "canary-7391"
KEY = pyrage.x25519.Identity.generate()
RECIPIENT = Recipient("Ministry", "desk", str(KEY.to_public()), 24)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "w", {PLAN.id: replace(PLAN, access=(RECIPIENT,))})
    office.due()
    confirm_access(office.workspace, office.plan, by=signer("dua"), now=office.clock.now())
    return office


def in_processes(office: Office, number: int) -> None:
    """The same round in so many processes, begun together."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(number)

    def work() -> None:
        barrier.wait()
        office.due()

    started = [context.Process(target=work) for _ in range(number)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0] * number


def test_four_schedulers_at_once_publish_delay_and_pack_once(office: Office) -> None:
    office.approved("2021-02")
    office.clock.set(DUE - timedelta(hours=1))
    in_processes(office, 4)
    assert len(office.events("pack")) == 1
    office.clock.set(DUE)
    in_processes(office, 4)
    assert len(office.events("published")) == 1
    assert office.times() == {"2021-02/v1": DUE}
    office.clock.set(DUE + timedelta(days=31))  # March is over and nothing is there
    in_processes(office, 4)
    assert office.events("delayed") == [office.clock.now().isoformat()]
    assert not office.events("refused")


KILLED_IN = {
    "between log and site": "publisher.release.publish.commit.show",
    "before the line": "publisher.release.publish.commit.append",
    "while it renders": "publisher.release.publish.ready.Ready.render",
}


def killed_at(function: str, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round in a process of its own that dies, as by kill -9, where it would call this function."""

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    pid = os.fork()
    if pid == 0:
        try:
            monkeypatch.setattr(function, die)
            office.due()
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status)


@pytest.mark.parametrize("where", KILLED_IN)
def test_killed_while_publishing(office: Office, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next round finishes it or does it; it comes out once, dated by its own line."""
    office.approved("2021-02")
    office.clock.set(DUE)
    killed_at(KILLED_IN[where], office, monkeypatch)
    committed = bool(office.times())
    assert committed is (where == "between log and site")
    office.clock.set(DUE + timedelta(minutes=1))
    office.due()
    assert office.times() == {"2021-02/v1": DUE if committed else office.clock.now()}
    assert len(office.events("published")) == 1
    assert (office.workspace.site / "releases" / "monthly_trade" / "2021-02" / "v1" / "index.html").is_file()


def test_killed_between_the_line_of_a_pack_and_its_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack that does not exist is logged; none exists that is not."""
    office.approved("2021-02")
    office.clock.set(DUE - timedelta(hours=1))
    killed_at("publisher.release.packs.write_new", office, monkeypatch)
    assert len(office.events("pack")) == 1
    assert not list((office.workspace.private / "packs").glob("*"))
    office.due()
    assert len(office.events("pack")) == 1


def files(*roots: Path) -> Iterator[Path]:
    for root in roots:
        yield from (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def test_the_figures_lie_nowhere_outside_their_folder(office: Office, tmp_path: Path) -> None:
    """Packs given, site prepared, reminders sent: then every file of workspace and temp is searched."""
    temp = tmp_path / "temp"
    temp.mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(temp)
    try:
        edition = office.approved("2021-02", CANARY)
        office.clock.set(DUE - timedelta(minutes=1))
        scheduler = office.scheduler()
        scheduler.round()
        leaked = [
            path
            for path in files(office.workspace.root, temp)
            if CANARY.encode() in path.read_bytes() and not path.is_relative_to(edition.root)
        ]
        scheduler.close()
    finally:
        tempfile.tempdir = before
    assert len(office.events("pack")) == 1
    ready = office.workspace.releases / ".sites" / ".ready"
    assert all(path.is_relative_to(ready) for path in leaked), leaked  # hard links, behind 0700
    assert ready.stat().st_mode & 0o777 == 0o700
    assert not [line for line in (*office.told, *office.notified) if CANARY in line]


def test_the_site_tells_nothing_of_what_is_to_come(office: Office) -> None:
    """Names, times and sizes of the site are the same whether or not an edition waits."""

    def shown() -> dict[str, tuple[int, int]]:
        site = office.workspace.site.resolve()
        return {p.relative_to(site).as_posix(): (p.stat().st_size, p.stat().st_mtime_ns) for p in files(site)}

    before = shown()
    office.approved("2021-02", CANARY)
    office.clock.set(DUE - timedelta(minutes=1))
    office.due()
    assert shown() == before
