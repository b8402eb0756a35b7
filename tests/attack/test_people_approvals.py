"""Which approvals count: distinct humans, not the preparer, in force at their line, for this and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from publisher.catalogue.plan import PlanPeople
from publisher.errors import ReleaseError
from publisher.release.approval import approvals, gate
from publisher.release.approval.approvals import Statement, approvals_in_force
from publisher.release.edition.edition import Edition
from publisher.release.edition.inventory import SIGNATURE
from publisher.release.edition.records import encode
from publisher.release.people.changes import revoke, rotate
from publisher.release.people.people import add_key
from publisher.release.people.signing import Signer
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import ApprovalBody, Draft
from publisher.release.transparency.facts import ApprovalFact
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace
from tests.lib.people import fresh
from tests.lib.release import (
    BUILT,
    NOW,
    PASSPHRASE,
    PLAN,
    approve,
    build,
    build_approved,
    make_workspace,
    publish,
    render,
    signer,
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def counted(edition: Edition) -> list[str]:
    return [person.name for person, _ in approvals_in_force(read_log(edition.workspace), edition)]


def signed(by: Signer, statement: Statement) -> ApprovalFact:
    text = encode(statement)
    key = by.key.public_key().public_bytes_raw().hex()
    return ApprovalFact(statement=text.decode(), public_key=key, signature=by.sign(text))


def log_approval(edition: Edition, approval: ApprovalFact, by: Signer) -> None:
    draft = Draft("approved", who=by.person, edition=edition.manifest.ref, body=ApprovalBody(approval=approval))
    append(edition.workspace, draft, by, now=BUILT)


def statement(of: Edition, **changed: object) -> Statement:
    """What the next line's approval has to say, with what an attacker changes in it."""
    log, manifest = read_log(of.workspace), of.manifest
    size, head = len(log.entries), approvals.sha256(log.lines[-1])
    register, history = approvals._standing(of.workspace, log, size, head)
    fields = {
        "edition": manifest.ref,
        "due": manifest.due,
        "approvals_needed": manifest.approvals_needed,
        "register_version": register,
        "history": history,
    }
    return Statement.model_validate({**fields, **changed})


def test_a_rightly_made_statement_counts(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    log_approval(edition, signed(signer("bob"), statement(edition)), signer("bob"))
    assert counted(edition) == ["bob"]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"due": "2021-04-15T09:31:00+09:00"}, "another edition, another content or another time"),
        ({"approvals_needed": 2}, "another edition, another content or another time"),
        ({"register_version": "0" * 64}, "another log"),
        ({"history": "0" * 64}, "another log"),
    ],
)
def test_a_statement_about_anything_else_does_not_count(
    workspace: Workspace, changed: dict[str, object], problem: str
) -> None:
    edition = build(workspace, "2021-03")
    log_approval(edition, signed(signer("bob"), statement(edition, **changed)), signer("bob"))
    with pytest.raises(ReleaseError, match=problem):
        counted(edition)


def test_a_statement_for_another_digest_does_not_count(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    other = edition.manifest.ref.model_copy(update={"manifest_sha256": "0" * 64})
    log_approval(edition, signed(signer("bob"), statement(edition, edition=other)), signer("bob"))
    with pytest.raises(ReleaseError, match="another content"):
        counted(edition)


def test_an_approval_copied_from_a_backup_does_not_count_again(workspace: Workspace) -> None:
    """Put on hold, and an old statement with its good signature logged once more instead of a new one."""
    edition = build(workspace, "2021-03")
    old = approve(edition, "bob")
    append(workspace, Draft("held", who="bob", edition=edition.manifest.ref), signer("bob"), now=BUILT)
    assert counted(edition) == []
    log_approval(edition, old, signer("bob"))
    with pytest.raises(ReleaseError, match="in another log, or elsewhere in it"):
        counted(edition)


def test_who_was_revoked_before_cannot_approve_and_after_has_approved(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    approve(edition, "bob")
    revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)
    assert counted(edition) == ["bob"]
    revoke(workspace, "cem", "left", by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="was revoked"):
        approve(edition, "cem", now=NOW)
    with pytest.raises(ReleaseError, match="signed by nobody who may sign for 'approved'"):
        log_approval(edition, signed(signer("cem"), statement(edition)), signer("cem"))


def test_a_claimed_time_before_the_revocation_does_not_help(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    revoke(workspace, "bob", "stolen key", by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="signed by nobody"):
        log_approval(edition, signed(signer("bob"), statement(edition)), signer("bob"))  # its line says BUILT < NOW


def test_a_rotated_approver_counts_once(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03")
    approve(edition, "bob")
    rotate(workspace, "bob", "new sentence", by=signer("ann"), now=NOW)
    assert approve(edition, "bob", "new sentence", now=NOW).signature.key == signer("bob").fingerprint
    new = fresh("bob")
    rotate(workspace, "bob", new.key.public_key(), by=signer("ann"), now=NOW)
    log_approval(edition, signed(new, statement(edition)), new)
    assert counted(edition) == ["bob"]
    with pytest.raises(ReleaseError, match="1 of 2 approvals"):
        gate.check_approvals(replace(PLAN, approvals=2), edition.manifest, counted(edition))


def test_a_preparer_cannot_approve_under_a_new_key(workspace: Workspace) -> None:
    edition, new = build(workspace, "2021-03", by="dua"), fresh("dua")
    rotate(workspace, "dua", new.key.public_key(), by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="who prepared an edition cannot approve"):
        approve(edition, "dua", now=NOW)
    log_approval(edition, signed(new, statement(edition)), new)
    with pytest.raises(ReleaseError, match="by the person who prepared"):
        counted(edition)


def test_nobody_has_a_second_name_with_the_same_key(workspace: Workspace) -> None:
    with pytest.raises(ReleaseError, match="as dua's"):
        add_key(workspace, "eve", ["approve"], signer("dua").key.public_key(), by=signer("ann"), now=NOW)


def test_an_edition_signed_by_another_than_who_logged_the_build_is_worth_nothing(workspace: Workspace) -> None:
    """ann builds, dua signs the manifest with her key, so that ann could approve as a second person."""
    edition = build_approved(workspace, "2021-03")
    path = edition.public / SIGNATURE
    path.chmod(0o644)
    path.write_bytes(encode(signer("dua").sign((edition.public / "manifest.json").read_bytes())))
    with pytest.raises(ReleaseError, match="does not hold that it was built by who signed it"):
        counted(edition)
    with pytest.raises(ReleaseError, match="does not hold that it was built"):
        approve(edition, "cem")


def test_only_those_whom_the_plan_names_count(workspace: Workspace) -> None:
    plan = replace(PLAN, people=PlanPeople(approve=("cem", "dua")))
    edition = build(workspace, "2021-03")
    digest = edition.manifest.ref.manifest_sha256
    with pytest.raises(ReleaseError, match="plan does not let this person approve"):
        approvals.approve(edition, "bob", PASSPHRASE, reviewed=digest, now=BUILT, by_plan=plan.people.approve)
    approve(edition, "bob")
    with pytest.raises(ReleaseError, match="0 of 1 approvals"):
        gate.check_approvals(plan, edition.manifest, counted(edition))
    assert approvals_in_force(read_log(workspace), edition, plan.people.approve) == ()
    approve(edition, "cem")
    gate.check_approvals(plan, edition.manifest, counted(edition))


def test_a_plan_names_who_prepares_and_who_publishes_its_series(workspace: Workspace) -> None:
    edition = build_approved(workspace, "2021-03")
    for people, problem in (
        (PlanPeople(prepare=("dua",)), "does not let this person prepare"),
        (PlanPeople(publish=("cem",)), "does not let this person publish"),
        (PlanPeople(approve=("cem", "dua")), "0 of 1 approvals"),
    ):
        with pytest.raises(ReleaseError, match=problem):
            publish(workspace, replace(PLAN, people=people), edition, NOW, render, by=signer("dua"))
