"""Looking for passages: what a question of a conversation is searched for as, and what of that is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twolane.answers import Turn
from twolane.chat import conversation
from twolane.chat.follow_up import FullQuestion, Rewrite, adds_nothing, joined, resolved, turned
from twolane.chat.retrieve import Found, Searcher
from twolane.documents import Filter

# A follow-up lies so much nearer to its passages with the conversation's subject than without it; of 30, all
# did by 0.38 and more, and of questions that stand alone and only are short most by 0.14 at the most.
_LEAST_NEARER = 0.3
# Files that a question surely means say what it asks with a relevance of 0.8 and more, or others say it no
# better; the Victoria and Albert Museum, taken for the Parliament of Victoria's, with 0.31 for 0.99.
_MOST_MISSED = 0.3
_MOST_MISSES = 3


@dataclass(frozen=True, slots=True)
class Lookup:
    """What was found, and the full question that it was found by, where that is another than was asked."""

    found: Found
    full: FullQuestion | None = None


class Lookout:
    """Finds passages for the questions of a conversation; safe to use from several threads.

    `rewrite` has a model make a full question of a follow-up: None where it cannot now, "" where it gives
    none. One that gives nothing of use a few times in a row is not waited for any more.
    """

    def __init__(self, searcher: Searcher, passages: int, rewrite: Rewrite = lambda *_: None) -> None:
        self._searcher = searcher
        self._passages = passages
        self._rewrite = rewrite
        self._misses = 0

    def look(self, question: str, history: Sequence[Turn], within: Filter) -> Lookup:
        """Return passages for what a question means after these turns; where that is open, for all it may."""
        if certain := turned(question, history):
            return Lookup(self._search(certain, within), FullQuestion(certain, certain=True))
        history = resolved(history)
        queries = conversation.queries(question, history)
        found = [self._search(query, within) for query in queries]
        if queries == (question,):
            return Lookup(found[0])
        if len(found) > 1 and _stands_alone(with_subject=found[0], alone=found[1]):
            return Lookup(conversation.merged(found[::-1], self._passages))
        full = FullQuestion(joined(question, history))
        if written := self._written(question, history):
            full = FullQuestion(written)
            found = [self._search(written, within), *found]
        return Lookup(conversation.merged(found, self._passages), full)

    def _written(self, question: str, history: Sequence[Turn]) -> str:
        written = self._rewrite(question, history) if self._misses < _MOST_MISSES else None
        if written is None:
            return ""
        is_of_use = bool(written) and adds_nothing(written, question, history)
        self._misses = 0 if is_of_use else self._misses + 1
        return written if is_of_use else ""

    def speaks(self, rest: str, meant: Filter, everything: Filter) -> bool:
        """Say whether the files that are meant say nearly as much of the rest of a question as others do."""
        here, anywhere = self._search(rest, meant), self._search(rest, everything)
        return bool(here.passages) and anywhere.relevance - here.relevance <= _MOST_MISSED

    def _search(self, query: str, within: Filter) -> Found:
        return self._searcher.search(query, self._passages, within)


def _stands_alone(*, with_subject: Found, alone: Found) -> bool:
    """Say whether the conversation's subject brings a question no nearer to what there is to find."""
    if alone.nearness is None or with_subject.nearness is None:
        return False
    return with_subject.nearness - alone.nearness < _LEAST_NEARER
