"""Does a folder hold exactly what its signed manifest says? Needs the folder and the office's public key only."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.errors import ReleaseError
from publisher.release.edition.edition import Edition
from publisher.release.edition.inventory import MANIFEST, SIGNATURE, FileEntry, is_safe
from publisher.release.edition.manifest import Manifest
from publisher.release.edition.records import decode
from publisher.release.people.signing import Signature, fingerprint, verifies
from publisher.release.transparency.places import Folder, Place

Status = Literal["", "current", "superseded", "withdrawn"]

LONGEST_MANIFEST, LONGEST_SIGNATURE = 64 * 2**20, 4 * 2**10  # bytes


@dataclass(frozen=True)
class Problem:
    """`place` is a path relative to the folder."""

    place: str
    problem: str


@dataclass(frozen=True)
class VerifyReport:
    """`signed_by` is the fingerprint of the key whose signature holds, "" where none does.

    `status` is what the log says of the edition, "" where no log was asked; `remarks` are no faults.
    """

    folder: str
    edition: str
    signed_by: str
    files: int
    problems: tuple[Problem, ...]
    status: Status = ""
    remarks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def verdict(self) -> str:
        return "refused" if self.problems else "withdrawn" if self.status == "withdrawn" else "verified"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": self.verdict}

    def raise_if_refused(self) -> None:
        """Raises ReleaseError naming every problem."""
        if self.problems:
            raise ReleaseError(
                "does not verify: " + "; ".join(f"{p.place} {p.problem}" for p in self.problems) + ".",
                place=self.edition or self.folder,
                remedy="Restore the edition from a backup or build it again. Do not publish or use it.",
            )


def verify(target: Path | Edition | Place, *keys: Ed25519PublicKey) -> VerifyReport:
    """Manifest, signature by one of `keys`, every file's size and hash, no file missing, no file more.

    `target` is an edition, its folder, its public/ folder, or a copy on a site. Never raises for what it finds.
    """
    place = _place_of(target)
    signed_by, problems = check_signature(place, keys)
    try:
        manifest = manifest_at(place)
    except ReleaseError as damaged:
        damage = Problem(MANIFEST, plain(damaged))
        return VerifyReport(place.name, "", signed_by, 0, (damage, *problems))
    problems += [*check_files(place, manifest), *check_strangers(place, manifest)]
    return VerifyReport(place.name, manifest.ref.name, signed_by, len(manifest.files), tuple(problems))


def signature_of(folder: Path) -> Signature:
    """manifest.sig of a public folder. Raises ReleaseError where it is missing or damaged."""
    return _signature_at(Folder(folder))


def manifest_at(place: Place) -> Manifest:
    """The manifest of an edition. Raises ReleaseError where it is missing, endless or damaged."""
    return decode(Manifest, place.read(MANIFEST, LONGEST_MANIFEST), f"{place.name}/{MANIFEST}")


def check_signature(place: Place, keys: Sequence[Ed25519PublicKey]) -> tuple[str, list[Problem]]:
    """The fingerprint of that one of `keys` whose signature under the manifest holds, "" where none does."""
    try:
        signature = _signature_at(place)
    except ReleaseError as damaged:
        return "", [Problem(SIGNATURE, plain(damaged))]
    key = next((key for key in keys if fingerprint(key) == signature.key), None)
    if key is None:
        return "", [Problem(SIGNATURE, f"was made with the key {signature.key}, which was not given as trusted")]
    if not verifies(key, signature, _bytes_or_empty(place, MANIFEST)):
        unfit = "do not fit each other: one of the two was changed"
        return "", [Problem(name, f"{MANIFEST} and {SIGNATURE} {unfit}") for name in (MANIFEST, SIGNATURE)]
    return signature.key, []


def check_files(place: Place, manifest: Manifest) -> Iterator[Problem]:
    """Every file that the manifest lists and that is not here byte for byte."""
    for entry in manifest.files:
        problem = _file_problem(place, entry)
        if problem:
            yield Problem(entry.path, problem)


def check_strangers(place: Place, manifest: Manifest) -> Iterator[Problem]:
    """Every file that is here and that the manifest does not list; nothing where the place does not tell."""
    known = {entry.path for entry in manifest.files} | {MANIFEST, SIGNATURE}
    for path in sorted(set(place.names() or ()) - known):
        yield Problem(path, "is not in the manifest")


def plain(refusal: ReleaseError) -> str:
    """The message, to follow the name of the file."""
    return refusal.message.rstrip(".")


def _place_of(target: Path | Edition | Place) -> Place:
    if isinstance(target, Edition):
        target = target.root
    if not isinstance(target, Path):
        return target
    return Folder(target / "public" if (target / "public").is_dir() else target)


def _signature_at(place: Place) -> Signature:
    return decode(Signature, place.read(SIGNATURE, LONGEST_SIGNATURE), f"{place.name}/{SIGNATURE}")


def _bytes_or_empty(place: Place, path: str) -> bytes:
    try:
        return place.read(path, LONGEST_MANIFEST)
    except ReleaseError:
        return b""


def _file_problem(place: Place, entry: FileEntry) -> str:
    if not is_safe(entry.path):
        return "leads out of the folder"
    try:
        found = place.entry(entry.path, entry.size)
    except ReleaseError as unread:
        return plain(unread)
    if found.size != entry.size:
        return "has another size than the manifest says"
    return "" if found == entry else "was changed: its SHA-256 is another than the manifest says"
