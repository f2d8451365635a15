"""An answer that another server goes on with, when the one that began it breaks off in the middle."""

from __future__ import annotations

from dataclasses import replace

from twolane.errors import ModelError
from twolane.llm.base import ChatOptions, Delta, Finished, Message, Prompt

# With fewer characters of it a server that repeats what it continues cannot be told from one that goes on.
_LEAST_CHARS = 6


class Continuation:
    """A streamed answer as far as it has come, and what to ask of a server for the rest."""

    def __init__(self, prompt: Prompt, options: ChatOptions) -> None:
        self._prompt = prompt
        self._options = options
        self._text = ""
        self._tokens = self._tokens_before = 0
        self._rejoins = self._is_told = False
        self._breaks = 0

    @property
    def is_worth_waiting(self) -> bool:
        """Whether the user has seen some of it, and it broke off once: more often, it will again."""
        return bool(self._text) and self._breaks == 1

    def interrupted(self, error: ModelError) -> Delta | None:
        """Return what tells the user that the rest is waited for, once."""
        is_told, self._is_told = self._is_told, True
        return None if is_told else Delta("", interrupted=error.what)

    def broke(self) -> None:
        """Note that a server gave no more of it."""
        self._breaks += self._tokens > self._tokens_before

    def begin(self) -> Delta | None:
        """Prepare to be continued; return what comes first, where a few letters are rather begun anew."""
        is_chat = not isinstance(self._prompt, str)
        restarts = is_chat and bool(self._text) and len(self._text.strip()) < _LEAST_CHARS
        if restarts:
            self._text = ""
        self._tokens_before = self._tokens
        self._rejoins = self._text[-1:].isspace() and is_chat
        return Delta("", restarts=True) if restarts else None

    @property
    def prompt(self) -> Prompt:
        """Return the prompt with the text so far, which the model continues."""
        if not self._text:
            return self._prompt
        if isinstance(self._prompt, str):
            return self._prompt + self._text
        # Chat templates cut blanks at the end of a message. The user has them already, so they are taken off
        # the start of the continuation.
        *before, last = self._prompt
        words = self._text.rstrip()
        if last.role == "assistant":
            return (*before, Message("assistant", last.content + words))
        return (*self._prompt, Message("assistant", words))

    @property
    def options(self) -> ChatOptions:
        return replace(self._options, max_tokens=self._options.max_tokens - self._tokens)

    def take(self, event: Delta | Finished) -> Delta | Finished | None:
        """Add the next event; return what of it is to be passed on."""
        if isinstance(event, Finished):
            return replace(event, completion_tokens=event.completion_tokens + self._tokens_before)
        self._tokens += 1
        if event.restarts:
            self._text = ""
            self._rejoins = False
        text = event.text.lstrip() if self._rejoins else event.text
        self._rejoins = self._rejoins and not text
        self._text += text
        return replace(event, text=text) if text or event.restarts else None

    def end(self) -> Finished | None:
        """Return the end of an answer that broke off after its last allowed token."""
        if self._tokens < self._options.max_tokens:
            return None
        return Finished("length", completion_tokens=self._tokens)
