"""Asks a model for the full question that a follow-up means; what it says is checked by who asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from twolane.answers import Turn
from twolane.chat.prompt import neutral
from twolane.llm.base import Message

Write = Callable[[tuple[Message, ...]], str | None]

REWRITING_TOKENS = 48
_TURNS_BACK = 2
_MOST_ANSWER_CHARS = 200
_CITATIONS = re.compile(r"\s*\[\d+\]")
_INSTRUCTIONS = (
    "Say the last question so that it is understood without the questions before it. "
    "Take what it leaves out from them, word by word, and add nothing else. "
    "Keep the language of the last question. Reply with the question alone."
)
# Small models do what they are shown: one that leaves out what it is about, and one that leaves out its verb.
_EXAMPLES = (
    ("Who painted the ceiling?", "Tom Reed painted it.", "And when?", "When did Tom Reed paint the ceiling?"),
    ("Wo steht der Drucker?", "Im Büro.", "Und wie alt ist er?", "Wie alt ist der Drucker?"),
)


def rewritten(question: str, turns: Sequence[Turn], write: Write) -> str:
    """Return a follow-up as a full question in a model's words, "" where it gave none."""
    text = write(_prompt(question, turns[-_TURNS_BACK:]))
    first = (text or "").strip().partition("\n")[0].strip().strip('"“”„«»')
    return "" if first == question.strip() else first


def _prompt(question: str, turns: Sequence[Turn]) -> tuple[Message, ...]:
    messages = [Message("system", _INSTRUCTIONS)]
    for before, answer, asked, full in _EXAMPLES:
        messages += [Message("user", _asked([Turn(before, answer)], asked)), Message("assistant", full)]
    return (*messages, Message("user", _asked(turns, question)))


def _asked(turns: Sequence[Turn], question: str) -> str:
    before = (
        f"{neutral(turn.question)}\n- {_CITATIONS.sub('', neutral(turn.answer))[:_MOST_ANSWER_CHARS]}\n"
        for turn in turns
    )
    return f"{''.join(before)}{neutral(question).strip()}"
