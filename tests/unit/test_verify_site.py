"""A site against its log: what verifies, and each thing that does not, by name."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.errors import ReleaseError
from publisher.release.edition.manifest import EditionRef
from publisher.release.edition.records import encode
from publisher.release.transparency.facts import ApprovalFact, CancelledFact, DelayedFact
from publisher.release.transparency.places import Folder
from publisher.release.transparency.site_log import read_site_log, write_log
from publisher.release.transparency.verify_site import SiteReport, verify_edition, verify_site
from tests.lib.public_site import (
    DUE,
    LOG_KEY,
    SERIES,
    PublicSite,
    overwrite,
    raw,
    signer_of,
    small_site,
)

Approval = Callable[[PublicSite, EditionRef], ApprovalFact]


@pytest.fixture
def site(tmp_path: Path) -> PublicSite:
    return small_site(tmp_path / "site")


def check(site: PublicSite, old: bytes | None = None) -> SiteReport:
    return verify_site(Folder(site.root), LOG_KEY, old)


def found(report: SiteReport) -> list[str]:
    """Every problem as 'file: what'."""
    own = [f"{p.place}: {p.problem}" for p in report.problems]
    return own + [f"{e.edition}/{p.place}: {p.problem}" for e in report.editions for p in e.problems]


def test_a_finished_site_verifies(site: PublicSite) -> None:
    report = check(site)
    assert found(report) == []
    assert [(e.edition.removeprefix(f"{SERIES}/"), e.status, e.verdict) for e in report.editions] == [
        ("2021-03/v1", "current", "verified"),
        ("2021-04/v1", "superseded", "verified"),
        ("2021-04/v2", "current", "verified"),
    ]
    assert report.entries == 5 and report.since is None
    assert report.editions[1].remarks == ("replaced by version 2",)
    assert report.as_json()["verdict"] == "verified"


def test_one_edition_of_a_site(site: PublicSite) -> None:
    report = verify_edition(Folder(site.root), LOG_KEY, None, f"{SERIES}/2021-03/v1")
    assert report.ok and [e.files for e in report.editions] == [3]
    missing = verify_edition(Folder(site.root), LOG_KEY, None, f"{SERIES}/2021-07/v1")
    assert found(missing) == [f"releases/{SERIES}/2021-07/v1: is not in the log: it was never published"]


@pytest.mark.parametrize("name", ["index.html", "data/imports.csv", "metadata/tables.json"])
def test_a_changed_missing_or_longer_file_is_named(site: PublicSite, name: str) -> None:
    path = site.folder("2021-03") / name
    whole = path.read_bytes()
    overwrite(path, whole[:-1] + b"x")
    assert found(check(site)) == [
        f"{SERIES}/2021-03/v1/{name}: was changed: its SHA-256 is another than the manifest says"
    ]
    overwrite(path, whole + b"x")
    assert found(check(site)) == [f"{SERIES}/2021-03/v1/{name}: has another size than the manifest says"]
    path.unlink()
    assert f"{SERIES}/2021-03/v1/{name}: is missing" in found(check(site))


def test_files_and_editions_that_nobody_signed_are_named(site: PublicSite) -> None:
    (site.folder("2021-03") / "more.csv").write_text("x")
    site.make("2021-05")
    assert found(check(site)) == [
        f"releases/{SERIES}/2021-05/v1: is not in the log: it was never published",
        f"{SERIES}/2021-03/v1/more.csv: is not in the manifest",
    ]


def test_a_manifest_signed_anew_by_the_preparer_is_not_the_logged_one(site: PublicSite) -> None:
    site.make("2021-03", text="other figures")
    assert found(check(site)) == [
        f"{SERIES}/2021-03/v1/manifest.json: is not the one that the log names for {SERIES}/2021-03/v1"
    ]


def test_swapped_editions_are_found(site: PublicSite) -> None:
    one, two = site.folder("2021-03"), site.folder("2021-04")
    one.rename(site.root / "aside")
    two.rename(one)
    (site.root / "aside").rename(two)
    assert found(check(site)) == [
        f"{SERIES}/2021-03/v1/manifest.json: is not the one that the log names for {SERIES}/2021-03/v1",
        f"{SERIES}/2021-04/v1/manifest.json: is not the one that the log names for {SERIES}/2021-04/v1",
    ]


def test_a_manifest_signed_by_another_key_is_found(site: PublicSite) -> None:
    manifest = (site.folder("2021-03") / "manifest.json").read_bytes()
    overwrite(site.folder("2021-03") / "manifest.sig", signer_of("bob").sign(manifest))
    assert "manifest.sig: was made with the key" in found(check(site))[0]


def published_with(
    tmp_path: Path, *approvals: Approval, by: str = "ann", time: str = DUE, needed: int = 1
) -> list[str]:
    """What is found on a site whose one edition was published so."""
    site = PublicSite(tmp_path / "odd")
    ref = site.make("2021-03", by=by, needed=needed)
    site.publish(ref, *(make(site, ref) for make in approvals), by=by, time=time)
    site.write()
    return found(check(site))


def another(ref: EditionRef, **changed: object) -> EditionRef:
    return ref.model_copy(update=changed)


@pytest.mark.parametrize(
    ("approval", "problem"),
    [
        (lambda site, ref: site.approval(ref, "ann"), "is by the key that prepared the edition"),
        (lambda site, ref: site.approval(ref, "eve"), "is by a key that the register did not allow to approve"),
        (lambda site, ref: site.approval(ref, "service"), "is by a key that the register did not allow to approve"),
        (
            lambda site, ref: site.approval(ref, "bob", register_version="0" * 64),
            "is by a key that the register did not allow to approve",
        ),
        (
            lambda site, ref: site.approval(another(ref, version=2), "bob"),
            "is for another edition or another content",
        ),
        (
            lambda site, ref: site.approval(another(ref, manifest_sha256="0" * 64), "bob"),
            "is for another edition or another content",
        ),
        (
            lambda site, ref: site.approval(ref, "bob", due="2021-06-01T09:30:01+09:00"),
            "is for another time or another number of approvals",
        ),
        (
            lambda site, ref: site.approval(ref, "bob", approvals_needed=2),
            "is for another time or another number of approvals",
        ),
        (
            lambda site, ref: site.approval(ref, "eve").model_copy(update={"public_key": raw("bob")}),
            "has a signature that does not hold",
        ),
        (
            lambda site, ref: site.approval(ref, "bob").model_copy(update={"statement": "[]"}),
            "has a signature that does not hold",
        ),
    ],
)
def test_an_approval_that_does_not_count_is_named(tmp_path: Path, approval: Approval, problem: str) -> None:
    name = f"{SERIES}/2021-03/v1"
    assert published_with(tmp_path, approval) == [
        f"{name}/log/entries.jsonl: entry 1, approval 1 of {name} {problem}",
        f"{name}/log/entries.jsonl: entry 1 has 0 of 1 approvals that count of {name}",
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '"edition"', "\u2028", '{"edition": null}'])
def test_a_signed_text_that_is_no_statement_does_not_count(tmp_path: Path, text: str) -> None:
    update = {"statement": text, "signature": signer_of("bob").sign(text.encode())}
    problems = published_with(tmp_path, lambda site, ref: site.approval(ref, "bob").model_copy(update=update))
    assert problems[0].endswith("is no approval")


def test_as_many_keys_must_approve_as_the_manifest_asks_for(tmp_path: Path) -> None:
    def by(name: str) -> Approval:
        return lambda site, ref: site.approval(ref, name, approvals_needed=2)

    assert published_with(tmp_path / "two", by("bob"), by("cem"), needed=2) == []
    assert "has 1 of 2 approvals that count" in published_with(tmp_path / "one", by("bob"), needed=2)[0]
    assert "has 1 of 2 approvals that count" in published_with(tmp_path / "same", by("bob"), by("bob"), needed=2)[0]


def test_one_false_approval_beside_a_true_one_is_named(tmp_path: Path) -> None:
    both: tuple[Approval, ...] = (
        lambda site, ref: site.approval(ref, "bob"),
        lambda site, ref: site.approval(ref, "eve"),
    )
    assert len(published_with(tmp_path, *both)) == 1


def test_a_log_that_tells_another_time_than_the_manifest_is_named(site: PublicSite) -> None:
    line = site.lines[2]
    assert b'"due":"2021-06-01T00:30:00+00:00"' in line and b"2021-03" in line
    site.lines[2] = line.replace(b'"due":"2021-06-01T00:30:00+00:00"', b'"due":"2021-05-01T00:30:00+00:00"')
    site.write()
    assert found(check(site)) == [
        f"{SERIES}/2021-03/v1/manifest.json: tells of another release, kind, reason or time than the log"
    ]


def test_an_edition_prepared_by_one_who_may_not_is_named(tmp_path: Path) -> None:
    assert published_with(tmp_path, by="eve") == [
        f"{SERIES}/2021-03/v1/manifest.sig: is by a key that the register did not allow to prepare editions"
    ]


def test_an_edition_that_came_out_before_its_time_is_named(tmp_path: Path) -> None:
    early = published_with(tmp_path / "early", time=DUE.replace("00:30:00", "00:29:59"))
    assert early == [f"log/entries.jsonl: entry 1 publishes {SERIES}/2021-03/v1 before its time"]
    assert published_with(tmp_path / "right", time=DUE) == []
    assert "holds a time that is none" in published_with(tmp_path / "odd", time="2021-06-01")[0]


def test_an_edition_that_came_out_at_a_time_that_was_not_announced_is_named(tmp_path: Path) -> None:
    def after(name: str, *told: Callable[[PublicSite], None]) -> list[str]:
        site = PublicSite(tmp_path / name)
        for step in told:
            step(site)
        site.publish(site.make("2021-03"))
        site.write()
        return found(check(site))

    def announced(site: PublicSite) -> None:
        site.announce("2021-03")

    def otherwise(site: PublicSite) -> None:
        site.announce("2021-03", due=DUE.replace("-06-", "-07-"))

    def delayed(site: PublicSite) -> None:
        site.add(DelayedFact(release=site.release("2021-03"), reason="data late"))

    def cancelled(site: PublicSite) -> None:
        site.add(CancelledFact(release=site.release("2021-03"), reason="No data."))

    assert after("a") == after("b", announced) == after("c", otherwise, announced) == []
    assert after("d", delayed, announced) == after("e", otherwise, cancelled) == []
    for number, told in enumerate(((otherwise,), (announced, otherwise), (announced, delayed), (delayed,))):
        assert "at a time that was not announced" in after(str(number), *told)[0]


def test_approvals_of_one_who_was_revoked_since_stand_and_of_one_before_do_not(tmp_path: Path) -> None:
    site = PublicSite(tmp_path / "site")
    site.publish(site.make("2021-03"))
    site.register(2, "bob")
    before, after = site.make("2021-04"), site.make("2021-05")
    site.publish(before, site.approval(before, "bob", register=0))
    site.publish(after, site.approval(after, "bob", register=1))
    site.write()
    report = check(site)
    assert report.editions[0].remarks == () and report.editions[0].ok
    assert "was revoked when this came out" in report.editions[1].remarks[0] and report.editions[1].ok
    assert "did not allow to approve" in found(report)[0] and not report.editions[2].ok


def test_a_role_that_came_later_does_not_count(tmp_path: Path) -> None:
    site = PublicSite(tmp_path / "site")
    site.lines.clear()
    site.registers.clear()
    site.register(1, fewer=2)
    ref = site.make("2021-03")
    site.publish(ref, site.approval(ref, "cem"))
    site.register(2)
    site.write()
    assert "did not allow to approve" in found(check(site))[0]


def test_a_withdrawn_edition_is_its_tombstone(site: PublicSite) -> None:
    copy = site.root.parent / "copy"
    shutil.copytree(site.folder("2021-03"), copy)
    ref = read_site_log(Folder(site.root), LOG_KEY).published[f"{SERIES}/2021-03/v1"].fact.edition
    fact = site.withdraw(ref)
    site.write()
    report = check(site)
    assert found(report) == [] and report.ok
    assert report.editions[0].verdict == "withdrawn" and fact.reason in report.editions[0].remarks[0]
    old = verify_edition(Folder(site.root), LOG_KEY, None, ref.name, Folder(copy))
    assert found(old) == [] and old.editions[0].verdict == "withdrawn"
    overwrite(copy / "data/imports.csv", b"x")
    assert found(verify_edition(Folder(site.root), LOG_KEY, None, ref.name, Folder(copy)))


def test_a_tombstone_that_lies_or_left_data_behind_is_named(site: PublicSite) -> None:
    page = (site.folder("2021-03") / "index.html").read_bytes()
    log = read_site_log(Folder(site.root), LOG_KEY)
    fact = site.withdraw(log.published[f"{SERIES}/2021-03/v1"].fact.edition)
    site.write()
    folder = site.folder("2021-03")
    overwrite(folder / "withdrawn.json", encode(fact.model_copy(update={"reason": "Nothing."})))
    (folder / "data").mkdir()
    (folder / "data/imports.csv").write_text("figures")
    overwrite(folder / "index.html", page)
    assert found(check(site)) == [
        f"{SERIES}/2021-03/v1/withdrawn.json: does not say what the log says of the withdrawal",
        f"{SERIES}/2021-03/v1/data/imports.csv: is still there, although the edition was withdrawn",
        f"{SERIES}/2021-03/v1/index.html: is still there, although the edition was withdrawn",
    ]


def test_withdrawn_in_the_log_and_still_shown(site: PublicSite) -> None:
    ref = read_site_log(Folder(site.root), LOG_KEY).published[f"{SERIES}/2021-03/v1"].fact.edition
    before = site.root.parent / "before"
    shutil.copytree(site.folder("2021-03"), before)
    site.withdraw(ref)
    site.write()
    shutil.rmtree(site.folder("2021-03"))
    assert {f"{ref.name}/manifest.json: is missing", f"{ref.name}/manifest.sig: is missing"} < set(found(check(site)))
    shutil.copytree(before, site.folder("2021-03"))
    gone = "is missing, although the log says that the edition was withdrawn"
    still = "is still there, although the edition was withdrawn"
    assert found(check(site)) == [
        f"{ref.name}/withdrawn.json: {gone}",
        *(f"{ref.name}/{name}: {still}" for name in ("data/imports.csv", "index.html", "metadata/tables.json")),
    ]


def test_a_tombstone_of_what_was_not_withdrawn_is_a_stranger(site: PublicSite) -> None:
    (site.folder("2021-03") / "withdrawn.json").write_text("{}")
    assert found(check(site)) == [f"{SERIES}/2021-03/v1/withdrawn.json: is not in the manifest"]


def test_latest_shows_what_is_current(site: PublicSite) -> None:
    latest = site.root / "releases" / SERIES / "latest"
    shutil.copytree(site.folder("2021-04", 2), latest)
    assert found(check(site)) == []
    overwrite(latest / "data/imports.csv", b"x")
    assert found(check(site)) == [
        f"releases/{SERIES}/latest/data/imports.csv: has another size than the manifest says"
    ]
    shutil.rmtree(latest)
    shutil.copytree(site.folder("2021-04", 1), latest)
    assert found(check(site)) == [
        f"releases/{SERIES}/latest/manifest.json: is of an edition that was replaced or withdrawn"
    ]
    overwrite(latest / "manifest.json", b"{}")
    assert f"releases/{SERIES}/latest/manifest.json: is damaged" in found(check(site))[0]


def test_an_old_checkpoint_finds_what_the_site_alone_cannot(site: PublicSite) -> None:
    old = site.head()
    assert check(site, old).since == 5
    assert check(site, site.head(3)).since == 3
    cut = PublicSite(site.root.parent / "cut")
    cut.lines = site.lines[:4]
    cut.write()
    shutil.copytree(site.root / "releases", cut.root / "releases")
    shutil.rmtree(cut.folder("2021-04", 2))
    assert check(cut).ok
    assert "the log was cut: it has 4 entries, and had 5" in found(check(cut, old))[0]


def test_a_rewritten_and_another_log_are_told_apart(site: PublicSite) -> None:
    other = PublicSite(site.root.parent / "other")
    other.publish(other.make("2021-03", text="others"))
    for period in ("2021-04", "2021-05", "2021-06"):
        other.publish(other.make(period))
    other.write()
    assert check(other).ok
    assert "the log was rewritten" in found(check(other, site.head()))[0]
    stranger = PublicSite(site.root.parent / "stranger")
    stranger.lines.clear()
    stranger.register(1, "eve")
    stranger.lines[0] = stranger.lines[0].replace(b'"names":"0', b'"names":"1')
    stranger.write()
    assert "is of another log" in found(check(site, stranger.head()))[0]
    assert "proves nothing" in found(check(site, site.head(0)))[0]
    assert "the trusted log key did not sign it" in found(check(site, site.head(by="bob")))[0]
    assert check(site, b"text").problems


def test_a_log_key_that_the_register_does_not_name_is_refused(site: PublicSite) -> None:
    overwrite(site.root / "log/checkpoint", site.head(by="bob"))
    report = verify_site(Folder(site.root), signer_of("bob").key.public_key())
    assert "is not the one that the register names for it" in found(report)[0]


def test_entries_that_make_no_history_are_refused(tmp_path: Path) -> None:
    def problem_of(name: str, *steps: Callable[[PublicSite], object]) -> str:
        site = PublicSite(tmp_path / name)
        for step in steps:
            step(site)
        site.write()
        return found(check(site))[0]

    def twice(site: PublicSite) -> None:
        site.publish(site.make("2021-03"))
        site.publish(site.make("2021-03"))

    def stranger(site: PublicSite) -> None:
        site.withdraw(site.make("2021-03"))

    assert "the first entry is no register" in problem_of(
        "a", lambda s: s.lines.clear(), lambda s: s.announce("2021-03")
    )
    assert "versions are not 1, 2, 3" in problem_of("b", lambda s: s.register(3))
    dropped = problem_of("g", lambda s: s.register(2), lambda s: s.register(3, fewer=1))
    assert "drops a key" in dropped
    assert "drops a key" in problem_of("h", lambda s: s.register(2, "bob"), lambda s: s.register(3))
    assert "somebody who does not administer" in problem_of("i", lambda s: s.register(2, by="bob"))
    assert "somebody who does not administer" in problem_of("j", lambda s: s.register(2, by="service"))
    assert "a second time" in problem_of("c", twice)
    assert "withdraws what was not published" in problem_of("d", stranger)
    assert "entry 1 was signed for and is none" in problem_of("e", lambda s: s.lines.append(b"{}"))
    assert "entry 1 was signed for and is none" in problem_of("f", lambda s: s.lines.append(s.lines[0]))


def test_write_log_refuses_what_does_not_fit(site: PublicSite, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="were signed for"):
        write_log(tmp_path / "new", site.lines[:-1], site.head(), LOG_KEY)
    with pytest.raises(ReleaseError, match="one was changed"):
        write_log(tmp_path / "new", [*site.lines[:-1], b"x"], site.head(), LOG_KEY)
    with pytest.raises(ReleaseError, match="did not sign"):
        write_log(tmp_path / "new", site.lines, site.head(), signer_of("bob").key.public_key())
    assert not (tmp_path / "new").exists()
