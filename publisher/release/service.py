"""The service key: signs the log's checkpoints and what happens unattended. Nobody can approve with it.

Like the host key of a server it rests unencrypted in a file that only its owner reads: it must sign at 09:30 with
nobody there. Who steals it can fork the log, which witnesses see, or publish late what people approved; nothing else.
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
from publisher.release.register import SERVICE
from publisher.release.signing import Signer
from publisher.settings import Workspace


def service_key_path(workspace: Workspace) -> Path:
    return workspace.keys / f"{SERVICE}.pem"


def make_service(workspace: Workspace) -> Signer:
    """The workspace's service key, made where there is none yet."""
    path = service_key_path(workspace)
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        make_private(workspace.keys)
        replace(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    return open_service(workspace)


def open_service(workspace: Workspace) -> Signer:
    """Raises KeyRefusedError for a missing, readable-by-others or damaged file."""
    path = service_key_path(workspace)
    if not path.is_file():
        raise KeyRefusedError(
            "there is no service key.",
            place=str(path),
            remedy="'publisher person add' makes it with the first person; restore it from a backup.",
        )
    if path.stat().st_mode & 0o077:
        raise KeyRefusedError("others can read the service key.", place=str(path), remedy="Run 'chmod 600' on it.")
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefusedError("is no Ed25519 key.", place=str(path), remedy="Restore it from a backup.")
    return Signer(SERVICE, key)
