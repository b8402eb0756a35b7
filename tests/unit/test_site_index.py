"""index.json: what scripts find on the site is there, and is what the editions' manifests say."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from publisher.publication import write_site
from publisher.publication.site.index import FORMAT
from tests.lib.protected_samples import PLAN
from tests.lib.published_site import OFFICE, copied_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    copied_site(folder)
    return folder


@pytest.fixture(scope="module")
def index(site: Path) -> Any:
    return json.loads((site / "index.json").read_text("utf-8"))


def test_every_file_that_it_names_is_there_with_size_and_digest(site: Path, index: Any) -> None:
    files = [*index["cumulative"], *(file for edition in index["editions"] for file in edition["files"])]
    assert len(files) > 30
    for file in files:
        content = (site / file["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])


def test_status_and_versions_are_those_of_the_log(index: Any) -> None:
    assert index["format"] == FORMAT
    seen = {
        (e["period"], e["version"]): (e["status"], e["superseded_by"], bool(e["files"])) for e in index["editions"]
    }
    assert seen == {
        ("2020-12", 1): ("withdrawn", None, False),
        ("2021-02", 1): ("superseded", 2, True),
        ("2021-02", 2): ("current", None, True),
        ("2021-03", 1): ("current", None, True),
    }
    (series,) = index["series"]
    current = {period["period"]: (period["edition"], period["versions"]) for period in series["periods"]}
    assert current == {
        "2020-12": (None, [1]),
        "2021-02": (f"releases/{PLAN.id}/2021-02/v2", [1, 2]),
        "2021-03": (f"releases/{PLAN.id}/2021-03/v1", [1]),
    }


def test_tables_and_links_lead_to_files(site: Path, index: Any) -> None:
    assert [table["id"] for table in index["tables"]] == list(PLAN.queries)
    for table in index["tables"]:
        assert (site / table["page"]).is_file()
        assert all((site / path).is_file() for path in (*table["latest"].values(), *table["codelists"].values()))
    ours = {name: path for name, path in index["links"].items() if name != "editions"}  # release writes that one
    assert all((site / path).is_file() for path in ours.values())


def test_a_site_without_editions_has_an_index_too(tmp_path: Path) -> None:
    write_site(tmp_path, (), OFFICE, {PLAN.id: PLAN})
    index = json.loads((tmp_path / "index.json").read_text("utf-8"))
    assert (index["editions"], index["tables"], index["cumulative"], index["updated"]) == ([], [], [], None)
    assert [series["id"] for series in index["series"]] == [PLAN.id]
