"""write_profiles(): all profile pages, by one process or by several that share them. The bytes are the same."""

import json
import multiprocessing
from collections.abc import Sequence
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.publication.cells import SiteCells
from publisher.publication.cells.cumulative import CUMULATIVE
from publisher.publication.pages import write_page
from publisher.publication.profile_codes import KINDS, ProfileCodes
from publisher.publication.profiles import Profiles, profile_page, profiles_page
from publisher.release.index import PublishedEdition
from publisher.settings import Office

STAGE = "Write the profiles"
WORTH_A_PROCESS = 250  # pages: starting one and reading the cells there takes as long as some hundred pages


def write_profiles(
    site: Path,
    target: Path,
    cells: SiteCells,
    editions: Sequence[PublishedEdition],
    office: Office,
    *,
    processes: int = 1,
    progress: Progress = NO_PROGRESS,
) -> None:
    """Writes commodities/ and partners/ below `target`, which holds the cumulative files already.

    Further processes read the same editions below `site` themselves, and write a fixed share of the pages each. They
    are spawned, share no queue and end with their share, whatever becomes of this one. Raises ReleaseError where one
    does not end well.
    """
    profiles = profiles_of(target, cells, office)
    for folder in profiles.kinds:
        (target / folder).mkdir(exist_ok=True)
        write_page(target / folder / "index.html", profiles_page(profiles, folder))
    sharing = min(processes, 1 + len(profiles.pages()) // WORTH_A_PROCESS)
    others = [_start(site, target, editions, office, share, sharing) for share in range(1, sharing)]
    try:
        write_share(target, profiles, 0, sharing, progress)
        for other in others:
            other.join()
    finally:
        for other in others:
            other.kill()
            other.join()
    if any(other.exitcode for other in others):
        raise ReleaseError("a process that writes profile pages failed.", place=str(target), remedy="Try it again.")


def write_share(target: Path, profiles: Profiles, share: int, sharing: int, progress: Progress) -> None:
    """Every `sharing`-th page, from the one numbered `share` on."""
    pages = profiles.pages()[share::sharing]
    for done, (folder, code) in enumerate(pages):
        if done % 50 == 0:
            progress(STAGE, done, len(pages))
        write_page(target / folder / f"{code}.html", profile_page(profiles, folder, code))
    progress(STAGE, len(pages), len(pages))


def profiles_of(target: Path, cells: SiteCells, office: Office) -> Profiles:
    listed = json.loads((target / CUMULATIVE).read_text("utf-8"))["files"]
    files = {(file["series"], file["table"]): (str(file["path"]), int(file["size"])) for file in listed}
    return Profiles({kind.folder: ProfileCodes(cells, kind) for kind in KINDS}, office, files)


def _start(
    site: Path, target: Path, editions: Sequence[PublishedEdition], office: Office, share: int, sharing: int
) -> multiprocessing.process.BaseProcess:
    """Spawned, not forked: other threads may hold locks just now."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(
        target=_write_there, args=(site, target, tuple(editions), office, share, sharing), daemon=True
    )
    process.start()
    return process


def _write_there(
    site: Path, target: Path, editions: Sequence[PublishedEdition], office: Office, share: int, sharing: int
) -> None:
    """What another process does."""
    profiles = profiles_of(target, SiteCells.read(site, editions), office)
    write_share(target, profiles, share, sharing, NO_PROGRESS)
