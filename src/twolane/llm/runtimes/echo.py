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

    It counts as an echo where all of them come first; they may come in any pieces.
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
            if words.startswith(held) and held != words:
                continue
        text, held, words = held.removeprefix(words), "", ""
        if text:
            yield Delta(text)
        if isinstance(event, Finished):
            yield event
