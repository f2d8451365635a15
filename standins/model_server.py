"""A small HTTP server for tests: it records requests, holds them where asked, and plays tricks once each."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

DEADLINE_S = 30.0
_LOOK_S = 0.02


class Stage:
    """Counts who is inside, and holds them there while it is closed."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0
        self._changed = threading.Condition()
        self._open = True

    @contextmanager
    def visit(self, is_gone: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Come in, and stay while it is closed, unless the visitor `is_gone`."""
        until = time.monotonic() + DEADLINE_S
        with self._changed:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self._changed.notify_all()
            while not self._open and not is_gone() and time.monotonic() < until:
                self._changed.wait(_LOOK_S)
        try:
            if is_gone():
                raise Cut
            yield
        finally:
            with self._changed:
                self.inside -= 1
                self._changed.notify_all()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let nobody out within the block."""
        self._set(False)
        try:
            yield
        finally:
            self._set(True)

    def wait_for(self, inside: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.inside == inside, DEADLINE_S), self.inside

    def open(self) -> None:
        self._set(True)

    def close(self) -> None:
        self._set(False)

    def _set(self, is_open: bool) -> None:
        with self._changed:
            self._open = is_open
            self._changed.notify_all()


@dataclass(frozen=True)
class Reply:
    """A trick: answer the next request with this, as it is."""

    status: int
    body: str
    content_type: str = "application/json"


@dataclass(frozen=True)
class Pieces:
    """A trick: stream these bytes as the next answer, each in a piece of its own."""

    pieces: tuple[bytes, ...]
    content_type: str = "text/event-stream"


@dataclass(frozen=True)
class Said:
    """What a model says next, in these pieces, after thoughts that have a field of their own."""

    pieces: tuple[str, ...]
    thoughts: tuple[str, ...] = ()
    reason: str = "stop"

    @classmethod
    def cut_in(cls, characters: int, text: str, reason: str = "stop") -> Said:
        """Return a text in pieces of so many characters."""
        return cls(tuple(text[i : i + characters] for i in range(0, len(text), characters)), (), reason)


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    method: str
    path: str
    body: dict[str, Any]
    headers: dict[str, str]


class FakeServer:
    """A model server of the tests; subclasses say what it answers.

    `tricks` are played once each, in order, on requests to a model; a trick is a `Reply` or one of
    "drop" (close the connection without an answer), "stall" (send nothing), "stall mid-stream",
    "cut mid-stream" (close the connection), "end mid-stream" (end without the mark of an end),
    "error mid-stream", "endless" (token after token). `said` are the next answers; without any a model
    repeats its prompt, and goes on where the assistant's own words have come to. One that `echoes` sends
    those once more, as some servers do.
    """

    host = "127.0.0.1"
    port = 0  # a free one

    def __init__(self) -> None:
        self.stage = Stage()
        self.requests: list[Seen] = []
        self.tricks: deque[Reply | Pieces | str] = deque()
        self.said: deque[Said] = deque()
        self.echoes = False
        self.closing = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Else the body of an answer waits 40 ms for the receipt of its head.
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                owner.serve(Exchange(self))

            def do_POST(self) -> None:
                owner.serve(Exchange(self))

            def do_DELETE(self) -> None:
                owner.serve(Exchange(self))

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # clients that go away in the middle are part of the tests

        self._http = Server((self.host, self.port), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def asked(self, *paths: str) -> list[Seen]:
        return [seen for seen in self.requests if not paths or seen.path in paths]

    def serve(self, exchange: Exchange) -> None:
        self.requests.append(exchange.seen)
        self.answer(exchange)

    def answer(self, exchange: Exchange) -> None:
        raise NotImplementedError

    def trick(self, exchange: Exchange) -> str:
        """Play the next trick if it is a whole answer; return its name if it belongs into a stream."""
        trick = self.tricks.popleft() if self.tricks else ""
        if isinstance(trick, Reply):
            exchange.reply(trick.status, trick.body, trick.content_type)
            return "done"
        if isinstance(trick, Pieces):
            exchange.stream(iter(trick.pieces), trick.content_type)
            return "done"
        if trick == "drop":
            exchange.drop()
            return "done"
        if trick == "stall":
            until = time.monotonic() + DEADLINE_S
            while not (self.closing.wait(_LOOK_S) or exchange.is_gone()) and time.monotonic() < until:
                pass
            exchange.drop()
            return "done"
        return trick

    def say(self, messages: list[dict[str, str]] | None, text: str, most: int) -> Said:
        """Return what the model says to a prompt whose words are `text`."""
        if self.said:
            return self.said.popleft()
        *asked, last = messages or [{"role": "user", "content": text}]
        words = last["content"] if last["role"] == "assistant" else ""
        if words:
            text = "\n".join(message["content"] for message in asked).removeprefix(words)
        tokens = [word + " " for word in text.split()][:most] or ["ok"]
        tokens[0] = " " * text[:1].isspace() + tokens[0]
        reason = "length" if len(tokens) >= most else "stop"
        return Said((*((words,) if words and self.echoes else ()), *tokens), (), reason)

    def tokens(self, words: Sequence[str], trick: str) -> Iterator[str]:
        """Yield an answer's tokens, with the part of a trick that belongs into the middle."""
        if trick == "endless":
            while not self.closing.wait(0.01):
                yield "word "
            return
        for place, word in enumerate(words):
            if place == 1 and trick == "stall mid-stream":
                self.closing.wait(DEADLINE_S)
                raise Cut
            if place == 1 and trick == "cut mid-stream":
                raise Cut
            if place == 1 and trick == "end mid-stream":
                return
            yield word


class Cut(Exception):
    """The connection is to be closed in the middle."""


class Exchange:
    """One request and its answer."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self._handler = handler
        raw = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        body = json.loads(raw) if raw else {}
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.seen = Seen(handler.command, handler.path, body, headers)

    def is_gone(self) -> bool:
        """Say whether the client has closed the connection, as model servers look for it."""
        connection = self._handler.connection
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and not connection.recv(1, socket.MSG_PEEK)

    def json(self, answer: object, status: int = 200) -> None:
        self.reply(status, json.dumps(answer), "application/json")

    def reply(self, status: int, text: str, content_type: str) -> None:
        payload = text.encode()
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", content_type)
        self._handler.send_header("Content-Length", str(len(payload)))
        self._handler.end_headers()
        self._handler.wfile.write(payload)

    def stream(self, pieces: Iterator[str | bytes], content_type: str) -> None:
        """Send pieces as they come: the headers leave with the first one, as they do at Ollama's."""
        begun = False
        try:
            for piece in pieces:
                if not begun:
                    self._begin(content_type)
                    begun = True
                data = piece.encode() if isinstance(piece, str) else piece
                self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            if not begun:
                self._begin(content_type)
            self._handler.wfile.write(b"0\r\n\r\n")
        except Cut:
            self.drop()
        except OSError:
            self._handler.close_connection = True  # the client has gone

    def drop(self) -> None:
        self._handler.close_connection = True
        with suppress(OSError):
            self._handler.wfile.flush()

    def _begin(self, content_type: str) -> None:
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", content_type)
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()


def next_words(prompt: str) -> list[tuple[str, float]]:
    """Return the fixed distribution of the fake models' next token, as (token, log probability)."""
    if prompt.rstrip().endswith("tax"):
        return [(" return", -0.5), (" letter", -1.2), ("\n", -3.0)]
    return [
        (" invoice", -0.7),
        (" tax", -1.2),
        ("Inv", -3.0),
        (" letter", -3.5),
        (" the", -4.0),
        (" Tax", -4.5),
    ]


def decided(body: dict[str, Any], model: str, tokens: int) -> dict[str, Any]:
    """Return an answer of `/v1/systemone` in its recorded shape: the first option is the likeliest."""
    answers = {}
    for name, question in body["questions"].items():
        weights = {option: 0.5**place for place, option in enumerate(question["criteria"])}
        shares = {option: weight / sum(weights.values()) for option, weight in weights.items()}
        uniform = 1 / len(shares)
        confidence = (max(shares.values()) - uniform) / (1 - uniform) if len(shares) > 1 else 1.0
        best = max(shares, key=lambda option: shares[option])
        answers[name] = {"type": "choice", "choice": best, "probabilities": shares, "confidence": confidence}
    return {"model": model, "answers": answers, "usage": {"input_tokens": tokens, "output_tokens": 0}}
