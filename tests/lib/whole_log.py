"""A log with a line of each kind, and what somebody can do to it who has the file and not the keys."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import get_args

from publisher.release.edition.manifest import EditionRef
from publisher.release.edition.records import encode_line, sha256
from publisher.release.people.service import open_service
from publisher.release.people.signing import Signer
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import (
    SIGNED_BY,
    ApprovalBody,
    Body,
    Draft,
    Entry,
    Event,
    OpenedBody,
    PackBody,
)
from publisher.release.transparency.facts import (
    AnnouncedFact,
    ApprovalFact,
    CancelledFact,
    DelayedFact,
    EditionFact,
    Fact,
    PublishedFact,
    Release,
    WithdrawnFact,
)
from publisher.release.transparency.log import log_path, read_log
from publisher.settings import Workspace
from tests.lib.release import FOUNDED, SERIES, make_workspace, signer

REF = EditionRef(series=SERIES, period="2021-03", version=1, manifest_sha256="a" * 64)
RELEASE = Release(series=SERIES, period="2021-03", number=1)
DUE, ZONE = (FOUNDED - timedelta(days=20)).isoformat(), "Asia/Seoul"
EVENTS: tuple[Event, ...] = get_args(Event)


def log_of_each_kind(folder: Path) -> Workspace:
    """The founding register versions, one line of each other event, then a refusal that nobody signs."""
    workspace = make_workspace(folder)
    for number, event in enumerate(event for event in EVENTS if event != "register"):
        by = who_may(workspace, event)
        draft = Draft(event, by.person if by else "", REF, RELEASE, "a word", body_of(event), fact_of(event))
        append(workspace, draft, by, now=FOUNDED + timedelta(minutes=number))
    return workspace


def who_may(workspace: Workspace, event: Event) -> Signer | None:
    """A person who may sign for the event; the service where only that may."""
    if event == "refused":
        return None
    service, register = open_service(workspace), read_log(workspace).register
    signers = (*(signer(name) for name in ("ann", "bob", "dua")), service)
    return next(one for one in signers if register.may(one.fingerprint, *SIGNED_BY[event]))


def body_of(event: Event) -> Body | None:
    approval = ApprovalFact(statement="{}", public_key="b" * 64, signature=signer("bob").sign(b"{}"))
    bodies: dict[Event, Body] = {
        "approved": ApprovalBody(approval=approval),
        "opened": OpenedBody(release_kind="correction", due=DUE, zone=ZONE, reason="A wrong unit."),
        "pack": PackBody(pack="p1", organisation="Ministry", post="Minister", recipient="age1x", sha256="c" * 64),
    }
    return bodies.get(event)


def fact_of(event: Event) -> Fact | None:
    facts: dict[Event, Callable[[], Fact]] = {
        "announced": lambda: AnnouncedFact(
            release=RELEASE, kind="first", title="Trade", due=DUE, zone=ZONE, reason=""
        ),
        "cancelled": lambda: CancelledFact(release=RELEASE, reason="No data."),
        "delayed": lambda: DelayedFact(release=RELEASE.model_copy(update={"number": 2}), reason="data late"),
        "published": lambda: PublishedFact(editions=(_edition(),), access=()),
        "withdrawn": lambda: WithdrawnFact(edition=REF, reason="Wrong.", contact="a@b.example", known="Copies."),
    }
    return facts[event]() if event in facts else None


def _edition() -> EditionFact:
    return EditionFact(
        edition=REF,
        release=RELEASE,
        kind="first",
        title="Trade",
        due=DUE,
        zone=ZONE,
        reason="",
        supersedes=None,
        prepared_by=signer("ann").key.public_key().public_bytes_raw().hex(),
        approvals=(),
    )


def grow(workspace: Workspace, detail: str = "2021-04", *, public: bool = False) -> None:
    """One more line, a day later."""
    release = Release(series=SERIES, period="2021-05", number=1)
    draft = Draft("data_in", "ann", detail=detail)
    if public:
        draft = Draft("cancelled", "dua", release=release, fact=CancelledFact(release=release, reason=detail))
    append(workspace, draft, signer(draft.who), now=FOUNDED + timedelta(days=1))


def lines_of(workspace: Workspace) -> list[bytes]:
    """With their newlines."""
    return log_path(workspace).read_bytes().splitlines(keepends=True)


def chained_anew(lines: Sequence[bytes], changed: int, change: Callable[[Entry], Entry]) -> list[bytes]:
    """Line `changed` (from 0) altered, and every hash from there on made to fit again; no signature can be."""
    entries = [Entry.model_validate_json(line) for line in lines]
    forged = list(lines[:changed])
    for number in range(changed, len(entries)):
        entry = change(entries[number]) if number == changed else entries[number]
        previous = sha256(forged[-1]) if forged else "0" * 64
        entry = entry.model_copy(update={"previous": previous})
        forged.append(encode_line(entry.model_copy(update={"hash": entry.whole_hash})))
    return forged


def signed_anew(entry: Entry, by: Signer) -> Entry:
    signed = entry.model_copy(update={"signature": by.sign(entry.signed_bytes)})
    return signed.model_copy(update={"hash": signed.whole_hash})
