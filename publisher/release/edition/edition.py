"""Edition folders releases/<series>/<period>/vN/: where they are, and the private folder one is built in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.release.edition.manifest import Manifest, read_manifest
from publisher.release.folders import disk_faults, remove_tree
from publisher.settings import Workspace


@dataclass(frozen=True)
class Edition:
    """A sealed folder: public/ with manifest.json and manifest.sig, private/ with what the approver sees."""

    workspace: Workspace
    series: str
    period: str
    version: int

    @property
    def root(self) -> Path:
        return self.workspace.edition(self.series, self.period, self.version)

    @property
    def public(self) -> Path:
        return self.root / "public"

    @property
    def private(self) -> Path:
        return self.root / "private"

    @property
    def name(self) -> str:
        return f"{self.series}/{self.period}/v{self.version}"

    @property
    def manifest(self) -> Manifest:
        return read_manifest(self.public)


def stage(workspace: Workspace, series: str, period: str) -> Path:
    """A fresh private folder with public/ and private/ to build in. Clears away what a killed build left there."""
    folder = staging_folder(workspace, series, period)
    with disk_faults(str(folder)):
        folder.parent.mkdir(parents=True, exist_ok=True)
        remove_tree(folder)
        for made in (folder, folder / "public", folder / "private"):
            made.mkdir(mode=0o700)
    return folder


def staging_folder(workspace: Workspace, series: str, period: str) -> Path:
    return workspace.releases / series / period / f".building-{series}-{period}"


def editions(workspace: Workspace, series: str) -> Iterator[Edition]:
    """All sealed editions of a series, by period and version."""
    for period in sorted(path.name for path in (workspace.releases / series).glob("[0-9]*") if path.is_dir()):
        versions = (path.name[1:] for path in (workspace.releases / series / period).glob("v[0-9]*"))
        for version in sorted(int(text) for text in versions if text.isdigit()):
            yield Edition(workspace, series, period, version)


def newest_edition(workspace: Workspace, series: str, period: str) -> Edition | None:
    return max((e for e in editions(workspace, series) if e.period == period), key=lambda e: e.version, default=None)


def find_edition(workspace: Workspace, series: str, period: str, version: int | None = None) -> Edition:
    """The edition, the newest version where none is named. Raises ReleaseError where there is none."""
    newest = newest_edition(workspace, series, period)
    found = newest if version is None else Edition(workspace, series, period, version)
    if found is None or not found.root.is_dir():
        raise ReleaseError(
            "there is no such edition.",
            place=f"{series}/{period}" + (f"/v{version}" if version else ""),
            remedy="Run 'publisher build SERIES PERIOD' first, or 'publisher status' to see what is there.",
        )
    return found
