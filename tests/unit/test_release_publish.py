"""Approval, the gate, the site, status: the order of things and every refusal."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import KeyRefusedError, ReleaseError
from publisher.release.approval import gate
from publisher.release.approval.hold import hold
from publisher.release.edition.edition import find_edition
from publisher.release.edition.verify import verify
from publisher.release.publish.index import PublishedEdition, published
from publisher.release.publish.site import SiteContent, _spoken
from publisher.release.status import status
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace
from tests.lib.clock import FakeClock
from tests.lib.release import (
    EARLY,
    NOW,
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
    verified,
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def site(workspace: Workspace) -> dict[str, bytes]:
    return tree(workspace.site.resolve())


def test_a_published_edition_lies_under_its_path_and_every_byte_verifies(workspace: Workspace) -> None:
    out = release(workspace, "2021-03")
    edition = find_edition(workspace, SERIES, "2021-03")
    assert not out.already
    assert tree(workspace.site / f"releases/{edition.name}") == tree(edition.public)
    assert [report.ok for report in verified(workspace.site)] == [True]
    assert (workspace.site / "keys" / f"{signer().fingerprint}.pub").is_file()
    assert b"current" in site(workspace)["index.html"]


def test_nothing_private_reaches_the_site(workspace: Workspace) -> None:
    release(workspace, "2021-03")
    for path, data in site(workspace).items():
        assert "private" not in path and "approvals" not in path
        assert not any(name in data for name in (b'"ann"', b'"bob"'))


@pytest.mark.parametrize(("now", "refused"), [(EARLY, True), (EARLY + timedelta(seconds=1), False)])
def test_not_a_second_before_its_time(workspace: Workspace, now: datetime, refused: bool) -> None:
    edition = build_approved(workspace, "2021-03")
    if refused:
        with pytest.raises(ReleaseError, match=r"due at 2021-04-15T09:30:00\+09:00"):
            publish(workspace, PLAN, edition, now, render)
        assert not workspace.site.exists()
        assert read_log(workspace).entries[-1].event == "refused"
    else:
        assert publish(workspace, PLAN, edition, now, render)


def test_a_time_without_a_zone_is_refused(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-03")
    with pytest.raises(ReleaseError, match="no time zone"):
        gate.check_due(edition.manifest, NOW.replace(tzinfo=None))


@pytest.mark.parametrize(("needed", "approvers", "enough"), [
    (0, (), False), (0, ("bob",), True), (1, (), False), (1, ("bob",), True),
    (2, ("bob",), False), (2, ("bob", "cem"), True), (3, ("bob", "cem"), False),
])  # fmt: skip
def test_approvals_needed(workspace: Workspace, needed: int, approvers: tuple[str, ...], enough: bool) -> None:
    plan = replace(PLAN, approvals=needed)
    edition = build(workspace, "2021-03", plan=plan)
    for person in approvers:
        approve(edition, person)
    if enough:
        assert publish(workspace, plan, edition, NOW, render)
    else:
        with pytest.raises(ReleaseError, match=f"{len(approvers)} of {max(1, needed)} approvals"):
            publish(workspace, plan, edition, NOW, render)


def test_who_prepared_it_cannot_approve_it(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03", by="dua")
    with pytest.raises(ReleaseError, match="cannot approve"):
        approve(edition, "dua")
    assert read_log(workspace).entries[-1].event == "refused"


def test_approval_without_the_role_or_with_a_wrong_passphrase_is_refused_and_logged(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03", by="dua")
    with pytest.raises(ReleaseError, match="may not approve"):
        approve(edition, "ann")
    with pytest.raises(KeyRefusedError):
        approve(edition, "bob", "wrong", now=NOW)
    assert [event.who for event in read_log(workspace).entries[-2:]] == ["ann", "bob"]
    assert "wrong" not in (workspace.log / "log.jsonl").read_text().replace("passphrase is wrong", "")


def test_approving_twice_changes_nothing(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    assert approve(edition, "bob") == approve(edition, "bob")
    assert [e.event for e in read_log(workspace).entries].count("approved") == 1


def test_the_last_approval_needed_begins_the_embargo_and_a_hold_ends_it(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03", plan=replace(PLAN, approvals=2))

    def embargoes() -> list[str]:
        return [entry.who for entry in read_log(workspace).of("embargoed", edition.manifest.ref)]

    approve(edition, "bob")
    assert embargoes() == []
    approve(edition, "cem")
    approve(edition, "cem")
    assert embargoes() == ["cem"]
    hold(edition, "Something is to be looked at.", by=signer("dua"), clock=FakeClock(NOW))
    approve(edition, "cem", now=NOW)
    assert embargoes() == ["cem"]
    approve(edition, "bob", now=NOW)
    assert embargoes() == ["cem", "bob"]


def test_what_is_published_cannot_be_approved_again(workspace: Workspace) -> None:
    release(workspace, "2021-03")
    with pytest.raises(ReleaseError, match="published already"):
        approve(find_edition(workspace, SERIES, "2021-03"), "cem")


def test_the_same_edition_twice_is_a_no_op_that_says_so(workspace: Workspace) -> None:
    release(workspace, "2021-03")
    before, target = site(workspace), workspace.site.readlink()
    again = publish(workspace, PLAN, find_edition(workspace, SERIES, "2021-03"), NOW, render)
    assert again.already
    assert (site(workspace), workspace.site.readlink()) == (before, target)
    assert [e.event for e in read_log(workspace).entries].count("published") == 1


def test_a_new_version_marks_the_old_one_without_touching_it(workspace: Workspace) -> None:
    release(workspace, "2021-02")
    release(workspace, "2021-03")
    before = tree(workspace.site / f"releases/{SERIES}/2021-03/v1")
    release(workspace, "2021-03", "revised")
    assert tree(workspace.site / f"releases/{SERIES}/2021-03/v1") == before
    shown = [(e["edition"]["version"], e["status"], e["superseded_by"]) for e in index(workspace)]
    assert shown == [(1, "current", None), (1, "superseded", 2), (2, "current", None)]


def index(workspace: Workspace) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = json.loads(site(workspace)["editions.json"])["editions"]
    return entries


def test_latest_leads_to_the_newest_period_even_if_an_older_one_comes_out_later(workspace: Workspace) -> None:
    release(workspace, "2021-03")
    release(workspace, "2021-02")
    latest = workspace.site / f"releases/{SERIES}/latest"
    assert b"2021-03" in (latest / "data/imports.csv").read_bytes()
    assert 'url=../../2021-03/v1/tables/imports.html"' in (latest / "tables/imports.html").read_text()
    for page in latest.rglob("*.html"):
        target = page.read_text().split('href="')[1].split('"')[0]
        assert (page.parent / target).is_file()


def test_a_page_that_leads_on_speaks_as_the_page_it_leads_to(tmp_path: Path) -> None:
    french = tmp_path / "fr.html"
    french.write_text('<!doctype html>\n<html lang="fr">\n<head><title>Mars &amp; avril</title></head>', "utf-8")
    (tmp_path / "bare.html").write_text("<p>no head</p>")
    assert _spoken(french, "Trade, 2021-03") == ("fr", "Mars &amp; avril")
    assert _spoken(tmp_path / "bare.html", "Trade, 2021-03") == ("en", "Trade, 2021-03")


def test_the_renderer_is_told_all_editions_in_order(workspace: Workspace) -> None:
    told: list[Sequence[PublishedEdition]] = []

    def listen(folder: Path, content: SiteContent) -> None:
        told.append(content.editions)
        assert content.leaves[-1].time == NOW.isoformat()
        assert all((folder / edition.path / "index.html").is_file() for edition in content.editions)

    release(workspace, "2021-03")
    publish(workspace, PLAN, build_approved(workspace, "2021-02"), NOW, listen)
    assert [(e.ref.period, e.latest, e.manifest.title) for e in told[0]] == [
        ("2021-02", False, PLAN.title),
        ("2021-03", True, PLAN.title),
    ]


def test_the_same_editions_give_the_same_site(tmp_path: Path) -> None:
    one, two = make_workspace(tmp_path / "one"), make_workspace(tmp_path / "two")
    for workspace in (one, two):
        for period in ("2021-02", "2021-03"):
            release(workspace, period)
    assert site(one) == site(two)


def test_an_edition_audited_before_another_came_out_is_refused(workspace: Workspace) -> None:
    """Neither audit saw the two together: their combination is what re-identifies."""
    other, one = build_approved(workspace, "2021-03"), build_approved(workspace, "2021-02")
    publish(workspace, PLAN, one, NOW, render)
    with pytest.raises(ReleaseError, match=r"2021-02/v1\); nobody attacked them together"):
        publish(workspace, PLAN, other, NOW, render)
    rebuilt = build_approved(workspace, "2021-03")
    assert publish(workspace, PLAN, rebuilt, NOW, render)


def test_an_edition_audited_as_the_second_waits_for_the_first(workspace: Workspace) -> None:
    """Its manifest names the first: it cannot be public before that is."""
    one, other = build_approved(workspace, "2021-02"), build_approved(workspace, "2021-03")
    with pytest.raises(ReleaseError, match=r"audited as coming after monthly_trade/2021-02/v1, not published yet"):
        publish(workspace, PLAN, other, NOW, render)
    publish(workspace, PLAN, one, NOW, render)
    assert publish(workspace, PLAN, other, NOW, render)


def test_an_older_version_cannot_come_after_a_newer_one(workspace: Workspace) -> None:
    old = build_approved(workspace, "2021-03", "old")
    new = build_approved(workspace, "2021-03", "new")
    publish(workspace, PLAN, new, NOW, render)
    with pytest.raises(ReleaseError, match="version 2 of this period is already published"):
        publish(workspace, PLAN, old, NOW, render)


@pytest.mark.parametrize(("changed", "message"), [
    ({"id": "another"}, "no plan names this series"),
    ({"first_period": "2021-04"}, "does not name it"),
    ({"queries": ("imports", "exports")}, r"other tables than the build made \(exports\)"),
    ({"queries": ()}, r"\(imports\)"),
    ({"schedule": replace(PLAN.schedule, lag_days=1)}, "due time was changed"),
])  # fmt: skip
def test_nothing_that_no_plan_names(workspace: Workspace, changed: dict[str, object], message: str) -> None:
    edition = build_approved(workspace, "2021-03")
    with pytest.raises(ReleaseError, match=message):
        publish(workspace, replace(PLAN, **changed), edition, NOW, render)  # type: ignore[arg-type]
    assert not workspace.site.exists()


def test_who_gives_the_command_must_have_the_role(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-03")
    with pytest.raises(ReleaseError, match="may not publish"):
        publish(workspace, PLAN, edition, NOW, render, by=signer("ann"))
    publish(workspace, PLAN, edition, NOW, render, by=signer("dua"))
    assert read_log(workspace).entries[-1].who == "dua"


def test_a_renderer_that_touches_an_edition_or_releases_files_stops_the_publication(workspace: Workspace) -> None:
    release(workspace, "2021-02")
    before = site(workspace)

    def stray(folder: Path, content: SiteContent) -> None:
        (folder / content.editions[0].path / "extra.html").write_text("x")

    def greedy(folder: Path, content: SiteContent) -> None:
        (folder / "editions.json").write_text("x")

    edition = build_approved(workspace, "2021-03")
    with pytest.raises(ReleaseError, match=r"extra\.html is not in the manifest"):
        publish(workspace, PLAN, edition, NOW, stray)
    with pytest.raises(ReleaseError, match="render_site wrote"):
        publish(workspace, PLAN, edition, NOW, greedy)
    assert site(workspace) == before
    assert publish(workspace, PLAN, edition, NOW, render)


def test_a_renderer_that_fails_leaves_the_old_site(workspace: Workspace) -> None:
    release(workspace, "2021-02")
    before = site(workspace)

    def broken(folder: Path, content: SiteContent) -> None:
        raise ValueError("a template is wrong")

    with pytest.raises(ValueError, match="template"):
        publish(workspace, PLAN, build_approved(workspace, "2021-03"), NOW, broken)
    assert site(workspace) == before


def test_a_site_that_someone_else_made_is_not_touched(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-03")
    workspace.site.mkdir()
    (workspace.site / "mine.html").write_text("x")
    with pytest.raises(ReleaseError, match="something else"):
        publish(workspace, PLAN, edition, NOW, render)
    assert (workspace.site / "mine.html").exists()


@pytest.mark.parametrize("named", ["2021-02", "2021-03"])
def test_a_lost_site_comes_back_with_all_that_was_published(workspace: Workspace, named: str) -> None:
    for period in ("2021-02", "2021-03"):
        release(workspace, period)
    before = site(workspace)
    workspace.site.unlink()
    assert [ref.period for ref in published(workspace)] == ["2021-02", "2021-03"]
    publish(workspace, PLAN, find_edition(workspace, SERIES, named), NOW, render)
    assert site(workspace) == before


def test_status_tells_the_state_and_all_that_is_missing(workspace: Workspace) -> None:
    release(workspace, "2021-02")
    release(workspace, "2021-02", "revised")
    edition = build(workspace, "2021-03")
    rows = {row.edition.removeprefix(f"{SERIES}/"): row for row in status(workspace, [PLAN], EARLY)}
    assert [rows[name].state for name in ("2021-02/v1", "2021-02/v2", "2021-03/v1")] == [
        "superseded", "published", "built",
    ]  # fmt: skip
    assert rows["2021-02/v2"].missing == ()
    assert rows["2021-03/v1"].missing == (
        "0 of 1 approvals are given.", "it is due at 2021-04-15T09:30:00+09:00, not before.",
    )  # fmt: skip
    approve(edition, "bob")
    ready = status(workspace, [PLAN], NOW)[-1]
    assert (ready.state, ready.missing, ready.approvals) == ("approved", (), ("bob",))
    assert json.dumps(ready.as_json())


def test_status_shows_a_damaged_edition_as_a_row(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    (edition.public / "manifest.json").unlink()
    row = status(workspace, [PLAN], NOW)[0]
    assert (row.state, row.audit) == ("damaged", "unknown")
    assert "no manifest" in row.missing[0]


def test_a_report_names_edition_key_and_verdict(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    report = verify(edition.root, signer("dua").key.public_key())
    assert not report.ok and "not given as trusted" in report.problems[0].problem
    report = verify(edition.public, signer("dua").key.public_key(), signer().key.public_key())
    assert report.ok and report.signed_by == signer().fingerprint and report.as_json()["verdict"] == "verified"
