"""Who has an edition before everyone: the list of a plan, confirmed in the log by a person who may publish.

plan.toml can be edited by whoever reaches the disk. So no pack is made for a list that the log does not hold: each
change of it is a line, signed by a person, with the whole list in it.
"""

from datetime import datetime, timedelta
from typing import Literal

from publisher.catalogue.plan import Plan, Recipient
from publisher.errors import ReleaseError
from publisher.model.release_event import Moment
from publisher.release.edition.manifest import EditionRef, Manifest
from publisher.release.edition.records import Record, encode_line, sha256
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.people.signing import Signer
from publisher.release.people.staffing import check_lets_publish
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft, PackBody
from publisher.release.transparency.facts import AccessFact
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace


class AccessEntry(Record):
    """catalogue.plan.Recipient, as it is written."""

    organisation: str
    post: str
    key: str
    lead_hours: int


class AccessList(Record):
    """What the detail of an 'access' line holds, on one line."""

    format: Literal["trade-publisher/access/1"] = "trade-publisher/access/1"
    series: str
    recipients: tuple[AccessEntry, ...]

    @property
    def text(self) -> str:
        return encode_line(self)[:-1].decode()

    @property
    def digest(self) -> str:
        return sha256(self.text.encode())


def access_list(plan: Plan) -> AccessList:
    """The list that the plan has now, in an order of its own."""
    entries = (
        AccessEntry(organisation=one.organisation, post=one.post, key=one.key, lead_hours=one.lead_hours)
        for one in plan.access
    )
    ordered = sorted(entries, key=lambda one: (one.organisation, one.post, one.key))
    return AccessList(series=plan.id, recipients=tuple(ordered))


def confirmed_list(log: Log, series: str) -> AccessList:
    """The list that a person confirmed last; an empty one where nobody did. The service can confirm nothing."""
    found = AccessList(series=series, recipients=())
    for entry in log.of("access"):
        listed = AccessList.model_validate_json(entry.detail)
        if listed.series == series and entry.signature and _is_person(log, entry.number, entry.signature.key):
            found = listed
    return found


def _is_person(log: Log, number: int, key: str) -> bool:
    return log.register_at(number).may(key, "publish")


def access_confirmed(log: Log, plan: Plan) -> bool:
    """Whether the plan's list is the one in the log. An empty list needs no confirmation."""
    return access_list(plan) == confirmed_list(log, plan.id)


def confirm_access(workspace: Workspace, plan: Plan, *, by: Signer, now: datetime) -> AccessList:
    """Logs the plan's list as it is now; the same list again changes nothing. Raises ReleaseError."""
    wanted = access_list(plan)
    check_lets_publish(plan, by.person)
    with disk_faults(str(workspace.log)), exclusive(workspace):
        if confirmed_list(read_log(workspace), plan.id) != wanted:
            append(workspace, Draft("access", who=by.person, detail=wanted.text), by, now=now)
    return wanted


def check_access(log: Log, plan: Plan) -> None:
    """Raises ReleaseError where the list was changed since a person confirmed it."""
    if not access_confirmed(log, plan):
        raise ReleaseError(
            "the access list is not the one that was confirmed.",
            place=f"{plan.id}/plan.toml",
            remedy=f"Check it, then run 'publisher access confirm {plan.id} --as PERSON'.",
        )


def pack_from(due: Moment, recipient: Recipient) -> datetime:
    """When the recipient may have the edition at the earliest, in UTC."""
    return due.instant - timedelta(hours=recipient.lead_hours)


def pack_keys(log: Log, edition: EditionRef) -> frozenset[str]:
    """The recipients' keys for which a pack of exactly this content was logged."""
    bodies = (entry.body for entry in log.of("pack", edition))
    return frozenset(body.recipient for body in bodies if isinstance(body, PackBody))


def access_facts(log: Log, manifest: Manifest) -> list[AccessFact]:
    """What the public is told, with this edition, of who had it before: each post once, when it was given first.

    A pack of an earlier build of the same release counts as one of the edition that comes out: its reader had the
    figures early all the same.
    """
    given: dict[tuple[str, str], str] = {}
    for entry in log.of("pack"):
        if isinstance(entry.body, PackBody) and entry.release and entry.release.id == manifest.release_id:
            given.setdefault((entry.body.organisation, entry.body.post), _to_the_second(entry.time))
    return [
        AccessFact(edition=manifest.ref.name, organisation=organisation, post=post, given=time)
        for (organisation, post), time in sorted(given.items())
    ]


def _to_the_second(time: str) -> str:
    return datetime.fromisoformat(time).isoformat(timespec="seconds")
