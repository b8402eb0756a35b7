"""Numbers in texts, Parquet to the last byte, packed artifacts, identifiers."""

import base64
import bz2
import gzip
import io
import lzma
import zipfile
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from publisher.audit.audit import _written
from publisher.audit.byte_scan import HiddenNumbers, scan
from publisher.audit.numbers import canonical, forms, numbers
from publisher.audit.parquet_bytes import parse_parquet
from publisher.audit.secrets import Secrets
from publisher.audit.statistics import check_parquet

NOTHING = HiddenNumbers({}, frozenset())
CANARY = "KANARIENVOGEL"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234567", "1234567"),
        ('<td data-v="1234567">', "1234567"),
        ("KRW1234567", "1234567"),
        ("1,234,567", "1234567"),
        ('"1,234,567"', "1234567"),
        ("1 234 567", "1234567"),
        ("1\u202f234\u202f567", "1234567"),
        ("1.234.567", "1234567"),
        ("1'234'567", "1234567"),
        ("1_234_567", "1234567"),
        ("1,234.567", "1234.567"),
        ("1.234567e6", "1234567"),
        ("1234567.00", "1234567"),
        ("-1234567", "1234567"),
        ("[12,1234567,3]", "1234567"),
        ("0001234567", "1234567"),
        ("1234,567", "1234.567"),
    ],
)
def test_a_number_is_found_however_it_is_written(text, number):
    assert number in numbers(text)


@pytest.mark.parametrize(
    "text", ["12345", "1000000", "[12,345,678]", "1,2,3,456", "91,234.567 1 234.567", "a" * 40 + "1234567" + "b" * 40]
)
def test_what_is_no_telling_number(text):
    assert "1234567" not in numbers(text)
    assert "12345678" not in numbers(text)
    assert "234.567" not in numbers(text)


def test_the_tail_of_a_number_with_decimal_comma_is_no_number():
    """A French page's "1\u202f234,567" was taken for a hidden 234567, and no French edition passed."""
    assert numbers("1\u202f234,567") == numbers("1\u00a0234,567") == {"1234.567"}
    assert numbers("12\u202f345\u202f678,901") == {"12345678.901"}
    assert "234567" in numbers("in 2021 234,567")  # a plain space: two numbers


@pytest.mark.parametrize("text", ["12345,234.567", "12345 234.567", "[2021,234.567]", "12345\u202f234.567"])
def test_behind_four_digits_in_a_row_a_number_is_no_tail(text: str) -> None:
    """No grouped number has them: two numbers stand beside each other, and the second was passed over."""
    assert "234.567" in numbers(text)
    assert "234.567" not in numbers("1," + "234.567")


def test_six_digits_tell_and_five_do_not():
    assert canonical("123456") == "123456"
    assert canonical("12345") is None
    assert set(forms(1_234_567, 3)) == {"1234567", "1234.567"}
    assert set(forms(1_234_500, 3)) == {"1234500", "1234.5"}
    assert numbers("1,234.500") == {"1234.5"}
    assert "1234.5" not in numbers("1234.5")


def parquet(path, column, **options):
    pq.write_table(pa.table({"code": ["a", "b", "c"], "value": column}), path, **options)
    return path.read_bytes()


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "brotli", "zstd", "lz4"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("dictionary", [True, False])
def test_an_honest_file_has_no_stray_byte(tmp_path, codec, version, dictionary):
    column = pa.array([700_001, None, 700_003], pa.int64())
    data = parquet(
        tmp_path / "t.parquet",
        column,
        compression=codec,
        data_page_version=version,
        use_dictionary=dictionary,
        write_page_index=True,
    )
    parsed = parse_parquet(data)
    assert parsed.stray == 0
    assert check_parquet("t.parquet", data, parsed) == []


def test_a_statistic_that_no_row_shows(tmp_path):
    data = parquet(
        tmp_path / "t.parquet",
        pa.array([700_001, None, 700_003], pa.int64()),
        compression="none",
        use_dictionary=False,
    )
    old, new = (700_001).to_bytes(8, "little"), (654_321).to_bytes(8, "little")
    footer = data.rfind(b"code", 0, data.rfind(old))
    changed = data[:footer] + data[footer:].replace(old, new)
    findings = check_parquet("t", changed, parse_parquet(changed))
    assert any("statistic" in finding.problem for finding in findings)


def test_a_dictionary_entry_that_no_row_shows(tmp_path):
    spoilt = pa.array([700_001, 700_003, 700_001, 700_003], pa.int64())
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"value": spoilt}), path, compression="none", use_dictionary=True, write_statistics=False)
    data = path.read_bytes()
    entries = (700_001).to_bytes(8, "little") + (700_003).to_bytes(8, "little")
    assert entries in data
    honest = parse_parquet(data)
    assert check_parquet("t", data, honest) == []
    unused = pa.array([700_001] * 4, pa.int64())
    pq.write_table(pa.table({"value": unused}), path, compression="none", use_dictionary=True, write_statistics=False)
    one = path.read_bytes()
    chunk = honest.chunks[0]
    mixed = type(honest)((chunk,), honest.texts, 0)
    assert any("dictionary" in finding.problem for finding in check_parquet("t", one, mixed))


@pytest.mark.parametrize(("rows", "hidden"), [(42, 0), (42, 41), (9, 8), (16, 3)])
def test_one_hidden_number_is_no_mistake(tmp_path, rows, hidden):
    """The levels that say which one is null take as many bytes as the number would: eight."""
    shown = [None if row == hidden else 700_000 + row for row in range(rows)]
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"value": pa.array(shown, pa.int64())}), path, use_dictionary=False)
    data = path.read_bytes()
    assert check_parquet("t", data, parse_parquet(data)) == []


def test_bytes_between_the_pages_are_noticed(tmp_path):
    data = parquet(tmp_path / "t.parquet", pa.array([1, 2, 3], pa.int64()))
    size = int.from_bytes(data[-8:-4], "little")
    stuffed = data[: -8 - size] + b"extra" + data[-8 - size :]
    assert parse_parquet(stuffed).stray == 5


@pytest.mark.parametrize("cut", [4, 20, 60, -9, -30])
def test_a_damaged_parquet_is_a_finding_and_no_crash(tmp_path, cut):
    data = parquet(tmp_path / "t.parquet", pa.array([1, 2, 3], pa.int64()))
    (tmp_path / "t.parquet").write_bytes(data[:cut] + data[cut + 3 :])
    result = scan(tmp_path, Secrets(), NOTHING, frozenset())
    assert result.findings


def zipped(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", text)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        CANARY.encode(),
        f"x{CANARY}y".encode(),
        CANARY.encode("utf-16-le"),
        CANARY.encode("utf-16"),
        gzip.compress(CANARY.encode()),
        bz2.compress(CANARY.encode()),
        lzma.compress(CANARY.encode()),
        zipped(CANARY),
        gzip.compress(zipped(CANARY)),
        pa.compress(CANARY.encode(), codec="zstd", asbytes=True),
        base64.b64encode(b"left " * 9 + CANARY.encode()),
        b"".join(b"&#%d;" % ord(letter) for letter in CANARY),
        b"".join(b"\\u%04x" % ord(letter) for letter in CANARY),
        b"".join(b"%%%02x" % ord(letter) for letter in CANARY),
    ],
    ids=[  # packed bytes hold the time of day: they are no names for tests
        "plain",
        "inside",
        "utf-16-le",
        "utf-16",
        "gzip",
        "bz2",
        "lzma",
        "zip",
        "zip in gzip",
        "zstd",
        "base64",
        "html",
        "unicode escapes",
        "url escapes",
    ],
)
def test_a_canary_is_found_however_it_is_packed(tmp_path, data):
    (tmp_path / "notes.bin").write_bytes(data)
    (finding,) = scan(tmp_path, Secrets(canaries=(CANARY,)), NOTHING, frozenset()).findings
    assert (finding.check, finding.place) == ("byte_scan", "notes.bin")
    assert CANARY not in repr(finding)


def test_a_canary_in_a_file_name_is_found(tmp_path):
    (tmp_path / f"{CANARY}.txt").write_text("nothing")
    assert scan(tmp_path, Secrets(canaries=(CANARY,)), NOTHING, frozenset()).findings


def test_packing_too_deep_is_refused(tmp_path):
    data = CANARY.encode()
    for _ in range(9):
        data = gzip.compress(data)
    (tmp_path / "deep.gz").write_bytes(data)
    assert "deeply" in scan(tmp_path, Secrets(), NOTHING, frozenset()).findings[0].problem


def test_a_link_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert [f.place for f in scan(tmp_path, Secrets(), NOTHING, frozenset()).findings] == ["link"]


@pytest.mark.parametrize(
    ("identifier", "text", "found"),
    [
        ("QLRUBN9", "<td>QLRUBN9</td>", True),
        ("QLRUBN9", "<td>qlrubn9</td>", True),
        ("QLRUBN9", "id_QLRUBN9_x", True),
        ("QLRUBN9", "QLRUBN8", False),
        ("Han Sol Trading", "by Han  Sol\nTrading.", True),
        ("Han Sol Trading", "Han Trading, Sol", False),
        ("AB12", "AB12", False),  # too short to tell
        ("123456789", "<td>123456789</td>", True),
        ("123456789", "<td>1234567890</td>", False),
    ],
)
def test_identifiers_are_looked_up_as_words(tmp_path, identifier, text, found):
    (tmp_path / "page.html").write_text(text)
    for identifiers in ([identifier], pa.array([None, identifier]), pa.chunked_array([[identifier]])):
        result = scan(tmp_path, Secrets(identifiers), NOTHING, frozenset())
        assert bool(result.findings) is found
        assert identifier not in repr(result.findings)


def test_an_identifier_that_is_a_published_number_coincides(tmp_path):
    (tmp_path / "page.html").write_text("<td>123456789</td>")
    result = scan(tmp_path, Secrets(["123456789"]), NOTHING, frozenset({"123456789"}))
    assert (result.findings, result.coinciding) == ([], 1)


def test_secrets_do_not_show_themselves():
    assert "QLRUBN9" not in repr(Secrets(["QLRUBN9"], ("QLRUBN9",)))


def test_a_published_number_may_be_read_as_its_page_writes_it():
    """A range end "103,800" was taken for a hidden 103.8, by its reading with a decimal comma."""

    def column(*whole):
        return SimpleNamespace(whole=np.array(whole, dtype=np.int64), given=np.ones(len(whole), dtype=np.bool_))

    measures = [SimpleNamespace(id="duty", decimals=0)]
    table = SimpleNamespace(
        entry=SimpleNamespace(measures=measures),
        numbers={"duty": column(5)},
        lower={"duty": column(19930)},
        upper={"duty": column(103800)},
    )
    assert numbers("range 19,930 to 103,800") <= numbers(_written(table))
