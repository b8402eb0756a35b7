"""The site follows the log: what the public log says and the site does not show yet is shown by whoever comes next.

A line in the log is the commit, the site its consequence. So converge() asks for no approval, no person's key and no
clock: all that was decided when the line was written.
"""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.model.clock import Clock
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.release.folders import disk_faults, remove_tree, switch_link, sync
from publisher.release.lock import exclusive
from publisher.release.publish.index import WITHDRAWN, site_number, sites_folder
from publisher.release.publish.prepared import sweep_prepared
from publisher.release.publish.ready import Ready, ready_folder, sweep_ready
from publisher.release.publish.site import RenderSite, settle_log
from publisher.release.transparency.checkpoint import read_checkpoint, require_extends
from publisher.release.transparency.entry import leaf_bytes
from publisher.release.transparency.facts import AnnouncedFact, PublishedFact
from publisher.release.transparency.log import Log, log_path, read_log
from publisher.release.transparency.site_log import CHECKPOINT, write_log
from publisher.settings import Workspace

ATTEMPTS = 5
KEPT = timedelta(hours=1)  # old folders stay for readers who are in them


def converge(
    workspace: Workspace, render_site: RenderSite, clock: Clock, *, progress: Progress = NO_PROGRESS
) -> bool:
    """Shows what the log says and the site does not. Returns whether there was anything to show.

    The clock only says which old folders nobody reads any more. Raises ReleaseError where the log does not continue
    the one that the site shows, or an edition that came out does not lie here as it came out.
    """
    for _ in range(ATTEMPTS):
        with disk_faults(str(workspace.site), "Run the command again."):
            log = _what_is_not_shown(workspace, clock)
            if log is None:
                return False
            with Ready(workspace, progress) as ready:
                ready.fill(log.leaves, render_site)
                ready.render(log.leaves, render_site)
                with exclusive(workspace):
                    if read_log(workspace).leaves == log.leaves:
                        show(ready, log, clock)
                        return True
    raise changing(workspace)


def is_shown(workspace: Workspace, log: Log) -> bool:
    """Whether the site is that of this log. Nothing is shown before anything was announced or came out."""
    seen = any(isinstance(leaf.fact, AnnouncedFact | PublishedFact) for leaf in log.leaves)
    return served_checkpoint(workspace) == (log.public_checkpoint() if seen else b"")


def served_checkpoint(workspace: Workspace) -> bytes:
    """The signed note on the site that is served; b"" where there is none."""
    number = site_number(workspace)
    path = sites_folder(workspace) / str(number) / CHECKPOINT
    return path.read_bytes() if number is not None and path.is_file() else b""


def require_served_extended(workspace: Workspace, log: Log) -> None:
    """Raises ReleaseError where the log was put back, or is another: readers hold proof of the one on the site."""
    served = served_checkpoint(workspace)
    if not served:
        return
    try:
        require_extends([leaf_bytes(leaf) for leaf in log.leaves], read_checkpoint(served, log.key))
    except ReleaseError as refusal:
        raise ReleaseError(
            f"the log does not continue the one that the site shows: {refusal.message}",
            place=str(log_path(workspace)),
            remedy="Restore the log from a backup that is newer. Nothing is changed or published on this one.",
        ) from None


def show(ready: Ready, log: Log, clock: Clock) -> None:
    """Makes a rendered site the one that is served, and removes folders that no reader needs.

    The caller holds the release lock, and the log's public part is the one that the site was rendered from.
    """
    workspace, progress = ready.workspace, ready.progress
    write_log(ready.folder, [leaf_bytes(leaf) for leaf in log.leaves], log.public_checkpoint(), log.key)
    settle_log(ready.folder, ready.content)
    number = _next_number(workspace)
    _mark_as_left(workspace, clock.now())
    ready.folder.rename(sites_folder(workspace) / str(number))
    sync(sites_folder(workspace))
    switch_link(workspace.site, f".sites/{number}", through=sites_folder(workspace) / ".switch")
    progress("Publish", 7, 8)
    sweep(workspace, log, clock)


def sweep(workspace: Workspace, log: Log, clock: Clock) -> None:
    """Removes what killed runs left, sites that were replaced an hour ago, any that show what was withdrawn,
    and prepared pages that no site shows any more."""
    sweep_ready(workspace)
    served, now = site_number(workspace), clock.now()
    gone = [fact.edition.path for fact in log.withdrawn.values()]
    for folder in sites_folder(workspace).glob("[0-9]*"):
        left = datetime.fromtimestamp(folder.stat().st_mtime, now.tzinfo)
        if folder.name != str(served) and (now - left >= KEPT or _shows_any(folder, gone)):
            remove_tree(folder)
    sweep_prepared(workspace)


def changing(workspace: Workspace) -> ReleaseError:
    return ReleaseError(
        "others kept changing the log.", place=str(log_path(workspace)), remedy="Run the command again."
    )


def _what_is_not_shown(workspace: Workspace, clock: Clock) -> Log | None:
    with exclusive(workspace):
        log = read_log(workspace)
        require_served_extended(workspace, log)
        if not is_shown(workspace, log):
            return log
        if ready_folder(workspace).is_dir():
            sweep(workspace, log, clock)
        return None


def _next_number(workspace: Workspace) -> int:
    taken = (int(folder.name) for folder in sites_folder(workspace).glob("[0-9]*"))
    return max((*taken, site_number(workspace) or 0)) + 1


def _mark_as_left(workspace: Workspace, now: datetime) -> None:
    """Its own time then tells since when nobody is sent there."""
    served = sites_folder(workspace) / str(site_number(workspace))
    if served.is_dir():
        os.utime(served, (now.timestamp(), now.timestamp()))


def _shows_any(folder: Path, paths: Iterable[str]) -> bool:
    return any((folder / path).is_dir() and not (folder / path / WITHDRAWN).is_file() for path in paths)
