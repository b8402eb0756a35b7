"""Lines of a public log, as pages read them. Nobody signed them."""

from collections.abc import Sequence
from datetime import datetime

from publisher.model.release_event import Kind
from publisher.release.edition.manifest import EditionRef
from publisher.release.transparency.facts import (
    AccessFact,
    EditionFact,
    Fact,
    Leaf,
    PublishedFact,
    Release,
    WithdrawnFact,
)

KEY = "0" * 64
ZONE = "Asia/Seoul"


def log_of(*facts: tuple[str, Fact]) -> tuple[Leaf, ...]:
    """(UTC time, fact) -> lines, numbered from 0."""
    return tuple(Leaf(number=n, time=time, fact=fact, history=KEY) for n, (time, fact) in enumerate(facts))


def issued(
    ref: EditionRef,
    kind: Kind = "first",
    reason: str = "",
    *,
    due: datetime,
    access: Sequence[tuple[str, str, str]] = (),
) -> PublishedFact:
    """One edition that came out at its time. `access`: organisation, post, UTC time."""
    release = Release(series=ref.series, period=ref.period, number=ref.version)
    edition = EditionFact(
        edition=ref,
        release=release,
        kind=kind,
        title="Monthly trade",
        due=due.isoformat(),
        zone=ZONE,
        reason=reason,
        supersedes=ref.version - 1 or None,
        prepared_by=KEY,
        approvals=(),
    )
    early = tuple(AccessFact(edition=ref.name, organisation=o, post=p, given=g) for o, p, g in access)
    return PublishedFact(editions=(edition,), access=early)


def withdrawn(ref: EditionRef) -> WithdrawnFact:
    return WithdrawnFact(
        edition=ref,
        reason="One customs office had sent its declarations of November once more.",
        contact="statistics@example.org",
        known="The figures for December 2020 were too high, mostly for machinery. Readers of the release know them.",
    )
