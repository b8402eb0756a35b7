"""CITATION.cff: how to cite the edition, in the Citation File Format 1.2.0 (citation-file-format.github.io).

The file is YAML. Its values are written as JSON, which is YAML with the same meaning (YAML 1.2, section 1.3).
"""

import json
import re
from pathlib import Path
from typing import Any

from publisher.publication.imprint import Imprint
from publisher.publication.periods import period_words

CITATION_CFF = "CITATION.cff"
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")  # the format takes identifiers of the SPDX list only


def write_citation_cff(public: Path, imprint: Imprint) -> None:
    office = imprint.office
    fields: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use these figures, please cite the edition that you used.",
        "type": "dataset",
        "title": f"{imprint.plan.title}, {period_words(imprint.period)}",
        "abstract": imprint.plan.summary,
        "authors": [{"name": office.name}],
        "version": str(imprint.version),
        "date-released": imprint.due.date().isoformat(),
        "url": imprint.url,
        **({"license": office.licence} if _SPDX.fullmatch(office.licence) else {}),
        "license-url": office.licence_url,
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items()]
    (public / CITATION_CFF).write_text("".join(lines), encoding="utf-8", newline="\n")
