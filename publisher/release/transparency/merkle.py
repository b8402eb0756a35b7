"""Merkle trees of a log: roots, inclusion and consistency paths, and their verification.

Trees and paths are those of RFC 6962 section 2.1; the verifiers are the algorithms of RFC 9162 sections 2.1.3.2
and 2.1.4.2. Everywhere `leaves` are leaf *hashes* (32 bytes, by `leaf_hash`), never the entries themselves.
"""

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || entry). The prefix keeps a leaf from passing as an inner node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


EMPTY = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""


def root(leaves: Sequence[bytes]) -> bytes:
    """The tree's root (32 bytes), level by level: neighbours pair up, an odd last one rises unchanged.

    This is the tree of RFC 6962, which splits at the largest power of two below the size. Raises ValueError where
    a leaf is not 32 bytes, for then it is an entry and not its hash.
    """
    if any(len(leaf) != 32 for leaf in leaves):
        raise ValueError("leaves are hashes of 32 bytes: take leaf_hash of each entry")
    level = list(leaves)
    while len(level) > 1:
        level = _level_above(level)
    return level[0] if level else EMPTY


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs + list(level[len(level) - len(level) % 2 :])


def inclusion(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path of leaf `index`: the hashes beside its way up, lowest first (RFC 6962 section 2.1.1).

    Raises IndexError where there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} in a tree of {len(leaves)}")
    path, level = [], list(leaves)
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):  # else the node is an odd last one and rises alone
            path.append(level[beside])
        level, index = _level_above(level), index // 2
    return path


def consistency(size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The path that proves the tree of the first `size` leaves a prefix of this one (RFC 6962 section 2.1.2).

    Raises IndexError where `size` is not from 1 to the number of leaves.
    """
    if not 0 < size <= len(leaves):
        raise IndexError(f"a tree of {len(leaves)} has no proof for {size} leaves")
    return _subproof(size, leaves, known=True)


def _subproof(size: int, leaves: Sequence[bytes], *, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962; `known`: the verifier holds the root of these `size` leaves already."""
    if size == len(leaves):
        return [] if known else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1  # the largest power of two below the number of leaves
    if size <= split:
        return [*_subproof(size, leaves[:split], known=known), root(leaves[split:])]
    return [*_subproof(size - split, leaves[split:], known=False), root(leaves[:split])]


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], tree_root: bytes) -> bool:
    """Whether `path` proves that leaf hash `leaf` is number `index` of the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    node, last, reached = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return False  # the path goes on above the root
        if node % 2 or node == last:
            reached = node_hash(beside, reached)
            node, last = _to_right_child(node, last)
        else:
            reached = node_hash(reached, beside)
        node, last = node >> 1, last >> 1
    return last == 0 and reached == tree_root


def consistent(old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree of `old_size` leaves is the beginning of the tree of `new_size`.

    The tree without leaves is the beginning of every tree and needs no path: it proves nothing.
    """
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == EMPTY
    if not path:
        return False
    whole = old_size & (old_size - 1) == 0  # a complete tree: its own root begins the path
    return _climb(old_size, new_size, [old_root, *path] if whole else path) == (old_root, new_root)


def _climb(old_size: int, new_size: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots of both trees that the path leads to; None where its length does not fit the sizes."""
    node, last = old_size - 1, new_size - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for beside in path[1:]:
        if last == 0:
            return None
        if node % 2 or node == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            node, last = _to_right_child(node, last)
        else:
            new = node_hash(new, beside)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None


def _to_right_child(node: int, last: int) -> tuple[int, int]:
    """Up over the levels on which an odd last node rises alone."""
    while node and not node % 2:
        node, last = node >> 1, last >> 1
    return node, last
