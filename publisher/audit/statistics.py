"""Nothing in a Parquet file's numbers beyond the numbers that its rows show."""

import io

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
    file = pq.ParquetFile(io.BytesIO(data))
    for chunk in parquet.chunks:
        if chunk.physical in (INT64, DOUBLE):
            column = file.read_row_group(chunk.row_group, columns=[chunk.column], use_threads=False).column(0)
            shown = column.drop_null().to_numpy()
            kind = "<i8" if chunk.physical == INT64 else "<f8"
            problems = _problems(
                chunk, {shown[i : i + 1].astype(kind).tobytes() for i in range(len(shown))}, len(shown)
            )
            findings += [Finding("byte_scan", place, f"column {chunk.column}: {problem}") for problem in problems]
    return findings


def _problems(chunk: Chunk, shown: set[bytes], count: int) -> list[str]:
    problems = []
    if chunk.bloom_filter:
        problems.append("has a bloom filter, which may tell values that no row shows")
    if any(bound not in shown for bound in chunk.bounds):
        problems.append("a statistic is a number that no row shows")
    entries = [page.content for page in chunk.pages if page.kind == DICTIONARY]
    if any(content[i : i + 8] not in shown for content in entries for i in range(0, len(content), 8)):
        problems.append("a dictionary holds a number that no row shows")
    pages = [page.plain for page in chunk.pages if page.kind in (DATA, DATA_V2)]
    if all(plain is not None for plain in pages) and sum(len(plain or b"") for plain in pages) != 8 * count:
        problems.append("its pages hold more or fewer numbers than its rows show")
    return problems
