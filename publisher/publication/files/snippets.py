"""A few lines that read a table in the tools researchers use. tests/readers runs them against a served site."""

from publisher.publication.contexts import Snippet
from publisher.publication.files.formats import PARQUET
from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import HIDDEN, Published


def snippets(published: Published, imprint: Imprint) -> tuple[Snippet, ...]:
    """Each reads the Parquet file of a table from its immutable address; all keep what its first measure shows."""
    structure = published.structure
    url = f"{imprint.url}data/{structure.id}.{PARQUET.ending}"
    first, measure = structure.dimensions[0].column, structure.measures[0].id
    status = published.status_column(measure)
    return (
        Snippet("Python, pandas", _pandas(url, status)),
        Snippet("Python, polars", _polars(url, status)),
        Snippet("DuckDB", _duckdb(url, first, measure, status)),
        Snippet("R", _r(url, status)),
    )


def _listed(quote: str) -> str:
    return ", ".join(f"{quote}{code}{quote}" for code in HIDDEN)


def _pandas(url: str, status: str) -> str:
    return f"""\
import pandas as pd

cells = pd.read_parquet("{url}")
shown = cells[~cells["{status}"].isin([{_listed('"')}])]"""


def _polars(url: str, status: str) -> str:
    return f"""\
import polars as pl

cells = pl.read_parquet("{url}")
shown = cells.filter(~pl.col("{status}").cast(pl.String).is_in([{_listed('"')}]))"""


def _duckdb(url: str, first: str, measure: str, status: str) -> str:
    """DuckDB asks for the parts of the file that it needs; its extension httpfs loads by itself."""
    return f"""\
SELECT {first}, {measure}
FROM '{url}'
WHERE {status} NOT IN ({_listed("'")})
ORDER BY {measure} DESC
LIMIT 10;"""


def _r(url: str, status: str) -> str:
    return f"""\
library(arrow)

file <- tempfile(fileext = ".parquet")
download.file("{url}", file, mode = "wb")
cells <- read_parquet(file)
shown <- subset(cells, !({status} %in% c({_listed('"')})))"""
