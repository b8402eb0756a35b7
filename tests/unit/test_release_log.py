"""The log: chained, signed, synced; whole, or named as damaged."""

from pathlib import Path

import pytest

from publisher.errors import ReleaseError
from publisher.release.transparency.append import append
from publisher.release.transparency.checkpoint import read_checkpoint
from publisher.release.transparency.entry import Draft, Event
from publisher.release.transparency.facts import CancelledFact, Release
from publisher.release.transparency.log import checkpoint_path, log_path, read_log
from publisher.settings import Workspace
from tests.lib.release import FOUNDED, make_workspace, signer


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Four register versions of which the last is line 4, then two more lines."""
    workspace = make_workspace(tmp_path / "w")
    cancel(workspace, 1)
    append(workspace, Draft("data_in", who="ann", detail="2021-03"), signer("ann"), now=FOUNDED)
    return workspace


def cancel(workspace: Workspace, number: int) -> None:
    release = Release(series="monthly_trade", period="2021-03", number=number)
    draft = Draft("cancelled", who="dua", release=release, fact=CancelledFact(release=release, reason="No data."))
    append(workspace, draft, signer("dua"), now=FOUNDED)


def test_lines_are_numbered_chained_and_signed(workspace: Workspace) -> None:
    log = read_log(workspace)
    assert [entry.number for entry in log.entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.event for entry in log.entries] == ["register"] * 4 + ["cancelled", "data_in"]
    assert log_path(workspace).stat().st_mode & 0o777 == 0o600
    assert all(entry.signature for entry in log.entries)
    service = log.register.named("service")
    assert service is not None
    public = read_checkpoint(log.public_checkpoint(), service.key)
    private = read_checkpoint(checkpoint_path(workspace).read_bytes(), service.key)
    assert (public.size, private.size) == (5, 6)


def test_the_public_part_names_nobody(workspace: Workspace) -> None:
    for leaf in read_log(workspace).leaves:
        assert not any(f'"{name}"' in leaf.model_dump_json() for name in ("ann", "bob", "cem", "dua"))


def test_no_log_is_an_empty_log(tmp_path: Path) -> None:
    assert read_log(Workspace(tmp_path)).entries == ()


def test_a_torn_last_line_was_never_acknowledged_and_is_cut_off_by_the_next_append(workspace: Workspace) -> None:
    whole, before = log_path(workspace).read_bytes(), checkpoint_path(workspace).read_bytes()
    cancel(workspace, 2)
    last = log_path(workspace).read_bytes()[len(whole) :]
    checkpoint_path(workspace).write_bytes(before)  # the append was killed before it replaced that
    for length in range(0, len(last), 7):
        log_path(workspace).write_bytes(whole + last[:length])
        assert len(read_log(workspace).entries) == 6
    cancel(workspace, 3)
    numbers = [entry.release and entry.release.number for entry in read_log(workspace).entries]
    assert numbers[-2:] == [None, 3]


def test_a_log_that_was_cut_at_a_lines_end_is_found(workspace: Workspace) -> None:
    lines = log_path(workspace).read_bytes().splitlines(keepends=True)
    for kept in range(6):
        log_path(workspace).write_bytes(b"".join(lines[:kept]))
        with pytest.raises(ReleaseError, match=r"the log was cut|the log is gone|no checkpoint to trust"):
            read_log(workspace)
    log_path(workspace).write_bytes(b"".join(lines))
    checkpoint_path(workspace).unlink()
    with pytest.raises(ReleaseError, match="checkpoint is gone"):
        read_log(workspace)


def test_nothing_is_added_to_a_damaged_log(workspace: Workspace) -> None:
    damaged = log_path(workspace).read_bytes().replace(b'"bob"', b'"bab"')
    log_path(workspace).write_bytes(damaged)
    with pytest.raises(ReleaseError, match="line 2 was changed"):
        cancel(workspace, 2)
    assert log_path(workspace).read_bytes() == damaged


def test_who_lacks_the_role_or_is_unknown_cannot_write(workspace: Workspace, tmp_path: Path) -> None:
    before = log_path(workspace).read_bytes()
    events: tuple[Event, ...] = ("published", "approved", "clock_corrected")
    for event in events:
        with pytest.raises(ReleaseError, match="signed by nobody who may sign"):
            append(workspace, Draft(event, who="ann"), signer("ann"), now=FOUNDED)
    with pytest.raises(ReleaseError, match="signed by nobody who may sign"):
        append(workspace, Draft("data_in"), None, now=FOUNDED)
    assert log_path(workspace).read_bytes() == before


def test_a_workspace_of_an_earlier_version_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / ".publisher" / "log").mkdir(parents=True)
    (tmp_path / ".publisher" / "log" / "events.jsonl").write_text("{}\n")
    with pytest.raises(ReleaseError, match="earlier version"):
        read_log(Workspace(tmp_path))
