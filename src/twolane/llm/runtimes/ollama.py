"""Ollama as a lane's model, through its official client, with the bounds that Ollama itself does not have."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import numpy as np

from twolane.config.settings import LaneSettings
from twolane.errors import (
    ModelAnswerError,
    ModelBusyError,
    ModelError,
    ModelMissingError,
    ModelTimeoutError,
    ModelUnreachableError,
)
from twolane.llm.base import (
    ChatOptions,
    Choice,
    Delta,
    Filled,
    Finished,
    Health,
    ModelDescription,
    ModelInfo,
    Prompt,
    PullProgress,
    Schema,
    Stream,
    Vectors,
)
from twolane.llm.runtimes.labels import NextTokens, score_labels
from twolane.llm.runtimes.schemas import check_schema, filled
from twolane.llm.wire.http import (
    HEALTH_LIMITS,
    Json,
    LaneTransport,
    ModelServer,
    health_words,
    refusal,
    sendable,
    unit_rows,
)
from twolane.llm.wire.limits import ConcurrencyLimit, TimeLimits
from twolane.text.tokens import most_tokens

if TYPE_CHECKING:
    import ollama

log = logging.getLogger(__name__)

DEFAULT_URL = "http://127.0.0.1:11434"
TOP_TOKENS = 20
_BUSY_TRIES = 4
_BUSY_PAUSE_S = 0.25
_EMBED_BATCH = 64
_PULL_PAUSE_S = 600.0  # checking the digest of a large model takes minutes without a word
_PULL_TOTAL_S = 86_400.0
_REMEDY = "start Ollama (`ollama serve`), or set the url of this lane"
# A model whose first word would be its end has no listed token to show: it counts as half of all.
_ENDED = (("", math.log(0.5)),)

T = TypeVar("T")


class _Part(Protocol):
    """What the client's answers to a completion and to a chat have in common."""

    done: bool | None
    done_reason: str | None
    prompt_eval_count: int | None
    eval_count: int | None


class OllamaLLM:
    """A model of an Ollama server.

    Every request carries the same context length, thread count and `shift`, because a request with others
    makes Ollama load the model again, and may never get its turn. `threads = 0` leaves the number to
    the server. Only `load` says how long the model stays in memory: on other requests a keep-alive can
    lock out a second model. Ollama cannot count tokens, so `count_tokens` is a high estimate from the
    characters; a prompt that is still too long is refused by the server, not cut. `sleep` is called
    between the tries of a request that met a full queue.
    """

    def __init__(self, settings: LaneSettings, sleep: Callable[[float], None] = time.sleep) -> None:
        self._settings = settings
        self._url = settings.url or DEFAULT_URL
        self._sleep = sleep
        self._limit = ConcurrencyLimit(settings)
        self._transport = LaneTransport(settings, self._url, remedy=_REMEDY, edit=_add_fields)
        self._asking = self._client(TimeLimits.of(settings))
        self._embedding = self._client(TimeLimits.whole(settings.total_timeout_s))
        self._checking = self._client(HEALTH_LIMITS)
        self._checking_raw = ModelServer(settings, self._url, remedy=_REMEDY, transport=self._transport)
        self._can_think: bool | None = None
        self._thought = False
        self._options: Json = {"num_ctx": settings.context_tokens}
        if settings.threads:
            self._options["num_thread"] = settings.threads

    @property
    def model(self) -> str:
        return self._settings.model

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        with self._limit.slot():
            return score_labels(self._next_tokens, prompt, labels)

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        return self._generate(prompt, options)

    def fill(self, prompt: Prompt, schema: Schema, max_tokens: int) -> Filled:
        check_schema(schema)
        return filled(self._generate(prompt, ChatOptions(max_tokens), format=schema), schema, self.model)

    def _generate(self, prompt: Prompt, options: ChatOptions, **more: Any) -> Stream:
        sampling: Json = {
            # 0 would be no limit at all.
            "num_predict": max(1, options.max_tokens),
            "temperature": options.temperature,
            "seed": options.seed,
        }
        if options.stop:
            sampling["stop"] = list(options.stop)
        with self._limit.slot():
            first, rest = self._retried(lambda: self._begin(prompt, sampling, more))
            with closing(rest):
                yield from self._events(chain([first] if first else [], rest))

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows: list[Vectors] = []
        for start in range(0, len(texts), _EMBED_BATCH):
            batch = [sendable(text) for text in texts[start : start + _EMBED_BATCH]]
            with self._limit.slot():
                answer = self._retried(partial(self._embed, batch))
            rows.append(unit_rows(answer, len(batch), self._bad_answer))
        return np.concatenate(rows) if rows else np.zeros((0, 0), np.float32)

    def count_tokens(self, text: str) -> int:
        return most_tokens(text)

    def models(self) -> list[ModelInfo]:
        running = {_full_name(m.model or m.name or ""): m for m in self._call(self._asking.ps).models}
        found = []
        for item in self._call(self._asking.list).models:
            name = item.model or ""
            info = ModelInfo(name, int(item.size or 0), item.digest or "")
            if here := running.get(_full_name(name)):
                memory_bytes, context = int(here.size or 0), here.context_length or 0
                info = replace(info, loaded=True, context_tokens=context, memory_bytes=memory_bytes)
            found.append(info)
        return found

    def pull(self) -> Iterator[PullProgress]:
        limits = TimeLimits(_PULL_PAUSE_S, _PULL_PAUSE_S, _PULL_TOTAL_S)
        step = ""
        with closing(self._stream(self._client(limits).pull(self.model, stream=True))) as parts:
            for part in parts:
                step = part.status or step
                yield PullProgress(step, part.completed or 0, part.total or 0)
        if step != "success":
            raise self._bad_answer(f"its pull ended at {step or 'nothing'!r}")

    def load(self) -> None:
        """Load the model and say how long it stays: the only request that does."""
        keep_alive = _keep_alive(self._settings.keep_alive)
        request: Json = {"model": self.model, "keep_alive": keep_alive, "options": self._options}
        with self._limit.slot():
            try:
                self._retried(lambda: self._call(lambda: self._asking.generate(prompt="", **request)))
            except ModelError as error:
                if "does not support generate" not in error.what:
                    raise
                self._retried(lambda: self._call(lambda: self._asking.embed(input=[], **request)))

    def health(self) -> Health:
        try:
            version = self._checking_raw.get("/api/version", HEALTH_LIMITS).get("version", "")
            loaded = self._loaded(self._checking)
            if (name := _full_name(self.model)) in loaded:
                detail = f"Ollama {version} at {self._url} holds {self.model}, context {loaded[name]} tokens"
                remedy = (
                    "choose a model that can do without: its answers begin later" if self._thought else ""
                )
                detail += "; it thinks although asked not to" if self._thought else ""
                return Health(True, True, True, detail, remedy)
            names = [_full_name(item.model or "") for item in self._call(self._checking.list).models]
        except ModelError as error:
            reachable = not isinstance(error, ModelUnreachableError | ModelTimeoutError)
            return Health(False, reachable, False, *health_words(error, self._url))
        if name in names:
            detail = f"Ollama {version} at {self._url} has {self.model}, not in memory yet"
            return Health(True, True, False, detail)
        detail = f"Ollama {version} at {self._url} does not have {self.model}"
        return Health(False, True, False, detail, self._missing_remedy)

    def describe(self) -> ModelDescription:
        """Return what Ollama says of the model, which it does not load for that."""
        told = self._call(lambda: self._checking.show(self.model)).modelinfo
        listed = self._call(self._checking.list).models
        sizes = {_full_name(item.model or ""): int(item.size or 0) for item in listed}
        return ModelDescription(dict(told or {}), sizes.get(_full_name(self.model), 0))

    def close(self) -> None:
        self._limit.close()
        self._transport.close()

    @property
    def _missing_remedy(self) -> str:
        return f"fetch it: `twolane models pull`, or `ollama pull {self.model}`"

    def _client(self, limits: TimeLimits) -> ollama.Client:
        import ollama

        # The client has no field for `truncate` and `shift`, one time limit for everything, and takes a
        # key from the environment. Its `transport` argument is public and mends all of it.
        transport = LaneTransport(
            self._settings,
            self._url,
            remedy=_REMEDY,
            edit=_add_fields,
            shared=self._transport,
            limits=limits,
        )
        return ollama.Client(host=self._url, transport=transport, trust_env=False, follow_redirects=False)

    def _begin(
        self, prompt: Prompt, sampling: Json, more: Json
    ) -> tuple[_Part | None, Generator[_Part, None, None]]:
        """Start an answer, and wait for its first part: until then a refusal can be tried again."""
        parts = self._stream(self._request(prompt, sampling, stream=True, **more))
        return next(parts, None), parts

    def _request(self, prompt: Prompt, sampling: Json, **more: Any) -> Any:
        """Ask for a continuation of a text as it is, or for the next turn of a chat."""
        common: Json = {"model": self.model, "options": self._options | sampling, **more}
        if isinstance(prompt, str):
            return self._asking.generate(prompt=sendable(prompt), raw=True, **common)
        messages = [{"role": m.role, "content": sendable(m.content)} for m in prompt]
        return self._asking.chat(messages=messages, think=self._think(), **common)

    def _think(self) -> bool | None:
        """Return False for a model that would think before it speaks; others refuse the field."""
        if self._can_think is None:
            capabilities = self._call(lambda: self._asking.show(self.model)).capabilities
            self._can_think = "thinking" in (capabilities or ())
        return False if self._can_think else None

    def _next_tokens(self, prompt: Prompt) -> NextTokens:
        """Ask for one token, without a format: log probabilities are taken before a grammar's mask."""
        sampling: Json = {"num_predict": 1, "temperature": 0.0}
        extra: Json = {"stream": False, "logprobs": True, "top_logprobs": TOP_TOKENS}
        answer = self._retried(lambda: self._call(lambda: self._request(prompt, sampling, **extra)))
        if not answer.done or answer.done_reason not in {"stop", "length"}:
            raise self._bad_answer("it broke off")
        tokens: tuple[tuple[str, float], ...] = _ENDED
        if answer.logprobs and answer.logprobs[0].top_logprobs:
            tokens = tuple((item.token, item.logprob) for item in answer.logprobs[0].top_logprobs)
        elif answer.done_reason != "stop":
            raise self._bad_answer("it sent no log probabilities: it is older than 0.12.11")
        return NextTokens(tokens, answer.prompt_eval_count or 0)

    def _events(self, parts: Iterator[_Part]) -> Iterator[Delta | Finished]:
        last: _Part | None = None
        begun = False
        for part in parts:
            text = _text(part)
            self._watch(part, "" if begun else text)
            if text:
                begun = True
                yield Delta(text)
            last = part if part.done else last
        # Ollama breaks off without a word where a token repeats more than 30 times: 200, done is false.
        if last is None or last.done_reason not in {"stop", "length"}:
            raise self._bad_answer("its answer broke off")
        reason: Literal["stop", "length"] = "length" if last.done_reason == "length" else "stop"
        yield Finished(reason, last.prompt_eval_count or 0, last.eval_count or 0)

    def _watch(self, part: _Part, opening: str) -> None:
        """Note that the model thinks although asked not to: in a field of its own, or in its first words."""
        thinking = getattr(getattr(part, "message", None) or part, "thinking", None)
        if (thinking or opening.lstrip().startswith("<think>")) and not self._thought:
            self._thought = True
            log.warning("%s thinks although asked not to: its answers begin later", self.model)

    def _embed(self, texts: list[str]) -> Sequence[Sequence[float]]:
        answer = self._call(
            lambda: self._embedding.embed(self.model, texts, truncate=False, options=self._options)
        )
        return answer.embeddings

    def _loaded(self, client: ollama.Client) -> dict[str, int]:
        """Return the models in memory with their context length."""
        return {
            _full_name(m.model or m.name or ""): m.context_length or 0 for m in self._call(client.ps).models
        }

    def _retried(self, request: Callable[[], T]) -> T:
        """Try again where the server's queue of models to load is full, and nowhere else."""
        for attempt in range(_BUSY_TRIES - 1):
            try:
                return request()
            except ModelBusyError:
                self._sleep(_BUSY_PAUSE_S * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
        return request()

    def _call(self, request: Callable[[], T]) -> T:
        """Run one request of the client, and turn its errors into ours."""
        import ollama

        try:
            return request()
        except ollama.ResponseError as error:
            raise self._refusal(error.status_code, str(error.error)) from error
        except (ValueError, TypeError, AttributeError) as error:
            # No JSON, or none that the client expects: it checks neither.
            raise self._bad_answer("its answer cannot be read; is this an Ollama server?") from error

    def _stream(self, parts: Iterator[T]) -> Generator[T, None, None]:
        with closing(parts):  # type: ignore[type-var]  # a generator, whatever the client declares
            while (part := self._call(lambda: next(parts, None))) is not None:
                yield part

    def _refusal(self, status: int, message: str) -> ModelError:
        status = 200 if status < 0 else status  # the client's mark for an error within a stream
        if "manifest: file does not exist" in message:  # the registry's answer to a pull
            return ModelMissingError(f"There is no model {self.model} to pull", "check the name of the model")
        error = refusal(status, message, self.model, self._url, self._missing_remedy)
        if status == 403:
            error.remedy = (
                "Ollama answers local names only: let a proxy set Host to localhost, or set OLLAMA_HOST"
            )
        if status == 501:
            error.remedy = "this model cannot embed: set an embedding model, such as nomic-embed-text"
        return error

    def _bad_answer(self, why: str) -> ModelAnswerError:
        return ModelAnswerError(
            f"Ollama at {self._url} did not answer well for {self.model}: {why}",
            "try again; if it goes on, read Ollama's log",
        )


def _add_fields(path: str, body: Json) -> Json:
    """Refuse prompts that do not fit, and end answers that outgrow the context, instead of losing the head.

    `shift` is a launch setting of the model: it is the same on every request, the preload's too.
    """
    if path.endswith(("/api/generate", "/api/chat")):
        return body | {"truncate": False, "shift": False}
    return body


def _text(part: _Part) -> str:
    message = getattr(part, "message", None)
    return (message.content if message else getattr(part, "response", "")) or ""


def _full_name(model: str) -> str:
    return model if ":" in model.rpartition("/")[2] else f"{model}:latest"


def _keep_alive(value: str) -> float | str:
    """Return a number of seconds as a number: as text Ollama wants a unit, and refuses "-1"."""
    try:
        return float(value)
    except ValueError:
        return value
