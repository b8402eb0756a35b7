"""publisher person ...: what it prints, asks for and refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from typer.testing import CliRunner

from publisher.cli.app import app_for
from publisher.errors import KeyRefusedError, ReleaseError, UsageError
from publisher.release.people.people import read_register
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace
from tests.lib.people import fresh
from tests.lib.release import PASSPHRASE, make_workspace

Run = Callable[..., str]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    workspace = make_workspace(tmp_path / "w")
    workspace.queries.mkdir()
    monkeypatch.setenv("PUBLISHER_WORKSPACE", str(workspace.root))
    monkeypatch.setenv("PUBLISHER_PERSON_KEY", PASSPHRASE)
    for name in ("PUBLISHER_PERSON", "PUBLISHER_SIGNING_KEY", "PUBLISHER_NEW_PERSON_KEY"):
        monkeypatch.delenv(name, raising=False)
    return workspace


def person(*words: str) -> str:
    result = CliRunner().invoke(app_for(()), ["person", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def person_json(*words: str) -> Any:
    return json.loads(person(*words, "--json"))


def written(folder: Path, name: str) -> Path:
    """An OpenSSH key without passphrase, and its public line."""
    key, path = fresh(name).key, folder / name
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)
    path.with_suffix(".pub").write_bytes(key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH))
    return path


def test_the_first_person_founds_the_log_and_is_told_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    fresh_one = Workspace(tmp_path / "new")
    for folder in (fresh_one.queries, fresh_one.releases):
        folder.mkdir(parents=True)
    monkeypatch.setenv("PUBLISHER_WORKSPACE", str(fresh_one.root))
    text = person("add", "ann", "--role", "prepare")
    origin = read_log(fresh_one).origin
    assert origin and origin in text and "Print this line" in text
    with pytest.raises(ReleaseError, match="by an administrator"):
        person("add", "bob", "--role", "approve")


def test_a_person_who_brings_a_key_is_added_and_revoked(workspace: Workspace, tmp_path: Path) -> None:
    path = written(tmp_path, "eve")
    words = ("--role", "approve", "--key", str(path.with_suffix(".pub")))
    assert "adds eve (approve)" in person("add", "eve", *words, "--as", "ann")
    with pytest.raises(UsageError, match="entered by an administrator"):
        person("add", "fay", *words)
    shown = person_json("revoke", "eve", "--reason", "left", "--as", "ann")
    assert shown["in_force"] and shown["change"].startswith("revokes eve")
    assert "revoked" in person("list")


def test_an_administrator_signs_with_a_key_file_of_his_own(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "eve")
    person("add", "eve", "--role", "administer", "--key", str(path.with_suffix(".pub")), "--as", "ann")
    monkeypatch.delenv("PUBLISHER_PERSON_KEY")
    person("roles", "bob", "--role", "approve", "--role", "publish", "--as", "eve", "--key-file", str(path))
    monkeypatch.setenv("PUBLISHER_SIGNING_KEY", str(path))
    person("revoke", "cem", "--reason", "left", "--as", "eve")
    register = read_register(workspace)
    assert register.with_role("publish") == {"bob", "dua"} and register.with_role("approve") == {"bob", "dua"}
    with pytest.raises(KeyRefusedError, match="passphrase"):
        person("revoke", "bob", "--reason", "left", "--as", "ann", "--key-file", str(workspace.keys / "ann.pem"))
    with pytest.raises(ReleaseError, match="not the key that the register names"):
        person("revoke", "bob", "--reason", "left", "--as", "ann")


def test_two_administrators_read_and_confirm(workspace: Workspace) -> None:
    person("roles", "dua", "--role", "administer", "--as", "ann")
    person("administrators", "2", "--as", "ann")
    text = person("rotate", "bob", "--as", "ann")
    digest = person_json("confirm")["digest"]
    assert "1 more administrators must sign" in text and digest[:16] in text
    assert "A change waits" in person("list") and person_json("list")["waiting"]["signed_by"] == ["ann"]
    assert "revokes bob" in person("confirm")
    with pytest.raises(UsageError, match="who signs"):
        person("confirm", digest)
    assert person_json("confirm", digest, "--as", "dua")["in_force"]
    with pytest.raises(ReleaseError, match="no change waits"):
        person("confirm")
    person("revoke", "cem", "--reason", "left", "--as", "dua")
    assert "gone" in person("discard", "--as", "ann")
    assert person_json("list")["waiting"] is None and person_json("list")["administrators_needed"] == 2


def test_unknown_roles_and_too_many_administrators_are_refused(workspace: Workspace) -> None:
    for word in ("operate", "king", ""):
        with pytest.raises(UsageError, match="is no role"):
            person("roles", "bob", "--role", word, "--as", "ann")
    with pytest.raises(ReleaseError, match="1 administrators would be there, and 2"):
        person("administrators", "2", "--as", "ann")
