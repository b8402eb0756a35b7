"""What a scheduler can be asked to do. Each but Prepare ends in one line of the log."""

from dataclasses import dataclass

from publisher.catalogue.plan import Recipient
from publisher.model.release_event import DelayReason, Moment, ReleaseId
from publisher.release.edition.manifest import EditionRef
from publisher.release.transparency.facts import AnnouncedFact


@dataclass(frozen=True)
class Publish:
    """Editions of one due moment, in the order in which they were audited."""

    editions: tuple[EditionRef, ...]
    due: Moment


@dataclass(frozen=True)
class Prepare:
    """The same editions, shortly before: what takes long is done ahead. It leaves no line, and nothing behind."""

    editions: tuple[EditionRef, ...]
    due: Moment


@dataclass(frozen=True)
class Delay:
    release: ReleaseId
    reason: DelayReason


@dataclass(frozen=True)
class Pack:
    edition: EditionRef
    recipient: Recipient


@dataclass(frozen=True)
class Remind:
    """`text` names what is missing and no figure of a table."""

    release: ReleaseId
    text: str


@dataclass(frozen=True)
class Build:
    release: ReleaseId


@dataclass(frozen=True)
class Announce:
    """Everything that one plan would tell readers and has not."""

    facts: tuple[AnnouncedFact, ...]


Action = Publish | Delay | Prepare | Pack | Remind | Build | Announce
