"""Pairs of small worlds that differ in nothing but hidden cells, and the whole site that each of them gives.

A unit of value is moved round a rectangle of four hidden leaves, two headings of one chapter by two countries:

              DE     FR
    0101      +k     -k        every sum over headings, countries, chapters or the whole stays what it was,
    0102      -k     +k        so every number that is shown does

base = declarations()
one = write_world(folder / "a", base)                    World: confidential, protected and the site's folder
for other in twins(base, one.protected[0]): ...          declarations of a twin; its pattern may differ: compare
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import islice, product
from pathlib import Path
from typing import Any

from publisher.aggregate.cells import aggregate
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ConfidentialTable
from publisher.model.protected import ProtectedTable
from publisher.publication import write_site
from publisher.publication.words import ENGLISH, words_for
from publisher.release.publish.index import PublishedEdition, place_in_series
from publisher.suppression.protect import protect_edition
from tests.lib.protected_samples import PLAN
from tests.lib.public_log import issued, log_of
from tests.lib.published_site import OFFICE, write_sample
from tests.lib.tables import (
    ACTIVE,
    MASS,
    PERIOD,
    VALUE,
    codelist,
    declaration,
    dimension,
    memory_store,
    query,
    structure,
)

CHAPTERS = [f"{chapter:02d}" for chapter in range(1, 9)]
GOODS = codelist(
    "HS",
    {
        "chapter": dict.fromkeys(CHAPTERS, TOTAL),
        "heading": {f"{chapter}{number:02d}": chapter for chapter in CHAPTERS for number in range(1, 7)},
    },
)
LAND = codelist("COUNTRY", {"country": dict.fromkeys(("DE", "FR", "BR", "CN", "US", "JP"), TOTAL)})
CODELISTS = {"HS": GOODS, "COUNTRY": LAND}  # the names that profiles and the search know
TABLE = structure(dimension("commodity", GOODS), dimension("partner", LAND), measures=(VALUE, MASS), name="imports")
ASKED = query(TABLE, ACTIVE)
WORLD_PLAN = replace(PLAN, queries=(TABLE.id,))
PERIOD_BEFORE = "2020-12"
LANGUAGES = (ENGLISH, words_for("fr"))
LEAST_MOVE = 1_000  # KRW
TWINS = 8

Declarations = list[dict[str, Any]]
Leaf = tuple[str, str]


@dataclass(frozen=True)
class World:
    """A site of two versions of one month: what it was made from, one entry a version, and its folder."""

    folder: Path
    confidential: tuple[ConfidentialTable, ...] = field(repr=False)
    protected: tuple[ProtectedTable, ...] = field(repr=False)

    @property
    def pattern(self) -> list[list[Any]]:
        """Which cells there are and which are hidden, in every version."""
        names = (*TABLE.columns, "obs_status")
        return [table.cells.column(name).to_pylist() for table in self.protected for name in names]

    @property
    def files(self) -> dict[str, str]:
        return digests(self.folder)


def declarations(seed: int = 5) -> Declarations:
    """Some 600 goods items of a month, of few traders in most cells. Every value has six digits or more."""
    rng = random.Random(seed)
    found = []
    for good, land in product(GOODS.at("heading"), LAND.at("country")):
        if rng.random() < 0.7:
            for number in range(rng.choice((1, 1, 2, 4, 6))):
                value = 100_003 + int(rng.lognormvariate(17, 1.5))
                trader = f"{good.code}{land.code}{number}" if rng.random() < 0.6 else f"T{rng.randrange(30)}"
                cell = {"commodity": good.code, "origin": land.code, "partner": land.code}
                found.append({**cell, "importer": trader, "statistical_value": value, "net_mass": value // 3})
    return found


def write_world(folder: Path, held: Declarations) -> World:
    """Aggregates, protects and publishes the month, and a correction of one shown cell after it."""
    confidential = (aggregated(held), aggregated(_corrected(held)))
    tables = tuple(protected(table) for table in confidential)
    publish(folder, tables)
    return World(folder, confidential, tables)


def publish(folder: Path, versions: Sequence[ProtectedTable]) -> None:
    """The site of two versions of the month, and of the month before with the figures of the first of them, in two
    languages; from protected tables alone."""
    before = (PERIOD_BEFORE, 1, replace(versions[0], time_period=PERIOD_BEFORE))
    editions = [before, *((PERIOD, number, table) for number, table in enumerate(versions, start=1))]
    manifests = [
        write_sample(
            folder / "releases" / PLAN.id / period / f"v{number}",
            period,
            number,
            (table,),
            LANGUAGES,
            plan=WORLD_PLAN,
            codelists=CODELISTS.__getitem__,
        )
        for period, number, table in editions
    ]
    _write_around(folder, place_in_series(manifests))


def digests(folder: Path) -> dict[str, str]:
    """Path below `folder` -> SHA-256, of every file."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def aggregated(held: Declarations) -> ConfidentialTable:
    connection = memory_store([declaration(**one) for one in held])
    return aggregate(connection, ASKED, PERIOD, "s0001", codelists=CODELISTS.__getitem__)


def protected(table: ConfidentialTable) -> ProtectedTable:
    return protect_edition([(table, ACTIVE)]).tables[0]


def _corrected(held: Declarations) -> Declarations:
    """One item of the cell with the most traders is worth more: a cell that is shown before and after."""
    items = by_leaf(held)
    largest = max(sorted(items), key=lambda leaf: len({held[place]["importer"] for place in items[leaf]}))
    return _moved(held, {items[largest][0]: 40_009})


def _write_around(folder: Path, editions: Sequence[PublishedEdition]) -> None:
    before, first, second = (edition.ref for edition in editions)
    lines = log_of(
        ("2021-01-15T00:30:00+00:00", issued(before, due=PLAN.due(PERIOD_BEFORE))),
        ("2021-02-15T00:30:00+00:00", issued(first, due=PLAN.due(PERIOD))),
        ("2021-03-15T00:30:00+00:00", issued(second, "correction", "A number was wrong.", due=PLAN.due("2021-02"))),
    )
    write_site(folder, editions, OFFICE, {PLAN.id: WORLD_PLAN}, lines, languages=LANGUAGES)


def by_leaf(held: Declarations) -> Mapping[Leaf, list[int]]:
    """(heading, country) -> places of its items."""
    found: dict[Leaf, list[int]] = defaultdict(list)
    for place, item in enumerate(held):
        found[item["commodity"], item["origin"]].append(place)
    return found


def twins(held: Declarations, table: ProtectedTable) -> Iterator[Declarations]:
    """Declarations with a tenth of the smallest item of a rectangle of hidden leaves moved round it, up to TWINS."""
    return islice(_twins(held, table), TWINS)


def _twins(held: Declarations, table: ProtectedTable) -> Iterator[Declarations]:
    items = by_leaf(held)
    for corners in rectangles(hidden_leaves(table) & items.keys()):
        places = [items[leaf][0] for leaf in corners]
        amount = min(held[place]["statistical_value"] for place in places) // 10
        if amount >= LEAST_MOVE:
            yield _moved(held, {place: sign * amount for place, sign in zip(places, (1, -1, -1, 1), strict=True)})


def hidden_leaves(table: ProtectedTable) -> set[Leaf]:
    goods, lands = (dimension.hierarchy.codes for dimension in table.structure.dimensions)
    rows = (row for row in table.cells.to_pylist() if row["obs_status"] == "Q")
    found = ((goods[row["commodity"]], lands[row["partner"]]) for row in rows)
    return {(good, land) for good, land in found if len(good) == 4 and land != TOTAL}


def rectangles(leaves: set[Leaf]) -> Iterator[tuple[Leaf, Leaf, Leaf, Leaf]]:
    """Two headings of one chapter by two countries, all four hidden; no leaf is in two of them."""
    done: set[Leaf] = set()
    for (good, land), (other, place) in product(sorted(leaves), repeat=2):
        corners = (good, land), (good, place), (other, land), (other, place)
        ordered = good < other and land < place and good[:2] == other[:2]
        if ordered and leaves.issuperset(corners) and done.isdisjoint(corners):
            done.update(corners)
            yield corners


def _moved(held: Declarations, by: Mapping[int, int]) -> Declarations:
    """KRW more or less at some places, and a third of it in mass, cut towards zero so that moves cancel."""
    changed = [dict(item) for item in held]
    for place, amount in by.items():
        changed[place]["statistical_value"] += amount
        changed[place]["net_mass"] += int(amount / 3)
    return changed
