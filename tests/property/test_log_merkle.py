"""Proofs in trees of any size hold for what they prove, and for nothing that was altered."""

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.release.transparency.merkle import consistency, consistent, included, inclusion, leaf_hash, root
from tests.lib.examples import examples

WHOLE = [leaf_hash(str(number).encode()) for number in range(3000)]

sizes = st.integers(min_value=65, max_value=len(WHOLE))


@settings(max_examples=examples(60), deadline=None)
@given(size=sizes, data=st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    head, path = root(WHOLE[:size]), inclusion(index, WHOLE[:size])
    assert included(WHOLE[index], index, size, path, head)
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
    assert not included(WHOLE[other], index, size, path, head)
    assert not included(WHOLE[index], other, size, path, head)
    assert not included(WHOLE[index], index, size, altered(path, data), head)


@settings(max_examples=examples(60), deadline=None)
@given(size=sizes, data=st.data())
def test_consistency(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    before, after, path = root(WHOLE[:old]), root(WHOLE[:size]), consistency(old, WHOLE[:size])
    assert consistent(old, size, before, after, path)
    assert not consistent(old, size, before, after, altered(path, data))
    wrong = data.draw(st.integers(1, size).filter(lambda number: number != old))
    assert not consistent(wrong, size, before, after, path)
    assert not consistent(wrong, size, root(WHOLE[:wrong]), after, path)


def altered(path: list[bytes], data: st.DataObject) -> list[bytes]:
    """One bit of one hash of the path is another."""
    at, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
    changed = int.from_bytes(path[at]) ^ (1 << bit)
    return [*path[:at], changed.to_bytes(32), *path[at + 1 :]]
