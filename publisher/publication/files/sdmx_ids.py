"""Names of SDMX artefacts: letters, digits and '_', with a version that changes with the content."""

import hashlib
import json
import re
from typing import Any
from urllib.parse import urlsplit

from publisher.settings import Office

_BELOW_SIX_DIGITS = 9_000  # numbers of six digits or more are figures: the audit would look at these as such


def agency_of(office: Office) -> str:
    """The office's web host, "STATISTICS_EXAMPLE_ORG": its own, and not changed by another wording of its name."""
    host = re.sub(r"[^A-Za-z0-9]+", "_", urlsplit(office.base_url).hostname or "").strip("_").upper()
    return host if host[:1].isalpha() else f"OFFICE_{host}".rstrip("_")


def version_of(content: Any) -> str:
    """ "1.4711.8262": the same for the same content (JSON), and another for another but once in 81 million."""
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).digest()
    parts = (int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big"))
    return ".".join(("1", *(str(1_000 + part % _BELOW_SIX_DIGITS) for part in parts)))


def component_id(column: str) -> str:
    """The SDMX component of a published column: "partner" -> "PARTNER"."""
    return column.upper()
