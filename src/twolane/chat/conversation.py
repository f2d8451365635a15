"""Follow-up questions: which earlier turns a question depends on, without asking a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from twolane.documents import Turn
from twolane.text.stems import search_words
from twolane.text.words import raw_words

_SHORT = 3  # meaningful words; a question of fewer hardly ever names its subject
_MOST_BORROWED = 12

# Words that point back at something in an earlier turn.
_POINTERS_TEXT = """
    it its they them their theirs he him his she her hers that those this these there then same former
    latter one ones else er ihn ihm sein seine sie ihr ihre ihren es das dies diese dieser dieses davon
    dafür damit darin dort il elle ils elles lui leur leurs celui celle ceux cela ça ce y lo la le los
    las eso esa ese ello ellos ellas su sus
"""
_POINTERS = frozenset(_POINTERS_TEXT.split())
_GOES_ON = re.compile(
    r"\s*(?:and|but|or|so|what about|how about|und|aber|et|mais|y|pero|why\?|warum\?)\b", re.IGNORECASE
)


def leans_back(question: str) -> bool:
    """Say whether a question only makes sense together with the one before it."""
    words = [word.casefold() for word in raw_words(question)]
    names = [word for word in raw_words(question)[1:] if word[0].isupper() or word[0].isdigit()]
    if _GOES_ON.match(question):
        return True
    pointing = any(word in _POINTERS for word in words)
    few = len(search_words(question)) <= _SHORT
    return (pointing and len(names) < 2) or (few and not names)


def search_query(question: str, history: Sequence[Turn]) -> str:
    """Return what to search for: the question, and the last turn's subject where it depends on that."""
    if not history or not leans_back(question):
        return question
    last = history[-1]
    subject = search_words(last.question)
    names = [word for word in raw_words(last.answer) if word[0].isupper() or word[0].isdigit()]
    known = set(search_words(question))
    borrowed = [word for word in dict.fromkeys([*subject, *names]) if word.casefold() not in known]
    return " ".join([question, *borrowed[:_MOST_BORROWED]])


def recent(
    question: str, history: Sequence[Turn], count_tokens: Callable[[str], int], max_tokens: int
) -> tuple[Turn, ...]:
    """Return the last turns that a question depends on, as many as fit the budget, oldest first."""
    turns: list[Turn] = []
    if leans_back(question):
        for turn in reversed(history[-3:]):
            max_tokens -= count_tokens(f"{turn.question} {turn.answer}") + 8
            if max_tokens < 0:
                break
            turns.insert(0, turn)
    return tuple(turns)
