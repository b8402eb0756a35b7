"""metadata/headlines.json: the edition's headline facts as data. Pages say them in the reader's language."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from publisher.publication.facts import Fact, FactMeasure, Finding, Leader, finding, told
from publisher.publication.imprint import Imprint
from publisher.publication.metadata import write_json
from publisher.publication.published import Published
from publisher.publication.words import ENGLISH, Words

FORMAT = "trade-publisher/headlines/2"


def write_headlines(path: Path, tables: Sequence[Published], imprint: Imprint) -> None:
    """The findings of the release page, in table order."""
    facts = [asdict(fact) for fact in map(finding, tables) if fact is not None]
    write_json(path, {"format": FORMAT, "edition": imprint.edition, "headlines": facts})


def read_headlines(path: Path, words: Words = ENGLISH) -> tuple[Fact, ...]:
    """The facts of an edition in words."""
    return tuple(told(_finding(entry), words) for entry in json.loads(path.read_text("utf-8"))["headlines"])


def _finding(entry: dict[str, Any]) -> Finding:
    leaders = tuple(Leader(**leader) for leader in entry["leaders"])
    return Finding(**{**entry, "measure": FactMeasure(**entry["measure"]), "leaders": leaders})
