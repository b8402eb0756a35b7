"""A trader asks for no quantity, then takes the request back: along the whole path, through files alone."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from publisher.release.edition.edition import Edition
from publisher.settings import Workspace
from publisher.store.connection import Store
from publisher.store.policy import load_policy
from tests.lib.whole import FIRST, SERIES, approve_and_publish, ask_for_correction, build, opened, small
from tests.unit.test_pipeline_policies import EXPORTS, busiest, listed

pytestmark = pytest.mark.slow

OTHER = "imports_by_office_mode"
HEADER = "trader,flow,commodity,valid_from,valid_to,share,treatment"


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Edition, Edition]:
    """The first with the request, the second of the same month without it. Two tables, none of them noisy."""
    here: Workspace = small(tmp_path_factory.mktemp("quantities") / "workspace")
    plan = here.releases / SERIES / "plan.toml"
    head, rest = plan.read_text().split("queries = [")
    plan.write_text(f'{head}queries = ["{EXPORTS}", "{OTHER}"]' + rest.split("]", 1)[1])
    path = here.queries / f"{EXPORTS}.toml"
    path.write_text(path.read_text().replace('confidentiality = "active"', 'confidentiality = "passive"'))
    with opened(here) as store:
        trader, _ = busiest(store, "X")
        listed(here, store, "protection_request", HEADER, f"{trader},X,,,,30,no_quantity")
    first = build(here, FIRST)
    approve_and_publish(first)
    with opened(here) as store:
        taken_back(here, store)
    ask_for_correction(here, FIRST)
    return first, build(here, FIRST)


def taken_back(here: Workspace, store: Store) -> None:
    path = here.root / "none.csv"
    path.write_text(HEADER + "\n")
    load_policy(store, "protection_request", path, who="ann")


def columns(edition: Edition) -> dict[str, list[object]]:
    return pq.read_table(edition.public / "data" / f"{EXPORTS}.parquet").to_pydict()


def test_values_are_shown_and_masses_hidden(editions: tuple[Edition, Edition]) -> None:
    cells = columns(editions[0])
    assert None not in cells["statistical_value"]
    assert set(cells["obs_status"]) == {"A"}
    hidden = [mass is None for mass in cells["net_mass"]]
    assert 1 < sum(hidden) < len(hidden)
    assert [status == "Q" for status in cells["net_mass_obs_status"]] == hidden


def test_no_other_table_has_a_status_of_its_own(editions: tuple[Edition, Edition]) -> None:
    for path in (editions[0].public / "data").glob("*.parquet"):
        names = [name for name in pq.read_schema(path).names if name.endswith("obs_status")]
        assert names == (["obs_status", "net_mass_obs_status"] if path.stem == EXPORTS else ["obs_status"])


def test_pages_say_so(editions: tuple[Edition, Edition]) -> None:
    public: Path = editions[0].public
    assert 'id="one-figure"' in (public / "methodology.html").read_text("utf-8")
    page = (public / "tables" / f"{EXPORTS}.html").read_text("utf-8")
    assert "Sometimes hidden in a cell whose other figures are shown: Net mass." in page
    assert 'cells["obs_status"]' in (public / "dataset.html").read_text("utf-8").replace("&#34;", '"')
    for path in public.rglob("*"):
        if path.suffix in (".json", ".html", ".csv", ".js"):
            assert "no_quantity" not in path.read_text("utf-8"), path.name


def test_what_was_hidden_stays_hidden_when_the_request_ends(editions: tuple[Edition, Edition]) -> None:
    first, second = (columns(edition) for edition in editions)
    assert first["net_mass"] == second["net_mass"]
    assert first["statistical_value"] == second["statistical_value"]
