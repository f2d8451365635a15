"""How much a model server may send: bytes of a body, of a line and an event, and tokens of an answer.

Why it is so: docs/why/models.md#a-model-server-is-not-believed
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from twolane.llm.base import Delta, Finished

MEBIBYTE = 1024 * 1024
WHOLE_BYTES = 4 * MEBIBYTE
"""A list of models, an answer with its probabilities, an error."""
VECTORS_BYTES = 32 * MEBIBYTE
"""64 texts at once, of 16,000 dimensions each."""
BYTES_FOR_BYTE = 16
"""An answer may be so much longer than what was sent: the tokens of a text."""
PIECE_BYTES = MEBIBYTE
"""One line or one event of a stream."""
STREAM_BYTES = 256 * MEBIBYTE
"""All of a stream; a token takes some 300 bytes of it."""

UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading an answer may end in that has not the form it should have."""

_EVENTS = "text/event-stream"
_LINES = ("/api/generate", "/api/chat", "/api/pull")
_VECTORS = ("/api/embed", "/api/embeddings", "/v1/embeddings")
_PLAIN = {"", "identity"}
_LONGEST_TOKEN = 64
_MORE_TOKENS = 16

T = TypeVar("T")


class TooMuchError(Exception):
    """A server sends more than can be right; it says what."""


class BodySize:
    """Counts what comes of one body, and raises `TooMuchError` where that is too much."""

    def __init__(self, path: str, sent_bytes: int, content_type: str, encoding: str) -> None:
        if encoding.strip().lower() not in _PLAIN:
            raise TooMuchError(f"its answer is packed ({encoding[:20]!r}), which it was asked not to do")
        self._is_events = _EVENTS in content_type
        self._is_stream = self._is_events or path.endswith(_LINES)
        allowed = VECTORS_BYTES if path.endswith(_VECTORS) else WHOLE_BYTES
        self._limit_bytes = STREAM_BYTES if self._is_stream else allowed + BYTES_FOR_BYTE * sent_bytes
        self._bytes = self._piece_bytes = 0

    def came(self, piece: bytes) -> None:
        """Count a piece as it came."""
        self._bytes += len(piece)
        if self._bytes > self._limit_bytes:
            raise TooMuchError(f"its answer has more than {self._limit_bytes / MEBIBYTE:.0f} MiB")
        if not self._is_stream:
            return
        end = -1 if self._is_events else piece.rfind(b"\n")
        self._piece_bytes = self._piece_bytes + len(piece) if end < 0 else len(piece) - end - 1
        if self._piece_bytes > PIECE_BYTES:
            what = "event" if self._is_events else "line"
            raise TooMuchError(f"one {what} of its answer has more than {PIECE_BYTES / MEBIBYTE:.0f} MiB")

    def event_came(self) -> None:
        """Note that an event was whole, whatever came before it."""
        self._piece_bytes = 0


def held_to(max_tokens: int, events: Iterable[T | Delta | Finished]) -> Iterator[T | Delta | Finished]:
    """End an answer that is longer than was asked for, as the server should have done.

    A piece is a token or several. Some more than were asked for are let pass: servers count the end's, too.
    """
    most = max_tokens + _MORE_TOKENS
    pieces = letters = 0
    for event in events:
        if not isinstance(event, Finished):
            pieces += 1
            letters += len(getattr(event, "text", ""))
        if pieces > most or letters > most * _LONGEST_TOKEN:
            yield Finished("length", 0, max_tokens)
            return
        yield event
