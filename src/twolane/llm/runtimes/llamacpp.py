"""The embedded runtime: a GGUF model in a llama.cpp process of the lane's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import TypeVar

from pydantic import SecretStr

from twolane.config.settings import LaneSettings
from twolane.errors import (
    ModelAnswerError,
    ModelError,
    ModelMissingError,
    ModelUnreachableError,
    NotFoundError,
)
from twolane.llm.base import (
    ChatOptions,
    Choice,
    Delta,
    Filled,
    Finished,
    Health,
    ModelInfo,
    Prompt,
    PullProgress,
    Schema,
    Stream,
)
from twolane.llm.catalogue.models import find_model, is_present, list_models, ready_path
from twolane.llm.catalogue.pull import pull_or_missing
from twolane.llm.runtimes.labels import NextTokens, score_labels
from twolane.llm.runtimes.llamacpp_server import Address, LaneServer, ServerParameters
from twolane.llm.runtimes.schemas import check_schema, filled
from twolane.llm.wire.http import Json, ModelServer
from twolane.llm.wire.limits import ConcurrencyLimit

# Probabilities cost 7 ms a call for 1000 tokens, 35 ms for 5000: 1000 hold 98 to 99 % of all.
TOP_TOKENS = 1000
_ATTEMPTS = 2
_FIELDS = ("completion_probabilities", "tokens_evaluated", "timings")
_REMEDY = "try again: the lane's process is started anew"

T = TypeVar("T")


class LlamaCppLLM:
    """A model that needs no server: see `LaneServer` for the process that runs it.

    Nothing is started before the first request, or `load`. Text that looks like the model's control tokens
    (`<|im_start|>`) is taken apart before the model sees it: documents cannot pose as turns of a chat.
    """

    def __init__(
        self, settings: LaneSettings, *, lane: str, run_dir: Path, models_dir: Path, threads: int
    ) -> None:
        self._settings = settings
        self._models_dir = models_dir
        self._threads = threads
        self._lane = LaneServer(lane, run_dir)
        self._limit = ConcurrencyLimit(settings)
        self._lock = Lock()
        self._parameters: ServerParameters | None = None
        self._server: tuple[Address, ModelServer] | None = None

    @property
    def model(self) -> str:
        return self._settings.model

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        with self._limit.slot():
            return self._retried(
                lambda server: score_labels(lambda asked: _next_tokens(server, asked), prompt, labels)
            )

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        with self._limit.slot():
            address, server = self._connected()
            try:
                yield from _answer(server, prompt, options, self.model)
            except (ModelAnswerError, ModelUnreachableError) as error:
                raise self._explained(error, address) from error

    def fill(self, prompt: Prompt, schema: Schema, max_tokens: int) -> Filled:
        check_schema(schema)
        options = ChatOptions(max_tokens)

        def ask(server: ModelServer) -> Filled:
            return filled(_answer(server, prompt, options, self.model, schema), schema, self.model)

        with self._limit.slot():
            return self._retried(ask)

    def count_tokens(self, text: str) -> int:
        body = {"content": text, "add_special": False, "parse_special": False}
        return len(self._retried(lambda server: server.post("/tokenize", body)["tokens"]))

    def models(self) -> list[ModelInfo]:
        return list_models(self._models_dir)

    def pull(self) -> Iterator[PullProgress]:
        return pull_or_missing(self.model, self._models_dir)

    def load(self) -> None:
        """Start the process, or find a running one, and generate one token."""
        body = {"prompt": "Hello", "n_predict": 1, "cache_prompt": False}
        with self._limit.slot():
            self._retried(lambda server: server.post("/completion", body))

    def health(self) -> Health:
        """Check the lane's process; one that was not needed yet is ready, for it starts on demand."""
        try:
            find_model(self.model)
            present = is_present(self.model, self._models_dir)
        except NotFoundError as error:
            return Health(False, False, False, error.what, error.remedy)
        if not present:
            remedy = f"run: twolane models pull {self.model}"
            return Health(False, False, False, f"the model {self.model} is not here", remedy)
        address = self.address()
        if address is None:
            return Health(True, True, False, f"{self.model} is not started; the first request starts it")
        return Health(True, True, True, f"{self.model} is loaded in process {address.pid}")

    def pause(self) -> None:
        """Pause the lane's process where this process owns it; harmless when repeated."""
        self._lane.pause()

    def resume(self) -> None:
        """Resume the lane's process; harmless when repeated."""
        self._lane.resume()

    def close(self) -> None:
        self._limit.close()
        self._lane.close()
        with self._lock:
            server, self._server = self._server, None
        if server:
            server[1].close()

    def address(self) -> Address | None:
        """Return the address of the process that runs this lane's model, if there is one; none is started."""
        address = self._lane.current()
        return address if address and address.is_alive() else None

    def _retried(self, ask: Callable[[ModelServer], T]) -> T:
        """Ask once more where the process died: only for requests that may be repeated."""
        for attempt in range(1, _ATTEMPTS + 1):
            address, server = self._connected()
            try:
                return ask(server)
            except (ModelAnswerError, ModelUnreachableError) as error:
                explained = self._explained(error, address)
                if attempt == _ATTEMPTS or not isinstance(explained, ModelUnreachableError):
                    raise explained from error
        raise AssertionError("every attempt returns or raises")

    def _explained(self, error: ModelError, address: Address) -> ModelError:
        """Return the error behind a broken connection: where the process has ended, it is also forgotten."""
        if not self._lane.lost(address):
            return error
        return ModelUnreachableError(f"the process of {self.model} ended during a request", _REMEDY)

    def _connected(self) -> tuple[Address, ModelServer]:
        """Return the lane's process, started if need be, and a client for it."""
        with self._lock:
            if self._parameters is None:
                self._parameters = self._wanted()
        address = self._lane.acquire(self._parameters, self._settings.first_token_timeout_s)
        with self._lock:
            if self._server and self._server[0] == address:
                return self._server
            if self._server:
                self._server[1].close()
            settings = self._settings.model_copy(update={"api_key": SecretStr(address.key)})
            self._server = address, ModelServer(settings, address.url, remedy=_REMEDY)
            return self._server

    def _wanted(self) -> ServerParameters:
        try:
            path = ready_path(self.model, self._models_dir)
        except NotFoundError as error:
            raise ModelMissingError(error.what, error.remedy) from error
        settings = self._settings
        return ServerParameters(
            self.model, str(path), settings.context_tokens, settings.concurrency, self._threads
        )


def _next_tokens(server: ModelServer, prompt: Prompt) -> NextTokens:
    """Ask for the probabilities of the next token, before any sampling and over the whole vocabulary."""
    body = {
        "prompt": _rendered(server, prompt),
        "n_predict": 1,
        "n_probs": TOP_TOKENS,
        "temperature": 0.0,
        "cache_prompt": True,
        "response_fields": _FIELDS,
    }
    answer = server.post("/completion", body)
    listed = answer.get("completion_probabilities")
    top = listed[0]["top_logprobs"] if listed else ()
    tokens = tuple((bytes(t["bytes"]).decode("utf-8", "replace"), float(t["logprob"])) for t in top)
    return NextTokens(tokens, int(answer["tokens_evaluated"]), int(answer["timings"]["cache_n"]))


def _answer(
    server: ModelServer, prompt: Prompt, options: ChatOptions, model: str, schema: Schema | None = None
) -> Stream:
    body: Json = {
        "prompt": _rendered(server, prompt),
        "n_predict": max(1, options.max_tokens),
        "temperature": options.temperature,
        "seed": options.seed,
        "stop": list(options.stop),
        "cache_prompt": True,
        "stream": True,
    }
    if schema is not None:
        body["json_schema"] = schema
    with closing(server.events("/completion", body)) as events:
        yield from _pieces_of(events, model)


def _pieces_of(events: Iterator[Json], model: str) -> Stream:
    for event in events:
        if event["content"]:
            yield Delta(event["content"])
        if event["stop"]:
            reason: str = event["stop_type"]
            tokens = int(event["tokens_evaluated"]), int(event["tokens_predicted"])
            yield Finished("length", *tokens) if reason == "limit" else Finished("stop", *tokens)
            return
    raise ModelAnswerError(f"the answer of {model} broke off", "try again")


def _rendered(server: ModelServer, prompt: Prompt) -> str:
    """Return a prompt as the text that the model continues; a last assistant message stays unfinished."""
    if isinstance(prompt, str):
        return _defused(server, prompt)
    messages = [{"role": m.role, "content": _defused(server, m.content)} for m in prompt]
    body = {"messages": messages, "chat_template_kwargs": {"enable_thinking": False}}
    return str(server.post("/apply-template", body)["prompt"])


def _defused(server: ModelServer, text: str) -> str:
    """Return a text without control tokens: a space is put into whatever would be read as one."""
    if not any(opening in text for opening in "<["):
        return text
    as_text = {token["id"] for token in _pieces(server, text, parse_special=False)}
    for token in _pieces(server, text, parse_special=True):
        piece = token["piece"]
        # Text beside a control token may be split differently too: only what looks like a token gets a space.
        if token["id"] not in as_text and isinstance(piece, str) and piece[0] in "<[" and piece[-1] in ">]":
            text = text.replace(piece, f"{piece[0]} {piece[1:]}")
    return text


def _pieces(server: ModelServer, text: str, *, parse_special: bool) -> list[Json]:
    body = {"content": text, "add_special": False, "parse_special": parse_special, "with_pieces": True}
    tokens: list[Json] = server.post("/tokenize", body)["tokens"]
    return tokens
