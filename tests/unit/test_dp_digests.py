"""What names the measurements that lie sealed stays as it is, whatever new options a query can have."""

from pathlib import Path

import pytest

from publisher.catalogue.canonical import public_digest
from publisher.catalogue.load import load_queries
from publisher.dp.keys import key_set_digest
from publisher.settings import Workspace
from tests.lib.noise import noisy_query
from tests.lib.tables import ITEMS, TRADERS

# id -> (measurement digest, digest of the key set), recorded before a query could say how levels are measured
RECORDED = {
    "declarations_by_office_mode": (
        "5c4af31548a297ce6f8da9c1b35ea6b54956528795006b2c1b036c20ea7e059c",
        "45061dfecb234553394800f7478c62c917e284153ec31fc3c0847423d56f71ae",
    ),
    "export_licences_by_category_destination": (
        "335b686b31041c5173540bf5282038c39e446d91411563821a28c39773cf1711",
        "d69e6b6a0c2631648ac36d574adf7ddaf60ea076d7c3ada57a1609ada5530bfa",
    ),
    "inspections_by_chapter_region": (
        "6d2d3cedabd548feb1497a1422689cd80d9d5e9d200a23f264aa5a0dd1088094",
        "5cbf4c819a4df9b640734dc815f38a18a358900c025af33629a5be0b61e992c3",
    ),
    "traders_by_chapter_region": (
        "d233f3402aa9a947fa19f83b107e6d3f7047d285671f274d9f550358dfa655c4",
        "14c886cb4bd00107311c9ad10de2fd0e220d6704d33cb12b58f2524b22abdfd7",
    ),
}
PUBLIC = "56803f5bcab923c4ec651c5d0307b82b09a39c68fee5f9bf05ff1120c642637a"


@pytest.mark.parametrize("id", RECORDED)
def test_a_shipped_query_keeps_the_names_of_its_measurements(id: str) -> None:
    query = load_queries(Workspace(Path(__file__).parents[2]))[id]
    assert (query.measurement_digest, key_set_digest(query.structure)) == RECORDED[id]


def test_the_public_digest_of_a_query_without_new_options_stays() -> None:
    query = noisy_query(measures=(ITEMS, TRADERS))
    assert public_digest(query.structure, query.protection) == PUBLIC
