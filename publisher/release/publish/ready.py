"""A site that nobody is shown yet, in releases/.sites/.ready/, which only this user can enter.

It is made without the release lock, so that whoever approves at that minute need not wait. An open handle on its
folder, locked, tells others that somebody still works in it; the system lets go of it when the process dies.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.release.edition.edition import Edition
from publisher.release.edition.inventory import walk
from publisher.release.edition.verify import Problem, VerifyReport, check_signature, verify
from publisher.release.folders import make_private, remove_tree
from publisher.release.lock import exclusive, take_at_once
from publisher.release.publish.index import PublishedEdition, came_out, place_in_series, sites_folder, withdrawals
from publisher.release.publish.prepared import Prepared, key_of, prepare_into
from publisher.release.publish.site import (
    RenderSite,
    SiteContent,
    content_of,
    link_edition,
    pages_of,
    preparer_key,
    settle,
    settle_edition,
    write_release_files,
)
from publisher.release.transparency.facts import Leaf
from publisher.release.transparency.places import Folder
from publisher.settings import Workspace

STEPS = 8
Stamp = tuple[int, int, int]  # number on the disk, size, time of last change


def ready_folder(workspace: Workspace) -> Path:
    return sites_folder(workspace) / ".ready"


class Ready:
    """Use it in a with statement: what was not shown by then is removed.

    `fill` is slow and needs to know which editions, not when they come out; `render` is quick and needs all. What is
    shown in the end is `folder`; what it is made with lies beside it.
    """

    def __init__(self, workspace: Workspace, progress: Progress = NO_PROGRESS) -> None:
        self.workspace, self.progress = workspace, progress
        self.content = SiteContent((), ())
        self._stamps: dict[str, dict[str, Stamp]] = {}
        self._prepared, self._prepared_stamps = Prepared(), dict[str, Stamp]()
        self._used = False
        with exclusive(workspace):  # against the sweep of somebody who would find it not locked yet
            sites_folder(workspace).mkdir(parents=True, exist_ok=True)
            make_private(ready_folder(workspace))
            self._place = ready_folder(workspace) / secrets.token_hex(8)
            self._place.mkdir(mode=0o700)
            self._handle = os.open(self._place, os.O_RDONLY | os.O_DIRECTORY)
            take_at_once(self._handle)
        self.folder = self._place / "site"
        self.folder.mkdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            remove_tree(self._place)
        finally:
            os.close(self._handle)

    def fill(self, leaves: Sequence[Leaf], render_site: RenderSite | None = None) -> None:
        """Links the editions of a public log into the folder, verifies every byte, then prepares pages around them.

        Raises ReleaseError. Without `render_site` no page is prepared: right for one that has none to prepare.
        """
        content = content_of(self.workspace, leaves)
        keys = {name: preparer_key(fact) for name, (fact, _) in came_out(content.leaves).items()}
        for edition in content.editions:
            ref = edition.ref
            public = Edition(self.workspace, ref.series, ref.period, ref.version).public
            link_edition(self.folder, edition, public)
            settle_edition(self.folder, edition)
        self.progress("Publish", 2, STEPS)
        for edition in content.editions:
            _verify(self.folder / edition.path, edition, keys[edition.ref.name])
            self._stamps[edition.path] = _stamps(self.folder / edition.path)
        self.content = content
        self.progress("Publish", 3, STEPS)
        work = self._place / "prepared"
        self._prepared = prepare_into(self.workspace, self.folder, work, content.editions, render_site, self.progress)
        self._prepared_stamps = {name: _stamp(self.folder / name) for name in self._prepared.names}

    def fits(self, leaves: Sequence[Leaf], render_site: RenderSite) -> bool:
        """Whether what was filled in is what this public log and this renderer need, and no page was rendered yet."""
        gone, there = withdrawals(leaves), self.content.editions
        needed = {fact.edition: gone.get(name) for name, (fact, _) in came_out(leaves).items()}
        return (
            not self._used
            and needed == {edition.ref: edition.withdrawn for edition in there}
            and self._prepared.key == key_of(there, render_site)
        )

    def render(self, leaves: Sequence[Leaf], render_site: RenderSite) -> None:
        """Writes all pages and syncs. Raises ReleaseError where render_site touched what is not its own."""
        self._used = True
        manifests = [edition.manifest for edition in self.content.editions]
        self.content = content = SiteContent(place_in_series(manifests, leaves), tuple(leaves))
        render_site(self.folder, content)
        self.progress("Publish", 4, STEPS)
        for edition in content.editions:
            _check_untouched(self.folder / edition.path, edition, self._stamps[edition.path])
        _check_prepared(self.folder, self._prepared_stamps)
        write_release_files(self.folder, content)
        self.progress("Publish", 5, STEPS)
        settle(self.folder, content, self._prepared.names)
        self.progress("Publish", 6, STEPS)


def sweep_ready(workspace: Workspace) -> None:
    """Removes what killed processes left. The caller holds the release lock."""
    for folder in ready_folder(workspace).glob("*"):
        handle = os.open(folder, os.O_RDONLY)
        try:
            if take_at_once(handle):
                remove_tree(folder)
        finally:
            os.close(handle)


def _verify(folder: Path, edition: PublishedEdition, key: Ed25519PublicKey) -> None:
    """Every byte. A withdrawn edition has its manifest and signature left."""
    if edition.withdrawn is None:
        verify(folder, key).raise_if_refused()
    else:
        signed_by, problems = check_signature(Folder(folder), (key,))
        VerifyReport(str(folder), edition.ref.name, signed_by, 0, tuple(problems)).raise_if_refused()


def _stamps(folder: Path) -> dict[str, Stamp]:
    return {name: _stamp(folder / name) for name in walk(folder)}


def _stamp(path: Path) -> Stamp:
    seen = path.lstat()
    return seen.st_ino, seen.st_size, seen.st_mtime_ns


def _check_untouched(folder: Path, edition: PublishedEdition, before: dict[str, Stamp]) -> None:
    """After render_site: an edition is as it was verified, a withdrawn one has got its tombstones and no more."""
    after = _stamps(folder)
    problems = tuple(_touched(edition, before, after))
    VerifyReport(str(folder), edition.ref.name, "", len(before), problems).raise_if_refused()


def _check_prepared(folder: Path, before: dict[str, Stamp]) -> None:
    """After render_site: other sites show these files, too."""
    changed = (
        name for name, stamp in before.items() if not (folder / name).exists() or _stamp(folder / name) != stamp
    )
    problems = tuple(Problem(name, "was prepared, and changed by render_site") for name in changed)
    VerifyReport(str(folder), "prepared pages", "", len(before), problems).raise_if_refused()


def _touched(edition: PublishedEdition, before: dict[str, Stamp], after: dict[str, Stamp]) -> Iterator[Problem]:
    tombstones = set(pages_of(edition)) if edition.withdrawn else set()
    for name in sorted(before.keys() | after.keys() | tombstones):
        if name in tombstones:
            if name not in after:
                yield Problem(name, "has no tombstone")
        elif name not in after:
            yield Problem(name, "is missing")
        elif name not in before:
            yield Problem(name, "is not in the manifest")
        elif before[name] != after[name]:
            yield Problem(name, "was changed by render_site")
