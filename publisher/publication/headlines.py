"""metadata/headlines.json: the edition's headline facts and cell counts, as the home page and scripts read them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from publisher.publication.facts import Fact, headline
from publisher.publication.imprint import Imprint
from publisher.publication.metadata import write_json
from publisher.publication.published import Published


def write_headlines(path: Path, tables: Sequence[Published], imprint: Imprint) -> None:
    """The facts of the release page, in table order."""
    facts = [asdict(fact) for fact in map(headline, tables) if fact is not None]
    write_json(path, {"edition": imprint.edition, "headlines": facts})


def read_headlines(path: Path) -> tuple[Fact, ...]:
    entries = json.loads(path.read_text("utf-8"))["headlines"]
    return tuple(Fact(**{**entry, "detail": tuple(entry["detail"])}) for entry in entries)
