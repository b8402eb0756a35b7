"""What the service noted for itself in 'reminded' lines: what it said, and what failed. So it is said once."""

from datetime import UTC, datetime
from typing import Literal

from publisher.model.release_event import ReleaseId
from publisher.release.edition.manifest import EditionRef
from publisher.release.transparency.log import Log

NoteWord = Literal["reminder", "publication failed", "build failed", "build done"]
_END = datetime.max.replace(tzinfo=UTC)


def note(word: NoteWord, text: str) -> str:
    """The detail of a line."""
    return f"{word}: {text}"


def noted(
    log: Log,
    word: NoteWord,
    about: EditionRef | ReleaseId,
    *,
    since: datetime,
    until: datetime = _END,
    after_line: int = 0,
) -> bool:
    """Whether the log has this of the edition or release, at a time after `since` and not after `until`."""
    return any(
        entry.number > after_line
        and entry.detail.startswith(f"{word}: ")
        and about in (entry.edition, entry.release and entry.release.id)
        and since < datetime.fromisoformat(entry.time) <= until
        for entry in log.of("reminded")
    )
