"""A whole new site folder, made beside the one that is served. Editions' files are hard links, not copies."""

import html
import os
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from publisher.errors import ReleaseError
from publisher.release.folders import write_new
from publisher.release.index import INDEX, PublishedEdition, index_of
from publisher.release.inventory import MANIFEST, SIGNATURE
from publisher.release.records import encode
from publisher.release.register import Person
from publisher.release.signing import public_pem

RenderSite = Callable[[Path, Sequence[PublishedEdition]], None]

_LATEST_KEPT = ("data/", "metadata/", MANIFEST, SIGNATURE)


def link_edition(site: Path, edition: PublishedEdition, public: Path) -> None:
    """Puts an edition's files under its immutable path."""
    for name in _names(edition):
        _link(public / name, site / edition.path / name)


def write_release_files(site: Path, editions: Sequence[PublishedEdition], signers: Sequence[Person]) -> None:
    """editions.json, keys/<fingerprint>.pub and /latest/: what release owns beside the editions themselves.

    Raises ReleaseError where render_site already wrote one of them.
    """
    try:
        write_new(site / INDEX, encode(index_of(editions)), 0o644)
        (site / "keys").mkdir(mode=0o755)
        for person in signers:
            write_new(site / "keys" / f"{person.fingerprint}.pub", public_pem(person.key), 0o644)
        for edition in editions:
            if edition.latest:
                _write_latest(site, edition)
    except FileExistsError as taken:
        raise ReleaseError(
            "render_site wrote what release writes itself.",
            place=str(taken.filename),
            remedy="editions.json, keys/ and releases/<series>/latest/ belong to release.",
        ) from None


def open_to_all(site: Path) -> None:
    """Folders 0755; files of editions are 0444 already, the rest 0644."""
    for path in [*site.rglob("*"), site]:
        if path.is_dir():
            path.chmod(0o755)
        elif path.stat().st_nlink == 1:
            path.chmod(0o644)


def _write_latest(site: Path, edition: PublishedEdition) -> None:
    """releases/<series>/latest/: data and metadata under names that do not change, pages that lead on.

    A page itself cannot lie here too: its relative links are made for the depth of the immutable path.
    """
    latest = site / "releases" / edition.ref.series / "latest"
    latest.mkdir()
    for name in _names(edition):
        if name.endswith(".html"):
            (latest / name).parent.mkdir(parents=True, exist_ok=True)
            write_new(latest / name, _stub(edition, name), 0o644)
        elif name.startswith(_LATEST_KEPT):
            _link(site / edition.path / name, latest / name)


def _stub(edition: PublishedEdition, name: str) -> bytes:
    """A page that leads on without script or server, from file:// too."""
    up = "../" * len(PurePosixPath(name).parts)
    target = html.escape(f"{up}{edition.ref.period}/v{edition.ref.version}/{name}")
    title = html.escape(f"{edition.manifest.title}: latest edition, {edition.ref.period}")
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta http-equiv="refresh" content="0; url={target}">\n<link rel="canonical" href="{target}">\n'
        f'<p><a href="{target}">{title}</a></p>\n</html>\n'
    ).encode()


def _names(edition: PublishedEdition) -> tuple[str, ...]:
    return (*(entry.path for entry in edition.manifest.files), MANIFEST, SIGNATURE)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(source, target, follow_symlinks=False)
