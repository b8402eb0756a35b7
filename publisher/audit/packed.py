"""Where the compressed streams of a ZIP or PNG lie: nobody reads a number in them as they stand.

Compressed bytes look random. "12e4" stands in them by chance once in some million bytes: a correct release would be
refused. What a member of a ZIP unpacks to is searched; pixels are no text. A span is named only where it unpacks
to its last byte: whatever else is there, names, comments, gaps, bytes behind a stream, is searched as it stands.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
ZIP = b"PK\x03\x04"
_LOCAL_HEADER = 30
_RAW, _WRAPPED = -15, 15


def streams(data: bytes) -> list[tuple[int, int]]:
    """(from, to) of every deflated member of a ZIP and of the pixels of a PNG, in their order, apart from each other.

    Nothing where `data` is neither. Raises BadZipFile.
    """
    if data[:4] == ZIP:
        return _apart(sorted(_members(data)))
    if data[:8] == PNG:
        return _pixels(data)
    return []


def png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(kind, from, to) of each chunk's body, in file order, as far as they are whole."""
    place = len(PNG)
    while place + 12 <= len(data):
        start = place + 8
        end = start + int.from_bytes(data[place : place + 4], "big")
        yield data[place + 4 : start], start, end
        place = end + 4


def _members(data: bytes) -> Iterator[tuple[int, int]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            at = member.header_offset
            names = data[at + 26 : at + _LOCAL_HEADER]
            start = at + _LOCAL_HEADER + int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little")
            end = start + member.compress_size
            if member.compress_type == zipfile.ZIP_DEFLATED and _is_whole(data[start:end], _RAW):
                yield start, end


def _pixels(data: bytes) -> list[tuple[int, int]]:
    spans = [(start, end) for kind, start, end in png_chunks(data) if kind == b"IDAT"]
    return spans if _is_whole(b"".join(data[start:end] for start, end in spans), _WRAPPED) else []


def _is_whole(packed: bytes, bits: int) -> bool:
    """Whether one stream fills the bytes, with nothing behind it."""
    stream = zlib.decompressobj(bits)
    try:
        while packed and not stream.eof:
            stream.decompress(packed, 2**20)
            packed = stream.unconsumed_tail
    except zlib.error:
        return False
    return stream.eof and not stream.unused_data


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without those that begin within the one before."""
    kept: list[tuple[int, int]] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
