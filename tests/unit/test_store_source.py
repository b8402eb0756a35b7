"""Files that are not what they should be."""

import os
import re
from importlib import resources
from pathlib import Path

import pytest

from publisher.errors import CatalogueError, IngestError
from publisher.settings import Workspace
from publisher.store import source as sources
from publisher.store.profile import load_profile
from publisher.store.source import LONGEST_LINE, inspect
from tests.lib.stores import GOOD, count, items, native_csv, new_store, take, workspace

__all__ = ["workspace"]
KCS_HEADER = (
    "Declaration ID,Date,Office ID,Import Type,Mode of Transport,Declarant ID,Importer ID,Seller ID,Courier ID,"
    "HS6 Code,Country of Departure,Country of Origin,Tax Rate,Tax Type,Net Mass,Item Price,Fraud,Critical Fraud"
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_the_columns_it_gives(workspace: Workspace, delimiter: str) -> None:
    file = native_csv(workspace.root / "d.csv", items(2), delimiter=delimiter)
    assert inspect(file, load_profile("native")).delimiter == delimiter
    with new_store(workspace) as store:
        take(store, file, percent=0)
        assert count(store, "declaration_item") == 2


def test_another_delimiter_than_the_profile_demands_is_named(tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text(KCS_HEADER.replace(",", ";") + "\n")
    with pytest.raises(IngestError, match=r"separated by semicolon.*'kcs' expects comma"):
        inspect(file, load_profile("kcs"))


def test_missing_columns_are_listed(tmp_path: Path) -> None:
    file = native_csv(tmp_path / "d.csv", [])
    file.write_text(file.read_text().replace("enterprise_group,", "").replace("net_mass", "mass"))
    with pytest.raises(IngestError, match=r"lacks 2 of the 28 columns.*enterprise_group, net_mass"):
        inspect(file, load_profile("native"))


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    file = native_csv(tmp_path / "d.csv", [])
    file.write_text(file.read_text().replace("\n", ",importer\n"))
    with pytest.raises(IngestError, match=r"twice.*importer"):
        inspect(file, load_profile("native"))


def test_columns_that_the_profile_does_not_take_are_left_alone_and_told(workspace: Workspace) -> None:
    file = native_csv(workspace.root / "d.csv", items(1))
    lines = file.read_text().splitlines()
    file.write_text(f"note,{lines[0]},,note\nx,{lines[1]},y,z\n")
    with new_store(workspace) as store:
        report = take(store, file, percent=0)
        assert report.unused == ("note", "", "note")
        assert count(store, "declaration_item") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04....", "ZIP or Excel"),
        (b"\x1f\x8b....", "gzip"),
        (b"\xff\xfed\x00", "UTF-16"),
        (b"PAR1 cut off", "Parquet file is damaged"),
        (b"declaration\xff_id,b\n", "header line is not UTF-8"),
        (b"a,b\r1,2\r", "carriage return"),
    ],
)
def test_what_is_no_csv_is_said_plainly(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "d.csv"
    file.write_bytes(content)
    with pytest.raises(IngestError, match=words):
        inspect(file, load_profile("native"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match=r"nowhere\.csv.*No such file"):
        inspect(tmp_path / "nowhere.csv", load_profile("native"))


def test_a_header_without_rows_is_refused(workspace: Workspace) -> None:
    with new_store(workspace) as store, pytest.raises(IngestError, match="no rows"):
        take(store, native_csv(workspace.root / "d.csv", []))


@pytest.mark.parametrize("longer", [-1, 0, 1])
def test_the_longest_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, longer: int) -> None:
    """At the limit and one byte to each side, whatever the place of the line in the pieces read."""
    monkeypatch.setattr(sources, "LONGEST_LINE", 1000)
    for before in (0, 1, 500, 999, 1000, 1001):
        file = native_csv(tmp_path / "d.csv", [])
        file.write_text(file.read_text() + "y\n" * (before // 2) + "x" * (1000 + longer) + "\n" + "y\n" * 3)
        if longer > 0:
            with pytest.raises(IngestError, match=f"line {before // 2 + 2} is longer than 1000 bytes"):
                inspect(file, load_profile("native"))
        else:
            inspect(file, load_profile("native"))


def test_a_sparse_file_that_looks_like_ten_gigabytes_is_refused_at_its_first_line(tmp_path: Path) -> None:
    file = native_csv(tmp_path / "d.csv", [GOOD])
    os.truncate(file, 10 * 2**30)
    with pytest.raises(IngestError, match=f"line 3 is longer than {LONGEST_LINE} bytes"):
        inspect(file, load_profile("native"))


def test_a_file_that_changes_while_it_is_read_is_refused(workspace: Workspace) -> None:
    file = native_csv(workspace.root / "d.csv", items(2))
    source = inspect(file, load_profile("native"))
    file.write_text(file.read_text() + "x\n")
    with pytest.raises(IngestError, match="changed"):
        source.refuse_changed()


def test_an_optional_column_may_be_missing_and_is_read_where_it_is_there(workspace: Workspace) -> None:
    """Files from before clearance_hours come in as they did; what is wrong in it is told like anything else."""
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "old.csv", items(2)))
        hours = enumerate(("17", "", "1.5"))
        rows = [{**GOOD, "declaration_id": f"E{number}", "clearance_hours": each} for number, each in hours]
        report = take(store, native_csv(workspace.root / "new.csv", rows))
        kept = store.connection.execute("SELECT declaration_id, clearance_hours FROM declaration_item ORDER BY ALL")
        assert kept.fetchall() == [("D1", None), ("D2", None), ("E0", 17), ("E1", None)]
        assert [(each.column, each.rule) for each in report.broken] == [("clearance_hours", "fraction")]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ('office = { from = "office", optional = true }', "required"),
        ('carrier = { constant = "C", optional = true }', "from"),
    ],
)
def test_what_cannot_be_optional_is_refused(tmp_path: Path, column: str, words: str) -> None:
    packaged = (resources.files("publisher.store") / "profiles" / "native.toml").read_text("utf-8")
    name = column.split(" ")[0]
    text = re.sub(rf"^{name} = .*$", column, packaged, flags=re.M)
    (tmp_path / "own.toml").write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match=words):
        load_profile(str(tmp_path / "own.toml"))
