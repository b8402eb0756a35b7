"""Compressed bytes look random: what stands in them by chance is no number, and what hides beside them is found."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from publisher.audit.artifacts import texts, without
from publisher.audit.byte_scan import HiddenNumbers, scan
from publisher.audit.numbers import numbers
from publisher.audit.packed import PNG, streams
from publisher.audit.secrets import Secrets

HIDDEN = "7654321"
SPELLED = "3287355"
SPELLING = b"3287355\0\0"  # a whole deflate stream, of six other bytes


def problems(folder: Path, *hidden: str) -> list[str]:
    values = HiddenNumbers(dict.fromkeys(hidden, ("table", "cell")), frozenset())
    return [finding.problem for finding in scan(folder, Secrets(), values, frozenset()).findings]


def by_chance(data: bytes) -> list[str]:
    return sorted(set().union(*map(numbers, texts(data))))


def zipped(*members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return out.getvalue()


def archive(stream: bytes, holds: bytes) -> bytes:
    """A ZIP of one member whose compressed bytes are `stream`."""
    sizes = struct.pack("<III", zlib.crc32(holds), len(stream), len(holds))
    common = struct.pack("<HHHI", 20, 0, zipfile.ZIP_DEFLATED, 0x21 << 16) + sizes + struct.pack("<HH", 5, 0)
    local = b"PK\x03\x04" + common + b"a.xml" + stream
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a.xml"
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_digits_that_compressed_bytes_hold_by_chance_are_no_number(tmp_path: Path) -> None:
    """A workbook's "12e4" was taken for a hidden 120000, and a correct release was refused."""
    data = archive(SPELLING, zlib.decompress(SPELLING, -15))
    assert by_chance(data) == [SPELLED]
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    (tmp_path / "table.xlsx").write_bytes(data)
    assert problems(tmp_path, SPELLED) == []


def test_the_digits_of_a_picture_s_pixels_are_no_number(tmp_path: Path) -> None:
    pixels = zlib.decompress(SPELLING, -15)
    packed = b"\x78\x9c" + SPELLING + struct.pack(">I", zlib.adler32(pixels))
    data = PNG + chunk(b"IDAT", packed[:5]) + chunk(b"IDAT", packed[5:])
    (tmp_path / "logo.png").write_bytes(PNG + chunk(b"IDAT", packed))
    assert by_chance(PNG + chunk(b"IDAT", packed)) == [SPELLED]
    (tmp_path / "two.png").write_bytes(data)
    assert problems(tmp_path, SPELLED) == []


def test_digits_that_indexes_of_a_dictionary_spell_are_no_number(tmp_path: Path) -> None:
    """Indexes of eight bits from 48 to 57 read as digits: ascending codes of a row group spell numbers."""
    codes = [f"c{place:03}" for place in range(200)]
    shown = codes + [codes[48 + digit] for digit in (1, 3, 5, 2, 7, 9, 4, 6)] * 3
    table = pa.table({"code": pa.array(shown)})
    pq.write_table(table, tmp_path / "t.parquet", compression="none", use_dictionary=True)
    assert "135279461352794613527946" in by_chance((tmp_path / "t.parquet").read_bytes())
    assert problems(tmp_path, "135279461352794613527946") == []


def test_numbers_in_binary_are_no_text(tmp_path: Path) -> None:
    spelled = np.frombuffer(b"76543219" * 2, "<i8")
    pq.write_table(pa.table({"v": spelled}), tmp_path / "t.parquet", compression="none", use_dictionary=False)
    assert problems(tmp_path, "7654321976543219") == []


@pytest.mark.parametrize("dictionary", [True, False])
@pytest.mark.parametrize("codec", ["none", "zstd"])
def test_a_number_in_a_text_column_is_found(tmp_path: Path, codec: str, *, dictionary: bool) -> None:
    table = pa.table({"note": ["nothing", f"was {HIDDEN}"]})
    pq.write_table(table, tmp_path / "t.parquet", compression=codec, use_dictionary=dictionary)
    assert problems(tmp_path, HIDDEN) == ["holds the value of a hidden cell"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(zipped(("a.xml", HIDDEN.encode())), id="deflated"),
        pytest.param(zipped(("a.xml", HIDDEN.encode()), how=zipfile.ZIP_STORED), id="stored"),
        pytest.param(zipped((f"{HIDDEN}.xml", b"nothing")), id="name of a member"),
        pytest.param(
            archive(SPELLING + HIDDEN.encode(), zlib.decompress(SPELLING, -15)), id="behind the stream of a member"
        ),
        pytest.param(zipped(("a.xml", b"nothing")).replace(b"PK\x01\x02", b" 7654321 PK\x01\x02"), id="gap"),
        pytest.param(zipped(("a.zip", zipped(("b.xml", HIDDEN.encode())))), id="twice packed"),
        pytest.param(PNG + chunk(b"IDAT", zlib.compress(b"x") + HIDDEN.encode()), id="behind the pixels"),
        pytest.param(PNG + chunk(b"IDAT", zlib.compress(b"x")) + HIDDEN.encode(), id="behind the last chunk"),
        pytest.param(PNG + chunk(b"tEXt", HIDDEN.encode()) + chunk(b"IDAT", zlib.compress(b"x")), id="PNG text"),
        pytest.param(PNG + chunk(b"zTXt", b"k\0\0" + zlib.compress(HIDDEN.encode())), id="packed PNG text"),
    ],
)
def test_what_hides_beside_or_in_a_stream_is_found(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file.bin").write_bytes(data)
    assert any("hidden cell" in problem or "unpacked" in problem for problem in problems(tmp_path, HIDDEN))


def test_spans_lie_apart_and_where_the_streams_are() -> None:
    data = zipped(("a.xml", b"one" * 99), ("b.xml", b"two" * 99))
    (first, second) = streams(data)
    assert first[1] <= second[0]
    assert zlib.decompress(data[slice(*second)], -15) == b"two" * 99
    assert without(b"ab12cd34", [(6, 8), (2, 4)]) == b"ab\ncd\n"
    assert streams(b"no archive") == streams(PNG) == []
