"""A Merkle tree that grows leaf by leaf: keeps the roots of the full subtrees only (RFC 6962, section 2.1)."""

from publisher.release.transparency.merkle import EMPTY, node_hash


class Tree:
    """`root` is that of merkle.root over the same leaf hashes; adding one costs log(size)."""

    def __init__(self, size: int = 0, full: tuple[bytes, ...] = ()) -> None:
        self.size = size
        self._full = list(full)  # of falling size, one for each bit of `size` that is set

    def add(self, leaf: bytes) -> None:
        merged, size = leaf, self.size
        while size & 1:
            merged, size = node_hash(self._full.pop(), merged), size >> 1
        self._full.append(merged)
        self.size += 1

    @property
    def root(self) -> bytes:
        if not self._full:
            return EMPTY
        *left, found = self._full
        for subtree in reversed(left):
            found = node_hash(subtree, found)
        return found

    def copy(self) -> "Tree":
        return Tree(self.size, tuple(self._full))
