"""Staging and sealing: deterministic bytes, versions, what may be replaced."""

import json
import os
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.errors import ReleaseError
from publisher.release.edition.edition import find_edition, newest_edition, stage
from publisher.release.edition.inventory import inventory
from publisher.release.edition.said import said
from publisher.release.edition.seal import next_version, published_as, seal
from publisher.release.edition.verify import verify
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace
from tests.lib.release import (
    FAILED,
    NOW,
    PLAN,
    SERIES,
    after,
    approve,
    build,
    build_approved,
    contents,
    make_workspace,
    publish,
    release,
    render,
    signer,
    tree,
    write_build,
)

PERIOD = "2021-03"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def test_a_sealed_edition_verifies_and_nothing_of_the_staging_stays(workspace: Workspace) -> None:
    edition = build(workspace, PERIOD)
    assert edition.name == f"{SERIES}/{PERIOD}/v1"
    assert verify(edition, signer().key.public_key()).ok
    assert [path.name for path in edition.root.parent.iterdir()] == ["v1"]


def test_an_unpublished_edition_is_closed_to_others_and_its_times_tell_only_when_it_is_due(
    workspace: Workspace,
) -> None:
    edition = build(workspace, PERIOD)
    assert stat.S_IMODE(edition.root.stat().st_mode) == 0o700
    for path in edition.public.rglob("*"):
        assert path.stat().st_mtime == PLAN.due(PERIOD).timestamp()
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_same_inputs_same_bytes_in_two_folders_of_one_office(tmp_path: Path) -> None:
    """Keys and the commitment secret are inputs too: both workspaces are copies that have them."""
    seed = make_workspace(tmp_path / "seed")
    build(seed, "2021-01")  # makes the commitment secret
    one, two = Workspace(tmp_path / "one"), Workspace(tmp_path / "two")
    for copy in (one, two):
        os.system(f"cp -r {seed.root} {copy.root}")
    assert tree(build(one, PERIOD).public) == tree(build(two, PERIOD).public)


def test_the_manifest_says_what_a_reader_needs_and_not_what_was_checked(workspace: Workspace) -> None:
    release(workspace, "2021-02")
    edition = build(workspace, PERIOD, head="ab12")
    manifest = json.loads((edition.public / "manifest.json").read_text())
    assert manifest["due"] == "2021-04-15T09:30:00+09:00"
    assert manifest["ledger_head"] == "ab12"
    assert manifest["snapshots"] == ["s0001"]
    assert manifest["audit"] == {"verdict": "passed", "findings": 0}
    assert [e["period"] for e in manifest["earlier"]] == ["2021-02"]
    assert [f["path"] for f in manifest["files"]] == sorted(f["path"] for f in manifest["files"])
    text = (edition.public / "manifest.json").read_text()
    assert not re.search(r"(?<![0-9a-f])4711(?![0-9a-f])", text)  # the number of primary cells; digests may hold it
    assert "ann" not in (edition.public / "manifest.sig").read_text()


def test_a_rebuild_of_the_same_inputs_is_the_same_edition_and_its_approvals_stand(workspace: Workspace) -> None:
    first = build_approved(workspace, PERIOD)
    again = build(workspace, PERIOD)
    assert again == first
    assert read_log(workspace).approvals(first.manifest.ref)
    assert not (first.root.parent / f".building-{SERIES}-{PERIOD}").exists()
    assert [e.event for e in read_log(workspace).entries][-4:] == ["built", "audited", "approved", "embargoed"]


def test_an_unapproved_build_is_replaced_by_a_different_one(workspace: Workspace) -> None:
    build(workspace, PERIOD, "first try")
    second = build(workspace, PERIOD, "second try")
    assert second.version == 1
    assert b"second try" in (second.public / "index.html").read_bytes()
    assert [path.name for path in second.root.parent.iterdir()] == ["v1"]


def test_a_build_is_replaced_also_where_the_system_cannot_swap_folders(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publisher.release.folders.ctypes.CDLL", lambda *_, **__: object())
    build(workspace, PERIOD, "first try")
    second = build(workspace, PERIOD, "second try")
    assert b"second try" in (second.public / "index.html").read_bytes()
    assert [path.name for path in second.root.parent.iterdir()] == ["v1"]


def test_an_approved_build_is_never_replaced(workspace: Workspace) -> None:
    first = build_approved(workspace, PERIOD, "approved")
    second = build(workspace, PERIOD, "later")
    assert (first.version, second.version) == (1, 2)
    assert b"approved" in (first.public / "index.html").read_bytes()


def test_a_published_edition_is_read_only_and_a_changed_build_gets_the_next_number(workspace: Workspace) -> None:
    release(workspace, PERIOD)
    first = find_edition(workspace, SERIES, PERIOD)
    assert all(path.stat().st_mode & 0o222 == 0 for path in [first.root, *first.root.rglob("*")])
    before = tree(first.root)
    assert build(workspace, PERIOD, "revised").version == 2
    assert tree(first.root) == before


def test_rebuilding_what_is_published_returns_it_although_ledger_and_site_moved_on(workspace: Workspace) -> None:
    release(workspace, "2021-02")
    release(workspace, "2021-03")
    assert build(workspace, "2021-02", head="moved on").version == 1
    assert newest_edition(workspace, SERIES, "2021-02") == find_edition(workspace, SERIES, "2021-02", 1)


def test_an_approved_build_stays_as_long_as_it_can_be_published(workspace: Workspace) -> None:
    approved = build_approved(workspace, PERIOD)
    assert build(workspace, PERIOD, head="moved on") == approved
    assert read_log(workspace).approvals(approved.manifest.ref)


def test_approvals_that_are_worth_nothing_any_more_do_not_hold_the_number(workspace: Workspace) -> None:
    """Same files, but another edition came out, or the plan changed its time: audit and approve anew."""
    build_approved(workspace, PERIOD)
    release(workspace, "2021-02")
    again = build(workspace, PERIOD)
    assert again.version == 1 and [ref.period for ref in again.manifest.earlier] == ["2021-02"]
    assert not read_log(workspace).approvals(again.manifest.ref)
    approve(again, "bob")
    later = replace(PLAN, schedule=replace(PLAN.schedule, lag_days=20))
    moved = build(workspace, PERIOD, plan=later)
    assert moved.version == 1 and not read_log(workspace).approvals(moved.manifest.ref)
    assert moved.manifest.due == later.due(PERIOD).isoformat()


def test_the_version_is_known_before_the_pages_that_name_it_are_written(workspace: Workspace) -> None:
    def asked(text: str) -> int:
        public = write_build(workspace, PERIOD, text) / "public"
        return next_version(workspace, SERIES, PERIOD, said(public, inventory(public)))

    assert asked("a") == 1
    build(workspace, PERIOD, "a")
    assert (asked("a"), asked("b")) == (1, 1)
    build_approved(workspace, PERIOD, "a")
    assert (asked("a"), asked("b")) == (1, 2)
    release(workspace, PERIOD, "a")
    assert (asked("a"), asked("b")) == (1, 2)


def test_other_pages_of_the_same_figures_are_no_new_version(workspace: Workspace) -> None:
    """A stylesheet, a library or a language that is new says nothing else about the world."""
    release(workspace, PERIOD)
    public = write_build(workspace, PERIOD) / "public"
    (public / "index.html").write_text("<p>more beautiful</p>")
    (public / "data" / "imports.parquet").write_text("written by another library")
    (public / "data" / "imports.sdmx.csv").write_text("the same figures in another format")
    (public / "fr").mkdir()
    (public / "fr" / "index.html").write_text("<p>plus beau</p>")
    says = said(public, inventory(public))
    assert next_version(workspace, SERIES, PERIOD, says) == 1
    assert published_as(workspace, SERIES, PERIOD, says) == find_edition(workspace, SERIES, PERIOD, 1)
    sealed = seal(
        workspace, public.parent, contents(workspace, public.parent, PERIOD), signer(), now=after(workspace)
    )
    assert sealed.version == 1 and b"beautiful" not in (sealed.public / "index.html").read_bytes()


def test_what_is_not_out_is_never_taken_for_published(workspace: Workspace) -> None:
    for edition in (build(workspace, PERIOD), build_approved(workspace, PERIOD)):
        says = said(edition.public, edition.manifest.files)
        assert published_as(workspace, SERIES, PERIOD, says) is None


TABLE: dict[str, object] = {
    "id": "imports",
    "measures": [{"unit": "kg"}],
    "snapshot": "s0001",
    "noise": {"rho": "1", "spent_rho": "2"},
}


@pytest.mark.parametrize(
    ("changed", "is_other"),
    [
        ({}, False),
        ({"snapshot": "s0002"}, False),  # other months got declarations
        ({"noise": {"rho": "1", "spent_rho": "3"}}, False),
        ({"noise": {"rho": "2", "spent_rho": "2"}}, True),
        ({"measures": [{"unit": "t"}]}, True),
        ({"of a later version": 1}, True),
    ],
)
def test_how_tables_are_described_counts_and_what_tells_of_the_build_does_not(
    tmp_path: Path, changed: dict[str, object], is_other: bool
) -> None:
    def says(table: dict[str, object], more: dict[str, object]) -> str:
        (tmp_path / "metadata").mkdir(exist_ok=True)
        (tmp_path / "metadata" / "tables.json").write_text(json.dumps({"tables": [table], **more}))
        return said(tmp_path, inventory(tmp_path))

    assert (says(TABLE, {}) != says(TABLE | changed, {"languages": ["en", "fr"]})) == is_other


@pytest.mark.parametrize("name", ["data/imports.csv", "metadata/codelists/HS.csv"])
def test_figures_and_codelists_count(workspace: Workspace, name: str) -> None:
    public = write_build(workspace, PERIOD) / "public"
    before = said(public, inventory(public))
    (public / name).parent.mkdir(exist_ok=True)
    (public / name).write_text("another")
    assert said(public, inventory(public)) != before


def test_a_damaged_description_says_the_same_as_no_other(workspace: Workspace) -> None:
    release(workspace, PERIOD)
    tables = find_edition(workspace, SERIES, PERIOD).public / "metadata" / "tables.json"
    for damage in (b"{}", b"rotten", None):
        tables.parent.chmod(0o755)
        tables.unlink()
        if damage is not None:
            tables.write_bytes(damage)
        public = write_build(workspace, PERIOD) / "public"
        says = said(public, inventory(public))
        assert published_as(workspace, SERIES, PERIOD, says) is None
        assert next_version(workspace, SERIES, PERIOD, says) == 2
        tables.write_bytes(b"")


def test_a_damaged_unapproved_build_is_built_anew(workspace: Workspace) -> None:
    edition = build(workspace, PERIOD)
    for name in ("data/imports.csv", "manifest.json"):
        (edition.public / name).chmod(0o644)
        (edition.public / name).write_bytes(b"rotten")
        assert build(workspace, PERIOD) == edition
        assert verify(edition, signer().key.public_key()).ok


def test_files_changed_after_the_audit_read_them_are_refused(workspace: Workspace) -> None:
    staged = write_build(workspace, PERIOD)
    inside = contents(workspace, staged, PERIOD)
    (staged / "public" / "data" / "imports.csv").write_text("something else")
    with pytest.raises(ReleaseError, match="not those that the audit read"):
        seal(workspace, staged, inside, signer(), now=NOW)
    assert newest_edition(workspace, SERIES, PERIOD) is None


@pytest.mark.parametrize("name", ["data/.hidden", "data/with space.csv", "data/späť.csv", "-dash"])
def test_names_that_are_no_plain_words_are_refused(workspace: Workspace, name: str) -> None:
    staged = write_build(workspace, PERIOD)
    (staged / "public" / name).write_text("")
    with pytest.raises(ReleaseError, match="plain files"):
        contents(workspace, staged, PERIOD)


def test_links_and_empty_folders_are_refused(workspace: Workspace) -> None:
    staged = write_build(workspace, PERIOD)
    (staged / "public" / "data" / "link.csv").symlink_to("/etc/hostname")
    with pytest.raises(ReleaseError, match="plain files"):
        contents(workspace, staged, PERIOD)
    (staged / "public" / "data" / "link.csv").unlink()
    (staged / "public" / "nothing").mkdir()
    with pytest.raises(ReleaseError, match="plain files"):
        contents(workspace, staged, PERIOD)


def test_a_folder_that_was_not_staged_for_the_period_is_refused(workspace: Workspace) -> None:
    staged = write_build(workspace, PERIOD)
    with pytest.raises(ReleaseError, match="not staged"):
        seal(workspace, staged, contents(workspace, staged, "2021-02"), signer(), now=NOW)


def test_a_query_without_a_table_is_refused(workspace: Workspace) -> None:
    staged = write_build(workspace, PERIOD)
    inside = replace(contents(workspace, staged, PERIOD), tables=())
    with pytest.raises(ReleaseError, match="no table"):
        seal(workspace, staged, inside, signer(), now=NOW)


def test_staging_clears_what_a_killed_build_left(workspace: Workspace) -> None:
    write_build(workspace, PERIOD)
    staged = stage(workspace, SERIES, PERIOD)
    assert list((staged / "public").iterdir()) == []
    assert stat.S_IMODE(staged.stat().st_mode) == 0o700


def test_a_build_whose_audit_failed_can_be_looked_at_but_neither_approved_nor_published(workspace: Workspace) -> None:
    edition = build(workspace, PERIOD, audit=FAILED)
    with pytest.raises(ReleaseError, match="audit did not pass"):
        approve(edition, "bob")
    with pytest.raises(ReleaseError, match="audit did not pass"):
        publish(workspace, PLAN, edition, NOW, render)


def test_no_such_edition_is_said_with_its_remedy(workspace: Workspace) -> None:
    with pytest.raises(ReleaseError, match="publisher build"):
        find_edition(workspace, SERIES, "2021-09")
