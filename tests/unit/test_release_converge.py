"""One line commits a set of editions; the site follows the log, whatever becomes of the site."""

import stat
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import ReleaseError
from publisher.release import lock
from publisher.release.approval.revise import revise
from publisher.release.calendar.planned import announcement, next_release
from publisher.release.edition.edition import Edition
from publisher.release.folders import remove_tree
from publisher.release.lock import exclusive
from publisher.release.people.service import open_service
from publisher.release.publish import publish as publishing
from publisher.release.publish.converge import converge, served_checkpoint
from publisher.release.publish.index import sites_folder
from publisher.release.publish.publish import Publication
from publisher.release.publish.ready import ready_folder
from publisher.release.publish.site import SiteContent
from publisher.release.transparency.append import append, private_checkpoint
from publisher.release.transparency.checkpoint import read_checkpoint
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.log import checkpoint_path, log_path, read_log
from publisher.release.transparency.reading import Reading
from publisher.settings import Workspace
from tests.lib.clock import FakeClock
from tests.lib.release import (
    NOW,
    PLAN,
    approve,
    build,
    build_approved,
    make_workspace,
    publish,
    release,
    render,
    signer,
    verified,
)

PLANS = {PLAN.id: PLAN}
HOUR = timedelta(hours=1)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def publish_set(
    editions: Sequence[Edition], at: datetime = NOW, render_site: publishing.RenderSite = render
) -> Publication:
    return publishing.publish(editions[0].workspace, PLANS, editions, render_site, clock=FakeClock(at))


def two(workspace: Workspace) -> list[Edition]:
    return [build_approved(workspace, period) for period in ("2021-02", "2021-03")]


def site(workspace: Workspace) -> dict[str, tuple[bytes, int, int]]:
    """Path -> bytes, mode and time of everything that is served."""
    root = workspace.site.resolve()
    found = {path.relative_to(root).as_posix(): path for path in [root, *root.rglob("*")]}
    return {
        name: (path.read_bytes() if path.is_file() else b"", path.stat().st_mode, path.stat().st_mtime_ns)
        for name, path in found.items()
    }


# --- sets ---


def test_a_set_comes_out_in_one_line_whatever_order_it_is_named_in(workspace: Workspace) -> None:
    first, second = two(workspace)
    out = publish_set([second, first])
    assert [ref.period for ref in out.editions] == ["2021-02", "2021-03"]
    lines = list(read_log(workspace).of("published"))
    assert len(lines) == 1
    assert len(verified(workspace.site)) == 2


def test_one_of_a_set_that_is_refused_holds_back_all(workspace: Workspace) -> None:
    first = build_approved(workspace, "2021-02")
    second = build(workspace, "2021-03")  # nobody approved it
    with pytest.raises(ReleaseError, match="0 of 1 approvals"):
        publish_set([first, second])
    assert not workspace.site.exists()
    assert not read_log(workspace).published


def test_of_a_set_that_is_partly_out_the_rest_follows(workspace: Workspace) -> None:
    first, second = two(workspace)
    publish_set([first])
    assert not publish_set([first, second]).already
    assert publish_set([first, second]).already
    assert len(list(read_log(workspace).of("published"))) == 2


def test_two_editions_of_one_period_are_no_set(workspace: Workspace) -> None:
    first = build_approved(workspace, "2021-02")
    with pytest.raises(ReleaseError, match="one edition of a period"):
        publish_set([first, first])
    with pytest.raises(ReleaseError, match="one edition of a period"):
        publishing.publish(workspace, PLANS, [], render, clock=FakeClock(NOW))


def test_a_sibling_that_was_built_again_is_refused_with_the_set(workspace: Workspace) -> None:
    """The second was audited beside other bytes of the first."""
    first = build_approved(workspace, "2021-02")
    second = build_approved(workspace, "2021-03")
    again = build_approved(workspace, "2021-02", "other figures")
    with pytest.raises(ReleaseError, match="nobody attacked them together"):
        publish_set([again, second])
    assert first.name == "monthly_trade/2021-02/v1" and again.version == 2


# --- a revision has its own time (fault 1) ---


def test_a_correction_waits_for_its_own_time(workspace: Workspace) -> None:
    release(workspace, "2021-02")
    due = NOW + timedelta(days=9)
    by = signer("dua")
    revise(workspace, PLAN, "2021-02", kind="correction", due=due, reason="Wrong unit.", by=by, now=NOW)
    edition = build_approved(workspace, "2021-02", "mended")
    with pytest.raises(ReleaseError, match="not before"):
        publish(workspace, PLAN, edition, due - timedelta(seconds=1), render)
    assert publish(workspace, PLAN, edition, due, render).editions[0].version == 2


# --- the site follows the log ---


def kill_after_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("publisher.release.publish.commit.show", die)


def test_killed_between_commit_and_rename_the_next_verb_shows_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed, whole = make_workspace(tmp_path / "killed"), make_workspace(tmp_path / "whole")
    editions = two(killed)
    publish_set(two(whole))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        kill_after_commit(patch)
        publish_set(editions)
    assert not killed.site.exists()
    assert len(read_log(killed).published) == 2
    long_after = FakeClock(NOW + timedelta(days=30))
    assert converge(killed, render, long_after)
    assert site(killed) == site(whole)
    assert log_path(killed).read_bytes() == log_path(whole).read_bytes()
    assert not converge(killed, render, long_after)


def test_converging_needs_no_keys_no_approvals_and_no_permission_of_the_clock(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = build_approved(workspace, "2021-03")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        kill_after_commit(patch)
        publish_set([edition])
    for key in workspace.keys.iterdir():
        key.unlink()
    assert converge(workspace, render, FakeClock(NOW - timedelta(days=4000)))
    assert (workspace.site / edition.manifest.ref.path / "data/imports.csv").is_file()


@pytest.mark.parametrize("lost", ["link", "folder", "folders", "both", "checkpoint"])
def test_a_lost_site_is_made_again(workspace: Workspace, lost: str) -> None:
    publish_set(two(workspace))
    before = site(workspace)
    served = workspace.site.resolve()
    if lost in ("link", "both"):
        workspace.site.unlink()
    if lost in ("folder", "both"):
        remove_tree(served)
    if lost == "folders":
        remove_tree(sites_folder(workspace))
    if lost == "checkpoint":
        (served / "log/checkpoint").unlink()
    assert converge(workspace, render, FakeClock(NOW))
    assert site(workspace) == before


def test_the_site_follows_lines_that_publish_nothing(workspace: Workspace) -> None:
    publish_set([build_approved(workspace, "2021-02")])
    planned = next_release(read_log(workspace), PLAN, "2021-06")
    assert planned is not None
    service = open_service(workspace)
    with exclusive(workspace):
        append(workspace, Draft("announced", who="service", fact=announcement(planned, PLAN.title)), service, now=NOW)
    assert converge(workspace, render, FakeClock(NOW))
    log = read_log(workspace)
    assert served_checkpoint(workspace) == log.public_checkpoint()
    assert (workspace.site / "log/entries.jsonl").read_bytes().count(b"\n") == len(log.leaves)


def test_nothing_is_shown_before_anything_was_told_to_the_public(workspace: Workspace) -> None:
    build(workspace, "2021-03")
    assert not converge(workspace, render, FakeClock(NOW))
    assert not workspace.site.exists()


def test_a_damaged_edition_that_is_out_is_not_shown_again(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-02")
    publish_set([edition])
    damaged = edition.public / "data/imports.csv"
    for folder in (edition.root, edition.public, edition.public / "data"):
        folder.chmod(0o755)
    damaged.unlink()
    damaged.write_text("forged")
    workspace.site.unlink()
    with pytest.raises(ReleaseError, match=r"imports\.csv has another size"):
        converge(workspace, render, FakeClock(NOW))
    assert not workspace.site.exists()


# --- a log that was put back (fault 7) ---


def put_back(workspace: Workspace, lines: int) -> None:
    """The log as it was, its private checkpoint too: only the site knows better."""
    kept = read_log(workspace).lines[:lines]
    log_path(workspace).write_bytes(b"".join(kept))
    checkpoint_path(workspace).unlink()
    if lines > 1:
        reading = Reading("log")
        for line in kept:
            reading.add(line)
        checkpoint_path(workspace).write_bytes(private_checkpoint(workspace, reading))


@pytest.mark.parametrize("lines", [0, 1, 4, -1])
def test_no_verb_goes_on_with_a_log_that_the_site_is_ahead_of(workspace: Workspace, lines: int) -> None:
    publish_set([build_approved(workspace, "2021-02")])
    other = build_approved(workspace, "2021-03")
    publish_set([other])
    before = site(workspace)
    put_back(workspace, len(read_log(workspace).lines) - 1 if lines == -1 else lines)
    with pytest.raises(ReleaseError, match="does not continue the one that the site shows"):
        converge(workspace, render, FakeClock(NOW))
    with pytest.raises(ReleaseError, match="does not continue the one that the site shows"):
        publish_set([other])
    assert site(workspace) == before


def test_a_site_whose_checkpoint_was_damaged_is_not_built_upon(workspace: Workspace) -> None:
    publish_set([build_approved(workspace, "2021-02")])
    note = workspace.site / "log/checkpoint"
    note.write_bytes(note.read_bytes().replace(b"\n", b"\n\n", 1))
    with pytest.raises(ReleaseError, match="does not continue"):
        converge(workspace, render, FakeClock(NOW))


# --- what others on the machine can see (faults 3 and 11) ---


def test_nobody_else_can_enter_where_the_next_site_is_made(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-03")
    seen: list[tuple[int, bool]] = []

    def look(folder: Path, content: SiteContent) -> None:
        render(folder, content)
        modes = [stat.S_IMODE(path.stat().st_mode) for path in folder.parents if path.name == ".ready"]
        seen.append((modes[0], any(sites_folder(workspace).glob("[0-9]*"))))

    publish_set([edition], render_site=look)
    assert seen == [(0o700, False)]
    assert list(ready_folder(workspace).iterdir()) == []
    assert stat.S_IMODE(workspace.site.stat().st_mode) == 0o755


def test_times_on_the_site_tell_when_it_came_out_and_nothing_else(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-03")
    publish_set([edition], NOW + timedelta(microseconds=654321))
    root = workspace.site.resolve()
    below = root / edition.manifest.ref.path
    due, logged = edition.manifest.moment.instant.timestamp(), NOW.timestamp()
    for path in [root, *root.rglob("*")]:
        linked = path.is_file() and path.stat().st_nlink > 1
        expected = due if linked or path == below or below in path.parents else logged
        assert path.stat().st_mtime == expected, path
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o444 if linked else 0o644)


# --- old folders stay for those who read in them (fault 10) ---


def test_old_sites_stay_for_an_hour_and_no_longer(workspace: Workspace) -> None:
    for minute, period in enumerate(("2021-01", "2021-02", "2021-03")):
        publish(workspace, PLAN, build_approved(workspace, period), NOW + timedelta(minutes=minute), render)
    folders = sites_folder(workspace)
    assert sorted(path.name for path in folders.glob("[0-9]*")) == ["1", "2", "3"]
    left = NOW + timedelta(minutes=1)  # then 2 replaced 1
    converge(workspace, render, FakeClock(left + HOUR - timedelta(seconds=1)))
    assert (folders / "1").is_dir()
    converge(workspace, render, FakeClock(left + HOUR))
    assert sorted(path.name for path in folders.glob("[0-9]*")) == ["2", "3"]
    converge(workspace, render, FakeClock(NOW - HOUR))  # set back: nothing is older than an hour
    assert (folders / "2").is_dir()
    converge(workspace, render, FakeClock(NOW + 30 * HOUR))
    assert sorted(path.name for path in folders.glob("[0-9]*")) == ["3"]
    assert workspace.site.readlink() == Path(".sites/3")


# --- clocks (fault 13) ---


def test_a_clock_behind_the_log_publishes_nothing_however_often_it_is_tried(workspace: Workspace) -> None:
    publish_set([build_approved(workspace, "2021-02")], NOW)
    edition = build_approved(workspace, "2021-03")
    for _ in range(3):
        with pytest.raises(ReleaseError, match="clock stands before"):
            publish_set([edition], NOW - timedelta(seconds=3))
    assert not publish_set([edition], NOW - timedelta(seconds=2)).already


def test_a_refusal_with_a_clock_far_ahead_stops_nobody_later(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    with pytest.raises(ReleaseError, match="0 of 1"):
        publish_set([edition], NOW + timedelta(days=5000))
    approve(edition, "bob", now=NOW)
    assert not publish_set([edition], NOW).already


def test_a_clock_that_is_set_back_while_pages_are_rendered_publishes_nothing_early(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-03")
    due = edition.manifest.moment.instant
    clock = FakeClock(due)

    def slow(folder: Path, content: SiteContent) -> None:
        render(folder, content)
        clock.set(due - timedelta(seconds=1))

    with pytest.raises(ReleaseError, match="not before"):
        publishing.publish(workspace, PLANS, [edition], slow, clock=clock)
    assert not workspace.site.exists()


def test_pages_that_took_too_long_are_rendered_for_the_present_time(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-03")
    clock, waits = FakeClock(NOW), [timedelta(minutes=6), timedelta(0)]

    def slow(folder: Path, content: SiteContent) -> None:
        render(folder, content)
        clock.sleep(waits.pop(0).total_seconds())

    publishing.publish(workspace, PLANS, [edition], slow, clock=clock)
    assert read_log(workspace).leaves[-1].time == (NOW + timedelta(minutes=6)).isoformat()
    assert (NOW + timedelta(minutes=6)).isoformat() in (workspace.site / "index.html").read_text()


# --- the lock (fault 14) ---


def test_a_verb_waits_for_another_and_gives_up_in_the_end(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = build_approved(workspace, "2021-03")
    held = threading.Event()

    def hold() -> None:
        with exclusive(workspace):
            held.set()
            time.sleep(0.2)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    assert not publish_set([edition]).already  # it came after
    thread.join()
    monkeypatch.setattr(lock, "WAIT_S", 0.1)
    with exclusive(workspace), pytest.raises(ReleaseError, match="another process"):
        publish_set([edition])


def test_somebody_can_approve_while_pages_are_rendered(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that is committed is then another one: what was prepared is prepared again."""
    monkeypatch.setattr(lock, "WAIT_S", 0.1)
    edition, other = build_approved(workspace, "2021-03"), build(workspace, "2021-04")
    rendered: list[int] = []

    def busy(folder: Path, content: SiteContent) -> None:
        render(folder, content)
        if not rendered:
            approve(other, "bob")
        rendered.append(len(content.leaves))

    publish_set([edition], render_site=busy)
    assert len(rendered) == 2
    assert [entry.event for entry in read_log(workspace).entries[-3:]] == ["approved", "embargoed", "published"]
    note = read_checkpoint(served_checkpoint(workspace), open_service(workspace).key.public_key())
    assert note.size == len(read_log(workspace).leaves)


def test_two_publishers_at_once_publish_once(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-03")
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(publish_set([edition]).already)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True, True]
    assert len(list(read_log(workspace).of("published"))) == 1


# --- prepared before the time ---


def test_what_was_prepared_before_its_time_is_shown_at_its_time(workspace: Workspace) -> None:
    editions = two(workspace)
    due = editions[1].manifest.moment.instant
    linked: list[bool] = []

    def look(folder: Path, content: SiteContent) -> None:
        render(folder, content)
        linked.append(folder == ready.folder)

    with publishing.prepare(workspace, PLANS, editions) as ready:
        assert not workspace.site.exists()
        publishing.publish(workspace, PLANS, editions, look, clock=FakeClock(due), ready=ready)
    assert linked == [True]
    assert len(verified(workspace.site)) == 2


def test_what_was_prepared_for_another_set_is_not_used(workspace: Workspace) -> None:
    first, second = two(workspace)
    with publishing.prepare(workspace, PLANS, [first]) as ready:
        publishing.publish(workspace, PLANS, [first, second], render, clock=FakeClock(NOW), ready=ready)
    assert len(verified(workspace.site)) == 2


def test_what_was_rendered_for_a_try_that_failed_is_not_used_again(workspace: Workspace) -> None:
    editions = two(workspace)

    def broken(folder: Path, content: SiteContent) -> None:
        render(folder, content)
        raise ValueError("a template is wrong")

    with publishing.prepare(workspace, PLANS, editions) as ready:
        with pytest.raises(ValueError, match="template"):
            publishing.publish(workspace, PLANS, editions, broken, clock=FakeClock(NOW), ready=ready)
        publishing.publish(workspace, PLANS, editions, render, clock=FakeClock(NOW), ready=ready)
    assert len(verified(workspace.site)) == 2


def test_what_a_killed_process_prepared_is_swept_and_what_a_living_one_prepares_is_not(workspace: Workspace) -> None:
    first, second = two(workspace)
    with publishing.prepare(workspace, PLANS, [first]) as living:
        dead = ready_folder(workspace) / "dead"
        dead.mkdir()
        (dead / "page.html").write_text("not yet")
        converge(workspace, render, FakeClock(NOW))
        assert not dead.exists() and living.folder.is_dir()
    assert not living.folder.exists()
    assert second.root.is_dir()


def test_who_reads_the_log_while_a_line_is_added_does_not_see_a_cut(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers take no lock: the checkpoint that they hold the log against must not be newer than the log."""
    real, read = Path.read_bytes, list[str]()

    def slow(path: Path) -> bytes:
        content = real(path)
        if not read and path in (checkpoint_path(workspace), log_path(workspace)):
            read.append(path.name)
            with exclusive(workspace):
                append(workspace, Draft("refused", detail="meanwhile"), None, now=NOW)
        return content

    monkeypatch.setattr(Path, "read_bytes", slow)
    assert read_log(workspace).lines
    assert read == ["checkpoint"]
