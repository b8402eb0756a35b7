"""The bench of a site: one object with all stages; two processes write what one writes."""

import json
from pathlib import Path

from tests.bench.site import PLAN, invented_table, queries, run, write_editions
from tests.lib.twins import digests


def test_all_stages_are_told(tmp_path: Path) -> None:
    report = run(tmp_path, months=2, tables=2, rows=400, processes=1)
    assert json.loads(json.dumps(report)) == report
    assert report["rows"] == 400
    assert set(report["seconds"]) == {"editions", "site", "new_edition", "site_again"}  # type: ignore[call-overload]
    assert len(list((tmp_path / "releases" / PLAN.id).glob("20*/v1/manifest.json"))) == 3


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    tables = [invented_table(100, query=name) for name in queries(1)]
    for processes in (1, 2):
        write_editions(tmp_path / str(processes), PLAN, tables, range(2), processes)
    assert digests(tmp_path / "1") == digests(tmp_path / "2")
