"""metadata/headlines.json: the edition's headline facts, for the home page and for scripts. Format: FORMAT.

    {format, edition, headlines: [
        {table, measure, period, kind, codes, value, lower, upper, unit, dimension, level, claim}]}

Numbers are decimal text, exact, in `unit`; lower and upper, ends of a 95 % interval, are null where it is exact.
What `kind` and `claim` say: headline_facts.py.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from publisher.errors import ReleaseError
from publisher.publication.files.metadata import write_json
from publisher.publication.headline.facts import HeadlineFact, headline_facts
from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import Published

FORMAT = "trade-publisher/headlines/2"

FORMAT = "trade-publisher/headlines/2"
_NUMBERS = ("value", "lower", "upper")


def write_headlines(path: Path, tables: Sequence[Published], imprint: Imprint) -> None:
    """The facts of the release page, in table order."""
    facts = [_written(fact) for table in tables for fact in headline_facts(table)]
    write_json(path, {"format": FORMAT, "edition": imprint.edition, "headlines": facts})


def _written(fact: HeadlineFact) -> dict[str, Any]:
    entry = asdict(fact)
    decimals = entry.pop("decimals")
    return entry | {name: _text(entry[name], decimals) for name in _NUMBERS}


def _text(whole: int | None, decimals: int) -> str | None:
    """1234567 with three decimals -> "1234.567"."""
    return None if whole is None else format(Decimal(whole).scaleb(-decimals), "f")


def read_headlines(path: Path) -> tuple[HeadlineFact, ...]:
    """Raises ReleaseError for a file of another format."""
    try:
        found = json.loads(path.read_text("utf-8"))
        facts = {FORMAT: found["headlines"]}[found["format"]]
        return tuple(_read(entry) for entry in facts)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise ReleaseError(
            f"holds no headlines of the format {FORMAT}.", place=str(path), remedy="Build the edition again."
        ) from fault


def _read(entry: dict[str, Any]) -> HeadlineFact:
    """Every number has the decimals of its measure, so the text tells them."""
    decimals = len(entry["value"].partition(".")[2])
    numbers = {name: None if entry[name] is None else int(Decimal(entry[name]).scaleb(decimals)) for name in _NUMBERS}
    return HeadlineFact(**{**entry, **numbers, "decimals": decimals})
