"""A question as it is read with the words of one language: its tokens, and which of them are understood."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property

from twolane.chat.asked.tokens import PhraseFound, Token, tokens_of
from twolane.chat.asked.words import QuestionWords
from twolane.documents import Page, Reading, ReadStatus
from twolane.fields.sheet import Sheet

_MOST_BETWEEN = 2  # words that say nothing, between a preposition and what it stands before


class Scan:
    """The tokens of one question, and which of them something was read from."""

    def __init__(self, question: str, words: QuestionWords) -> None:
        self.question = question
        self.words = words
        self.sheet = Sheet(Reading(ReadStatus.TEXT, pages=(Page(1, question),), language=words.code))
        self.tokens: list[Token] = tokens_of(self.sheet.text)
        self.taken = [False] * len(self.tokens)

    @cached_property
    def phrases(self) -> list[list[PhraseFound]]:
        """The phrases of the language that begin at each token, the longest first."""
        return [self.words.words.at(self.tokens, place) for place in range(len(self.tokens))]

    @cached_property
    def _endings(self) -> list[list[PhraseFound]]:
        """The phrases that end before each token, the longest first."""
        endings: list[list[PhraseFound]] = [[] for _ in range(len(self.tokens) + 1)]
        for phrases in self.phrases:
            for phrase in phrases:
                endings[phrase.end].append(phrase)
        return endings

    def take(self, start: int, end: int) -> None:
        """Count tokens as understood."""
        self.taken[start:end] = [True] * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        """Say whether nothing was read from tokens yet."""
        return end <= len(self.taken) and not any(self.taken[start:end])

    def is_stop(self, place: int) -> bool:
        """Say whether a token says nothing in this language."""
        return self.tokens[place].word in self.words.stops

    def number(self, place: int) -> int | None:
        """Return the number that a token is, in digits or as a word of the language."""
        word = self.tokens[place].word
        if word.isdecimal() and len(word) < 5:
            return int(word)
        return self.words.numbers.get(word)

    def text(self, start: int, end: int) -> str:
        """Return tokens as they are written in the question."""
        return self.question[self.tokens[start].start : self.tokens[end - 1].end] if start < end else ""

    def gap(self, before: int, after: int) -> str:
        """Return what is written between two tokens."""
        return self.sheet.text[self.tokens[before].end : self.tokens[after].start]

    def places(self, start: int, end: int) -> tuple[int, int]:
        """Return the tokens of characters."""
        inside = [at for at, token in enumerate(self.tokens) if token.end > start and token.start < end]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)

    def before(self, place: int, roles: Collection[str]) -> PhraseFound | None:
        """Return the longest free phrase of these roles that ends before a token, or stop words before it."""
        for end in range(place, max(-1, place - _MOST_BETWEEN - 1), -1):
            for phrase in self._endings[end]:
                if phrase.meaning.role in roles and self.is_free(phrase.start, end):
                    return phrase
            if end == 0 or not self.is_stop(end - 1) or self.taken[end - 1]:
                return None
        return None

    def after(self, place: int, roles: Collection[str]) -> PhraseFound | None:
        """Return the longest free phrase of some roles that begins at a token."""
        if place >= len(self.tokens):
            return None
        return next(
            (
                phrase
                for phrase in self.phrases[place]
                if phrase.meaning.role in roles and self.is_free(phrase.start, phrase.end)
            ),
            None,
        )

    def free_places(self) -> Iterator[int]:
        """Yield the tokens that nothing was read from yet."""
        return (place for place, is_taken in enumerate(self.taken) if not is_taken)
