"""Trees and proofs of RFC 6962: a vector that everybody knows, all small trees, and every wrong claim about them."""

import hashlib

import pytest

from publisher.release.transparency.merkle import (
    EMPTY,
    consistency,
    consistent,
    included,
    inclusion,
    leaf_hash,
    root,
)

WHOLE = [leaf_hash(bytes([number])) for number in range(64)]
ROOTS = [root(WHOLE[:size]) for size in range(65)]

# The inputs and roots that the tests of Certificate Transparency implementations have used since RFC 6962.
KNOWN_ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
KNOWN_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def changed(digest: bytes) -> bytes:
    return hashlib.sha256(digest).digest()


@pytest.mark.parametrize("size", KNOWN_ROOTS)
def test_the_published_roots(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in KNOWN_ENTRIES[:size]]
    assert root(leaves).hex() == KNOWN_ROOTS[size]


def test_the_root_is_that_of_the_definition() -> None:
    def defined(leaves: list[bytes]) -> bytes:
        """MTH of RFC 6962 section 2.1, as it stands there."""
        if len(leaves) < 2:
            return leaves[0] if leaves else hashlib.sha256(b"").digest()
        split = max(2**power for power in range(7) if 2**power < len(leaves))
        return hashlib.sha256(b"\x01" + defined(leaves[:split]) + defined(leaves[split:])).digest()

    assert [defined(WHOLE[:size]) for size in range(65)] == ROOTS
    assert len(set(ROOTS)) == 65


@pytest.mark.parametrize("size", range(1, 65))
def test_every_leaf_is_proved_and_nothing_else(size: int) -> None:
    for index in range(size):
        path = inclusion(index, WHOLE[:size])
        assert included(WHOLE[index], index, size, path, ROOTS[size])
        assert not any(
            included(WHOLE[index], wrong, size, path, ROOTS[size]) for wrong in range(size) if wrong != index
        )
        assert not included(changed(WHOLE[index]), index, size, path, ROOTS[size])
        assert not any(included(WHOLE[index], index, size, bad, ROOTS[size]) for bad in damaged(path))


def damaged(path: list[bytes]) -> list[list[bytes]]:
    """Each hash altered, each left out, one more at either end."""
    altered = [[*path[:at], changed(path[at]), *path[at + 1 :]] for at in range(len(path))]
    shorter = [[*path[:at], *path[at + 1 :]] for at in range(len(path))]
    return [*altered, *shorter, [*path, ROOTS[1]], [ROOTS[1], *path]]


@pytest.mark.parametrize("size", range(1, 65))
def test_a_proof_holds_for_no_root_of_another_size(size: int) -> None:
    path = inclusion(size - 1, WHOLE[:size])
    others = [other for other in range(65) if other != size]
    assert not any(included(WHOLE[size - 1], size - 1, size, path, ROOTS[other]) for other in others)
    assert not any(included(WHOLE[size - 1], size - 1, other, path, ROOTS[other]) for other in others)


@pytest.mark.parametrize("size", range(1, 65))
def test_every_prefix_is_proved_and_no_other(size: int) -> None:
    for old in range(1, size + 1):
        path = consistency(old, WHOLE[:size])
        assert consistent(old, size, ROOTS[old], ROOTS[size], path)
        wrong = [other for other in range(1, size + 1) if other != old]
        assert not any(consistent(other, size, ROOTS[old], ROOTS[size], path) for other in wrong)
        assert not any(consistent(other, size, ROOTS[other], ROOTS[size], path) for other in wrong)
        assert not consistent(old, size, changed(ROOTS[old]), ROOTS[size], path)
        assert not consistent(old, size, ROOTS[old], changed(ROOTS[size]), path)
        assert not any(consistent(old, size, ROOTS[old], ROOTS[size], bad) for bad in damaged(path))


def test_a_proof_holds_for_no_longer_or_shorter_tree() -> None:
    for size in range(2, 40):
        for old in range(1, size):
            path = consistency(old, WHOLE[:size])
            others = [other for other in range(40) if other != size]
            assert not any(consistent(old, other, ROOTS[old], ROOTS[other], path) for other in others)


def test_a_rewritten_tree_has_no_proof_from_the_old_one() -> None:
    rewritten = [changed(WHOLE[0]), *WHOLE[1:]]
    for size in range(1, 65):
        for old in range(1, size + 1):
            path = consistency(old, rewritten[:size])
            assert not consistent(old, size, ROOTS[old], root(rewritten[:size]), path)


def test_the_empty_tree() -> None:
    assert root([]) == EMPTY == hashlib.sha256(b"").digest()
    assert consistent(0, 0, EMPTY, EMPTY, [])
    assert consistent(0, 5, EMPTY, ROOTS[5], [])
    assert not consistent(0, 5, ROOTS[1], ROOTS[5], [])
    assert not consistent(0, 5, EMPTY, ROOTS[5], [ROOTS[5]])
    assert not included(WHOLE[0], 0, 0, [], EMPTY)
    with pytest.raises(IndexError):
        inclusion(0, [])
    for size in (0, 4, -1):
        with pytest.raises(IndexError):
            consistency(size, WHOLE[:3])


def test_negative_numbers_prove_nothing() -> None:
    assert not included(WHOLE[0], -1, 1, [], ROOTS[1])
    assert not consistent(-1, 1, ROOTS[1], ROOTS[1], [])
    assert not consistent(-1, -1, ROOTS[1], ROOTS[1], [])
    assert not consistent(3, 2, ROOTS[3], ROOTS[2], [ROOTS[3]])


def test_an_entry_does_not_pass_as_an_inner_node_nor_the_other_way() -> None:
    two = b"\x01" + WHOLE[0] + WHOLE[1]
    assert leaf_hash(two) != ROOTS[2] != leaf_hash(two[1:])
    with pytest.raises(ValueError, match="leaf_hash"):
        root([b"an entry, not its hash"])
