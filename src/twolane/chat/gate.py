"""The gate: which questions are asked back, and which are worth a model's time after the search."""

from __future__ import annotations

from collections.abc import Sequence

from twolane.answers import Turn
from twolane.chat.phrases import bare_words
from twolane.chat.retrieve import Found
from twolane.text.languages import language_of
from twolane.text.words import raw_words

# Below this relevance no model is asked: see docs/why/chat.md#the-gate-is-fitted-to-where-answers-lie
_LEAST_RELEVANCE = 0.13
# Without vectors the words alone decide, and they may all have been put otherwise.
_LEAST_BY_WORDS = 0.05


def unclear(question: str, history: Sequence[Turn] = ()) -> bool:
    """Say whether a question holds nothing to look for: no word, or none but assent and function words.

    In a conversation such words lean on what was said before.
    """
    words = raw_words(question.casefold())
    if not words or history:
        return not words
    rest = set(words) - bare_words()
    return not rest or rest <= language_of(rest).stop_words


def opens(found: Found) -> bool:
    """Say whether what was found may hold an answer, so that a model is asked."""
    least = _LEAST_BY_WORDS if found.nearness is None else _LEAST_RELEVANCE
    return found.relevance >= least
