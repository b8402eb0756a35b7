"""The same table by Tumult Analytics and by plain OpenDP (Polars), each run by a Python of its own.

Task: importers by chapter x origin on the Korean sample, every combination of codes a key, one importer the privacy
unit, rho = 1/10 in zCDP; numbers clamped at 0 as the baseline's are. The peers get the distinct (importer, chapter,
origin), so that counting rows counts traders, and keep at most 9 of an importer's rows: a vector of 9 ones has the L2
norm 3, the clip of our cells.

Seconds: `first` from reading the file to the table, imports and the start of Spark not counted; `later` the query
once more in the same process.

Each peer pins other libraries than this program, so each has an environment of its own, and is skipped without one:

    python -m venv tumult && tumult/bin/pip install tmlt.analytics==0.21.0     # and Java 11 or 17
    python -m venv opendp && opendp/bin/pip install 'opendp[polars]==0.16.0'
    python -m tests.bench.privacy accuracy --tumult-python tumult/bin/python --opendp-python opendp/bin/python
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.privacy_traders import RHO, Traders, rmse

BOUND = 9
RUNS = 3
LIMIT_SECONDS = 1800
SCRIPTS = {"tumult": "peer_tumult.py", "opendp": "peer_opendp.py"}


@dataclass(frozen=True)
class Peers:
    """The Pythons of the peers' environments; None: not asked for."""

    tumult: Path | None = None
    opendp: Path | None = None


def peers(traders: Traders, asked: Peers) -> list[dict[str, Any]]:
    """One row a peer and way to bound contributions; in words where a peer is not given or fails."""
    with tempfile.TemporaryDirectory() as folder:
        pairs = Path(folder) / "pairs.csv"
        traders.connection.execute(
            f"COPY (SELECT DISTINCT importer, commodity, partner FROM declaration ORDER BY ALL) TO '{pairs}' (HEADER)"
        )
        return [
            row
            for name, python in (("tumult", asked.tumult), ("opendp", asked.opendp))
            for row in _rows(traders, name, python, pairs)
        ]


def _rows(traders: Traders, name: str, python: Path | None, pairs: Path) -> Iterator[dict[str, Any]]:
    if python is None:
        yield {"peer": name, "skipped": f"no --{name}-python was given"}
        return
    script = Path(__file__).with_name(SCRIPTS[name])
    command = [str(python.absolute()), str(script), str(pairs), str(float(RHO)), str(BOUND), str(RUNS)]
    # Spark writes the data into tables below where it runs: they go with the folder
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS, cwd=pairs.parent
    )
    if ended.returncode:
        lines = ended.stderr.strip().splitlines() or ["no words"]
        yield {"peer": name, "skipped": f"it failed: {lines[-1]}"}
        return
    found = json.loads(ended.stdout.strip().splitlines()[-1])
    for way in found["ways"]:
        errors = [rmse(_clamped(traders, table), traders.true) for table in way["tables"]]
        yield {
            "peer": f"{name} {found['version']}",
            "bound": way["bound"],
            "rmse": round(float(np.mean(errors)), 3),
            "standard_error": round(float(np.std(errors, ddof=1)) / len(errors) ** 0.5, 3),
            "runs": len(errors),
            "first_seconds": round(way["seconds"][0], 1),
            "later_seconds": round(min(way["seconds"][1:]), 1),
            "start_seconds": round(found["start_seconds"], 1),
        }


def _clamped(traders: Traders, table: list[list[Any]]) -> np.ndarray[Any, Any]:
    """[[chapter, origin, number], ...], every key once -> (chapters, origins)"""
    goods, lands = (dimension.hierarchy.node for dimension in traders.table.dimensions)
    cells = np.full(traders.true.shape, np.nan)
    for chapter, origin, number in table:
        cells[goods[chapter] - 1, lands[origin] - 1] = max(number, 0)
    if np.isnan(cells).any():
        raise ValueError("a peer left out keys")
    return cells
