"""Policy lists along the whole path: what was asked for is what readers see, and the attacker finds no way in."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from publisher.catalogue.load import load_query
from publisher.release.edition.edition import Edition
from publisher.settings import Workspace
from publisher.store.connection import Store
from publisher.store.policy import load_policy
from publisher.store.snapshot import expose, take_snapshot
from tests.lib.whole import FIRST, build, opened, small

pytestmark = pytest.mark.slow

IMPORTS = "imports_by_commodity_origin"
EXPORTS = "exports_by_commodity_destination"


def busiest(store: Store, flow: str) -> tuple[str, str]:
    """(trader, subheading) with the largest value of a flow."""
    expose(store, take_snapshot(store))
    trader = "importer" if flow == "M" else "exporter"
    row = store.connection.execute(
        f"SELECT {trader}, commodity FROM declaration"
        " WHERE flow = ? AND reference_period = ? AND procedure NOT IN ('temporary', 'transit')"
        f" GROUP BY ALL ORDER BY sum(statistical_value) DESC, {trader}, commodity LIMIT 1",
        [flow, FIRST],
    ).fetchone()
    assert row is not None
    return row


def listed(here: Workspace, store: Store, kind: str, header: str, *lines: str) -> None:
    path = here.root / f"{kind}.csv"
    path.write_text("\n".join((header, *lines)) + "\n")
    load_policy(store, kind, path, who="ann")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Edition, str, str]]:
    """An edition with requests for less detail in both flows, and rules for single cells; and the goods concerned."""
    here = small(tmp_path_factory.mktemp("policies") / "workspace")
    for name in (IMPORTS, EXPORTS):
        path = here.queries / f"{name}.toml"
        text = path.read_text()
        passive = text.replace('confidentiality = "active"', 'confidentiality = "passive"\nsliding_percent = 30')
        path.write_text(passive if name == EXPORTS else text)
        load_query(path)
    with opened(here) as store:
        importer, imported = busiest(store, "M")
        exporter, exported = busiest(store, "X")
        requests = (
            f"{importer},M,{imported},,,,no_partner",
            f"{exporter},X,{exported},,,50,dump_code",
            f"{exporter},X,,,,60,",
        )
        header = "trader,flow,commodity,valid_from,valid_to,share,treatment"
        listed(here, store, "protection_request", header, *requests)
        rules = (f"{EXPORTS},,_T/_T,freeze_shown,", f"{EXPORTS},{FIRST},01/_T,cost,50")
        listed(here, store, "cell_rule", "query,period,codes,rule,amount", *rules)
    yield build(here, FIRST), imported, exported


def shown(edition: Edition, name: str) -> dict[tuple[str, str], int | None]:
    table = pq.read_table(edition.public / "data" / f"{name}.parquet")
    columns = [table.column(column).cast("string").to_pylist() for column in ("commodity", "partner")]
    return dict(zip(zip(*columns, strict=True), table.column("statistical_value").to_pylist(), strict=True))


def test_partners_of_the_goods_are_pooled(built: tuple[Edition, str, str]) -> None:
    cells = shown(built[0], IMPORTS)
    assert {partner for goods, partner in cells if goods == built[1]} == {"_T", "_X", "QZ"}


def test_the_goods_lie_in_the_dump_code_of_their_chapter(built: tuple[Edition, str, str]) -> None:
    cells, chapter = shown(built[0], EXPORTS), built[2][:2]
    assert built[2] not in {goods for goods, _ in cells}
    assert (f"{chapter}9999", "_T") in cells
    assert cells["_T", "_T"] is not None


def test_the_codelists_name_the_pooled_codes(built: tuple[Edition, str, str]) -> None:
    folder: Path = built[0].public / "metadata" / "codelists"
    assert '\nQZ,"Country not shown, to protect companies",country,_X\n' in (folder / "COUNTRY.csv").read_text(
        "utf-8"
    )
    assert f"\n{built[2][:2]}9999," in (folder / "HS.csv").read_text("utf-8")


def test_nothing_public_tells_the_rules(built: tuple[Edition, str, str]) -> None:
    words = ("sliding_percent", "freeze_shown", "cell_rule", "no_partner", "dump_code", "protection_request")
    for path in built[0].public.rglob("*"):
        if path.is_file() and path.suffix in (".json", ".html", ".csv", ".js"):
            text = path.read_text("utf-8")
            assert not [word for word in words if word in text], path.name
