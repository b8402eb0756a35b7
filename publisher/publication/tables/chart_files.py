"""write_charts(): each chart of an edition as a file of its own, cited below."""

from collections.abc import Sequence
from pathlib import Path

from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import Published
from publisher.publication.tables.ranked import rankings
from publisher.publication.tables.release_charts import release_charts


def write_charts(public: Path, tables: Sequence[Published], imprint: Imprint) -> None:
    """Into charts/, in English; no folder where there is none."""
    ranked = (one for table in tables for one in rankings(table, imprint, charts_at="charts/"))
    for one in (*ranked, *release_charts(tables, imprint)):
        path = public / one.file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(one.svg.file(one.source))
