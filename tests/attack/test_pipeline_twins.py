"""Two stores of one office that differ in hidden cells alone: the sealed editions are the same, manifest and all.

tests/attack/test_publication_twins.py compares sites made from tables. This one goes through the real thing:
declarations taken in, a snapshot, protection, audit, manifest and signature, in two workspaces with the same keys.
"""

import shutil
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from publisher.ledger.ledger import open_ledger
from publisher.release.edition.edition import Edition
from publisher.settings import Workspace
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from publisher.synth.declarations import synthesise
from tests.lib.twins import digests
from tests.lib.whole import FIRST, PREPARER, build, filled, opened, plan_only

QUERY = "imports_by_office_mode"
Leaf = tuple[str, str]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """People, keys, an empty store and an empty ledger (whose first line is random); one exact query."""
    here = filled(tmp_path_factory.mktemp("office") / "workspace", [], "native")
    plan_only(here, [QUERY])
    with opened(here) as store, open_ledger(here.ledger, store.seal_key):
        return here


@pytest.fixture(scope="module")
def declarations(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    path = tmp_path_factory.mktemp("declarations") / "d.parquet"
    synthesise(path, rows=1_500, seed=3, first_period=FIRST, periods=1)
    return pq.read_table(path)


def sealed(office: Workspace, folder: Path, held: pa.Table) -> Edition:
    """The edition of an office that was given these declarations."""
    here = Workspace(Path(shutil.copytree(office.root, folder, symlinks=True)))
    pq.write_table(held, here.private / "declarations.parquet")
    with opened(here) as store:
        ingest(store, [here.private / "declarations.parquet"], load_profile("native"), who=PREPARER)
    return build(here, FIRST)


def hidden_leaves(edition: Edition) -> set[Leaf]:
    rows = pq.read_table(edition.public / "data" / f"{QUERY}.parquet").to_pylist()
    hidden = [row for row in rows if row["obs_status"] == "Q"]
    return {
        (row["office"], row["transport_mode"]) for row in hidden if "_T" not in (row["office"], row["transport_mode"])
    }


def rectangle(leaves: set[Leaf]) -> list[Leaf]:
    """Two offices by two modes, all four hidden."""
    pairs = (
        (one, other) for one, other in combinations(sorted(leaves), 2) if one[0] < other[0] and one[1] < other[1]
    )
    corners = ([one, (one[0], other[1]), (other[0], one[1]), other] for one, other in pairs)
    return next(four for four in corners if leaves.issuperset(four))


def moved(held: pa.Table, corners: list[Leaf]) -> pa.Table:
    """A tenth of the smallest of four declarations, in value and in mass, round the rectangle."""
    columns = {name: held.column(name).to_pylist() for name in ("statistical_value", "net_mass")}
    places = [first_place(held, leaf) for leaf in corners]
    for values in columns.values():
        amount = min(values[place] for place in places) // 10
        assert amount > 0
        for place, sign in zip(places, (1, -1, -1, 1), strict=True):
            values[place] += sign * amount
    for name, values in columns.items():
        field = held.schema.field(name)
        held = held.set_column(held.schema.get_field_index(name), field, pa.array(values, field.type))
    return held


def first_place(held: pa.Table, leaf: Leaf) -> int:
    here = pc.and_(pc.equal(held["office"], leaf[0]), pc.equal(held["transport_mode"], leaf[1]))
    counted = pc.and_(pc.equal(held["flow"], "M"), pc.is_in(held["procedure"], pa.array(["home_use", "processing"])))
    return int(pc.index(pc.and_(here, counted), True).as_py())


def test_twin_offices_seal_the_same_edition(office: Workspace, declarations: pa.Table, tmp_path: Path) -> None:
    edition = sealed(office, tmp_path / "one", declarations)
    corners = rectangle(hidden_leaves(edition))
    twin = sealed(office, tmp_path / "other", moved(declarations, corners))
    assert not moved(declarations, corners).equals(declarations)
    assert digests(edition.public).keys() >= {"manifest.json", "manifest.sig", f"data/{QUERY}.csv"}
    assert digests(edition.public) == digests(twin.public)


def test_a_shown_cell_that_differs_shows(office: Workspace, declarations: pa.Table, tmp_path: Path) -> None:
    """The measure itself: a number moved between two cells that are not all hidden."""
    edition = sealed(office, tmp_path / "one", declarations)
    largest = [("20", "1"), ("20", "4"), ("40", "1"), ("40", "4")]
    assert not hidden_leaves(edition).issuperset(largest)
    twin = sealed(office, tmp_path / "other", moved(declarations, largest))
    assert digests(edition.public)[f"data/{QUERY}.csv"] != digests(twin.public)[f"data/{QUERY}.csv"]
