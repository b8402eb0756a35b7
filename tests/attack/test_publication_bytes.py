"""The audit's byte scan over a whole site: no hidden number, trader or canary is in any file around the editions.

In production the scan reads editions, and the site is made of editions alone. Here it reads everything.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from publisher.audit.artifacts import Artifact, artifacts, texts, views
from publisher.audit.audit import _blocks, _public_numbers
from publisher.audit.byte_scan import HiddenNumbers, scan
from publisher.audit.edition import read_edition
from publisher.audit.numbers import numbers
from publisher.audit.secrets import Secrets
from publisher.model.audit_report import Finding
from publisher.publication.cells.check import cumulative_problems
from tests.lib.protected_samples import PLAN
from tests.lib.published_site import RELEASE
from tests.lib.site_parts import absent_parts
from tests.lib.tables import ACTIVE, PERIOD
from tests.lib.twins import World, declarations, write_world

CANARY = "KANARIENVOGEL"
BASE = [{**one, "importer": f"{CANARY}{one['importer']}"} for one in declarations()]
SECRETS = Secrets(sorted({str(one["importer"]) for one in BASE}), (CANARY,))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return write_world(tmp_path_factory.mktemp("bytes") / "site", BASE)


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    """A copy, for a test that plants something."""
    return replace(made, folder=Path(shutil.copytree(made.folder, tmp_path / "site")))


def known(world: World) -> tuple[HiddenNumbers, frozenset[str]]:
    """What both versions hide and neither shows, and all words that are public."""
    hidden: dict[str, tuple[str, ...]] = {}
    published: set[str] = set()
    explained: set[str] = set()
    for number, truth in enumerate(world.confidential, start=1):
        read = read_edition("v", world.folder / "releases" / PLAN.id / PERIOD / f"v{number}")
        blocks, faults = _blocks(read, [(truth, ACTIVE)], trusted=True)
        assert not faults
        numbers, words = _public_numbers(read, blocks, [(truth, ACTIVE)])
        hidden |= numbers.hidden
        published |= numbers.published
        explained |= words
    return HiddenNumbers(hidden, frozenset(published)), frozenset(explained)


def found(world: World) -> Sequence[Finding]:
    return scan(world.folder, SECRETS, *known(world)).findings


def test_the_whole_site_holds_nothing_hidden(world: World) -> None:
    assert absent_parts(world.folder) == []
    assert len(known(world)[0].hidden) > 100
    assert found(world) == []


def test_an_edition_holds_no_number_but_figures_codes_and_sizes(spoken_site: Path) -> None:
    """The colour #234258, or the size "480 224" of a picture, may be a hidden value too: in a month of the Korean
    sample 435 of the 900,000 numbers of six digits are one, and a correct release would be refused. No measure has
    more than three decimals."""
    public = spoken_site / RELEASE
    read = read_edition("v", public)
    known, _ = _public_numbers(read, [], [])
    names = {
        line for path in (public / "metadata" / "codelists").iterdir() for line in numbers(path.read_text("utf-8"))
    }
    sizes = {str(path.stat().st_size) for path in public.rglob("*") if path.is_file()}
    met = {
        number
        for artifact in artifacts(public)
        if isinstance(artifact, Artifact)
        for view in views(artifact)
        if view.numbers
        for text in texts(view.data)
        for number in numbers(text)
        if len(number.partition(".")[2]) <= 3
    }
    assert met - known.published - names - sizes == set()


@pytest.mark.parametrize(
    "name", ["index.json", "search-index.js", "fr/index.html", "commodities/01.html", "partners/charts/DE.svg"]
)
def test_a_hidden_number_anywhere_is_found(world: World, name: str) -> None:
    numbers, _ = known(world)
    number = next(form for form in numbers.hidden if form not in numbers.published and len(form) > 7)
    (world.folder / name).parent.mkdir(parents=True, exist_ok=True)
    (world.folder / name).write_text(f'<text x="12.5">{number}</text>')
    (finding,) = found(world)
    assert (finding.place, finding.problem) == (name, "holds the value of a hidden cell")


def test_a_trader_anywhere_is_found(world: World) -> None:
    (world.folder / "search.json").write_text(json.dumps([str(BASE[0]["importer"])]))
    problems = [finding.problem for finding in found(world)]
    assert "holds a planted canary" in problems
    assert any("identifier" in problem for problem in problems)


def test_a_hidden_number_in_a_cumulative_file_is_found(world: World) -> None:
    """Numbers in a Parquet file are no text: its rows are held against those of the editions."""
    file, names = "data/monthly_trade/imports.parquet", ("monthly_trade/2020-12/v1", "monthly_trade/2021-01/v2")
    assert cumulative_problems(world.folder, names) == ()
    rows = pq.read_table(world.folder / file)
    place = rows.column_names.index("statistical_value")
    hidden = next(row for row in range(len(rows)) if rows["statistical_value"][row].as_py() is None)
    true = 123_456_789  # whatever it is
    values = [true if row == hidden else value for row, value in enumerate(rows["statistical_value"].to_pylist())]
    told = rows.set_column(place, rows.schema.field(place), pa.array(values, rows.schema.field(place).type))
    pq.write_table(told, world.folder / file)
    assert {problem.place for problem in cumulative_problems(world.folder, names)} == {
        "data/monthly_trade/imports.parquet"
    }
