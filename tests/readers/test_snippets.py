"""The snippets of the dataset page, run against a served site, find what the CSV file shows.

Where R is installed its parser reads the R snippet; elsewhere only its brackets and quotation marks are counted.
Polars runs where it is installed.
"""

import csv
import html
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_httpfs
import pytest

from publisher.publication import write_edition
from publisher.publication.serve import SiteHandler, server
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, suppression_sample
from tests.readers.conftest import IMPORTS


@dataclass
class Served:
    """`public` is the edition's folder; `code` its snippets by language; `ranges` the parts that were asked for."""

    public: Path
    code: dict[str, str]
    ranges: list[str] = field(default_factory=list)

    def shown(self) -> list[dict[str, str]]:
        with (self.public / f"data/{IMPORTS}.csv").open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if row["statistical_value"]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    site = tmp_path_factory.mktemp("served")
    ranges: list[str] = []

    class Noting(SiteHandler):
        def send_head(self) -> Any:
            ranges.extend(filter(None, [self.headers.get("Range")]))
            return super().send_head()

    with server(site, 0) as running:
        running.RequestHandlerClass = lambda *given: Noting(*given, directory=str(site))
        threading.Thread(target=running.serve_forever, daemon=True).start()
        public = site / "releases" / PLAN.id / PERIOD / "v1"
        office = Office(base_url=f"http://127.0.0.1:{running.server_address[1]}/")
        write_edition(public, PLAN, PERIOD, 1, (suppression_sample().table,), office)
        yield Served(public, snippets(public / "dataset.html"), ranges)
        running.shutdown()


def snippets(page: Path) -> dict[str, str]:
    """language -> code, as a reader copies it from the page."""
    found = re.findall(r"<h3>([^<]*)</h3><pre[^>]*><code>(.*?)</code></pre>", page.read_text("utf-8"), re.S)
    return {language: html.unescape(code) for language, code in found}


def test_there_is_one_for_each_tool(served: Served) -> None:
    assert set(served.code) == {"Python, pandas", "Python, polars", "DuckDB", "R"}
    assert all(f"/v1/data/{IMPORTS}.parquet" in code for code in served.code.values())


def test_pandas(served: Served) -> None:
    names: dict[str, Any] = {}
    exec(compile(served.code["Python, pandas"], "pandas", "exec"), names)
    values = [int(value) for value in names["shown"]["statistical_value"]]
    assert values == [int(row["statistical_value"]) for row in served.shown()]
    assert len(names["cells"]) > len(values)


def test_polars(served: Served) -> None:
    names: dict[str, Any] = {}
    exec(compile(served.code["Python, polars"], "polars", "exec"), names)
    values = names["shown"]["statistical_value"].to_list()
    assert values == [int(row["statistical_value"]) for row in served.shown()]


def test_duckdb_by_ranges(served: Served) -> None:
    """The prefix loads the extension from its wheel: tests fetch nothing. DuckDB itself would fetch it once."""
    extension = next(Path(duckdb_extension_httpfs.__file__).parent.rglob("httpfs.duckdb_extension"))
    served.ranges.clear()
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute(f"LOAD '{extension}'")
        rows = connection.execute(served.code["DuckDB"]).fetchall()
    largest = sorted((int(row["statistical_value"]) for row in served.shown()), reverse=True)
    assert [value for _, value in rows] == largest[:10]
    assert served.ranges
    assert all(re.fullmatch(r"bytes=\d+-\d+", asked) for asked in served.ranges)


def test_r(served: Served, tmp_path: Path) -> None:
    code = served.code["R"]
    bare = re.sub(r'"[^"\n]*"', "", code)
    assert '"' not in bare
    assert all(bare.count(one) == bare.count(other) for one, other in ("()", "[]", "{}"))
    if rscript := shutil.which("Rscript"):
        (tmp_path / "snippet.R").write_text(code, "utf-8")
        parsed = subprocess.run([rscript, "-e", 'invisible(parse(file = "snippet.R"))'], cwd=tmp_path, check=False)
        assert parsed.returncode == 0
