"""Months, quarters and years as the reference periods of declarations."""

from datetime import date

import pytest

from publisher.aggregate.months import months_of


def test_a_month_is_itself() -> None:
    month = months_of("2024-02")
    assert (month.names, month.first_day, month.last_day) == (("2024-02",), date(2024, 2, 1), date(2024, 2, 29))


def test_a_quarter_has_three_and_a_year_twelve() -> None:
    assert months_of("2021-Q4").names == ("2021-10", "2021-11", "2021-12")
    assert months_of("2021-Q4").last_day == date(2021, 12, 31)
    year = months_of("2021")
    assert (len(year.names), year.names[0], year.names[-1]) == (12, "2021-01", "2021-12")
    assert (year.first_day, year.last_day) == (date(2021, 1, 1), date(2021, 12, 31))


@pytest.mark.parametrize(
    "text", ["", "21-01", "2021-13", "2021-00", "2021-Q5", "2021-1", "2021-01-01", "0000", "٢٠٢١"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no reference period"):
        months_of(text)
