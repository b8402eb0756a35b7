"""What the table page's script is made of and reads: parts, codes, names; and the page's size."""

import json
import re
from dataclasses import replace
from importlib import resources
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

from publisher.audit.numbers import forms, numbers
from publisher.publication import write_edition
from publisher.publication.contexts import TablePage
from publisher.publication.edition_pages import release_page, table_page
from publisher.publication.fitting import PAGE_BYTES, fitting
from publisher.publication.imprint import Imprint
from publisher.publication.pages import render
from publisher.publication.script import PARTS, call, table_script
from publisher.publication.tables.codes import used_codes, write_names
from publisher.publication.tables.display import CodeCell, Row, code_cell, first_rows
from publisher.publication.tables.published import Published, publishable
from publisher.publication.tables.release_charts import shorter_release
from publisher.publication.tables.shards import shard_count, shard_rows, write_shards
from publisher.publication.tables.table_page import shorter
from publisher.publication.words import words_for
from tests.lib.protected_samples import COMMODITY, PERIOD, PLAN, empty_sample, suppression_sample
from tests.lib.published_site import OFFICE

IMPORTS = "imports_by_chapter_origin"
IMPRINT = Imprint(PLAN, PERIOD, 1, OFFICE)


@pytest.fixture(scope="module")
def table() -> Published:
    return publishable(suppression_sample().table)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edition")
    write_edition(folder, PLAN, PERIOD, 1, (suppression_sample().table,), OFFICE)
    return folder


def parts() -> dict[str, str]:
    """Those of the table's script."""
    folder = resources.files("publisher.publication").joinpath("script")
    return {part: folder.joinpath(f"{part}.js").read_text("utf-8") for part in PARTS}


def arguments(path: Path) -> list[object]:
    text = path.read_text("utf-8")
    return list(json.loads("[" + text[text.index("(") + 1 : text.rindex(");")] + "]"))


def places(column: str) -> list[int]:
    return list(accumulate(int(step or 0) for step in column.split(";")))


def test_the_script_is_all_its_parts_and_no_comment() -> None:
    text = table_script().decode("utf-8")
    assert text.count("/*") == 1
    assert not re.search(r"^\s|\s$|\n\n", text[:-1], re.M)
    for source in parts().values():
        for name in re.findall(r"^(?:async )?function (\w+)", source, re.M):
            assert len(re.findall(rf"function {name}\(", text)) == 1


def test_no_number_of_the_script_could_be_taken_for_a_figure() -> None:
    assert not re.search(
        r"\d{6}", table_script().decode("utf-8")
    )  # the audit's byte scan looks at six digits and more


def test_texts_and_patterns_of_the_script_stay_as_they_are() -> None:
    made, whole = table_script().decode("utf-8"), "".join(parts().values())
    bare = re.sub(r"^[ ]*/\*.*?\*/\n", "", whole, flags=re.M | re.S)
    for line in (line.strip() for line in bare.splitlines()):
        assert line in made or not ("'" in line or re.search(r"/.*/", line))
    texts = re.compile(r'"[^"\n]*"|`[^`\n]*`')
    assert texts.findall(made) == texts.findall(bare)


def test_every_word_of_the_script_is_in_the_page_and_used(public: Path) -> None:
    page = (public / f"tables/{IMPORTS}.html").read_text("utf-8")
    found = re.search(r'<div id="words" hidden\s(.*?)></div>', page, re.S)
    assert found is not None
    names = re.findall(r'data-([\w-]+)="[^"]+"', found[1])
    known = {re.sub(r"-(\w)", lambda letter: letter[1].upper(), name) for name in names}
    script = "".join(parts().values())
    lines = [line for line in script.splitlines() if "tell(" in line]
    assert known == {
        word for word in known if any(f'"{word}"' in line for line in lines) or f"WORDS.{word}" in script
    }
    assert set(re.findall(r'tell\("(\w+)"', script)) | set(re.findall(r"WORDS\.(\w+)", script)) <= known


def test_a_call_is_a_script_whatever_names_hold() -> None:
    made = call("f", "q", {"a": "</script>\u2028<!--"}).decode("utf-8")
    assert made == 'f("q",{"a":"\\u003c/script>\\u2028\\u003c!--"});\n'


def test_codes_are_those_of_rows_and_of_what_lies_above(table: Published) -> None:
    goods = COMMODITY.hierarchy
    deepest = np.flatnonzero(np.asarray(goods.level_of)[table.nodes(COMMODITY)] == 2)[:1]
    one = used_codes(table.part(deepest))
    chapter = int(table.nodes(COMMODITY)[deepest[0]])
    section = goods.parent[chapter]
    described = one.described()["commodity"]
    assert described["codes"] == ["_T", goods.codes[section], goods.codes[chapter]]
    assert described["counts"] == [1, 1, 1]
    assert described["above"] == [-1, 0, 1]
    assert one.places(COMMODITY, np.array([chapter])).tolist() == [2]


def test_shards_codes_and_names_give_back_every_row(table: Published, public: Path) -> None:
    _, codes = arguments(public / f"tables/{IMPORTS}.codes.js")
    _, _, data = arguments(public / f"tables/{IMPORTS}.0.js")
    names: dict[str, str] = {}
    for level in COMMODITY.hierarchy.levels:
        _, given, called, marks = arguments(public / f"assets/names/HS.{level}.en.js")
        assert marks == ""
        names |= dict(zip(given, called, strict=True))  # type: ignore[call-overload]
    levels = [level for level, count in enumerate(codes["commodity"]["counts"]) for _ in range(count)]  # type: ignore[index]
    nodes = table.nodes(COMMODITY).tolist()
    for place, node in zip(places(data["dims"]["commodity"]), nodes, strict=True):  # type: ignore[index]
        cell = code_cell(COMMODITY.hierarchy, node)
        code = codes["commodity"]["codes"][place]  # type: ignore[index]
        assert (code, levels[place], names[code]) == (cell.code, cell.depth, cell.name)


def test_every_number_of_a_shard_is_found_by_the_audit(table: Published, public: Path) -> None:
    """Digits beside each other in a column would be taken for one number, or for none."""
    there = numbers((public / f"tables/{IMPORTS}.0.js").read_text("utf-8"))
    shown = [number for number in table.numbers("statistical_value") if number is not None]
    telling = {form for number in shown for form in forms(number, 0)}
    assert len(telling) > 500
    assert telling <= there


@pytest.mark.parametrize(
    ("rows", "size", "count"), [(1, 4000, 1), (4000, 4000, 1), (4001, 4000, 2), (250_000, 15_625, 16)]
)
def test_a_large_table_has_larger_shards_not_more(rows: int, size: int, count: int) -> None:
    assert (shard_rows(rows), shard_count(rows)) == (size, count)


def test_no_name_is_in_a_shard(public: Path) -> None:
    for path in (public / "tables").glob("*.js"):
        assert "Coffee" not in path.read_text("utf-8")
    assert "Coffee" in (public / "assets/names/HS.chapter.en.js").read_text("utf-8")


def test_a_level_without_rows_has_a_file_of_no_names(table: Published, tmp_path: Path) -> None:
    write_names(tmp_path, [table.part(np.arange(1))])
    assert arguments(tmp_path / "HS.chapter.en.js") == ["HS", [], [], ""]
    assert arguments(tmp_path / "HS.total.en.js") == ["HS", ["_T"], ["All commodities"], ""]


def test_names_that_nobody_translated_are_marked(table: Published, tmp_path: Path) -> None:
    french = words_for("fr")
    write_names(tmp_path, [table], replace(french, names=lambda codelist, code, _: "Café" if code == "09" else None))
    _, codes, names, marks = arguments(tmp_path / "HS.chapter.fr.js")
    assert [(code, name) for code, name, mark in zip(codes, names, marks, strict=True) if mark != "e"] == [
        ("09", "Café")
    ]  # type: ignore[call-overload]


def test_an_empty_table_has_neither_shards_nor_codes(tmp_path: Path) -> None:
    write_shards(tmp_path, publishable(empty_sample()))
    assert not list(tmp_path.iterdir())


def test_the_total_is_the_row_of_totals_only(table: Published) -> None:
    rows = first_rows(table)
    assert [row.is_total for row in rows] == [True] + [False] * 99
    assert not Row((CodeCell("Asia", "142", "region", 0, "region"),), ()).is_total  # coarsest, but no total


def rows_of(page: bytes) -> int:
    """Of the table itself, with its head: charts have small tables of their own."""
    return page.partition(b'id="cells"')[2].count(b"<tr")


def fitted(page: TablePage, limit_bytes: int = PAGE_BYTES) -> bytes:
    return fitting(shorter(page), render, limit_bytes)


def test_a_page_has_as_many_rows_as_fit(table: Published, public: Path) -> None:
    page = table_page(public, table, IMPRINT)
    whole = fitted(page)
    assert len(whole) <= PAGE_BYTES and rows_of(whole) == 101
    assert fitted(page, limit_bytes=len(whole)) == whole
    less = fitted(page, limit_bytes=len(whole) - 1)
    assert rows_of(less) == 91
    assert b'data-page-rows="90"' in less and b"Rows 1 to 90 of 2,810." in less
    assert rows_of(fitted(page, limit_bytes=1)) == 2  # never none


def test_long_names_do_not_make_a_page_too_long(table: Published, public: Path) -> None:
    page = table_page(public, table, IMPRINT)
    long = tuple(replace(row, codes=tuple(replace(code, name="é" * 900) for code in row.codes)) for row in page.rows)
    assert 50_000 < len(fitted(replace(page, rows=long))) <= PAGE_BYTES


def test_a_release_without_room_for_its_charts_links_to_their_files(table: Published, public: Path) -> None:
    pages = list(shorter_release(release_page(public, (table,), IMPRINT)))
    assert [len(page.charts) for page in pages] == [2, 1, 0]
    assert [len(page.further) for page in pages] == [0, 1, 2]
    texts = [render(page) for page in pages]
    assert ["There is no room here for all charts." in text for text in texts] == [False, True, True]
    assert [link.text for link in pages[2].further] == [chart.svg.title for chart in pages[0].charts]
    assert all((public / link.href).is_file() and f'<a href="{link.href}">' in texts[2] for link in pages[2].further)


def test_a_workbook_is_offered_where_there_is_one(table: Published, public: Path) -> None:
    book = public / "data" / f"{IMPORTS}.xlsx"
    for is_there in (book.exists(), True):
        files = [one.href for one in table_page(public, table, IMPRINT).downloads]
        assert (f"../data/{IMPORTS}.xlsx" in files) is is_there
        assert {f"../data/{IMPORTS}.csv", f"../data/{IMPORTS}.parquet"} <= set(files)
        if not book.exists():
            book.write_bytes(b"PK")
