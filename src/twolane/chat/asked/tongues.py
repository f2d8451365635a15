"""The names of languages as questions have them: German documents, auf Deutsch, на немецком."""

from __future__ import annotations

from functools import cache

from twolane.chat.asked.tokens import Meaning, PhraseBook, folded, phrase_of
from twolane.text.locales import has_locale, locale

_CODES = (
    "en de fr es it pt nl pl ru uk cs sk sv da no fi hu ro tr el bg "
    "hr sr sl et lv lt ca id ar he fa hi th vi zh ja ko"
)
_LEAST_LETTERS, _CUT = 6, 2  # of a name that is inflected, and what is left of it
_JOINED = frozenset({"zh", "ja", "ko"})


@cache
def language_names(code: str) -> PhraseBook:
    """Return the names of languages in a language, by their ISO 639-1 codes."""
    named = locale(code).languages
    phrases = []
    for language in _CODES.split():
        name = named.get("nb" if language == "no" and "no" not in named else language, "")
        for one in {name, name.replace("语", "文")}:
            phrase = phrase_of(one)
            if len(phrase) == 1 or code in _JOINED:
                phrases.append((_inflected(phrase, code), Meaning("language", language)))
    return PhraseBook(phrases)


@cache
def language_name(code: str) -> str:
    """Return a language's own name, as people read it."""
    return locale(code).own_name if has_locale(code) else code


def _inflected(phrase: tuple[str, ...], code: str) -> tuple[str, ...]:
    if code in _JOINED or code == "en" or len(phrase) != 1 or not phrase[0]:
        return phrase
    word = folded(phrase[0])
    return (word[:-_CUT] + "*",) if len(word) >= _LEAST_LETTERS else (word + "*",)
