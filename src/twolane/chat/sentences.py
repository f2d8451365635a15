"""Where a sentence ends, in any script: a stop that is no abbreviation's, by form and by other texts."""

from __future__ import annotations

import re
from collections.abc import Callable

from twolane.fields.names import months
from twolane.fields.sheet import fold
from twolane.text.words import plain

# The stops of all scripts in use. Behind those of the second kind no space need follow.
_SPACED = ".!?…؟۔।॥։።๏၊။។"
_CLOSE = "。！？｡．"
STOPS = _SPACED + _CLOSE
CLOSERS = "\"'”’»)）」』›"
_LAST_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*$")
_VOWELS = frozenset("aeiouyаеёиоуыэюяіїєαεηιουω")
_ABBREVIATION_LETTERS, _SHORT_LETTERS, _ORDINAL_DIGITS = 5, 3, 2


def is_within(stop: str, following: str) -> bool:
    """Say whether a stop stands within a word or number, by the character behind it: that of 3.14."""
    return bool(following) and not following.isspace() and stop[0] not in _CLOSE and ord(following) < 0x2E80


def continues(sentence: str, stop: str, following: str, stands: Callable[[str], bool]) -> bool:
    """Say whether a sentence goes on behind a stop and a blank with the word `following`.

    `stands` says whether words stand in the texts at hand as they are written.
    """
    if stop[0] in _CLOSE:
        return False
    if following[0].islower():
        return True
    word = _LAST_WORD.search(sentence)
    if stop != "." or word is None:
        return False
    following = following.strip(CLOSERS + "([{*_,;:" + STOPS)
    return _is_abbreviated(word.group(), sentence[: word.start()], following, stands)


def _is_abbreviated(word: str, before: str, following: str, stands: Callable[[str], bool]) -> bool:
    stands_so = stands(f"{word}. {following}")
    if word.isdigit():  # an ordinal, as in 3. Mai, or the number of an item
        is_item = not before.strip() or before.endswith("\n")
        return len(word) <= _ORDINAL_DIGITS and (is_item or stands_so or fold(following) in months())
    if "." in word or (len(word) == 1 and word.isalpha()):
        return True
    if word.lower() == word.upper():  # without capital letters there are no other signs
        return False
    has_form = _VOWELS.isdisjoint(plain(word)) or stands_so
    is_before_number = following[:1].isdigit() and len(word) <= _SHORT_LETTERS
    return (len(word) <= _ABBREVIATION_LETTERS and has_form) or is_before_number
