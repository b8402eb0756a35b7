"""Ed25519 keys in files: ours, and those that people have already for OpenSSH (openssh-portable, PROTOCOL.key).

A file of another algorithm is refused by its name, before anybody is asked for a passphrase.
"""

import base64
import binascii
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_private_key, load_ssh_public_key

from publisher.errors import KeyRefusedError, ReleaseError
from publisher.release.people.signing import Signer, load_public_key, unlock_key

_BEGIN, _END = b"-----BEGIN OPENSSH PRIVATE KEY-----", b"-----END OPENSSH PRIVATE KEY-----"
_MAGIC = b"openssh-key-v1\0"
_ED25519 = "ssh-ed25519"
_LARGEST = 64 * 1024  # bytes; a key has a few hundred
_MAKE_ONE = "Make an Ed25519 key with 'ssh-keygen -t ed25519'."


def load_signer(path: Path, passphrase: str, *, person: str) -> Signer:
    """Unlocks our key file or an OpenSSH one; `passphrase` is not looked at where the file has none.

    Raises KeyRefusedError for a missing, readable-by-others or damaged file, a wrong passphrase, another algorithm.
    """
    data = _private_bytes(path)
    if not data.lstrip().startswith(_BEGIN):
        return Signer(person, unlock_key(path, passphrase))
    cipher, algorithm = _header(data, path)
    if algorithm != _ED25519:
        raise KeyRefusedError(f"this is a key for {algorithm}.", place=str(path), remedy=_MAKE_ONE)
    try:
        key = load_ssh_private_key(data, passphrase.encode() if cipher != "none" else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefusedError(
            "the passphrase is wrong, or the key file is damaged.",
            place=str(path),
            remedy="Try the passphrase again.",
        )
    return Signer(person, key)


def needs_passphrase(path: Path) -> bool:
    """Whether the key file needs a passphrase: ours always does. Raises KeyRefusedError as load_signer does."""
    data = _private_bytes(path)
    return not data.lstrip().startswith(_BEGIN) or _header(data, path)[0] != "none"


def load_public(path: Path) -> Ed25519PublicKey:
    """Our .pub file, or one line 'ssh-ed25519 AAAA... comment'.

    Raises ReleaseError for a missing file, more than one key, a private key and another algorithm, by its name.
    """
    data = path.read_bytes()[:_LARGEST] if path.is_file() else b""
    if b"PRIVATE KEY-----" in data:
        raise ReleaseError(
            "is a private key; it should not leave its owner.",
            place=str(path),
            remedy="Name the .pub file beside it.",
        )
    if not data or data.startswith(b"-----BEGIN"):
        return load_public_key(path)
    lines = [line for line in data.split(b"\n") if line.strip()]
    algorithm = lines[0].split()[0].decode("ascii", "replace") if lines else ""
    if algorithm != _ED25519 or len(lines) != 1:
        problem = "holds more than one line" if algorithm == _ED25519 else f"is no Ed25519 key ({algorithm[:40]})"
        raise ReleaseError(f"{problem}.", place=str(path), remedy=_MAKE_ONE)
    try:
        key = load_ssh_public_key(lines[0])
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise ReleaseError("is damaged: it holds no Ed25519 key.", place=str(path), remedy="Copy the line again.")
    return key


def _private_bytes(path: Path) -> bytes:
    if not path.is_file():
        raise KeyRefusedError("there is no private key here.", place=str(path), remedy="Restore it from a backup.")
    if path.stat().st_mode & 0o077:
        raise KeyRefusedError("others can read this private key.", place=str(path), remedy="Run 'chmod 600' on it.")
    return path.read_bytes()[:_LARGEST]


def _header(data: bytes, path: Path) -> tuple[str, str]:
    """(cipher, algorithm of the first key), both outside the encrypted part of an OpenSSH file."""
    try:
        body = base64.b64decode(data.partition(_BEGIN)[2].partition(_END)[0])
        cipher, rest = _string(body.removeprefix(_MAGIC))
        _, rest = _string(rest)  # how the passphrase is stretched
        _, rest = _string(rest)  # and its parameters
        public, _ = _string(rest[4:])  # after the number of keys
        return cipher.decode("ascii"), _string(public)[0].decode("ascii")
    except (ValueError, binascii.Error):
        raise KeyRefusedError(
            "the key file is damaged.", place=str(path), remedy="Restore it from a backup."
        ) from None


def _string(data: bytes) -> tuple[bytes, bytes]:
    """A string with its length before it (RFC 4251 section 5), and what follows."""
    end = 4 + int.from_bytes(data[:4], "big")
    if len(data) < end:
        raise ValueError("cut off")
    return data[4:end], data[end:]
