"""Checkpoints: the size and root of a log at one time, signed. Whoever keeps one can later prove a rewriting.

Written as a C2SP signed note with one Ed25519 signature (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), so that
the usual witnesses can sign it too. Read strictly: one spelling a checkpoint, three lines, no extension lines.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.errors import ReleaseError
from publisher.release.people.signing import Signer
from publisher.release.transparency.merkle import leaf_hash, root

_NAME = re.compile(r"[!-*,-~]+")  # visible ASCII without '+': no spaces, no two names that look alike
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")  # below 2^63; no sign, no leading zero
_SIGNATURE_LINE = re.compile(r"\u2014 ([!-*,-~]+) ([A-Za-z0-9+/]+={0,2})")
_ED25519 = b"\x01"
_LONGEST = 64 * 1024
_REMEDY = "Take the checkpoint again from where it came, or the right key."


@dataclass(frozen=True)
class Checkpoint:
    """`origin` names the log, `size` counts its entries, `root` (32 bytes) is their RFC 6962 root.

    Raises ReleaseError for an origin that is not one word of visible ASCII without '+', or a root of another length.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.origin):
            raise _damaged("its first line is no name of a log (visible ASCII, no space, no '+')")
        if not _SIZE.fullmatch(str(self.size)):
            raise _damaged("its size is no number of entries")
        if len(self.root) != 32:
            raise _damaged("its root is not 32 bytes")

    @property
    def text(self) -> bytes:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer, key_name: str) -> bytes:
    """The signed note. `key_name` should be the origin. Raises ReleaseError where it cannot be a key's name."""
    if not _NAME.fullmatch(key_name):
        raise ReleaseError("is no name of a key.", place=key_name, remedy="Use visible ASCII without space and '+'.")
    signature = bytes.fromhex(signer.sign(checkpoint.text).signature)
    blob = _key_id(key_name, signer.key.public_key()) + signature
    return checkpoint.text + f"\n\u2014 {key_name} {base64.b64encode(blob).decode()}\n".encode()


def read_checkpoint(data: bytes, key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint, if `key` signed it. Signatures of other keys (witnesses) may stand beside and count nothing.

    Raises ReleaseError for any other spelling, for a signature that does not hold and where `key` made none.
    """
    text, signature_lines = _parts(data)
    checkpoint = _parse(text)
    matching = [blob[4:] for name, blob in signature_lines if blob[:4] == _key_id(name, key)]
    if not matching:
        raise _damaged("the trusted log key did not sign it")
    for signature in matching:
        try:
            key.verify(signature, text)
        except InvalidSignature:
            raise _damaged("its signature does not hold: a byte in it was changed") from None
    return checkpoint


def require_extends(lines: Sequence[bytes], old: Checkpoint) -> None:
    """The log whose entries are `lines` (their bytes without the newline) goes on from where `old` stood.

    Raises ReleaseError where it was cut or rewritten since, and where `old` covers nothing and so proves nothing.
    """
    if old.size == 0:
        raise ReleaseError(
            "the old checkpoint is that of an empty log, which every log continues: it proves nothing.",
            place=old.origin,
            remedy="Compare with a checkpoint that was kept later.",
        )
    if len(lines) < old.size:
        raise ReleaseError(
            f"the log was cut: it has {len(lines)} entries, and had {old.size} when the old checkpoint was signed.",
            place=old.origin,
            remedy="Ask the office for the missing entries, and keep the old checkpoint: its signature is the proof.",
        )
    if root([leaf_hash(line) for line in lines[: old.size]]) != old.root:
        raise ReleaseError(
            f"the log was rewritten: its first {old.size} entries are not those of the old checkpoint.",
            place=old.origin,
            remedy="Keep both checkpoints: two signatures over histories that do not agree are the proof.",
        )


def require_same_log(now: Checkpoint, old: Checkpoint) -> None:
    """Raises ReleaseError where two checkpoints name different logs."""
    if now.origin != old.origin:
        raise ReleaseError(
            f"the old checkpoint is of another log ({old.origin}).",
            place=now.origin,
            remedy="Compare with a checkpoint of this log. If there was one, a new log was begun: ask why.",
        )


def _parts(data: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The signed text, and (key name, key id with signature) of each signature line."""
    text, blank, signatures = data.rpartition(b"\n\n")
    if not blank or len(data) > _LONGEST or not signatures.endswith(b"\n"):
        raise _damaged("it is no signed note: text, empty line, signature lines")
    return text + b"\n", [_signature_line(line) for line in signatures[:-1].split(b"\n")]


def _signature_line(line: bytes) -> tuple[str, bytes]:
    try:
        match = _SIGNATURE_LINE.fullmatch(line.decode())
    except UnicodeDecodeError:
        match = None
    if not match:
        raise _damaged("what follows its empty line is no signature line")
    return match[1], _unbase64(match[2])


def _parse(text: bytes) -> Checkpoint:
    try:
        origin, size, head = text.decode().removesuffix("\n").split("\n")
    except ValueError:
        raise _damaged("its text is not three lines (origin, size, root)") from None
    if not _SIZE.fullmatch(size):
        raise _damaged("its size is no number of entries")
    return Checkpoint(origin, int(size), _unbase64(head))


def _unbase64(text: str) -> bytes:
    """Raises ReleaseError for anything but the one right spelling: the unused bits of the last letter count too."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data or base64.b64encode(data).decode() != text:
        raise _damaged("it holds text that is not base64")
    return data


def _key_id(name: str, key: Ed25519PublicKey) -> bytes:
    """Four bytes: SHA-256(key name || newline || 0x01 || public key)[:4]."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]


def _damaged(what: str) -> ReleaseError:
    return ReleaseError(f"this is no checkpoint to trust: {what}.", place="checkpoint", remedy=_REMEDY)
