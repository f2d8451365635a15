"""Ollama's own client, with the bounds and the errors that a lane needs."""

from __future__ import annotations

import importlib
import random
import re
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from twolane import cancel
from twolane.config.addresses import OLLAMA_URL
from twolane.config.environment import without_variables
from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelBusyError, ModelError, ModelMissingError
from twolane.llm.base import ModelDescription
from twolane.llm.wire.bounds import UNREADABLE
from twolane.llm.wire.http import HEALTH_LIMITS, Json, LaneTransport, ModelServer
from twolane.llm.wire.limits import TimeLimits
from twolane.llm.wire.refusals import error_text, refusal

if TYPE_CHECKING:
    import ollama

_BUSY_TRIES = 4
_BUSY_PAUSE_S = 0.25
_PULL_PAUSE_S = 600.0  # checking the digest of a large model takes minutes without any progress
_PULL_TOTAL_S = 86_400.0
_REMEDY = "start Ollama (`ollama serve`), or set the url of this lane"

# The first of a Modelfile is the model, by the digest of its file; others are adapters.
_FROM = re.compile(r"^FROM .*\b(sha256[-:][0-9a-f]{12,})\s*$", re.MULTILINE)
_READ_AT_IMPORT = re.compile(r"OLLAMA_HOST|(.*_)?PROXY|SSL_CERT_(FILE|DIR)", re.IGNORECASE)

T = TypeVar("T")


class Part(Protocol):
    """What the client's answers to a completion and to a chat have in common."""

    done: bool | None
    done_reason: str | None
    prompt_eval_count: int | None
    load_duration: int | None
    total_duration: int | None
    eval_count: int | None


class OllamaClient:
    """Ollama's client for one lane; every call raises a `ModelError` and nothing else.

    `asking` has the lane's time limits, `checking` those of a health check. A request that meets a full queue
    is tried again after `sleep`.
    """

    def __init__(self, settings: LaneSettings, sleep: Callable[[float], None] = cancel.pause) -> None:
        self.url = settings.url or OLLAMA_URL
        self.missing_remedy = f"fetch it: `twolane models pull`, or `ollama pull {settings.model}`"
        self._settings = settings
        self._sleep = sleep
        self._transport = LaneTransport(settings, self.url, remedy=_REMEDY, edit=_add_fields)
        self._raw = ModelServer(settings, self.url, remedy=_REMEDY, transport=self._transport)
        self.asking = self.limited(TimeLimits.of(settings))
        self.checking = self.limited(HEALTH_LIMITS)

    def limited(self, limits: TimeLimits) -> ollama.Client:
        """Return a client over the same connections with other time limits."""
        _prepare_import()
        import ollama

        # The client has no field for `truncate` and `shift`, one time limit for everything, and takes a
        # key from the environment. Its `transport` argument is public and mends all of it.
        transport = LaneTransport(
            self._settings,
            self.url,
            remedy=_REMEDY,
            edit=_add_fields,
            shared=self._transport,
            limits=limits,
        )
        return ollama.Client(host=self.url, transport=transport, trust_env=False, follow_redirects=False)

    def version(self) -> str:
        """Return the server's version, within the time limits of a health check."""
        return str(self._raw.get("/api/version", HEALTH_LIMITS).get("version", ""))

    def running(self, client: ollama.Client) -> dict[str, ollama.ProcessResponse.Model]:
        """Return the models in memory by their full names."""
        return {full_name(m.model or m.name or ""): m for m in self.call(client.ps).models}

    def listed(self, client: ollama.Client) -> Sequence[ollama.ListResponse.Model]:
        """Return the models that the server has."""
        return self.call(client.list).models

    def show(self, client: ollama.Client) -> ollama.ShowResponse:
        """Return what the server says of the lane's model."""
        return self.call(lambda: client.show(self._settings.model))

    def described(self) -> ModelDescription:
        """Return the server's description of the lane's model, which is not loaded for that."""
        shown, listed = self.show(self.checking), self.listed(self.checking)
        sizes = {full_name(item.model or ""): int(item.size or 0) for item in listed}
        file = _FROM.search(shown.modelfile or "")
        size_bytes = sizes.get(full_name(self._settings.model), 0)
        return ModelDescription(dict(shown.modelinfo or {}), size_bytes, file[1] if file else "")

    def pull(self) -> Generator[ollama.ProgressResponse, None, None]:
        """Have the server fetch the lane's model, with progress."""
        client = self.limited(TimeLimits(_PULL_PAUSE_S, _PULL_PAUSE_S, _PULL_TOTAL_S))
        return self.stream(client.pull(self._settings.model, stream=True))

    def load(self, **request: Any) -> None:
        """Bring the lane's model into memory, whether it writes or makes vectors."""
        model = self._settings.model
        try:
            self.retried(lambda: self.call(lambda: self.asking.generate(model, prompt="", **request)))
        except ModelError as error:
            if "does not support generate" not in error.what:
                raise
            self.retried(lambda: self.call(lambda: self.asking.embed(model, input=[], **request)))

    def decide(self, state: str, questions: Json, **more: Any) -> Json:
        """Ask a decision model; it has no options, and loads with the server's own context length."""
        model = self._settings.model
        return self.call(lambda: self.asking.systemone(model, state, questions, **more).model_dump())

    def close(self) -> None:
        self._transport.close()

    def call(self, request: Callable[[], T]) -> T:
        """Make one request, and turn the client's errors into ours."""
        import ollama

        try:
            return request()
        except ollama.ResponseError as error:
            raise self._refusal(error.status_code, str(error.error)) from error
        except UNREADABLE as error:
            # No JSON, or none that the client expects: it checks neither.
            raise self.bad_answer("its answer cannot be read; is this an Ollama server?") from error

    def stream(self, parts: Iterator[T]) -> Generator[T, None, None]:
        """Pass on a streamed answer of the client's; closing it cancels the request."""
        with closing(parts):  # type: ignore[type-var]  # a generator, whatever the client declares
            while (part := self.call(lambda: next(parts, None))) is not None:
                yield part

    def retried(self, request: Callable[[], T]) -> T:
        """Try again where the server's queue of models to load is full, and nowhere else."""
        for attempt in range(_BUSY_TRIES - 1):
            try:
                return request()
            except ModelBusyError:
                self._sleep(_BUSY_PAUSE_S * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
        return request()

    def bad_answer(self, why: str) -> ModelAnswerError:
        return ModelAnswerError(
            f"Ollama at {self.url} did not answer well for {self._settings.model}: {why}",
            "try again; if it goes on, read Ollama's log",
        )

    def _refusal(self, status: int, message: str) -> ModelError:
        model = self._settings.model
        status = 200 if status < 0 else status  # the client's mark for an error within a stream
        if "manifest: file does not exist" in message:  # the registry's answer to a pull
            return ModelMissingError(f"There is no model {model} to pull", "check the name of the model")
        error = refusal(status, error_text(message), model, self.url, self.missing_remedy)
        if status == 403:
            error.remedy = (
                "Ollama answers local names only: let a proxy set Host to localhost, or set OLLAMA_HOST"
            )
        if status == 501:
            error.remedy = "this model cannot embed: set an embedding model, such as nomic-embed-text"
        return error


def _prepare_import() -> None:
    """Import the client library, which at import opens a client for whatever the environment names.

    An odd address there, of Ollama or of a proxy, would end the program at that moment, though no client of
    ours reads any of it.
    """
    if "ollama" not in sys.modules:
        with without_variables(_READ_AT_IMPORT):
            importlib.import_module("ollama")


def full_name(model: str) -> str:
    """Return a model's name with its tag: `latest` where it has none."""
    return model if ":" in model.rpartition("/")[2] else f"{model}:latest"


def text_of(part: Any) -> str:
    """Return the text of a part, of a completion or of a chat."""
    message = getattr(part, "message", None)
    return (message.content if message else getattr(part, "response", "")) or ""


def _add_fields(path: str, body: Json) -> Json:
    """Refuse prompts that do not fit, and end answers that outgrow the context, instead of losing the head.

    `shift` is a launch setting of the model: it is the same on every request, the preload's too.
    """
    if path.endswith(("/api/generate", "/api/chat")):
        return body | {"truncate": False, "shift": False}
    return body
