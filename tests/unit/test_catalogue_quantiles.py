"""Queries of quantiles: what a file must say, and that digests of all other queries stay what they were."""

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from publisher.catalogue.load import load_queries, load_query
from publisher.errors import CatalogueError
from publisher.model.privacy import PrivacyRules, QuantileRules
from publisher.settings import Workspace

REPOSITORY = Workspace(Path(__file__).parents[2])
SHIPPED = REPOSITORY.queries / "clearance_time_by_office.toml"

# measurement and public digests of the shipped queries, as they were before quantiles existed
BEFORE = {
    "declarations_by_office_mode": ("5c4af31548a297ce", "0e364f4ed0ee4a32"),
    "duties_by_preference_chapter": ("f48eba34bf4183a9", "7d8dda86e2c134d3"),
    "export_licences_by_category_destination": ("335b686b31041c51", "6f798855691a5953"),
    "exports_by_commodity_destination": ("49d313459cb89c20", "fe15d5ec995d7b11"),
    "imports_by_commodity_origin": ("5488cc2ca67af675", "8980072862d25380"),
    "imports_by_office_mode": ("b1835b6860eb819e", "652507c0b76fce59"),
    "inspections_by_chapter_region": ("6d2d3cedabd548fe", "c923426efa8f4540"),
    "traders_by_chapter_region": ("d233f3402aa9a947", "fa54ce2143052013"),
}


@pytest.mark.parametrize("id", BEFORE)
def test_a_query_without_quantiles_has_the_digests_it_had(id: str) -> None:
    """Another digest would be another measurement: a second spend for every table that is sealed."""
    query = load_queries(REPOSITORY)[id]
    assert (query.measurement_digest[:16], query.digest[:16]) == BEFORE[id]


def test_the_shipped_query_of_clearance_times() -> None:
    query = load_query(SHIPPED)
    (measure,) = query.structure.measures
    assert query.structure.of_quantiles and query.method == "dp"
    assert (measure.aggregate, measure.column, measure.unit) == ("quantile", "clearance_hours", "hours")
    assert (measure.quantile, measure.candidates[0], measure.candidates[-1]) == (Fraction(1, 2), 1, 336)
    assert isinstance(query.protection, PrivacyRules)
    assert query.protection.quantiles == QuantileRules(Fraction(7, 10), 30, 8)


@pytest.mark.parametrize(
    "change",
    [
        ("[1, 2,", "[2,"),
        ('"1/2"', '"1/4"'),
        ('"7/10"', '"6/10"'),
        ("rows = 30", "rows = 31"),
        ("widest = 8", "widest = 9"),
    ],
)
def test_what_is_measured_is_in_the_digest(tmp_path: Path, change: tuple[str, str]) -> None:
    changed = _file(tmp_path, lambda text: text.replace(*change))
    assert load_query(changed).measurement_digest != load_query(SHIPPED).measurement_digest


def _file(folder: Path, edit: Callable[[str], str]) -> Path:
    path = folder / SHIPPED.name
    text = SHIPPED.read_text("utf-8")
    path.write_text(edit(text), "utf-8")
    assert path.read_text("utf-8") != text
    return path


SECOND = """
[[measure]]
id = "second"
aggregate = "{aggregate}"
{more}
[contributor]"""


def _second(aggregate: str, more: str) -> Callable[[str], str]:
    return lambda text: text.replace("\n[contributor]", SECOND.format(aggregate=aggregate, more=more))


SAME = 'column = "clearance_hours"\nunit = "hours"\n'


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (lambda text: re.sub(r"candidates = .*", "candidates = [1, 2]", text), "candidates"),
        (lambda text: re.sub(r"candidates = .*", "candidates = [1, 3, 3]", text), "candidates"),
        (lambda text: re.sub(r"candidates = .*", "candidates = [3, 2, 1]", text), "candidates"),
        (lambda text: re.sub(r"candidates = .*", "candidates = [-1, 2, 3]", text), "candidates"),
        (lambda text: re.sub(r"candidates = .*", "candidates = [1, 2.5, 3]", text), "candidates"),
        (lambda text: re.sub(r"candidates = .*\n", "", text), "candidates: is missing"),
        (lambda text: text.replace('quantile = "1/2"', 'quantile = "1/3"'), "ten-thousandths"),
        (lambda text: text.replace('quantile = "1/2"', 'quantile = "1"'), "quantile"),
        (lambda text: re.sub(r"quantiles = .*\n", "", text), "protection.quantiles: is missing"),
        (lambda text: text.replace('"7/10"', '"1"'), "range_share"),
        (lambda text: text.replace("minimum_rows = 30", "minimum_rows = 0"), "minimum_rows"),
        (lambda text: text.replace("widest = 8", "widest = 0"), "widest"),
        (lambda text: text.replace(", widest = 8", ""), "widest: is missing"),
        (lambda text: text.replace("at = 8", 'at = "private_quantile", rho_share = "1/2"'), "chosen privately"),
        (lambda text: text + "\n[protection.quality]\nhide_above_percent = 50\n", "is about counts and sums"),
        (lambda text: text.replace("clearance_hours", "net_mass").replace('"hours"', '"kg"'), "whole units"),
        (lambda text: text.replace("clearance_hours", "importer"), "cannot be summed"),
        (_second("count", ""), "beside counts or sums"),
        (_second("quantile", SAME + "candidates = [1, 2, 3]\nquantile = '9/10'"), "share column and candidates"),
        (_second("quantile", SAME + "candidates = [1, 2, 3]"), "stands twice"),
    ],
)  # fmt: skip
def test_a_fault_is_told(tmp_path: Path, edit: Callable[[str], str], problem: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        load_query(_file(tmp_path, edit))
    assert problem in str(refused.value)


def test_rules_of_quantiles_without_a_quantile_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "traders_by_chapter_region.toml"
    text = (REPOSITORY.queries / path.name).read_text("utf-8")
    path.write_text(text + 'quantiles = { range_share = "1/2", minimum_rows = 3, widest = 4 }\n', "utf-8")
    with pytest.raises(CatalogueError, match="no meaning without a quantile"):
        load_query(path)


def test_two_quantiles_of_one_column_are_one_query(tmp_path: Path) -> None:
    candidates = re.search(r"candidates = .*", SHIPPED.read_text("utf-8"))
    assert candidates is not None
    query = load_query(_file(tmp_path, _second("quantile", f'{SAME}{candidates[0]}\nquantile = "9/10"')))
    assert [measure.quantile for measure in query.structure.measures] == [Fraction(1, 2), Fraction(9, 10)]
