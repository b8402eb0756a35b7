"""Reference periods in words."""

from publisher.publication.words.catalogue import ENGLISH
from publisher.publication.words.words import Words


def period_words(period: str, words: Words = ENGLISH) -> str:
    """ "2021-03" -> "March 2021", "2021-Q1" -> "first quarter of 2021"; any other notation stays as it is."""
    return words.period(period)
