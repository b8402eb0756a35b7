"""The sections of a plan about its release: each fault is told with its place and what would do."""

import re
from pathlib import Path

import pytest

from publisher.catalogue.load import load_plan
from publisher.catalogue.plan import Arrival, PlanPeople, Recipient, RevisionPolicy
from publisher.catalogue.recipient_key import recipient_key
from tests.unit.test_catalogue_plan_file import PLAN, faults_of, workspace

AGE = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN"

FULL = (
    PLAN.replace("lag_days = 15", 'working_days = 10\nholidays = "KR"').replace(
        "approvals = 2", "approvals = 2\nwithdrawals = 2\nunattended_build = true"
    )
    + f"""\
[revision_policy]
with_each = 2
final_after = 6
[people]
prepare = ["ann"]
approve = ["bob", "cid"]
publish = ["bob", "dan-2"]
[arrival]
days_before_due = 3
[[access]]
organisation = "Ministry of Finance"
post = "chief economist"
key = "{AGE}"
lead_hours = 24
[[access]]
organisation = "Central bank"
post = "head of statistics"
key = "{SSH} desk@bank"
lead_hours = 2
"""
)


def test_every_section_is_read(tmp_path: Path) -> None:
    plan = load_plan(workspace(tmp_path, {"monthly": FULL}), "monthly")
    assert (plan.schedule.lag_days, plan.schedule.working_days, plan.schedule.holidays) == (None, 10, "KR")
    assert plan.due("2024-01").isoformat() == "2024-02-16T09:30:00+09:00"
    assert plan.revision_policy == RevisionPolicy(2, 6)
    assert plan.people == PlanPeople(("ann",), ("bob", "cid"), ("bob", "dan-2"))
    assert (plan.approvals, plan.withdrawals, plan.unattended_build) == (2, 2, True)
    assert plan.arrival == Arrival(3)
    assert plan.access == (
        Recipient("Ministry of Finance", "chief economist", AGE, 24),
        Recipient("Central bank", "head of statistics", SSH, 2),  # the comment may be a name: it is left out
    )


def test_a_plan_without_them_means_what_it_meant(tmp_path: Path) -> None:
    plan = load_plan(workspace(tmp_path, {"monthly": PLAN}), "monthly")
    assert (plan.revision_policy, plan.people, plan.access, plan.arrival) == (
        RevisionPolicy(),
        PlanPeople(),
        (),
        None,
    )
    assert (plan.withdrawals, plan.unattended_build, plan.schedule.lag_days) == (1, False, 15)


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ("working_days = 10", "working_days = 0", "schedule.working_days", "cannot be 0"),
        ("working_days = 10", "working_days = 10\nlag_days = 15", "schedule.lag_days", "cannot stand beside"),
        ('holidays = "KR"\n', "", "schedule.holidays", "is missing"),
        ('"KR"', '"XX"', "schedule.holidays", "holidays are not known"),
        ('"KR"', '"DE-ZZ"', "schedule.holidays", "names a part of DE"),
        ("working_days = 10", "lag_days = 15", "schedule.holidays", "says nothing"),
        ("working_days = 10\nholidays", "holidays", "schedule.lag_days", "is missing"),
        ('"2024-01"', '"1901-01"', "first_period", "the holidays of 1901 are not known"),
        ("with_each = 2", "with_each = -1", "revision_policy.with_each", "cannot be -1"),
        ("final_after = 6", "final_after = 1", "revision_policy.final_after", "still released again 2 periods later"),
        ("final_after = 6", "until = 6", "revision_policy.until", "is not a known key"),
        ('["ann"]', "[]", "people.prepare", "one or more"),
        ('["ann"]', '["Ann"]', "people.prepare", 'cannot name "Ann"'),
        ('["ann"]', '["../ann"]', "people.prepare", "cannot name"),
        ('"bob", "cid"]', '"bob"]', "people.approve", "leaves 1 who did not prepare the edition, but 2 must approve"),
        ('["bob", "dan-2"]', '["bob"]', "people.publish", "names 1, but 2 must sign a withdrawal"),
        ('["bob", "dan-2"]', '["bob"]\nread = ["eve"]', "people.read", "is not a known key"),
        ("approvals = 2", "approvals = 1", "approval.approvals", "one person alone would decide"),
        ("unattended_build = true", 'unattended_build = "yes"', "approval.unattended_build", 'cannot be "yes"'),
        ("withdrawals = 2", "withdrawals = 10", "approval.withdrawals", "cannot be 10"),
        ("days_before_due = 3", "days_before_due = 11", "arrival.days_before_due", "before their period ends"),
        ("days_before_due = 3", "days_before_due = 3.5", "arrival.days_before_due", "cannot be 3.5"),
        ("lead_hours = 24", "lead_hours = 0", "access[1].lead_hours", "cannot be 0"),
        ("lead_hours = 24", "lead_hours = 169", "access[1].lead_hours", "cannot be 169"),
        ('post = "chief economist"\n', "", "access[1].post", "is missing"),
        (AGE, AGE[:-1] + "k", "access[1].key", "has a slip in it"),
        (SSH, SSH.replace("ssh-ed25519", "ssh-rsa"), "access[2].key", "is not a public key"),
        (f"{SSH} desk@bank", AGE, "access[2].key", "is also the key of an entry before"),
        ("[arrival]", "[embargo]\n[arrival]", "embargo", "is not a known key"),
    ],
)
def test_a_fault_is_told_with_its_key(tmp_path: Path, old: str, new: str, key: str, problem: str) -> None:
    assert old in FULL
    found = workspace(tmp_path, {"monthly": FULL.replace(old, new, 1)})
    faults = faults_of(lambda: load_plan(found, "monthly"))
    told = [fault for fault in faults if fault.place == f"monthly/plan.toml: {key}"]
    assert told, faults
    assert re.search(re.escape(problem), told[0].problem), told
    assert told[0].allowed


def test_a_post_stands_once(tmp_path: Path) -> None:
    twice = FULL.replace("Central bank", "Ministry of Finance").replace("head of statistics", "chief economist")
    (fault,) = faults_of(lambda: load_plan(workspace(tmp_path, {"monthly": twice}), "monthly"))
    assert fault.place == "monthly/plan.toml: access[2].post"


def test_who_prepares_does_not_count_among_those_who_approve(tmp_path: Path) -> None:
    """With bob as the only preparer one approver is left; with ann too, an edition of hers has two."""
    attended = FULL.replace("\nunattended_build = true", "").replace('["ann"]', '["bob"]')
    (fault,) = faults_of(lambda: load_plan(workspace(tmp_path, {"monthly": attended}), "monthly"))
    assert "leaves 1 who did not prepare" in fault.problem
    (tmp_path / "two").mkdir()
    both = attended.replace('["bob"]', '["bob", "ann"]')
    assert load_plan(workspace(tmp_path / "two", {"monthly": both}), "monthly").people.prepare == ("bob", "ann")


def test_all_faults_of_all_sections_are_told_at_once(tmp_path: Path) -> None:
    wrong = (
        FULL.replace('"KR"', '"XX"')
        .replace("approvals = 2", "approvals = 1")
        .replace('["ann"]', '["Ann"]')
        .replace("with_each = 2", "with_each = -1")
        .replace("days_before_due = 3", "days_before_due = 300")
        .replace(AGE, "age1")
        .replace("lead_hours = 2\n", "lead_hours = 0\n")
    )
    assert [
        fault.place.split(": ")[1]
        for fault in faults_of(lambda: load_plan(workspace(tmp_path, {"monthly": wrong}), "monthly"))
    ] == [
        "schedule.holidays",
        "approval.approvals",
        "people.prepare",
        "revision_policy.with_each",
        "arrival.days_before_due",
        "access[1].key",
        "access[2].lead_hours",
    ]


def test_every_single_slip_in_an_age_key_is_found() -> None:
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    assert recipient_key(AGE) == AGE
    for place in range(4, len(AGE)):
        for letter in letters.replace(AGE[place], ""):
            assert recipient_key(AGE[:place] + letter + AGE[place + 1 :]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age1",
        AGE.upper(),
        f" {AGE}",
        f"{AGE}\n",
        AGE + "q",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        SSH[:-4],
        SSH + "AAAA",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ",
        "ssh-ed25519 \u212aAAA",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    assert recipient_key(text) is None
