"""The office's logo: one SVG that needs nothing from outside itself and holds no long number."""

import re
from xml.etree import ElementTree

LARGEST_BYTES = 32_768
_LONG_NUMBER = re.compile(r"\d(?:\.?\d){5}")  # the audit takes six digits for a figure (audit/numbers.py)
_FORBIDDEN = re.compile(
    r"<!(?!--)|<(?:\w+:)?(?:script|foreignObject|image|use|a)\b|\bon\w+\s*=|href|url\(\s*[^#\s]", re.I
)


def clean_logo(svg: str) -> str:
    """The text as it is. Raises ValueError with what is wrong with it. Empty: no logo."""
    if not svg:
        return svg
    if len(svg.encode()) > LARGEST_BYTES:
        raise ValueError(f"is larger than {LARGEST_BYTES} bytes")
    if _FORBIDDEN.search(svg):
        raise ValueError("may hold shapes only: no script, link, image, event handler or document type")
    if _LONG_NUMBER.search(svg):
        raise ValueError(
            "has a number of six digits or more, which the audit would take for a figure: round its paths"
        )
    try:
        root = ElementTree.fromstring(svg)  # noqa: S314 no document type, so no entities
    except ElementTree.ParseError as broken:
        raise ValueError(f"is no SVG: {broken}") from broken
    if root.tag != "{http://www.w3.org/2000/svg}svg" or "viewBox" not in root.attrib:
        raise ValueError("is no SVG with a viewBox")
    return svg
