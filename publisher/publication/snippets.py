"""A few lines that read a table in the tools researchers use."""

from publisher.model.structure import TableStructure
from publisher.publication.contexts import Snippet
from publisher.publication.imprint import Imprint


def snippets(structure: TableStructure, imprint: Imprint) -> tuple[Snippet, ...]:
    """Each reads the Parquet file of `structure` from its immutable address."""
    url = f"{imprint.url}data/{structure.id}.parquet"
    first, measure = structure.dimensions[0].column, structure.measures[0].id
    return (
        Snippet(
            "Python, pandas",
            f'import pandas as pd\n\ncells = pd.read_parquet("{url}")\nshown = cells[cells["obs_status"] != "Q"]',
        ),
        Snippet(
            "Python, polars",
            "import polars as pl\n\n"
            f'cells = pl.read_parquet("{url}")\nshown = cells.filter(pl.col("obs_status") != "Q")',
        ),
        Snippet(
            "DuckDB",
            f"SELECT {first}, {measure}\nFROM '{url}'\nWHERE obs_status <> 'Q'\nORDER BY {measure} DESC\nLIMIT 10;",
        ),
        Snippet(
            "R",
            'library(arrow)\n\nfile <- tempfile(fileext = ".parquet")\n'
            f'download.file("{url}", file, mode = "wb")\n'
            'cells <- read_parquet(file)\nshown <- subset(cells, obs_status != "Q")',
        ),
    )
