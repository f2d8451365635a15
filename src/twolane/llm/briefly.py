"""What a model writes within a short time, for what can do without it."""

from __future__ import annotations

from contextlib import closing

from twolane.errors import ModelError
from twolane.llm.base import ChatOptions, Delta, Model, Prompt
from twolane.llm.wire.call_thread import CallThread


def written_within(model: Model, prompt: Prompt, max_tokens: int, limit_s: float) -> str | None:
    """Return all that a model writes, or None where it has no end within the limit, or fails.

    A call that is under way by then is cancelled.
    """

    def write() -> str:
        text = ""
        with closing(model.chat(prompt, ChatOptions(max_tokens=max_tokens))) as stream:
            for event in stream:
                if isinstance(event, Delta):
                    text = event.text if event.restarts else text + event.text
        return text

    with CallThread() as thread:
        try:
            return thread.submit(write).result(limit_s)
        except (ModelError, TimeoutError):
            return None
