"""What a bench measures by stage."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Stages:
    """Seconds by stage, added up where it comes again, told on stderr as each ends.

    `cpu`: of the processor, in all processes that ended by then.
    """

    seconds: Counter[str] = field(default_factory=Counter)
    cpu: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun, used = time.perf_counter(), sum(os.times()[:4])
        yield
        took = time.perf_counter() - begun
        self.seconds[name] += took
        self.cpu[name] += sum(os.times()[:4]) - used
        print(f"{name:<14} {took:8.2f} s", file=sys.stderr, flush=True)

    def total(self, *names: str) -> float:
        return round(sum(self.seconds[name] for name in names), 2)

    def report(self) -> dict[str, dict[str, float]]:
        measured = {"seconds": self.seconds, "cpu_seconds": self.cpu}
        return {kind: {name: round(took, 2) for name, took in found.items()} for kind, found in measured.items()}
