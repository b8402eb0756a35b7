"""Pooled codes: where trade is published whose commodity or partner somebody asked not to show.

No declaration may hold one; `codelist` does not have them. They stand in the published codelists, and in the
tables under cell suppression. A noisy table has no use for them: its key set stays what it was.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from publisher.catalogue.codelists import UNSPECIFIED_REGION, codelist
from publisher.model.codelist import Code, Codelist

POOLED_PARTNER = "QZ"  # user-assigned in ISO 3166-1; Eurostat's Comext uses it in this sense
DUMP_HEADING = "99"  # behind the chapter's two digits: no heading of the HS ends so, but 9999 itself
DUMP_SUBHEADING = "9999"


@cache
def published_codelist(id: str) -> Codelist:
    """The codelist with its pooled codes. Raises KeyError for one that is not in CODELISTS."""
    listed = codelist(id)
    pools = {"HS": _dump_codes, "COUNTRY": _pooled_partners}.get(id)
    return listed if pools is None else replace(listed, codes=(*listed.codes, *pools(listed)))


def is_pooled(listed: Codelist, code: str) -> bool:
    return code not in codelist(listed.id).by_code


def _dump_codes(listed: Codelist) -> Iterator[Code]:
    """A heading and a subheading for each chapter; chapter 99 has its own, 'not specified according to kind'."""
    for chapter in listed.at("chapter"):
        heading = chapter.code + DUMP_HEADING
        if heading not in listed.by_code:
            name = f"Goods of chapter {chapter.code} that are not shown in detail, to protect companies"
            yield Code(heading, name, "heading", chapter.code)
            yield Code(chapter.code + DUMP_SUBHEADING, name, "subheading", heading)


def _pooled_partners(listed: Codelist) -> Iterator[Code]:
    yield Code(POOLED_PARTNER, "Country not shown, to protect companies", "country", UNSPECIFIED_REGION)
