"""verify.html and verify.py: how anyone checks what is published here, without this program."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import ClassVar

from publisher.publication.contexts import Frame, Link
from publisher.publication.site.series import Site
from publisher.release.edition.records import sha256
from publisher.release.transparency.facts import Leaf, RegisterFact
from publisher.release.transparency.site_log import operating

SCRIPT = "verify.py"
_GROUP = 8  # letters of the fingerprint a group, to be read aloud and compared with print


@dataclass(frozen=True)
class VerifyPage:
    """`fingerprint` is SHA-256 of the log key in hex, "" before a log has begun; `spelled` is the same in groups.

    `address` is the site's own.
    """

    template: ClassVar[str] = "verify.html"
    frame: Frame
    address: str
    fingerprint: str
    spelled: str
    script_lines: int


def write_script(folder: Path) -> None:
    """Writes verify.py into the site's folder."""
    (folder / SCRIPT).write_bytes(reader_script())


def verify_page(site: Site, fingerprint: str) -> VerifyPage:
    groups = (fingerprint[start : start + _GROUP] for start in range(0, len(fingerprint), _GROUP))
    title, summary = (
        site.words.gettext("Verify this release"),
        site.words.gettext("How to check that nothing was changed."),
    )
    return VerifyPage(
        frame=site.frame(title, summary, "verify", trail=[Link(site.home, "index.html")]),
        address=site.office.base_url.rstrip("/"),
        fingerprint=fingerprint,
        spelled=" ".join(groups),
        script_lines=len(reader_script().splitlines()),
    )


def log_key_of(leaves: Sequence[Leaf]) -> str:
    """The fingerprint of the key that signs checkpoints, by the newest register; "" where there is none."""
    registers = (leaf.fact for leaf in reversed(leaves) if isinstance(leaf.fact, RegisterFact))
    newest = next(registers, None)
    keys = [key.public_key for key in operating(newest) if not key.revoked] if newest else []
    return sha256(bytes.fromhex(keys[0])) if keys else ""


def reader_script() -> bytes:
    """The script as it is published: only Python's standard library and the package cryptography."""
    return resources.files("publisher.publication").joinpath("reader_script.txt").read_bytes()
