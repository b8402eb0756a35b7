"""Nothing in a Parquet file's numbers beyond the numbers that its rows show."""

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from publisher.audit.parquet_bytes import DATA, DATA_V2, DICTIONARY, DOUBLE, INT64, Chunk, ParquetBytes
from publisher.model.audit_report import Finding


def check_parquet(place: str, data: bytes, parquet: ParquetBytes) -> list[Finding]:
    """Statistics, dictionaries and plain pages of number columns against the rows; stray bytes; bloom filters."""
    findings = []
    if parquet.stray:
        findings.append(
            Finding("byte_scan", place, f"holds {parquet.stray} bytes that belong to no part of the table")
        )
    try:
        findings += _check_numbers(place, data, parquet)
    except (OSError, ValueError, IndexError, pa.ArrowException) as broken:
        findings.append(Finding("byte_scan", place, f"cannot be read ({type(broken).__name__})"))
    return findings


def _check_numbers(place: str, data: bytes, parquet: ParquetBytes) -> list[Finding]:
    findings: list[Finding] = []
    file = pq.ParquetFile(io.BytesIO(data))
    for chunk in parquet.chunks:
        if chunk.physical in (INT64, DOUBLE):
            column = file.read_row_group(chunk.row_group, columns=[chunk.column], use_threads=False).column(0)
            problems = _problems(chunk, column.drop_null().to_numpy())
            findings += [Finding("byte_scan", place, f"column {chunk.column}: {problem}") for problem in problems]
    return findings


def _problems(chunk: Chunk, shown: npt.NDArray[Any]) -> list[str]:
    """Numbers are compared as numbers: Parquet asks writers to turn a minimum of 0.0 into -0.0."""
    kind = np.dtype("<i8" if chunk.physical == INT64 else "<f8")
    entries = b"".join(page.content for page in chunk.pages if page.kind == DICTIONARY)
    pages = [page.plain for page in chunk.pages if page.kind in (DATA, DATA_V2)]
    problems = []
    if chunk.bloom_filter:
        problems.append("has a bloom filter, which may tell values that no row shows")
    if not np.isin(np.frombuffer(b"".join(chunk.bounds), kind), shown).all():
        problems.append("a statistic is a number that no row shows")
    if not np.isin(np.frombuffer(entries, kind), shown).all():
        problems.append("a dictionary holds a number that no row shows")
    if all(plain is not None for plain in pages) and sum(len(plain or b"") for plain in pages) != 8 * len(shown):
        problems.append("its pages hold more or fewer numbers than its rows show")
    return problems
