"""The search index: names and codes, where they lead, and that no number of a table moves anything in it."""

import json
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from publisher.catalogue.codelists import codelist
from publisher.catalogue.pools import published_codelist
from publisher.model.protected import ProtectedTable
from publisher.publication.search.codes import FoundCode, FoundCodelist, Place
from publisher.publication.search.index import write_search_index
from publisher.publication.search.page import _parts, write_search
from publisher.publication.search.synonyms import FILES, synonyms
from publisher.publication.site.series import Site, site_of
from publisher.publication.words import ENGLISH
from publisher.release.publish.index import place_in_series
from tests.lib.protected_samples import PERIOD, PLAN, suppression_sample
from tests.lib.published_site import OFFICE, write_sample


def site(folder: Path, table: ProtectedTable) -> Site:
    edition = write_sample(folder / "releases" / PLAN.id / PERIOD / "v1", PERIOD, 1, (table,))
    return site_of(folder, OFFICE, place_in_series([edition]), {PLAN.id: PLAN})


def index(folder: Path) -> dict[str, Any]:
    text = (folder / "search-index.js").read_text("utf-8")
    found: dict[str, Any] = json.loads(text.removeprefix("publisherSearch(").removesuffix(");\n"))
    return found


def other_values(table: ProtectedTable) -> ProtectedTable:
    """The same cells, hidden and shown alike, every shown number another one, in another order of size."""
    cells = table.cells
    for name in ("statistical_value", "net_mass"):
        turned = pc.subtract(10**16, cells[name])
        cells = cells.set_column(cells.column_names.index(name), name, turned)
    return ProtectedTable(table.structure, table.time_period, table.snapshot, table.method, cells)


def test_no_value_moves_anything_in_the_index_or_its_pages(tmp_path: Path) -> None:
    table = suppression_sample(400).table
    for name, one in (("a", table), ("b", other_values(table))):
        write_search([site(tmp_path / name, one)])
    for name in ("search-index.js", "search.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_codes_with_rows_lead_to_tables_and_others_say_that_there_are_none(tmp_path: Path) -> None:
    write_search([site(tmp_path, suppression_sample(400).table)])
    found = index(tmp_path)
    labels = [label for label, _ in found["kinds"]]
    for _, _, kind, places, page, _ in found["codes"]:
        assert bool(places) == ("no figures" not in labels[kind])
        assert places or page.startswith("search.html#q=")
    assert {code for code, *_ in found["codes"]} == {
        code.code
        for name, levels in (("HS", ("section", "chapter")), ("COUNTRY", ("region", "country")))
        for level in levels
        for code in published_codelist(name).at(level)
    }
    assert (tmp_path / "search-index.js").stat().st_size < 400_000


def test_a_profile_is_led_to_where_it_lies_on_the_site(tmp_path: Path) -> None:
    (tmp_path / "commodities").mkdir()
    (tmp_path / "commodities" / "58.html").write_text("")
    write_search([site(tmp_path, suppression_sample(400).table)])
    pages = {code: page for code, _, _, places, page, _ in index(tmp_path)["codes"] if places}
    assert pages.pop("58") == "commodities/58.html"
    assert not any(pages.values())


def test_a_synonym_leads_to_the_closest_code_that_the_tables_have(tmp_path: Path) -> None:
    place = Place("Imports", "x.html", "commodity")
    chapter = FoundCode("HS", "85", "Electrical machinery", "chapter", "XVI", (place,))
    hs = FoundCodelist("HS", ("Commodity",), (chapter,), {"8517": "85", "85": "XVI", "XVI": ""})
    write_search_index(tmp_path / "search-index.js", (), (hs,), ENGLISH, str)
    assert ["phones", "8517", 0, ""] in index(tmp_path)["synonyms"]
    assert not any(code == "0901" for _, code, *_ in index(tmp_path)["synonyms"])


def test_a_long_list_goes_to_pages_of_its_own() -> None:
    """Checked on the whole HS: every heading is on the page of its section."""
    hs = codelist("HS")
    place = Place("Imports", "x.html", "commodity")
    codes = tuple(
        FoundCode("HS", code.code, code.name, level, code.parent or "", (place,))
        for level in ("section", "chapter", "heading")
        for code in hs.at(level)
    )
    parts = _parts(FoundCodelist("HS", ("Commodity",), codes, {code.code: code.parent or "" for code in hs.codes}))
    assert len(parts) == 22
    assert sum(len(part) for part in parts.values()) == 97 + 1230


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", list(FILES))
def test_synonyms_name_codes_that_exist_and_no_term_twice(name: str, language: str) -> None:
    found = synonyms(name, language)
    assert len(found) == len(set(found)) >= 40
    assert not {one.code for one in found} - codelist(name).by_code.keys()
    assert all(one.term == one.term.strip().lower() for one in found)


def test_a_language_without_synonyms_has_none() -> None:
    assert synonyms("HS", "xx") == synonyms("OFFICE", "en") == ()
