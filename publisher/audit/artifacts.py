"""The files of an edition as texts to search: decompressed, unescaped, decoded, however deeply packed."""

import base64
import binascii
import bz2
import gzip
import html
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

import pyarrow as pa

from publisher.audit.packed import PNG, ZIP, png_chunks, streams
from publisher.audit.parquet_bytes import (
    BYTE_ARRAY,
    DICTIONARY,
    DOUBLE,
    INT64,
    ParquetBytes,
    parse_parquet,
    plain_strings,
)

DEPTH = 5
MAX_UNPACKED = 2**31
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")


class Readable(Protocol):
    """An opened decompressor."""

    def read(self, size: int, /) -> bytes: ...


class UnscannableError(Exception):
    """An artifact that cannot be read to its last byte, and so cannot be passed."""


@dataclass(frozen=True)
class View:
    """Bytes to search. Without `numbers` they are numbers or indexes in binary, which check_parquet compares."""

    data: bytes = field(repr=False)
    numbers: bool = True


@dataclass(frozen=True)
class Artifact:
    """One file. `parquet` is set where it is one."""

    place: str
    data: bytes = field(repr=False)
    parquet: ParquetBytes | None = field(default=None, repr=False)


def artifacts(folder: Path) -> Iterator[Artifact | tuple[str, str]]:
    """Every file in path order, or (place, problem) where it cannot be scanned. Links are refused."""
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            yield place, "is a link or no regular file: an edition holds files only"
        elif path.is_file():
            try:
                data = path.read_bytes()
                yield Artifact(place, data, parse_parquet(data) if _is_parquet(place, data) else None)
            except OSError as broken:
                yield place, f"cannot be read ({type(broken).__name__})"
            except (ValueError, KeyError, TypeError, IndexError, AttributeError):
                yield place, "cannot be read to the last byte as Parquet"


def _is_parquet(place: str, data: bytes) -> bool:
    return place.endswith(".parquet") or data[:4] == b"PAR1"


def views(artifact: Artifact) -> Iterator[View]:
    """The bytes outside every stream that unpacks, and what unpacks from these. Raises UnscannableError."""
    yield View(artifact.place.encode())
    if artifact.parquet is None:
        yield from map(View, _unpacked(artifact.data, DEPTH))
        return
    pages = [page.span for chunk in artifact.parquet.chunks for page in chunk.pages]
    yield from map(View, _unpacked(without(artifact.data, pages), DEPTH))
    for view in _parquet_views(artifact.parquet):
        yield from (View(blob, numbers=view.numbers) for blob in _unpacked(view.data, DEPTH - 1))


def _parquet_views(parquet: ParquetBytes) -> Iterator[View]:
    yield View(b"\n".join(parquet.texts))
    for chunk in parquet.chunks:
        for page in chunk.pages:
            yield View(page.content, numbers=chunk.physical not in (INT64, DOUBLE) and not page.has_indexes)
            if page.kind == DICTIONARY and chunk.physical == BYTE_ARRAY:
                try:
                    yield View(b"\n".join(plain_strings(page.content)))
                except ValueError as broken:
                    raise UnscannableError(str(broken)) from broken


def without(data: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    """`data` with a line break in place of each span (from, to); spans lie apart."""
    kept, place = [], 0
    for start, end in sorted(spans):
        kept.append(data[place:start])
        place = end
    return b"\n".join([*kept, data[place:]])


def _unpacked(data: bytes, depth: int) -> Iterator[bytes]:
    inner = list(_inside(data))
    yield without(data, streams(data))
    if inner and depth == 0:
        raise UnscannableError("is packed more deeply than the scan looks")
    for blob in inner:
        yield from _unpacked(blob, depth - 1)


def _inside(data: bytes) -> Iterator[bytes]:
    """What a compressed file holds; what long base64 runs decode to."""
    try:
        if data[:2] == b"\x1f\x8b":
            with gzip.open(io.BytesIO(data)) as stream:
                yield _limited(stream)
        elif data[:3] == b"BZh":
            with bz2.open(io.BytesIO(data)) as stream:
                yield _limited(stream)
        elif data[:6] == b"\xfd7zXZ\x00":
            with lzma.open(io.BytesIO(data)) as stream:
                yield _limited(stream)
        elif data[:4] == b"\x28\xb5\x2f\xfd":
            with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
                yield _limited(stream)
        elif data[:4] == ZIP:
            yield from _members(data)
        elif data[:8] == PNG:
            yield from _png_texts(data)
    except (
        OSError,
        EOFError,
        zlib.error,
        lzma.LZMAError,
        zipfile.BadZipFile,
        RuntimeError,
        pa.ArrowException,
    ) as bad:
        raise UnscannableError(f"cannot be unpacked ({type(bad).__name__})") from bad
    for run in _BASE64.findall(data):
        try:
            yield base64.b64decode(run + b"=" * (-len(run) % 4))
        except binascii.Error:
            continue


def _limited(stream: Readable) -> bytes:
    data = bytes(stream.read(MAX_UNPACKED + 1))
    if len(data) > MAX_UNPACKED:
        raise UnscannableError("unpacks to more than the scan can hold")
    return data


def _members(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield archive.comment
        for member in archive.infolist():
            yield b"\n".join([member.filename.encode(), member.comment, member.extra])
            with archive.open(member) as stream:
                yield _limited(stream)


def _png_texts(data: bytes) -> Iterator[bytes]:
    """Compressed texts of a PNG; plain ones are seen in the bytes themselves."""
    for kind, start, end in png_chunks(data):
        packed = data.find(b"\x78", start, end)
        if kind in (b"zTXt", b"iTXt") and packed >= 0:
            yield zlib.decompressobj().decompress(data[packed:end])


def texts(view: bytes) -> Iterator[str]:
    """The view as text, and unescaped where it holds escapes of HTML, JavaScript/JSON or URLs."""
    text = view.decode("utf-8", "replace")
    yield text
    if "&" in text and (plain := html.unescape(text)) != text:
        yield plain
    if "\\" in text and (plain := _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)), text)) != text:
        yield plain
    if "%" in text and (plain := unquote(text, errors="replace")) != text:
        yield plain
    if b"\x00" in view[:4096]:
        yield view.decode("utf-16-le", "replace")
        yield view.decode("utf-16-be", "replace")
