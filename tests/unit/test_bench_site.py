"""The bench of a site: one object with all stages; two processes write what one writes."""

import json
from pathlib import Path

from tests.bench.site import invented, run, write_editions
from tests.bench.stages import Stages
from tests.lib.protected_samples import COMMODITY, PLAN, REGION
from tests.lib.twins import digests


def test_all_stages_are_told(tmp_path: Path) -> None:
    report = run(tmp_path, *invented(3, 600, COMMODITY, REGION), 2, 1, Stages())
    assert json.loads(json.dumps(report)) == report
    assert report["months"] == 2
    first, again = ("editions", "prepare", "render"), ("new_edition", "prepare_again", "render_again")
    assert list(report["seconds"]) == [*first, *again]  # type: ignore[call-overload]
    assert len(list((tmp_path / "releases" / PLAN.id).glob("20*/v1/manifest.json"))) == 3


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    plan, tables = invented(2, 200, COMMODITY, REGION)
    for processes in (1, 2):
        write_editions(tmp_path / str(processes), plan, tables, range(2), processes)
    assert digests(tmp_path / "1") == digests(tmp_path / "2")
