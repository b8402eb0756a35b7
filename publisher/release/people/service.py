"""The service key: signs the log's checkpoints and what happens unattended. Nobody can approve with it.

Like the host key of a server it rests unencrypted in a file that only its owner reads: it must sign at 09:30 with
nobody there. Who steals it can fork the log, which witnesses see, or publish late what people approved; nothing else.
It may be locked with a passphrase when the log is founded; then unlock_service is called once in each process.
"""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from publisher.errors import KeyRefusedError
from publisher.release.folders import make_private, replace
from publisher.release.people.register import SERVICE
from publisher.release.people.signing import Signer, lock_key, unlock_key
from publisher.settings import Workspace


def service_key_path(workspace: Workspace) -> Path:
    return workspace.keys / f"{SERVICE}.pem"


_unlocked: dict[Path, Ed25519PrivateKey] = {}  # those that this process was given the passphrase of


def make_service(workspace: Workspace, passphrase: str = "") -> Signer:
    """The workspace's service key, made where there is none yet; locked where a passphrase is given."""
    path = service_key_path(workspace)
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        make_private(workspace.keys)
        bare = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        replace(path, lock_key(key, passphrase) if passphrase else bare, 0o600)
    if is_locked(workspace):
        unlock_service(workspace, passphrase)
    return open_service(workspace)


def is_locked(workspace: Workspace) -> bool:
    """Whether the service key needs a passphrase that this process was not given yet."""
    path = service_key_path(workspace)
    return path.is_file() and path not in _unlocked and b"ENCRYPTED PRIVATE KEY" in path.read_bytes()


def unlock_service(workspace: Workspace, passphrase: str) -> None:
    """Keeps the key in this process's memory. Raises KeyRefusedError for a wrong passphrase."""
    path = service_key_path(workspace)
    _unlocked[path] = unlock_key(path, passphrase)


def open_service(workspace: Workspace) -> Signer:
    """Raises KeyRefusedError for a missing, locked, readable-by-others or damaged file."""
    path = service_key_path(workspace)
    if path in _unlocked and path.is_file():
        return Signer(SERVICE, _unlocked[path])
    if not path.is_file():
        raise KeyRefusedError(
            "there is no service key.",
            place=str(path),
            remedy="'publisher person add' makes it with the first person; restore it from a backup.",
        )
    if path.stat().st_mode & 0o077:
        raise KeyRefusedError("others can read the service key.", place=str(path), remedy="Run 'chmod 600' on it.")
    if is_locked(workspace):
        raise KeyRefusedError(
            "the service key is locked.",
            place=str(path),
            remedy="Name a file with its passphrase in PUBLISHER_SERVICE_KEY_FILE, or a systemd credential.",
        )
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefusedError("is no Ed25519 key.", place=str(path), remedy="Restore it from a backup.")
    return Signer(SERVICE, key)
