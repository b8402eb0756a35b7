"""The pages' scripts, joined from their parts, and calls that hand data to them."""

import json
import re
from collections.abc import Sequence
from importlib import resources

PARTS = (
    "words",
    "page",
    "copy",
    "load",
    "order",
    "choose",
    "pivot",
    "cells",
    "view",
    "tree",
    "why",
    "save",
    "controls",
)
_HEAD = "/* Made from publisher/publication/script, which has the comments. */\n(function () {\n'use strict';"
_COMMENT = re.compile(r"^[ ]*/\*.*?\*/\n", re.M | re.S)
_TEXT = re.compile(r'("(?:[^"\\]|\\.)*"|`[^`]*`)')
_PLUS = re.compile(r"(?<=[\w)\]]) \+ (?=[\w(])")
_SIGN = re.compile(r" ?([=*<>&|?:;,(){}]) ?")


def table_script() -> bytes:
    """assets/table.js."""
    return _joined(PARTS)


def chart_script() -> bytes:
    """assets/charts.js, for pages without a table of cells."""
    return _joined(("tell", "picture", "keep"))


def picture_script() -> bytes:
    """assets/picture.js. It comes beside table.js: both together stay below 30,000 bytes."""
    return _joined(("linked", "keep"))


def standing_script() -> bytes:
    """assets/standing.js, for pages of editions. With those beside it below 30,000 bytes."""
    return _joined(("standing",))


def periods_script() -> bytes:
    """assets/periods.js, for tables over time."""
    return _joined(("periods",))


def _joined(parts: Sequence[str]) -> bytes:
    """Comments on lines of their own and spaces that mean nothing are left out, nothing else."""
    folder = resources.files("publisher.publication").joinpath("script")
    source = "".join(folder.joinpath(f"{part}.js").read_text("utf-8") for part in parts)
    lines = (_tight(line.strip()) for line in _COMMENT.sub("", source).splitlines() if line.strip())
    return "\n".join((_HEAD, *lines, "}());\n")).encode("utf-8")


def _tight(line: str) -> str:
    """Without spaces around signs outside of texts. Lines that may hold a pattern, or a text in a text, stay."""
    if "'" in line or "/" in line or line.count("`") > 2:
        return line
    parts = enumerate(_TEXT.split(line))
    return "".join(part if is_text % 2 else _PLUS.sub("+", _SIGN.sub(r"\1", part)) for is_text, part in parts)


def call(function: str, *arguments: object) -> bytes:
    """One call as a script file: a page opened from file:// may load a script but not fetch a file."""
    text = ",".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in arguments)
    return f"{function}({script_safe(text)});\n".encode()


def script_safe(text: str) -> str:
    """JSON that is also a JavaScript literal whatever names hold: line separators and '<' escaped."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
