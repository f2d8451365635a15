"""How likely it is that what was found says anything on a question: by its words, and by its vectors.

What the numbers rest on: docs/why/chat.md#the-gate-is-fitted-to-where-answers-lie.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from twolane.text.languages import UNKNOWN, language_of
from twolane.text.terms import QueryWord, Stems
from twolane.text.words import raw_words, script

# The logarithm of the odds that files speak of what is asked: at a nearness and a coverage of 0, and what the
# whole of each adds. `python -m eval gate` fits them.
_AT_NOTHING, _BY_NEARNESS, _BY_COVERAGE = -7.1, 6.4, 7.1
# The words of a question cannot stand in a text of another language: it is taken to hold most of them, so
# that its nearness alone decides.
_COVERED_ABROAD = 0.96
_TELLING = 3  # a passage of a few lines has at least so many different stop words of its language


def relevance(coverage: float, nearness: float | None) -> float:
    """Return how likely it is that files say anything on a question, 0 to 1.

    `nearness` is that of the nearest passage (`EmbeddingForm.nearness`), None where no vectors were searched:
    then the words alone say it.
    """
    if nearness is None:
        return coverage
    return 1 / (1 + math.exp(-(_AT_NOTHING + _BY_NEARNESS * nearness + _BY_COVERAGE * coverage)))


def coverage(
    question: str,
    words: Sequence[QueryWord],
    found: Sequence[tuple[str, Stems]],
    candidates: Sequence[Stems] | None,
) -> float:
    """Return the largest share of a question's words, 0 to 1, that one of the passages found holds.

    Rare words count most. `found` are texts of passages with their stems. With `candidates`, everything that
    came near, a word counts that one of them holds, since one that no text has (a slip, or of another
    language) tells nothing; and a text in another language than the question counts as one with most words.
    """
    asked = [word for word in words if not word.derived]
    if candidates is not None:
        asked = [word for word in asked if any(stems.holds(word) for stems in candidates)]
        if not asked or any(_in_another_language(question, text) for text, _ in found):
            return max(_COVERED_ABROAD, _largest_share(asked, found))
    return _largest_share(asked, found)


def _largest_share(words: Sequence[QueryWord], found: Sequence[tuple[str, Stems]]) -> float:
    total = sum(word.rarity for word in words)
    if not total:
        return 0.0
    return max(
        (sum(word.rarity for word in words if stems.holds(word)) / total for _, stems in found), default=0.0
    )


def _in_another_language(question: str, text: str) -> bool:
    """Say whether a text is surely in another language than a question: by script, or by stop words."""
    if _script(question) != _script(text):
        return True
    asked = language_of(raw_words(question.casefold()))
    said = language_of(raw_words(text.casefold()), least=_TELLING)
    return UNKNOWN not in (asked, said) and asked != said


def _script(text: str) -> str:
    """Return the script of most letters; the first 200 characters show it."""
    names = Counter(script(char) for char in text[:200] if char.isalpha())
    return next((name for name, _ in names.most_common(1)), "")
