"""Every byte of a Parquet file: pages decompressed, dictionaries, statistics, indexes, key-value metadata.

A reader library shows the rows. An attacker also sees dictionary entries that no row uses, minima and maxima of
numbers that were hidden later, and bytes that belong to nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from publisher.audit.thrift import Fields, ThriftReader, binaries

CODECS: dict[int, Literal["snappy", "gzip", "brotli", "zstd", "lz4_raw"]] = {
    1: "snappy",
    2: "gzip",
    4: "brotli",
    6: "zstd",
    7: "lz4_raw",
}
INT64, DOUBLE, BYTE_ARRAY = 2, 5, 6
PLAIN_ENCODINGS = (0, 2)  # PLAIN, and PLAIN_DICTIONARY as older writers call it in dictionary pages
DICTIONARY_INDEXES = (2, 8)  # of data pages: PLAIN_DICTIONARY and RLE_DICTIONARY
DATA, INDEX, DICTIONARY, DATA_V2 = 0, 1, 2, 3
REQUIRED = 0  # of a column that is never null
MAX_PAGE_BYTES = 2**30


@dataclass(frozen=True)
class Page:
    """One page: `content` decompressed, `plain` only values that are stored plainly, `span` where its bytes lie."""

    kind: int
    header: Fields = field(repr=False)
    content: bytes = field(repr=False)
    plain: bytes | None = field(repr=False)
    span: tuple[int, int]

    @property
    def has_indexes(self) -> bool:
        """Whether its values are indexes into the column's dictionary."""
        encoding = {DATA: (5, 2), DATA_V2: (8, 4)}.get(self.kind)
        return encoding is not None and self.header[encoding[0]][encoding[1]] in DICTIONARY_INDEXES


@dataclass(frozen=True)
class Chunk:
    """One column of one row group. `bounds`: every minimum and maximum that is written anywhere about it."""

    column: str
    row_group: int
    physical: int
    pages: tuple[Page, ...] = field(repr=False)
    bounds: tuple[bytes, ...] = field(repr=False)
    bloom_filter: bool


@dataclass(frozen=True)
class ParquetBytes:
    """`texts` are all byte strings of footer, headers and indexes; `stray` counts bytes that belong to nothing."""

    chunks: tuple[Chunk, ...]
    texts: tuple[bytes, ...] = field(repr=False)
    stray: int


def parse_parquet(data: bytes) -> ParquetBytes:
    """Raises ValueError for anything that is not a complete, unencrypted Parquet file."""
    if len(data) < 12 or data[:4] != b"PAR1" or data[-4:] != b"PAR1":
        raise ValueError("not a Parquet file")
    size = int.from_bytes(data[-8:-4], "little")
    start = len(data) - 8 - size
    if start < 4:
        raise ValueError("footer too long")
    reader = ThriftReader(data[start:-8])
    footer = reader.fields()
    covered = [(0, 4), (start, start + reader.place), (len(data) - 8, len(data))]
    texts = list(binaries(footer))
    required = {element[4] for element in footer.get(2, []) if element.get(3) == REQUIRED}
    chunks = []
    for number, group in enumerate(footer.get(4, [])):
        for column in group[1]:
            nullable = not required.issuperset(column[3][3])
            chunks.append(_chunk(data, column, number, covered, texts, nullable=nullable))
    return ParquetBytes(tuple(chunks), tuple(texts), len(data) - _union(covered))


def _union(spans: list[tuple[int, int]]) -> int:
    """Bytes in at least one span."""
    total = end = 0
    for low, high in sorted(spans):
        total += max(0, high - max(low, end))
        end = max(end, high)
    return total


def _chunk(
    data: bytes,
    column: Fields,
    number: int,
    covered: list[tuple[int, int]],
    texts: list[bytes],
    *,
    nullable: bool,
) -> Chunk:
    meta: Fields = column[3]
    pages = tuple(_pages(data, meta, covered, nullable=nullable))
    index = _struct_at(data, column.get(6), column.get(7), covered)
    texts += binaries(_struct_at(data, column.get(4), column.get(5), covered))
    texts += binaries(index)
    bounds = [*_statistics(meta.get(12, {})), *index.get(2, []), *index.get(3, [])]
    for page in pages:
        texts += binaries(page.header)
        bounds += _statistics(page.header.get(5, {}).get(5, {})) + _statistics(page.header.get(8, {}).get(8, {}))
    name = ".".join(part.decode("utf-8", "replace") for part in meta[3])
    return Chunk(name, number, meta[1], pages, tuple(b for b in bounds if b), 14 in meta)


def _statistics(statistics: Fields) -> list[bytes]:
    return [statistics[key] for key in (1, 2, 5, 6) if isinstance(statistics.get(key), bytes)]


def _struct_at(data: bytes, offset: Any, length: Any, covered: list[tuple[int, int]]) -> Fields:
    if offset is None or length is None:
        return {}
    covered.append((offset, offset + length))
    return ThriftReader(data[offset : offset + length]).fields()


def _pages(data: bytes, meta: Fields, covered: list[tuple[int, int]], *, nullable: bool) -> Iterator[Page]:
    place = min((offset for offset in (meta.get(11), meta.get(10), meta[9]) if offset), default=0)
    if place == 0 and meta[7] == 0:
        return  # a column without rows has no page
    end = place + meta[7]
    if not 4 <= place <= end <= len(data):
        raise ValueError("pages lie outside the file")
    covered.append((place, end))
    while place < end:
        reader = ThriftReader(data, place)
        header = reader.fields()
        span = (reader.place, reader.place + header[3])
        place = span[1]
        if place > end or header[3] < 0 or not 0 <= header[2] <= MAX_PAGE_BYTES:
            raise ValueError("a page lies outside its column")
        yield _page(header, data, span, meta, nullable=nullable)


def _page(header: Fields, data: bytes, span: tuple[int, int], meta: Fields, *, nullable: bool) -> Page:
    kind, body = header[1], data[slice(*span)]
    if kind == DATA_V2:
        levels = header[8][5] + header[8][6]
        packed = header[8].get(7, True)
        values = _unpacked(body[levels:], header[2] - levels, meta[4]) if packed else body[levels:]
        return Page(kind, header, body[:levels] + values, values if header[8][4] == 0 else None, span)
    content = _unpacked(body, header[2], meta[4])
    if kind == DICTIONARY:
        return Page(kind, header, content, content if header[7][2] in PLAIN_ENCODINGS else None, span)
    plain = _after_levels(content, header, meta, nullable) if kind == DATA else None
    return Page(kind, header, content, plain, span)


def _after_levels(content: bytes, header: Fields, meta: Fields, nullable: bool) -> bytes | None:
    """Values of a version 1 page of a flat column: behind the definition levels, where the column may be null.

    Whether there are any is said in the schema alone: levels may be as long as the values that are null would be.
    """
    if header[5][2] != 0 or meta[1] not in (INT64, DOUBLE):
        return None
    if not nullable:
        return content
    return content[4 + int.from_bytes(content[:4], "little") :]


def _unpacked(body: bytes, size: int, codec: int) -> bytes:
    if codec == 0:
        return body
    if codec not in CODECS:
        raise ValueError("unknown compression")
    if size == 0:
        return b""
    try:
        return bytes(pa.Codec(CODECS[codec]).decompress(body, decompressed_size=size))
    except (OSError, pa.ArrowException) as broken:
        raise ValueError("a page cannot be decompressed") from broken


def plain_strings(content: bytes) -> Iterator[bytes]:
    """The entries of a plain dictionary page of strings."""
    place = 0
    while place + 4 <= len(content):
        size = int.from_bytes(content[place : place + 4], "little")
        yield content[place + 4 : place + 4 + size]
        place += 4 + size
    if place != len(content):
        raise ValueError("a dictionary page ends in the middle of an entry")
