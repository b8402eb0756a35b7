"""write_profiles(): all profile pages, by one process or by several that share them. The bytes are the same."""

import json
import multiprocessing
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.publication.cells import SiteCells
from publisher.publication.cells.cumulative import CUMULATIVE
from publisher.publication.profile.all import Profiles
from publisher.publication.profile.codes import KINDS, ProfileCodes
from publisher.publication.profile.page import profile_page, profiles_page
from publisher.publication.profile.room import ROOMS
from publisher.publication.speech import Speech, speech_of_site
from publisher.publication.words import ENGLISH, Words, words_for
from publisher.release.publish.index import PublishedEdition
from publisher.settings import Office

STAGE = "Write the profiles"
WORTH_A_PROCESS = 250  # pages: starting one and reading the cells there takes as long as some hundred pages

Spoken = tuple[tuple[str, Mapping[str, str]], ...]  # languages as another process can be told: name, own texts


def write_profiles(
    site: Path,
    target: Path,
    cells: SiteCells,
    editions: Sequence[PublishedEdition],
    office: Office,
    *,
    languages: Sequence[Words] = (ENGLISH,),
    processes: int = 1,
    progress: Progress = NO_PROGRESS,
) -> None:
    """Writes commodities/ and partners/ below `target`, which holds the cumulative files already; in every language.

    Further processes read the same editions below `site` themselves, and write a fixed share of the pages each. They
    are spawned, share no queue and end with their share, whatever becomes of this one. Raises ReleaseError where one
    does not end well.
    """
    spoken, speech = profiles_of(target, cells, office, languages), speech_of_site(site, languages)
    for profiles in spoken:
        for folder in profiles.kinds:
            speech.write(target, "", f"{folder}/index.html", profiles_page(profiles, folder), profiles.words)
    sharing = min(processes, 1 + len(languages) * len(spoken[0].pages()) // WORTH_A_PROCESS)
    told = tuple((words.language, dict(words.own_texts)) for words in languages)
    others = [_start(site, target, editions, office, told, share, sharing) for share in range(1, sharing)]
    try:
        write_share(target, spoken, speech, 0, sharing, progress)
        for other in others:
            other.join()
    finally:
        for other in others:
            other.kill()
            other.join()
    if any(other.exitcode for other in others):
        raise ReleaseError("a process that writes profile pages failed.", place=str(target), remedy="Try it again.")


def write_empty_lists(target: Path, office: Office, languages: Sequence[Words]) -> None:
    """The lists of profiles while no edition is out: every page leads to them."""
    kinds = {kind.folder: ProfileCodes(SiteCells.read(target, ()), kind) for kind in KINDS}
    speech = speech_of_site(target, languages)
    for words in languages:
        profiles = Profiles(kinds, office, words=words)
        for folder in kinds:
            speech.write(target, "", f"{folder}/index.html", profiles_page(profiles, folder), words)


def write_share(
    target: Path, spoken: Sequence[Profiles], speech: Speech, share: int, sharing: int, progress: Progress
) -> None:
    """Every `sharing`-th page, from the one numbered `share` on, in each language."""
    pages = spoken[0].pages()[share::sharing]
    for done, (folder, code) in enumerate(pages):
        if done % 50 == 0:
            progress(STAGE, done, len(pages))
        for profiles in spoken:
            pages_of_code = (profile_page(profiles, folder, code, room) for room in ROOMS)
            speech.write_fitting(target, "", f"{folder}/{code}.html", pages_of_code, profiles.words)
    progress(STAGE, len(pages), len(pages))


def profiles_of(
    target: Path, cells: SiteCells, office: Office, languages: Sequence[Words] = (ENGLISH,)
) -> tuple[Profiles, ...]:
    """One a language; they share what is known of codes."""
    listed = json.loads((target / CUMULATIVE).read_text("utf-8"))["files"]
    files = {(file["series"], file["table"]): (str(file["path"]), int(file["size"])) for file in listed}
    kinds = {kind.folder: ProfileCodes(cells, kind) for kind in KINDS}
    return tuple(Profiles(kinds, office, files, words) for words in languages)


def _start(
    site: Path,
    target: Path,
    editions: Sequence[PublishedEdition],
    office: Office,
    told: Spoken,
    share: int,
    sharing: int,
) -> multiprocessing.process.BaseProcess:
    """Spawned, not forked: other threads may hold locks just now."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(
        target=_write_there, args=(site, target, tuple(editions), office, told, share, sharing), daemon=True
    )
    process.start()
    return process


def _write_there(
    site: Path,
    target: Path,
    editions: Sequence[PublishedEdition],
    office: Office,
    told: Spoken,
    share: int,
    sharing: int,
) -> None:
    """What another process does."""
    languages = [replace(words_for(language), own_texts=own) for language, own in told]
    spoken = profiles_of(target, SiteCells.read(site, editions), office, languages)
    write_share(target, spoken, speech_of_site(site, languages), share, sharing, NO_PROGRESS)
