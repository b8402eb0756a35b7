"""Editions that are built and will come out before another one: its audit must take them for published."""

from collections.abc import Iterator
from contextlib import suppress

from publisher.errors import ReleaseError
from publisher.model.release_event import Moment, PlannedRelease
from publisher.release.edition.edition import editions
from publisher.release.edition.manifest import EditionRef, Manifest
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace

Turn = tuple[Moment, str, str]


def turn_of(manifest: Manifest) -> Turn:
    """Editions of one moment come out together, by series and period: the audit needs an order among them."""
    return manifest.moment, manifest.series, manifest.period


def out_before(workspace: Workspace, release: PlannedRelease) -> tuple[EditionRef, ...]:
    """Everything that will be out when this release comes: what was ever published, and what waits for its turn
    before it. An edition waits if it is the newest of its period, passed its audit, and either is due at the same
    moment or has an approval: what was built and abandoned keeps nobody waiting.

    Where one of them is delayed or built again, what was built after it must be built again too: gate.py refuses.
    """
    log = read_log(workspace)
    out = [fact.edition for fact in log.published.values()]
    waiting = [manifest.ref for manifest in _newest(workspace) if _waits(manifest, log, release)]
    return tuple(sorted({*out, *waiting}, key=lambda ref: (ref.series, ref.period, ref.version)))


def _newest(workspace: Workspace) -> Iterator[Manifest]:
    """The newest edition of each period; a damaged one comes out for nobody."""
    for series in sorted({path.parent.parent.name for path in workspace.releases.glob("*/[0-9]*/v[0-9]*")}):
        for edition in {edition.period: edition for edition in editions(workspace, series)}.values():
            with suppress(ReleaseError):
                yield edition.manifest


def _waits(manifest: Manifest, log: Log, release: PlannedRelease) -> bool:
    before = turn_of(manifest) < (release.due, release.id.series, release.id.period)
    of_another = (manifest.series, manifest.period) != (release.id.series, release.id.period)
    same_moment = manifest.moment == release.due
    return (
        before
        and of_another  # what was built for a time that was missed comes out never
        and manifest.ref.name not in log.published
        and manifest.audit.verdict == "passed"
        and (same_moment or bool(log.approvals(manifest.ref)))
    )
