"""The key envelope: random data keys, wrapped by a key derived from the passphrase.

    passphrase --scrypt--> wrapping key --AES-256-GCM--> data key (DuckDB) and seal key (measurements, digests)

keyring.json is the one commit point of the store: whatever store file it names is the store. The name and the
scrypt parameters stand beside the wrapped keys in clear, bound to them as associated data, so that nobody can
swap them without the passphrase.

Sources: RFC 7914 (scrypt); NIST SP 800-38D (GCM); OWASP Password Storage Cheat Sheet (N = 2**17, r = 8, p = 1).
"""

import json
import os
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from publisher.errors import KeyRefusedError, StoreError
from publisher.store.durable import replace_file
from publisher.store.key import refuse_shared

FORMAT = 1
KEY_BYTES = 32
SCRYPT_N = 2**17  # 128 MiB and about half a second a guess
SCRYPT_R = 8
SCRYPT_P = 1
SCRYPT_LARGEST_N = 2**22  # a keyring that asks for more memory than 4 GiB is not ours
SHORTEST_PASSPHRASE = 12


@dataclass(frozen=True)
class Keyring:
    """`data_key` encrypts the store file of this `generation`; `seal_key` outlives rotations."""

    generation: int
    data_key: bytes = field(repr=False)
    seal_key: bytes = field(repr=False)

    @property
    def store_file(self) -> str:
        return f"store-{self.generation}.duckdb"

    def rotated(self) -> "Keyring":
        """The next generation: a fresh data key, the same seal key."""
        return replace(self, generation=self.generation + 1, data_key=secrets.token_bytes(KEY_BYTES))


def new_keyring() -> Keyring:
    return Keyring(1, secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES))


def write_keyring(path: Path, keyring: Keyring, passphrase: str) -> None:
    """Wraps the keys under `passphrase` and replaces keyring.json. Raises KeyRefusedError for a short passphrase."""
    refuse_short(passphrase)
    header: dict[str, Any] = {
        "format": FORMAT,
        "generation": keyring.generation,
        "store_file": keyring.store_file,
        "scrypt": {"n": SCRYPT_N, "r": SCRYPT_R, "p": SCRYPT_P, "salt": _text(os.urandom(16))},
        "nonce": _text(os.urandom(12)),
    }
    cipher = AESGCM(_wrapping_key(passphrase, header["scrypt"]))
    wrapped = cipher.encrypt(b64decode(header["nonce"]), keyring.data_key + keyring.seal_key, _bound(header))
    document = json.dumps(header | {"wrapped": _text(wrapped)}, indent=2) + "\n"
    replace_file(path, document.encode())


def refuse_short(passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise KeyRefusedError(
            f"the passphrase is shorter than {SHORTEST_PASSPHRASE} characters.",
            remedy="Choose a longer one, for example six random words or 'openssl rand -base64 24'.",
        )


def read_keyring(path: Path, passphrase: str) -> Keyring:
    """The keys. Raises KeyRefusedError for a wrong passphrase or a file others can read, StoreError for damage."""
    header = _read_header(path)
    try:
        wrapped = b64decode(header.pop("wrapped"), validate=True)
        key = _wrapping_key(passphrase, header["scrypt"])
        nonce = b64decode(header["nonce"], validate=True)
        generation = int(header["generation"])
    except (KeyError, TypeError, ValueError):
        raise _damaged(path) from None
    try:
        keys = AESGCM(key).decrypt(nonce, wrapped, _bound(header))
    except (InvalidTag, ValueError):
        raise KeyRefusedError(
            "the passphrase does not open this keyring, or the keyring was altered.",
            place=str(path),
            remedy="Check the passphrase; after an interrupted rotation try the new one as well as the old.",
        ) from None
    return Keyring(generation, keys[:KEY_BYTES], keys[KEY_BYTES:])


def _read_header(path: Path) -> dict[str, Any]:
    try:
        refuse_shared(path, path.stat())
        header = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise StoreError(
            "this workspace has no confidential store.",
            place=str(path),
            remedy="Make one with 'publisher store create'.",
        ) from None
    except (OSError, ValueError):
        raise _damaged(path) from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise _damaged(path)
    return header


def _wrapping_key(passphrase: str, cost: dict[str, Any]) -> bytes:
    n, r, p = int(cost["n"]), int(cost["r"]), int(cost["p"])
    if n > SCRYPT_LARGEST_N or r > SCRYPT_R or p > 16:
        raise ValueError("cost out of range")
    salt = b64decode(cost["salt"], validate=True)
    return Scrypt(salt=salt, length=KEY_BYTES, n=n, r=r, p=p).derive(passphrase.encode("utf-8", "surrogateescape"))


def _bound(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _damaged(path: Path) -> StoreError:
    return StoreError(
        "the keyring is damaged.",
        place=str(path),
        remedy="Put back a copy of keyring.json from your backup, taken after the last key rotation.",
    )
