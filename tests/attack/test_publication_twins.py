"""Two sets of declarations that differ in nothing but hidden cells give the same site, byte for byte.

Whatever on the way from declarations to pages could depend on a hidden number shows here: printed ranges and how many
of them are exact, sizes and names of files, order of rows, scales of charts, headlines, profiles of commodities and
partners, cumulative files, the index, search, changes between versions; in both languages.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import pyarrow as pa
import pytest

from publisher.model.confidential import ConfidentialTable
from publisher.model.protected import PrintedRanges, ProtectedTable
from publisher.publication import speech
from publisher.publication.cells import cumulative
from publisher.publication.headline import facts as headline_facts
from publisher.publication.pages import Alternate, Page
from publisher.publication.profile import rank_table as profile_rank_table
from publisher.publication.search import codes as search_codes
from publisher.publication.site import index as site_index
from publisher.publication.tables import first_pages, margins
from publisher.publication.tables.margins import Margin
from publisher.publication.words import ENGLISH, Words
from tests.lib.site_parts import absent_parts, part_of
from tests.lib.twins import World, declarations, digests, publish, twins, write_world

PAIRS = 5
BASE = declarations()

Leak = Callable[[ConfidentialTable, ProtectedTable], ProtectedTable]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> World:
    return write_world(tmp_path_factory.mktemp("twins") / "base", BASE)


def true_values(world: World) -> list[list[int]]:
    return [table.cells.column("statistical_value").to_pylist() for table in world.confidential]


@pytest.fixture(scope="module")
def pairs(base: World, tmp_path_factory: pytest.TempPathFactory) -> list[World]:
    """Twins of `base` that hide the same cells."""
    folder = tmp_path_factory.mktemp("pairs")
    found = enumerate(twins(BASE, base.protected[0]))
    worlds = (write_world(folder / str(number), held) for number, held in found)
    return [world for world in worlds if world.pattern == base.pattern]


@pytest.fixture
def twin(pairs: list[World]) -> World:
    return pairs[0]


def test_twins_give_the_same_site(base: World, pairs: list[World]) -> None:
    assert absent_parts(base.folder) == []
    assert base.pattern[2].count("Q") > 50
    assert len(pairs) >= PAIRS
    for twin in pairs:
        assert true_values(twin) != true_values(base)
        differing = sorted(name for name, _ in base.files.items() ^ twin.files.items())
        assert differing == []


def true_upper_ends(truth: ConfidentialTable, table: ProtectedTable) -> ProtectedTable:
    """A range that ends at one and a half times the hidden number."""
    name = "statistical_value_upper"
    true = dict(zip(_keys(truth.cells), truth.cells.column("statistical_value").to_pylist(), strict=True))
    ends = table.cells.column(name).to_pylist()
    told = [None if end is None else true[key] * 3 // 2 for key, end in zip(_keys(table.cells), ends, strict=True)]
    return _with(table, name, told)


def exact_by_checksum(truth: ConfidentialTable, table: ProtectedTable) -> ProtectedTable:
    """A number about the whole table that depends on what hidden cells hold: how many of them are 'exact'."""
    hidden = table.cells.column("statistical_value").null_count
    told = crc32(repr(truth.cells.column("statistical_value").to_pylist()).encode()) % hidden
    return replace(table, ranges=tuple(PrintedRanges(m.id, hidden, told) for m in table.structure.measures))


def some_left_out(truth: ConfidentialTable, table: ProtectedTable) -> ProtectedTable:
    """Hidden rows are there only where the number behind them has an even checksum."""
    true = dict(zip(_keys(truth.cells), truth.cells.column("statistical_value").to_pylist(), strict=True))
    rows = zip(_keys(table.cells), table.cells.column("obs_status").to_pylist(), strict=True)
    kept = [status == "A" or crc32(b"%d" % true[key]) % 2 == 0 for key, status in rows]
    return replace(table, cells=table.cells.filter(pa.array(kept)))


def _keys(cells: pa.Table) -> list[tuple[int, int]]:
    return list(zip(cells.column("commodity").to_pylist(), cells.column("partner").to_pylist(), strict=True))


def _with(table: ProtectedTable, name: str, values: list[int | None]) -> ProtectedTable:
    place = table.cells.column_names.index(name)
    return replace(table, cells=table.cells.set_column(place, name, pa.array(values, pa.int64())))


def published(world: World, leak: Leak, folder: Path) -> dict[str, str]:
    tables = zip(world.confidential, world.protected, strict=True)
    publish(folder, [leak(truth, table) for truth, table in tables])
    return digests(folder)


@pytest.mark.parametrize("leak", [true_upper_ends, exact_by_checksum, some_left_out])
def test_a_planted_leak_shows(base: World, twin: World, tmp_path: Path, leak: Leak) -> None:
    """The same pair, with a gate that lets something through: the comparison must see it."""
    assert published(base, leak, tmp_path / "one") != published(twin, leak, tmp_path / "other")


def ceilings_in_charts(patch: pytest.MonkeyPatch) -> None:
    """Bars leave room for what is hidden: the one of the largest shown figure is a quarter shorter."""

    def with_room(*given: Any) -> Margin | None:
        found = honest(*given)
        if found is None:
            return None
        (node, value, *_), *rest = found.shown
        return replace(found, shown=((node, value, value, value * 5 // 4), *rest))

    honest = margins._ranked
    patch.setattr(margins, "_ranked", with_room)


def claims_in_headlines(patch: pytest.MonkeyPatch) -> None:
    """'Largest' where the hidden figures are smaller, 'largest of those shown' where one is not."""
    patch.setattr(headline_facts, "claim_of", lambda found, noisy: "largest_noisy")


def lists_in_profiles(patch: pytest.MonkeyPatch) -> None:
    """A list of the largest only where no hidden figure belongs into it."""
    patch.setattr(profile_rank_table, "ranks", lambda *given: None)


def order_in_cumulative_files(patch: pytest.MonkeyPatch) -> None:
    honest = cumulative.joined
    patch.setattr(cumulative, "joined", lambda pieces: honest(pieces).sort_by("statistical_value"))


def order_in_first_pages(patch: pytest.MonkeyPatch) -> None:
    honest = first_pages._page
    patch.setattr(first_pages, "_page", lambda keys, total: honest(keys, total)[::-1])


def files_in_the_index(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(site_index, "_cumulative", lambda folder: [])


def codes_in_the_search(patch: pytest.MonkeyPatch) -> None:
    """Headings are found only where something hidden is large."""
    patch.setattr(search_codes, "LEFT_OUT", ("heading",))


def words_in_french(patch: pytest.MonkeyPatch) -> None:
    def told(page: Page, words: Words = ENGLISH, alternates: Sequence[Alternate] = ()) -> str:
        text = honest(page, words, alternates)
        return text.replace("</main>", "<p>Beaucoup.</p></main>") if words.language == "fr" else text

    honest = speech.render
    patch.setattr(speech, "render", told)


@pytest.mark.parametrize(
    ("plant", "parts"),
    [
        (ceilings_in_charts, {"charts"}),
        (claims_in_headlines, {"headlines"}),
        (lists_in_profiles, {"commodity profiles", "partner profiles"}),
        (order_in_cumulative_files, {"cumulative files"}),
        (order_in_first_pages, {"first pages of orders"}),
        (files_in_the_index, {"index.json"}),
        (codes_in_the_search, {"search index", "printed index"}),
        (words_in_french, {"French pages", "French pages of editions"}),
    ],
)
def test_a_planted_leak_shows_where_it_is(
    base: World,
    twin: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], None],
    parts: set[str],
) -> None:
    """A writer that does otherwise for the twin, as one would that follows a hidden number."""
    plant(monkeypatch)
    publish(tmp_path / "site", twin.protected)
    differing = {name for name, _ in base.files.items() ^ digests(tmp_path / "site").items()}
    assert parts <= set().union(*map(part_of, differing))
