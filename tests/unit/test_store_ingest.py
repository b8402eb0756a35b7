"""What ingest keeps, quarantines and refuses."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from publisher.errors import IngestError
from publisher.settings import Settings, Workspace
from publisher.store.connection import Store, open_store
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from publisher.store.quarantine import quarantine_counts, quarantine_list
from publisher.store.rules import LARGEST_WHOLE, RULES
from tests.lib.stores import GOOD, PASSPHRASE, TODAY, count, items, native_csv, new_store, take, workspace

__all__ = ["workspace"]


def kept(store: Store, columns: str, where: str = "true") -> list[tuple[object, ...]]:
    return store.connection.execute(
        f"SELECT {columns} FROM declaration_item WHERE {where} ORDER BY batch_id, row_number"
    ).fetchall()


def broken(store: Store) -> list[tuple[int, str, str]]:
    return store.connection.execute("SELECT row_number, column_name, rule FROM quarantine ORDER BY ALL").fetchall()


def test_a_good_row_arrives_whole(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        report = take(store, native_csv(workspace.root / "d.csv", [GOOD]))
        assert kept(store, "* EXCLUDE (batch_id, row_number)") == [
            (
                *("D1", 1, 1, "M", date(2024, 2, 29), "2024-02", "T1", None, None, None, None, None),
                *("10", "home_use", "1", "090121", None, "BR", "NL", "BR", 1000, 2000, None, None),
                *(Decimal(8), 80, "A", None, "NONE", "not_inspected", None),
            )
        ]
        assert (report.outcome, report.batch.id, report.batch.rows_kept) == ("kept", "b0001", 1)
        assert (report.batch.first_period, report.batch.who, report.batch.file) == ("2024-02", "tester", "d.csv")


def test_partner_is_origin_of_imports_and_destination_of_exports(workspace: Workspace) -> None:
    rows = items(2)
    rows[1] |= {"flow": "X", "importer": "", "exporter": "T2", "origin": ""}
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", rows))
        assert kept(store, "flow, partner") == [("M", "BR"), ("X", "NL")]


# One fault a line: (columns changed, column, rule). Boundaries: the last good value is tested below.
FAULTS = [
    ({"declaration_id": ""}, "declaration_id", "missing"),
    ({"declaration_id": "x" * 101}, "declaration_id", "too_long"),
    ({"item_number": "0"}, "item_number", "not_positive"),
    ({"item_number": "1.5"}, "item_number", "fraction"),
    ({"version": ""}, "version", "missing"),
    ({"version": "two"}, "version", "not_a_number"),
    ({"flow": "I"}, "flow", "unknown_code"),
    ({"acceptance_date": "2024-07-01"}, "acceptance_date", "future_date"),
    ({"acceptance_date": "1987-12-31"}, "acceptance_date", "ancient_date"),
    ({"acceptance_date": "2023-02-29"}, "acceptance_date", "not_a_date"),
    ({"acceptance_date": "29.02.2024"}, "acceptance_date", "not_a_date"),
    ({"importer": ""}, "flow", "missing_trader"),
    ({"importer": "  "}, "flow", "missing_trader"),
    ({"flow": "X"}, "flow", "missing_trader"),
    ({"office": "999"}, "office", "unknown_code"),
    ({"office": "_T"}, "office", "unknown_code"),
    ({"commodity": "09012A"}, "commodity", "letters"),
    ({"commodity": "90121"}, "commodity", "digits"),
    ({"commodity": "0901"}, "commodity", "digits"),
    ({"commodity": "090199"}, "commodity", "unknown_code"),
    ({"commodity_national": "0902101234"}, "commodity_national", "national_mismatch"),
    ({"commodity_national": "09012112345"}, "commodity_national", "national_mismatch"),
    ({"origin": "QQ"}, "origin", "unknown_code"),
    ({"origin": ""}, "partner", "missing_partner"),
    ({"statistical_value": "-1"}, "statistical_value", "negative"),
    ({"statistical_value": "1e3x"}, "statistical_value", "not_a_number"),
    ({"statistical_value": "1,000"}, "statistical_value", "not_a_number"),
    ({"statistical_value": "0.5"}, "statistical_value", "fraction"),
    ({"statistical_value": str(LARGEST_WHOLE + 1)}, "statistical_value", "too_large"),
    ({"statistical_value": "1" + "0" * 18}, "statistical_value", "too_large"),
    ({"statistical_value": "NaN"}, "statistical_value", "not_a_number"),
    ({"net_mass": "-0.001"}, "net_mass", "fraction"),
    ({"net_mass": "-2"}, "net_mass", "negative"),
    ({"net_mass": ""}, "net_mass", "missing"),
    ({"duty_rate": "-1"}, "duty_rate", "negative"),
    ({"duty_rate": "high"}, "duty_rate", "not_a_number"),
    ({"duty_amount": "-1"}, "duty_amount", "negative"),
    ({"supplementary_unit": "XXX"}, "supplementary_unit", "unknown_code"),
    ({"preference": "ZZZ9"}, "preference", "unknown_code"),
]


def test_every_fault_is_named_and_only_its_row_kept_apart(workspace: Workspace) -> None:
    rows = [{**GOOD, "declaration_id": f"D{number}", **change} for number, (change, _, _) in enumerate(FAULTS)]
    with new_store(workspace) as store:
        report = take(store, native_csv(workspace.root / "d.csv", [*rows, GOOD]))
        assert broken(store) == [(n, column, rule) for n, (_, column, rule) in enumerate(FAULTS, start=1)]
        assert (report.batch.rows_kept, report.batch.rows_quarantined) == (1, len(FAULTS))
        assert sum(each.rows for each in report.broken) == len(FAULTS)
        assert all(each.remedy for each in report.broken)


@pytest.mark.parametrize(
    "change",
    [
        {"acceptance_date": TODAY.isoformat()},
        {"acceptance_date": "1988-01-01"},
        {"statistical_value": "0", "net_mass": "0"},
        {"statistical_value": str(LARGEST_WHOLE)},
        {"statistical_value": "1e3"},
        {"statistical_value": "12.000"},
        {"declaration_id": "x" * 100},
        {"commodity_national": "0901211234"},
        {"origin": "ZZ"},
        {"importer": " T1 "},
    ],
)
def test_the_last_good_value_is_kept(workspace: Workspace, change: dict[str, str]) -> None:
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", [{**GOOD, **change}]), percent=0)
        assert kept(store, "importer") == [("T1",)]


def test_a_row_with_several_faults_is_one_row_with_several_rules(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        report = take(store, native_csv(workspace.root / "d.csv", [GOOD | {"office": "?", "net_mass": "-1"}]))
        assert broken(store) == [(1, "net_mass", "negative"), (1, "office", "unknown_code")]
        assert report.batch.rows_quarantined == 1
        assert {row.rule for row in quarantine_list(store)} == {"negative", "unknown_code"}
        assert {each.rule for each in quarantine_counts(store)} == {"negative", "unknown_code"}
        assert '"office":"?"' in quarantine_list(store)[0].raw
        assert "office" not in repr(quarantine_list(store)[0].as_json()["rule"])


def test_every_rule_has_a_remedy() -> None:
    assert {rule for _, _, rule in FAULTS} <= set(RULES)


def test_rows_that_claim_the_same_version_are_all_kept_apart(workspace: Workspace) -> None:
    rows = [*items(2), {**GOOD, "statistical_value": "7"}]
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", rows))
        assert broken(store) == [(1, "declaration_id", "duplicate"), (3, "declaration_id", "duplicate")]
        assert kept(store, "declaration_id") == [("D2",)]
        assert '"statistical_value":7' in quarantine_list(store)[-1].raw


@pytest.mark.parametrize(("bad", "kept_rows"), [(4, 96), (5, 95), (6, 0)])
def test_more_than_the_threshold_refuses_the_whole_file(workspace: Workspace, bad: int, kept_rows: int) -> None:
    rows = items(100)
    for row in rows[:bad]:
        row["net_mass"] = "-98765"
    file = native_csv(workspace.root / "d.csv", rows)
    with new_store(workspace) as store:
        if kept_rows:
            take(store, file, percent=5)
        else:
            with pytest.raises(IngestError, match="6 of 100 rows break a rule, more than 5 %") as refused:
                take(store, file, percent=5)
            assert "net_mass, negative (first: row 1)" in str(refused.value)
            assert "98765" not in str(refused.value)
        assert count(store, "declaration_item") == kept_rows
        assert count(store, "quarantine") == (bad if kept_rows else 0)
        assert count(store, "batch") == (1 if kept_rows else 0)
        assert store.connection.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchone() == (0,)


def test_the_same_file_again_changes_nothing(workspace: Workspace) -> None:
    file = native_csv(workspace.root / "d.csv", items(3))
    with new_store(workspace) as store:
        first = take(store, file)
        again = take(store, file.rename(workspace.root / "renamed.csv"))
        assert (again.outcome, again.batch) == ("already_held", first.batch)
        assert count(store, "declaration_item") == 3


def test_a_later_version_counts_and_the_earlier_one_stays(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "1.csv", items(2)))
        report = take(store, native_csv(workspace.root / "2.csv", items(1, version="2", statistical_value="5")))
        assert report.batch.rows_superseded == 1
        assert kept(store, "declaration_id, version") == [("D1", 1), ("D2", 1), ("D1", 2)]
        assert store.connection.execute("FROM superseded").fetchall() == [(1, 1, 2)]


def test_an_earlier_version_that_comes_late_does_not_count(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "1.csv", items(1, version="3")))
        take(store, native_csv(workspace.root / "2.csv", items(1, version="2")))
        assert store.connection.execute("FROM superseded").fetchall() == [(2, 1, 2)]


def test_versions_within_one_file(workspace: Workspace) -> None:
    rows = items(1) + items(1, version="3") + items(1, version="2")
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "1.csv", rows))
        assert store.connection.execute("FROM superseded ORDER BY ALL").fetchall() == [(1, 1, 1), (1, 3, 1)]


def test_a_row_held_already_is_counted_and_not_kept_twice(workspace: Workspace) -> None:
    """Cumulative deliveries repeat what was sent before; a changed row needs a new version."""
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "1.csv", items(3)))
        rows = items(4)
        rows[1]["statistical_value"] = "7"
        report = take(store, native_csv(workspace.root / "2.csv", rows))
        assert (report.batch.rows_read, report.batch.rows_repeated, report.batch.rows_kept) == (4, 2, 1)
        assert broken(store) == [(2, "version", "version_held")]
        assert kept(store, "declaration_id", "batch_id = 2") == [("D4",)]


def test_lines_that_cannot_be_split_keep_every_row_number_right(workspace: Workspace) -> None:
    file = native_csv(workspace.root / "d.csv", items(9))
    lines = file.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b"T1", b"T\xff\xfe")  # row 2: not UTF-8
    lines[4] = lines[4] + b",more"  # row 4: too many fields
    lines[5] = b"D5,1"  # row 5: too few
    lines[8] = lines[8].replace(b"2000", b"-1")  # row 8: a rule
    file.write_bytes(b"\n".join(lines))
    with new_store(workspace) as store:
        report = take(store, file)
        assert broken(store) == [
            (2, "line", "unreadable_text"),
            (4, "line", "wrong_fields"),
            (5, "line", "wrong_fields"),
            (8, "net_mass", "negative"),
        ]
        assert kept(store, "row_number, declaration_id") == [(n, f"D{n}") for n in (1, 3, 6, 7, 9)]
        assert report.batch.rows_read == 9


def test_an_unclosed_quote_is_refused_because_it_swallows_rows(workspace: Workspace) -> None:
    file = native_csv(workspace.root / "d.csv", items(500))
    file.write_text(file.read_text().replace("D3,", '"D3,'))
    with new_store(workspace) as store:
        with pytest.raises(IngestError, match="quote opened in row 3"):
            take(store, file)
        assert count(store, "declaration_item") == 0


def test_quoted_texts_may_hold_delimiters_and_line_ends(workspace: Workspace) -> None:
    rows = items(3)
    rows[1]["counterparty"] = 'a, "b"\nc'
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "d.csv", rows), percent=0)
        assert kept(store, "row_number, counterparty") == [(1, None), (2, 'a, "b"\nc'), (3, None)]


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks(workspace: Workspace, end: bytes, mark: bytes) -> None:
    file = native_csv(workspace.root / "d.csv", items(3))
    file.write_bytes(mark + file.read_bytes().replace(b"\n", end))
    with new_store(workspace) as store:
        take(store, file, percent=0)
        assert count(store, "declaration_item") == 3


def test_parquet_with_types_and_parquet_with_texts_give_the_same_rows(workspace: Workspace) -> None:
    text = native_csv(workspace.root / "d.csv", items(3))
    typed, plain = workspace.root / "typed.parquet", workspace.root / "plain.parquet"
    casts = "CAST(acceptance_date AS DATE) AS acceptance_date, CAST(net_mass AS BIGINT) AS net_mass"
    duckdb.execute(f"COPY (SELECT * REPLACE ({casts}) FROM read_csv('{text}', all_varchar = true)) TO '{typed}'")
    duckdb.execute(f"COPY (FROM read_csv('{text}', all_varchar = true)) TO '{plain}'")
    with new_store(workspace) as store:
        take(store, text, percent=0)
        for file in (typed, plain):
            assert take(store, file, percent=0).batch.rows_repeated == 3


def test_all_headers_are_looked_at_before_anything_is_kept(workspace: Workspace) -> None:
    good = native_csv(workspace.root / "1.csv", items(1))
    bad = workspace.root / "2.csv"
    bad.write_text("a,b\n1,2\n")
    with new_store(workspace) as store:
        with pytest.raises(IngestError, match="lacks"):
            ingest(store, [good, bad], load_profile("native"), who="tester", today=TODAY)
        assert count(store, "batch") == 0


def test_a_refused_file_leaves_the_one_before_it(workspace: Workspace) -> None:
    good = native_csv(workspace.root / "1.csv", items(1))
    bad = native_csv(workspace.root / "2.csv", items(2, office="?"))
    with new_store(workspace) as store, pytest.raises(IngestError, match=r"2\.csv"):
        ingest(store, [good, bad], load_profile("native"), who="tester", today=TODAY)
    with open_store(workspace, PASSPHRASE, Settings()) as store:
        assert kept(store, "declaration_id") == [("D1",)]


def test_the_report_as_json(workspace: Workspace) -> None:
    files = [native_csv(workspace.root / "1.csv", items(2)), native_csv(workspace.root / "2.csv", items(3))]
    with new_store(workspace) as store:
        report = ingest(store, files, load_profile("native"), who="tester", today=TODAY)
        shown = report.as_json()
        assert (shown["rows_kept"], shown["rows_quarantined"]) == (3, 0)
        assert [batch["batch"]["id"] for batch in shown["batches"]] == ["b0001", "b0002"]
        assert Path(files[0]).name == shown["batches"][0]["batch"]["file"]
