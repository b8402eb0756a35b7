"""What has been published, by the log; and what the site that is served holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from publisher.errors import ReleaseError
from publisher.release.manifest import EditionRef, Manifest
from publisher.release.records import Record, decode
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace

INDEX = "editions.json"


class IndexEntry(Record):
    """One edition as the site's machine-readable index shows it."""

    edition: EditionRef
    path: str
    status: Literal["current", "superseded"]
    superseded_by: int | None


class SiteIndex(Record):
    """editions.json at the root of the site."""

    format: Literal["trade-publisher/editions/1"] = "trade-publisher/editions/1"
    editions: tuple[IndexEntry, ...]


@dataclass(frozen=True)
class PublishedEdition:
    """One edition of the site as render_site gets it. `path` is relative to the site's root.

    `superseded_by` is the newest version of the same period where that is another one; `latest` is true for one
    edition a series: the newest version of the newest period.
    """

    ref: EditionRef
    manifest: Manifest
    path: str
    superseded_by: int | None
    latest: bool

    @property
    def status(self) -> Literal["current", "superseded"]:
        return "current" if self.superseded_by is None else "superseded"


def published(workspace: Workspace) -> tuple[EditionRef, ...]:
    """Every edition ever published, by series, period and version, withdrawn ones too: what was seen stays known.

    What an audit must combine with a new one. Raises ReleaseError where the log is damaged.
    """
    refs = (fact.edition for fact in read_log(workspace).published.values())
    return tuple(sorted(refs, key=lambda ref: (ref.series, ref.period, ref.version)))


def current_index(workspace: Workspace) -> tuple[EditionRef, ...]:
    """What the site that is now served holds; empty where there is no site."""
    number = site_number(workspace)
    if number is None:
        return ()
    path = sites_folder(workspace) / str(number) / INDEX
    if not path.is_file():
        return ()
    return tuple(entry.edition for entry in decode(SiteIndex, path.read_bytes(), str(path)).editions)


def index_of(editions: Iterable[PublishedEdition]) -> SiteIndex:
    return SiteIndex(
        editions=tuple(
            IndexEntry(edition=e.ref, path=e.path, status=e.status, superseded_by=e.superseded_by) for e in editions
        )
    )


def place_in_series(manifests: Iterable[Manifest]) -> tuple[PublishedEdition, ...]:
    """Editions in order, each with what has superseded it and whether it is the latest of its series."""
    ordered = sorted(manifests, key=lambda m: (m.series, m.period, m.version))
    newest_version = {(m.series, m.period): m.version for m in ordered}
    newest = {m.series: (m.period, m.version) for m in ordered}
    return tuple(
        PublishedEdition(
            ref=m.ref,
            manifest=m,
            path=m.ref.path,
            superseded_by=None
            if newest_version[m.series, m.period] == m.version
            else newest_version[m.series, m.period],
            latest=newest[m.series] == (m.period, m.version),
        )
        for m in ordered
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
