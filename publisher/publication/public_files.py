"""Reading back what an edition published: the site is made from public files alone."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.publication.level_names import level_name
from publisher.publication.words import ENGLISH, Words


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


def read_tables(path: Path, words: Words = ENGLISH) -> tuple[PublicTable, ...]:
    """The tables of an edition, in its order, from its metadata/tables.json."""
    entries = json.loads(path.read_text("utf-8"))["tables"]
    return tuple(_table(entry, words) for entry in entries)


def _table(entry: dict[str, Any], words: Words) -> PublicTable:
    return PublicTable(
        entry["id"],
        words.own(entry["title"]),
        words.own(entry["summary"]),
        entry["method"] != "suppression",
        entry["method"] == "band",
        tuple(_breakdown(dimension, words) for dimension in entry["dimensions"]),
        tuple(f"{words.own(measure['title'])} ({words.own(measure['unit'])})" for measure in entry["measures"]),
    )


def _breakdown(dimension: dict[str, Any], words: Words) -> str:
    levels = ", ".join(level_name(level, words) for level in dimension["levels"])
    return words.gettext("%(title)s: %(levels)s", title=words.own(dimension["title"]), levels=levels)
