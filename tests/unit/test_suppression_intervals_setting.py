"""`intervals` in a query's [protection]."""

from pathlib import Path

import pytest

from publisher.catalogue.load import load_query
from publisher.errors import CatalogueError
from tests.unit.test_catalogue_query_file import EXACT, written


def with_setting(folder: Path, line: str) -> Path:
    return written(folder, EXACT.replace('method = "suppression"', f'method = "suppression"\n{line}'))


@pytest.mark.parametrize(
    ("line", "choice"), [("", "auto"), *((f'intervals = "{each}"', each) for each in ("auto", "exact", "quick"))]
)
def test_is_read(tmp_path: Path, line: str, choice: str) -> None:
    assert load_query(with_setting(tmp_path, line)).protection.intervals == choice


def test_another_word_is_refused_with_those_allowed(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="intervals") as refused:
        load_query(with_setting(tmp_path, 'intervals = "tight"'))
    (fault,) = refused.value.faults
    assert all(word in str(fault) for word in ("auto", "exact", "quick"))
