"""tau-ARGUS on the cells of one table, in a process of its own: it may crash, and is stopped when it takes too long.

The engine is given the finished table: values, contributors, costs, a status for each cell (safe or unsafe) and both
protection levels. So it decides nothing but which further cells to hide. Needs the optional extra `bench`.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from publisher.model.codelist import TOTAL, Hierarchy
from publisher.model.confidential import ConfidentialTable
from publisher.suppression.system import AdditiveSystem, Mask

RESPONSE, CONTRIBUTORS, COST, STATUS, LOWER, UPPER = "response", "contributors", "cost", "status", "lower", "upper"
SAFE, UNSAFE, SECONDARY = "S", "U", "M"
LEADER = "@"
TAIL = (RESPONSE, CONTRIBUTORS, COST, STATUS, LOWER, UPPER)  # what follows the codes in its result


@dataclass(frozen=True)
class ArgusRun:
    """What one run of the peer came to.

    suppressed   bool[cells]  primary and secondary, in the order of the table's rows; None where it gave none
    seconds      of its suppression alone, without reading or writing
    failure      why there is none
    """

    suppressed: Mask | None
    seconds: float
    failure: str | None = None


def run_argus(table: ConfidentialTable, system: AdditiveSystem, method: str, time_limit_s: float) -> ArgusRun:
    """Suppresses by a method as the engine's batch language writes it, MOD(1,...) or OPT(1,...).

    `system` must have one cell for each row of `table`, in that order.
    """
    with tempfile.TemporaryDirectory() as folder:
        _write(table, system, method, Path(folder))
        command = [sys.executable, "-m", "tests.bench.suppression_argus", folder]
        began = time.perf_counter()
        try:
            done = subprocess.run(
                command,
                cwd=folder,  # it leaves logs wherever it runs
                env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
                capture_output=True,
                text=True,
                timeout=time_limit_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return ArgusRun(None, time.perf_counter() - began, f"stopped after {time_limit_s:.0f} s")
        if done.returncode != 0:
            return ArgusRun(None, time.perf_counter() - began, _why(done))
        hidden = {tuple(codes) for codes in json.loads((Path(folder) / "hidden.json").read_text())}
        seconds = json.loads((Path(folder) / "seconds.json").read_text())
    return ArgusRun(np.array([codes in hidden for codes in _codes(table)]), seconds)


def _why(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode < 0:
        return f"crashed with signal {-done.returncode}"
    return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]


def _codes(table: ConfidentialTable) -> list[tuple[str, ...]]:
    """The codes of each row."""
    columns = [
        np.array(dimension.hierarchy.codes)[table.cells.column(dimension.column).to_numpy()].tolist()
        for dimension in table.structure.dimensions
    ]
    return list(zip(*columns, strict=True))


def _write(table: ConfidentialTable, system: AdditiveSystem, method: str, folder: Path) -> None:
    """table.tab with one line a cell, table.rda that describes it, and a file for each hierarchy."""
    status = np.where(system.upper_level > 0, UNSAFE, SAFE)
    freq = table.cells.column("contributors").to_numpy()
    columns = (system.values, freq, system.costs, status, system.lower_level, system.upper_level)
    rows = zip(_codes(table), *(column.tolist() for column in columns), strict=True)
    lines = [";".join(map(str, (*codes, *numbers))) for codes, *numbers in rows]
    (folder / "table.tab").write_text("\n".join(lines) + "\n")
    described = [' <SEPARATOR> ";"', ' <SAFE> "S"', ' <UNSAFE> "U"', ' <PROTECT> "P"']
    for dimension in table.structure.dimensions:
        described += [dimension.column, f' <RECODEABLE>\n <TOTCODE> "{TOTAL}"']
        if len(dimension.hierarchy.levels) > 2:
            file = folder / f"{dimension.column}.hrc"
            file.write_text("\n".join(_tree(dimension.hierarchy)) + "\n")
            described.append(f' <HIERARCHICAL>\n <HIERCODELIST> "{file}"\n <HIERLEADSTRING> "{LEADER}"')
    described += [f"{RESPONSE}\n <NUMERIC>\n <DECIMALS> 0", f"{CONTRIBUTORS}\n <FREQUENCY>"]
    described += [f"{COST}\n <NUMERIC> <COST>\n <DECIMALS> 0", f"{STATUS}\n <STATUS>"]
    described += [f"{LOWER}\n <NUMERIC> <LOWERPL>\n <DECIMALS> 0", f"{UPPER}\n <NUMERIC> <UPPERPL>\n <DECIMALS> 0"]
    (folder / "table.rda").write_text("\n".join(described) + "\n")
    names = "".join(f'"{name}"' for name in table.structure.columns)
    (folder / "batch.arb").write_text(
        f'<OPENTABLEDATA> "{folder / "table.tab"}"\n<OPENMETADATA> "{folder / "table.rda"}"\n'
        f'<SPECIFYTABLE> {names}|"{RESPONSE}"||"{COST}"\n<READTABLE>\n<SUPPRESS> {method}\n'
    )


def _tree(hierarchy: Hierarchy) -> list[str]:
    """One line a code below the total, in tree order, indented by its depth."""
    lines: list[str] = []

    def follow(node: int, depth: int) -> None:
        for child in hierarchy.children[node]:
            lines.append(LEADER * depth + hierarchy.codes[child])
            follow(child, depth + 1)

    follow(0, 0)
    return lines


def main(arguments: list[str]) -> None:
    """The child process, in FOLDER."""
    from pytauargus.engine import Engine

    class Timed(Engine):  # type: ignore[misc]
        def suppress(self, command: object) -> None:
            began = time.perf_counter()
            super().suppress(command)
            (folder / "seconds.json").write_text(json.dumps(time.perf_counter() - began))

    folder = Path(arguments[0])
    engine = Timed()
    engine.run_batch(folder / "batch.arb")
    engine.write_intermediate_table(0, str(folder / "result.tab"), simple=True)
    hidden = []
    for line in (folder / "result.tab").read_text().splitlines():
        fields = line.split(";")
        if fields[-3] in (UNSAFE, SECONDARY):
            hidden.append([code.strip().strip('"') for code in fields[: len(fields) - len(TAIL)]])
    (folder / "hidden.json").write_text(json.dumps(hidden))


if __name__ == "__main__":
    main(sys.argv[1:])
