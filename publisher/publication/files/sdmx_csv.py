"""data/<query>.sdmx.csv: the cells of a table as SDMX-CSV 2.0, one line an observation (a cell and one measure).

The texts of numbers are those of data/<query>.csv. Every field stands in quotation marks: two numbers side by side
must not read as one with a thousands separator.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from publisher.model.structure import Measure
from publisher.publication.files.sdmx_ids import component_id
from publisher.publication.tables.published import Published, long_format

ENDING = "sdmx.csv"
_INFORMATION = "I"  # the action of a message that neither appends nor replaces: readers take it as it is


def write_sdmx_csv(folder: Path, published: Published, dataflow: str) -> None:
    """Writes <folder>/<query>.sdmx.csv: all cells of the first measure in published order, then those of the next."""
    cells = long_format(published, exact=True)
    rows = [_observations(cells, published, measure, dataflow) for measure in published.structure.measures]
    pa_csv.write_csv(pa.concat_tables(rows), folder / f"{published.structure.id}.{ENDING}")


def _observations(cells: pa.Table, published: Published, measure: Measure, dataflow: str) -> pa.Table:
    status = published.status_column(measure.id)
    confidentiality = status.removesuffix("obs_status") + "conf_status"
    named: Mapping[str, Any] = {
        "STRUCTURE": "dataflow",
        "STRUCTURE_ID": dataflow,
        "ACTION": _INFORMATION,
        **{component_id(column): cells[column] for column in published.structure.columns},
        "MEASURE": measure.id,
        "TIME_PERIOD": cells["time_period"],
        "OBS_VALUE": cells[measure.id],
        "OBS_STATUS": cells[status],
        "CONF_STATUS": cells[confidentiality],
        "OBS_LOWER": cells[f"{measure.id}_lower"],
        "OBS_UPPER": cells[f"{measure.id}_upper"],
        "UNIT_MEASURE": measure.unit,
    }
    return pa.table({name: _text(column, cells.num_rows) for name, column in named.items()})


def _text(column: Any, rows: int) -> Any:
    """A column as text; a single text for every row."""
    return pa.repeat(column, rows) if isinstance(column, str) else column.cast(pa.string())
