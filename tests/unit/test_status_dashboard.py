"""The dashboard: where each release stands and what stands before it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.catalogue.plan import Arrival, Recipient
from publisher.release.approval.hold import hold
from publisher.release.edition.records import sha256
from publisher.release.schedule.dashboard import Dashboard, NextRelease, dashboard
from publisher.release.schedule.data_in import declare_data_in
from publisher.release.status import status
from publisher.release.transparency.log import checkpoint_path
from tests.lib.office import DUE, Office
from tests.lib.release import FAILED, PLAN, signer


def shown(office: Office) -> Dashboard:
    log, plans, sealed = office.desk().state()
    rows = status(office.workspace, plans.values(), office.clock.now())
    return dashboard(office.workspace, log, plans, sealed, rows, office.clock.now())


def february(office: Office) -> NextRelease:
    return next(one for one in shown(office).releases if one.period == "2021-02")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "w", {PLAN.id: replace(PLAN, arrival=Arrival(days_before_due=5))})
    office.due()
    return office


def test_the_way_of_a_release(office: Office) -> None:
    """
    step      | stage     | blocked by
    announced | planned   | data build due
    data in   | planned   | build due
    built     | built     | approvals due
    approved  | embargoed | due
    held      | built     | approvals due
    its time  | delayed   | date approvals
    """
    found = [(february(office).stage, *february(office).blocked_by)]
    declare_data_in(office.workspace, office.plan, "2021-02", by=signer(), now=office.clock.now())
    found.append((february(office).stage, *february(office).blocked_by))
    edition = office.build("2021-02")
    found.append((february(office).stage, *february(office).blocked_by))
    office.approve(edition)
    found.append((february(office).stage, *february(office).blocked_by))
    hold(edition, "a doubt", by=signer("bob"), clock=office.clock)
    found.append((february(office).stage, *february(office).blocked_by))
    office.clock.set(DUE)
    office.due()
    found.append((february(office).stage, *february(office).blocked_by))
    assert found == [
        ("planned", "data", "build", "due"),
        ("planned", "build", "due"),
        ("built", "approvals", "due"),
        ("embargoed", "due"),
        ("built", "approvals", "due"),
        ("delayed", "date", "approvals"),
    ]
    assert february(office).delayed == "not approved"


def test_an_edition_that_is_out_is_no_longer_to_come(office: Office) -> None:
    office.approved("2021-02")
    office.clock.set(DUE)
    office.due()
    found = shown(office)
    assert "2021-02" not in [one.period for one in found.releases]
    assert [(row.edition, row.state) for row in found.editions] == [("monthly_trade/2021-02/v1", "published")]
    assert [(audit.edition, audit.verdict) for audit in found.audits] == [("monthly_trade/2021-02/v1", "passed")]


def test_a_failed_audit_and_two_plans_of_data(office: Office) -> None:
    office.build("2021-02", audit=FAILED)
    assert february(office).blocked_by == ("audit", "approvals", "due")
    assert february(office).data_by == "2021-03-10T09:30:00+09:00"
    assert february(office).data_in is None


def test_a_clock_that_is_behind_blocks_everything(office: Office) -> None:
    office.approved("2021-02")
    office.clock.set(office.clock.now() - timedelta(hours=1))
    assert "before the last event" in shown(office).clock_doubt
    assert "clock" in february(office).blocked_by


def test_packs_and_an_unconfirmed_list(office: Office) -> None:
    office.plans = {PLAN.id: replace(office.plan, access=(Recipient("Bank", "desk", "age1", 24),))}
    row = february(office)
    assert (row.packs, row.recipients, row.access_confirmed) == (0, 1, False)


def test_a_series_without_its_plan_is_still_to_come(office: Office) -> None:
    office.plans = {}
    assert february(office).blocked_by[0] == "plan"


def test_what_to_keep_elsewhere_is_the_checkpoint_as_it_lies_there(office: Office) -> None:
    head = shown(office).log
    assert head.checkpoint_sha256 == sha256(checkpoint_path(office.workspace).read_bytes())
    assert head.lines == len(office.log.lines)


def test_the_keys_of_json_do_not_change(office: Office) -> None:
    """Programs read them: a change is a change of the format."""
    found = shown(office).as_json()
    assert list(found) == ["now", "clock_doubt", "releases", "editions", "audits", "log"]
    assert list(found["releases"][0]) == [
        *("release", "series", "period", "kind", "due", "zone", "announced", "stage", "delayed", "edition"),
        *("approvals", "approvals_needed", "data_in", "data_by", "packs", "recipients", "access_confirmed"),
        *("blocked_by", "missing"),
    ]
    assert list(found["log"]) == ["lines", "public_lines", "last", "checkpoint", "checkpoint_sha256"]
