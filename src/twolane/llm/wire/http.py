"""HTTP to model servers: one transport with a lane's time limits, which raises only `ModelError`."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import httpcore
import httpx
import numpy as np
from httpx_sse import EventSource, ServerSentEvent, SSEError

from twolane import cancel, trace
from twolane.config.lane_settings import LaneSettings
from twolane.errors import (
    ModelAnswerError,
    ModelError,
    ModelTimeoutError,
    ModelUnreachableError,
)
from twolane.llm.base import Vectors
from twolane.llm.wire import refusals
from twolane.llm.wire.bounds import UNREADABLE, BodySize, TooMuchError
from twolane.llm.wire.limits import StreamTimer, TimeLimits, timeout_error
from twolane.llm.wire.sockets import FAULTS, cut, open_pool

Json = dict[str, Any]

HEALTH_LIMITS = TimeLimits.whole(2.0)
_CONNECT_LIMIT_S = 10.0
_JSON = {"content-type": "application/json"}
_EVENTS = "text/event-stream"


class LaneTransport(httpx.BaseTransport):
    """An httpx transport for one model's server; every failure leaves it as a `ModelError`.

    First token, pauses between tokens and the whole are limited one by one. Nothing is read from the
    environment: no proxy, no key. `edit` may change the JSON body of a request before it is sent. Where
    nobody awaits the answer any more, its connection is cut, which cancels it at the server.
    """

    def __init__(
        self,
        settings: LaneSettings,
        url: str,
        *,
        remedy: str,
        edit: Callable[[str, Json], Json] | None = None,
        shared: LaneTransport | None = None,
        limits: TimeLimits | None = None,
    ) -> None:
        self.url = url
        self.limits = limits or TimeLimits.of(settings)
        self._settings = settings
        self._remedy = remedy
        self._edit = edit
        self._pool: httpcore.ConnectionPool = shared._pool if shared else open_pool(url)
        self._pool_closed: threading.Event = shared._pool_closed if shared else threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        limits = request.extensions.get("limits") or self.limits
        started = time.monotonic()
        prepared = self._prepared(request, limits)
        try:
            response = self._pool.handle_request(prepared)
        except FAULTS as error:
            cancel.current().check()
            raise self.error(error, limits, begun=False) from error
        # From here on the timer measures the pauses; the pool reads this limit when the body begins.
        prepared.extensions["timeout"]["read"] = None
        network_stream = response.extensions["network_stream"]
        headers = httpx.Headers(response.headers)
        kind = headers.get("content-type", "")
        try:
            sent_bytes = len(request.content)
            size = BodySize(request.url.path, sent_bytes, kind, headers.get("content-encoding", ""))
        except TooMuchError as error:
            network_stream.close()
            raise self.too_much(error) from error
        timer = StreamTimer(limits, started, partial(cut, network_stream))
        # Comments in a stream of events only keep it alive; its reader notes the events instead.
        counts_pieces = _EVENTS not in kind
        stream = _TimedStream(self, response, limits, timer, size, counts_pieces=counts_pieces)
        extensions = {**response.extensions, "received_event": stream.received_event}
        return httpx.Response(response.status, headers=headers, stream=stream, extensions=extensions)

    def close(self) -> None:
        self._pool_closed.set()
        self._pool.close()

    @property
    def is_closed(self) -> bool:
        """Return whether the pool is closed, by this transport or by one that shares it."""
        return self._pool_closed.is_set()

    def timed_out(self, setting: str, limits: TimeLimits) -> ModelError:
        return timeout_error(setting, limits, self._settings.model, self.url)

    def too_much(self, error: TooMuchError) -> ModelError:
        return _bad_answer(self.url, self._settings.model, str(error))

    def _prepared(self, request: httpx.Request, limits: TimeLimits) -> httpcore.Request:
        headers = request.headers.copy()
        # A client library may have read a key from the environment: only the lane's own key is sent.
        headers.pop("authorization", None)
        if key := self._settings.api_key.get_secret_value():
            headers["authorization"] = f"Bearer {key}"
        if request_id := trace.current().request_id:
            headers[trace.HEADER] = request_id
        # A compressed stream would arrive in blocks, not token by token.
        headers["accept-encoding"] = "identity"
        content = request.read()
        if content and self._edit:
            content = json.dumps(self._edit(request.url.path, json.loads(content))).encode()
            headers.pop("content-length", None)
        connect_s = min(_CONNECT_LIMIT_S, limits.begin_s)
        timeout = httpx.Timeout(limits.begin_s, connect=connect_s)
        extensions = {**request.extensions, "timeout": timeout.as_dict()}
        # httpx sets the length of the new content, and what else belongs to it.
        ready = httpx.Request(request.method, request.url, headers=headers, content=content)
        url = request.url
        return httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=ready.headers.raw,
            content=content,
            extensions=extensions,
        )

    def error(self, error: Exception, limits: TimeLimits, *, begun: bool) -> ModelError:
        model = self._settings.model
        if isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout):
            return ModelUnreachableError(f"Nothing answers at {self.url}", self._remedy)
        if isinstance(error, httpcore.TimeoutException):
            setting = (
                "first_token_timeout_s" if limits.begin_s < limits.total_timeout_s else "total_timeout_s"
            )
            return self.timed_out(setting, limits)
        place = "in the middle of its answer" if begun else "without an answer"
        return ModelAnswerError(
            f"The server of {model} at {self.url} closed the connection {place}",
            "try again; if it goes on, read the server's log",
        )


class _TimedStream(httpx.SyncByteStream):
    """A body that ends in an error where a limit of time or size passed, or the connection broke."""

    def __init__(
        self,
        owner: LaneTransport,
        answer: httpcore.Response,
        limits: TimeLimits,
        timer: StreamTimer,
        size: BodySize,
        *,
        counts_pieces: bool,
    ) -> None:
        self._counts_pieces = counts_pieces
        self._owner = owner
        self._answer = answer
        self._limits = limits
        self._timer = timer
        self._size = size
        self._network_stream: httpcore.NetworkStream = answer.extensions["network_stream"]

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._answer.stream, Iterable)
        pieces = iter(self._answer.stream)
        while True:
            self._timer.waiting()
            try:
                piece = next(pieces, None)
            except FAULTS as error:
                self._check()
                raise self._owner.error(error, self._limits, begun=True) from error
            self._check()
            if piece is None:
                return
            if self._counts_pieces:
                self._timer.received()
            try:
                self._size.came(piece)
            except TooMuchError as error:
                raise self._owner.too_much(error) from error
            yield piece

    def received_event(self) -> None:
        """Note that the reader has a whole event."""
        self._timer.received()
        self._size.event_came()

    def close(self) -> None:
        self._timer.close()
        self._answer.close()
        # A connection that was opened while the pool was being closed belongs to no pool, and is closed here.
        if self._owner.is_closed:
            self._network_stream.close()

    def _check(self) -> None:
        cancel.current().check()
        if self._timer.passed:
            raise self._owner.timed_out(self._timer.passed, self._limits)


class ModelServer:
    """JSON over HTTP to one model server; every failure is a `ModelError`."""

    def __init__(
        self, settings: LaneSettings, url: str, *, remedy: str, transport: LaneTransport | None = None
    ) -> None:
        self.url = url
        self._model = settings.model
        self._transport = transport or LaneTransport(settings, url, remedy=remedy)
        self._client = httpx.Client(transport=self._transport, trust_env=False, base_url=url)

    def get(self, path: str, limits: TimeLimits | None = None) -> Json:
        return self._whole("GET", path, None, limits)

    def post(self, path: str, body: Mapping[str, Any], limits: TimeLimits | None = None) -> Json:
        return self._whole("POST", path, body, limits)

    def status(self, path: str, limits: TimeLimits | None = None) -> int:
        """Return the HTTP status of a path."""
        return self._client.get(path, extensions={"limits": limits}).status_code

    def events(
        self, path: str, body: Mapping[str, Any], done: Json | None = None
    ) -> Generator[Json, None, None]:
        """Stream the JSON of server-sent events until `[DONE]` or the end; closing it cancels the request.

        `[DONE]` itself is yielded as `done`, where that is given.
        """
        with self._client.stream("POST", path, content=_encoded(body), headers=_JSON) as response:
            if response.status_code != httpx.codes.OK:
                raise self.refusal(response.status_code, response.read().decode("utf-8", "replace"))
            for sent in self._sent(response):
                response.extensions["received_event"]()
                if sent.data == "[DONE]":
                    if done is not None:
                        yield done
                    return
                event = self._object(sent.data)
                if sent.event == "error" or event.get("error") or event.get("object") == "error":
                    raise self.refusal(response.status_code, sent.data)
                yield event

    def _sent(self, response: httpx.Response) -> Iterator[ServerSentEvent]:
        if _EVENTS not in response.headers.get("content-type", ""):  # one whole answer, or no answer at all
            yield ServerSentEvent(data=response.read().decode("utf-8", "replace"))
            return
        body = _with_error_events(response.iter_bytes())
        events = EventSource(httpx.Response(response.status_code, headers=response.headers, content=body))
        try:
            # An event without data, such as a ping, is none.
            yield from (sent for sent in events.iter_sse() if sent.data)
        except SSEError as error:
            raise self._no_model_server(str(error)) from error

    def close(self) -> None:
        # Only the pool: it can be closed twice, and a later call still raises a `ModelError`.
        self._transport.close()

    def bad_answer(self, why: str) -> ModelAnswerError:
        return _bad_answer(self.url, self._model, why)

    def refusal(self, status: int, text: str) -> ModelError:
        return refusals.refusal(status, refusals.error_text(text), self._model, self.url)

    def _whole(
        self, method: str, path: str, body: Mapping[str, Any] | None, limits: TimeLimits | None
    ) -> Json:
        content = _encoded(body) if body is not None else None
        response = self._client.request(
            method, path, content=content, headers=_JSON, extensions={"limits": limits}
        )
        if response.status_code != httpx.codes.OK:
            raise self.refusal(response.status_code, response.text)
        answer = self._object(response.text)
        if answer.get("error"):
            raise self.refusal(response.status_code, response.text)
        return answer

    def _object(self, text: str) -> Json:
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            answer = None
        if isinstance(answer, dict):
            return answer
        raise self._no_model_server(text)

    def _no_model_server(self, answer: str) -> ModelAnswerError:
        return ModelAnswerError(
            f"{self.url} answered with something that is no model server's answer: {refusals.shown(answer)}",
            "check the address of this lane: another program may answer there, or a proxy",
        )


def _bad_answer(url: str, model: str, why: str) -> ModelAnswerError:
    return ModelAnswerError(
        f"{url} did not answer well for {model}: {why}", "try again; if it goes on, read the server's log"
    )


def _with_error_events(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pass on a stream of events, with the errors of older llama-servers in it turned into events.

    They write a line `error: {...}`, which the standard tells readers to ignore.
    """
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            is_error = line.startswith(b"error:")
            yield (b"event: error\ndata:" + line.removeprefix(b"error:") if is_error else line) + b"\n"
    yield rest


def sendable(text: str) -> str:
    """Return text without what UTF-8 cannot encode: halves of surrogate pairs, from damaged files."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _encoded(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def unit_rows(
    vectors: Sequence[Sequence[float]], count: int, bad_answer: Callable[[str], ModelAnswerError]
) -> Vectors:
    """Return rows L2-normalised; raises where they are not `count` of one length, finite and not zero."""
    try:
        rows = np.asarray(vectors, np.float32)
    except UNREADABLE as error:
        raise bad_answer("its embeddings cannot be read") from error
    if rows.ndim != 2 or len(rows) != count or not np.isfinite(rows).all():
        raise bad_answer("it did not send one embedding of one length for each text")
    with np.errstate(over="ignore"):
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
    if not norms.all() or not np.isfinite(norms).all():
        raise bad_answer("it sent an embedding without a length, or with a length beyond all numbers")
    unit: Vectors = (rows / norms).astype(np.float32)
    return unit


def health_words(error: ModelError, url: str) -> tuple[str, str]:
    """Return detail and remedy of a failed health check, whose time limit is not a setting."""
    if isinstance(error, ModelTimeoutError):
        return f"{url} does not answer in time", "see what the server is doing, or restart it"
    return error.what, error.remedy
