"""How an edition's headline figures differ from those of an earlier period: facts, from public files alone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from publisher.catalogue.frequency import shift
from publisher.model.codelist import TOTAL
from publisher.publication.headline.changes import Change, ChangeFact, Mover, comparable, movers, usual_revision
from publisher.publication.headline.facts import HeadlineFact
from publisher.publication.headline.file import read_headlines
from publisher.publication.headline.margin import Figure, read_row
from publisher.publication.public_cells import Described, PublicEdition, read_edition
from publisher.publication.search.codes import codes_at
from publisher.publication.site.series import Series, Site
from publisher.release.publish.index import PublishedEdition

REVISED_PERIODS = 6  # the newest periods whose revisions say what is usual
_SAME = ("method", "flow", "universe", "dimensions", "measures")


@dataclass(frozen=True)
class Pair:
    """One table in two editions that define it alike."""

    old: PublicEdition
    new: PublicEdition
    table: Described
    revisions: tuple[tuple[PublicEdition, PublicEdition], ...] = field(repr=False)


def change_facts(site: Site, series: Series, edition: PublishedEdition) -> Mapping[str, tuple[ChangeFact, ...]]:
    """Table -> its facts, for the tables that an earlier period has, defined alike. {} where there is none.

    Held against the same period a year before, else against the period before. Only newest versions that stand count.
    """
    earlier = _earlier(site, series, edition.ref.period)
    if earlier is None:
        return {}
    old, new = read_edition(site.folder / earlier.path), read_edition(site.folder / edition.path)
    facts = read_headlines(new.folder / "metadata" / "headlines.json")
    revisions = tuple(_revisions(site, series))
    tables = (new.by_id[fact.table] for fact in facts if fact.kind == "total")
    pairs = (Pair(old, new, table, revisions) for table in tables if _defined_alike(old, new, table.id))
    return {pair.table.id: tuple(_changes(pair, facts)) for pair in pairs}


def _earlier(site: Site, series: Series, period: str) -> PublishedEdition | None:
    year_before = f"{int(period[:4]) - 1}{period[4:]}"
    found = (site.standing(series, one) for one in (year_before, shift(period, -1)))
    return next((edition for edition in found if edition is not None), None)


def _revisions(site: Site, series: Series) -> Iterator[tuple[PublicEdition, PublicEdition]]:
    """First and newest version of the newest periods that were revised; withdrawn ones are not read."""
    standing = (series.of(period) for period in reversed(series.periods) if site.standing(series, period))
    versions = ([one for one in found if not site.withdrawn(one)] for found in standing)
    for found in [found for found in versions if len(found) > 1][:REVISED_PERIODS]:
        yield read_edition(site.folder / found[-1].path), read_edition(site.folder / found[0].path)


def _defined_alike(old: PublicEdition, new: PublicEdition, table: str) -> bool:
    before, now = _entry(old, table), _entry(new, table)
    return before is not None and now is not None and all(before[key] == now[key] for key in _SAME)


def _entry(edition: PublicEdition, table: str) -> dict[str, Any] | None:
    entries = json.loads((edition.folder / "metadata" / "tables.json").read_text("utf-8"))["tables"]
    return next((entry for entry in entries if entry["id"] == table), None)


def _changes(pair: Pair, facts: tuple[HeadlineFact, ...]) -> Iterator[ChangeFact]:
    for fact in facts:
        if fact.table == pair.table.id:
            usual = _usual(pair, fact)
            for change in _total(pair, fact) if fact.kind == "total" else _movers(pair, fact, usual):
                yield ChangeFact(fact, pair.old.period, usual, change)


def _total(pair: Pair, fact: HeadlineFact) -> Iterator[Change]:
    before = _figures(pair.old, pair.table, fact).get(TOTAL)
    now = _figures(pair.new, pair.table, fact).get(TOTAL)
    if before is not None and now is not None and before.value is not None and now.value is not None:
        yield Change(before, now)


def _movers(pair: Pair, fact: HeadlineFact, usual: Fraction) -> tuple[Mover, ...]:
    before, now = comparable(
        _figures(pair.old, pair.table, fact),
        _figures(pair.new, pair.table, fact),
        absent_are_zero=not pair.table.noisy,
        known=_known(pair, fact),
    )
    return movers(before, now, usual)


def _known(pair: Pair, fact: HeadlineFact) -> set[str]:
    """The codes of the level that both editions' codelists have."""
    codelist = next(one.codelist for one in pair.table.dimensions if one.column == fact.dimension)
    paths = (one.folder / "metadata" / "codelists" / f"{codelist}.csv" for one in (pair.old, pair.new))
    old, new = (codes_at(path, fact.level) for path in paths)
    return old & new


def _usual(pair: Pair, fact: HeadlineFact) -> Fraction:
    alike = [both for both in pair.revisions if all(_defined_alike(pair.new, one, pair.table.id) for one in both)]
    rows = [tuple(_figures(one, pair.table, fact) for one in both) for both in alike]
    return usual_revision([(first, newest) for first, newest in rows])


def _figures(edition: PublicEdition, table: Described, fact: HeadlineFact) -> Mapping[str, Figure]:
    measure = next(one for one in table.measures if one.id == fact.measure)
    return read_row(edition.folder, table, measure, fact.dimension, fact.level).figures
