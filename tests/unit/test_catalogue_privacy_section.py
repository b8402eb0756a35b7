"""[[protection.level]] and margins of a query file: what they mean, and every way they can be wrong."""

from fractions import Fraction
from pathlib import Path

import pytest

from publisher.catalogue.load import load_query
from publisher.catalogue.query import Query
from publisher.errors import CatalogueError
from publisher.model.privacy import AnnualRules, LevelRules, PrivacyRules

QUERY = """\
id = "table"
title = "A title"
summary = "A summary"
[universe]
flow = "M"
[[dimension]]
column = "commodity"
codelist = "HS"
levels = ["total", "section", "chapter"]
[[dimension]]
column = "partner"
codelist = "COUNTRY"
levels = ["total", "region"]
[[measure]]
id = "traders"
aggregate = "count_distinct"
column = "importer"
margins = "sum"
[contributor]
column = "importer"
[protection]
method = "dp"
unit = "importer per calendar year"
rho = "1/50"
clip = { norm = "l2", at = 3 }
keys = "codelist"
"""
CHAPTERS = '[[protection.level]]\ncommodity = "chapter"\npartner = "total"\nclip = 7\nshare = "3/5"\n'
REGIONS = '[[protection.level]]\ncommodity = "total"\npartner = "region"\nclip = 6\nshare = "1/5"\n'
TOTAL = '[[protection.level]]\ncommodity = "total"\npartner = "total"\nclip = 14\nshare = "1/10"\n'


def _load(folder: Path, text: str) -> Query:
    path = folder / "table.toml"
    path.write_text(text, "utf-8")
    return load_query(path)


def _rules(folder: Path, text: str) -> PrivacyRules:
    rules = _load(folder, text).protection
    assert isinstance(rules, PrivacyRules)
    return rules


def test_levels_are_read_as_they_stand(tmp_path: Path) -> None:
    assert _rules(tmp_path, QUERY).levels is None
    assert _rules(tmp_path, QUERY + CHAPTERS).levels == (LevelRules(("chapter", "total"), 7, Fraction(3, 5)),)
    chosen = _rules(tmp_path, QUERY + (CHAPTERS + REGIONS + TOTAL).replace('share = "', 'share = "auto"#')).levels
    assert chosen is not None
    assert [level.share for level in chosen] == [None, None, None]


def test_a_distinct_count_says_how_its_totals_are_made(tmp_path: Path) -> None:
    once, own = (_load(tmp_path, text).structure.measures[0] for text in (QUERY, QUERY.replace('"sum"', '"own"')))
    assert (once.margins, once.adds_up, once.title) == ("sum", True, "Importers, counted once in each finest cell")
    assert (own.margins, own.adds_up, own.title) == ("own", False, "Importers")
    unsaid = _load(tmp_path, QUERY.replace('margins = "sum"\n', ""))
    assert unsaid.structure.measures[0] == own
    assert unsaid.measurement_digest != _load(tmp_path, QUERY).measurement_digest


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CHAPTERS.replace('"chapter"', '"heading"'), "cannot be"),
        (CHAPTERS.replace("clip = 7", "clip = 0"), "cannot be 0"),
        (CHAPTERS.replace('share = "3/5"', "share = 0.6"), "not exact"),
        (CHAPTERS.replace('share = "3/5"', ""), "is missing"),
        (CHAPTERS.replace('share = "3/5"', 'share = "1"'), "below 1"),
        (CHAPTERS.replace('share = "3/5"', 'share = "0"'), "above 0"),
        (CHAPTERS.replace('"3/5"', '"some"'), "fraction"),
        (CHAPTERS + "weight = 3\n", "not a known key"),
        (CHAPTERS.replace('"total"', '"region"'), "twice"),
        (CHAPTERS + CHAPTERS.replace("3/5", "1/5"), "twice"),
        (CHAPTERS + REGIONS, "all combinations"),
        (CHAPTERS + REGIONS + TOTAL, "product"),
        (CHAPTERS + REGIONS.replace('"1/5"', '"auto"') + TOTAL, "both fixed shares and chosen"),
        (CHAPTERS + REGIONS.replace("1/5", "2/5"), "leaves nothing"),
    ],
)
def test_levels_that_cannot_be_measured_are_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CatalogueError, match=words):
        _load(tmp_path, QUERY + text)


def test_levels_want_what_adds_up_and_a_fixed_clip(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="does not add up"):
        _load(tmp_path, QUERY.replace('margins = "sum"\n', "") + CHAPTERS)
    private = QUERY.replace("at = 3", 'at = "private_quantile", rho_share = "1/10"')
    with pytest.raises(CatalogueError, match="private clip"):
        _load(tmp_path, private + CHAPTERS)


def test_margins_are_for_distinct_counts(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="adds up anyway"):
        _load(tmp_path, QUERY.replace('count_distinct"\ncolumn = "importer"', 'count"'))
    with pytest.raises(CatalogueError, match="own, sum"):
        _load(tmp_path, QUERY.replace('margins = "sum"', 'margins = "all"'))


ITEMS = QUERY.replace(
    'id = "traders"\naggregate = "count_distinct"\ncolumn = "importer"\nmargins = "sum"',
    'id = "items"\naggregate = "count"',
)
ANNUAL = '[protection.annual]\nrho = "1/10"\nclip_months = 4\n'


def test_a_year_is_read_and_changes_no_month(tmp_path: Path) -> None:
    rules = _rules(tmp_path, ITEMS + ANNUAL)
    assert rules.annual == AnnualRules(Fraction(1, 10), 4)
    assert rules.rho_per_year == Fraction(12, 50) + Fraction(1, 10)
    plain, with_year = _load(tmp_path, ITEMS), _load(tmp_path, ITEMS + ANNUAL)
    assert plain.measurement_digest == with_year.measurement_digest
    assert plain.digest != with_year.digest  # readers are told of it


@pytest.mark.parametrize("months", [1, 12])
def test_a_year_has_room_for_one_to_twelve_full_months(tmp_path: Path, months: int) -> None:
    annual = _rules(tmp_path, ITEMS + ANNUAL.replace("4", str(months))).annual
    assert annual is not None and annual.clip_months == months


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ITEMS + ANNUAL.replace("4", "0"), "cannot be 0"),
        (ITEMS + ANNUAL.replace("4", "13"), "cannot be 13"),
        (ITEMS + ANNUAL.replace('"1/10"', "0.1"), "not exact"),
        (ITEMS + ANNUAL.replace('rho = "1/10"\n', ""), "is missing"),
        (ITEMS + ANNUAL + "clip = 9\n", "not a known key"),
        (QUERY + ANNUAL, "does not add up over months"),
        (
            ITEMS.replace("at = 3", 'at = "private_quantile", rho_share = "1/10"') + ANNUAL,
            "cannot stand beside a private clip",
        ),
    ],
)
def test_what_a_year_cannot_be(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CatalogueError, match=words):
        _load(tmp_path, text)
