"""What is to be done when: each kind of action, its order, and that nothing is done twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.catalogue.plan import Arrival, RevisionPolicy
from publisher.errors import ReleaseError
from publisher.release.approval.hold import hold
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.schedule.actions import Build, Prepare, Publish, Remind
from publisher.release.schedule.carry_out import _log, note_build
from publisher.release.schedule.data_in import data_arrivals, declare_data_in
from tests.lib.office import DUE, FEBRUARY, Office
from tests.lib.release import FAILED, PLAN, signer

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "w")
    office.due()
    return office


def with_plan(tmp_path: Path, **changes: object) -> Office:
    office = Office(tmp_path / "w", {PLAN.id: replace(PLAN, **changes)})  # type: ignore[arg-type]
    office.due()
    return office


# what stands before February | word that readers get at its time
LATE: dict[str, tuple[str, Callable[[Office], object]]] = {
    "nothing is built": ("not ready", lambda office: None),
    "built, not approved": ("not approved", lambda office: office.build("2021-02")),
    "the audit failed": ("not ready", lambda office: office.build("2021-02", audit=FAILED)),
    "held": (
        "not approved",
        lambda office: hold(office.approved("2021-02"), "a doubt", by=signer("bob"), clock=office.clock),
    ),
}


@pytest.mark.parametrize("case", LATE)
def test_what_is_not_ready_at_its_time_is_delayed_once(office: Office, case: str) -> None:
    reason, prepare = LATE[case]
    prepare(office)
    office.clock.set(DUE - SECOND)
    office.due()
    assert not office.delays()
    office.clock.set(DUE)
    office.due()
    office.due()
    assert office.delays() == {"2021-02": reason}
    assert len(office.events("delayed")) == 1
    assert [line for line in office.notified if "delayed" in line] == [
        f"monthly_trade 2021-02 is delayed: {reason}; announce a new time"
    ]


@pytest.mark.parametrize(("said", "reason"), [(False, "data late"), (True, "not ready")])
def test_late_data_are_told_as_such_where_the_plan_waits_for_them(tmp_path: Path, said: bool, reason: str) -> None:
    office = with_plan(tmp_path, arrival=Arrival(days_before_due=5))
    if said:
        declare_data_in(office.workspace, office.plan, "2021-02", by=signer(), now=office.clock.now())
    office.clock.set(DUE)
    office.due()
    assert office.delays() == {"2021-02": reason}


def test_an_approval_after_the_time_brings_nothing_out_only_a_new_date_does(office: Office) -> None:
    edition = office.build("2021-02")
    office.clock.set(DUE + SECOND)
    office.approve(edition)
    office.due()
    assert office.delays() == {"2021-02": "not approved"} and not office.times()
    office.clock.set(DUE + DAY)
    office.due()
    assert not office.times()
    office.announce_anew(DUE + 2 * DAY)
    office.approved("2021-02")
    office.clock.set(DUE + 2 * DAY - SECOND)
    office.due()
    assert not office.times()
    office.clock.set(DUE + 2 * DAY)
    office.due()
    assert office.times() == {"2021-02/v1": DUE + 2 * DAY}


def test_approved_in_time_comes_out_late_where_the_machine_was_off(office: Office) -> None:
    office.clock.set(DUE)
    office.approved("2021-02")
    office.clock.set(DUE + 3 * DAY)
    office.due()
    assert office.times() == {"2021-02/v1": DUE + 3 * DAY}
    assert not office.delays()


def test_an_edition_for_the_old_time_does_not_come_out_at_the_new_one(office: Office) -> None:
    office.approved("2021-02")
    office.announce_anew(DUE + DAY)
    office.clock.set(DUE + DAY)
    office.due()
    assert office.delays() == {"2021-02": "not ready"} and not office.times()


def test_a_back_edition_comes_out_as_soon_as_it_is_approved(office: Office) -> None:
    """2021-01 was due before the log was founded: nobody could announce it."""
    office.approved("2021-01")
    office.due()
    assert office.times() == {"2021-01/v1": office.clock.now()}
    assert not office.delays()


def test_all_of_one_moment_comes_out_in_one_step(tmp_path: Path) -> None:
    office = with_plan(tmp_path, revision_policy=RevisionPolicy(with_each=1))
    office.approved("2021-01")
    office.due()
    office.due()
    revision = [id for id in office.log.announced if id.period == "2021-01" and id.number == 2]
    assert revision
    office.approved("2021-01", "revised")
    office.approved("2021-02")
    office.clock.set(DUE)
    office.due()
    assert set(office.times()) == {"2021-01/v1", "2021-01/v2", "2021-02/v1"}
    assert len(office.events("published")) == 2


def test_a_sibling_that_is_not_approved_is_delayed_and_the_other_comes_out(tmp_path: Path) -> None:
    office = with_plan(tmp_path, revision_policy=RevisionPolicy(with_each=1))
    office.approved("2021-01")
    office.due()
    office.due()
    office.approved("2021-01", "revised")  # the revision: before February in order
    office.build("2021-02")
    office.clock.set(DUE)
    office.due()
    assert set(office.times()) == {"2021-01/v1", "2021-01/v2"}
    assert office.delays() == {"2021-02": "not approved"}


def test_a_sibling_that_comes_before_it_and_is_not_approved_delays_both(tmp_path: Path) -> None:
    """The audit of February took the revision of January for published: alone it would name what is not out."""
    office = with_plan(tmp_path, revision_policy=RevisionPolicy(with_each=1))
    office.approved("2021-01")
    office.due()
    office.due()
    office.build("2021-01", "revised")
    office.approved("2021-02")
    office.clock.set(DUE - DAY)
    office.due()
    assert "waits for monthly_trade/2021-01/v2" in office.notified[-1]
    office.clock.set(DUE)
    office.due()
    assert office.delays() == {"2021-01": "not approved", "2021-02": "not approved"}


def test_reminders_come_once_in_a_day_of_the_last_days_and_hold_no_figure(office: Office) -> None:
    office.build("2021-02", "4711")
    for hours in range(-24 * 5, 0, 6):
        office.clock.set(DUE + timedelta(hours=hours))
        office.due()
        office.due()
    said = [line for line in office.notified if "2021-02" in line]
    assert len(said) == 3
    assert said[0] == "monthly_trade 2021-02 is due 2021-03-15T09:30:00+09:00: 0 of 1 approvals are given"
    assert len(office.events("reminded")) == 3


def test_what_can_wait_waits_in_the_last_two_minutes(office: Office) -> None:
    """A reminder runs the office's command, which may take its time."""
    office.plans = {PLAN.id: replace(PLAN, revision_policy=RevisionPolicy(with_each=2))}
    office.clock.set(DUE - timedelta(minutes=2))
    lines = office.log.lines
    office.due()
    assert office.log.lines == lines
    office.clock.set(DUE)
    office.due()
    office.due()
    assert len(office.log.lines) > len(lines) + 1


def test_data_are_in_for_the_release_that_is_next(tmp_path: Path) -> None:
    office = with_plan(tmp_path, revision_policy=RevisionPolicy(with_each=1))
    office.approved("2021-01")
    office.due()
    office.due()
    id = declare_data_in(office.workspace, office.plan, "2021-01", by=signer(), now=office.clock.now())
    assert id.number == 2
    declare_data_in(office.workspace, office.plan, "2021-02", by=signer(), now=office.clock.now())
    arrived = data_arrivals(office.log)
    assert {one.period for one in arrived} == {"2021-01", "2021-02"}


def test_reminders_begin_with_the_arrival_of_the_data(tmp_path: Path) -> None:
    office = with_plan(tmp_path, arrival=Arrival(days_before_due=6))
    office.clock.set(DUE - 6 * DAY)
    office.due()
    assert "data not in" in office.notified[0]


def test_nothing_is_said_where_nothing_is_missing(office: Office) -> None:
    office.approved("2021-02")
    office.clock.set(DUE - DAY)
    office.due()
    assert not office.notified


def test_the_service_builds_what_the_plan_lets_it_once_the_data_are_in(tmp_path: Path) -> None:
    office = with_plan(tmp_path, unattended_build=True, approvals=2)
    office.due()
    assert not office.builds
    declare_data_in(office.workspace, office.plan, "2021-02", by=signer(), now=office.clock.now())
    scheduler = office.scheduler()
    scheduler.round()
    scheduler.round()
    assert [build.release for build in office.builds] == [FEBRUARY]
    office.builds[0].code = 6
    scheduler.round()
    assert "could not be built (exit code 6)" in office.notified[-1]
    office.clock.set(office.clock.now() + timedelta(hours=6) - SECOND)
    scheduler.round()
    assert len(office.builds) == 1
    office.clock.set(office.clock.now() + SECOND)
    scheduler.round()
    assert len(office.builds) == 2
    office.build("2021-02", by="ann")
    office.builds[1].code = 0
    scheduler.round()
    assert office.notified[-1] == "monthly_trade 2021-02 is built; review and approve it"
    scheduler.round()
    assert len(office.builds) == 2


def test_a_build_that_found_the_published_figures_says_that_there_is_nothing_to_publish(tmp_path: Path) -> None:
    office = with_plan(tmp_path, unattended_build=True)
    office.build("2021-02")
    note_build(office.desk(), replace(FEBRUARY, number=2), 0)
    assert office.notified[-1].startswith("monthly_trade 2021-02 has nothing to publish")


def test_newer_data_are_built_again_unless_somebody_approved(tmp_path: Path) -> None:
    office = with_plan(tmp_path, unattended_build=True, approvals=2)
    edition = office.build("2021-02")
    declare_data_in(office.workspace, office.plan, "2021-02", by=signer(), now=office.clock.now())
    assert Build(FEBRUARY) in office.desk().wanted()
    office.approve(edition)
    assert Build(FEBRUARY) not in office.desk().wanted()


@pytest.mark.parametrize(("minutes", "begins"), [(16, True), (15, False), (1, False)])
def test_no_build_begins_in_the_last_minutes_before_a_release(tmp_path: Path, minutes: int, begins: bool) -> None:
    office = with_plan(tmp_path, unattended_build=True, approvals=2)
    declare_data_in(office.workspace, office.plan, "2021-03", by=signer(), now=office.clock.now())
    office.clock.set(DUE - timedelta(minutes=minutes))
    assert any(isinstance(action, Build) for action in office.desk().wanted()) is begins


def test_without_leave_the_service_builds_nothing(office: Office) -> None:
    declare_data_in(office.workspace, office.plan, "2021-02", by=signer(), now=office.clock.now())
    office.due()
    assert not office.builds


def test_due_goes_on_while_a_build_runs_and_publishes_meanwhile(tmp_path: Path) -> None:
    """A build of the next month that runs over the time of this one holds nothing up."""
    office = with_plan(tmp_path, unattended_build=True, approvals=2)
    office.clock.set(DUE - timedelta(minutes=20))
    edition = office.build("2021-02")
    office.approve(edition, "bob")
    office.approve(edition, "cem")
    declare_data_in(office.workspace, office.plan, "2021-03", by=signer(), now=office.clock.now())
    sleep = office.clock.sleep

    def until_done(seconds: float) -> None:
        sleep(seconds)
        if office.clock.now() < DUE - timedelta(minutes=1):
            office.clock.set(DUE - 20 * SECOND)
        if office.clock.now() > DUE + 20 * SECOND:
            office.builds[0].code = 0

    office.clock.sleep = until_done  # type: ignore[method-assign]
    office.due()
    assert office.times() == {"2021-02/v1": DUE}
    assert office.clock.now() > DUE + 20 * SECOND


def test_the_order_of_the_agenda(tmp_path: Path) -> None:
    office = Office(tmp_path / "w")
    office.due()
    office.approved("2021-02")
    office.clock.set(DUE)
    kinds = [type(action).__name__ for action in office.desk().wanted()]
    assert kinds[0] == "Publish"
    order = ["Publish", "Delay", "Prepare", "Pack", "Remind", "Build", "Announce"]
    assert kinds == sorted(kinds, key=order.index)


def test_what_takes_long_is_done_two_minutes_ahead(office: Office) -> None:
    office.approved("2021-02")
    office.clock.set(DUE - timedelta(minutes=2, seconds=1))
    assert not [one for one in office.desk().wanted() if isinstance(one, Prepare)]
    office.clock.set(DUE - timedelta(minutes=2))
    scheduler = office.scheduler()
    scheduler.round()
    ready = office.workspace.releases / ".sites" / ".ready"
    assert len(list(ready.iterdir())) == 1
    office.clock.set(DUE)
    scheduler.round()
    assert office.times() == {"2021-02/v1": DUE}
    assert not list(ready.iterdir())


def test_an_action_that_another_did_meanwhile_is_not_done(office: Office) -> None:
    """Between one scheduler's agenda and its lock the other does everything."""
    office.clock.set(DUE)
    late, other = office.scheduler(), office.scheduler()
    actions = late.desk.wanted()
    other.round()
    lines = office.log.lines
    for action in actions:
        late._carry_out(action)
    assert office.log.lines == lines


def test_a_reminder_of_another_text_is_another(office: Office) -> None:
    office.clock.set(DUE - DAY)
    assert not _log(office.desk(), Remind(FEBRUARY, "something else"), [])


def test_a_damaged_edition_is_tried_for_ten_minutes_then_delayed(office: Office) -> None:
    edition = office.approved("2021-02")
    file = edition.public / "index.html"
    file.chmod(0o644)
    file.write_text("<p>other figures</p>")
    for seconds in range(0, 600, 30):
        office.clock.set(DUE + seconds * SECOND)
        office.due()
    assert not office.times() and not office.delays()
    assert len([line for line in office.notified if "publication failed" in line]) == 10
    office.clock.set(DUE + timedelta(minutes=10))
    office.due()
    assert office.delays() == {"2021-02": "technical"}
    office.clock.set(DUE + timedelta(minutes=12))
    office.due()
    assert len([line for line in office.notified if "publication failed" in line]) == 10


def test_a_plan_with_a_fault_for_a_moment_delays_nothing(office: Office) -> None:
    office.approved("2021-02")
    office.clock.set(DUE)
    plans, office.plans = office.plans, {}
    office.due()
    assert not office.delays()
    office.plans = plans
    office.due()
    assert office.times() == {"2021-02/v1": DUE}


def test_a_plan_that_stays_away_is_told(office: Office) -> None:
    office.clock.set(DUE + timedelta(minutes=10))
    office.plans = {}
    office.due()
    assert office.delays() == {"2021-02": "technical"}


def test_a_lock_that_a_person_holds_makes_it_late_by_as_much(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.release.lock.WAIT_S", 0.0)
    office.approved("2021-02")
    office.clock.set(DUE - 2 * SECOND)
    held = exclusive(office.workspace)
    held.__enter__()
    sleep, free = office.clock.sleep, DUE + 10 * SECOND

    def sleep_and_let_go(seconds: float) -> None:
        sleep(seconds)
        if office.clock.now() >= free and held.gen is not None:  # type: ignore[attr-defined]
            held.__exit__(None, None, None)
            held.gen = None  # type: ignore[attr-defined]

    office.clock.sleep = sleep_and_let_go  # type: ignore[method-assign]
    office.run_until(DUE + timedelta(minutes=1))
    assert free <= office.times()["2021-02/v1"] <= free + 5 * SECOND
    assert not office.events("refused") and not office.delays()


def test_data_in_names_only_periods_of_the_plan(office: Office) -> None:
    with pytest.raises(ReleaseError, match="begins with 2021-01"):
        declare_data_in(office.workspace, office.plan, "2020-12", by=signer(), now=office.clock.now())
    with pytest.raises(ReleaseError, match="signed by nobody who may"):
        declare_data_in(office.workspace, office.plan, "2021-02", by=signer("bob"), now=office.clock.now())


def test_an_empty_workspace_has_nothing_to_do(tmp_path: Path) -> None:
    office = Office(tmp_path / "w")
    (office.workspace.log / "log.jsonl").unlink()
    (office.workspace.log / "checkpoint").unlink()
    with disk_faults("here"):
        assert office.desk().wanted() == ()


def test_publication_is_of_the_first_in_order(office: Office) -> None:
    office.approved("2021-01")
    office.approved("2021-02")
    office.clock.set(DUE)
    publications = [one for one in office.desk().wanted() if isinstance(one, Publish)]
    assert [[ref.period for ref in one.editions] for one in publications] == [["2021-01"], ["2021-02"]]
    assert office.clock.now() == datetime(2021, 3, 15, 0, 30, tzinfo=UTC)
