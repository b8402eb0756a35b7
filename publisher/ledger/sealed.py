"""Sealed measurements: one encrypted file each, whole or not there.

File: the 8 bytes PUBSEAL1, a random 12-byte nonce, AES-256-GCM of the payload. Key and attempt are associated data,
so a file under another measurement's name does not open.
"""

import hashlib
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from publisher.errors import LedgerError
from publisher.ledger.journal import Step, no_step, sync_folder

MAGIC = b"PUBSEAL1"
NONCE_BYTES = 12
SUFFIX = ".parquet.enc"


class SealedResults:
    """The folder of sealed measurements. Only the holder of the ledger's lock may use it."""

    def __init__(self, folder: Path, key: bytes, step: Step = no_step) -> None:
        self._folder = folder
        self._cipher = AESGCM(key)
        self._step = step
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in folder.glob("*.part"):
            leftover.unlink()

    def path(self, key: str) -> Path:
        """Raises LedgerError for what is no measurement key (it becomes a file name)."""
        if not re.fullmatch(r"[0-9a-f]{64}", key):
            raise LedgerError("a measurement key is 64 hexadecimal digits.")
        return self._folder / f"{key}{SUFFIX}"

    def stored(self) -> tuple[str, ...]:
        """The keys that have a file."""
        return tuple(sorted(path.name.removesuffix(SUFFIX) for path in self._folder.glob(f"*{SUFFIX}")))

    def write(self, key: str, attempt: int, payload: bytes) -> str:
        """Stores `payload` for good; the hex SHA-256 of the file. Raises LedgerError, leaving no new file."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        content = MAGIC + nonce + self._cipher.encrypt(nonce, payload, _bound_to(key, attempt))
        path = self.path(key)
        part = path.with_suffix(".part")
        try:
            self._store(content, part)
        except OSError as failed:
            part.unlink(missing_ok=True)
            raise LedgerError(
                f"the result cannot be stored: {failed.strerror}.",
                place=str(path),
                remedy="Its charge is spent. Make room on the disk, then give it up with 'publisher ledger abandon'.",
            ) from failed
        self._step("rename")
        part.replace(path)
        sync_folder(self._folder)
        self._step("renamed")
        return hashlib.sha256(content).hexdigest()

    def _store(self, content: bytes, part: Path) -> None:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content[: len(content) // 2])
            self._step("half stored")
            file.write(content[len(content) // 2 :])
            file.flush()
            os.fsync(handle)

    def digest(self, key: str) -> str | None:
        """The hex SHA-256 of the file, None where there is none."""
        path = self.path(key)
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None

    def read(self, key: str, attempt: int) -> bytes | None:
        """The payload; None where there is no file, or none that opens for this key and attempt."""
        path = self.path(key)
        content = path.read_bytes() if path.exists() else b""
        start = len(MAGIC) + NONCE_BYTES
        if not content.startswith(MAGIC) or len(content) < start:
            return None
        try:
            return self._cipher.decrypt(content[len(MAGIC) : start], content[start:], _bound_to(key, attempt))
        except InvalidTag:
            return None


def _bound_to(key: str, attempt: int) -> bytes:
    return MAGIC + f"{key}:{attempt}".encode("ascii")
