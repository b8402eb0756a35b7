"""What has been published, by the log; and what the site that is served holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from publisher.errors import ReleaseError
from publisher.release.edition.manifest import EditionRef, Manifest
from publisher.release.edition.records import Record
from publisher.release.transparency.facts import EditionFact, Leaf, PublishedFact, WithdrawnFact
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace

INDEX = "editions.json"
WITHDRAWN = "withdrawn.json"  # stands where a withdrawn edition's data stood

Status = Literal["current", "superseded", "withdrawn"]


class IndexEntry(Record):
    """One edition as the site's machine-readable index shows it."""

    edition: EditionRef
    path: str
    status: Status
    superseded_by: int | None


class SiteIndex(Record):
    """editions.json at the root of the site."""

    format: Literal["trade-publisher/editions/2"] = "trade-publisher/editions/2"
    editions: tuple[IndexEntry, ...]


@dataclass(frozen=True)
class PublishedEdition:
    """One edition of the site as render_site gets it. `path` is relative to the site's root.

    `superseded_by` is the newest version of the same period where that is another one, withdrawn or not: a number
    that was replaced does not become true again. `latest` is true for one edition a series at most: that of the
    newest period whose newest version stands. `published_at` is UTC, None where no log was asked.
    """

    ref: EditionRef
    manifest: Manifest
    path: str
    superseded_by: int | None
    latest: bool
    published_at: datetime | None = None
    withdrawn: WithdrawnFact | None = None

    @property
    def status(self) -> Status:
        if self.withdrawn is not None:
            return "withdrawn"
        return "current" if self.superseded_by is None else "superseded"


def published(workspace: Workspace) -> tuple[EditionRef, ...]:
    """Every edition ever published, by series, period and version, withdrawn ones too: what was seen stays known.

    What an audit must combine with a new one. Raises ReleaseError where the log is damaged.
    """
    refs = (fact.edition for fact in read_log(workspace).published.values())
    return tuple(sorted(refs, key=lambda ref: (ref.series, ref.period, ref.version)))


def came_out(leaves: Iterable[Leaf]) -> dict[str, tuple[EditionFact, datetime]]:
    """Every edition of the public log by its name, with the time of its line."""
    return {
        fact.edition.name: (fact, datetime.fromisoformat(leaf.time))
        for leaf in leaves
        if isinstance(leaf.fact, PublishedFact)
        for fact in leaf.fact.editions
    }


def withdrawals(leaves: Iterable[Leaf]) -> dict[str, WithdrawnFact]:
    """By the edition's name."""
    return {leaf.fact.edition.name: leaf.fact for leaf in leaves if isinstance(leaf.fact, WithdrawnFact)}


def index_of(editions: Iterable[PublishedEdition]) -> SiteIndex:
    return SiteIndex(
        editions=tuple(
            IndexEntry(edition=e.ref, path=e.path, status=e.status, superseded_by=e.superseded_by) for e in editions
        )
    )


def place_in_series(manifests: Iterable[Manifest], leaves: Sequence[Leaf] = ()) -> tuple[PublishedEdition, ...]:
    """Editions in order, each with what has superseded it and whether it is the latest of its series."""
    ordered = sorted(((m.ref, m) for m in manifests), key=lambda pair: _order(pair[0]))
    out, gone = came_out(leaves), withdrawals(leaves)
    newest = {(ref.series, ref.period): ref for ref, _ in ordered}
    latest = {
        ref.series: ref for ref in newest.values() if ref.name not in gone
    }  # periods ascend: the last one stays
    return tuple(
        PublishedEdition(
            ref=ref,
            manifest=manifest,
            path=ref.path,
            superseded_by=None if newest[ref.series, ref.period] == ref else newest[ref.series, ref.period].version,
            latest=latest.get(ref.series) == ref,
            published_at=out[ref.name][1] if ref.name in out else None,
            withdrawn=gone.get(ref.name),
        )
        for ref, manifest in ordered
    )


def sites_folder(workspace: Workspace) -> Path:
    return workspace.releases / ".sites"


def site_number(workspace: Workspace) -> int | None:
    """The number of the folder that releases/site points to, None before the first publication.

    Raises ReleaseError where releases/site is something that this program did not make.
    """
    if not workspace.site.is_symlink() and not workspace.site.exists():
        return None
    target = workspace.site.readlink() if workspace.site.is_symlink() else Path()
    if len(target.parts) != 2 or target.parts[0] != ".sites" or not target.name.isdigit():
        raise ReleaseError(
            "must be a link that this program made; it is something else.",
            place=str(workspace.site),
            remedy="Move it away and run the command again.",
        )
    return int(target.name)


def _order(ref: EditionRef) -> tuple[str, str, int]:
    return ref.series, ref.period, ref.version
