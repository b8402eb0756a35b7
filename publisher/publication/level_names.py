"""Names of the levels of codelists."""

from functools import cache

from publisher.publication.words.catalogue import ENGLISH
from publisher.publication.words.words import Words


def level_name(level: str, words: Words = ENGLISH) -> str:
    """ "control_category" -> "control category". A level that no catalogue knows stays English."""
    return _known(words).get(level) or words.own(level.replace("_", " "))


@cache
def _known(words: Words) -> dict[str, str]:
    """Of the packaged codelists."""
    return {
        "total": words.gettext("total"),
        "section": words.gettext("section"),
        "chapter": words.gettext("chapter"),
        "heading": words.gettext("heading"),
        "subheading": words.gettext("subheading"),
        "region": words.gettext("region"),
        "country": words.gettext("country"),
        "office": words.gettext("office"),
        "mode": words.gettext("mode"),
        "kind": words.gettext("kind"),
        "preference": words.gettext("preference"),
        "group": words.gettext("group"),
        "category": words.gettext("category"),
        "procedure": words.gettext("procedure"),
        "outcome": words.gettext("outcome"),
        "flow": words.gettext("flow"),
        "unit": words.gettext("unit"),
    }
