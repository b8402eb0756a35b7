"""What is approved is what was reviewed."""

from pathlib import Path

import pytest

from publisher.errors import ReleaseError
from publisher.release.approval import approvals
from publisher.release.approval.reviewed import last_reviewed, note_review
from tests.lib.release import BUILT, PASSPHRASE, build, make_workspace, signer

PERIOD = "2021-03"


def test_a_build_between_reviewing_and_signing_is_not_signed_for(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    edition = build(workspace, PERIOD)
    with pytest.raises(ReleaseError, match="bob has not reviewed it"):
        last_reviewed(edition, "bob")
    note_review(edition, "0" * 64, by=signer("bob"), now=BUILT)
    again = build(workspace, PERIOD, "other figures")
    assert again == edition  # the same name: it was never approved
    seen = last_reviewed(again, "bob")
    with pytest.raises(ReleaseError, match="not the edition that was reviewed"):
        approvals.approve(again, "bob", PASSPHRASE, reviewed=seen, now=BUILT)
    note_review(again, "0" * 64, by=signer("bob"), now=BUILT)
    assert approvals.approve(again, "bob", PASSPHRASE, reviewed=last_reviewed(again, "bob"), now=BUILT)


def test_only_who_may_approve_reviews_under_signature(tmp_path: Path) -> None:
    edition = build(make_workspace(tmp_path / "w"), PERIOD)
    with pytest.raises(ReleaseError, match="nobody who may sign for 'reviewed'"):
        note_review(edition, "0" * 64, by=signer("ann"), now=BUILT)
