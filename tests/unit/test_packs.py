"""Packs: for whom, from when, of what; and the access list that a person has to confirm."""

import io
import tarfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from publisher.catalogue.plan import Recipient
from publisher.errors import ReleaseError
from publisher.release.access import access_confirmed, confirm_access, confirmed_list
from publisher.release.edition.edition import Edition
from publisher.release.edition.records import sha256
from publisher.release.packs import COVER, make_packs, packs_folder, sealed_for
from publisher.release.people.service import open_service
from publisher.release.transparency.entry import PackBody
from tests.lib.office import DUE, Office
from tests.lib.release import PLAN, build_approved, signer

SECOND = timedelta(seconds=1)
AGE, OTHER = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
SSH = Ed25519PrivateKey.generate()
SSH_PUBLIC = SSH.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
MINISTRY = Recipient("Ministry of <Trade>", "Head of statistics", str(AGE.to_public()), 24)
BANK = Recipient("Central bank", "Duty desk", SSH_PUBLIC, 2)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "w", {PLAN.id: replace(PLAN, access=(MINISTRY, BANK))})
    office.due()
    confirm_access(office.workspace, office.plan, by=signer("dua"), now=office.clock.now())
    return office


def packs(office: Office) -> list[PackBody]:
    return [entry.body for entry in office.log.of("pack") if isinstance(entry.body, PackBody)]


def give(office: Office, edition: Edition) -> list[bytes]:
    """By hand, for everybody whose time has come; the cipher texts."""
    by, now = signer("dua"), office.clock.now()
    return [made.path.read_bytes() for made in make_packs(edition, office.plan, by=by, now=now)]


def ssh_identity() -> pyrage.ssh.Identity:
    return pyrage.ssh.Identity.from_buffer(SSH.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))


def opened(sealed: bytes, identity: object) -> dict[str, bytes]:
    """Name below the top folder -> bytes."""
    plain = pyrage.decrypt(sealed, [identity])
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:gz") as tar:
        return {entry.name.split("/", 1)[1]: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]


def test_each_gets_theirs_from_their_hour_on(office: Office) -> None:
    """
    hours before | 24:00:01 | 24 | 2:00:01 | 2 | due
    packs        |    0     | 1  |    1    | 2 |  2
    """
    office.approved("2021-02")
    found = []
    for before in (24 * 3600 + 1, 24 * 3600, 2 * 3600 + 1, 2 * 3600, 0):
        office.clock.set(DUE - before * SECOND)
        office.due()
        office.due()
        found.append(len(packs(office)))
    assert found == [0, 1, 1, 2, 2]
    assert [body.organisation for body in packs(office)] == ["Ministry of <Trade>", "Central bank"]


def test_a_pack_holds_the_public_part_and_a_cover_for_this_recipient_alone(office: Office) -> None:
    edition = office.approved("2021-02")
    office.clock.set(DUE - timedelta(hours=1))
    age, ssh = give(office, edition)
    inside = opened(age, AGE)
    cover = inside.pop(COVER).decode()
    public = {
        p.relative_to(edition.public).as_posix(): p.read_bytes() for p in edition.public.rglob("*") if p.is_file()
    }
    assert inside == public
    assert "Ministry of &lt;Trade&gt;, Head of statistics" in cover and "2021-03-15T09:30:00+09:00" in cover
    assert "Central bank" in opened(ssh, ssh_identity())[COVER].decode()
    for sealed, identity in ((age, OTHER), (age, ssh_identity()), (ssh, AGE)):
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(sealed, [identity])


def test_the_log_binds_the_cipher_text_and_the_file_name_tells_nothing(office: Office) -> None:
    edition = office.approved("2021-02")
    office.clock.set(DUE - timedelta(hours=1))
    give(office, edition)
    files = {path.name: path for path in packs_folder(office.workspace).iterdir()}
    assert set(files) == {f"{body.pack}.age" for body in packs(office)}
    for body in packs(office):
        path = files[f"{body.pack}.age"]
        assert sha256(path.read_bytes()) == body.sha256 and path.stat().st_mode & 0o777 == 0o600
    assert packs_folder(office.workspace).stat().st_mode & 0o777 == 0o700


def test_a_pack_that_lies_here_is_not_made_again_and_a_lost_one_is_by_hand(office: Office) -> None:
    edition = office.approved("2021-02")
    office.clock.set(DUE - timedelta(hours=1))
    assert len(give(office, edition)) == 2
    assert give(office, edition) == []
    next(packs_folder(office.workspace).iterdir()).unlink()
    office.due()
    assert len(packs(office)) == 2
    assert len(give(office, edition)) == 1 and len(packs(office)) == 3


@pytest.mark.parametrize(
    "case", ["not approved", "out", "another time", "not announced", "too early", "the time came"]
)
def test_no_pack(office: Office, case: str) -> None:
    edition = office.build("2021-02") if case == "not approved" else office.approved("2021-02")
    office.clock.set(DUE - timedelta(hours=1))
    expected = {
        "not approved": "0 of 1 approvals",
        "out": "is published already",
        "another time": "was not announced for the time",
        "not announced": "was not announced",
        "too early": "packs may be given from 2021-03-14T00:30:00",
        "the time came": "its time has come",
    }
    if case == "out":
        office.clock.set(DUE)
        office.due()
    if case == "the time came":
        office.clock.set(DUE)
    if case == "too early":
        office.clock.set(DUE - timedelta(hours=24, seconds=1))
    if case == "another time":
        office.announce_anew(DUE + timedelta(days=1))
    if case == "not announced":
        edition = build_approved(office.workspace, "2021-01")
        office.clock.set(office.log.last_time or DUE)
    with pytest.raises(ReleaseError, match=expected[case]):
        give(office, edition)
    assert not packs(office)


def test_a_changed_list_gives_nothing_until_a_person_confirms_it(office: Office) -> None:
    edition = office.approved("2021-02")
    office.plans = {PLAN.id: replace(PLAN, access=(MINISTRY, replace(BANK, key=str(OTHER.to_public()))))}
    office.clock.set(DUE - timedelta(hours=1))
    office.due()
    assert not packs(office)
    assert any("the access list is not confirmed" in line for line in office.notified)
    with pytest.raises(ReleaseError, match="is not the one that was confirmed"):
        give(office, edition)
    confirm_access(office.workspace, office.plan, by=signer("dua"), now=office.clock.now())
    office.due()
    assert len(packs(office)) == 2
    assert len(office.events("access")) == 2


def test_the_service_and_those_who_may_not_publish_confirm_nothing(office: Office) -> None:
    office.plans = {PLAN.id: replace(PLAN, access=(BANK,))}
    confirm_access(office.workspace, office.plan, by=open_service(office.workspace), now=office.clock.now())
    assert not access_confirmed(office.log, office.plan)
    with pytest.raises(ReleaseError, match="signed by nobody who may"):
        confirm_access(office.workspace, office.plan, by=signer("ann"), now=office.clock.now())


def test_the_same_list_in_another_order_is_the_same(office: Office) -> None:
    assert access_confirmed(office.log, replace(PLAN, access=(BANK, MINISTRY)))
    assert not access_confirmed(office.log, PLAN)  # an empty list is another: it was not always so
    assert len(confirmed_list(office.log, PLAN.id).recipients) == 2


def test_a_rebuilt_edition_is_given_anew(office: Office) -> None:
    first = office.approved("2021-02")
    office.clock.set(DUE - timedelta(hours=3))
    give(office, first)
    second = office.approved("2021-02", "better")
    office.due()
    assert second.name != first.name
    assert [body.organisation for body in packs(office)] == ["Ministry of <Trade>"] * 2


def test_readers_are_told_who_had_it_before_them(office: Office) -> None:
    edition = office.approved("2021-02")
    office.clock.set(DUE - timedelta(hours=1))
    give(office, edition)
    office.clock.set(DUE)
    office.due()
    (fact,) = [leaf.fact for leaf in office.log.leaves if leaf.fact.event == "published"]
    assert [(one.edition, one.organisation, one.post, one.given) for one in fact.access] == [
        ("monthly_trade/2021-02/v1", "Central bank", "Duty desk", "2021-03-14T23:30:00+00:00"),
        ("monthly_trade/2021-02/v1", "Ministry of <Trade>", "Head of statistics", "2021-03-14T23:30:00+00:00"),
    ]
    site = b"".join(path.read_bytes() for path in office.workspace.site.rglob("*") if path.is_file())
    assert str(AGE.to_public()).encode() not in site


@pytest.mark.parametrize("kind", ["rsa", "garbage", "another age", "secret"])
def test_keys_that_cannot_be_used_are_refused_by_name(kind: str) -> None:
    rsa = generate_private_key(65537, 2048).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    key = {"rsa": rsa, "garbage": "ssh-ed25519 AAAA", "another age": "age1xyz", "secret": str(AGE)}[kind]
    with pytest.raises(ReleaseError, match=r"Bank, desk: the key cannot be used") as refused:
        sealed_for(Recipient("Bank", "desk", key, 1), b"plain")
    assert ("RSA" in str(refused.value)) is (kind == "rsa")
    assert key not in str(refused.value)
