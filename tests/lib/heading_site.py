"""A web root with what the small site lacks: tables by heading, so profiles of headings and an index of names on
several pages; three months that stand, so lines and growth; and two versions of March of which the second was
withdrawn, so a comparison that is gone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from publisher.catalogue.codelists import codelist
from publisher.model.protected import ProtectedTable
from publisher.model.release_event import Kind
from publisher.publication import write_site
from publisher.publication.words import ENGLISH, Words
from publisher.release.publish.index import PublishedEdition, place_in_series
from publisher.release.transparency.facts import Fact
from tests.lib.protected_samples import COMMODITY, PLAN
from tests.lib.public_log import issued, log_of, withdrawn
from tests.lib.published_site import OFFICE, bury, write_sample
from tests.lib.site_samples import EVERYTHING, small

HEADINGS = replace(COMMODITY, hierarchy=codelist("HS").hierarchy(("total", "section", "chapter", "heading")))
CELLS = {
    **EVERYTHING,
    ("V", "_T"): 50,
    ("27", "_T"): 50,
    ("0901", "_T"): 500,
    ("0901", "BR"): 400,
    ("0901", "VN"): None,
    ("0902", "_T"): 100,
}
HEADING_PLAN = replace(PLAN, queries=("imports",))
EDITIONS = (("2020-12", 1), ("2021-01", 1), ("2021-02", 1), ("2021-03", 1), ("2021-03", 2))
GONE = "releases/monthly_trade/2021-03/changes/v1-v2/index.html"
NO_TABLE = "tables/monthly_trade/dropped.html"
HEADING_PAGES = ("search/HS-II.html", "commodities/0901.html", GONE, NO_TABLE)


def tables(period: str, version: int) -> tuple[ProtectedTable, ...]:
    """The first version of March has one that no edition has any more."""
    kept = small(period, CELLS, goods=HEADINGS)
    return (kept, small(period, name="dropped")) if (period, version) == ("2021-03", 1) else (kept,)


def build_heading_site(folder: Path, languages: Sequence[Words] = (ENGLISH,)) -> None:
    manifests = [
        write_sample(
            folder / "releases" / PLAN.id / period / f"v{version}",
            period,
            version,
            tables(period, version),
            languages,
            plan=HEADING_PLAN,
        )
        for period, version in EDITIONS
    ]
    editions = place_in_series(manifests)
    gone = editions[-1]
    came = ((f"2021-0{month}-15T00:30:00+00:00", _issued(edition)) for month, edition in enumerate(editions, start=2))
    told = log_of(*came, ("2021-07-01T08:00:00+00:00", withdrawn(gone.ref)))
    bury(folder, gone, languages)
    write_site(folder, place_in_series(manifests, told), OFFICE, {PLAN.id: HEADING_PLAN}, told, languages=languages)


def _issued(edition: PublishedEdition) -> Fact:
    kind: Kind = "first" if edition.ref.version == 1 else "correction"
    return issued(edition.ref, kind, due=PLAN.due(edition.ref.period))
