"""Keys that people have already: OpenSSH files, with and without passphrase; everything else refused by name."""

from pathlib import Path
from shutil import which
from subprocess import run

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from publisher.errors import KeyRefusedError, ReleaseError
from publisher.release.approval.approvals import approvals_in_force
from publisher.release.people.people import add_key, open_signer, private_key_path, public_key_path
from publisher.release.people.signing import fingerprint
from publisher.release.people.ssh_keys import load_public, load_signer, needs_passphrase
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace
from tests.lib.release import NOW, PASSPHRASE, approvals, build, make_workspace, signer

Key = Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def written(path: Path, key: Key = KEY, passphrase: str = "", mode: int = 0o600) -> Path:
    """An OpenSSH private key file, and its public line beside it."""
    lock: KeySerializationEncryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, lock))
    path.chmod(mode)
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    path.with_suffix(".pub").write_bytes(line + b" bob@example.org\n")
    return path


def test_a_key_without_a_passphrase_signs(tmp_path: Path) -> None:
    path = written(tmp_path / "id")
    assert not needs_passphrase(path)
    for passphrase in ("", "not looked at"):
        assert load_signer(path, passphrase, person="bob").fingerprint == fingerprint(KEY.public_key())
    assert load_public(path.with_suffix(".pub")).public_bytes_raw() == KEY.public_key().public_bytes_raw()


def test_a_key_with_a_passphrase_needs_it(tmp_path: Path) -> None:
    path = written(tmp_path / "id", passphrase="seven words")
    assert needs_passphrase(path)
    assert load_signer(path, "seven words", person="bob").fingerprint == fingerprint(KEY.public_key())
    for wrong in ("", "six words"):
        with pytest.raises(KeyRefusedError, match="the passphrase is wrong, or the key file is damaged"):
            load_signer(path, wrong, person="bob")


def test_our_own_files_are_read_too(workspace: Workspace) -> None:
    assert needs_passphrase(private_key_path(workspace, "bob"))
    bob = load_signer(private_key_path(workspace, "bob"), PASSPHRASE, person="bob")
    assert bob.fingerprint == signer("bob").fingerprint == fingerprint(load_public(public_key_path(workspace, "bob")))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (rsa.generate_private_key(65537, 2048), "ssh-rsa"),
        (ec.generate_private_key(ec.SECP256R1()), "ecdsa-sha2-nistp256"),
    ],
)
def test_other_algorithms_are_refused_by_name_before_any_passphrase(tmp_path: Path, key: Key, name: str) -> None:
    path = written(tmp_path / "id", key)
    for call in (lambda: needs_passphrase_and_load(path), lambda: load_public(path.with_suffix(".pub"))):
        with pytest.raises((KeyRefusedError, ReleaseError), match=name):
            call()


def needs_passphrase_and_load(path: Path) -> None:
    needs_passphrase(path)
    load_signer(path, "", person="bob")


def test_a_file_that_others_can_read_a_missing_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "id", mode=0o640)
    with pytest.raises(KeyRefusedError, match="others can read"):
        load_signer(path, "", person="bob")
    path.chmod(0o600)
    whole = path.read_bytes()
    for damaged in (
        whole[:40],
        whole[:150],
        whole.replace(b"b3BlbnNzaC1rZXktdjE", b"AAAAAAAAAAAAAAAAAAA"),
        whole[:-40],
    ):
        path.write_bytes(damaged)
        with pytest.raises(KeyRefusedError, match="damaged"):
            load_signer(path, "", person="bob")
    with pytest.raises(KeyRefusedError, match="no private key"):
        load_signer(tmp_path / "nowhere", "", person="bob")


def test_only_one_public_ed25519_key_is_taken(tmp_path: Path) -> None:
    written(tmp_path / "id")
    path, line = tmp_path / "some.pub", (tmp_path / "id.pub").read_bytes()
    for content, problem in (
        (b"", "is no Ed25519 public key"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "is no Ed25519 public key"),
        (line + line, "more than one line"),
        (line[:40], "is damaged"),
        (line.replace(b"ssh-ed25519 ", b"ssh-ed25519-cert-v01@openssh.com "), "ssh-ed25519-cert-v01"),
        ((tmp_path / "id").read_bytes(), "is a private key"),
        (b"\n", "is no Ed25519 key"),
        (b"\xff\xfe words", "is no Ed25519 key"),
    ):
        path.write_bytes(content)
        with pytest.raises(ReleaseError, match=problem):
            load_public(path)
    with pytest.raises(ReleaseError, match="is no Ed25519 public key"):
        load_public(tmp_path / "nowhere.pub")


@pytest.mark.skipif(which("ssh-keygen") is None, reason="OpenSSH is not here")
@pytest.mark.parametrize("passphrase", ["", "seven words"])
def test_keys_that_ssh_keygen_made_are_read(tmp_path: Path, passphrase: str) -> None:
    path = tmp_path / "id_ed25519"
    made = run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(path)], check=False)
    assert made.returncode == 0
    assert needs_passphrase(path) == bool(passphrase)
    found = load_signer(path, passphrase, person="bob")
    assert found.fingerprint == fingerprint(load_public(path.with_suffix(".pub")))


def test_a_person_whose_private_key_never_came_here_approves(workspace: Workspace, tmp_path: Path) -> None:
    path, edition = written(tmp_path / "id", passphrase="seven words"), build(workspace, "2021-03")
    add_key(workspace, "eve", ["approve"], load_public(path.with_suffix(".pub")), by=signer("ann"), now=NOW)
    assert not private_key_path(workspace, "eve").exists()
    with pytest.raises(KeyRefusedError, match="--key-file"):
        open_signer(workspace, "eve", "", "approve")
    digest = edition.manifest.ref.manifest_sha256
    approvals.approve(edition, "eve", "seven words", reviewed=digest, now=NOW, key_file=path)
    assert [p.name for p, _ in approvals_in_force(read_log(workspace), edition)] == ["eve"]
    with pytest.raises(ReleaseError, match="not the key that the register names"):
        open_signer(workspace, "bob", "seven words", "approve", key_file=path)
