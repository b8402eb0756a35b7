"""What must never be seen: names of persons and companies, and canaries planted by tests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pyarrow as pa

BATCH = 50_000


@dataclass(frozen=True)
class Secrets:
    """`identifiers` is any iterable of strings that can be read more than once, or an Arrow (chunked) array.

    `canaries` are searched as plain substrings, so that no neighbouring letter can mask them. The repr shows
    neither.
    """

    identifiers: "Iterable[str] | pa.Array[Any] | pa.ChunkedArray[Any]" = field(default=(), repr=False)
    canaries: tuple[str, ...] = field(default=(), repr=False)

    def batches(self) -> Iterator[list[str]]:
        """The identifiers, BATCH at a time; nulls and blanks are left out."""
        if isinstance(self.identifiers, pa.Array | pa.ChunkedArray):
            for start in range(0, len(self.identifiers), BATCH):
                texts = self.identifiers.slice(start, BATCH).cast(pa.string()).to_pylist()
                yield [text for text in texts if text and text.strip()]
            return
        everything = iter(self.identifiers)
        while batch := list(islice(everything, BATCH)):
            yield [text for text in batch if text and text.strip()]
