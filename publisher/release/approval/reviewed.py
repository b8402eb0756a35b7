"""Who has looked at an edition before signing for it: a signed line that pins what was shown."""

from datetime import datetime

from publisher.errors import ReleaseError
from publisher.release.edition.edition import Edition
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.people.signing import Signer
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.log import read_log


def note_review(edition: Edition, page_sha256: str, *, by: Signer, now: datetime) -> None:
    """Logs that `by`, who may approve, was shown this content of the edition on a page with this SHA-256."""
    with disk_faults(edition.name), exclusive(edition.workspace):
        draft = Draft("reviewed", who=by.person, edition=edition.manifest.ref, detail=page_sha256)
        append(edition.workspace, draft, by, now=now)


def last_reviewed(edition: Edition, person: str) -> str:
    """The digest of the manifest that the person was shown last under this edition's name.

    Raises ReleaseError where the person was shown none.
    """
    seen = [
        entry.edition.manifest_sha256
        for entry in read_log(edition.workspace).of("reviewed")
        if entry.who == person and entry.edition is not None and entry.edition.name == edition.name
    ]
    if not seen:
        raise ReleaseError(
            f"{person} has not reviewed it.",
            place=edition.name,
            remedy=f"Run 'publisher review {edition.name} --as {person}', or name the reviewed --digest.",
        )
    return seen[-1]
