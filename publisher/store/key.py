"""Where the passphrase of the store comes from: environment, key file, or a prompt. Never the command line."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from publisher.errors import KeyRefusedError

VARIABLE = "PUBLISHER_STORE_KEY"
NEW_VARIABLE = "PUBLISHER_STORE_NEW_KEY"


def read_passphrase(*, prompt: Callable[[], str] | None = None, variable: str = VARIABLE) -> str:
    """The passphrase in $PUBLISHER_STORE_KEY, else in the file $PUBLISHER_STORE_KEY_FILE, else what `prompt` returns.

    `variable=NEW_VARIABLE` reads the passphrase to rotate to, from $PUBLISHER_STORE_NEW_KEY or _NEW_KEY_FILE.
    Raises KeyRefusedError where there is none, or where the key file can be read by others.
    """
    given = os.environ.get(variable)
    if given:
        return given
    file = os.environ.get(f"{variable}_FILE")
    if file:
        return _from_file(Path(file))
    answer = prompt() if prompt is not None else ""
    if not answer:
        raise KeyRefusedError(
            "no passphrase was given for the confidential store.",
            remedy=f"Set {variable}_FILE to a file with mode 0600, or {variable}, or run in a terminal to be asked.",
        )
    return answer


def _from_file(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as missing:
        raise KeyRefusedError(
            f"the key file cannot be read ({missing.strerror}).",
            place=str(path),
            remedy="Name a readable file in PUBLISHER_STORE_KEY_FILE.",
        ) from None
    try:
        refuse_shared(path, os.fstat(descriptor))
        content = os.read(descriptor, 4096)
    finally:
        os.close(descriptor)
    try:
        passphrase = content.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise KeyRefusedError(
            "the key file does not hold UTF-8 text.", place=str(path), remedy="Write the passphrase on one line."
        ) from None
    if not passphrase:
        raise KeyRefusedError("the key file is empty.", place=str(path), remedy="Write the passphrase on one line.")
    return passphrase


def refuse_shared(path: Path, status: os.stat_result) -> None:
    """Raises KeyRefusedError unless `path` is a file that only its owner, who is us or root, may touch."""
    if not stat.S_ISREG(status.st_mode):
        raise KeyRefusedError("this is not a file.", place=str(path), remedy="Name a plain file.")
    if status.st_mode & 0o077:
        raise KeyRefusedError(
            f"other users can reach this file (mode {stat.S_IMODE(status.st_mode):04o}).",
            place=str(path),
            remedy=f"Run 'chmod 600 {path}', and rotate the key if anyone may have read it.",
        )
    if status.st_uid not in (os.geteuid(), 0):
        raise KeyRefusedError(
            "this file belongs to another user.", place=str(path), remedy="Use a file of your own, mode 0600."
        )
