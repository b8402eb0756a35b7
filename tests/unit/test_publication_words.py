"""Numbers, periods, headlines and ranges in words."""

from fractions import Fraction

import pyarrow as pa
import pytest

from publisher.catalogue.frequency import shift
from publisher.model.codelist import TOTAL
from publisher.model.protected import ProtectedTable
from publisher.model.structure import Measure
from publisher.publication.headline.facts import headline_facts
from publisher.publication.headline.words import Headline, headlines, words_of
from publisher.publication.imprint import Imprint
from publisher.publication.numbers import MINUS, fraction_words, grouped, in_words, share, size_words
from publisher.publication.periods import period_words
from publisher.publication.tables.display import number_cell, range_words, short_name
from publisher.publication.tables.published import publishable
from publisher.publication.tables.ranked import rankings
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, VALUE, empty_sample, noisy_sample
from tests.lib.tables import codelist, dimension, structure

KG = Measure("net_mass", "Net mass", "sum", "kg", decimals=3)
COUNT = Measure("traders", "Traders", "count_distinct", "traders")


@pytest.mark.parametrize(
    ("whole", "decimals", "text"),
    [
        (0, 0, "0"),
        (999, 0, "999"),
        (1000, 0, "1,000"),
        (-1234567, 0, f"{MINUS}1,234,567"),
        (0, 3, "0.000"),
        (7, 3, "0.007"),
        (-7, 3, f"{MINUS}0.007"),
        (1234567, 3, "1,234.567"),
        (2**63 - 1, 0, "9,223,372,036,854,775,807"),
    ],
)
def test_grouped(whole: int, decimals: int, text: str) -> None:
    assert grouped(whole, decimals) == text


@pytest.mark.parametrize(
    ("whole", "measure", "text"),
    [
        (189_660_029_000, VALUE, "KRW 189.7 billion"),
        (999_999, VALUE, "KRW 999,999"),
        (1_000_000, VALUE, "KRW 1.0 million"),
        (2_500_000_000_000, VALUE, "KRW 2.5 trillion"),
        (999_999, KG, "1,000 kg"),
        (1_000_000, KG, "1 tonnes"),
        (1_234_567_000_000, KG, "1.2 million tonnes"),
        (4321, COUNT, "4,321 traders"),
        (-4, COUNT, f"{MINUS}4 traders"),
    ],
)
def test_in_words(whole: int, measure: Measure, text: str) -> None:
    assert in_words(whole, measure) == text


def test_shares_sizes_and_fractions() -> None:
    assert share(228, 1000) == "22.8 %"
    assert [share(part, 10_000) for part in (0, 4, 6, 15)] == ["0.0 %", "less than 0.1 %", "0.1 %", "0.2 %"]
    assert size_words(999) == "999 bytes"
    assert size_words(1_200_000) == "1.2 MB"
    assert fraction_words(Fraction(1, 20)) == "1/20 (0.05)"
    assert fraction_words(Fraction(1)) == "1"


def test_periods() -> None:
    assert period_words("2021-03") == "March 2021"
    assert period_words("2021-Q1") == "first quarter of 2021"
    assert period_words("2021") == "2021"
    assert (shift("2021-12", 1), shift("2021-01", -1)) == ("2022-01", "2020-12")
    assert (shift("2021-Q4", 1), shift("2021-Q1", -5)) == ("2022-Q1", "2019-Q4")
    assert shift("2021", -1) == "2020"
    with pytest.raises(ValueError, match="not a month"):
        shift("2021-W1", 1)


def test_names_are_cut_at_a_word() -> None:
    assert short_name("a" * 90) == "a" * 90
    cut = short_name("word " * 40)
    assert len(cut) <= 90
    assert cut.endswith("word…")


def test_cells_in_words() -> None:
    assert number_cell(0, "A", 1234, None, None).text == "1,234"
    hidden = number_cell(0, "Q", None, 0, 5000)
    assert (hidden.kind, hidden.text, hidden.range) == ("hidden", "not shown", "0 to 5,000")
    assert number_cell(0, "U", None, None, None).text == "too noisy to show"
    noisy = number_cell(0, "E", 3, 0, 16)
    assert (noisy.kind, noisy.margin, noisy.range) == ("noisy", "13", "0 to 16")


def test_ranges_in_words() -> None:
    assert range_words(None, None, 0) == ""
    assert range_words(0, None, 0) == ""
    assert range_words(5, None, 0) == "at least 5"
    assert range_words(None, 5, 3) == "0.000 to 0.005"


def told(table: ProtectedTable) -> Headline | None:
    published = publishable(table)
    return next(iter(headlines(headline_facts(published), {table.structure.id: words_of(published)})), None)


#   commodity   value   what readers see     may a headline say "the largest"?
#   01          60      60
#   02          30      30
#   03          10      not shown, at most X   yes if X <= 60, no if X > 60 or unknown
@pytest.mark.parametrize(
    ("ceiling", "words"),
    [
        (60, "By goods, “01” came first: KRW 60, or 60.0 % of the total."),
        (61, "Of the figures shown by goods, that of “01” is the largest: KRW 60, or 60.0 % of the total."),
        (None, "Of the figures shown by goods, that of “01” is the largest:"),
    ],
)
def test_a_headline_claims_nothing_that_a_hidden_cell_could_overturn(ceiling: int | None, words: str) -> None:
    goods = codelist("GOODS", {"chapter": {"01": TOTAL, "02": TOTAL, "03": TOTAL}})
    table = structure(dimension("goods", goods), measures=(VALUE,))
    cells = pa.table(
        {
            "goods": pa.array([0, 1, 2, 3], pa.int32()),
            "statistical_value": pa.array([100, 60, 30, None], pa.int64()),
            "statistical_value_lower": pa.array([None, None, None, 0], pa.int64()),
            "statistical_value_upper": pa.array([None, None, None, ceiling], pa.int64()),
            "obs_status": ["A", "A", "A", "Q"],
            "conf_status": ["F", "F", "F", "C"],
        }
    )
    fact = told(ProtectedTable(table, PERIOD, "s0001", "suppression", cells))
    assert fact is not None
    assert fact.figure == "KRW 100"
    assert fact.detail[0].startswith(words)


def test_a_noisy_headline_carries_its_margin() -> None:
    fact = told(noisy_sample())
    assert fact is not None
    assert fact.figure.startswith("about ")
    assert all("(± 13)" in sentence for sentence in fact.detail)


def test_an_empty_table_has_no_headline_and_no_chart() -> None:
    empty = publishable(empty_sample())
    assert headline_facts(empty) == ()
    assert rankings(empty, Imprint(PLAN, PERIOD, 1, Office())) == ()
