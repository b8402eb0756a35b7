"""What the words of `publisher verify` mean: which site, which edition, which key."""

import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from publisher.errors import ReleaseError, UsageError
from publisher.release.edition.inventory import MANIFEST
from publisher.release.edition.verify import manifest_at
from publisher.release.people.signing import fingerprint, load_public_key
from publisher.release.transparency.places import Folder, Place, web
from publisher.release.transparency.site_log import CHECKPOINT, KEY, LONGEST_NOTE
from publisher.release.transparency.verify_site import SiteReport, verify_edition, verify_site

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_IN_SITE = re.compile(r"(?P<site>.+?)/releases/(?P<edition>[^/]+/[^/]+/v[0-9]+)(/.*)?")


@dataclass(frozen=True)
class Target:
    """`site` has the log; None where there is none to ask. `edition` is "" for the whole site.

    `copy` is the edition's folder where that is not the one on the site.
    """

    site: Place | None
    edition: str
    copy: Place | None

    def verify(self, key: PublicKey, old: bytes | None) -> SiteReport:
        """Raises ReleaseError where there is no log to ask."""
        if self.site is None:
            raise ReleaseError("there is no log here.", remedy="Name the site with --log.")
        if not self.edition:
            return verify_site(self.site, key, old)
        return verify_edition(self.site, key, old, self.edition, self.copy)


def target_of(text: str, log: str | None) -> Target:
    """`text` is a site or an edition, by folder or https address; `log` the site whose log tells of it.

    Raises UsageError for what is neither, ReleaseError for a folder that holds nothing of the kind.
    """
    if log is not None:
        copy = _edition_folder(Path(text))
        return Target(site_at(log), manifest_at(copy).ref.name, copy)
    if _is_address(text):
        text = text.rstrip("/").removesuffix("/index.html")
        match = _IN_SITE.fullmatch(text)
        return Target(web(match["site"]), match["edition"], None) if match else Target(web(text), "", None)
    folder = Path(text).resolve()
    match = _IN_SITE.fullmatch(folder.as_posix())
    if match and (Path(match["site"]) / CHECKPOINT).is_file():
        return Target(Folder(Path(match["site"])), match["edition"], None)
    if (folder / CHECKPOINT).is_file():
        return Target(Folder(folder), "", None)
    return Target(None, "", _edition_folder(Path(text)))


def site_at(text: str) -> Place:
    """A site by its folder or its https address."""
    return web(text) if _is_address(text) else Folder(Path(text).resolve())


def log_key(site: Place, named: str) -> PublicKey:
    """The log key: a file, or the fingerprint that the key on the site must have.

    Raises ReleaseError where the site's key is another, UsageError for words that are neither.
    """
    if Path(named).is_file():
        return load_public_key(Path(named))
    if not _FINGERPRINT.fullmatch(named):
        raise UsageError(
            "is neither a file nor a fingerprint (64 digits and letters a to f).",
            place=named,
            remedy="Name the log's public key, or its fingerprint as the office printed it.",
        )
    key = key_on(site)
    if fingerprint(key) != named:
        raise ReleaseError(
            f"the key on the site has the fingerprint {fingerprint(key)}, another than was given.",
            place=f"{site.name}/{KEY}",
            remedy="Do not rely on this site. Ask the office for the fingerprint, by another way.",
        )
    return key


def key_on(site: Place) -> PublicKey:
    """The key that the site itself shows: it proves nothing about whose site it is."""
    try:
        key = load_pem_public_key(site.read(KEY, LONGEST_NOTE))
    except ValueError:
        key = None
    if not isinstance(key, PublicKey):
        raise ReleaseError("is no Ed25519 public key.", place=f"{site.name}/{KEY}", remedy="Fetch it again.")
    return key


def _is_address(text: str) -> bool:
    return "://" in text


def _edition_folder(folder: Path) -> Place:
    public = folder / "public" if (folder / "public").is_dir() else folder
    if not (public / MANIFEST).is_file():
        raise ReleaseError(
            "is neither a site nor an edition: it has no log/checkpoint and no manifest.json.",
            place=str(folder),
            remedy="Name the root of a site, the folder of an edition, or an https address.",
        )
    return Folder(public)
