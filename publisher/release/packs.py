"""Embargoed copies: the public part of an approved edition, encrypted for one recipient before its time.

A pack is a tar.gz made in memory, with a cover page of its own, encrypted by age (X25519 or ssh-ed25519). What
reaches the disk is cipher text under a random name in .publisher/packs. The log's line comes first: a pack that was
lost is logged, a pack that is not logged does not exist. The line has the SHA-256 of the cipher text, so a copy that
turns up can be traced to the one recipient it was made for.
"""

import gzip
import html
import io
import secrets
import tarfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyrage

from publisher.catalogue.plan import Plan, Recipient
from publisher.errors import ReleaseError
from publisher.release.access import check_access, pack_from, pack_keys
from publisher.release.approval import gate
from publisher.release.approval.approvals import approvals_in_force, preparer_of
from publisher.release.edition.edition import Edition
from publisher.release.edition.inventory import MANIFEST, SIGNATURE
from publisher.release.edition.manifest import EditionRef, Manifest
from publisher.release.edition.records import sha256
from publisher.release.edition.verify import verify
from publisher.release.folders import disk_faults, make_private, sync, write_new
from publisher.release.lock import exclusive
from publisher.release.people.signing import Signer
from publisher.release.people.staffing import check_lets_publish
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft, PackBody
from publisher.release.transparency.facts import Release
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace

COVER = "EMBARGOED.html"


@dataclass(frozen=True)
class PackFile:
    path: Path
    recipient: Recipient


def packs_folder(workspace: Workspace) -> Path:
    return workspace.private / "packs"


def make_packs(
    edition: Edition, plan: Plan, *, by: Signer, now: datetime, recipients: Collection[Recipient] | None = None
) -> tuple[PackFile, ...]:
    """Packs for those of `recipients` (None: of the whole list) whose time has come and who have none that is there.

    Raises ReleaseError where the edition is not approved, is out, has a changed byte or is no longer what is to come,
    where the list was not confirmed, a key is none that can be used, or it is too early for all of them.
    """
    workspace = edition.workspace
    with disk_faults(edition.name), exclusive(workspace):
        log = read_log(workspace)
        check_lets_publish(plan, by.person)
        manifest = _checked(edition, plan, log, now)
        wanted = [one for one in plan.access if recipients is None or one in recipients]
        early = [one for one in wanted if now < pack_from(manifest.moment, one)]
        if early and len(early) == len(wanted):
            raise ReleaseError(
                f"packs may be given from {min(pack_from(manifest.moment, one) for one in early).isoformat()} on.",
                place=edition.name,
                remedy="Run the command again then.",
            )
        have = _there(workspace, log, manifest.ref)
        due = [one for one in wanted if one not in early and one.key not in have]
        return tuple(_make(edition, manifest, recipient, by, now) for recipient in due)


def sealed_for(recipient: Recipient, plain: bytes) -> bytes:
    """Cipher text that only this recipient can open. Raises ReleaseError for a key that age does not take here."""
    sealed: bytes = pyrage.encrypt(plain, [_key(recipient)])
    return sealed


def archive(edition: Edition, recipient: Recipient) -> bytes:
    """A tar.gz of public/ and the cover page, in memory. Times in it are the due time; it names no user."""
    manifest, buffer = edition.manifest, io.BytesIO()
    names = [*(entry.path for entry in manifest.files), MANIFEST, SIGNATURE]
    top = manifest.ref.name.replace("/", "-")
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        _add(tar, f"{top}/{COVER}", cover(manifest, recipient).encode(), manifest)
        for name in names:
            _add(tar, f"{top}/{name}", (edition.public / name).read_bytes(), manifest)
    return buffer.getvalue()


def cover(manifest: Manifest, recipient: Recipient) -> str:
    """The page on top: whose copy it is, until when nothing of it may be told, and what else holds."""
    until = f"{manifest.moment.text} ({manifest.moment.instant:%Y-%m-%d %H:%M} UTC)"
    title, organisation, post = (
        html.escape(text) for text in (manifest.title, recipient.organisation, recipient.post)
    )
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Embargoed: {title}, {manifest.period}</title>
<h1>Embargoed until {until}</h1>
<p>{title}, {manifest.period}. This copy was made for {organisation}, {post}, and for nobody else.</p>
<ul>
<li>Until that time, do not pass on, quote, hint at or act upon anything in it.</li>
<li>Keep it encrypted; open it only where nobody else can read.</li>
<li>If it has reached anyone else, tell the office at once: the release may then be brought forward.</li>
<li>That this post had early access, and since when, is published with the release.</li>
</ul>
</html>
"""


def _checked(edition: Edition, plan: Plan, log: Log, now: datetime) -> Manifest:
    """The manifest, once everything holds but the time."""
    verify(edition, preparer_of(edition, log.register).key).raise_if_refused()
    manifest = edition.manifest
    gate.check_unpublished(manifest.ref, log)
    gate.check_named_by_plan(plan, manifest)
    _check_announced(log, manifest)
    gate.check_verdict(manifest)
    gate.check_approvals(plan, manifest, [person.name for person, _ in approvals_in_force(log, edition)])
    gate.check_clock(log, now)
    if now >= manifest.moment.instant:
        raise ReleaseError("its time has come: nothing is early any more.", place=edition.name, remedy="Publish it.")
    check_access(log, plan)
    return manifest


def _check_announced(log: Log, manifest: Manifest) -> None:
    """An embargo ends at a time that the public was told; without one nobody may have the figures."""
    fact = log.announced.get(manifest.release_id)
    if fact is None or datetime.fromisoformat(fact.due) != manifest.moment.instant:
        raise ReleaseError(
            "was not announced for the time that it was approved for.",
            place=manifest.ref.name,
            remedy="Announce it, or build and approve it again.",
        )


def _there(workspace: Workspace, log: Log, ref: EditionRef) -> frozenset[str]:
    """Keys of recipients whose pack was logged and lies here."""
    lines = [entry.body for entry in log.of("pack", ref) if isinstance(entry.body, PackBody)]
    there = {body.recipient for body in lines if _path(workspace, body.pack).is_file()}
    return pack_keys(log, ref) & there


def _make(edition: Edition, manifest: Manifest, recipient: Recipient, by: Signer, now: datetime) -> PackFile:
    workspace = edition.workspace
    sealed = sealed_for(recipient, archive(edition, recipient))
    id = secrets.token_hex(16)
    body = PackBody(
        pack=id,
        organisation=recipient.organisation,
        post=recipient.post,
        recipient=recipient.key,
        sha256=sha256(sealed),
    )
    release = Release(series=manifest.series, period=manifest.period, number=manifest.release)
    append(workspace, Draft("pack", who=by.person, edition=manifest.ref, release=release, body=body), by, now=now)
    make_private(packs_folder(workspace))
    write_new(_path(workspace, id), sealed, 0o600)
    sync(packs_folder(workspace))
    return PackFile(_path(workspace, id), recipient)


def _path(workspace: Workspace, pack: str) -> Path:
    return packs_folder(workspace) / f"{pack}.age"


def _add(tar: tarfile.TarFile, name: str, data: bytes, manifest: Manifest) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(data), 0o444, int(manifest.moment.instant.astimezone(UTC).timestamp())
    tar.addfile(entry, io.BytesIO(data))


def _key(recipient: Recipient) -> pyrage.x25519.Recipient | pyrage.ssh.Recipient:
    kind = recipient.key.split(" ")[0]
    try:
        if kind == "ssh-ed25519":
            return pyrage.ssh.Recipient.from_str(recipient.key)
        if kind.startswith("age1"):
            return pyrage.x25519.Recipient.from_str(recipient.key)
    except pyrage.RecipientError:
        pass
    raise ReleaseError(
        f"the key cannot be used: it must be 'age1...' or 'ssh-ed25519 ...'{_why(kind)}.",
        place=f"{recipient.organisation}, {recipient.post}",
        remedy="Ask for another key and put it into access in plan.toml.",
    )


def _why(kind: str) -> str:
    return ", and RSA keys are not taken" if kind == "ssh-rsa" else ""
