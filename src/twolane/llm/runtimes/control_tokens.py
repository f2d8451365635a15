"""Takes text apart that a model would read as its control tokens, so that documents cannot pose as turns."""

from __future__ import annotations

import re
from collections.abc import Callable

# Whatever a tokenizer reads as one token of control is written so: <|im_start|>, [INST], <start_of_turn>.
# Looked for at every place: one may stand within another's brackets.
_LOOKS_LIKE_ONE = re.compile(r"(?=(<[^<\n]{1,80}?>|\[[^\[\n]{1,80}?\]))")
_MOST_KNOWN = 20_000

Tokenize = Callable[[str, bool], list[tuple[int, object]]]
"""Gives (number, piece) of each token of a text; the flag says whether control tokens are read as such."""


class ControlTokens:
    """The control tokens of one model, as far as texts have raised the question; safe across threads.

    Only what looks like a control token and was never seen before is asked of the tokenizer, so that nearly
    every document costs no request.
    """

    def __init__(self, tokenize: Tokenize) -> None:
        self._tokenize = tokenize
        self._known: dict[str, bool] = {}

    def defused(self, text: str) -> str:
        """Return a text without control tokens: a space is put into whatever would be read as one."""
        found = set(_LOOKS_LIKE_ONE.findall(text))
        if not found:
            return text
        if new := sorted(found - self._known.keys()):
            self._learn(new)
        for piece in found:
            if self._known.get(piece, True):
                text = text.replace(piece, f"{piece[0]} {piece[1:]}")
        return text

    def _learn(self, pieces: list[str]) -> None:
        if len(self._known) > _MOST_KNOWN:  # texts full of tags: what matters is asked again
            self._known = {piece: True for piece, control in self._known.items() if control}
        text = "\n".join(pieces)
        as_text = {number for number, _ in self._tokenize(text, False)}
        control = {piece for number, piece in self._tokenize(text, True) if number not in as_text}
        self._known |= {piece: piece in control for piece in pieces}
