"""Sealing: a staged folder gets its manifest, its signature and, in one rename, its version."""

import os
from datetime import datetime
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.release.edition import Edition, newest_edition, staging_folder
from publisher.release.folders import disk_faults, exchange, make_private, remove_tree, sync, sync_tree, write_new
from publisher.release.index import published
from publisher.release.inventory import MANIFEST, SIGNATURE, inventory
from publisher.release.lock import exclusive
from publisher.release.log import append_once
from publisher.release.manifest import Contents, Manifest, compose
from publisher.release.people import read_register
from publisher.release.records import encode
from publisher.release.signing import Signer
from publisher.release.verify import verify
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

    Which version: where the newest one has the same manifest byte for byte, or is published and shows the same
    figures, that one is returned and `staged` thrown away. An unpublished build that nobody approved is replaced.
    Else the next number is taken. `now` goes to the private log only.

    Raises ReleaseError where the files are no longer those that were audited, or the disk refuses.
    """
    with disk_faults(str(staged)), exclusive(workspace):
        _check_staged(workspace, staged, contents)
        progress("seal", 1, STEPS)
        newest = newest_edition(workspace, contents.plan.id, contents.period)
        edition = newest if newest and _holds(newest, compose(workspace, contents, newest.version)) else None
        if edition is None:
            edition = _place(workspace, staged, contents, signer, newest=newest, progress=progress)
        remove_tree(staged)
        progress("seal", 5, STEPS)
        _log(edition, signer, now)
        progress("seal", 6, STEPS)
    return edition


def _check_staged(workspace: Workspace, staged: Path, contents: Contents) -> None:
    if staged != staging_folder(workspace, contents.plan.id, contents.period) or not staged.is_dir():
        raise ReleaseError("was not staged for this series and period.", place=str(staged), remedy="Build again.")
    if inventory(staged / "public") != contents.audited_files:
        raise ReleaseError(
            "the files are not those that the audit read.", place=str(staged / "public"), remedy="Build again."
        )


def _holds(edition: Edition, wanted: Manifest) -> bool:
    """Whether an edition already is what would be sealed, and undamaged where it can still be replaced."""
    try:
        there = edition.manifest
    except ReleaseError:
        return False
    if there.ref in published(edition.workspace):
        return there.same_figures(wanted)
    keys = (person.key for person in read_register(edition.workspace).people)
    return there == wanted and verify(edition, *keys).ok


def _place(
    workspace: Workspace,
    staged: Path,
    contents: Contents,
    signer: Signer,
    *,
    newest: Edition | None,
    progress: Progress,
) -> Edition:
    replaced = newest if newest and _may_be_replaced(newest) else None
    version = replaced.version if replaced else (newest.version if newest else 0) + 1
    edition = Edition(workspace, contents.plan.id, contents.period, version)
    _write_manifest(staged / "public", compose(workspace, contents, version), signer)
    progress("seal", 2, STEPS)
    _settle(staged, contents.plan.due(contents.period))
    progress("seal", 3, STEPS)
    if replaced:
        exchange(staged, edition.root)
    else:
        staged.rename(edition.root)
        sync(edition.root.parent)
    progress("seal", 4, STEPS)
    return edition


def _may_be_replaced(edition: Edition) -> bool:
    approved = any(edition.approvals.glob("*.json"))
    known = {ref.name for ref in published(edition.workspace)}
    return not approved and edition.name not in known


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
    make_private(staged / "private" / "approvals")
    sync_tree(staged)


def _log(edition: Edition, signer: Signer, now: datetime) -> None:
    manifest = edition.manifest
    append_once(edition.workspace, "built", now=now, edition=manifest.ref, person=signer.person)
    append_once(edition.workspace, "audited", now=now, edition=manifest.ref, detail=manifest.audit.verdict)
