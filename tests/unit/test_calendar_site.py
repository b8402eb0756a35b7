"""Dates on the pages of a site come from the log and the manifests: an edited or lost plan changes none of them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.catalogue.plan import Plan, RevisionPolicy
from publisher.publication import write_edition, write_site
from publisher.release.publish.index import PublishedEdition
from tests.lib.leaves import PublicLog, at, release
from tests.lib.protected_samples import PLAN, three_tables
from tests.lib.published_site import OFFICE, copied_site, leaves
from tests.lib.release import tree

Built = tuple[Path, tuple[PublishedEdition, ...]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("site")
    return folder, copied_site(folder)


def rewritten(built: Built, to: Path, plans: list[Plan], *, delayed: bool = False) -> Path:
    """The same editions under other plans."""
    folder, editions = built
    shutil.copytree(folder, to)
    told = list(leaves(editions))
    if delayed:
        late = PublicLog(told).delay(at("2021-05-15 09:31").instant, release("2021-04"))
        told = [leaf for leaf in late.leaves if leaf.fact.event != "register"]
    write_site(to, editions, OFFICE, {plan.id: plan for plan in plans}, told)
    return to


def text(folder: Path, name: str) -> str:
    return (folder / name).read_text("utf-8")


PAGES = ("index.html", "calendar.html", "calendar.ics", "calendar.json", "feed.atom", "releases/index.html",
         "releases/monthly_trade/index.html", "releases/monthly_trade/2021-03/index.html",
         "releases/monthly_trade/2021-04/index.html")  # fmt: skip


def test_an_edited_plan_changes_no_date_anywhere(built: Built, tmp_path: Path) -> None:
    """Fault 8 of the survey: with another lag the past was rewritten."""
    later = replace(PLAN, schedule=replace(PLAN.schedule, lag_days=40))
    edited = rewritten(built, tmp_path / "site", [later])
    assert "15 April 2021, 09:30" in text(built[0], "index.html")
    assert [text(edited, page) for page in PAGES] == [text(built[0], page) for page in PAGES]


def test_a_series_without_its_plan_keeps_its_pages(built: Built, tmp_path: Path) -> None:
    """Fault 9 of the survey: they vanished, and its editions linked to nothing."""
    lost = rewritten(built, tmp_path / "site", [])
    for page in ("releases/monthly_trade/index.html", "releases/monthly_trade/2021-03/index.html"):
        assert "15 April 2021, 09:30" in text(lost, page)
    assert "monthly_trade/index.html" in text(lost, "releases/index.html")
    assert PLAN.title.replace("<", "&lt;").replace(">", "&gt;") in text(lost, "index.html")
    assert text(lost, "calendar.html") == text(built[0], "calendar.html")


def test_the_next_release_is_the_one_that_was_announced(built: Built, tmp_path: Path) -> None:
    folder, _ = built
    for page in ("index.html", "releases/index.html", "releases/monthly_trade/index.html"):
        assert 'on <time datetime="2021-05-15T09:30:00+09:00">' in text(folder, page)
    assert "It is announced: on" in text(folder, "releases/monthly_trade/2021-04/index.html")
    assert "No edition of this period" in text(folder, "releases/monthly_trade/2021-01/index.html")
    late = rewritten(built, tmp_path / "site", [PLAN], delayed=True)
    for page in ("index.html", "releases/index.html", "releases/monthly_trade/2021-04/index.html"):
        assert 'delayed, was due on <time datetime="2021-05-15T09:30:00+09:00">' in text(late, page)


def test_what_nobody_announced_is_not_promised(built: Built, tmp_path: Path) -> None:
    quarterly = replace(PLAN, id="quarters", frequency="quarterly", first_period="2021-Q1", title="Quarters")
    site = rewritten(built, tmp_path / "site", [PLAN, quarterly])
    assert "Quarters" not in text(site, "index.html")
    page = text(site, "releases/quarters/index.html")
    assert "Nothing yet" in page
    assert "<time" not in page


def test_a_period_says_until_when_its_figures_are_provisional(built: Built, tmp_path: Path) -> None:
    """Final two periods later: February with April's release, March with May's; April is not out."""
    plan = replace(PLAN, revision_policy=RevisionPolicy(with_each=1, final_after=2))
    site = rewritten(built, tmp_path / "site", [plan])
    months = {"2020-12": "", "2021-02": "April 2021", "2021-03": "May 2021"}
    for period, final in months.items():
        page = text(site, f"releases/monthly_trade/{period}/index.html")
        assert ("Figures may be revised until" in page) == bool(final)
        assert not final or f"until the release of {final}." in page
    assert "Figures may be revised" not in text(built[0], "releases/monthly_trade/2021-03/index.html")


def test_an_edition_gives_the_date_of_its_release_not_the_plans(tmp_path: Path) -> None:
    """A correction of March in May was 'released' on 15 April, as the plan had it for the first edition."""
    tables, may = three_tables("2021-03"), at("2021-05-03 11:00")
    for name, due in (("plan", None), ("first", PLAN.moment("2021-03")), ("may", may)):
        write_edition(tmp_path / name, PLAN, "2021-03", 2, tables, OFFICE, due=due)
    assert tree(tmp_path / "plan") == tree(tmp_path / "first")
    first, later = tree(tmp_path / "first"), tree(tmp_path / "may")
    differing = {name for name in first if first[name] != later[name]}
    told = {
        "index.html",
        "datapackage.json",
        "metadata/dcat.jsonld",
        "croissant.json",
        "CITATION.cff",
        "metadata/sdmx.xml",
    }
    beside = {f"data/{table.structure.id}.{end}" for table in tables for end in ("csv-metadata.json", "xlsx")}
    pages = {"dataset.html", *(f"tables/{table.structure.id}.html" for table in tables)}  # schema.org's date
    assert differing - pages == told | beside | {"SHA256SUMS"}  # a workbook's parts have their day
    for name, date in (("index.html", b"3 May 2021, 11:00"), ("metadata/dcat.jsonld", b"2021-05-03T11:00:00+09:00")):
        assert date in later[name]
        assert b"2021-04-15T09:30" not in later[name]
