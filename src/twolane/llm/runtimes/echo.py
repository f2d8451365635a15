"""Takes the assistant's own words off an answer that continues them: some servers send them once more.

Ollama does so with models whose template it leaves to llama.cpp, and not with others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twolane.llm.base import Delta, Finished, Prompt
from twolane.llm.runtimes.thinking import Thought


def without_echo(
    events: Iterable[Delta | Thought | Finished], prompt: Prompt
) -> Iterator[Delta | Thought | Finished]:
    """Pass on an answer without the words that the prompt's last message begins it with, if it repeats them.

    It counts as an echo where all of them come first; they may come in any pieces, and with other blanks:
    templates trim what they render.
    """
    last = prompt[-1] if prompt and not isinstance(prompt, str) else None
    words = last.content if last and last.role == "assistant" else ""
    held = ""
    for event in events:
        if not words or isinstance(event, Thought):
            yield event
            continue
        if isinstance(event, Delta):
            held += event.text
            if _may_become(held, words):
                continue
        text, held, words = _after(held, words), "", ""
        if text:
            yield Delta(text)
        if isinstance(event, Finished):
            yield event


def _may_become(held: str, words: str) -> bool:
    """Say whether what has come is the beginning of an echo, and not all of it yet."""
    come, wanted = "".join(held.split()), "".join(words.split())
    return wanted.startswith(come) and come != wanted


def _after(held: str, words: str) -> str:
    """Return what follows an echo; all of it where it is none."""
    place = 0
    for letter in "".join(words.split()):
        while held[place : place + 1].isspace():
            place += 1
        if held[place : place + 1] != letter:
            return held
        place += 1
    return held[place:].removeprefix(words[len(words.rstrip()) :])
