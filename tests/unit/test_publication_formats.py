"""Files for researchers: checksums, and what every format has in common."""

import csv
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from publisher.model.protected import ProtectedTable
from publisher.publication import write_edition
from publisher.publication.files.sdmx_csv import write_sdmx_csv
from publisher.publication.tables.published import publishable
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, suppression_sample, three_tables
from tests.unit.test_publication_status import LONE, mixed


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("formats") / "public"
    write_edition(folder, PLAN, PERIOD, 1, three_tables(), Office())
    return folder


def test_checksums_name_every_file_once_in_order(public: Path) -> None:
    lines = [line.split("  ") for line in (public / "SHA256SUMS").read_text("utf-8").splitlines()]
    files = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    assert [place for _, place in lines] == sorted(files - {"SHA256SUMS"})
    for digest, place in lines:
        assert digest == hashlib.sha256((public / place).read_bytes()).hexdigest()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_reads_them(public: Path, tmp_path: Path) -> None:
    shutil.copytree(public, tmp_path / "copy")
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path / "copy", capture_output=True, check=False).returncode == 0
    (tmp_path / "copy/index.html").write_text("other", "utf-8")
    assert subprocess.run(check, cwd=tmp_path / "copy", capture_output=True, check=False).returncode == 1


def test_numbers_under_nulls_are_not_read(tmp_path: Path) -> None:
    """What lies in Arrow's buffers where a cell is null is nobody's number: a writer that looks there shows it."""
    folders = []
    for poison in (0, 987_654_321_987):
        write_edition(tmp_path / str(poison), PLAN, PERIOD, 1, (poisoned(poison),), Office())
        folders.append(tmp_path / str(poison))
    assert bytes_of(folders[0]) == bytes_of(folders[1])


def poisoned(number: int) -> ProtectedTable:
    table = suppression_sample(200).table
    cells = table.cells
    for place, one in enumerate(cells.schema):
        if one.type == pa.int64():
            column = cells.column(place).combine_chunks()
            filled = np.where(column.is_null(), number, column.fill_null(0)).astype("<i8")
            validity = pa.py_buffer(np.packbits(np.asarray(column.is_valid()), bitorder="little").tobytes())
            buffers = [validity, pa.py_buffer(filled.tobytes())]
            cells = cells.set_column(place, one, pa.Array.from_buffers(pa.int64(), len(column), buffers))
    assert cells.equals(table.cells)
    return replace(table, cells=cells)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


WRITE = """
import sys
from pathlib import Path
from publisher.publication import write_edition
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, three_tables
write_edition(Path(sys.argv[1]), PLAN, PERIOD, 1, three_tables(), Office())
"""


def test_another_process_writes_the_same_bytes(public: Path, tmp_path: Path) -> None:
    """With another seed of hashes and in another time zone."""
    here = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "PYTHONPATH": str(here)}
    subprocess.run([sys.executable, "-c", WRITE, str(tmp_path / "public")], env=environment, cwd=here, check=True)
    assert bytes_of(tmp_path / "public") == bytes_of(public)


def test_a_measure_with_statuses_of_its_own_keeps_them(tmp_path: Path) -> None:
    """The mass is hidden where the value is shown: each line of SDMX-CSV has the status of its own measure."""
    (tmp_path / "data").mkdir()
    write_sdmx_csv(tmp_path / "data", publishable(mixed()), "A:T(1)")
    with (tmp_path / f"data/{mixed().structure.id}.sdmx.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    told = {
        row["MEASURE"]: (row["OBS_VALUE"], row["OBS_STATUS"], row["CONF_STATUS"]) for row in rows if at(row, LONE)
    }
    assert told == {"statistical_value": ("50", "A", "F"), "net_mass": ("", "Q", "C")}


def at(row: dict[str, str], cell: tuple[str, ...]) -> bool:
    return (row["COMMODITY"], row["PARTNER"]) == cell
