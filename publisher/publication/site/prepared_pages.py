"""prepare_pages(): what joins periods, made before its time comes; and the key under which it is kept.

A function of the editions that stand, the withdrawn ones and the office's texts: no log, no plan, no clock.
"""

from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from platform import python_version

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.publication.cells import SiteCells
from publisher.publication.cells.cumulative import write_cumulative
from publisher.publication.over_time.files import write_over_time
from publisher.publication.profile.files import write_profiles
from publisher.publication.words import ENGLISH, Words
from publisher.release.edition.records import sha256
from publisher.release.publish.index import PublishedEdition
from publisher.settings import Office

STAGE = "Prepare the site"
_PACKAGE = Path(__file__).resolve().parents[2]
_LIBRARIES = (
    "babel",
    "jinja2",
    "markupsafe",
    "numpy",
    "pyarrow",
    "pycountry",
)  # what decides over bytes beside our own code


def prepare_pages(
    site: Path,
    target: Path,
    editions: Sequence[PublishedEdition],
    office: Office,
    *,
    languages: Sequence[Words] = (ENGLISH,),
    processes: int = 1,
    progress: Progress = NO_PROGRESS,
) -> None:
    """Writes data/<series>/<query>.parquet of all periods, tables over time and profiles below `target`.

    Reads the editions' public files below `site`. The same arguments give the same bytes, by however many processes.
    """
    progress(STAGE, 0, 2)
    cells = SiteCells.read(site, editions)
    progress(STAGE, 1, 2)
    write_cumulative(target, cells, editions)
    progress(STAGE, 2, 2)
    write_over_time(site, target, cells, office, languages)
    write_profiles(site, target, cells, editions, office, languages=languages, processes=processes, progress=progress)


def prepared_key(
    editions: Sequence[PublishedEdition], office: Office, languages: Sequence[Words] = (ENGLISH,)
) -> str:
    """SHA-256 (hex) of all that prepare_pages() depends on; the editions by the digests of their manifests."""
    told = [(e.ref.name, e.ref.manifest_sha256, e.latest, repr(e.withdrawn)) for e in editions]
    spoken = [(words.language, sorted(words.own_texts.items())) for words in languages]
    return sha256(repr((told, office, spoken, code_version())).encode())


@cache
def code_version() -> str:
    """SHA-256 (hex) of this program's files and of the versions of what it writes with."""
    files = sorted(path for path in _PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    ours = [(path.relative_to(_PACKAGE).as_posix(), sha256(path.read_bytes())) for path in files]
    versions = [(name, metadata.version(name)) for name in _LIBRARIES]
    return sha256(repr((ours, versions, python_version())).encode())
