"""Which files a folder holds, and what is in them."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.release.edition.records import Hex32, Record

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")


class FileEntry(Record):
    """One public file. `path` is relative to public/, with slashes; `size` in bytes; `sha256` in hex."""

    path: str
    size: int
    sha256: Hex32


def inventory(public: Path) -> tuple[FileEntry, ...]:
    """Every file below `public` except the manifest and its signature, sorted by path.

    Raises ReleaseError for a link, device or empty folder, and for a name that is no plain word in a URL.
    """
    paths = sorted(walk(public), key=str)
    for path in paths:
        if not is_plain(public / path) or not _SAFE.fullmatch(path):
            raise ReleaseError(
                "only plain files with letters, digits, '.', '_' and '-' in their names can be published.",
                place=str(public / path),
                remedy="Remove it from the build; nothing else may write into that folder.",
            )
    return tuple(entry_of(public, path) for path in paths if path not in (MANIFEST, SIGNATURE))


def walk(folder: Path) -> Iterator[str]:
    """The relative path of everything below that is not a folder with something in it. Follows no links."""
    for here, below, files in os.walk(folder):
        relative = Path(here).relative_to(folder)
        links = [name for name in below if (Path(here) / name).is_symlink()]
        for name in (*files, *links):
            yield (relative / name).as_posix()
        if not below and not files and relative.parts:
            yield relative.as_posix()


def is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def entry_of(public: Path, path: str) -> FileEntry:
    """Reads the file through once."""
    with (public / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(path=path, size=file.tell(), sha256=digest)


def is_safe(path: str) -> bool:
    """Whether a path from a manifest stays below its folder."""
    return _SAFE.fullmatch(path) is not None
