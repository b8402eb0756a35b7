"""Does a folder hold exactly what its signed manifest says? Needs the folder and the office's public key only."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.errors import ReleaseError
from publisher.release.edition import Edition
from publisher.release.index import INDEX, SiteIndex
from publisher.release.inventory import MANIFEST, SIGNATURE, FileEntry, entry_of, is_plain, is_safe, walk
from publisher.release.manifest import Manifest, read_manifest
from publisher.release.records import decode, sha256
from publisher.release.signing import Signature, fingerprint, verifies


@dataclass(frozen=True)
class Problem:
    """`place` is a path relative to the folder."""

    place: str
    problem: str


@dataclass(frozen=True)
class VerifyReport:
    """`signed_by` is the fingerprint of the key whose signature holds, "" where none does."""

    folder: str
    edition: str
    signed_by: str
    files: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": "verified" if self.ok else "refused"}

    def raise_if_refused(self) -> None:
        """Raises ReleaseError naming every problem."""
        if self.problems:
            raise ReleaseError(
                "does not verify: " + "; ".join(f"{p.place} {p.problem}" for p in self.problems) + ".",
                place=self.edition or self.folder,
                remedy="Restore the edition from a backup or build it again. Do not publish or use it.",
            )


def verify(target: Path | Edition, *keys: Ed25519PublicKey) -> VerifyReport:
    """Manifest, signature by one of `keys`, every file's size and hash, no file missing, no file more.

    `target` is an edition, its folder, its public/ folder, or the copy on a site. Never raises for what it finds.
    """
    folder = _public_folder(target.root if isinstance(target, Edition) else target)
    signed_by, problems = _check_signature(folder, keys)
    try:
        manifest = read_manifest(folder)
    except ReleaseError as damaged:
        damage = Problem(MANIFEST, damaged.message.rstrip("."))
        return VerifyReport(str(folder), "", signed_by, 0, (damage, *problems))
    problems += [*_check_files(folder, manifest), *_check_strangers(folder, manifest)]
    return VerifyReport(str(folder), manifest.ref.name, signed_by, len(manifest.files), tuple(problems))


def verify_site(site: Path, *keys: Ed25519PublicKey) -> tuple[VerifyReport, ...]:
    """One report an edition of the site's index, each also held against the digest in that index.

    Raises ReleaseError where the index is missing or damaged. The index and the pages around the editions are
    not signed.
    """
    path = site / INDEX
    if not path.is_file():
        raise ReleaseError("there is no index of editions here.", place=str(path), remedy="Name the site's root.")
    refs = (entry.edition for entry in decode(SiteIndex, path.read_bytes(), str(path)).editions)
    return tuple(_against_index(verify(site / r.path, *keys), site / r.path, r.manifest_sha256) for r in refs)


def _against_index(report: VerifyReport, folder: Path, digest: str) -> VerifyReport:
    path = folder / MANIFEST
    if path.is_file() and sha256(path.read_bytes()) == digest:
        return report
    stranger = Problem(MANIFEST, "is not the one that the site's index names")
    return VerifyReport(report.folder, report.edition, report.signed_by, report.files, (*report.problems, stranger))


def signature_of(folder: Path) -> Signature:
    """manifest.sig of a public folder. Raises ReleaseError where it is missing or damaged."""
    path = folder / SIGNATURE
    if not path.is_file():
        raise ReleaseError("is missing.", place=str(path), remedy="Build the edition again.")
    return decode(Signature, path.read_bytes(), str(path))


def _public_folder(folder: Path) -> Path:
    return folder / "public" if (folder / "public").is_dir() else folder


def _check_signature(folder: Path, keys: Sequence[Ed25519PublicKey]) -> tuple[str, list[Problem]]:
    try:
        signature = signature_of(folder)
    except ReleaseError as damaged:
        return "", [Problem(SIGNATURE, damaged.message.rstrip("."))]
    key = next((key for key in keys if fingerprint(key) == signature.key), None)
    if key is None:
        return "", [Problem(SIGNATURE, f"was made with the key {signature.key}, which was not given as trusted")]
    path = folder / MANIFEST
    if not path.is_file() or not verifies(key, signature, path.read_bytes()):
        unfit = "do not fit each other: one of the two was changed"
        return "", [Problem(name, f"{MANIFEST} and {SIGNATURE} {unfit}") for name in (MANIFEST, SIGNATURE)]
    return signature.key, []


def _check_files(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    for entry in manifest.files:
        problem = _file_problem(folder, entry)
        if problem:
            yield Problem(entry.path, problem)


def _file_problem(folder: Path, entry: FileEntry) -> str:
    if not is_safe(entry.path):
        return "leads out of the folder"
    if not is_plain(folder / entry.path):
        return "is missing" if not (folder / entry.path).exists() else "is no plain file"
    if (folder / entry.path).stat().st_size != entry.size:
        return "has another size than the manifest says"
    return (
        "" if entry_of(folder, entry.path) == entry else "was changed: its SHA-256 is another than the manifest says"
    )


def _check_strangers(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    known = {entry.path for entry in manifest.files} | {MANIFEST, SIGNATURE}
    for path in sorted(set(walk(folder)) - known):
        yield Problem(path, "is not in the manifest")
