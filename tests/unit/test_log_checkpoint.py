"""Signed checkpoints: one spelling, one key, one log; an old one finds what was cut or rewritten."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from publisher.errors import ReleaseError
from publisher.release.people.signing import Signer
from publisher.release.transparency.checkpoint import (
    Checkpoint,
    read_checkpoint,
    require_extends,
    require_same_log,
    sign_checkpoint,
)
from publisher.release.transparency.merkle import leaf_hash, root

ORIGIN = f"trade-publisher/log/{hashlib.sha256(b'the first register').hexdigest()}"
SIGNER = Signer("log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEY = SIGNER.key.public_key()
LINES = [f"entry {number}".encode() for number in range(12)]


def checkpoint_of(lines: list[bytes]) -> Checkpoint:
    return Checkpoint(ORIGIN, len(lines), root([leaf_hash(line) for line in lines]))


def signed(lines: list[bytes] = LINES) -> bytes:
    return sign_checkpoint(checkpoint_of(lines), SIGNER, ORIGIN)


def signed_text(text: str, key: Ed25519PrivateKey = SIGNER.key, name: str = ORIGIN) -> bytes:
    """Any text signed as a note, by hand as the specification says, apart from the code under test."""
    public = key.public_key().public_bytes_raw()
    blob = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4] + key.sign(text.encode())
    return f"{text}\n\u2014 {name} {base64.b64encode(blob).decode()}\n".encode()


def test_what_is_signed_is_read() -> None:
    assert read_checkpoint(signed(), KEY) == checkpoint_of(LINES)
    head = base64.b64encode(checkpoint_of(LINES).root).decode()
    assert signed() == signed_text(f"{ORIGIN}\n12\n{head}\n")


def test_the_example_of_the_specification_has_its_spelling() -> None:
    """The three lines of c2sp.org/tlog-checkpoint come out as they stand there."""
    head = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    example = Checkpoint("example.com/behind-the-sofa", 20852163, base64.b64decode(head))
    assert example.text.decode() == f"example.com/behind-the-sofa\n20852163\n{head}\n"


def test_every_changed_bit_is_refused() -> None:
    whole = signed()
    for position in range(len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[position] ^= 1 << bit
            with pytest.raises(ReleaseError):
                read_checkpoint(bytes(changed), KEY)


def test_every_shorter_and_a_longer_text_is_refused() -> None:
    whole = signed()
    for length in range(len(whole)):
        with pytest.raises(ReleaseError):
            read_checkpoint(whole[:length], KEY)
    for more in (b"\n", b"x", b"\n\n", b"text\n", b"\ntext\n", whole, b"\xff"):
        with pytest.raises(ReleaseError):
            read_checkpoint(whole + more, KEY)


@pytest.mark.parametrize("size", ["03", "-1", str(2**70), "+3", "3.0", "", " 3", "0x3", "3e1", "\u0663", "3\u2028"])
def test_a_size_has_one_spelling(size: str) -> None:
    head = base64.b64encode(bytes(32)).decode()
    with pytest.raises(ReleaseError):
        read_checkpoint(signed_text(f"{ORIGIN}\n{size}\n{head}\n"), KEY)


@pytest.mark.parametrize("head", ["", "AAAA", "A" * 43, "A" * 44, "A" * 42 + "B=", "é" * 44, "A" * 43 + "=\r"])
def test_a_root_has_one_spelling(head: str) -> None:
    with pytest.raises(ReleaseError):
        read_checkpoint(signed_text(f"{ORIGIN}\n3\n{head}\n"), KEY)


@pytest.mark.parametrize("lines", [0, 1, 2, 4, 5])
def test_the_text_has_three_lines(lines: int) -> None:
    all_lines = [ORIGIN, "3", base64.b64encode(bytes(32)).decode(), "more", "lines"]
    with pytest.raises(ReleaseError):
        read_checkpoint(signed_text("".join(line + "\n" for line in all_lines[:lines])), KEY)


@pytest.mark.parametrize(
    "origin", ["", "two words", "line\nbreak", "a+b", "tab\t", "nul\0", "\u2028", "сайт.example"]
)
def test_an_origin_is_one_plain_word(origin: str) -> None:
    with pytest.raises(ReleaseError):
        Checkpoint(origin, 3, bytes(32))
    with pytest.raises(ReleaseError):
        read_checkpoint(signed_text(f"{origin}\n3\n{base64.b64encode(bytes(32)).decode()}\n"), KEY)
    with pytest.raises(ReleaseError):
        sign_checkpoint(checkpoint_of(LINES), SIGNER, origin)


@pytest.mark.parametrize(("size", "head"), [(-1, bytes(32)), (2**70, bytes(32)), (3, b""), (3, bytes(33))])
def test_no_impossible_checkpoint_can_be_made(size: int, head: bytes) -> None:
    with pytest.raises(ReleaseError):
        Checkpoint(ORIGIN, size, head)


def test_another_key_is_refused_also_where_its_four_letters_of_id_agree() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    text = checkpoint_of(LINES).text.decode()
    with pytest.raises(ReleaseError, match="did not sign"):
        read_checkpoint(signed_text(text, other), KEY)
    blob = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + KEY.public_bytes_raw()).digest()[:4] + other.sign(
        text.encode()
    )
    with pytest.raises(ReleaseError, match="does not hold"):
        read_checkpoint(f"{text}\n\u2014 {ORIGIN} {base64.b64encode(blob).decode()}\n".encode(), KEY)


def test_a_witness_may_sign_beside_and_counts_for_nothing() -> None:
    witness = Ed25519PrivateKey.from_private_bytes(bytes([2]) * 32)
    text = checkpoint_of(LINES).text.decode()
    witness_line = signed_text(text, witness, "witness.example").rpartition(b"\n\n")[2]
    assert read_checkpoint(signed() + witness_line, KEY) == checkpoint_of(LINES)
    with pytest.raises(ReleaseError, match="did not sign"):
        read_checkpoint(text.encode() + b"\n" + witness_line, KEY)


def test_a_second_signature_of_the_same_key_must_hold_too() -> None:
    line = signed([b"other"]).rpartition(b"\n\n")[2]
    with pytest.raises(ReleaseError, match="does not hold"):
        read_checkpoint(signed() + line, KEY)


def test_a_note_of_no_end_is_not_read() -> None:
    line = signed().rpartition(b"\n\n")[2]
    with pytest.raises(ReleaseError):
        read_checkpoint(signed() + line * 1000, KEY)


@pytest.mark.parametrize("size", range(1, 13))
def test_a_log_that_grew_goes_on_from_each_old_checkpoint(size: int) -> None:
    require_extends(LINES, checkpoint_of(LINES[:size]))


@pytest.mark.parametrize("left", range(12))
def test_a_log_that_was_cut_is_found(left: int) -> None:
    with pytest.raises(ReleaseError, match=f"was cut: it has {left} entries, and had 12"):
        require_extends(LINES[:left], checkpoint_of(LINES))


@pytest.mark.parametrize("at", range(12))
def test_a_log_that_was_rewritten_is_found(at: int) -> None:
    rewritten = [*LINES[:at], b"another", *LINES[at + 1 :], b"and more"]
    with pytest.raises(ReleaseError, match="was rewritten"):
        require_extends(rewritten, checkpoint_of(LINES))


@pytest.mark.parametrize("at", range(1, 12))
def test_a_checkpoint_says_nothing_of_what_came_later(at: int) -> None:
    require_extends([*LINES[:at], b"another", *LINES[at + 1 :]], checkpoint_of(LINES[:at]))


def test_swapped_and_repeated_entries_are_found() -> None:
    for lines in ([LINES[1], LINES[0], *LINES[2:]], [LINES[0], *LINES], [*LINES[:5], *LINES[4:]], LINES[::-1]):
        with pytest.raises(ReleaseError, match="was rewritten"):
            require_extends(lines, checkpoint_of(LINES))


def test_an_old_checkpoint_of_nothing_proves_nothing() -> None:
    with pytest.raises(ReleaseError, match="proves nothing"):
        require_extends(LINES, checkpoint_of([]))


def test_two_logs_are_told_apart() -> None:
    require_same_log(checkpoint_of(LINES), checkpoint_of(LINES[:3]))
    for other in (f"{ORIGIN}/private", "trade-publisher/log/another"):
        with pytest.raises(ReleaseError, match="another log"):
            require_same_log(checkpoint_of(LINES), Checkpoint(other, 3, bytes(32)))


def test_a_key_read_from_elsewhere_is_the_same_key() -> None:
    again = Ed25519PublicKey.from_public_bytes(KEY.public_bytes_raw())
    assert read_checkpoint(signed(), again).size == 12
