"""Every byte that matters, changed one at a time: found, and named."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.errors import ReleaseError
from publisher.release.approval import approvals
from publisher.release.edition.edition import Edition, find_edition
from publisher.release.edition.verify import verify
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import ApprovalBody, Draft
from publisher.release.transparency.facts import ApprovalFact
from publisher.release.transparency.log import log_path, read_log
from publisher.settings import Workspace
from tests.lib.release import (
    BUILT,
    NOW,
    PASSPHRASE,
    PLAN,
    SERIES,
    approve,
    build,
    build_approved,
    checked,
    make_workspace,
    publish,
    release,
    render,
    signer,
)

FILES = [
    "index.html",
    "tables/imports.html",
    "tables/imports.1.js",
    "data/imports.csv",
    "data/imports.parquet",
    "metadata/tables.json",
    "manifest.json",
    "manifest.sig",
]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def flips(data: bytes, at_most: int = 300) -> list[bytes]:
    """Copies with one bit flipped: every byte of a small file, an even sample of a larger one."""
    step = max(1, len(data) // at_most)
    return [data[:i] + bytes([data[i] ^ (1 << i % 8)]) + data[i + 1 :] for i in range(0, len(data), step)]


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_in_any_public_file_is_found_and_the_file_named(workspace: Workspace, name: str) -> None:
    edition, key = build(workspace, "2021-03"), signer().key.public_key()
    whole = (edition.public / name).read_bytes()
    for damaged in flips(whole):
        overwrite(edition.public / name, damaged)
        assert name in [problem.place for problem in verify(edition, key).problems]
    overwrite(edition.public / name, whole)
    assert verify(edition, key).ok


def test_missing_extra_longer_shorter_and_linked_files_are_named(workspace: Workspace) -> None:
    edition, key = build(workspace, "2021-03"), signer().key.public_key()
    (edition.public / "data/imports.csv").unlink()
    (edition.public / "data/more.csv").write_text("x")
    (edition.public / "empty").mkdir()
    overwrite(edition.public / "index.html", b"")
    overwrite(edition.public / "tables/imports.html", (edition.public / "tables/imports.html").read_bytes() + b" ")
    target = (edition.public / "data/imports.parquet").rename(workspace.root / "same.parquet")
    (edition.public / "data/imports.parquet").symlink_to(target)
    found = {problem.place: problem.problem for problem in verify(edition, key).problems}
    assert found == {
        "data/imports.csv": "is missing",
        "data/more.csv": "is not in the manifest",
        "empty": "is not in the manifest",
        "index.html": "has another size than the manifest says",
        "tables/imports.html": "has another size than the manifest says",
        "data/imports.parquet": "is no plain file",
    }


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig"])
def test_a_lost_manifest_or_signature_is_named(workspace: Workspace, name: str) -> None:
    edition = build(workspace, "2021-03")
    (edition.public / name).unlink()
    report = verify(edition, signer().key.public_key())
    assert name in [problem.place for problem in report.problems] and report.signed_by == ""


def test_the_signature_of_another_edition_does_not_fit(workspace: Workspace) -> None:
    one, other = build(workspace, "2021-02"), build(workspace, "2021-03")
    overwrite(one.public / "manifest.sig", (other.public / "manifest.sig").read_bytes())
    assert [p.place for p in verify(one, signer().key.public_key()).problems] == ["manifest.json", "manifest.sig"]


@pytest.mark.parametrize("name", FILES)
def test_a_tampered_edition_is_neither_approved_nor_published(workspace: Workspace, name: str) -> None:
    edition = build_approved(workspace, "2021-03")
    overwrite(edition.public / name, flips((edition.public / name).read_bytes())[-1])
    with pytest.raises(ReleaseError):
        approve(edition, "cem")
    with pytest.raises(ReleaseError):
        publish(workspace, PLAN, edition, NOW, render)
    assert not workspace.site.exists()


@pytest.mark.parametrize("name", FILES)
def test_a_tampered_older_edition_never_goes_into_a_new_site(workspace: Workspace, name: str) -> None:
    release(workspace, "2021-02")
    served = workspace.site.readlink()
    old, new = find_edition(workspace, SERIES, "2021-02"), build_approved(workspace, "2021-03")
    overwrite(old.public / name, flips((old.public / name).read_bytes())[-1])
    with pytest.raises(ReleaseError, match=name):
        publish(workspace, PLAN, new, NOW, render)
    assert workspace.site.readlink() == served


def test_a_tampered_site_is_found_edition_by_edition(workspace: Workspace) -> None:
    for period in ("2021-02", "2021-03"):
        release(workspace, period)
    overwrite(workspace.site / f"releases/{SERIES}/2021-03/v1/data/imports.csv", b"x")
    reports = checked(workspace.site).editions
    assert [report.ok for report in reports] == [True, False]


def test_one_edition_in_the_place_of_another_is_found(workspace: Workspace) -> None:
    """A well signed older edition under a newer path: each file verifies, the place does not."""
    for period in ("2021-02", "2021-03"):
        release(workspace, period)
    newer = workspace.site / f"releases/{SERIES}/2021-03/v1"
    shutil.rmtree(newer)
    shutil.copytree(workspace.site / f"releases/{SERIES}/2021-02/v1", newer)
    second = checked(workspace.site).editions[1]
    assert [p.problem for p in second.problems] == [f"is not the one that the log names for {SERIES}/2021-03/v1"]


def log_of_another_approval(edition: Edition, approval: ApprovalFact, who: str) -> None:
    """A line as somebody could write it who holds the key of `who` and not this program's good will."""
    draft = Draft("approved", who=who, edition=edition.manifest.ref, body=ApprovalBody(approval=approval))
    append(edition.workspace, draft, signer(who), now=BUILT)


def test_an_approval_for_another_edition_does_not_count(workspace: Workspace) -> None:
    given, other = approve(build(workspace, "2021-03"), "bob"), build(workspace, "2021-02")
    log_of_another_approval(other, given, "bob")
    with pytest.raises(ReleaseError, match="another edition, another content"):
        approvals.approvals_in_force(read_log(workspace), other)


def test_one_approval_logged_by_two_people_does_not_count_twice(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    log_of_another_approval(edition, approve(edition, "bob"), "cem")
    with pytest.raises(ReleaseError, match="not signed by the person who logged it"):
        publish(workspace, PLAN, edition, NOW, render)


def test_the_preparer_cannot_log_an_approval_either(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03", by="dua")
    given = approve(edition, "bob")
    statement = given.statement.encode()
    own = ApprovalFact(
        statement=given.statement,
        public_key=signer("dua").key.public_key().public_bytes_raw().hex(),
        signature=signer("dua").sign(statement),
    )
    log_of_another_approval(edition, own, "dua")
    with pytest.raises(ReleaseError, match="by the person who prepared"):
        publish(workspace, PLAN, edition, NOW, render)


def test_who_may_not_approve_cannot_write_the_line(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    given = approve(edition, "bob")
    with pytest.raises(ReleaseError, match="signed by nobody who may sign for 'approved'"):
        log_of_another_approval(edition, given, "ann")


def test_a_plan_edited_after_the_build_cannot_ask_for_fewer_approvals(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03", plan=replace(PLAN, approvals=2))
    approve(edition, "bob")
    with pytest.raises(ReleaseError, match="1 of 2 approvals"):
        publish(workspace, PLAN, edition, NOW, render)


def test_a_damaged_log_stops_everything(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-03")
    path = log_path(workspace)
    path.write_bytes(path.read_bytes().replace(b'"ann"', b'"anm"', 1))
    with pytest.raises(ReleaseError, match="log is damaged: line 1"):
        publish(workspace, PLAN, edition, NOW, render)
    assert not workspace.site.exists()


def test_another_digest_than_the_reviewed_one_is_not_approved(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    digest = edition.manifest.ref.manifest_sha256
    for reviewed in ("", digest[:11], "0" * 64, digest + "0"):
        with pytest.raises(ReleaseError, match="not the edition that was reviewed"):
            approvals.approve(edition, "bob", PASSPHRASE, reviewed=reviewed, now=NOW)
    assert approvals.approve(edition, "bob", PASSPHRASE, reviewed=digest[:12], now=NOW)
