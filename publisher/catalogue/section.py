"""Reading TOML strictly, with every fault of a file at once.

A method that finds a key missing or wrong notes the fault and returns a stand-in of the right type, so that
reading goes on to the next fault. What was read while any fault was noted must be thrown away.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from publisher.errors import Fault


class Section:
    """One table of a TOML file. `place` is 'file: ' or 'file: key.'; close() notes the keys nobody asked for."""

    def __init__(self, place: str, data: Mapping[str, object], faults: list[Fault]) -> None:
        self._place = place
        self._data = data
        self._faults = faults
        self._known: list[str] = []

    def fault(self, key: str, problem: str, allowed: str = "") -> None:
        self._faults.append(Fault(f"{self._place}{key}".rstrip(":. "), problem, allowed))

    def has(self, key: str) -> bool:
        """Whether the optional key stands there; asking makes it a known key."""
        self._known.append(key)
        return key in self._data

    def close(self) -> None:
        for key in self._data:
            if key not in self._known:
                self.fault(key, "is not a known key", ", ".join(dict.fromkeys(self._known)))

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not blank."""
        value = self._value(key, default, "a text in quotes")
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.fault(key, "must be a text that is not empty", "a text in quotes")
            return ""
        return value.strip()

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of `allowed`; "" when it is not."""
        value = self._value(key, default, ", ".join(allowed))
        if value is None:
            return ""
        if not isinstance(value, str) or value not in allowed:
            self.fault(key, f"cannot be {_shown(value)}", ", ".join(allowed))
            return ""
        return value

    def matching(self, key: str, pattern: re.Pattern[str], allowed: str) -> str:
        """A text of which the whole matches `pattern`; "" when it does not."""
        value = self._value(key, None, allowed)
        if value is None:
            return ""
        if not isinstance(value, str) or not pattern.fullmatch(value):
            self.fault(key, f"cannot be {_shown(value)}", allowed)
            return ""
        return value

    def is_text(self, key: str) -> bool:
        """Whether a text stands there, where a number may stand too."""
        return isinstance(self._data.get(key), str)

    def whole(self, key: str, *, least: int, most: int | None = None, default: int | None = None) -> int:
        allowed = f"a whole number of at least {least}" + (f" and at most {most}" if most is not None else "")
        value = self._value(key, default, allowed)
        if value is None:
            return least
        if not isinstance(value, int) or isinstance(value, bool) or value < least or (most and value > most):
            self.fault(key, f"cannot be {_shown(value)}", allowed)
            return least
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._value(key, default, "true, false")
        if not isinstance(value, bool):
            self.fault(key, f"cannot be {_shown(value)}", "true, false")
            return default
        return value

    def fraction(
        self, key: str, *, below: int | None = None, at_most: int | None = None, default: Fraction | None = None
    ) -> Fraction:
        """An exact number above 0: a whole number, or a text such as "1/50". A float is refused: 0.1 is not 1/10."""
        bound = f", below {below}" if below is not None else f", at most {at_most}" if at_most is not None else ""
        allowed = f'a whole number or an exact fraction in quotes such as "1/50", above 0{bound}'
        stand_in = default if default is not None else Fraction(1)
        value = self._value(key, default, allowed)
        if value is None:
            return stand_in
        if isinstance(value, float):
            self.fault(key, f"is the floating-point number {value}, which is not exact", allowed)
            return stand_in
        number = _exact(value)
        high = number is not None and ((below and number >= below) or (at_most and number > at_most))
        if number is None or number <= 0 or high:
            self.fault(key, f"cannot be {_shown(value)}", allowed)
            return stand_in
        return number

    def texts(self, key: str, allowed: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of one or more different texts, each of `allowed` where that is given."""
        hint = ", ".join(allowed) if allowed is not None else "a list of texts in quotes"
        value = self._value(key, None, hint)
        if value is None:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            self.fault(key, "must be a list of one or more texts", hint)
            return ()
        for item in sorted({item for item in value if value.count(item) > 1}):
            self.fault(key, f"names {item} twice", "each once")
        for item in dict.fromkeys(value):
            if allowed is not None and item not in allowed:
                self.fault(key, f"names the unknown {item}", hint)
        return tuple(dict.fromkeys(value))

    def ascending(self, key: str, *, least: int, fewest: int, most: int) -> tuple[int, ...]:
        """A list of whole numbers of at least `least`, each larger than the one before."""
        allowed = f"a list of {fewest} to {most} whole numbers of at least {least}, each larger than the one before"
        value = self._value(key, None, allowed)
        if value is None:
            return ()
        whole = isinstance(value, list) and all(isinstance(n, int) and not isinstance(n, bool) for n in value)
        if not isinstance(value, list) or not whole or not fewest <= len(value) <= most:
            self.fault(key, f"cannot be {_shown(value)}", allowed)
            return ()
        if value[0] < least or any(one >= after for one, after in pairwise(value)):
            self.fault(key, f"cannot be {_shown(value)}", allowed)
            return ()
        return tuple(value)

    def section(self, key: str) -> "Section":
        """The table under `key`; an empty one, with the fault noted, where there is none."""
        value = self._value(key, None, f"a section [{key}]")
        if value is not None and not isinstance(value, dict):
            self.fault(key, "must be a section", f"a section [{key}]")
        if not isinstance(value, dict):
            return Section(f"{self._place}{key}.", {}, [])  # its own missing keys are not worth a line each
        return Section(f"{self._place}{key}.", value, self._faults)

    def sections(self, key: str) -> tuple["Section", ...]:
        """The tables [[key]], at least one. Their place counts from 1."""
        hint = f"one or more sections [[{key}]]"
        value = self._value(key, None, hint)
        if value is None:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            self.fault(key, "must be a list of sections", hint)
            return ()
        return tuple(Section(f"{self._place}{key}[{n}].", item, self._faults) for n, item in enumerate(value, 1))

    def _value(self, key: str, default: object, allowed: str) -> object:
        self._known.append(key)
        if key not in self._data and default is None:
            self.fault(key, "is missing", allowed)
        return self._data.get(key, default)


def read_toml(path: Path, faults: list[Fault]) -> Mapping[str, object] | None:
    """The file as TOML; None, with the fault noted, where it cannot be read."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as unreadable:
        faults.append(Fault(shown_path(path), f"cannot be read: {unreadable.strerror}", "a readable file"))
    except UnicodeDecodeError as broken:
        line = path.read_bytes()[: broken.start].count(b"\n") + 1
        faults.append(Fault(f"{shown_path(path)}: line {line}", "is not UTF-8 text", "a file saved as UTF-8"))
    except tomllib.TOMLDecodeError as broken:
        faults.append(Fault(shown_path(path), f"is not TOML: {broken}", "see https://toml.io"))
    return None


def shown_path(path: Path) -> str:
    """A path short enough for a message: the file and the folder it lies in."""
    return f"{path.resolve().parent.name}/{path.name}"


def _exact(value: object) -> Fraction | None:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return Fraction(value) if isinstance(value, int) or not set(value) - set("0123456789/ ") else None
    except (ValueError, ZeroDivisionError):
        return None


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
