"""A number that is smuggled into a workbook or an SDMX file is found, however short it is."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.audit.edition import read_edition
from publisher.publication import write_edition
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, three_tables

QUERY = "imports_by_chapter_origin"
SHEET, SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "public"
    write_edition(folder, PLAN, PERIOD, 1, three_tables(), Office())
    return folder


@pytest.fixture
def public(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "public"))


def found(public: Path) -> list[tuple[str, str]]:
    return [(finding.place, finding.problem) for finding in read_edition("e", public).findings]


def test_an_edition_as_it_is_written_has_no_fault(public: Path) -> None:
    assert found(public) == []


def change(public: Path, part: str, edit: Callable[[str], str], more: str = "") -> None:
    path = public / f"data/{QUERY}.xlsx"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert edit(parts[part]) != parts[part] or more
    parts[part] = edit(parts[part])
    if more:
        parts[more] = "<x>77</x>"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("<c/>", '<c s="2"><v>77</v></c>', 1),
        lambda text: text.replace("<c/>", "<c><f>70+7</f></c>", 1),
        lambda text: text.replace("</row>", '<c s="2"><v>77</v></c></row>', 1),
        lambda text: text.replace("</row>", "<!-- 77 --></row>", 1),
        lambda text: text.replace("</sheetData>", "<row><c><v>77</v></c></row></sheetData>"),
        lambda text: text.replace("<row>", '<row ht="77">', 1),
    ],
)
def test_a_changed_sheet_is_found(public: Path, edit: Callable[[str], str]) -> None:
    change(public, SHEET, edit)
    assert [place for place, _ in found(public)] == [f"data/{QUERY}.xlsx"]


def test_a_changed_text_or_another_part_is_found(public: Path) -> None:
    change(public, SHARED, lambda text: text.replace(">_T<", ">77<"))
    assert found(public) == [(f"data/{QUERY}.xlsx", "differs from the CSV file")]
    change(public, SHARED, lambda text: text.replace(">77<", ">_T<"))
    assert found(public) == []
    change(public, SHARED, lambda text: text, more="xl/comments1.xml")
    assert found(public) == [(f"data/{QUERY}.xlsx", "has parts that no workbook of an edition has")]


@pytest.mark.parametrize(
    ("old", "new"),
    [('"Q","C"', '"Q","F"'), (',,"Q"', ',"77","Q"'), ('"dataflow"', '"dataflow77"'), ('"KRW"', '"KRW 77"')],
)
def test_a_changed_sdmx_file_is_found(public: Path, old: str, new: str) -> None:
    path = public / f"data/{QUERY}.sdmx.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert [place for place, _ in found(public)] == [f"data/{QUERY}.sdmx.csv"]


@pytest.mark.parametrize("ending", ["xlsx", "sdmx.csv"])
def test_a_broken_file_is_a_finding_and_no_crash(public: Path, ending: str) -> None:
    (public / f"data/{QUERY}.{ending}").write_bytes(b"PK\x03\x04 nothing \xff\xfe")
    assert [place for place, _ in found(public)] == [f"data/{QUERY}.{ending}"]
