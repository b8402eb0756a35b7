"""What pages say, in the reader's language: messages, numbers, periods and moments."""

from publisher.publication.words.catalogue import ENGLISH, known_languages, words_for
from publisher.publication.words.words import Untranslated, Words

__all__ = ["ENGLISH", "Untranslated", "Words", "known_languages", "words_for"]
