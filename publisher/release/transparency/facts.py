"""The public facts of the log. Each is one leaf of the public tree and stands on the site for ever.

A fact holds no person's name, no count of anything private, and no time finer than its event publicly has.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from publisher.model.release_event import DelayReason, Kind, Moment, ReleaseId
from publisher.release.edition.manifest import EditionRef
from publisher.release.edition.records import Hex32, Record, Word, encode_line
from publisher.release.people.signing import Signature


class Release(Record):
    """model.release_event.ReleaseId, as it is written."""

    series: Word
    period: Word
    number: int

    @property
    def id(self) -> ReleaseId:
        return ReleaseId(self.series, self.period, self.number)


class KeyFact(Record):
    """One public key (32 bytes in hex) and what it may do. A revoked key stays listed: the past needs it."""

    public_key: Hex32
    roles: tuple[str, ...]
    revoked: bool


class RegisterFact(Record):
    """A version of the register without names. `names` is a salted commitment to the version with names.

    `signatures` are over `signed_bytes`, by as many administrators as the version before asks for; the first one's
    are by its own. So a reader who knows the first version can tell that the office made the others.
    """

    event: Literal["register"] = "register"
    version: int
    administrators_needed: int = 1
    keys: tuple[KeyFact, ...]
    names: Hex32
    signatures: tuple[Signature, ...] = ()

    @property
    def signed_bytes(self) -> bytes:
        return encode_line(self, without=frozenset({"signatures"}))


class AnnouncedFact(Record):
    """When a release is due. A later one for the same release changes the date, and says why.

    `due` is UTC, "2021-04-15T00:30:00+00:00"; `zone` is where people read it. `title` is the series' own.
    """

    event: Literal["announced"] = "announced"
    release: Release
    kind: Kind
    title: str
    due: str
    zone: str
    reason: str


class DelayedFact(Record):
    """The time passed without it. A new date comes by another announcement."""

    event: Literal["delayed"] = "delayed"
    release: Release
    reason: DelayReason


class CancelledFact(Record):
    """An announced release will not come out."""

    event: Literal["cancelled"] = "cancelled"
    release: Release
    reason: str


class ApprovalFact(Record):
    """A statement as it was signed (release.approvals.Statement, JSON text) and the signature. No name in it."""

    statement: str
    public_key: Hex32
    signature: Signature


class EditionFact(Record):
    """One edition that came out. `title` is the series' own, `supersedes` the version that was current before."""

    edition: EditionRef
    release: Release
    kind: Kind
    title: str
    due: str
    zone: str
    reason: str
    supersedes: int | None
    prepared_by: Hex32
    approvals: tuple[ApprovalFact, ...]


class AccessFact(Record):
    """Somebody had an edition before everyone: organisation and post, never a name. `given` is UTC."""

    edition: str
    organisation: str
    post: str
    given: str


class PublishedFact(Record):
    """All editions that came out in this one step."""

    event: Literal["published"] = "published"
    editions: tuple[EditionFact, ...]
    access: tuple[AccessFact, ...]


class WithdrawnFact(Record):
    """An edition that must not be used any more. Copies exist; `known` says what stays known."""

    event: Literal["withdrawn"] = "withdrawn"
    edition: EditionRef
    reason: str
    contact: str
    known: str


Fact = Annotated[
    RegisterFact | AnnouncedFact | DelayedFact | CancelledFact | PublishedFact | WithdrawnFact,
    Field(discriminator="event"),
]


class Leaf(Record):
    """A line of the site's log/entries.jsonl. `number` counts from 0 in the public tree, `time` is UTC.

    `history` binds the private log up to here: HMAC-SHA-256 under the workspace's commitment secret.
    """

    format: Literal["trade-publisher/log-entry/1"] = "trade-publisher/log-entry/1"
    number: int
    time: str
    fact: Fact
    history: Hex32


def due_of(fact: AnnouncedFact | EditionFact) -> Moment:
    """The due time as a moment."""
    return Moment(datetime.fromisoformat(fact.due), fact.zone)
