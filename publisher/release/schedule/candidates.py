"""Sealed editions that are not out: what the agenda must know of them, read from the disk once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.release.approval.approvals import approval_times, complete_at
from publisher.release.edition.edition import Edition, editions
from publisher.release.edition.manifest import EditionRef, Manifest
from publisher.release.transparency.log import Log
from publisher.settings import Workspace


@dataclass(frozen=True)
class Candidate:
    """`approvals` are those that count: who, and when the log took it, in order. `damage` says why none counts.

    `built` is the number of the log's line that last told of this build, 0 where none did.
    """

    edition: Edition
    manifest: Manifest
    approvals: tuple[tuple[str, datetime], ...]
    built: int = 0
    damage: str = ""

    @property
    def ref(self) -> EditionRef:
        return self.manifest.ref

    @property
    def approvers(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.approvals)

    def approved_at(self, needed: int) -> datetime | None:
        """When the last approval that was needed was logged; None where one is missing."""
        return complete_at(self.approvals, needed)


def candidates(workspace: Workspace, log: Log, plans: Iterable[Plan]) -> tuple[Candidate, ...]:
    """Every sealed version that was never out, by series, period and version.

    One whose manifest cannot be read is left out: to the agenda it is as if it had not been built.
    """
    return tuple(_found(workspace, log, plans))


def _found(workspace: Workspace, log: Log, plans: Iterable[Plan]) -> Iterator[Candidate]:
    for plan in plans:
        for edition in editions(workspace, plan.id):
            if edition.name in log.published:
                continue
            try:
                manifest = edition.manifest
            except ReleaseError:
                continue
            yield _candidate(log, plan, edition, manifest)


def _candidate(log: Log, plan: Plan, edition: Edition, manifest: Manifest) -> Candidate:
    built = max((entry.number for entry in log.of("built", manifest.ref)), default=0)
    try:
        return Candidate(edition, manifest, approval_times(log, edition, plan.people.approve), built)
    except ReleaseError as damage:
        return Candidate(edition, manifest, (), built, damage.message)
