"""The log under attack by whoever can write the file: each byte, each line, the whole chain, the whole folder."""

import json
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from publisher.cli.app import app_for
from publisher.errors import ReleaseError
from publisher.release.people.people import add_person, new_person
from publisher.release.people.register import Person
from publisher.release.people.service import open_service, service_key_path
from publisher.release.people.signing import Signer
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft, Entry, RegisterBody, leaf_bytes
from publisher.release.transparency.facts import RegisterFact
from publisher.release.transparency.log import checkpoint_path, log_path, read_log
from publisher.release.transparency.site_log import write_log
from publisher.release.transparency.succession import public_keys
from publisher.release.transparency.verify_log import verify_log
from publisher.settings import Workspace
from tests.lib.release import FOUNDED, signer
from tests.lib.whole_log import EVENTS, chained_anew, grow, lines_of, log_of_each_kind, signed_anew

LATER = FOUNDED + timedelta(days=1)
SAMPLE = 600  # bytes; all of them in the slow run


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Made once; each test works on a copy."""
    return log_of_each_kind(tmp_path_factory.mktemp("log") / "w")


@pytest.fixture
def workspace(kept: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(kept.root, tmp_path / "w")
    return Workspace(tmp_path / "w")


def refusal(workspace: Workspace, lines: Iterable[bytes]) -> str:
    """What read_log says of these lines; "" where it takes them."""
    log_path(workspace).write_bytes(b"".join(lines))
    try:
        read_log(workspace)
    except ReleaseError as refused:
        return str(refused)
    return ""


def test_the_log_has_a_line_of_each_kind(workspace: Workspace) -> None:
    assert {entry.event for entry in read_log(workspace).entries} == set(EVENTS)
    report = verify_log(workspace)
    assert (report.lines, report.shown, report.since) == (len(lines_of(workspace)), None, None)


def flipped_is_named(workspace: Workspace, step: int, start: int = 0) -> None:
    """Each `step`-th byte has one bit changed, a different one each time: the line is named, or seen to be gone."""
    whole = log_path(workspace).read_bytes()
    for position in range(start, len(whole), step):
        changed = whole[:position] + bytes([whole[position] ^ (1 << position % 8)]) + whole[position + 1 :]
        line = whole.count(b"\n", 0, position) + 1
        last_newline = position == len(whole) - 1
        said = refusal(workspace, [changed])
        assert ("the log was cut" in said) if last_newline else (f"line {line} " in said), (position, said)


def test_a_flipped_bit_is_found_and_its_line_named(workspace: Workspace) -> None:
    flipped_is_named(workspace, len(log_path(workspace).read_bytes()) // SAMPLE)


@pytest.mark.slow
def test_every_flipped_bit_is_found_and_its_line_named(workspace: Workspace) -> None:
    flipped_is_named(workspace, 1)


def test_newlines_and_the_last_byte_count_too(workspace: Workspace) -> None:
    whole = log_path(workspace).read_bytes()
    for position in [at for at, byte in enumerate(whole) if byte == 0x0A]:
        said = refusal(workspace, [whole[:position], b" ", whole[position + 1 :]])
        assert "the log was cut" in said or f"line {whole.count(bytes([10]), 0, position) + 1} " in said


def test_a_log_cut_at_each_lines_end_is_found(workspace: Workspace) -> None:
    lines = lines_of(workspace)
    for left in range(len(lines)):
        assert refusal(workspace, lines[:left])


def test_a_log_cut_inside_a_line_is_found(workspace: Workspace) -> None:
    whole, lines = log_path(workspace).read_bytes(), lines_of(workspace)
    for left in range(1, len(whole), len(whole) // 60):
        assert refusal(workspace, [whole[:left]])
    assert "the log was cut" in refusal(workspace, [whole[:-1]])
    assert refusal(workspace, lines) == ""


def test_swapped_repeated_dropped_and_added_lines_are_found(workspace: Workspace) -> None:
    lines = lines_of(workspace)
    for at in range(len(lines) - 1):
        assert f"line {at + 1} " in refusal(workspace, [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]])
        assert f"line {at + 2} " in refusal(workspace, [*lines[: at + 1], *lines[at:]])
        assert f"line {at + 1} " in refusal(workspace, [*lines[:at], *lines[at + 1 :]])
    for stranger in (b"\n", b"{}\n", b"\xff\n", lines[0], b"[" * 100_000 + b"\n"):
        assert f"line {len(lines) + 1} " in refusal(workspace, [*lines, stranger])


def test_other_spellings_of_the_same_line_are_found(workspace: Workspace) -> None:
    lines = lines_of(workspace)
    for spelled in (
        lines[3].replace(b":", b": ", 1),
        lines[3].replace(b"{", b"{ ", 1),
        lines[3][:-1] + b"\r\n",
        b"\xef\xbb\xbf" + lines[3],
        lines[3].replace(b'"ann"', b'"\\u0061nn"'),
        lines[3].replace(b'"number":4', b'"number":4.0'),
    ):
        assert "line 4 " in refusal(workspace, [*lines[:3], spelled, *lines[4:]])


def changed_detail(entry: Entry) -> Entry:
    return entry.model_copy(update={"detail": "another word"})


def test_a_whole_chain_made_anew_without_keys_is_found(workspace: Workspace) -> None:
    lines = lines_of(workspace)
    for at in range(len(lines) - 1):
        assert f"line {at + 1} has a signature that does not hold" in refusal(
            workspace, chained_anew(lines, at, changed_detail)
        )


def test_a_last_line_that_nobody_signs_is_bound_by_the_checkpoint(workspace: Workspace) -> None:
    lines = lines_of(workspace)
    assert read_log(workspace).entries[-1].event == "refused"
    assert "the log was rewritten" in refusal(workspace, chained_anew(lines, len(lines) - 1, changed_detail))


def test_a_time_public_part_or_checkpoint_changed_in_a_chain_made_anew_is_found(workspace: Workspace) -> None:
    lines, entries = lines_of(workspace), read_log(workspace).entries
    at = next(number for number, entry in enumerate(entries) if entry.event == "published")
    note = entries[at - 1].checkpoint or entries[0].checkpoint
    for change in ({"time": "2021-01-01T00:00:00+00:00"}, {"public": None}, {"who": "bob"}, {"event": "audited"}):
        said = refusal(workspace, chained_anew(lines, at, lambda entry, c=change: entry.model_copy(update=c)))  # type: ignore[misc]
        assert f"line {at + 1} " in said
    said = refusal(workspace, chained_anew(lines, at, lambda entry: entry.model_copy(update={"checkpoint": note})))
    assert f"line {at + 1} has a checkpoint over another tree" in said


def stranger() -> tuple[Signer, Person]:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    return Signer("eve", key), new_person("eve", ("approve", "publish", "administer"), key.public_key())


def with_eve(entry: Entry) -> Entry:
    assert isinstance(entry.body, RegisterBody)
    version = entry.body.version
    people = (*version.people, stranger()[1])
    return entry.model_copy(update={"body": RegisterBody(version=version.model_copy(update={"people": people}))})


def test_nobody_enters_the_register_without_an_administrators_key(workspace: Workspace) -> None:
    """An own line with an own key; an own key written into an old version; that line signed by oneself."""
    lines, entries = lines_of(workspace), read_log(workspace).entries
    eve = stranger()[0]
    registers = [number for number, entry in enumerate(entries) if isinstance(entry.body, RegisterBody)]
    for at in registers:
        assert f"line {at + 1} " in refusal(workspace, chained_anew(lines, at, with_eve))
        by_eve = chained_anew(lines, at, lambda entry: signed_anew(with_eve(entry), eve))
        assert f"line {at + 1} " in refusal(workspace, by_eve)
    log_path(workspace).write_bytes(b"".join(lines))
    last = read_log(workspace).register
    version = last.model_copy(update={"version": last.version + 1, "people": (*last.people, stranger()[1])})
    for signed_by in (eve, signer("bob"), signer("dua"), open_service(workspace)):
        with pytest.raises(ReleaseError, match="signed by nobody who may sign"):
            fact = RegisterFact(version=version.version, keys=public_keys(version), names="0" * 64)
            draft = Draft("register", signed_by.person, body=RegisterBody(version=version), fact=fact)
            append(workspace, draft, signed_by, now=LATER)
    assert log_path(workspace).read_bytes() == b"".join(lines)


def test_a_log_founded_anew_is_not_the_old_one(workspace: Workspace, tmp_path: Path) -> None:
    """Who can write everything can begin a log of their own, even with a stolen service key: its name is another."""
    public, private = read_log(workspace).public_checkpoint(), checkpoint_path(workspace).read_bytes()
    other = Workspace(tmp_path / "other")
    other.keys.mkdir(parents=True, mode=0o700)
    shutil.copy2(service_key_path(workspace), service_key_path(other))
    add_person(other, "eve", ["approve", "publish"], "open sesame", now=FOUNDED)
    assert verify_log(other).lines == 1
    for old in (public, private):
        with pytest.raises(ReleaseError, match="of another log"):
            verify_log(other, old)


def test_a_log_put_back_with_its_checkpoint_is_found_by_one_kept_elsewhere(workspace: Workspace) -> None:
    log, note = log_path(workspace).read_bytes(), checkpoint_path(workspace).read_bytes()
    grow(workspace)
    newer = checkpoint_path(workspace).read_bytes()
    assert verify_log(workspace, note).since == verify_log(workspace).lines - 1
    log_path(workspace).write_bytes(log)
    checkpoint_path(workspace).write_bytes(note)
    assert verify_log(workspace, note)
    with pytest.raises(ReleaseError, match="the log was cut"):
        verify_log(workspace, newer)


def test_a_public_checkpoint_finds_the_same(workspace: Workspace) -> None:
    log, note = log_path(workspace).read_bytes(), checkpoint_path(workspace).read_bytes()
    grow(workspace, public=True)
    newer = read_log(workspace).public_checkpoint()
    assert verify_log(workspace, newer).since == len(read_log(workspace).leaves)
    log_path(workspace).write_bytes(log)
    checkpoint_path(workspace).write_bytes(note)
    with pytest.raises(ReleaseError, match="the log was cut"):
        verify_log(workspace, newer)


def test_two_logs_that_went_different_ways_are_told_apart(workspace: Workspace, tmp_path: Path) -> None:
    """A workspace copied to two machines: each log is whole, and neither goes on from the other's checkpoint."""
    shutil.copytree(workspace.root, tmp_path / "twin")
    twin = Workspace(tmp_path / "twin")
    grow(workspace, "here")
    grow(twin, "there")
    for one, another in ((workspace, twin), (twin, workspace)):
        assert verify_log(one)
        with pytest.raises(ReleaseError, match="the log was rewritten"):
            verify_log(one, checkpoint_path(another).read_bytes())


def test_a_note_that_is_no_checkpoint_of_this_log_proves_nothing(workspace: Workspace) -> None:
    whole = checkpoint_path(workspace).read_bytes()
    for note in (b"", b"text", whole[:-1], whole + b"\n", whole.replace(b"/private", b"/publick")):
        with pytest.raises(ReleaseError, match="no checkpoint to trust"):
            verify_log(workspace, note)


def show(workspace: Workspace) -> None:
    """The log on a site, as publishing writes it."""
    log, site = read_log(workspace), workspace.site
    site.mkdir(parents=True)
    leaves = [leaf_bytes(leaf) for leaf in log.leaves]
    write_log(site, leaves, log.public_checkpoint(), open_service(workspace).key.public_key())


def test_a_site_ahead_of_the_log_shows_that_the_log_was_put_back(workspace: Workspace) -> None:
    log, note = log_path(workspace).read_bytes(), checkpoint_path(workspace).read_bytes()
    grow(workspace, public=True)
    show(workspace)
    leaves = len(read_log(workspace).leaves)
    assert verify_log(workspace).shown == leaves
    log_path(workspace).write_bytes(log)
    checkpoint_path(workspace).write_bytes(note)
    with pytest.raises(ReleaseError, match=f"shows {leaves} entries that are not the beginning of this log"):
        verify_log(workspace)
    grow(workspace, "other", public=True)
    with pytest.raises(ReleaseError, match="not the beginning of this log"):
        verify_log(workspace)


def test_a_site_behind_the_log_is_as_far_as_it_is(workspace: Workspace) -> None:
    show(workspace)
    grow(workspace, public=True)
    report = verify_log(workspace)
    assert report.shown == report.entries - 1


def test_a_damaged_log_on_the_site_is_named(workspace: Workspace) -> None:
    show(workspace)
    path = workspace.site / "log/entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Trade", b"Trude"))
    with pytest.raises(ReleaseError, match=r"log/entries\.jsonl"):
        verify_log(workspace)


def test_the_commands(workspace: Workspace, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(app_for(()), ["log", *words, "-w", str(workspace.root)], env={"COLUMNS": "200"})
        if isinstance(done.exception, ReleaseError):
            raise done.exception
        return done.output

    (workspace.root / "queries").mkdir()
    old = tmp_path / "old"
    old.write_text(run("checkpoint"))
    assert old.read_bytes() == checkpoint_path(workspace).read_bytes()
    grow(workspace, public=True)
    assert f"goes on from the {len(EVENTS) + 3} entries of the old checkpoint" in run("verify", "--against", str(old))
    assert json.loads(run("verify", "--json"))["verdict"] == "verified"
    assert run("checkpoint", "--public").encode() == read_log(workspace).public_checkpoint()
    assert len(json.loads(run("show", "--json"))) == len(lines_of(workspace))
    assert [entry["event"] for entry in json.loads(run("show", "--last", "1", "--json"))] == ["cancelled"]
    assert "withdrawn" in run("show")
    log_path(workspace).write_bytes(b"".join(lines_of(workspace)[:-1]))
    with pytest.raises(ReleaseError, match="the log was cut"):
        run("verify")
