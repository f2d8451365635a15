"""An answer as whoever asked sees it: when its first word came, how fast the rest, and how it ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from twolane.answers import (
    AnswerEvent,
    DoneEvent,
    ErrorEvent,
    ExtractsEvent,
    RefusalEvent,
    SourcesEvent,
    TextEvent,
)


@dataclass(frozen=True, slots=True)
class TimedAnswer:
    """What the user of the chat lane saw of one question; times in seconds, 0 where there was nothing."""

    first_word_s: float
    seconds: float
    tokens_per_s: float
    prompt_tokens: int
    answer_tokens: int
    error: str = ""


def timed(events: Iterator[AnswerEvent], cancelled: threading.Event) -> TimedAnswer:
    """Read an answer to its end, or until it is cancelled, and time what comes."""
    started, first, head, answer_chars, error = time.monotonic(), 0.0, 0, 0, ""
    done, quoted = DoneEvent(""), False
    with closing(events):  # type: ignore[type-var]  # a generator: closing it cancels the model
        for event in events:
            if cancelled.is_set():
                break
            if isinstance(event, ExtractsEvent | SourcesEvent):
                quoted = isinstance(event, ExtractsEvent)  # until the model answers: that is what is timed
            elif quoted and isinstance(event, TextEvent):
                continue
            if isinstance(event, TextEvent | RefusalEvent) and not first:
                first = time.monotonic()
                head = len(event.text) if isinstance(event, TextEvent) else 0
            if isinstance(event, TextEvent):
                answer_chars += len(event.text)
            elif isinstance(event, ErrorEvent):
                error = event.what
            elif isinstance(event, DoneEvent):
                done = event
    ended = time.monotonic()
    # What may begin a refusal, or a thought, is held back: an answer's first words may come at once.
    streamed_s, streamed = (
        ended - first,
        done.completion_tokens * (1 - head / answer_chars) if answer_chars else 0.0,
    )
    return TimedAnswer(
        first - started if first else 0.0,
        ended - started,
        streamed / streamed_s if first and streamed_s > 0 else 0.0,
        done.prompt_tokens,
        done.completion_tokens,
        error,
    )
