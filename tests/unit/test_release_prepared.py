"""Pages that are prepared before the time: kept by their key, the same bytes, modes and times as if made anew."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.errors import ReleaseError
from publisher.model.progress import Progress
from publisher.release.calendar.planned import announcement, next_release
from publisher.release.edition.edition import Edition
from publisher.release.folders import remove_tree
from publisher.release.lock import exclusive
from publisher.release.people.service import open_service
from publisher.release.publish import publish as publishing
from publisher.release.publish.converge import converge
from publisher.release.publish.index import PublishedEdition, sites_folder
from publisher.release.publish.prepared import InTwoSteps, prepared_folder
from publisher.release.publish.site import SiteContent
from publisher.release.publish.withdraw import withdraw
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace
from tests.lib.clock import FakeClock
from tests.lib.release import NOW, PLAN, SERIES, build_approved, make_workspace, render, signer, two_steps, verified

PLANS = {PLAN.id: PLAN}
HOUR = timedelta(hours=1)
PROFILE, DATA = "commodities/all.html", "data/imports.txt"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


class Counting:
    """two_steps() of tests.lib.release, counting how often pages are prepared."""

    def __init__(self, setting: str = "") -> None:
        self.setting, self.prepared = setting, 0
        self.told: Sequence[PublishedEdition] = ()

    def steps(self) -> InTwoSteps:
        def prepare(site: Path, target: Path, editions: Sequence[PublishedEdition], progress: Progress) -> None:
            self.prepared += 1
            self.told = editions
            plain.prepare(site, target, editions, progress)

        plain = two_steps(self.setting)
        return InTwoSteps(lambda editions: plain.key(editions), prepare, plain.render)


def publish(editions: Sequence[Edition], steps: InTwoSteps, **more: object) -> None:
    publishing.publish(editions[0].workspace, PLANS, editions, steps, clock=FakeClock(NOW), **more)  # type: ignore[arg-type]


def announce(workspace: Workspace, period: str) -> None:
    with exclusive(workspace):
        planned = next_release(read_log(workspace), PLAN, period)
        assert planned is not None
        fact = announcement(planned, PLAN.title)
        append(workspace, Draft("announced", who="service", fact=fact), open_service(workspace), now=NOW)


def site(workspace: Workspace) -> dict[str, tuple[bytes, int, int]]:
    root = workspace.site.resolve()
    return {
        path.relative_to(root).as_posix(): (
            path.read_bytes() if path.is_file() else b"",
            path.stat().st_mode,
            path.stat().st_mtime_ns,
        )
        for path in [root, *root.rglob("*")]
    }


def test_the_slow_pages_are_made_before_the_time_and_only_the_rest_at_it(workspace: Workspace) -> None:
    edition, counting = build_approved(workspace, "2021-03"), Counting()
    steps = counting.steps()
    with publishing.prepare(workspace, PLANS, [edition], steps) as ready:
        assert counting.prepared == 1
        assert (ready.folder / PROFILE).exists() and not (ready.folder / "index.html").exists()
        publish([edition], steps, ready=ready)
    assert counting.prepared == 1
    assert (workspace.site / PROFILE).exists() and (workspace.site / "index.html").exists()
    assert len(verified(workspace.site)) == 1


def test_they_are_told_no_time_of_the_log_and_nothing_of_superseded_editions(workspace: Workspace) -> None:
    counting = Counting()
    publish([build_approved(workspace, "2021-03", "a")], counting.steps())
    publish([build_approved(workspace, "2021-03", "b")], counting.steps())
    assert [(each.ref.version, each.published_at) for each in counting.told] == [(2, None)]


def test_a_line_of_the_calendar_makes_none_of_them_again(workspace: Workspace) -> None:
    counting = Counting()
    publish([build_approved(workspace, "2021-03")], counting.steps())
    before = site(workspace)
    announce(workspace, "2021-04")
    converge(workspace, counting.steps(), FakeClock(NOW))
    after = site(workspace)
    assert counting.prepared == 1
    assert after["index.html"] != before["index.html"]
    assert after[PROFILE] == before[PROFILE]
    shown = [path / PROFILE for path in sites_folder(workspace).glob("[0-9]*")]
    assert len({path.stat().st_ino for path in shown}) == 1 and len(shown) == 2


def test_kept_made_again_or_lost_the_site_is_the_same(workspace: Workspace) -> None:
    counting = Counting()
    publish([build_approved(workspace, "2021-03")], counting.steps())
    before = site(workspace)
    for lost in (workspace.site.resolve(), prepared_folder(workspace), sites_folder(workspace)):
        made = counting.prepared
        remove_tree(workspace.site.resolve())
        remove_tree(lost)
        converge(workspace, counting.steps(), FakeClock(NOW + 5 * HOUR))
        assert site(workspace) == before
        assert counting.prepared == made + (lost != workspace.site.resolve() and lost.name != "1")


def test_other_settings_or_editions_make_them_anew(workspace: Workspace) -> None:
    first, other = Counting("red"), Counting("blue")
    publish([build_approved(workspace, "2021-02")], first.steps())
    edition = build_approved(workspace, "2021-03")
    with publishing.prepare(workspace, PLANS, [edition], first.steps()) as ready:
        assert first.prepared == 2
        publish([edition], other.steps(), ready=ready)  # settings were edited in between
    assert other.prepared == 1
    assert "blue" in (workspace.site / PROFILE).read_text()


def test_what_was_kept_and_damaged_is_made_again(workspace: Workspace) -> None:
    counting = Counting()
    publish([build_approved(workspace, "2021-03")], counting.steps())
    before = site(workspace)
    kept = next(prepared_folder(workspace).glob("*/files")) / PROFILE
    text = kept.read_bytes()
    kept.chmod(0o644)
    kept.write_bytes(text.upper())
    remove_tree(workspace.site.resolve())
    converge(workspace, counting.steps(), FakeClock(NOW))
    assert counting.prepared == 2
    assert site(workspace) == before


def test_no_page_of_a_withdrawn_edition_stays_anywhere(workspace: Workspace) -> None:
    counting = Counting()
    publish([build_approved(workspace, "2021-03", "secret figures")], counting.steps())
    assert "secret figures" in (workspace.site / DATA).read_text()
    withdraw(
        workspace, f"{SERIES}/2021-03/v1", reason="Wrong.", contact="c", known="All.", by=signer("dua"),
        clock=FakeClock(NOW), render_site=counting.steps(),
    )  # fmt: skip
    everything = (path for path in sites_folder(workspace).rglob("*") if path.is_file())
    assert not any(b"secret figures" in path.read_bytes() for path in everything)
    assert counting.told[0].withdrawn is not None


def test_kept_pages_go_when_no_site_shows_them_and_others_cannot_enter(workspace: Workspace) -> None:
    counting = Counting()
    publish([build_approved(workspace, "2021-02")], counting.steps())
    publish([build_approved(workspace, "2021-03")], counting.steps())
    assert prepared_folder(workspace).stat().st_mode & 0o777 == 0o700
    assert len(list(prepared_folder(workspace).iterdir())) == 2  # the old site is served for an hour still
    announce(workspace, "2021-04")
    converge(workspace, counting.steps(), FakeClock(NOW + HOUR))
    assert len(list(prepared_folder(workspace).iterdir())) == 1


@pytest.mark.parametrize("name", ["releases/x.html", "keys/a.pub", "log/checkpoint", "editions.json"])
def test_what_is_releases_own_is_refused(workspace: Workspace, name: str) -> None:
    def prepare(site: Path, target: Path, editions: Sequence[PublishedEdition], progress: Progress) -> None:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("x")

    with pytest.raises(ReleaseError, match="release's own"):
        publish([build_approved(workspace, "2021-03")], InTwoSteps(lambda _: "key", prepare, render))
    assert not workspace.site.exists()


def test_a_renderer_that_changes_or_removes_a_prepared_page_is_refused(workspace: Workspace) -> None:
    def touching(folder: Path, content: SiteContent) -> None:
        render(folder, content)
        (folder / PROFILE).chmod(0o644)
        (folder / PROFILE).write_text("another")

    def removing(folder: Path, content: SiteContent) -> None:
        render(folder, content)
        (folder / PROFILE).unlink()

    edition, steps = build_approved(workspace, "2021-03"), two_steps()
    for bad in (touching, removing):
        with pytest.raises(ReleaseError, match="changed by render_site"):
            publish([edition], InTwoSteps(steps.key, steps.prepare, bad))
    assert not workspace.site.exists()
    publish([edition], steps)
    assert "another" not in (workspace.site / PROFILE).read_text()
