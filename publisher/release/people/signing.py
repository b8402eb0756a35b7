"""Ed25519 signatures (RFC 8032): deterministic, so the same manifest always has the same signature.

A private key rests in PKCS#8, encrypted under the passphrase stretched by scrypt (RFC 7914; PKCS#8's own
stretching, PBKDF2 with 2048 rounds, is too quick to try out). The salt stands in the line above the PEM block.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from publisher.errors import KeyRefusedError, ReleaseError
from publisher.release.edition.records import Hex32, Hex64, Record, sha256

_SALT_LINE = b"scrypt-salt: "
_SCRYPT_N, _SCRYPT_R = 2**15, 8  # 32 MiB and about a tenth of a second a try


class Signature(Record):
    """What stands in a .sig file and in an approval. `key` is the fingerprint, `signature` 64 bytes in hex."""

    algorithm: Literal["Ed25519"] = "Ed25519"
    key: Hex32
    signature: Hex64


@dataclass(frozen=True)
class Signer:
    """An unlocked private key, in memory only."""

    person: str
    key: Ed25519PrivateKey = field(repr=False)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key.public_key())

    def sign(self, data: bytes) -> Signature:
        return Signature(key=self.fingerprint, signature=self.key.sign(data).hex())


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the 32 raw bytes, in hex."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def verifies(key: Ed25519PublicKey, signature: Signature, data: bytes) -> bool:
    """Whether `key` made this signature over exactly these bytes."""
    try:
        key.verify(bytes.fromhex(signature.signature), data)
    except (InvalidSignature, ValueError):
        return False
    return signature.key == fingerprint(key)


def public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def load_public_key(path: Path) -> Ed25519PublicKey:
    """A .pub file. Raises ReleaseError where it is missing or holds no Ed25519 key."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise ReleaseError(
            "is no Ed25519 public key.", place=str(path), remedy="Take keys/<fingerprint>.pub from the office's site."
        )
    return key


def lock_key(key: Ed25519PrivateKey, passphrase: str) -> bytes:
    """The private key, encrypted: one salt line and a PEM block."""
    salt = secrets.token_bytes(16)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_stretch(passphrase, salt)))
    return _SALT_LINE + salt.hex().encode() + b"\n" + pem


def unlock_key(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """Raises KeyRefusedError for a missing, readable-by-others or damaged file and for a wrong passphrase."""
    if not path.is_file():
        raise KeyRefusedError("there is no private key here.", place=str(path), remedy="Restore it from a backup.")
    if path.stat().st_mode & 0o077:
        raise KeyRefusedError("others can read this private key.", place=str(path), remedy="Run 'chmod 600' on it.")
    try:
        head, pem = path.read_bytes().split(b"\n", 1)
        salt = bytes.fromhex(head.removeprefix(_SALT_LINE).decode("ascii"))
        key = load_pem_private_key(pem, _stretch(passphrase, salt))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefusedError(
            "the passphrase is wrong, or the key file is damaged.",
            place=str(path),
            remedy="Try the passphrase again.",
        )
    return key


def _stretch(passphrase: str, salt: bytes) -> bytes:
    """A hex password for PKCS#8, as costly to try as scrypt makes it."""
    raw = hashlib.scrypt(passphrase.encode(), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=1, maxmem=2**26, dklen=32)
    return raw.hex().encode()
