"""Sealing: a staged folder gets its manifest, its signature and, in one rename, its version."""

import os
from datetime import datetime
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.release.approval import gate
from publisher.release.edition.edition import Edition, newest_edition, staging_folder
from publisher.release.edition.inventory import MANIFEST, SIGNATURE, inventory
from publisher.release.edition.manifest import Contents, Manifest, compose
from publisher.release.edition.records import encode
from publisher.release.edition.said import said
from publisher.release.edition.verify import verify
from publisher.release.folders import disk_faults, exchange, remove_tree, sync, sync_tree, write_new
from publisher.release.lock import exclusive
from publisher.release.people.people import read_register
from publisher.release.people.signing import Signer
from publisher.release.publish.index import published
from publisher.release.transparency.append import append_once
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace

STEPS = 6


def seal(
    workspace: Workspace,
    staged: Path,
    contents: Contents,
    signer: Signer,
    *,
    now: datetime,
    progress: Progress = NO_PROGRESS,
) -> Edition:
    """Writes and signs the manifest, syncs, and gives the folder its version in one rename.

    The version is next_version's. Where it is taken, by the same figures published, by the same figures approved
    and still publishable, or by the very same manifest, that edition is returned and `staged` thrown away;
    anything else that has the number was never out and is replaced. `now` goes to the private log only.

    Raises ReleaseError where the files are no longer those that were audited, or the disk refuses.
    """
    with disk_faults(str(staged)), exclusive(workspace):
        _check_staged(workspace, staged, contents)
        progress("Seal", 1, STEPS)
        version = next_version(
            workspace, contents.plan.id, contents.period, said(staged / "public", contents.audited_files)
        )
        edition, wanted = _at(workspace, contents, version), compose(workspace, contents, version)
        if not _holds(edition, wanted, contents):
            gate.check_to_come(contents.release, read_log(workspace))
            _place(staged, edition, wanted, signer, progress)
        remove_tree(staged)
        progress("Seal", 5, STEPS)
        _log(edition, signer, now)
        progress("Seal", 6, STEPS)
    return edition


def next_version(workspace: Workspace, series: str, period: str, says: str) -> int:
    """The version that an edition gets which says this about the world (see said.py).

    The newest version's own number where nobody approved it yet or it says the same; else the next.
    """
    newest = newest_edition(workspace, series, period)
    if newest is None:
        return 1
    closed = _is_published(newest) or _is_approved(newest)
    return newest.version + 1 if closed and _said_by(newest) != says else newest.version


def published_as(workspace: Workspace, series: str, period: str, says: str) -> Edition | None:
    """The newest version of the period, where it came out and says this about the world: nothing is to publish."""
    newest = newest_edition(workspace, series, period)
    return newest if newest is not None and _is_published(newest) and _said_by(newest) == says else None


def _check_staged(workspace: Workspace, staged: Path, contents: Contents) -> None:
    if staged != staging_folder(workspace, contents.plan.id, contents.period) or not staged.is_dir():
        raise ReleaseError("was not staged for this series and period.", place=str(staged), remedy="Build again.")
    if inventory(staged / "public") != contents.audited_files:
        raise ReleaseError(
            "the files are not those that the audit read.", place=str(staged / "public"), remedy="Build again."
        )


def _at(workspace: Workspace, contents: Contents, version: int) -> Edition:
    return Edition(workspace, contents.plan.id, contents.period, version)


def _is_published(edition: Edition) -> bool:
    return edition.name in {ref.name for ref in published(edition.workspace)}


def _is_approved(edition: Edition) -> bool:
    """Whether anyone signed for it as it lies there. A damaged manifest is signed for by nobody."""
    try:
        return bool(read_log(edition.workspace).approvals(edition.manifest.ref))
    except ReleaseError:
        return False


def _said_by(edition: Edition) -> str:
    """Nothing where it is damaged or was withdrawn: then the edition says the same as no other."""
    if edition.name in read_log(edition.workspace).withdrawn:
        return ""
    try:
        return said(edition.public, edition.manifest.files)
    except ReleaseError:
        return ""


def _holds(edition: Edition, wanted: Manifest, contents: Contents) -> bool:
    """Whether the edition that has the number is to stay. A closed one says the same, as next_version found."""
    if not edition.root.is_dir():
        return False
    if _is_published(edition):
        return True
    keys = (person.key for person in read_register(edition.workspace).people)
    if not verify(edition, *keys).ok:
        return False
    return edition.manifest == wanted or (_is_approved(edition) and _publishable(edition, contents))


def _publishable(edition: Edition, contents: Contents) -> bool:
    """Whether its approvals are still worth something."""
    manifest = edition.manifest
    try:
        gate.check_named_by_plan(contents.plan, manifest)
        gate.check_planned(manifest, contents.release)
        gate.check_verdict(manifest)
        gate.check_combination(manifest, contents.earlier)
    except ReleaseError:
        return False
    return True


def _place(staged: Path, edition: Edition, manifest: Manifest, signer: Signer, progress: Progress) -> None:
    _write_manifest(staged / "public", manifest, signer)
    progress("Seal", 2, STEPS)
    _settle(staged, datetime.fromisoformat(manifest.due))
    progress("Seal", 3, STEPS)
    if edition.root.is_dir():
        exchange(staged, edition.root)
    else:
        staged.rename(edition.root)
        sync(edition.root.parent)
    progress("Seal", 4, STEPS)


def _write_manifest(public: Path, manifest: Manifest, signer: Signer) -> None:
    data = encode(manifest)
    for name in (MANIFEST, SIGNATURE):
        (public / name).unlink(missing_ok=True)
    write_new(public / MANIFEST, data, 0o444)
    write_new(public / SIGNATURE, encode(signer.sign(data)), 0o444)


def _settle(staged: Path, due: datetime) -> None:
    """Permissions and times that tell nothing of the build, then everything to the disk.

    The root stays closed to others until publication links the files into the site.
    """
    public = staged / "public"
    for path in [*public.rglob("*"), public]:
        path.chmod(0o755 if path.is_dir() else 0o444)
        os.utime(path, (due.timestamp(), due.timestamp()))
    for path in (staged / "private").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    sync_tree(staged)


def _log(edition: Edition, signer: Signer, now: datetime) -> None:
    manifest = edition.manifest
    for draft in (
        Draft("built", who=signer.person, edition=manifest.ref),
        Draft("audited", who=signer.person, edition=manifest.ref, detail=manifest.audit.verdict),
    ):
        append_once(edition.workspace, draft, signer, now=now)
