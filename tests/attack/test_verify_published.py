"""What publishing leaves behind is what outsiders can verify: corrected, withdrawn, its approver revoked."""

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.publication.lifecycle.verify_page import reader_script
from publisher.release.people.changes import revoke
from publisher.release.people.service import open_service
from publisher.release.people.signing import fingerprint
from publisher.release.publish.withdraw import withdraw
from publisher.release.transparency.log import read_log
from publisher.release.transparency.places import Folder
from publisher.release.transparency.verify_log import verify_log
from publisher.release.transparency.verify_site import SiteReport, verify_edition, verify_site
from publisher.settings import Workspace
from tests.lib.clock import FakeClock
from tests.lib.release import NOW, SERIES, make_workspace, release, render, signer, tree

FIRST, SECOND, CORRECTED = (f"{SERIES}/{name}" for name in ("2021-02/v1", "2021-03/v1", "2021-03/v2"))

UNBOUND = (
    "log/key.pub",
    "log/checkpoint",
)  # their last letters are frame and key name, which the script does not read


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two periods out, the second corrected, the first withdrawn, and who approved them revoked."""
    workspace = make_workspace(tmp_path / "w")
    release(workspace, "2021-02")
    release(workspace, "2021-03")
    shutil.copytree(workspace.site / "releases" / SERIES, tmp_path / "copies")
    shutil.copy(workspace.site / "log/checkpoint", tmp_path / "old")
    release(workspace, "2021-03", "better figures")
    revoke(workspace, "bob", "Left the office.", by=signer("ann"), now=NOW + timedelta(hours=1))
    shutil.copytree(workspace.site.resolve(), tmp_path / "before")
    words = {"reason": "A wrong file.", "contact": "trade@example.org", "known": "All of it."}
    clock = FakeClock(NOW + timedelta(hours=2))
    withdraw(workspace, FIRST, by=signer("dua"), clock=clock, render_site=render, **words)  # type: ignore[arg-type]
    return workspace


def key(workspace: Workspace) -> Ed25519PublicKey:
    return open_service(workspace).key.public_key()


def check(workspace: Workspace, old: Path | None = None) -> SiteReport:
    site = Folder(workspace.site.resolve())
    return verify_site(site, key(workspace), old.read_bytes() if old else None)


def script(workspace: Workspace, *more: str) -> subprocess.CompletedProcess[str]:
    words = [str(workspace.site), fingerprint(key(workspace)), *more]
    return subprocess.run(
        [sys.executable, "-I", "-c", reader_script().decode(), *words], capture_output=True, text=True
    )


def test_every_published_byte_verifies(workspace: Workspace, tmp_path: Path) -> None:
    report = check(workspace, tmp_path / "old")
    assert not report.problems and not [edition for edition in report.editions if edition.problems]
    assert {edition.edition: edition.status for edition in report.editions} == {
        FIRST: "withdrawn",
        SECOND: "superseded",
        CORRECTED: "current",
    }
    assert report.entries == len(read_log(workspace).leaves) and report.since is not None
    assert verify_log(workspace, (tmp_path / "old").read_bytes()).shown == report.entries


def test_the_readers_script_says_the_same(workspace: Workspace, tmp_path: Path) -> None:
    done = script(workspace, str(tmp_path / "old"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:3] == [
        f"releases/{FIRST} WITHDRAWN: A wrong file.",
        f"releases/{SECOND} verified",
        f"releases/{CORRECTED} verified",
    ]


def test_an_old_copy_of_the_withdrawn_one_is_authentic_and_withdrawn(workspace: Workspace, tmp_path: Path) -> None:
    copy = Folder(tmp_path / "copies" / "2021-02" / "v1")
    report = verify_edition(Folder(workspace.site.resolve()), key(workspace), None, FIRST, copy)
    assert report.ok and report.editions[0].verdict == "withdrawn" and report.editions[0].files == 6


def test_a_changed_byte_in_any_file_of_editions_and_log_is_found(workspace: Workspace) -> None:
    """The pages around the editions are not signed; tombstones' pages neither."""
    for name, whole in tree(workspace.site.resolve()).items():
        signed = name.startswith((f"releases/{SERIES}/2021", "log/")) or "latest/data" in name
        if not signed or (FIRST in name and name.endswith(".html")):
            continue
        path = workspace.site.resolve() / name
        mode = path.stat().st_mode
        path.chmod(0o644)
        path.write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
        assert not check(workspace).ok, name
        if name not in UNBOUND and "latest" not in name and not name.endswith("withdrawn.json"):
            assert script(workspace).returncode == 1, name
        path.write_bytes(whole)
        path.chmod(mode)
    assert check(workspace).ok


def test_the_site_put_back_to_before_the_withdrawal_is_found(workspace: Workspace, tmp_path: Path) -> None:
    """Whole and signed, only older: nobody sees it without a checkpoint from after."""
    before = Folder(tmp_path / "before")
    assert verify_site(before, key(workspace)).ok
    report = verify_site(before, key(workspace), (workspace.site / "log/checkpoint").read_bytes())
    assert f"had {len(read_log(workspace).leaves)} when the old checkpoint was signed" in report.problems[0].problem


def test_an_index_that_tells_of_other_editions_than_the_log_is_named(workspace: Workspace) -> None:
    path = workspace.site.resolve() / "editions.json"
    whole = path.read_bytes()
    for changed in (
        whole.replace(b'"withdrawn"', b'"current"'),
        whole.replace(b'"superseded_by": 2', b'"superseded_by": 3'),
        whole.replace(b"v2", b"v3"),
        b"{}",
    ):
        path.write_bytes(changed)
        assert [problem.place for problem in check(workspace).problems] == ["editions.json"]
    path.write_bytes(whole)
    assert check(workspace).ok
