"""One line of the private log: what happened, who signed for it, and the part of it that the public gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from publisher.model.release_event import Kind
from publisher.release.edition.manifest import EditionRef
from publisher.release.edition.records import Hex32, Record, encode_line, sha256
from publisher.release.people.register import Register, Role
from publisher.release.people.signing import Signature
from publisher.release.transparency.facts import ApprovalFact, Fact, Leaf, Release

Event = Literal[
    "register",
    "announced",
    "cancelled",
    "data_in",
    "opened",
    "built",
    "audited",
    "reviewed",
    "approved",
    "embargoed",
    "held",
    "access",
    "pack",
    "delayed",
    "published",
    "withdrawn",
    "clock_corrected",
    "reminded",
    "refused",
]

SIGNED_BY: Mapping[Event, tuple[Role, ...]] = {
    "register": ("administer",),
    "announced": ("publish", "operate"),
    "cancelled": ("publish",),
    "data_in": ("prepare", "operate"),
    "opened": ("prepare", "publish"),
    "built": ("prepare", "operate"),
    "audited": ("prepare", "operate"),
    "reviewed": ("approve",),
    "approved": ("approve",),
    "embargoed": ("approve",),
    "held": ("approve", "publish"),
    "access": ("publish", "operate"),
    "pack": ("publish", "operate"),
    "delayed": ("publish", "operate"),
    "published": ("publish", "operate"),
    "withdrawn": ("publish",),
    "clock_corrected": ("publish",),
    "reminded": ("operate",),
}
"""Who may sign which event. 'refused' is signed by nobody: a wrong passphrase proves nothing about who typed it."""

START = "0" * 64


class RegisterBody(Record):
    """The whole version, with names. `also` are further administrators' signatures over the version's bytes."""

    kind: Literal["register"] = "register"
    version: Register
    also: tuple[Signature, ...] = ()


class ApprovalBody(Record):
    kind: Literal["approval"] = "approval"
    approval: ApprovalFact


class OpenedBody(Record):
    """A further release of a published period was asked for; public once it is announced or out. `due` is UTC."""

    kind: Literal["opened"] = "opened"
    release_kind: Kind
    due: str
    zone: str
    reason: str


class PackBody(Record):
    """One embargoed copy for one recipient. `sha256` is that of the encrypted bytes."""

    kind: Literal["pack"] = "pack"
    pack: str
    organisation: str
    post: str
    recipient: str
    sha256: Hex32


class WithdrawalBody(Record):
    """`also` are further persons' signatures over the public fact, in canonical form."""

    kind: Literal["withdrawal"] = "withdrawal"
    also: tuple[Signature, ...]


Body = Annotated[RegisterBody | ApprovalBody | OpenedBody | PackBody | WithdrawalBody, Field(discriminator="kind")]


@dataclass(frozen=True)
class Draft:
    """What the caller of append() knows. `detail` is a sentence or a word, never a number from a table."""

    event: Event
    who: str = ""
    edition: EditionRef | None = None
    release: Release | None = None
    detail: str = ""
    body: RegisterBody | ApprovalBody | OpenedBody | PackBody | WithdrawalBody | None = None
    fact: Fact | None = None


class Entry(Record):
    """`number` counts from 1, `previous` is SHA-256 of the line before, `time` what the machine's clock said (UTC).

    `signature` is over `signed_bytes`, so whoever signs a line signs the whole history before it. `checkpoint` is
    the signed note over the public tree with this line's leaf, "" where the line has none. `hash` is over all else.
    """

    format: Literal["trade-publisher/log/1"] = "trade-publisher/log/1"
    number: int
    time: str
    event: Event
    who: str
    edition: EditionRef | None
    release: Release | None
    detail: str
    body: Body | None
    public: Leaf | None
    previous: Hex32
    signature: Signature | None
    checkpoint: str
    hash: str

    @property
    def signed_bytes(self) -> bytes:
        return encode_line(self, without=frozenset({"signature", "checkpoint", "hash"}))

    @property
    def whole_hash(self) -> str:
        return sha256(encode_line(self, without=frozenset({"hash"})))


def leaf_bytes(leaf: Leaf) -> bytes:
    """The bytes that the public tree holds and the site shows as one line (without its newline)."""
    return encode_line(leaf)[:-1]
