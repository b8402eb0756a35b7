"""One edition of three tables (cells hidden, noise added, empty), written once for all readers."""

from pathlib import Path

import pytest

from publisher.publication import write_edition
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, three_tables

IMPORTS, TRADERS, EXPORTS = "imports_by_chapter_origin", "traders_by_chapter_region", "exports_by_chapter_destination"
QUERIES = (IMPORTS, TRADERS, EXPORTS)


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readers") / "public"
    write_edition(folder, PLAN, PERIOD, 1, three_tables(), Office())
    return folder
