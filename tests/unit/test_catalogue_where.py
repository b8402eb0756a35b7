"""The universe's SQL subset: canonical text, bound values, refusals."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.catalogue.codelists import codelist
from publisher.catalogue.where import (
    FILTERS,
    Condition,
    WhereError,
    parse_where,
    problems,
    to_sql,
    universe_text,
)
from publisher.model.declaration import BY_NAME, DECLARATION


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", "flow = 'M'"),
        ("  ", "flow = 'M'"),
        ("procedure='home_use'", "flow = 'M' AND procedure = 'home_use'"),
        ("procedure in ( 'processing' , 'home_use' )", "flow = 'M' AND procedure IN ('home_use','processing')"),
        ("procedure IN ('transit','transit')", "flow = 'M' AND procedure = 'transit'"),
        ("procedure not in ('transit')", "flow = 'M' AND procedure <> 'transit'"),
        ("procedure\nNOT  IN('transit','other')", "flow = 'M' AND procedure NOT IN ('other','transit')"),
        ("partner <> 'ZZ' and office = '40'", "flow = 'M' AND office = '40' AND partner <> 'ZZ'"),
    ],
)
def test_equal_universes_have_equal_texts(text: str, canonical: str) -> None:
    assert universe_text("M", parse_where(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "procedure",
        "procedure =",
        "procedure = home_use",
        'procedure = "home_use"',
        "procedure = 'home_use",
        "procedure = 3",
        "procedure == 'a'",
        "procedure != 'a'",
        "procedure > 'a'",
        "procedure LIKE 'a'",
        "procedure IS NULL",
        "procedure IN ()",
        "procedure IN 'a'",
        "procedure IN ('a'",
        "procedure IN ('a',)",
        "procedure NOT ('a')",
        "procedure = 'a' OR office = 'b'",
        "procedure = 'a' office = 'b'",
        "procedure = 'a' AND",
        "AND procedure = 'a'",
        "(procedure = 'a')",
        "NOT procedure = 'a'",
        "'a' = procedure",
        "procedure = 'a'; DELETE FROM declaration",
        "procedure = 'a' -- remark",
        "procedure = 'it''s'",
        "\"procedure\" = 'a'",
        "lower(procedure) = 'a'",
        "procedure = 'a\n'",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(WhereError) as refused:
        parse_where(text)
    assert "AND" in refused.value.allowed


def test_no_identifier_measure_or_confidential_column_is_a_filter() -> None:
    assert {BY_NAME[name].classification for name in FILTERS} == {"dimension"}
    for column in DECLARATION:
        refused = problems([Condition(column.name, False, ("x",))])
        assert refused, column.name
        if column.name not in FILTERS:
            assert "x" not in str(refused[0]).split()


def test_a_second_condition_on_a_column_is_refused() -> None:
    (fault,) = problems(parse_where("office = '40' AND office <> '20'"))
    assert "office has two conditions" in str(fault)


def test_the_allowed_codes_are_told_but_not_thousands_of_them() -> None:
    (fault,) = problems(parse_where("commodity = '01'"))
    assert "is no subheading of the codelist HS" in str(fault)
    assert len(fault.allowed) < 300


def test_sql_binds_every_code() -> None:
    universe = universe_text("M", parse_where("procedure IN ('transit','other') AND office <> '40'"))
    assert to_sql(universe) == (
        '"flow" IN (?) AND "office" NOT IN (?) AND "procedure" IN (?, ?)',
        ["M", "40", "other", "transit"],
    )
    assert to_sql("") == ("TRUE", [])


@pytest.mark.parametrize(
    "text", ["importer = 'A'", "flow = 'M' AND nothing = '1'", "procedure = 'a'", "flow = 'I'", "1 = 1"]
)
def test_sql_is_made_of_no_text_that_a_query_could_not_have(text: str) -> None:
    with pytest.raises(WhereError):
        to_sql(text)


_PIECES = st.sampled_from(
    ["procedure", "office", "'40'", "'", "=", "<>", "IN", "NOT", "AND", "(", ")", ",", " ", "x"]
)


@settings(deadline=None)
@given(st.text() | st.lists(_PIECES, max_size=12).map(" ".join))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    try:
        conditions = parse_where(text)
    except WhereError:
        return
    assert parse_where(" AND ".join(map(str, conditions))) == conditions


def _conditions() -> st.SearchStrategy[tuple[Condition, ...]]:
    def one(column: str) -> st.SearchStrategy[Condition]:
        listed = codelist(BY_NAME[column].codelist or "")
        codes = [code.code for code in listed.at(listed.levels[-1])]
        values = st.sets(st.sampled_from(codes), min_size=1, max_size=4).map(lambda some: tuple(sorted(some)))
        return st.builds(Condition, st.just(column), st.booleans(), values)

    return st.sets(st.sampled_from(("office", "outcome", "procedure", "transport_mode")), max_size=3).flatmap(
        lambda columns: st.tuples(*(one(column) for column in sorted(columns)))
    )


@settings(deadline=None)
@given(_conditions())
def test_text_and_conditions_say_the_same(conditions: tuple[Condition, ...]) -> None:
    text = universe_text("X", conditions)
    assert parse_where(text) == tuple(sorted((*conditions, Condition("flow", False, ("X",))), key=lambda c: c.column))
    assert problems(conditions) == []


@settings(deadline=None)
@given(_conditions(), st.data())
def test_duckdb_and_admits_agree(conditions: tuple[Condition, ...], data: st.DataObject) -> None:
    columns = ("flow", "office", "outcome", "procedure", "transport_mode")
    row = [data.draw(st.sampled_from([c.code for c in codelist(BY_NAME[n].codelist or "").codes])) for n in columns]
    sql, values = to_sql(universe_text("M", conditions))
    names = ", ".join(f'? AS "{name}"' for name in columns)
    found = duckdb.execute(f"SELECT count(*) FROM (SELECT {names}) WHERE {sql}", [*row, *values]).fetchone()
    held = dict(zip(columns, row, strict=True))
    wanted = held["flow"] == "M" and all(condition.admits(held[condition.column]) for condition in conditions)
    assert found == (int(wanted),)
