"""write_tombstones(): what readers find where a withdrawn edition stood."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from publisher.publication.lifecycle.tombstone import tombstone_files
from publisher.publication.words import ENGLISH, Words
from publisher.release.edition.manifest import EditionRef
from publisher.release.publish.index import PublishedEdition
from publisher.release.publish.site import SiteContent
from publisher.release.transparency.facts import WithdrawnFact
from publisher.settings import Office


def write_tombstones(
    folder: Path, content: SiteContent, office: Office, languages: Sequence[Words] = (ENGLISH,)
) -> None:
    """A page for each page of each withdrawn edition. withdrawn.json is there already: release writes it."""
    times = {
        leaf.fact.edition.name: datetime.fromisoformat(leaf.time)
        for leaf in content.leaves
        if isinstance(leaf.fact, WithdrawnFact)
    }
    for edition in content.editions:
        if edition.withdrawn is not None:
            time = times[edition.ref.name].astimezone(ZoneInfo(edition.manifest.zone))
            instead = _instead(content.editions, edition)
            files = tombstone_files(
                edition.withdrawn, edition.manifest, office, time, replacement=instead, speak=languages
            )
            for name, page in files.items():
                path = folder / edition.path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(page)


def _instead(editions: Sequence[PublishedEdition], gone: PublishedEdition) -> EditionRef | None:
    """The current edition of the same period, where there is one."""
    same = (e.ref for e in editions if (e.ref.series, e.ref.period) == (gone.ref.series, gone.ref.period))
    current = {e.ref for e in editions if e.status == "current"}
    return next((ref for ref in same if ref in current), None)
