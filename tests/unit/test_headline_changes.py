"""Sentences on what changed between two periods, on the pages around the editions and in no edition."""

from pathlib import Path

import pyarrow as pa
import pytest

from publisher.errors import ReleaseError
from publisher.model.codelist import TOTAL
from publisher.model.protected import ProtectedTable
from publisher.publication import write_edition
from publisher.publication.headline.file import read_headlines
from publisher.publication.headline.told import headline_sources, told_headlines
from publisher.publication.site.series import Site, site_of
from publisher.release.publish.index import place_in_series
from tests.lib.protected_samples import COMMODITY, PLAN, VALUE, noisy_sample
from tests.lib.protected_samples import structure as named
from tests.lib.published_site import OFFICE, write_sample
from tests.lib.revised import revised

CODES = ("01", "02", "03")


def sample(period: str, total: int, *values: int | None) -> ProtectedTable:
    """Chapters 01 to 03; a hidden one lies between 0 and 50."""
    node = COMMODITY.hierarchy.node
    rows = [(node[TOTAL], total), *((node[code], value) for code, value in zip(CODES, values, strict=True))]
    hidden = [value is None for _, value in rows]
    cells = pa.table(
        {
            "commodity": pa.array([node for node, _ in rows], pa.int32()),
            "statistical_value": pa.array([value for _, value in rows], pa.int64()),
            "statistical_value_lower": pa.array([0 if gone else None for gone in hidden], pa.int64()),
            "statistical_value_upper": pa.array([50 if gone else None for gone in hidden], pa.int64()),
            "obs_status": ["Q" if gone else "A" for gone in hidden],
            "conf_status": ["C" if gone else "F" for gone in hidden],
        }
    )
    table = named("imports", "Imports by chapter", (COMMODITY,), (VALUE,))
    return ProtectedTable(table, period, "s0001", "suppression", cells)


def site(folder: Path, *editions: tuple[int, ProtectedTable]) -> Site:
    made = [
        write_sample(
            folder / "releases" / PLAN.id / table.time_period / f"v{version}", table.time_period, version, (table,)
        )
        for version, table in editions
    ]
    return site_of(folder, OFFICE, place_in_series(made), {PLAN.id: PLAN})


def changes(found: Site) -> tuple[str, ...]:
    """The lead, then who moved most."""
    (series,) = found.series
    assert series.latest is not None
    (headline,) = told_headlines(headline_sources(found, series, series.latest), found.words)
    return (headline.lead, *headline.changes)


def test_rises_and_falls_with_what_may_be_claimed(tmp_path: Path) -> None:
    found = site(tmp_path, (1, sample("2021-02", 1000, 500, 480, None)), (1, sample("2021-03", 1100, 570, 460, None)))
    up, rise, fall = changes(found)
    assert up == "Imports were worth KRW 1,100 in March 2021, up 10.0 % on February 2021."
    # the hidden one moved by 50 at most: the rise of 70 is the largest for certain, the fall of 20 is not
    assert rise == "Imports of live animals (chapter 01) rose most: by KRW 70 (14.0 %) on February 2021."
    assert fall == (
        "Imports of meat (chapter 02) fell most among the figures shown in both periods: by KRW 20 (4.2 %) on "
        "February 2021."
    )


def test_the_year_before_goes_before_the_month_before(tmp_path: Path) -> None:
    months = [(1, sample(period, 100, 50, 30, 20)) for period in ("2020-03", "2021-02")]
    assert changes(site(tmp_path, *months, (1, sample("2021-03", 100, 50, 30, 20)))) == (
        "Imports were worth KRW 100 in March 2021, unchanged on a year earlier.",
    )


def test_a_change_no_larger_than_a_revision_is_told_as_none(tmp_path: Path) -> None:
    first, second = sample("2021-02", 800, 400, 300, 100), sample("2021-02", 1000, 500, 375, 125)
    found = site(tmp_path, (1, first), (2, second), (1, sample("2021-03", 1100, 560, 400, 140)))
    assert changes(found) == (
        "Imports were worth KRW 1,100 in March 2021, with no change on February 2021 larger than the usual "
        "revisions.",
    )


def test_a_table_that_is_defined_otherwise_is_not_compared(tmp_path: Path) -> None:
    old = sample("2021-02", 800, 400, 300, 100)
    other = named(
        "imports", "Imports by chapter", (COMMODITY,), (VALUE.__class__(**{**VALUE.__dict__, "unit": "USD"}),)
    )
    old = ProtectedTable(other, old.time_period, old.snapshot, old.method, old.cells)
    found = site(tmp_path, (1, old), (1, sample("2021-03", 1100, 560, 400, 140)))
    assert changes(found) == ("Imports were worth KRW 1,100 in March 2021.",)


def test_noise_that_overlaps_is_no_change(tmp_path: Path) -> None:
    found = site(tmp_path, (1, noisy_sample("2021-02", 2)), (1, noisy_sample("2021-03", 2)))
    (lead,) = changes(found)
    assert lead.endswith(", give or take 13; a change on February 2021, if any, does not stand out from the noise.")


def test_an_edition_is_the_same_whatever_came_before(tmp_path: Path) -> None:
    """Changes are of the site: headlines.json and the release page know one edition."""
    table = sample("2021-03", 1100, 570, 460, None)
    write_edition(tmp_path / "alone", PLAN, "2021-03", 1, (table,), OFFICE)
    site(tmp_path, (1, sample("2021-02", 1000, 500, 480, None)), (1, table))
    beside = tmp_path / "releases" / PLAN.id / "2021-03" / "v1"
    for name in ("index.html", "metadata/headlines.json"):
        assert (tmp_path / "alone" / name).read_bytes() == (beside / name).read_bytes()


def test_headlines_of_another_format_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "headlines.json"
    for text in (
        "{",
        '{"edition": "a/b/v1", "headlines": []}',
        '{"format": "trade-publisher/headlines/1", "headlines": []}',
    ):
        path.write_text(text)
        with pytest.raises(ReleaseError, match="no headlines of the format trade-publisher/headlines/2"):
            read_headlines(path)


def test_headlines_come_back_as_they_were_written(tmp_path: Path) -> None:
    write_edition(
        tmp_path, PLAN, "2021-03", 1, (revised(noisy_sample()), sample("2021-03", 1100, 570, 460, None)), OFFICE
    )
    noisy, *_, total, largest = read_headlines(tmp_path / "metadata" / "headlines.json")
    assert (noisy.kind, noisy.lower, noisy.upper) == ("total", noisy.value - 13, noisy.value + 13)
    assert (total.value, total.lower, total.codes) == (1100, None, {"commodity": TOTAL})
    assert (largest.value, largest.claim, largest.codes, largest.level) == (
        570,
        "largest",
        {"commodity": "01"},
        "chapter",
    )
