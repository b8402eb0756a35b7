"""A finished site as readers get it, made here from keys, manifests and leaves alone: no publishing code is used."""

import shutil
from collections.abc import Sequence
from hashlib import sha256 as sha
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from publisher.release.approval.approvals import Statement
from publisher.release.edition.inventory import inventory
from publisher.release.edition.manifest import FORMAT, EditionRef, Manifest
from publisher.release.edition.records import Record, encode, encode_line, sha256
from publisher.release.people.signing import Signer, fingerprint
from publisher.release.transparency.checkpoint import Checkpoint, sign_checkpoint
from publisher.release.transparency.facts import (
    AnnouncedFact,
    ApprovalFact,
    EditionFact,
    Fact,
    KeyFact,
    Leaf,
    PublishedFact,
    RegisterFact,
    Release,
    WithdrawnFact,
)
from publisher.release.transparency.merkle import leaf_hash, root
from publisher.release.transparency.site_log import write_log

SERIES = "monthly_trade"
DUE, LOCAL_DUE = "2021-06-01T00:30:00+00:00", "2021-06-01T09:30:00+09:00"
ROLES = {
    "service": ("operate",),
    "ann": ("prepare", "administer"),
    "bob": ("approve",),
    "cem": ("approve",),
    "eve": (),
}


def signer_of(name: str) -> Signer:
    """The same key for the same name, always."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(sha(name.encode()).digest()))


def raw(name: str) -> str:
    return signer_of(name).key.public_key().public_bytes_raw().hex()


LOG_KEY = signer_of("service").key.public_key()
LOG_FINGERPRINT = fingerprint(LOG_KEY)


class PublicSite:
    """`root` is the site. Each call adds one leaf; `write` writes log/ anew over all of them."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.lines: list[bytes] = []
        self.registers: list[RegisterFact] = []
        folder.mkdir(parents=True)
        self.register(1)

    def add(self, fact: Fact, time: str = DUE) -> None:
        leaf = Leaf(number=len(self.lines), time=time, fact=fact, history=sha256(b"%d" % len(self.lines)))
        self.lines.append(encode_line(leaf)[:-1])

    def register(
        self, version: int, *revoked: str, fewer: int = 0, more: Sequence[KeyFact] = (), by: str = "ann"
    ) -> None:
        """A version with everybody but the last `fewer`, and `more`; signed by an administrator."""
        keys = tuple(
            KeyFact(public_key=raw(name), roles=roles, revoked=name in revoked)
            for name, roles in ROLES.items()
            if roles
        )
        keys = (*keys[: len(keys) - fewer], *more)
        fact = RegisterFact(version=version, keys=keys, names="0" * 64)
        signature = signer_of(by).sign(fact.signed_bytes)
        self.registers.append(fact.model_copy(update={"signatures": (signature,)}))
        self.add(self.registers[-1])

    @staticmethod
    def release(period: str, number: int = 1) -> Release:
        return Release(series=SERIES, period=period, number=number)

    def announce(self, period: str, due: str = DUE) -> None:
        release = self.release(period)
        self.add(
            AnnouncedFact(release=release, kind="first", title="Monthly trade", due=due, zone="Asia/Seoul", reason="")
        )

    def folder(self, period: str, version: int = 1) -> Path:
        return self.root / "releases" / SERIES / period / f"v{version}"

    def make(
        self, period: str, version: int = 1, text: str = "figures", by: str = "ann", needed: int = 1
    ) -> EditionRef:
        """The edition's folder with a signed manifest; not in the log yet."""
        folder = self.folder(period, version)
        for name in ("index.html", "data/imports.csv", "metadata/tables.json"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"{text} {name} {period} {version}")
        manifest = manifest_of(folder, period, version, needed)
        (folder / "manifest.json").write_bytes(encode(manifest))
        (folder / "manifest.sig").write_bytes(encode(signer_of(by).sign(encode(manifest))))
        return manifest.ref

    def publish(
        self,
        ref: EditionRef,
        *approvals: ApprovalFact,
        by: str = "ann",
        time: str = DUE,
        supersedes: int | None = None,
    ) -> None:
        fact = EditionFact(
            edition=ref,
            release=Release(series=ref.series, period=ref.period, number=ref.version),
            kind="first",
            title="Trade",
            due=DUE,
            zone="Asia/Seoul",
            reason="",
            supersedes=supersedes,
            prepared_by=raw(by),
            approvals=approvals or (self.approval(ref, "bob"),),
        )
        self.add(PublishedFact(editions=(fact,), access=()), time)

    def approval(self, ref: EditionRef, by: str, register: int = 0, **changed: Any) -> ApprovalFact:
        """A signed statement about `ref` under the `register`-th register leaf; `changed` replaces fields of it."""
        fields = {
            "edition": ref,
            "due": LOCAL_DUE,
            "approvals_needed": 1,
            "register_version": sha256(encode_line(self.registers[register])),
            "history": "0" * 64,
        }
        statement = encode(Statement(**{**fields, **changed}))
        signature = signer_of(by).sign(statement)
        return ApprovalFact(statement=statement.decode(), public_key=raw(by), signature=signature)

    def withdraw(self, ref: EditionRef) -> WithdrawnFact:
        """The leaf, and the tombstone in place of pages and data."""
        fact = WithdrawnFact(edition=ref, reason="A wrong file.", contact="a@b.example", known="Copies exist.")
        self.add(fact)
        folder = self.folder(ref.period, ref.version)
        shutil.rmtree(folder / "data")
        shutil.rmtree(folder / "metadata")
        (folder / "index.html").write_text("withdrawn")
        (folder / "withdrawn.json").write_bytes(encode(fact))
        return fact

    def head(self, size: int | None = None, by: str = "service") -> bytes:
        """The signed checkpoint over the first `size` leaves."""
        lines = self.lines[:size]
        origin = f"trade-publisher/log/{sha256(self.lines[0])}"
        head = Checkpoint(origin, len(lines), root([leaf_hash(line) for line in lines]))
        return sign_checkpoint(head, signer_of(by), origin)

    def write(self) -> None:
        shutil.rmtree(self.root / "log", ignore_errors=True)
        write_log(self.root, self.lines, self.head(), LOG_KEY)


def manifest_of(folder: Path, period: str, version: int, needed: int) -> Manifest:
    fields: dict[str, Any] = {
        "format": FORMAT,
        "series": SERIES,
        "period": period,
        "version": version,
        "title": "Monthly trade",
        "kind": "first",
        "release": version,
        "reason": "",
        "due": LOCAL_DUE,
        "zone": "Asia/Seoul",
        "approvals_needed": needed,
        "queries": (),
        "snapshots": ("s0001",),
        "audit": {"verdict": "passed", "findings": 0},
        "ledger_head": "h",
        "earlier": (),
        "files": inventory(folder),
    }
    return Manifest(**fields)


def small_site(folder: Path) -> PublicSite:
    """Two periods, one of them published twice; an announcement; nothing withdrawn."""
    site = PublicSite(folder)
    site.announce("2021-04")
    site.publish(site.make("2021-03"))
    site.publish(site.make("2021-04"))
    site.publish(site.make("2021-04", 2), supersedes=1)
    site.write()
    return site


def overwrite(path: Path, record: Record | bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(record if isinstance(record, bytes) else encode(record))
