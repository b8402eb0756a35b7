"""Files that hold confidential numbers: only their owner reads them, and none lies where the public looks."""

from pathlib import Path

from publisher.errors import UsageError
from publisher.release.edition.inventory import MANIFEST
from publisher.release.folders import disk_faults, replace
from publisher.release.publish.index import INDEX
from publisher.settings import Workspace

OWNER_ONLY = 0o600


def check_private(path: Path, here: Workspace, suffixes: tuple[str, ...]) -> None:
    """Raises UsageError for a file name that `suffixes` do not allow, and for a place that is or will be public.

    Public are releases/ of the workspace with the site in it, any folder that holds a site or an edition (by its
    index or manifest: a copy on a web server's disk, say), and all below one; wherever links lead.
    """
    if path.suffix.lower() not in suffixes:
        raise UsageError(
            "the name does not tell a known kind of file.",
            place=str(path),
            remedy=f"End it in {' or '.join(suffixes)}.",
        )
    folder = path.resolve().parent
    if path.is_dir() or not folder.is_dir():
        raise UsageError("there is no such folder for a file.", place=str(path), remedy="Name a file in a folder.")
    if any(_is_public(above, here) for above in (folder, *folder.parents)):
        raise UsageError(
            "this would be a confidential file in a public place.",
            place=str(path),
            remedy=f"Name a file outside {here.releases} and of everything that is served, such as {here.private}.",
        )


def write_private(path: Path, data: bytes) -> None:
    """Writes the file in one step, readable by its owner alone. check_private() must have allowed the place."""
    with disk_faults(str(path)):
        replace(path.resolve(), data, OWNER_ONLY)


def _is_public(folder: Path, here: Workspace) -> bool:
    served = (here.releases.resolve(), here.site.resolve())
    return folder in served or any((folder / name).exists() for name in (INDEX, MANIFEST))
