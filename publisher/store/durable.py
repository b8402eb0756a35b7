"""Replacing a file so that a kill or a power cut leaves the old one or the new one."""

import os
from pathlib import Path

PART = ".part"


def replace_file(path: Path, content: bytes) -> None:
    """Writes `content` beside `path` (mode 0600), forces it to disk, and puts it in place in one step."""
    part = path.with_name(path.name + PART)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    force_folder(path.parent)


def force_file(path: Path) -> None:
    """Waits until the content of `path` is on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def force_folder(folder: Path) -> None:
    """Waits until the names in `folder` are on disk: a rename is durable only then."""
    force_file(folder)
