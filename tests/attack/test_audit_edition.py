"""Leaks and tampering in the written files of a whole edition: the audit fails, it neither crashes nor passes."""

import base64
import csv
import gzip
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from publisher.audit.audit import audit
from publisher.audit.secrets import Secrets
from publisher.model.codelist import TOTAL
from publisher.model.privacy import Charge
from publisher.model.rules import SuppressionRules
from tests.lib.edition import Item, Written, confidential, write_csv, write_edition
from tests.lib.tables import ITEMS, MASS, VALUE, codelist, dimension, structure

GOODS = codelist(
    "GOODS", {"chapter": {"01": TOTAL, "02": TOTAL}, "heading": {"0101": "01", "0201": "02", "0202": "02"}}
)
PARTNERS = codelist("PARTNERS", {"country": {"x": TOTAL, "y": TOTAL}})
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS), measures=(VALUE, MASS))
NOISY = structure(dimension("partner", PARTNERS), measures=(ITEMS,), name="n")
RULES = SuppressionRules("active", minimum_contributors=3)
HIDDEN = {("0201", "x"), ("0201", "y"), ("0202", "x"), ("0202", "y")}
SECRET = 7_654_321  # the value of 0201 x, of one trader
CANARY = "KANARIENVOGEL"
TRADER = "QLRUBN9"
NOISE = {"measurement": "m1", "rho": "1/20", "unit": "importer per calendar year", "snapshot": "s0001"}
CHARGE = Charge("m1", "importer per calendar year", 2021, Fraction(1, 20), "n", "2021-01", "s0001")


def items():
    found = [Item(TRADER, ("0201", "x"), (SECRET, 111))]
    for codes in (("0101", "x"), ("0101", "y"), ("0201", "y"), ("0202", "x"), ("0202", "y")):
        found += [Item(f"{''.join(codes)}{n}", codes, (9_000_000 + n, 5_000)) for n in range(4)]
    return found


TRUTH = confidential(TABLE, items())
COUNTS = confidential(NOISY, [Item("A", ("x",), (3,)), Item("B", ("y",), (4,))])


@pytest.fixture
def folder(tmp_path):
    tables = [Written(TABLE, TRUTH, hidden=HIDDEN), Written(NOISY, COUNTS, noise=NOISE)]
    return write_edition(tmp_path / "public", tables, [GOODS, PARTNERS])


def judge(folder, charges=(CHARGE,), **options):
    return audit("e", folder, [], [(TRUTH, RULES)], Secrets([TRADER], (CANARY,)), charges, insiders="off", **options)


def found(folder, check, **options):
    report = judge(folder, **options)
    assert not report.passed
    text = json.dumps(report.as_json())
    assert not any(secret in text for secret in (str(SECRET), CANARY, TRADER))
    return [finding for finding in report.findings if finding.check == check]


def test_the_honest_edition_passes(folder):
    report = judge(folder)
    assert report.findings == ()
    assert report.public_json().keys() == {"verdict", "files", "bytes"}
    assert judge(folder, queries=("t", "n")).passed


def test_a_table_without_any_cell_passes(tmp_path):
    empty = confidential(TABLE, [])
    folder = write_edition(tmp_path, [Written(TABLE, empty)], [GOODS, PARTNERS])
    assert audit("e", folder, [], [(empty, RULES)], Secrets([TRADER]), []).findings == ()


def test_a_number_in_the_name_of_a_code_is_no_leak(tmp_path):
    named = replace(GOODS, codes=tuple(replace(code, name=f"{code.name}, not {SECRET}") for code in GOODS.codes))
    table = replace(TABLE, dimensions=(dimension("commodity", named), TABLE.dimensions[1]))
    truth = confidential(table, items())
    folder = write_edition(tmp_path, [Written(table, truth, hidden=HIDDEN)], [named, PARTNERS])
    assert audit("e", folder, [], [(truth, RULES)], Secrets(), [], insiders="off").findings == ()


@pytest.mark.parametrize(("number", "coincides"), [("20000", True), ("20001", False)])
def test_a_trader_whose_number_is_a_published_figure_is_not_named_by_it(folder, number, coincides):
    """20 kg are published, in grams 20000: a figure of five digits, as short as an identifier may be."""
    (folder / "rows.js").write_text(f"[{number}]")
    report = audit("e", folder, [], [(TRUTH, RULES)], Secrets([number]), [CHARGE], insiders="off")
    assert dict(report.measured)["identifiers_coinciding"] == coincides
    assert [finding.place for finding in report.findings] == ([] if coincides else ["rows.js"])


# Canaries, identifiers and hidden values, in every kind of artifact


def plant_text(name, template="<!-- {} -->"):
    def plant(folder, secret):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + template.format(secret))

    return plant


def plant_gzip(folder, secret):
    (folder / "all.csv.gz").write_bytes(gzip.compress(f"value\n{secret}\n".encode()))


def plant_zip(folder, secret):
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.csv", f"value\n{secret}\n")


def plant_key_value(folder, secret):
    path = folder / "data" / "t.parquet"
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({"note": f"was {secret}"}), path)


def plant_column_metadata(folder, secret):
    path = folder / "data" / "t.parquet"
    table = pq.read_table(path)
    fields = [field.with_metadata({"note": f"was {secret}"}) for field in table.schema]
    pq.write_table(table.cast(pa.schema(fields)), path)


def plant_dictionary(folder, secret):
    """An entry of a string dictionary that no row uses."""
    path = folder / "data" / "t.parquet"
    table = pq.read_table(path)
    place = table.column_names.index("partner")
    texts = table.column("partner").cast(pa.string()).to_pylist()
    entries = [*sorted(set(texts)), str(secret)]
    column = pa.DictionaryArray.from_arrays(
        pa.array([entries.index(t) for t in texts], pa.int32()), pa.array(entries)
    )
    pq.write_table(table.set_column(place, "partner", column), path, compression="zstd")


PLACES = {
    "html comment": plant_text("index.html"),
    "html attribute": plant_text("tables/t.html", '<td data-v="{}">hidden</td>'),
    "html text": plant_text("tables/t.html", "<td>{}</td>"),
    "js shard": plant_text("tables/t.1.js", 'rows(["0201","x",{}]);'),
    "json": plant_text("metadata/dcat.jsonld", '{{"a": "{}"}}'),
    "svg": plant_text("assets/chart.svg", "<svg><title>{}</title></svg>"),
    "css": plant_text("assets/site.css", "/* {} */"),
    "codelist name": plant_text("metadata/codelists/GOODS.csv", "0999,{},heading,01\n"),
    "gzip": plant_gzip,
    "zip": plant_zip,
    "parquet key-value": plant_key_value,
    "parquet column metadata": plant_column_metadata,
    "parquet dictionary": plant_dictionary,
    "base64": lambda folder, secret: (folder / "x.html").write_bytes(
        b"data:text/csv;base64," + base64.b64encode(f"a long enough text with {secret} in it".encode())
    ),
}


@pytest.mark.parametrize("secret", [CANARY, TRADER, SECRET])
@pytest.mark.parametrize("place", PLACES)
def test_what_is_planted_is_found(folder, place, secret):
    PLACES[place](folder, secret)
    unread = (place, secret) == ("codelist name", SECRET)  # a table over another codelist is refused unread
    assert found(folder, "completeness" if unread else "byte_scan")


@pytest.mark.parametrize("written", ["7,654,321", "7 654 321", "7\u202f654\u202f321", "7.654.321", "7654321.0"])
def test_a_hidden_value_is_found_however_it_is_written(folder, written):
    (folder / "index.html").write_text(f"<td>{written}</td>")
    (finding,) = found(folder, "byte_scan")
    assert finding.cell == ("t", "2021-01", "0201", "x", "statistical_value")


@pytest.mark.parametrize("written", ["20003000", "20003.000", "20,003"])
def test_a_hidden_mass_is_found_in_grams_and_kilograms(folder, tmp_path, written):
    truth = confidential(
        TABLE, [Item(i.trader, i.codes, (i.measures[0], 20_003_000)) for i in items()[:1]] + items()[1:]
    )
    write_edition(folder, [Written(TABLE, truth, hidden=HIDDEN)], [GOODS, PARTNERS])
    (folder / "index.html").write_text(f"<td>{written}</td>")
    report = audit("e", folder, [], [(truth, RULES)], Secrets(), [], insiders="off")
    assert any(f.check == "byte_scan" for f in report.findings) is (written != "20,003")  # five digits do not tell


@pytest.mark.parametrize("column", ["time_period", "commodity", "partner_level", "obs_status", "conf_status"])
def test_a_canary_in_any_column_is_found(folder, column):
    for name in ("parquet", "csv"):
        table = pq.read_table(folder / "data" / "t.parquet")
        place = table.column_names.index(column)
        texts = table.column(column).cast(pa.string()).to_pylist()
        spoilt = table.set_column(place, column, pa.array([CANARY, *texts[1:]]))
        if name == "parquet":
            pq.write_table(spoilt, folder / "data" / "t.parquet")
        else:
            write_csv(spoilt, TABLE, folder / "data" / "t.csv")
        assert {f.place for f in found(folder, "byte_scan")} >= {f"data/t.{name}"}
        pq.write_table(table, folder / "data" / "t.parquet")


# Numbers of the Parquet file that no row shows


def rewrite(folder, change, **options):
    path = folder / "data" / "t.parquet"
    pq.write_table(change(pq.read_table(path)), path, **options)


def test_a_hidden_value_as_statistic_is_found(folder):
    """Statistics made before hiding: bytes of the true minimum in place of the shown one."""
    path = folder / "data" / "t.parquet"
    rewrite(folder, lambda table: table, use_dictionary=False, compression="none")
    data = path.read_bytes()
    shown = min(v for v in pq.read_table(path).column("statistical_value").to_pylist() if v is not None)
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    old, new = shown.to_bytes(8, "little"), SECRET.to_bytes(8, "little")
    assert old in data[footer:]
    path.write_bytes(data[:footer] + data[footer:].replace(old, new))
    assert {f.problem for f in found(folder, "byte_scan")} == {
        "column statistical_value: a statistic is a number that no row shows"
    }


def test_a_hidden_value_as_dictionary_entry_is_found(folder):
    """The dictionary page was made before hiding: one entry is the true value."""
    path = folder / "data" / "t.parquet"
    rewrite(
        folder, lambda table: table, use_dictionary=["statistical_value"], compression="none", write_statistics=False
    )
    data = path.read_bytes()
    shown = next(v for v in pq.read_table(path).column("statistical_value").to_pylist() if v is not None)
    assert data.count(shown.to_bytes(8, "little")) == 1
    path.write_bytes(data.replace(shown.to_bytes(8, "little"), SECRET.to_bytes(8, "little")))
    assert found(folder, "completeness")  # the row now shows it


def test_stray_bytes_in_a_parquet_file_are_found(folder):
    path = folder / "data" / "t.parquet"
    data = path.read_bytes()
    size = int.from_bytes(data[-8:-4], "little")
    path.write_bytes(data[: -8 - size] + SECRET.to_bytes(8, "little") + data[-8 - size :])
    assert any("belong to no part" in f.problem for f in found(folder, "byte_scan"))


# Tampering with the description, the codelists and the tables


def edit_description(folder, change):
    path = folder / "metadata" / "tables.json"
    described = json.loads(path.read_text())
    change(described)
    path.write_text(json.dumps(described))


def first(key, value):
    return lambda described: described["tables"][0].__setitem__(key, value)


DESCRIPTIONS = {
    "no tables": lambda d: d.__setitem__("tables", []),
    "wrong type": lambda d: d.__setitem__("tables", "none"),
    "a table less": lambda d: d["tables"].pop(0),
    "a table twice": lambda d: d["tables"].append(d["tables"][0]),
    "other period": lambda d: d.__setitem__("period", "2021-02"),
    "other flow": first("flow", "X"),
    "other universe": first("universe", "office = '10'"),
    "other snapshot": first("snapshot", "s0009"),
    "called noisy": first("method", "dp"),
    "path as id": first("id", "../data/t"),
    "no dimension": first("dimensions", []),
    "a level less": lambda d: d["tables"][0]["dimensions"][0]["levels"].pop(),
    "a level more": lambda d: d["tables"][0]["dimensions"][0]["levels"].append("planet"),
    "levels turned": lambda d: d["tables"][0]["dimensions"][0]["levels"].reverse(),
    "other codelist": lambda d: d["tables"][0]["dimensions"][0].__setitem__("codelist", "PARTNERS"),
    "other decimals": lambda d: d["tables"][0]["measures"][1].__setitem__("decimals", 2),
    "other column": lambda d: d["tables"][0]["measures"][0].__setitem__("column", "duty_amount"),
    "other shadow": lambda d: d["tables"][0]["measures"][1].__setitem__("shadows", None),
}


@pytest.mark.parametrize("what", DESCRIPTIONS)
def test_a_tampered_description_fails(folder, what):
    edit_description(folder, DESCRIPTIONS[what])
    assert found(folder, "completeness")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\udcff", "[" * 100_000])
def test_a_broken_description_fails(folder, text):
    (folder / "metadata" / "tables.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert found(folder, "completeness")


def codes(folder, change):
    path = folder / "metadata" / "codelists" / "GOODS.csv"
    with path.open(newline="") as lines:
        rows = list(csv.reader(lines))
    changed = io.StringIO()
    csv.writer(changed, lineterminator="\n").writerows(change(rows))
    path.write_text(changed.getvalue())


CODELISTS = {
    "gone": lambda rows: [],
    "no header": lambda rows: rows[1:],
    "a code less": lambda rows: rows[:-1],
    "a code more": lambda rows: [*rows, ["0203", "new", "heading", "02"]],
    "a code twice": lambda rows: [*rows, rows[-1]],
    "another parent": lambda rows: [*rows[:-1], [*rows[-1][:3], "01"]],
    "no parent": lambda rows: [*rows[:-1], [*rows[-1][:3], ""]],
    "unknown parent": lambda rows: [*rows[:-1], [*rows[-1][:3], "77"]],
    "own parent": lambda rows: [*rows[:-1], [*rows[-1][:3], rows[-1][0]]],
    "a ring": lambda rows: [*rows, ["r1", "", "ring", "r2"], ["r2", "", "ring", "r1"], ["0203", "", "heading", "r1"]],
    "another level": lambda rows: [*rows[:-1], [*rows[-1][:2], "chapter", rows[-1][3]]],
    "a field more": lambda rows: [*rows[:-1], [*rows[-1], "x"]],
}


@pytest.mark.parametrize("what", CODELISTS)
def test_a_tampered_codelist_fails(folder, what):
    codes(folder, CODELISTS[what])
    assert found(folder, "completeness")


def column_set(name, make):
    def change(table):
        place = table.column_names.index(name)
        return table.set_column(place, name, make(table.column(name)))

    return change


def with_value(table, row, value, name="statistical_value"):
    values = table.column(name).to_pylist()
    values[row] = value
    return table.set_column(table.column_names.index(name), name, pa.array(values, table.schema.field(name).type))


def row_of(table, *wanted):
    pairs = zip(table.column("commodity").to_pylist(), table.column("partner").to_pylist(), strict=True)
    return list(pairs).index(wanted)


TABLES = {
    "a hidden cell with a value": lambda t: with_value(t, row_of(t, "0201", "x"), SECRET),
    "a hidden cell with a mass": lambda t: with_value(t, row_of(t, "0201", "x"), 0.111, "net_mass"),
    "a shown cell without a value": lambda t: with_value(t, 0, None),
    "another value": lambda t: with_value(t, row_of(t, "0101", "x"), 1),
    "a row less": lambda t: t.slice(1),
    "a leaf less": lambda t: pa.concat_tables([t.slice(0, row_of(t, "0101", "x")), t.slice(row_of(t, "0101", "y"))]),
    "a row twice": lambda t: pa.concat_tables([t.slice(0, 1), t]),
    "another order": lambda t: t.sort_by([("net_mass", "ascending")]),
    "a column more": lambda t: t.append_column("rank", pa.array(range(len(t)))),
    "a column less": lambda t: t.drop_columns(["net_mass_lower"]),
    "a column twice": lambda t: t.append_column("net_mass", t.column("net_mass")),
    "a reason": column_set("conf_status", lambda c: pa.array(["D" if v == "C" else v for v in c.to_pylist()])),
    "a status": column_set("obs_status", lambda c: pa.array(["A"] * len(c))),
    "an unknown code": column_set("partner", lambda c: pa.array(["q", *c.to_pylist()[1:]])),
    "a wrong level": column_set("commodity_level", lambda c: pa.array(["heading"] * len(c))),
    "a null code": column_set("partner", lambda c: pa.array([None, *c.to_pylist()[1:]], pa.string())),
    "a wrong period": column_set("time_period", lambda c: pa.array(["2020-01"] * len(c))),
    "too many decimals": lambda t: with_value(t, 0, 1.00005, "net_mass"),
    "not a number": lambda t: with_value(t, 0, float("nan"), "net_mass"),
    "text": column_set("statistical_value", lambda c: c.cast(pa.string())),
    "an interval of a shown cell": lambda t: with_value(t, 0, 5, "statistical_value_lower"),
}


@pytest.mark.parametrize("what", TABLES)
def test_a_tampered_table_fails(folder, what):
    table = TABLES[what](pq.read_table(folder / "data" / "t.parquet"))
    pq.write_table(table, folder / "data" / "t.parquet")
    if len(set(table.column_names)) == len(table.column_names) and what not in ("text", "a column less"):
        write_csv(table, TABLE, folder / "data" / "t.csv")
    assert found(folder, "completeness") or found(folder, "additivity")


@pytest.mark.parametrize(
    ("old", "new"),
    [("KRW", "KRW"), (",A,F", ",A,C"), ("9000000", "9000001"), ("0101", "0102"), ("\n", "\n\n2021,"), (",", ";")],
)
def test_a_csv_that_differs_fails(folder, old, new):
    path = folder / "data" / "t.csv"
    text = path.read_text()
    changed = text.replace(old, new, 1) if old in text else text + "more\n"
    path.write_text(changed)
    assert found(folder, "completeness")


@pytest.mark.parametrize(
    "name", ["data/t.csv", "data/t.parquet", "metadata/tables.json", "metadata/codelists/GOODS.csv"]
)
@pytest.mark.parametrize("content", [None, b"", b"\x00" * 64, b"PAR1\xff\xff\xff\xffPAR1"])
def test_a_file_that_is_gone_or_broken_fails(folder, name, content):
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    assert found(folder, "completeness")


def test_a_table_that_no_query_names_fails(folder):
    (folder / "data" / "old.csv").write_text("commodity\n")
    assert [f.place for f in found(folder, "completeness")] == ["data/old.csv"]
    (folder / "data" / "old.csv").unlink()
    assert found(folder, "completeness", queries=("t",))
    assert found(folder, "completeness", queries=("t", "n", "u"))


def test_an_earlier_edition_that_cannot_be_read_fails(folder, tmp_path):
    report = audit("e", folder, [tmp_path / "none"], [(TRUTH, RULES)], Secrets(), [CHARGE], insiders="off")
    assert [f.check for f in report.findings] == ["completeness"]


# The ledger


@pytest.mark.parametrize(
    "charge",
    [
        replace(CHARGE, key="m2"),
        replace(CHARGE, rho=Fraction(1, 21)),
        replace(CHARGE, unit="exporter per calendar year"),
        replace(CHARGE, snapshot="s0002"),
        replace(CHARGE, period="2020-12"),
        replace(CHARGE, query="m"),
    ],
)
def test_a_noisy_table_that_was_not_paid_for_fails(folder, charge):
    assert found(folder, "ledger", charges=[charge])


@pytest.mark.parametrize(
    ("measured", "edition", "passes"),
    [("s0001", "s0001", True), ("s0002", "s0010", True), ("s0002", "s0001", False), ("s10000", "s9999", False)],
)
def test_a_measurement_may_be_older_than_its_edition_but_not_newer(folder, measured, edition, passes):
    """Declarations that came later make no new measurement; an attempt given up was charged at an older snapshot."""
    edit_description(folder, lambda d: d["tables"][1].update(snapshot=edition, noise=NOISE | {"snapshot": measured}))
    charges = [replace(CHARGE, snapshot="s0001"), replace(CHARGE, snapshot=measured, attempt=2)]
    findings = [one for one in judge(folder, charges=charges).findings if one.check == "ledger"]
    assert (not findings) is passes


def test_a_noisy_table_without_any_charge_fails(folder):
    assert found(folder, "ledger", charges=[])


@pytest.mark.parametrize(
    "noise", [None, NOISE | {"rho": "0.05x"}, NOISE | {"rho": "1/0"}, NOISE | {"measurement": ""}]
)
def test_a_tampered_noise_statement_fails(folder, noise):
    edit_description(folder, lambda d: d["tables"][1].__setitem__("noise", noise))
    assert found(folder, "ledger")


def test_a_measurement_shown_twice_fails(folder):
    edit_description(folder, lambda d: d["tables"].append(d["tables"][1] | {"id": "n2"}))
    assert any("two tables" in f.problem for f in found(folder, "ledger"))


def test_an_exact_twin_of_a_noisy_number_fails(folder):
    exact = replace(NOISY, id="exact")
    write_edition(
        folder,
        [Written(TABLE, TRUTH, hidden=HIDDEN), Written(NOISY, COUNTS, noise=NOISE), Written(exact, COUNTS)],
        [],
    )
    assert any("also published exactly" in f.problem for f in found(folder, "ledger"))


def test_nothing_rests_on_assert(folder):
    """Under python -O the verdicts are the same."""
    script = (
        "import sys; from pathlib import Path\n"
        "from tests.attack.test_audit_edition import judge, plant_gzip, CANARY\n"
        "folder = Path(sys.argv[1]); honest = judge(folder).passed; plant_gzip(folder, CANARY)\n"
        "sys.exit(0 if honest and not judge(folder).passed else 1)"
    )
    run = subprocess.run(
        [sys.executable, "-O", "-c", script, str(folder)], cwd=Path(__file__).parents[2], check=False
    )
    assert run.returncode == 0
