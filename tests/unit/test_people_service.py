"""The service key with a passphrase: locked on the disk, unlocked once in a process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.cli.identity import service_passphrase, unlock_service_if_named
from publisher.errors import KeyRefusedError
from publisher.release.people import service
from publisher.release.people.changes import revoke
from publisher.release.people.people import add_key, add_person
from publisher.settings import Workspace
from tests.lib.people import fresh
from tests.lib.release import NOW, PASSPHRASE, make_workspace, signer


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Founded with a locked service key, as a later process finds it."""
    workspace = Workspace(tmp_path / "w")
    add_person(workspace, "ann", ["prepare"], PASSPHRASE, now=NOW, service_passphrase="at night")
    service._unlocked.clear()
    yield workspace
    service._unlocked.clear()


def test_a_locked_key_rests_encrypted_and_signs_after_its_passphrase(workspace: Workspace) -> None:
    assert b"ENCRYPTED PRIVATE KEY" in service.service_key_path(workspace).read_bytes()
    with pytest.raises(KeyRefusedError, match="the service key is locked"):
        service.open_service(workspace)
    with pytest.raises(KeyRefusedError, match="passphrase is wrong"):
        service.unlock_service(workspace, "by day")
    service.unlock_service(workspace, "at night")
    assert service.open_service(workspace).person == "service"


def test_nothing_is_logged_while_it_is_locked(workspace: Workspace) -> None:
    from publisher.release.people.people import open_signer

    ann = open_signer(workspace, "ann", PASSPHRASE, "administer")
    with pytest.raises(KeyRefusedError, match="locked"):
        add_key(workspace, "eve", ["approve"], fresh("eve").key.public_key(), by=ann, now=NOW)
    service.unlock_service(workspace, "at night")
    add_key(workspace, "eve", ["approve"], fresh("eve").key.public_key(), by=ann, now=NOW)


def test_the_passphrase_comes_from_the_environment_or_a_systemd_credential(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock_service_if_named(workspace)
    assert service.is_locked(workspace) and service_passphrase() == ""
    (tmp_path / "publisher-service").write_text("at night\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    unlock_service_if_named(workspace)
    assert not service.is_locked(workspace)
    monkeypatch.setenv("PUBLISHER_SERVICE_KEY", "by day")
    service._unlocked.clear()
    with pytest.raises(KeyRefusedError, match="passphrase is wrong"):
        unlock_service_if_named(workspace)


def test_a_key_without_a_passphrase_is_never_locked(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    assert not service.is_locked(workspace) and service.open_service(workspace)
    revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)
