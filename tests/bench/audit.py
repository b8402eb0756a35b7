"""How long the attack on one edition takes: python -m tests.bench.audit [--rows N] [--insiders SCOPE].

Synthesises declarations, builds one edition in a temporary workspace as `publisher demo` does,
and times the audit of its written files alone. Prints one JSON object as its last line; a failed audit counts too.
"""

import argparse
import json
import resource
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import publisher.pipeline
from publisher.audit.audit import audit
from publisher.cli import demo
from publisher.errors import AuditFailedError
from publisher.model.audit_report import AuditReport
from publisher.model.progress import NO_PROGRESS
from publisher.settings import load_settings
from publisher.store.connection import create_store
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from publisher.synth.declarations import synthesise


class Stopwatch:
    """Stands in for audit() and keeps what it took, what it said and the longest wait for a word of progress."""

    def __init__(self, insiders: str) -> None:
        self.insiders = insiders
        self.seconds = self.silence = self._heard = 0.0
        self.report: AuditReport | None = None

    def __call__(self, *given: Any, **options: Any) -> AuditReport:
        began = self._heard = time.perf_counter()
        self.report = audit(*given, **options | {"insiders": self.insiders, "progress": self._hear})
        self._hear("", 1, 1)
        self.seconds = self._heard - began
        return self.report

    def _hear(self, stage: str, done: int, total: int) -> None:
        now = time.perf_counter()
        self.silence, self._heard = max(self.silence, now - self._heard), now


def main(arguments: list[str]) -> None:
    options = _options(arguments)
    watch = Stopwatch(options.insiders)
    with tempfile.TemporaryDirectory() as folder, patch.object(publisher.pipeline, "audit", watch):
        _build(Path(folder) / "workspace", options.rows)
    assert watch.report is not None
    covered = dict(watch.report.measured)
    result = {
        "rows": options.rows,
        "insiders": options.insiders,
        "seconds": round(watch.seconds, 2),
        "longest_silence": round(watch.silence, 2),
        "hidden_cells": covered["hidden_cells"],
        "primaries": covered.get("primaries", 0),
        "programs": covered.get("lp_bounds", 0) + covered.get("insider_lps", 0),
        "sample": covered.get("sample", 0),
        "sample_programs": covered.get("sample_programs", 0),
        "under_protected": watch.report.under_protected,
        "findings": len(watch.report.findings),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(result))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.audit", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="declarations in 15 months")
    parser.add_argument("--insiders", choices=("primaries", "singletons", "off"), default="primaries")
    return parser.parse_args(arguments)


def _build(folder: Path, rows: int) -> None:
    here, passphrase = demo.fresh_workspace(folder), secrets.token_urlsafe(24)
    demo.write_key(here, passphrase)
    source = here.private / "synthetic.parquet"
    synthesise(source, rows=rows, seed=1, first_period=demo.FIRST_PERIOD, periods=demo.PERIODS)
    demo.people(here, passphrase)
    with create_store(here, passphrase, load_settings(here)) as store:
        ingest(store, [source], load_profile("native"), who=demo.PREPARER)
        try:
            demo.release(store, demo.PUBLISHED[0], passphrase, NO_PROGRESS)
        except AuditFailedError as failed:
            print(failed, file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
