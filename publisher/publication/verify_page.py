"""verify.html and verify.py: how anyone checks what is published here, without this program."""

from dataclasses import dataclass
from importlib import resources
from typing import ClassVar

from publisher.publication.contexts import Frame, Link
from publisher.publication.pages import write_page
from publisher.publication.series import Site

SCRIPT, PAGE = "verify.py", "verify.html"
_GROUP = 8  # letters of the fingerprint a group, to be read aloud and compared with print


@dataclass(frozen=True)
class VerifyPage:
    """`fingerprint` is SHA-256 of the log key in hex, `spelled` the same in groups; `address` is the site's own."""

    template: ClassVar[str] = "verify.html"
    frame: Frame
    address: str
    fingerprint: str
    spelled: str
    script_lines: int


def verify_page(site: Site, fingerprint: str) -> VerifyPage:
    groups = (fingerprint[start : start + _GROUP] for start in range(0, len(fingerprint), _GROUP))
    return VerifyPage(
        frame=site.frame(
            "Verify this release",
            "How to check that nothing was changed.",
            "verify",
            trail=[Link("Home", "index.html")],
        ),
        address=site.office.base_url.rstrip("/"),
        fingerprint=fingerprint,
        spelled=" ".join(groups),
        script_lines=len(reader_script().splitlines()),
    )


def reader_script() -> bytes:
    """The script as it is published: only Python's standard library and the package cryptography."""
    return resources.files("publisher.publication").joinpath("reader_script.txt").read_bytes()


def write_verify(site: Site, fingerprint: str) -> None:
    """Writes verify.html and verify.py into the site's folder. `fingerprint` is that of the log key."""
    write_page(site.folder / PAGE, verify_page(site, fingerprint))
    (site.folder / SCRIPT).write_bytes(reader_script())
