"""Just enough of the Thrift compact protocol to read every field of a Parquet file's headers and footer.

Source: Apache Thrift, 'Thrift compact protocol', and parquet.thrift of the Parquet format.
"""

import struct
from collections.abc import Iterator
from typing import Any

Fields = dict[int, Any]
_DEPTH = 64


class ThriftReader:
    """Reads from `data` at `place`. Raises ValueError where the bytes are no compact Thrift."""

    def __init__(self, data: bytes, place: int = 0) -> None:
        self._data = data
        self.place = place

    def fields(self, depth: int = 0) -> Fields:
        """One struct: field id -> bool, int, float, bytes, list, or Fields."""
        if depth > _DEPTH:
            raise ValueError("too deep")
        found: Fields = {}
        field = 0
        while kind_and_step := self._byte():
            step, kind = kind_and_step >> 4, kind_and_step & 15
            field = field + step if step else self._zigzag()
            found[field] = kind == 1 if kind in (1, 2) else self._value(kind, depth)
        return found

    def _value(self, kind: int, depth: int) -> Any:
        match kind:
            case 1 | 2 | 3:
                return self._byte()
            case 4 | 5 | 6:
                return self._zigzag()
            case 7:
                return struct.unpack("<d", self._take(8))[0]
            case 8:
                return self._take(self._varint())
            case 9 | 10:
                return self._list(depth)
            case 12:
                return self.fields(depth + 1)
            case _:
                raise ValueError("unknown type")

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._varint()
        if count > len(self._data):
            raise ValueError("list too long")
        return [self._value(head & 15, depth) for _ in range(count)]

    def _byte(self) -> int:
        return self._take(1)[0]

    def _take(self, count: int) -> bytes:
        taken = self._data[self.place : self.place + count]
        if len(taken) != count:
            raise ValueError("ends early")
        self.place += count
        return taken

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)


def binaries(value: Any) -> Iterator[bytes]:
    """Every byte string in a parsed value, however deep."""
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from binaries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from binaries(inner)
