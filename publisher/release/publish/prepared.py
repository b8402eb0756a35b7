"""Pages of a site that show no time of the log: made before the time comes, and kept while a site shows them.

    make    into a folder that belongs to the site to be; prepare() cannot reach that site or any other
    keep    dated, synced, renamed to releases/.sites/.prepared/<key>/ (0700)
    link    into the site to be, where every byte is held against the list that was made when they were kept

Equal keys, equal bytes: a site is the same whether its pages were made, kept, or lost and made again. For the bytes
that rests on the renderer, as it does for render_site; times and modes are set here, from the editions alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.model.progress import Progress
from publisher.release.edition.inventory import FileEntry, entry_of, inventory
from publisher.release.edition.records import Record, decode, encode
from publisher.release.folders import make_private, remove_tree, sync, sync_tree, write_new
from publisher.release.lock import exclusive
from publisher.release.publish.index import PublishedEdition, sites_folder
from publisher.release.publish.site import RenderSite, SiteContent, link_file, settle_file
from publisher.settings import Workspace

_FILES, _LIST = "files", "files.json"
_NOT_PREPARED = ("releases", "keys", "log", "editions.json")  # editions, and what release writes itself

PreparePages = Callable[[Path, Path, Sequence[PublishedEdition], Progress], None]
"""(site, target, editions, progress): reads the editions below `site`, writes pages into the empty `target`."""


@dataclass(frozen=True)
class InTwoSteps:
    """A RenderSite that makes part of its pages before the time comes.

    `prepare` gets the newest edition of each period, withdrawn ones too, and is not told when they came out. `key`
    gets the same and names, as a word, all that `prepare` makes its pages of: equal keys must give equal bytes.
    Neither is asked while no edition is out.
    """

    key: Callable[[Sequence[PublishedEdition]], str]
    prepare: PreparePages
    render: RenderSite

    def __call__(self, folder: Path, content: SiteContent) -> None:
        self.render(folder, content)


@dataclass(frozen=True)
class Prepared:
    """What lies in a site to be: paths relative to it, of files that are also kept under `key`."""

    key: str = ""
    names: tuple[str, ...] = ()


class FileList(Record):
    """files.json beside the kept files."""

    files: tuple[FileEntry, ...]


def prepared_folder(workspace: Workspace) -> Path:
    return sites_folder(workspace) / ".prepared"


def key_of(editions: Sequence[PublishedEdition], render_site: RenderSite | None) -> str:
    """Of the pages that this renderer prepares for these editions; "" where there are none."""
    return render_site.key(told_of(editions)) if isinstance(render_site, InTwoSteps) and editions else ""


def told_of(editions: Sequence[PublishedEdition]) -> tuple[PublishedEdition, ...]:
    """What prepare() is told: nothing of superseded editions, and no time of the log."""
    return tuple(replace(edition, published_at=None) for edition in editions if edition.superseded_by is None)


def prepare_into(
    workspace: Workspace,
    site: Path,
    work: Path,
    editions: Sequence[PublishedEdition],
    render_site: RenderSite | None,
    progress: Progress,
) -> Prepared:
    """Puts the prepared pages into `site`, which holds the editions already. `work` is a free name beside it."""
    if not isinstance(render_site, InTwoSteps) or not editions:
        return Prepared()
    told = told_of(editions)
    kept = prepared_folder(workspace) / render_site.key(told)
    if (names := _link_kept(workspace, site, kept)) is None:
        (work / _FILES).mkdir(parents=True)
        render_site.prepare(site, work / _FILES, told, progress)
        made = _settle(work, told)
        with exclusive(workspace):
            make_private(kept.parent)
            remove_tree(kept)
            work.rename(kept)
            sync(kept.parent)
            names = _link(site, kept, made)
    return Prepared(kept.name, names)


def sweep_prepared(workspace: Workspace) -> None:
    """Removes kept pages that no site shows and none is being made of. The caller holds the release lock."""
    for kept in prepared_folder(workspace).glob("*"):
        files = (path for path in (kept / _FILES).rglob("*") if path.is_file())
        if not any(path.stat().st_nlink > 1 for path in files):
            remove_tree(kept)


def _link_kept(workspace: Workspace, site: Path, kept: Path) -> tuple[str, ...] | None:
    """None where nothing is kept under this name, or something else than was kept."""
    with exclusive(workspace):  # against a sweep
        listed = _listed(kept)
        if listed is None or not all((kept / _FILES / entry.path).is_file() for entry in listed):
            return None
        names = _link(site, kept, listed)
    if all(entry_of(site, entry.path) == entry for entry in listed):
        return names
    _clear(site)
    return None


def _clear(site: Path) -> None:
    """Nothing but the editions lies in the site before pages are prepared."""
    for path in site.iterdir():
        if path.name not in _NOT_PREPARED:
            remove_tree(path)


def _listed(kept: Path) -> tuple[FileEntry, ...] | None:
    """None where that cannot be read."""
    try:
        return decode(FileList, (kept / _LIST).read_bytes(), str(kept)).files
    except (FileNotFoundError, ReleaseError):
        return None


def _link(site: Path, kept: Path, listed: Sequence[FileEntry]) -> tuple[str, ...]:
    for entry in listed:
        link_file(kept / _FILES / entry.path, site / entry.path)
    return tuple(entry.path for entry in listed)


def _settle(work: Path, told: Sequence[PublishedEdition]) -> tuple[FileEntry, ...]:
    """The files' times are the newest due time among their editions: they tell nothing of when they were made."""
    files, time = inventory(work / _FILES), max(edition.manifest.moment.instant for edition in told)
    for entry in files:
        if entry.path.split("/")[0] in _NOT_PREPARED:
            raise ReleaseError(
                "prepare_pages wrote what is an edition's or release's own.",
                place=entry.path,
                remedy="releases/, keys/, log/ and editions.json are not for it.",
            )
        settle_file(work / _FILES / entry.path, time)
    write_new(work / _LIST, encode(FileList(files=files)), 0o600)
    sync_tree(work)
    return files
