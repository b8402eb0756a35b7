"""Revoking, rotating, other roles, several administrators."""

from dataclasses import replace
from pathlib import Path

import pytest

from publisher.catalogue.plan import PlanPeople
from publisher.errors import KeyRefusedError, ReleaseError, UsageError
from publisher.release.approval.approvals import approvals_in_force
from publisher.release.people import register_change
from publisher.release.people.changes import change_roles, require_administrators, revoke, rotate
from publisher.release.people.people import add_key, add_person, open_signer, private_key_of, read_register
from publisher.release.people.register_change import confirm, discard, proposal_path, waiting
from publisher.release.people.staffing import check_lets_prepare, check_lets_publish, shortage
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace
from tests.lib.people import confirmed, fresh, person, two_administrators
from tests.lib.release import NOW, PASSPHRASE, PLAN, approve, build, build_approved, make_workspace, signer


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def test_a_revoked_person_stays_listed_and_signs_nothing_more(workspace: Workspace) -> None:
    change = revoke(workspace, "bob", "left the office", by=signer("ann"), now=NOW)
    assert change.what.startswith("revokes bob") and change.missing == 0
    assert person(workspace, "bob").revoked
    with pytest.raises(ReleaseError, match="was revoked"):
        open_signer(workspace, "bob", PASSPHRASE, "approve")
    assert read_log(workspace).entries[-1].detail.endswith("left the office")
    assert [key.revoked for key in read_log(workspace).leaves[-1].fact.keys].count(True) == 1  # type: ignore[union-attr]


def test_a_reason_a_living_person_and_an_administrator_are_needed(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="reason"):
        revoke(workspace, "bob", " ", by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="may not administer"):
        revoke(workspace, "bob", "why not", by=signer("dua"), now=NOW)
    with pytest.raises(ReleaseError, match="no such person"):
        revoke(workspace, "eve", "unknown", by=signer("ann"), now=NOW)
    revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="no such person, or no longer"):
        revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)


def test_the_last_administrator_stays(workspace: Workspace) -> None:
    with pytest.raises(ReleaseError, match="0 administrators would be there"):
        revoke(workspace, "ann", "tired", by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="0 administrators would be there"):
        change_roles(workspace, "ann", ["prepare"], by=signer("ann"), now=NOW)
    change_roles(workspace, "dua", ["administer"], by=signer("ann"), now=NOW)
    revoke(workspace, "ann", "tired", by=signer("ann"), now=NOW)
    assert read_register(workspace).with_role("administer") == {"dua"}


def test_the_service_key_is_neither_revoked_nor_exchanged(workspace: Workspace) -> None:
    with pytest.raises(ReleaseError, match="stays the log's key"):
        revoke(workspace, "service", "stolen", by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="stays the log's key"):
        rotate(workspace, "service", PASSPHRASE, by=signer("ann"), now=NOW)
    with pytest.raises(UsageError, match="a name is"):
        change_roles(workspace, "service", ["approve"], by=signer("ann"), now=NOW)


def test_a_rotated_person_signs_with_the_new_key_alone(workspace: Workspace) -> None:
    old = person(workspace, "bob")
    rotate(workspace, "bob", "another sentence", by=signer("ann"), now=NOW)
    new = person(workspace, "bob")
    assert (new.roles, new.revoked) == (old.roles, False) and new.fingerprint != old.fingerprint
    assert open_signer(workspace, "bob", "another sentence", "approve").fingerprint == new.fingerprint
    with pytest.raises(KeyRefusedError):
        open_signer(workspace, "bob", PASSPHRASE, "approve")
    assert private_key_of(workspace, new) != private_key_of(workspace, old)
    assert [p.revoked for p in read_register(workspace).people if p.name == "bob"] == [True, False]


def test_a_rotation_to_a_public_key_makes_no_key_here(workspace: Workspace) -> None:
    before = set(workspace.keys.iterdir())
    rotate(workspace, "bob", fresh("bob").key.public_key(), by=signer("ann"), now=NOW)
    assert set(workspace.keys.iterdir()) == before
    with pytest.raises(ReleaseError, match="not the key that the register names"):
        open_signer(workspace, "bob", PASSPHRASE, "approve")


def test_a_key_has_one_name_for_ever(workspace: Workspace) -> None:
    mine, ann = signer("bob").key.public_key(), signer("ann")
    for name, call in (("eve", add_key), ("bob", None)):
        with pytest.raises(ReleaseError, match="in the register already, as bob's"):
            if call:
                call(workspace, name, ["approve"], mine, by=ann, now=NOW)
            else:
                rotate(workspace, name, mine, by=ann, now=NOW)
    revoke(workspace, "bob", "left", by=ann, now=NOW)
    with pytest.raises(ReleaseError, match="in the register already, as bob's"):
        add_key(workspace, "eve", ["approve"], mine, by=ann, now=NOW)


def test_who_was_revoked_comes_back_with_a_new_key_as_the_same_human(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-03")
    revoke(workspace, "bob", "parental leave", by=signer("ann"), now=NOW)
    add_person(workspace, "bob", ["approve"], "a new sentence", by=signer("ann"), now=NOW)
    approve(edition, "bob", "a new sentence", now=NOW)
    assert [p.name for p, _ in approvals_in_force(read_log(workspace), edition)] == ["bob"]


def test_an_edition_stands_after_its_preparer_lost_the_role(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    change_roles(workspace, "ann", ["administer"], by=signer("ann"), now=NOW)
    approve(edition, "bob", now=NOW)
    assert approvals_in_force(read_log(workspace), edition)


def test_a_series_that_loses_its_approvers_is_named(workspace: Workspace) -> None:
    assert shortage(PLAN, read_register(workspace)) == ""
    of_two, ann = replace(PLAN, approvals=2), signer("ann")
    revoke(workspace, "cem", "left", by=ann, now=NOW)
    assert shortage(of_two, read_register(workspace)) == ""
    named = replace(PLAN, people=PlanPeople(approve=("cem", "dua"), prepare=("dua",)))
    assert "only 0 can be given" in shortage(named, read_register(workspace))
    revoke(workspace, "bob", "left", by=ann, now=NOW)
    assert "Of 2 approvals that monthly_trade needs only 1" in shortage(of_two, read_register(workspace))
    nobody = replace(PLAN, people=PlanPeople(prepare=("cem",)))
    assert "Nobody is left who may prepare" in shortage(nobody, read_register(workspace))
    assert "withdrawal" in shortage(replace(PLAN, withdrawals=2), read_register(workspace))


def test_a_change_that_leaves_plans_unreadable_or_short_says_so(workspace: Workspace) -> None:
    folder = workspace.releases / "broken"
    folder.mkdir()
    (folder / "plan.toml").write_text("no toml")
    add_key(workspace, "eve", ["approve"], fresh("eve").key.public_key(), by=signer("ann"), now=NOW)
    change = revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)
    assert change.warnings and "cannot be read" in change.warnings[0]


def test_a_plan_narrows_who_prepares_and_publishes(workspace: Workspace) -> None:
    plan = replace(PLAN, people=PlanPeople(prepare=("ann",), publish=("dua",)))
    check_lets_prepare(plan, "ann")
    check_lets_publish(plan, "dua")
    check_lets_publish(plan, "service")
    with pytest.raises(ReleaseError, match="does not let this person prepare"):
        check_lets_prepare(plan, "dua")
    with pytest.raises(ReleaseError, match="does not let this person publish"):
        check_lets_publish(plan, "ann")
    with pytest.raises(ReleaseError, match="lets no unattended run"):
        check_lets_prepare(plan, "service")
    check_lets_prepare(replace(plan, unattended_build=True), "service")


def test_with_two_administrators_a_change_waits_for_the_second(workspace: Workspace) -> None:
    two_administrators(workspace)
    change = revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)
    assert change.missing == 1 and not person(workspace, "bob").revoked
    assert proposal_path(workspace).stat().st_mode & 0o777 == 0o600
    with pytest.raises(ReleaseError, match="another change of the register waits"):
        revoke(workspace, "cem", "left", by=signer("dua"), now=NOW)
    with pytest.raises(ReleaseError, match="has signed this change already"):
        confirm(workspace, change.digest, by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="may not administer"):
        confirm(workspace, change.digest, by=signer("cem"), now=NOW)
    for wrong in ("", change.digest[:11], "0" * 64):
        with pytest.raises(ReleaseError, match="not the change that waits"):
            confirm(workspace, wrong, by=signer("dua"), now=NOW)
    assert confirm(workspace, change.digest[:12], by=signer("dua"), now=NOW).missing == 0
    assert person(workspace, "bob").revoked and waiting(workspace) is None
    with pytest.raises(ReleaseError, match="no change waits"):
        confirm(workspace, change.digest, by=signer("dua"), now=NOW)


def test_more_administrators_than_there_are_cannot_be_asked_for(workspace: Workspace) -> None:
    for number in (0, 2):
        with pytest.raises(ReleaseError, match=f"1 administrators would be there, and {number}"):
            require_administrators(workspace, number, by=signer("ann"), now=NOW)
    two_administrators(workspace)
    with pytest.raises(ReleaseError, match="1 administrators would be there, and 2"):
        revoke(workspace, "dua", "left", by=signer("ann"), now=NOW)


def test_a_person_added_by_two_signs_from_the_confirmation_on(workspace: Workspace) -> None:
    two_administrators(workspace)
    add_person(workspace, "eve", ["approve"], PASSPHRASE, by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="no such person"):
        open_signer(workspace, "eve", PASSPHRASE, "approve")
    confirmed(workspace)
    assert open_signer(workspace, "eve", PASSPHRASE, "approve")


def test_a_discarded_change_is_gone_and_another_can_be_proposed(workspace: Workspace) -> None:
    two_administrators(workspace)
    revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="may not administer"):
        discard(workspace, by=signer("cem"))
    discard(workspace, by=signer("dua"))
    assert waiting(workspace) is None
    rotate(workspace, "bob", PASSPHRASE, by=signer("dua"), now=NOW)
    confirmed(workspace, "ann")
    assert not person(workspace, "bob").revoked


def test_a_proposal_that_was_changed_is_not_confirmed(workspace: Workspace) -> None:
    two_administrators(workspace)
    revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)
    proposal = waiting(workspace)
    assert proposal is not None
    cem = person(workspace, "cem").model_copy(update={"roles": ("approve", "administer")})
    people = tuple(cem if p.name == "cem" else p for p in proposal.version.people)
    forged = proposal.model_copy(update={"version": proposal.version.model_copy(update={"people": people})})
    register_change.replace(proposal_path(workspace), register_change.encode(forged), 0o600)  # type: ignore[attr-defined]
    with pytest.raises(ReleaseError, match="changed after it was signed"):
        confirm(workspace, forged.digest, by=signer("dua"), now=NOW)
    proposal_path(workspace).write_bytes(b"{}")
    with pytest.raises(ReleaseError, match="damaged"):
        waiting(workspace)


def test_a_proposal_left_by_a_killed_confirmation_is_over(workspace: Workspace) -> None:
    two_administrators(workspace)
    revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)
    left = proposal_path(workspace).read_bytes()
    confirmed(workspace)
    proposal_path(workspace).write_bytes(left)
    assert waiting(workspace) is None
    assert revoke(workspace, "cem", "left", by=signer("ann"), now=NOW).missing == 1
