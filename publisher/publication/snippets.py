"""A few lines that read a table in the tools researchers use."""

from publisher.publication.contexts import Snippet
from publisher.publication.imprint import Imprint
from publisher.publication.published import Published


def snippets(published: Published, imprint: Imprint) -> tuple[Snippet, ...]:
    """Each reads the Parquet file of a table from its immutable address; most keep what its first measure shows."""
    structure = published.structure
    url = f"{imprint.url}data/{structure.id}.parquet"
    first, measure = structure.dimensions[0].column, structure.measures[0].id
    status = published.status_column(measure)
    return (
        Snippet(
            "Python, pandas",
            f'import pandas as pd\n\ncells = pd.read_parquet("{url}")\nshown = cells[cells["{status}"] != "Q"]',
        ),
        Snippet(
            "Python, polars",
            "import polars as pl\n\n"
            f'cells = pl.read_parquet("{url}")\nshown = cells.filter(pl.col("{status}") != "Q")',
        ),
        Snippet(
            "DuckDB",
            f"SELECT {first}, {measure}\nFROM '{url}'\nWHERE {status} <> 'Q'\nORDER BY {measure} DESC\nLIMIT 10;",
        ),
        Snippet(
            "R",
            'library(arrow)\n\nfile <- tempfile(fileext = ".parquet")\n'
            f'download.file("{url}", file, mode = "wb")\n'
            f'cells <- read_parquet(file)\nshown <- subset(cells, {status} != "Q")',
        ),
    )
