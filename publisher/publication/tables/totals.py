"""The grand total of a published table: the first row of its Parquet file, where that is total in every dimension."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from publisher.errors import ReleaseError
from publisher.model.codelist import TOTAL
from publisher.publication.public_cells import Described, PublicMeasure
from publisher.publication.words import ENGLISH, Words

Kind = Literal["shown", "noisy", "hidden", "absent"]


@dataclass(frozen=True)
class Total:
    """One measure over everything, in 1/10**decimals units. `absent`: the table has no row of everything."""

    measure: PublicMeasure
    kind: Kind
    value: int = 0
    lower: int = 0
    upper: int = 0

    @property
    def has_number(self) -> bool:
        return self.kind in ("shown", "noisy")

    def told(self, words: Words = ENGLISH) -> str:
        """The figure, or words in place of one."""
        if self.kind == "absent":
            return words.gettext("no figure")
        if self.kind == "hidden":
            return words.gettext("not shown")
        text = words.number(self.value, self.measure.decimals)
        if self.kind == "shown":
            return text
        if self.measure.is_quantile:
            lower, upper = (words.number(end, self.measure.decimals) for end in (self.lower, self.upper))
            return words.gettext(
                "about %(number)s (95 %%: %(lower)s to %(upper)s)", number=text, lower=lower, upper=upper
            )
        margin = max(self.value - self.lower, self.upper - self.value)
        return words.gettext(
            "about %(number)s ± %(margin)s", number=text, margin=words.number(margin, self.measure.decimals)
        )


def read_totals(folder: Path, table: Described) -> tuple[Total, ...]:
    """One a measure. Rows are sorted coarse first, so the total is the first row or none."""
    path = folder / "data" / f"{table.id}.parquet"
    codes = [dimension.column for dimension in table.dimensions]
    names = [f"{m.id}{end}" for m in table.measures for end in ("", "_lower", "_upper")]
    try:
        with pq.ParquetFile(path) as file:
            batch = next(file.iter_batches(1, columns=[*codes, *names]), None)
    except (OSError, pa.ArrowException) as fault:
        raise ReleaseError("cannot be read as a published table.", place=str(path), remedy="Restore it.") from fault
    first = batch.to_pylist()[0] if batch is not None and batch.num_rows else None
    if first is None or any(first[column] != TOTAL for column in codes):
        return tuple(Total(measure, "absent") for measure in table.measures)
    return tuple(_total(first, measure) for measure in table.measures)


def _total(row: dict[str, Any], measure: PublicMeasure) -> Total:
    value, lower, upper = (_whole(row[f"{measure.id}{end}"], measure.decimals) for end in ("", "_lower", "_upper"))
    if value is None:
        return Total(measure, "hidden")
    if lower is None or upper is None:
        return Total(measure, "shown", value, value, value)
    return Total(measure, "noisy", value, lower, upper)


def _whole(number: int | float | None, decimals: int) -> int | None:
    """Parquet has decimals as the nearest float64: exact again below 2**53 units."""
    return None if number is None else round(number * 10**decimals)
