"""Who may change the register: whatever is signed by others, by too few or wrongly is refused, and the line named."""

from pathlib import Path

import pytest

from publisher.errors import ReleaseError
from publisher.release.edition.records import encode
from publisher.release.people.changes import revoke
from publisher.release.people.people import new_person, read_register
from publisher.release.people.register import Person, Register
from publisher.release.transparency.append import append, names_commitment
from publisher.release.transparency.checkpoint import read_checkpoint, require_extends
from publisher.release.transparency.entry import Draft, RegisterBody
from publisher.release.transparency.facts import RegisterFact, WithdrawnFact
from publisher.release.transparency.log import checkpoint_path, log_path, read_log
from publisher.release.transparency.succession import public_keys, shown_problem
from publisher.release.transparency.succession import shown as public_part
from publisher.settings import Workspace
from tests.lib.people import confirmed, fresh, log_version, next_version, two_administrators
from tests.lib.release import NOW, approve, build, make_workspace, signer


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def eve(*roles: str) -> Person:
    return new_person("eve", roles or ("approve",), fresh("eve").key.public_key())  # type: ignore[arg-type]


def with_eve(workspace: Workspace, *roles: str) -> Register:
    return next_version(workspace, people=(*read_register(workspace).people, eve(*roles)))


def test_who_does_not_administer_cannot_change_the_register(workspace: Workspace) -> None:
    for who in (signer("dua"), fresh("eve")):
        with pytest.raises(ReleaseError, match="signed by nobody who may sign for 'register'"):
            log_version(workspace, with_eve(workspace), who)


def test_a_revoked_administrator_cannot_either(workspace: Workspace) -> None:
    two_administrators(workspace, needed=1)
    revoke(workspace, "dua", "left", by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="signed by nobody"):
        log_version(workspace, with_eve(workspace), signer("dua"))


def test_a_version_does_not_give_its_own_signer_the_role(workspace: Workspace) -> None:
    with pytest.raises(ReleaseError, match="signed by nobody"):
        log_version(workspace, with_eve(workspace, "administer"), fresh("eve"))


def test_an_approver_cannot_log_a_register_as_something_else(workspace: Workspace) -> None:
    version = with_eve(workspace, "administer")
    draft = Draft("approved", who="bob", body=RegisterBody(version=version))
    with pytest.raises(ReleaseError, match="belongs to another event"):
        append(workspace, draft, signer("bob"), now=NOW)
    fact = RegisterFact(version=version.version, keys=public_keys(version), names="0" * 64)
    with pytest.raises(ReleaseError, match="another event"):
        append(workspace, Draft("published", who="dua", fact=fact), signer("dua"), now=NOW)
    with pytest.raises(ReleaseError, match="no version of the register"):
        append(workspace, Draft("register", who="ann"), signer("ann"), now=NOW)


def test_what_only_people_may_do_is_not_done_under_an_event_of_the_service(workspace: Workspace) -> None:
    edition = build(workspace, "2021-03").manifest.ref
    fact = WithdrawnFact(edition=edition, reason="r", contact="c", known="k")
    with pytest.raises(ReleaseError, match="another event"):
        append(workspace, Draft("announced", who="dua", edition=edition, fact=fact), signer("dua"), now=NOW)


def test_a_line_names_who_signed_it(workspace: Workspace) -> None:
    with pytest.raises(ReleaseError, match="names another person"):
        append(workspace, Draft("data_in", who="dua"), signer("ann"), now=NOW)


def test_one_of_two_administrators_is_not_enough(workspace: Workspace) -> None:
    two_administrators(workspace)
    version = with_eve(workspace)
    for also in ((), (signer("ann"),)):
        with pytest.raises(ReleaseError, match="fewer than 2 administrators"):
            log_version(workspace, version, signer("ann"), *also)
    for stranger in (signer("bob"), fresh("eve")):
        with pytest.raises(ReleaseError, match="somebody who does not administer"):
            log_version(workspace, version, signer("ann"), stranger)
    log_version(workspace, version, signer("ann"), signer("dua"))
    assert read_register(workspace).named("eve")


def test_a_second_signature_over_another_version_does_not_count(workspace: Workspace) -> None:
    two_administrators(workspace)
    version, other = with_eve(workspace, "administer"), with_eve(workspace, "approve")
    body = RegisterBody(version=version, also=(signer("dua").sign(encode(other)),))
    fact = public_part(version, names_commitment(workspace, version))
    with pytest.raises(ReleaseError, match="somebody who does not administer"):
        append(workspace, Draft("register", who="ann", body=body, fact=fact), signer("ann"), now=NOW)


def test_the_number_of_administrators_is_lowered_only_by_so_many(workspace: Workspace) -> None:
    two_administrators(workspace)
    with pytest.raises(ReleaseError, match="fewer than 2"):
        log_version(workspace, next_version(workspace, administrators_needed=1), signer("ann"))
    with pytest.raises(ReleaseError, match="fewer administrators than must sign"):
        log_version(workspace, next_version(workspace, administrators_needed=3), signer("ann"), signer("dua"))


def renamed(person: Person) -> Person:
    return person.model_copy(update={"name": "robert"})


def other_key(person: Person) -> Person:
    return new_person(person.name, person.roles, fresh("bob", 2).key.public_key())


def misprinted(person: Person) -> Person:
    return person.model_copy(update={"fingerprint": "0" * 64})


def robot(person: Person) -> Person:
    return person.model_copy(update={"roles": ("operate",)})


def twice(person: Person) -> Person:
    return person.model_copy(update={"roles": ("approve", "approve")})


def nothing(person: Person) -> Person:
    return person.model_copy(update={"roles": ()})


def named_like_ann(person: Person) -> Person:
    return new_person("ann", ("approve",), fresh("ann", 2).key.public_key())


@pytest.mark.parametrize("mend", [renamed, other_key, misprinted, robot, twice, nothing, named_like_ann])
def test_an_entry_is_not_rewritten(workspace: Workspace, mend: object) -> None:
    people = tuple(mend(p) if p.name == "bob" else p for p in read_register(workspace).people)  # type: ignore[operator]
    with pytest.raises(ReleaseError, match=r"drops a key|holds a register that"):
        log_version(workspace, next_version(workspace, people=people), signer("ann"))


def test_keys_are_neither_dropped_nor_listed_twice_nor_brought_back(workspace: Workspace) -> None:
    people = read_register(workspace).people
    bob = next(p for p in people if p.name == "bob")
    twin = bob.model_copy(update={"name": "eve"})
    late = eve().model_copy(update={"revoked": True})
    service = new_person("service", ("operate",), fresh("service").key.public_key())
    for changed in (people[:-1], people[::-1], (*people, twin), (*people, late), (*people, service), people[1:]):
        with pytest.raises(ReleaseError, match=r"drops a key|holds a register that|never in force"):
            log_version(workspace, next_version(workspace, people=changed), signer("ann"))
    revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)
    with pytest.raises(ReleaseError, match="brings a revoked one back"):
        log_version(workspace, next_version(workspace, people=people), signer("ann"))


def test_no_version_is_skipped_or_repeated(workspace: Workspace) -> None:
    register = with_eve(workspace)
    for number in (register.version - 1, register.version + 1, 1, 0, -1):
        with pytest.raises(ReleaseError, match="no next version"):
            log_version(workspace, register.model_copy(update={"version": number}), signer("ann"))


def test_the_public_is_told_the_keys_of_the_version(workspace: Workspace) -> None:
    with pytest.raises(ReleaseError, match="tells the public another register"):
        log_version(workspace, with_eve(workspace), signer("ann"), shown=read_register(workspace))


def test_the_public_part_is_signed_by_as_many_administrators(workspace: Workspace) -> None:
    """Else whoever holds the service key could show readers an approver whom nobody entered."""
    two_administrators(workspace)
    version = with_eve(workspace)
    body = RegisterBody(version=version, also=(signer("dua").sign(encode(version)),))
    fact = public_part(version, names_commitment(workspace, version))
    ann, dua, bob = (signer(name).sign(fact.signed_bytes) for name in ("ann", "dua", "bob"))
    for signatures, problem in (
        ((), "shows a register signed by fewer than 2"),
        ((ann, ann), "shows a register signed by fewer than 2"),
        ((ann, bob), "shows a register signed by somebody"),
        ((ann, dua, bob), "shows a register signed by somebody"),
        ((ann, signer("dua").sign(b"other")), "shows a register signed by somebody"),
    ):
        draft = Draft("register", who="ann", body=body, fact=fact.model_copy(update={"signatures": signatures}))
        with pytest.raises(ReleaseError, match=problem):
            append(workspace, draft, signer("ann"), now=NOW)
    lowered = fact.model_copy(update={"administrators_needed": 1, "signatures": (ann, dua)})
    with pytest.raises(ReleaseError, match="tells the public another register"):
        append(workspace, Draft("register", who="ann", body=body, fact=lowered), signer("ann"), now=NOW)


def test_every_version_that_readers_see_is_signed(workspace: Workspace) -> None:
    two_administrators(workspace)
    revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)
    confirmed(workspace)
    facts = [leaf.fact for leaf in read_log(workspace).leaves if isinstance(leaf.fact, RegisterFact)]
    assert [len(fact.signatures) for fact in facts] == [1, 1, 1, 1, 1, 1, 2]
    for before, after in zip((None, *facts), facts, strict=False):
        assert shown_problem(before, after) == ""
    assert shown_problem(facts[-2], facts[-1].model_copy(update={"signatures": facts[-1].signatures[:1]}))


def test_a_dropped_newest_version_is_found_by_both_checkpoints(workspace: Workspace) -> None:
    revoke(workspace, "bob", "left", by=signer("ann"), now=NOW)
    log, service = read_log(workspace), read_register(workspace).named("service")
    kept, private = log.public_checkpoint(), checkpoint_path(workspace)
    lines = log_path(workspace).read_bytes().splitlines(keepends=True)
    log_path(workspace).write_bytes(b"".join(lines[:-1]))
    with pytest.raises(ReleaseError, match="the log was cut: it has 4 entries, and had 5"):
        read_log(workspace)
    private.unlink()
    with pytest.raises(ReleaseError, match="checkpoint is gone"):
        read_log(workspace)
    assert service is not None
    leaves = [leaf.model_dump_json().encode() for leaf in log.leaves[:-1]]
    with pytest.raises(ReleaseError, match="the log was cut"):
        require_extends(leaves, read_checkpoint(kept, service.key))


def flips_of(workspace: Workspace, step: int) -> int:
    """Each damaged copy of the log names the line whose byte was flipped. Returns how many there were."""
    path, tried = log_path(workspace), 0
    whole = path.read_bytes()
    for place in range(0, len(whole), step):
        line = whole.count(b"\n", 0, place) + 1
        flipped = bytes([whole[place] ^ (1 << place % 8)])
        if whole[place : place + 1] == b"\n" or flipped == b"\n":
            continue  # two lines become one, or one becomes two: the next test
        path.write_bytes(whole[:place] + flipped + whole[place + 1 :])
        with pytest.raises(ReleaseError, match=f"line {line} "):
            read_log(workspace)
        tried += 1
    path.write_bytes(whole)
    assert read_log(workspace).entries
    return tried


def changed_register(workspace: Workspace) -> None:
    """Lines of every kind that this room writes: versions, one by two administrators, approvals."""
    edition = build(workspace, "2021-03")
    approve(edition, "bob")
    two_administrators(workspace)
    log_version(workspace, with_eve(workspace), signer("ann"), signer("dua"))


def test_a_flipped_bit_in_a_register_or_an_approval_is_found_and_its_line_named(workspace: Workspace) -> None:
    changed_register(workspace)
    assert flips_of(workspace, 97) > 100


@pytest.mark.slow
def test_every_flipped_byte_of_a_register_or_an_approval_is_found(workspace: Workspace) -> None:
    changed_register(workspace)
    assert flips_of(workspace, 1) > 10_000


def test_a_flipped_line_end_is_found(workspace: Workspace) -> None:
    path = log_path(workspace)
    whole = path.read_bytes()
    for place in [i for i, byte in enumerate(whole) if byte == ord("\n")]:
        path.write_bytes(whole[:place] + b"\x0b" + whole[place + 1 :])
        with pytest.raises(ReleaseError):
            read_log(workspace)
