"""Notices, tombstones and early access: what readers are told of corrections and withdrawals, and what not."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import ReleaseError
from publisher.publication import write_site
from publisher.publication.lifecycle.changes import changes
from publisher.publication.lifecycle.lifecycle import RECENT, lifecycle
from publisher.publication.lifecycle.tombstone import tombstone_files
from publisher.release.publish.index import PublishedEdition, place_in_series
from publisher.release.transparency.facts import AnnouncedFact, Fact, Release
from tests.lib.protected_samples import PLAN, three_tables
from tests.lib.public_log import issued, log_of, withdrawn
from tests.lib.published_site import OFFICE, TOMBSTONE, copied_site, leaves, write_sample
from tests.lib.revised import revised

OUT = datetime(2021, 4, 8, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def site(spoken_site: Path) -> Path:
    return spoken_site


def text(site: Path, name: str) -> str:
    return (site / name).read_text("utf-8")


def test_banners_on_home_series_and_period(site: Path) -> None:
    for name, up in (
        ("index.html", ""),
        ("releases/monthly_trade/index.html", "../../"),
        ("releases/monthly_trade/2021-02/index.html", "../../../"),
    ):
        page = text(site, name)
        assert "badge-correction" in page and "The mass of mineral fuels was taken in pounds." in page
        assert f'href="{up}releases/monthly_trade/2021-02/changes/v1-v2/index.html"' in page
    assert "badge-correction" not in text(site, "releases/monthly_trade/2021-04/index.html")
    december = text(site, "releases/monthly_trade/2020-12/index.html")
    assert "Do not use version 1." in december and 'badge-withdrawal">withdrawn' in december


def test_a_notice_leaves_the_banner_after_a_while_and_never_the_list(tmp_path: Path) -> None:
    editions = copied_site(tmp_path)
    for days, there in ((RECENT, True), (RECENT + timedelta(seconds=1), False)):
        later = log_of(
            *((leaf.time, leaf.fact) for leaf in leaves(editions)), ((OUT + days).isoformat(), _announced())
        )
        write_site(tmp_path, editions, OFFICE, {PLAN.id: PLAN}, later)
        assert ("badge-correction" in text(tmp_path, "index.html")) == there
        assert "badge-correction" in text(tmp_path, "corrections.html")
        assert "badge-correction" in text(tmp_path, "releases/monthly_trade/2021-02/index.html")


def _announced() -> Fact:
    release = Release(series=PLAN.id, period="2021-04", number=1)
    return AnnouncedFact(
        release=release, kind="first", title="t", due="2021-05-15T00:30:00+00:00", zone="Asia/Seoul", reason=""
    )


def test_the_list_tells_corrections_from_scheduled_revisions(tmp_path: Path) -> None:
    editions = copied_site(tmp_path)[1:]
    first, second, _ = (edition.ref for edition in editions)
    planned = log_of(
        ("2021-03-15T00:30:00+00:00", issued(first, due=PLAN.due("2021-02"))),
        ("2021-04-15T00:30:00+00:00", issued(second, "revision", "Late declarations.", due=PLAN.due("2021-03"))),
    )
    write_site(tmp_path, editions, OFFICE, {PLAN.id: PLAN}, planned)
    page = text(tmp_path, "corrections.html")
    assert "Nothing was withdrawn." in page and "Nothing was corrected." in page
    assert page.index("Revised as planned") < page.index("Late declarations.")
    period = text(tmp_path, "releases/monthly_trade/2021-02/index.html")
    assert "scheduled revision" in period and "badge-revision" in period
    assert "badge-revision" not in text(tmp_path, "index.html") + text(tmp_path, "releases/monthly_trade/index.html")


def test_the_page_of_a_period_says_when_its_versions_came_out(site: Path) -> None:
    page = text(site, "releases/monthly_trade/2021-02/index.html")
    assert '<time datetime="2021-04-08T09:30:00+09:00">8 April 2021, 09:30 (Asia/Seoul)</time>' in page
    assert page.index("correction</span>") < page.index("first publication</span>")


def test_without_a_log_pages_promise_nothing(tmp_path: Path) -> None:
    editions = place_in_series([write_sample(tmp_path / _path("2021-03", 1), "2021-03", 1, three_tables())])
    write_site(tmp_path, editions, OFFICE, {PLAN.id: PLAN})
    assert "planned for <time" in text(tmp_path, "releases/monthly_trade/2021-03/index.html")
    assert "Nobody was given a release before its publication." in text(tmp_path, "access.html")
    assert 'class="notice"' not in text(tmp_path, "index.html")


def _path(period: str, version: int) -> str:
    return f"releases/{PLAN.id}/{period}/v{version}"


def test_access_has_organisation_post_and_time(site: Path) -> None:
    page = " ".join(text(site, "access.html").split())
    assert '<th scope="row">Ministry of Economy</th><td>Permanent Secretary</td>' in page
    assert "15 April 2021, 08:00 (Asia/Seoul)" in page
    assert "Published for everyone <time" in page
    assert "February" not in page


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> tuple[PublishedEdition, ...]:
    return copied_site(tmp_path_factory.mktemp("stones"))


def test_every_page_of_a_withdrawn_edition_is_a_tombstone(editions: tuple[PublishedEdition, ...]) -> None:
    edition = editions[0]
    files = tombstone_files(withdrawn(edition.ref), edition.manifest, OFFICE, OUT, replacement=editions[3].ref)
    pages = {entry.path for entry in edition.manifest.files if entry.path.endswith(".html")}
    assert set(files) == pages
    for name, content in files.items():
        page = content.decode("utf-8")
        assert "sent its declarations of November once more" in page
        assert "8 April 2021" in page and "withdrawn.json" in page, name
        assert "statistics@example.org" in page
        assert "The figures for December 2020 were too high" in page
    up = "../../../../../releases/monthly_trade/2021-03/v1/index.html"
    assert f'href="{up}"' in files["tables/imports_by_chapter_origin.html"].decode()


def test_a_tombstone_holds_no_figure_and_no_code(editions: tuple[PublishedEdition, ...], site: Path) -> None:
    edition = editions[0]
    for name, content in tombstone_files(withdrawn(edition.ref), edition.manifest, OFFICE, OUT).items():
        page = content.decode("utf-8")
        assert "<table" not in page and "<script" not in page
        assert not re.search(r"\d{1,3},\d{3}", page), name
    assert not list((site / "releases/monthly_trade/2020-12/v1").rglob("*.csv"))
    assert (site / TOMBSTONE).is_file()


def test_texts_of_a_withdrawal_are_escaped(editions: tuple[PublishedEdition, ...]) -> None:
    fact = withdrawn(editions[0].ref).model_copy(update={"reason": "<script>x</script>", "contact": "Room 7 & 8"})
    page = tombstone_files(fact, editions[0].manifest, OFFICE, OUT)["index.html"].decode()
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "Write to Room 7 &amp; 8." in page


def test_what_was_compared_with_a_withdrawn_version_is_not_any_more(tmp_path: Path) -> None:
    """v1, v2 and v3 of March; v2 is withdrawn: v3 is held against v1, and the old addresses say why."""
    manifests = []
    for version in (1, 2, 3):
        tables = three_tables() if version < 3 else tuple(revised(table) for table in three_tables())
        manifests.append(write_sample(tmp_path / _path("2021-03", version), "2021-03", version, tables))
    editions = place_in_series(manifests)
    gone = editions[1]
    log = log_of(
        *((f"2021-0{edition.ref.version + 3}-15T00:30:00+00:00", _came(edition)) for edition in editions),
        ("2021-07-01T08:00:00+00:00", withdrawn(gone.ref)),
    )
    (tmp_path / gone.path / "withdrawn.json").write_text("{}")
    write_site(tmp_path, editions, OFFICE, {PLAN.id: PLAN}, log)
    folder = tmp_path / "releases/monthly_trade/2021-03/changes"
    assert {path.parent.name for path in folder.rglob("changes.json")} == {"v1-v3"}
    for pair in ("v1-v2", "v2-v3"):
        assert {path.name for path in (folder / pair).iterdir()} == {"index.html"}
        assert "This comparison was withdrawn" in (folder / pair / "index.html").read_text("utf-8")
    with pytest.raises(ReleaseError):
        changes(tmp_path / gone.path, tmp_path / editions[2].path)
    assert "v1-v3" in text(tmp_path, "releases/monthly_trade/2021-03/index.html")


def _came(edition: PublishedEdition) -> Fact:
    kind = "first" if edition.ref.version == 1 else "correction"
    return issued(edition.ref, kind, due=PLAN.due("2021-03"))  # type: ignore[arg-type]


def test_a_lifecycle_reads_no_clock_and_keeps_the_order(editions: tuple[PublishedEdition, ...]) -> None:
    found = lifecycle(leaves(editions))
    assert [each.fact.edition.name for each in found.issued] == [edition.ref.name for edition in editions]
    assert found.newest == datetime(2021, 4, 15, 0, 30, tzinfo=UTC)
    assert str(found.withdrawn[0].at.tzinfo) == "Asia/Seoul"
    assert lifecycle(()).newest is None and not lifecycle(()).recent(OUT)
