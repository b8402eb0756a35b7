"""Public keys of those who have an edition early, as they are written in a plan: age or SSH, checked for slips.

An age recipient is Bech32 (BIP 173) of 32 bytes with the prefix "age"; its checksum finds every slip of up to four
characters. An SSH key is the base64 of two fields with lengths (RFC 8709): "ssh-ed25519" and 32 bytes.
"""

import base64
import binascii
import re

ALLOWED = 'an age recipient "age1..." or an SSH key "ssh-ed25519 AAAA..."'
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_AGE = re.compile(rf"age1[{_LETTERS}]{{58}}", re.ASCII)
_SSH_HEAD = b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def recipient_key(text: str) -> str | None:
    """The key without comment, in one spelling; None where it is not one."""
    words = text.split()
    if len(words) >= 2 and words[0] == "ssh-ed25519":
        return f"ssh-ed25519 {words[1]}" if _is_ssh(words[1]) else None
    return text if _AGE.fullmatch(text) and _checksum(text) == 1 else None


def _is_ssh(text: str) -> bool:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return raw.startswith(_SSH_HEAD) and len(raw) == len(_SSH_HEAD) + 32


def _checksum(text: str) -> int:
    """BIP 173's polynomial over the prefix "age" and the 58 characters; 1 for a sound text."""
    prefix, _, data = text.partition("1")
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + [_LETTERS.index(c) for c in data]
    total = 1
    for value in values:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for bit, factor in enumerate(_GENERATOR):
            total ^= factor if top >> bit & 1 else 0
    return total
