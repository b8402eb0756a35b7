"""What stops a build: a full disk, a failed audit, a shown cell. Nothing is sealed, nothing is drawn twice."""

import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from publisher import pipeline
from publisher.errors import AuditFailedError, PublisherError, ReleaseError
from publisher.ledger.ledger import open_ledger
from publisher.model.protected import ProtectedTable
from publisher.settings import Workspace
from publisher.suppression.protect import Protection
from tests.lib.whole import FIRST, SERIES, TWO, build, opened, small


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    return small(tmp_path / "workspace", TWO)


def nothing_sealed(here: Workspace) -> bool:
    return not list((here.releases / SERIES).rglob("v*")) and not here.site.exists()


def test_a_full_disk_while_writing(here: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says so; the spends made before it are found again by the next build, which draws nothing."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "write_edition", full)
        with pytest.raises(ReleaseError, match="disk is full"):
            build(here, FIRST)
    assert nothing_sealed(here)
    with opened(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        before = ledger.charges()
    assert build(here, FIRST).version == 1
    with opened(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        assert ledger.charges() == before


def showing_one(tables: tuple[ProtectedTable, ...], exact: pipeline.Exact) -> tuple[ProtectedTable, ...]:
    """The protected tables with the first hidden cell of the largest one shown."""
    place = int(np.argmax([len(table.cells) for table in tables]))
    table, true = tables[place], exact[place][0].cells
    names = list(table.structure.columns)
    rows = {tuple(row[name] for name in names): row for row in true.to_pylist()}
    cells = table.cells.to_pylist()
    shown = next(row for row in cells if row["obs_status"] == "Q")
    truth = rows[tuple(shown[name] for name in names)]
    for measure in table.structure.measures:
        shown[measure.id] = truth[measure.id]
        shown[f"{measure.id}_lower"] = shown[f"{measure.id}_upper"] = None
    shown["obs_status"], shown["conf_status"] = "A", "F"
    changed = pa.Table.from_pylist(cells, schema=table.cells.schema)
    leaky = ProtectedTable(table.structure, table.time_period, table.snapshot, "suppression", changed)
    return (*tables[:place], leaky, *tables[place + 1 :])


def show_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a gate in the place of the real one that shows a cell it should not."""
    hide = pipeline.hide_cells

    def leak(exact: pipeline.Exact, **more: Any) -> Protection:
        protection = hide(exact, **more)
        return replace(protection, tables=showing_one(protection.tables, list(exact)))

    monkeypatch.setattr(pipeline, "hide_cells", leak)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, PublisherError]:
    """A workspace whose build would have shown one cell too many, and what stopped it."""
    here = small(tmp_path_factory.mktemp("stopped") / "workspace", TWO)
    with pytest.MonkeyPatch.context() as patched, pytest.raises(PublisherError) as failed:
        show_one(patched)
        build(here, FIRST)
    return here, failed.value


def test_one_shown_cell_that_should_be_hidden_stops_the_release(stopped: tuple[Workspace, PublisherError]) -> None:
    here, failed = stopped
    assert isinstance(failed, AuditFailedError) and failed.exit_code == 8
    assert nothing_sealed(here)


def test_an_error_never_holds_a_trader(stopped: tuple[Workspace, PublisherError]) -> None:
    """The failed audit's message and report, searched for every trader of the store."""
    here, failed = stopped
    report = next((here.releases / SERIES).rglob("audit.json")).read_text()
    with opened(here) as store:
        traders = store.connection.execute(
            "SELECT DISTINCT unnest([importer, exporter, enterprise_group]) FROM declaration_item"
        ).fetchall()
    names = [name for (name,) in traders if name]
    assert len(names) > 50
    assert not [name for name in names if name in report or name in str(failed)]
