"""How a question goes on from the ones before it: what is searched for beside it, and from which prompt."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from twolane.answers import Source, Turn
from twolane.chat.retrieve import Found
from twolane.documents import Filter
from twolane.llm.base import Message
from twolane.principal import Access, current_access
from twolane.text.stems import meaningful, search_words
from twolane.text.words import raw_words

_FEW_WORDS = 3.0  # a question of more hardly ever leaves its subject unsaid
_PAIR_WORDS = 0.5  # in scripts without spaces, where words are taken as pairs of characters
_MOST_BORROWED = 12
_TURNS_BACK = 3
_CITATIONS = re.compile(r"\[\d+\]")  # their numbers are none of the answer's
_MOST_KEPT = 64


def leans_back(question: str) -> bool:
    """Say whether a question says so little that it may need the one before it.

    Counted are the words that carry meaning, in any language: which of the others point back is not asked.
    """
    words = meaningful(question).values()
    return sum(1.0 if word.isascii() or len(word) != 2 else _PAIR_WORDS for word in words) <= _FEW_WORDS


def queries(question: str, history: Sequence[Turn]) -> tuple[str, ...]:
    """Return what to search for: the question, and with the subject of the last turns where it may need that.

    Whether it does shows only in what is found, so both are searched for, that with the subject first.
    """
    if not history or not leans_back(question):
        return (question,)
    whole = " ".join([question, *borrowed(question, history)])
    return (whole,) if not meaningful(question) or whole == question else (whole, question)


def borrowed(question: str, history: Sequence[Turn]) -> list[str]:
    """Return the words of the last turns' subject that a question does not hold."""
    known = set(search_words(question))
    subject = _subject(history[-_TURNS_BACK:])
    return [word for word in subject if word.casefold() not in known][:_MOST_BORROWED]


def _subject(turns: Sequence[Turn]) -> list[str]:
    """Return the words of the last question that stands alone, those after it, and names in its answer."""
    words: list[str] = []
    for turn in reversed(turns):
        words = [*search_words(turn.question), *words]
        if not leans_back(turn.question):
            break
    answer = _CITATIONS.sub("", turns[-1].answer)
    telling = frozenset(search_words(answer))
    names = [
        word
        for word in raw_words(answer)
        if (word[0].isupper() or word[0].isdigit()) and word.casefold() in telling
    ]
    return list(dict.fromkeys([*words, *names]))


def merged(found: Sequence[Found], limit: int) -> Found:
    """Return the passages of several searches in turn, with the evidence of the search that fits best."""
    best = max(found, key=lambda one: one.relevance)
    in_turn = chain.from_iterable(zip_longest(*(one.passages for one in found)))
    passages = {passage.passage_id: passage for passage in in_turn if passage is not None}
    return replace(best, passages=tuple(passages.values())[:limit]) if len(found) > 1 else best


def recent(
    question: str, history: Sequence[Turn], count_tokens: Callable[[str], int], max_tokens: int
) -> tuple[Turn, ...]:
    """Return the last turns that a question may need, as many as fit the budget, oldest first."""
    turns: list[Turn] = []
    if leans_back(question):
        for turn in reversed(history[-_TURNS_BACK:]):
            max_tokens -= count_tokens(f"{turn.question} {turn.answer}") + 8
            if max_tokens < 0:
                break
            turns.insert(0, turn)
    return tuple(turns)


@dataclass(frozen=True, slots=True)
class AskedPrompt:
    """A prompt with its answer as the model wrote it, and the sources that it holds."""

    messages: tuple[Message, ...] = ()
    sources: tuple[Source, ...] = ()


class RecentPrompts:
    """The last prompts that were answered, so that a follow-up goes on from one instead of beginning anew.

    The model's server has computed such a prompt already. What is not here any more, or was asked at another
    server, is asked anew with the words of the conversation. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Access | None, Turn, Filter], AskedPrompt] = OrderedDict()

    def keep(self, turn: Turn, within: Filter, asked: AskedPrompt) -> None:
        """Remember what was asked in a turn of a conversation over the files that pass."""
        key = current_access(), turn, within
        with self._lock:
            self._kept[key] = asked
            self._kept.move_to_end(key)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)

    def before(self, question: str, history: Sequence[Turn], within: Filter) -> AskedPrompt | None:
        """Return the prompt that a question goes on from, where it may need the last turn and it is here."""
        if not history or not leans_back(question):
            return None
        with self._lock:
            return self._kept.get((current_access(), history[-1], within))
