"""Reading back what an edition published: the site is made from public files alone."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.publication.display import level_words


@dataclass(frozen=True)
class PublicTable:
    """One entry of metadata/tables.json, in words."""

    id: str
    title: str
    summary: str
    noisy: bool
    band: bool
    breakdowns: tuple[str, ...]
    measures: tuple[str, ...]


def read_tables(path: Path) -> tuple[PublicTable, ...]:
    """The tables of an edition, in its order, from its metadata/tables.json."""
    entries = json.loads(path.read_text("utf-8"))["tables"]
    return tuple(_table(entry) for entry in entries)


def _table(entry: dict[str, Any]) -> PublicTable:
    return PublicTable(
        entry["id"],
        entry["title"],
        entry["summary"],
        entry["method"] != "suppression",
        entry["method"] == "band",
        tuple(_breakdown(dimension) for dimension in entry["dimensions"]),
        tuple(f"{measure['title']} ({measure['unit']})" for measure in entry["measures"]),
    )


def _breakdown(dimension: dict[str, Any]) -> str:
    levels = ", ".join(level_words(level).lower() for level in dimension["levels"])
    return f"{dimension['title']}: {levels}"
