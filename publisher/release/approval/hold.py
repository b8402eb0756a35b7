"""Holding an edition back: its approvals count no more until it is approved anew. For who fears a stolen key, too."""

from publisher.errors import ReleaseError
from publisher.model.clock import Clock
from publisher.release.approval import gate
from publisher.release.edition.edition import Edition
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.people.signing import Signer
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.log import read_log


def hold(edition: Edition, reason: str, *, by: Signer, clock: Clock) -> None:
    """Nothing of it is public. `by` has the role 'approve' or 'publish'.

    Raises ReleaseError for an edition that is out (withdraw it), without a reason, and without the role.
    """
    with disk_faults(edition.name), exclusive(edition.workspace):
        ref = edition.manifest.ref
        gate.check_unpublished(ref, read_log(edition.workspace))
        if not reason.strip():
            raise ReleaseError("a reason is needed.", place=edition.name, remedy="Say what is to be looked at.")
        draft = Draft("held", who=by.person, edition=ref, detail=reason.strip())
        append(edition.workspace, draft, by, now=clock.now())
