"""Announcing dates: what the log gets, by whom, and what the commands say. The workspace has no store."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from publisher.catalogue.plan import RevisionPolicy, Schedule
from publisher.cli.app import app_for
from publisher.cli.console import err, out
from publisher.cli.plan_dates import dates_json, dates_of, remarks
from publisher.errors import PublisherError, ReleaseError
from publisher.release.approval.revise import revise
from publisher.release.calendar.announce import announce_ahead, announce_cancellation, announce_date
from publisher.release.calendar.calendar import lines, next_number
from publisher.release.calendar.planned import next_release, release_of
from publisher.release.people.service import open_service
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.facts import DelayedFact, PublishedFact
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace
from tests.lib.leaves import at, edition, release, written
from tests.lib.release import FOUNDED, NOW, PASSPHRASE, PLAN, make_workspace, signer
from tests.unit.test_catalogue_plan_file import PLAN as PLAN_TEXT
from tests.unit.test_catalogue_plan_file import workspace as write_catalogue

REVISED = replace(PLAN, revision_policy=RevisionPolicy(with_each=2))
START = datetime(2021, 3, 20, tzinfo=UTC)
MARCH = release("2021-03")


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def named(here: Workspace) -> list[str]:
    return [f"{line.id.period}/r{line.id.number} {line.status}" for line in lines(read_log(here).leaves)]


def test_the_service_announces_what_the_plan_proposes_once(here: Workspace) -> None:
    service = open_service(here)
    told = announce_ahead(here, REVISED, service, now=START, months=2)
    assert [fact.release.id.name[14:] for fact in told] == ["2021-03/r1", "2021-04/r1", "2021-03/r2"]
    assert announce_ahead(here, REVISED, service, now=START, months=2) == ()
    entries = [entry for entry in read_log(here).entries if entry.event == "announced"]
    assert [(entry.who, entry.release.number if entry.release else 0) for entry in entries] == [
        ("service", 1),
        ("service", 1),
        ("service", 2),
    ]


def test_what_a_killed_run_did_not_announce_the_next_one_does(here: Workspace) -> None:
    service = open_service(here)
    announce_ahead(here, REVISED, service, now=START, months=1)
    announce_ahead(here, REVISED, service, now=START, months=2)
    assert named(here) == ["2021-03/r1 planned", "2021-03/r2 planned", "2021-04/r1 planned"]


def test_a_date_is_changed_by_a_person_who_may_publish(here: Workspace) -> None:
    announce_ahead(here, PLAN, open_service(here), now=START, months=2)
    due = at("2021-04-20 09:30")
    with pytest.raises(ReleaseError, match="signed by nobody who may"):
        announce_date(here, MARCH, due, "A strike.", signer("bob"), now=START)
    announce_date(here, MARCH, due, "A strike.", signer("dua"), now=START)
    (line, _) = lines(read_log(here).leaves)
    assert (line.due, line.reason, line.sequence) == (due, "A strike.", 1)
    planned = next_release(read_log(here), PLAN, "2021-03")
    assert planned is not None
    assert (planned.due, planned.announced) == (due, True)


def test_only_a_person_cancels(here: Workspace) -> None:
    announce_ahead(here, REVISED, open_service(here), now=START, months=2)
    with pytest.raises(ReleaseError, match="signed by nobody who may"):
        announce_cancellation(here, MARCH, "No data.", open_service(here), now=START)
    announce_cancellation(here, MARCH, "No data.", signer("dua"), now=START)
    assert named(here) == ["2021-03/r1 cancelled", "2021-03/r2 cancelled", "2021-04/r1 planned"]
    assert next_release(read_log(here), REVISED, "2021-03") is None
    with pytest.raises(ReleaseError, match="will not come out"):
        release_of(here, REVISED, "2021-03")
    announce_date(here, MARCH, at("2021-05-20 09:30"), "The data came after all.", signer("dua"), now=START)
    assert release_of(here, REVISED, "2021-03").due == at("2021-05-20 09:30")


def test_nothing_is_announced_by_a_clock_that_stands_before_the_log(here: Workspace) -> None:
    with pytest.raises(ReleaseError, match="the clock stands before"):
        announce_ahead(here, PLAN, open_service(here), now=FOUNDED - timedelta(days=1))
    assert named(here) == []


def test_a_correction_comes_before_revisions_that_were_announced(here: Workspace) -> None:
    """Revisions 2 and 3 of March are announced a year ahead; a correction of March is release 4 and next."""
    announce_ahead(here, REVISED, open_service(here), now=START, months=4)
    announced = next_release(read_log(here), REVISED, "2021-03")
    assert announced is not None
    assert announced.id == MARCH
    out = PublishedFact(editions=(edition(MARCH, at("2021-04-15 09:30")),), access=())
    append(here, Draft("published", who="dua", edition=out.editions[0].edition, fact=out), signer("dua"), now=NOW)
    may = datetime(2021, 5, 20, tzinfo=UTC)  # before the revision of 15 June
    log = read_log(here)
    scheduled = next_release(log, REVISED, "2021-03")
    assert scheduled is not None
    assert (scheduled.id.number, scheduled.kind) == (2, "revision")
    id = revise(here, REVISED, "2021-03", kind="correction", due=may - timedelta(days=10), reason="Wrong.",
                by=signer("dua"), now=NOW)  # fmt: skip
    assert id.number == 4
    again = revise(here, REVISED, "2021-03", kind="correction", due=may - timedelta(days=9), reason="Wrong!",
                   by=signer("dua"), now=NOW)  # fmt: skip
    assert again == id  # asked for once more, not twice
    following = next_release(read_log(here), REVISED, "2021-03")
    assert following is not None
    assert (following.id, following.kind, following.reason) == (id, "correction", "Wrong!")
    assert next_number(read_log(here).leaves, "monthly_trade", "2021-03") == 4  # not public yet
    later = datetime(2021, 6, 20, tzinfo=UTC)
    for number in (2, 3):
        late = DelayedFact(release=written(release("2021-03", number)), reason="not ready")
        append(here, Draft("delayed", who="service", fact=late), open_service(here), now=later)
    revise(here, REVISED, "2021-03", kind="correction", due=later, reason="Wrong!", by=signer("dua"), now=later)
    after_delay = next_release(read_log(here), REVISED, "2021-03")
    assert after_delay is not None
    assert after_delay.id == id  # it need not wait for a revision that has no date


Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Commands in a workspace whose plan began long ago; the clock is the machine's."""
    monkeypatch.setattr(out, "width", 200)
    monkeypatch.setattr(err, "width", 400)
    here = make_workspace(tmp_path / "w")
    write_catalogue(here.root, {"monthly": PLAN_TEXT + "[revision_policy]\nwith_each = 1\nfinal_after = 2\n"})

    def ran(*words: str) -> Any:
        done = CliRunner().invoke(
            app_for(()), [*words, "--workspace", str(here.root)], env={"PUBLISHER_PERSON_KEY": PASSPHRASE}
        )
        if done.exception is not None:
            raise done.exception
        return json.loads(done.stdout) if "--json" in words else done.output

    ran.here = here  # type: ignore[attr-defined]
    return ran


def edit(run: Run, old: str, new: str) -> None:
    path = run.here.releases / "monthly" / "plan.toml"  # type: ignore[attr-defined]
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def test_plan_check_foretells_dates(run: Run) -> None:
    edit(run, "[approval]", "[arrival]\ndays_before_due = 3\n[approval]")
    dates = run("plan", "check", "--plans-only", "--json")["dates"]
    assert len(dates) in (12, 13)  # 13 where both ends are on a 15th
    for one in dates:
        due, arrived = (datetime.fromisoformat(one[key]) for key in ("due", "data_in_by"))
        assert (due.day, due.hour, due.minute, one["zone"]) == (15, 9, 30, "Asia/Seoul")
        assert due - arrived == timedelta(days=3)
        assert (one["status"], one["clock_change"], len(one["released_again"])) == (None, None, 1)
    table = run("plan", "check", "--plans-only")
    assert "data in by" in table
    assert dates[0]["due"][:10] in table


def test_times_that_clocks_do_not_show_once_are_named() -> None:
    """02:30 in Berlin on the last Sundays of March and October 2021: 28 days after February, 31 after September."""
    berlin = ZoneInfo("Europe/Berlin")
    plans = {
        name: replace(PLAN, id=name, schedule=Schedule(lag, time(2, 30), berlin))
        for name, lag in (("spring", 28), ("autumn", 31))
    }
    dates = dates_of(plans, (), datetime(2021, 3, 1, tzinfo=UTC), 12)
    told = remarks(dates)
    assert len(told) == 2
    assert "spring/2021-02, 2021-03-28 03:30 Europe/Berlin: the clocks skip this time" in told[0]
    assert "autumn/2021-09, 2021-10-31 02:30 Europe/Berlin: the clocks show this time twice" in told[1]
    assert [one["clock_change"] for one in dates_json(dates)["dates"] if one["clock_change"]] == [
        "skipped",
        "doubled",
    ]


def test_announcing_by_command(run: Run) -> None:
    told = run("plan", "announce", "monthly", "--months", "6", "--json")["told"]
    assert {fact["kind"] for fact in told} == {"first", "revision"}
    assert "Nothing new" in run("plan", "announce", "monthly", "--months", "6")
    dates = run("plan", "check", "--plans-only", "--json")["dates"]
    assert [one["status"] for one in dates[:3]] == ["planned"] * 3
    assert dates[-1]["status"] is None
    last = dates[4]
    day = datetime.fromisoformat(last["due"]) + timedelta(days=2)
    moved = run("plan", "announce", "monthly", "--period", last["period"], "--due", f"{day:%Y-%m-%d}",
                "--reason", "A strike.", "--as", "dua", "--json")["told"]  # fmt: skip
    assert {datetime.fromisoformat(fact["due"]) for fact in moved} == {day}
    assert {fact["kind"] for fact in moved} == {"first", "revision"}  # its revision moves with it
    checked = run("plan", "check", "--plans-only", "--json")
    assert next(one["due"] for one in checked["dates"] if one["period"] == last["period"]) == day.isoformat()
    assert checked["drifted"] == []
    edit(run, "lag_days = 15", "lag_days = 16")
    drifted = run("plan", "check", "--plans-only", "--json")["drifted"]
    assert f"monthly/{last['period']}/r1" in [one["release"] for one in drifted]
    assert "the announced date holds" in run("plan", "check", "--plans-only")
    cancelled = run("plan", "cancel", "monthly", last["period"], "--reason", "No data.", "--as", "dua")
    assert f"monthly/{last['period']}/r1: cancelled" in cancelled
    site = run.here.site  # type: ignore[attr-defined]
    page = (site / "calendar.html").read_text()
    assert "A strike." in page  # the site says so at once
    assert 'id="cancelled"' in page
    assert (site / "calendar.ics").read_bytes().count(b"STATUS:CANCELLED") == len(moved)


@pytest.mark.parametrize(
    ("words", "code", "problem"),
    [
        (("--due", "2021-04-20"), 2, "change one date"),
        (("--period", "1999-01", "--due", "2021-04-20", "--reason", "x", "--as", "dua"), 9, "no announced release"),
        (("--period", "1999-01", "--release", "1", "--reason", "x", "--as", "dua"), 2, "was never announced"),
        (("--as", "bob"), 9, "may not publish"),
    ],
)
def test_what_the_command_refuses(run: Run, words: tuple[str, ...], code: int, problem: str) -> None:
    with pytest.raises(PublisherError, match=problem) as refused:
        run("plan", "announce", "monthly", *words)
    assert refused.value.exit_code == code
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("due", "problem"),
    [
        ("tomorrow", "must be a date"),
        ("2040-02-30", "must be a date"),
        ("2040-02-20 25:00", "must be a date"),
        ("", "must be a date"),
        ("2001-01-01", "must lie ahead"),
    ],
)
def test_a_due_date_that_is_none_is_refused(run: Run, due: str, problem: str) -> None:
    period = run("plan", "announce", "monthly", "--months", "2", "--json")["told"][0]["release"]["period"]
    with pytest.raises(PublisherError, match=problem):
        run("plan", "announce", "monthly", "--period", period, "--due", due, "--reason", "x", "--as", "dua")
    with pytest.raises(PublisherError, match="a person changes"):
        run("plan", "announce", "monthly", "--period", period, "--due", "2040-02-20", "--reason", "x")


def test_all_faults_of_all_plans_are_told_before_anything_else(run: Run) -> None:
    edit(run, "lag_days = 15", "lag_days = -1")
    edit(run, "with_each = 1", "with_each = -1")
    with pytest.raises(PublisherError, match=r"schedule\.lag_days(.|\n)*revision_policy\.with_each") as refused:
        run("plan", "check", "--plans-only")
    assert refused.value.exit_code == 3
