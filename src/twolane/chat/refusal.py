"""How a model says that the sources do not answer: one fixed sequence of words, read from its stream."""

from __future__ import annotations

import re

from twolane.chat.prompt import NOT_FOUND

_BETWEEN = r"[\W_]{1,8}"
_MARKS = r"[\W_]{0,8}"  # quotes, brackets, bold, a dash before it; a stop behind it
_SENTENCE_START = r"(?:^|(?<=[\n.!?…。！？\]】]))"
_STOP = re.compile(r"[.!?…。！？]+")
_SEQUENCE = _BETWEEN.join(map(re.escape, NOT_FOUND.split()))

# As it was asked for, whatever is said after it: a model goes on to explain itself.
_FIRST = re.compile(rf"{_MARKS}{_SEQUENCE}(?!\w)")
# As a sentence of its own, in whatever case.
_FIRST_SENTENCE = re.compile(rf"{_MARKS}{_SEQUENCE}[^\w\s]*[.!?…。！？\n]", re.IGNORECASE)
_LAST_SENTENCE = re.compile(rf"{_SENTENCE_START}{_MARKS}{_SEQUENCE}{_MARKS}$", re.IGNORECASE)


def _any_beginning(sequence: str) -> str:
    """Return a pattern of every beginning of the sequence, with any marks between its words."""
    pattern = ""
    for character in reversed(sequence):
        one = _BETWEEN if character == " " else re.escape(character)
        pattern = f"(?:{one}{pattern})?"
    return pattern


_MAY_BECOME_ONE = re.compile(rf"{_SENTENCE_START}{_MARKS}{_any_beginning(NOT_FOUND)}{_MARKS}$", re.IGNORECASE)


class RefusalReader:
    """Reads a streamed answer for the refusal; what may still become one is held back, and nothing else.

    It counts as the beginning of the answer, and as its last sentence.
    """

    def __init__(self) -> None:
        self._text = ""
        self._passed = 0

    @property
    def begins(self) -> bool:
        """Whether the answer begins with the refusal: nothing that follows is of any use."""
        return not self._passed and bool(_FIRST.match(self._text) or _FIRST_SENTENCE.match(self._text))

    def feed(self, piece: str) -> str:
        """Take the next piece; return what can no longer be part of a refusal."""
        self._text += piece
        held = _MAY_BECOME_ONE.search(self._text, self._passed)
        return "" if self.begins else self._pass(held.start() if held else len(self._text))

    def finish(self) -> tuple[str, bool]:
        """Return the rest of the text, and whether the answer begins or ends with the refusal."""
        last = _LAST_SENTENCE.search(self._text, self._passed)
        if self.begins or last:
            # the stop behind what was passed on is no part of the refusal
            stop = _STOP.match(self._text, self._passed) if self._passed else None
            return stop.group() if stop else "", True
        return self._pass(len(self._text)), False

    def _pass(self, until: int) -> str:
        passed, self._passed = self._text[self._passed : until], until
        return passed
