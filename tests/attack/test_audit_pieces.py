"""What the script of a table's page loads has no number, row or order of its own: the CSV file says all of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publisher.audit.edition import read_edition
from publisher.publication import write_edition
from publisher.publication.script import call
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, three_tables

QUERY = "imports_by_chapter_origin"
VALUE = "statistical_value"
SHARD, FIRST = "0.js", "first.js"
Piece = dict[str, Any]


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


def file(public: Path, name: str) -> Path:
    return public / f"tables/{QUERY}.{name}"


def change(public: Path, name: str, edit: Callable[[Piece], object]) -> None:
    path = file(public, name)
    text = path.read_text("utf-8")
    piece = json.loads(text[text.index("{") : text.rindex(");")])
    before = json.dumps(piece)
    edit(piece)
    assert json.dumps(piece) != before
    path.write_bytes(call("publisherShard", QUERY, 0 if name == SHARD else "first", piece))


def a_hidden_number(piece: Piece) -> None:
    """A short one, in a row that is not shown."""
    values = piece["values"][VALUE].split(";")
    values[piece["status"].index("Q")] = "77"
    piece["values"][VALUE] = ";".join(values)


def another_range(piece: Piece) -> None:
    at, lower, upper = piece["ranges"][VALUE]
    piece["ranges"][VALUE] = [at, lower, f"77{upper}"]


def another_code(piece: Piece) -> None:
    """Of the last row."""
    before, _, step = piece["dims"]["partner"].rpartition(";")
    piece["dims"]["partner"] = f"{before};{int(step or 0) - 1}"


def another_status(piece: Piece) -> None:
    piece["status"] = piece["status"].replace("Q", "A", 1)


PLANTS = (a_hidden_number, another_range, another_code, another_status)


def test_pieces_as_they_are_written_have_no_fault(public: Path) -> None:
    assert file(public, SHARD).exists() and file(public, FIRST).exists()
    assert found(public) == []


@pytest.mark.parametrize("name", [SHARD, FIRST])
@pytest.mark.parametrize("plant", PLANTS)
def test_what_the_csv_file_does_not_say_is_found(public: Path, name: str, plant: Callable[[Piece], None]) -> None:
    change(public, name, plant)
    ((place, problem),) = found(public)
    assert place == f"tables/{QUERY}.{name}"
    assert "CSV file" in problem


def hidden_ones_by_size(piece: Piece) -> None:
    """Two hidden rows change places at the end of an order, as their numbers might have it."""
    up, down = piece["orders"][VALUE]
    rows = up.split(";")
    piece["orders"][VALUE] = [";".join([*rows[:-2], rows[-1], rows[-2]]), down]


def one_row_less(piece: Piece) -> None:
    piece["orders"][VALUE] = [piece["orders"][VALUE][0].rpartition(";")[0], piece["orders"][VALUE][1]]


def one_order_less(piece: Piece) -> None:
    del piece["orders"][VALUE]


def an_order_of_something_else(piece: Piece) -> None:
    piece["orders"]["truth"] = piece["orders"][VALUE]


@pytest.mark.parametrize("plant", [hidden_ones_by_size, one_row_less, one_order_less, an_order_of_something_else])
def test_an_order_that_does_not_follow_is_found(public: Path, plant: Callable[[Piece], None]) -> None:
    change(public, FIRST, plant)
    assert found(public) == [(f"tables/{QUERY}.first.js", "has an order that does not follow from the CSV file")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"status":"', '"note":"77","status":"'),
        ('"dims":{', '"dims":{"truth":"77",'),
        ('"status":"', '"status":"77","status":"'),  # a program reads the last of two
        (");\n", ");/* 77 */\n"),
        ("publisherShard", "/* 77 */publisherShard"),
        ('"dims":{"commodity":";', '"dims":{"commodity":"0;'),  # another way to write the same
        ('"first",', '"first", '),
    ],
)
def test_anything_beside_the_cells_is_found(public: Path, old: str, new: str) -> None:
    name = FIRST
    text = file(public, name).read_text("utf-8")
    assert old in text
    file(public, name).write_text(text.replace(old, new, 1), "utf-8")
    ((place, problem),) = found(public)
    assert (place, problem.partition(" (")[0]) == (f"tables/{QUERY}.{name}", "cannot be read")


def test_a_piece_too_few_or_too_many_is_found(public: Path) -> None:
    shutil.copy(file(public, SHARD), file(public, "7.js"))
    shutil.copy(file(public, SHARD), file(public, "more.js"))
    assert [place for place, _ in found(public)] == [f"tables/{QUERY}.7.js", f"tables/{QUERY}.more.js"]
    for name in ("7.js", "more.js", SHARD):
        file(public, name).unlink()
    assert [place for place, _ in found(public)] == [f"tables/{QUERY}.0.js"]


@pytest.mark.parametrize("name", [SHARD, FIRST, "codes.js"])
def test_a_broken_piece_is_a_finding_and_no_crash(public: Path, name: str) -> None:
    file(public, name).write_bytes(b'publisherShard("\xff\xfe')
    assert [place for place, _ in found(public)] == [f"tables/{QUERY}.{name}"]
