"""People, keys and commitments."""

import hashlib
import sys
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from unittest.mock import patch

import pytest

from publisher.errors import KeyRefusedError, ReleaseError, UsageError
from publisher.release.edition.commitment import commit, policy_salt
from publisher.release.people import signing
from publisher.release.people.people import (
    add_person,
    open_signer,
    private_key_path,
    public_key_path,
)
from publisher.release.people.signing import load_public_key, verifies
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace
from tests.lib.release import NOW, PASSPHRASE, make_workspace, signer


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def test_a_person_signs_with_the_passphrase_and_the_public_file_verifies(workspace: Workspace) -> None:
    signature = open_signer(workspace, "bob", PASSPHRASE, "approve").sign(b"words")
    key = load_public_key(public_key_path(workspace, "bob"))
    assert verifies(key, signature, b"words")
    assert not verifies(key, signature, b"other words")


def test_the_private_key_is_private_and_encrypted(workspace: Workspace) -> None:
    path = private_key_path(workspace, "ann")
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
    assert "PrivateKey" not in repr(open_signer(workspace, "ann", PASSPHRASE, "prepare"))


def test_a_wrong_passphrase_a_readable_and_a_damaged_key_are_refused(workspace: Workspace) -> None:
    path = private_key_path(workspace, "ann")
    with pytest.raises(KeyRefusedError, match="passphrase is wrong"):
        open_signer(workspace, "ann", "wrong", "prepare")
    path.chmod(0o640)
    with pytest.raises(KeyRefusedError, match="others can read"):
        open_signer(workspace, "ann", PASSPHRASE, "prepare")
    path.write_bytes(b"nonsense")
    path.chmod(0o600)
    with pytest.raises(KeyRefusedError, match="damaged"):
        open_signer(workspace, "ann", PASSPHRASE, "prepare")
    path.unlink()
    with pytest.raises(KeyRefusedError, match="no private key"):
        open_signer(workspace, "ann", PASSPHRASE, "prepare")


def test_the_key_of_another_under_ones_name_is_refused(workspace: Workspace) -> None:
    private_key_path(workspace, "bob").write_bytes(private_key_path(workspace, "ann").read_bytes())
    with pytest.raises(ReleaseError, match="not the key that the register names"):
        open_signer(workspace, "bob", PASSPHRASE, "approve")


def test_a_lacking_role_and_an_unknown_person_are_refused(workspace: Workspace) -> None:
    with pytest.raises(ReleaseError, match="may not prepare"):
        open_signer(workspace, "bob", PASSPHRASE, "prepare")
    with pytest.raises(ReleaseError, match="no such person"):
        open_signer(workspace, "eve", PASSPHRASE, "approve")


def test_a_name_is_given_once(workspace: Workspace) -> None:
    with pytest.raises(ReleaseError, match="already there"):
        add_person(workspace, "bob", ["prepare"], PASSPHRASE, by=signer("ann"), now=NOW)
    assert open_signer(workspace, "bob", PASSPHRASE, "approve")


@pytest.mark.parametrize("name", ["", "Ann", "../ann", "a b", "a" * 33, "ann\n"])
def test_bad_names_are_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(UsageError, match="a name is"):
        add_person(workspace, name, ["prepare"], PASSPHRASE, now=NOW)


def test_bad_roles_and_an_empty_passphrase_are_refused(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="roles are"):
        add_person(workspace, "eve", [], PASSPHRASE, now=NOW)
    with pytest.raises(UsageError, match="roles are"):
        add_person(workspace, "eve", ["king"], PASSPHRASE, now=NOW)  # type: ignore[list-item]
    with pytest.raises(UsageError, match="passphrase"):
        add_person(workspace, "eve", ["approve"], "", now=NOW)


def test_entering_a_person_is_signed_by_an_administrator_and_logged(workspace: Workspace) -> None:
    add_person(workspace, "eve", ["approve", "publish"], PASSPHRASE, by=signer("ann"), now=NOW)
    last = read_log(workspace).entries[-1]
    assert (last.event, last.who) == ("register", "ann")
    eve = read_log(workspace).register.named("eve")
    assert eve is not None and eve.roles == ("approve", "publish")


def test_only_an_administrator_enters_people(workspace: Workspace) -> None:
    with pytest.raises(ReleaseError, match="by an administrator"):
        add_person(workspace, "eve", ["approve"], PASSPHRASE, now=NOW)
    with pytest.raises(ReleaseError, match="may not administer"):
        add_person(workspace, "eve", ["approve"], PASSPHRASE, by=signer("dua"), now=NOW)


def test_a_commitment_is_stable_binding_and_salted(workspace: Workspace, tmp_path: Path) -> None:
    policy, other = "2" * 64, "3" * 64
    first = commit(workspace, "imports", policy)
    assert commit(workspace, "imports", policy) == first
    assert commit(workspace, "imports", other) != first
    assert commit(workspace, "exports", policy) != first
    assert commit(Workspace(tmp_path / "another"), "imports", policy) != first
    assert first != hashlib.sha256(bytes.fromhex(policy)).hexdigest()


def test_an_auditor_opens_a_commitment_with_its_salt_alone(workspace: Workspace) -> None:
    salt = policy_salt(workspace, "imports", "2" * 64)
    assert hashlib.sha256(salt + b"\x22" * 32).hexdigest() == commit(workspace, "imports", "2" * 64)


def test_a_commitment_secret_that_others_can_read_is_refused(workspace: Workspace) -> None:
    commit(workspace, "imports", "2" * 64)
    (workspace.private / "commitment.key").chmod(0o644)
    with pytest.raises(ReleaseError, match="readable by its owner only"):
        commit(workspace, "imports", "2" * 64)


def test_a_guess_at_a_passphrase_costs_32_mebibytes() -> None:
    """In the program itself: tests stretch theirs less (conftest.py)."""
    spec = find_spec("publisher.release.people.signing")
    assert spec is not None and spec.loader is not None
    fresh = module_from_spec(spec)
    with patch.dict(sys.modules, {spec.name: fresh}):
        spec.loader.exec_module(fresh)
    assert 128 * fresh._SCRYPT_N * fresh._SCRYPT_R == 32 * 2**20
    assert signing._SCRYPT_N < fresh._SCRYPT_N
