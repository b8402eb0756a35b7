"""What an edition says about the world: its figures, the codes they stand for, and how its tables are defined.

Pages, charts, further formats and their looks are made of that and say nothing of their own. Where two editions say
the same, the later one corrects nothing: it has nothing to publish.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from publisher.errors import ReleaseError
from publisher.release.edition.inventory import FileEntry, entry_of
from publisher.release.edition.records import sha256

_TABLES = "metadata/tables.json"
_FIGURES = re.compile(r"(data|metadata/codelists)/[^/.]+\.csv")  # data/<query>.sdmx.csv has the same once more
_OF_THE_BUILD = frozenset({"snapshot", "spent_rho", "cap_rho", "lifetime_rho", "lifetime_cap_rho"})


def said(public: Path, files: Sequence[FileEntry]) -> str:
    """SHA-256 (hex), equal where the CSV files, the codelists and the tables' descriptions are.

    `files` lists `public`; of a sealed edition as its manifest does, so that damage on the disk changes nothing but a
    damaged tables.json. Of that, what tells of the build is left out: the name of the snapshot, and what was spent of
    a budget by then. Whatever else stands there counts, also what this version of the program does not know.

    Raises ReleaseError where tables.json is not the one that is listed, or is no JSON.
    """
    figures = [(file.path, file.sha256) for file in files if _FIGURES.fullmatch(file.path)]
    listed = next((file for file in files if file.path == _TABLES), None)
    described = _described(public, listed) if listed else None
    return sha256(json.dumps([figures, described], sort_keys=True).encode())


def _described(public: Path, listed: FileEntry) -> Any:
    try:
        if entry_of(public, _TABLES) == listed:
            found: dict[str, Any] = json.loads((public / _TABLES).read_text("utf-8"))
            return _lasting(found.get("tables"))
    except (OSError, ValueError) as fault:
        raise _damaged(public) from fault
    raise _damaged(public)


def _damaged(public: Path) -> ReleaseError:
    return ReleaseError("is damaged.", place=str(public / _TABLES), remedy="Restore the edition from a backup.")


def _lasting(value: Any) -> Any:
    """Without what tells of the build, at any depth."""
    if isinstance(value, dict):
        return {name: _lasting(each) for name, each in value.items() if name not in _OF_THE_BUILD}
    return [_lasting(each) for each in value] if isinstance(value, list) else value
