"""Withdrawal: tombstones where pages were, no data, the number never again; and holding back before publication."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from publisher.errors import ReleaseError
from publisher.release.approval.hold import hold
from publisher.release.edition.edition import find_edition
from publisher.release.edition.records import encode
from publisher.release.edition.said import said
from publisher.release.edition.seal import next_version, published_as
from publisher.release.edition.verify import verify
from publisher.release.folders import remove_tree
from publisher.release.people.people import add_person, open_signer
from publisher.release.people.signing import verifies
from publisher.release.publish.converge import converge
from publisher.release.publish.index import published, sites_folder
from publisher.release.publish.withdraw import withdraw
from publisher.release.status import status
from publisher.release.transparency.entry import WithdrawalBody
from publisher.release.transparency.facts import WithdrawnFact
from publisher.release.transparency.log import Log, read_log
from publisher.release.transparency.places import Folder
from publisher.release.transparency.site_log import read_site_log
from publisher.release.transparency.verify_edition import verify_logged
from publisher.settings import Workspace
from tests.lib.clock import FakeClock
from tests.lib.release import (
    NOW,
    PASSPHRASE,
    PLAN,
    SERIES,
    approve,
    build,
    build_approved,
    make_workspace,
    publish,
    release,
    render,
    signer,
    tree,
)

WORDS = {"reason": "Wrong month.", "contact": "trade@example.org", "known": "All of it."}
FIRST, SECOND = f"{SERIES}/2021-02/v1", f"{SERIES}/2021-03/v1"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = make_workspace(tmp_path / "w")
    release(workspace, "2021-02")
    release(workspace, "2021-03")
    return workspace


def take_back(workspace: Workspace, edition: str, at: timedelta = timedelta(), **words: str) -> WithdrawnFact:
    said = {**WORDS, **words}
    return withdraw(workspace, edition, by=signer("dua"), clock=FakeClock(NOW + at), render_site=render, **said)  # type: ignore[arg-type]


def entries(workspace: Workspace) -> dict[str, dict[str, object]]:
    index = json.loads((workspace.site / "editions.json").read_text())
    return {f"{e['edition']['period']}/v{e['edition']['version']}": e for e in index["editions"]}


def test_every_page_becomes_a_tombstone_and_no_data_stay(workspace: Workspace) -> None:
    files = tree(find_edition(workspace, SERIES, "2021-03").public)
    fact = take_back(workspace, SECOND)
    left = tree(workspace.site / "releases" / SECOND)
    assert set(left) == {"index.html", "tables/imports.html", "manifest.json", "manifest.sig", "withdrawn.json"}
    assert left["index.html"] == left["tables/imports.html"] == b"withdrawn: Wrong month."
    assert {name: left[name] for name in ("manifest.json", "manifest.sig")} == {
        name: files[name] for name in ("manifest.json", "manifest.sig")
    }
    assert left["withdrawn.json"] == encode(fact)
    assert b"figures" not in b"".join(
        data for path, data in tree(workspace.site.resolve()).items() if "2021-03" in path
    )


def test_what_readers_verify_says_that_it_was_withdrawn(workspace: Workspace, tmp_path: Path) -> None:
    take_back(workspace, SECOND)
    service = read_log(workspace).register.named("service")
    assert service is not None
    log = read_site_log(Folder(workspace.site.resolve()), service.key)
    report = verify_logged(Folder(workspace.site.resolve() / "releases" / SECOND), log, log.published[SECOND])
    assert report.problems == () and report.verdict == "withdrawn"
    copy = verify_logged(
        Folder(workspace.edition(SERIES, "2021-03", 1) / "public"), log, log.published[SECOND], copy=True
    )
    assert copy.problems == () and copy.verdict == "withdrawn"


def test_latest_falls_back_to_the_newest_period_that_stands(workspace: Workspace) -> None:
    latest = workspace.site / f"releases/{SERIES}/latest"
    take_back(workspace, SECOND)
    assert b"2021-02" in (latest / "data/imports.csv").read_bytes()
    take_back(workspace, FIRST)
    assert not latest.exists()
    assert {entry["status"] for entry in entries(workspace).values()} == {"withdrawn"}


def test_the_version_before_does_not_become_true_again(workspace: Workspace) -> None:
    release(workspace, "2021-03", "revised")
    take_back(workspace, f"{SERIES}/2021-03/v2")
    shown = entries(workspace)
    assert (shown["2021-03/v1"]["status"], shown["2021-03/v1"]["superseded_by"]) == ("superseded", 2)
    assert shown["2021-03/v2"]["status"] == "withdrawn"
    assert b"2021-02" in (workspace.site / f"releases/{SERIES}/latest/data/imports.csv").read_bytes()


def test_a_superseded_version_can_be_withdrawn_and_the_current_one_stands(workspace: Workspace) -> None:
    release(workspace, "2021-03", "revised")
    take_back(workspace, SECOND)
    shown = entries(workspace)
    assert [shown[name]["status"] for name in ("2021-03/v1", "2021-03/v2")] == ["withdrawn", "current"]
    assert b"revised" in (workspace.site / f"releases/{SERIES}/latest/data/imports.csv").read_bytes()


def test_its_number_is_never_used_again_and_audits_go_on_counting_it(workspace: Workspace) -> None:
    ref = find_edition(workspace, SERIES, "2021-03").manifest.ref
    take_back(workspace, SECOND)
    assert ref in published(workspace)
    following = build_approved(workspace, "2021-03", "mended")
    assert following.version == 2
    assert ref in following.manifest.earlier
    publish(workspace, PLAN, following, NOW, render)
    assert [entries(workspace)[name]["status"] for name in ("2021-03/v1", "2021-03/v2")] == ["withdrawn", "current"]
    assert verify(workspace.edition(SERIES, "2021-03", 1), signer().key.public_key()).ok  # it stays in the workspace


def test_the_same_again_changes_nothing_and_the_first_words_stand(workspace: Workspace) -> None:
    take_back(workspace, SECOND)
    before, lines = tree(workspace.site.resolve()), len(read_log(workspace).lines)
    assert take_back(workspace, SECOND, reason="Other words.").reason == "Wrong month."
    assert (tree(workspace.site.resolve()), len(read_log(workspace).lines)) == (before, lines)


def test_sites_before_it_are_removed_at_once_though_readers_may_be_in_them(workspace: Workspace) -> None:
    assert len(list(sites_folder(workspace).glob("[0-9]*"))) == 2
    take_back(workspace, FIRST)
    assert [path.name for path in sites_folder(workspace).glob("[0-9]*")] == ["3"]


def test_killed_before_the_old_sites_are_removed_the_next_verb_removes_them(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(workspace: Workspace, log: Log, clock: FakeClock) -> None:
        if log.withdrawn:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("publisher.release.publish.converge.sweep", die)
        take_back(workspace, FIRST)
    assert len(list(sites_folder(workspace).glob("[0-9]*"))) == 3
    assert not converge(workspace, render, FakeClock(NOW))
    assert [path.name for path in sites_folder(workspace).glob("[0-9]*")] == ["3"]


def test_a_site_that_was_lost_comes_back_with_its_tombstones(workspace: Workspace) -> None:
    take_back(workspace, SECOND)
    before = tree(workspace.site.resolve())
    remove_tree(sites_folder(workspace))
    converge(workspace, render, FakeClock(NOW + timedelta(days=3)))
    assert tree(workspace.site.resolve()) == before


def test_a_renderer_without_tombstones_or_with_data_stops_the_withdrawal(workspace: Workspace) -> None:
    def bare(folder: Path, content: object) -> None:
        (folder / "index.html").write_text("home")

    def greedy(folder: Path, content: object) -> None:
        render(folder, content)  # type: ignore[arg-type]
        (folder / "releases" / SECOND / "data").mkdir()
        (folder / "releases" / SECOND / "data/imports.csv").write_text("figures")

    act = partial(withdraw, workspace, SECOND, by=signer("dua"), clock=FakeClock(NOW), **WORDS)  # type: ignore[arg-type]
    with pytest.raises(ReleaseError, match=r"index\.html has no tombstone"):
        act(render_site=bare)
    with pytest.raises(ReleaseError, match=r"imports\.csv is not in the manifest"):
        act(render_site=greedy)
    assert not read_log(workspace).withdrawn


@pytest.mark.parametrize(("edition", "words", "message"), [
    (f"{SERIES}/2021-04/v1", {}, "never published"),
    (f"{SERIES}/2021-03", {}, "never published"),
    (SECOND, {"reason": " "}, "needs a reason"),
    (SECOND, {"contact": ""}, "needs a reason"),
    (SECOND, {"known": ""}, "needs a reason"),
])  # fmt: skip
def test_refusals(workspace: Workspace, edition: str, words: dict[str, str], message: str) -> None:
    before = tree(workspace.site.resolve())
    with pytest.raises(ReleaseError, match=message):
        take_back(workspace, edition, **words)
    assert tree(workspace.site.resolve()) == before
    assert read_log(workspace).entries[-1].event == "refused"


def test_only_who_may_publish_may_withdraw(workspace: Workspace) -> None:
    for name in ("ann", "bob"):
        with pytest.raises(ReleaseError, match="may not publish"):
            withdraw(workspace, SECOND, by=signer(name), clock=FakeClock(NOW), render_site=render, **WORDS)  # type: ignore[arg-type]
    with pytest.raises(ReleaseError, match="clock stands before"):
        take_back(workspace, SECOND, at=-timedelta(seconds=3))
    assert not read_log(workspace).withdrawn


@pytest.mark.parametrize(("names", "enough"), [(("dua",), False), (("dua", "dua"), False), (("dua", "eve"), True)])
def test_as_many_sign_as_the_plan_asks_for(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], enough: bool
) -> None:
    add_person(workspace, "eve", ["publish"], PASSPHRASE, by=signer("ann"), now=NOW)
    signers = {"dua": signer("dua"), "eve": open_signer(workspace, "eve", PASSPHRASE, "publish")}
    plans = {SERIES: replace(PLAN, withdrawals=2)}
    monkeypatch.setattr("publisher.release.publish.withdraw.load_plans", lambda _: plans)
    first, *others = (signers[name] for name in names)
    act = partial(
        withdraw, workspace, SECOND, by=first, also=others, clock=FakeClock(NOW), render_site=render, **WORDS  # type: ignore[arg-type]
    )  # fmt: skip
    if not enough:
        with pytest.raises(ReleaseError, match="1 of the 2 signatures"):
            act()
        return
    fact = act()
    body = next(read_log(workspace).of("withdrawn")).body
    assert isinstance(body, WithdrawalBody)
    assert verifies(signers["eve"].key.public_key(), body.also[0], encode(fact))


def test_a_withdrawn_edition_is_shown_as_such_by_status(workspace: Workspace) -> None:
    take_back(workspace, SECOND)
    rows = {row.edition: row.state for row in status(workspace, [PLAN], NOW)}
    assert rows[SECOND] == "withdrawn" and rows[FIRST] == "published"


def test_the_figures_of_a_withdrawn_edition_can_come_out_again_as_a_new_version(workspace: Workspace) -> None:
    """It may have been withdrawn for something else, or by mistake."""
    series, period, _ = SECOND.split("/")
    edition = find_edition(workspace, series, period)
    says = said(edition.public, edition.manifest.files)
    assert published_as(workspace, edition.series, edition.period, says) == edition
    take_back(workspace, SECOND)
    assert published_as(workspace, edition.series, edition.period, says) is None
    assert next_version(workspace, edition.series, edition.period, says) == edition.version + 1


# --- held ---


def test_an_edition_on_hold_needs_new_approvals(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-04")
    hold(edition, "Chapter 27 looks wrong.", by=signer("bob"), clock=FakeClock(NOW))
    with pytest.raises(ReleaseError, match="0 of 1 approvals"):
        publish(workspace, PLAN, edition, NOW, render)
    approve(edition, "bob", now=NOW)
    assert not publish(workspace, PLAN, edition, NOW, render).already
    assert "Chapter 27" not in "".join(path.read_text() for path in (workspace.site / "log").iterdir())


def test_who_may_hold_and_what(workspace: Workspace) -> None:
    edition = build(workspace, "2021-04")
    with pytest.raises(ReleaseError, match="role"):
        hold(edition, "Why?", by=signer("ann"), clock=FakeClock(NOW))
    with pytest.raises(ReleaseError, match="reason"):
        hold(edition, " ", by=signer("dua"), clock=FakeClock(NOW))
    with pytest.raises(ReleaseError, match="published already"):
        hold(find_edition(workspace, SERIES, "2021-03"), "Why?", by=signer("dua"), clock=FakeClock(NOW))
