"""Any OpenAI-compatible server as a lane's model: llama-server, vLLM, LM Studio."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain, islice
from typing import Any, TypeVar

import numpy as np

from twolane.config.lane_settings import LaneSettings
from twolane.errors import (
    ModelAnswerError,
    ModelError,
    ModelFormatError,
    ModelTimeoutError,
    ModelUnreachableError,
)
from twolane.llm.base import (
    ChatOptions,
    Choice,
    ChoiceQuestion,
    Delta,
    EmbeddingForm,
    EmbeddingUse,
    Filled,
    Finished,
    Health,
    ModelInfo,
    Prompt,
    PullProgress,
    Schema,
    Stream,
    Vectors,
)
from twolane.llm.catalogue.embedding import embedding_form
from twolane.llm.runtimes.echo import without_echo
from twolane.llm.runtimes.labels import NextTokens, name_label, score_labels
from twolane.llm.runtimes.schemas import check_schema, filled, with_schema
from twolane.llm.runtimes.thinking import NO_THINKING, ThinkingModel, Thought
from twolane.llm.wire.bounds import UNREADABLE, held_to
from twolane.llm.wire.http import HEALTH_LIMITS, Json, ModelServer, health_words, unit_rows
from twolane.llm.wire.limits import ConcurrencyLimit, TimeLimits
from twolane.llm.wire.ollama import full_name
from twolane.llm.wire.ollama_keeping import OllamaKeeping
from twolane.llm.wire.systemone import DecisionClient
from twolane.text.tokens import most_tokens

DEFAULT_URL = "http://127.0.0.1:8080"
TOP_TOKENS = 20
_EMBED_BATCH = 64
_REMEDY = "start the model server, or set the url of this lane"
# llama-server, vLLM and SGLang pass this to the chat template, which tells a model not to think.
_TEMPLATE_FIELD = "chat_template_kwargs"
# `[DONE]` ends an answer as well as a reason: some servers give no other.
_DONE: Json = {"choices": [{"finish_reason": "stop"}]}
_CUT = {"length", "max_tokens", "model_length"}
_WHOLE = {"stop", "eos", "eos_token", "end_turn", "stop_sequence", "tool_calls"}
# DeepSeek, llama-server and SGLang; vLLM and OpenRouter; and Ollama's own name.
_THOUGHT_FIELDS = ("reasoning_content", "reasoning", "thinking")

_REFUSES_SCHEMAS = re.compile(r"response_format|json_schema|schema|grammar|guided|structured", re.IGNORECASE)

T = TypeVar("T")


class OpenAILLM:
    """A model behind `/v1/chat/completions`, `/v1/completions`, `/v1/embeddings` and `/v1/models`.

    The url may end in `/v1` or not. Context length and threads are the server's own; a keep-alive is told to
    an Ollama alone, by its own route. llama-server answers for every model name, so there only `health` sees
    a wrong one. Texts are counted by `/tokenize` where there is one. A model that can think is asked not to.
    """

    def __init__(self, settings: LaneSettings, server: ModelServer | None = None) -> None:
        url = (settings.url or DEFAULT_URL).removesuffix("/v1")
        self._settings = settings
        self._server = server or ModelServer(settings, url, remedy=_REMEDY)
        self._limit = ConcurrencyLimit(settings)
        self._counts_tokens = True
        self._may_ask_not_to_think = True
        self._gave_probabilities = self._names_only = False
        self._keeping = OllamaKeeping(settings, self._server)
        self._decisions = DecisionClient(self._server, settings.model)
        self._thinking = ThinkingModel(settings.model)

    @property
    def model(self) -> str:
        return self._settings.model

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        """Score labels; a server that has never given log probabilities is asked to name the best one."""
        if not self._names_only:
            try:
                with self._limit.slot():
                    return score_labels(self._next_tokens, prompt, labels)
            except ModelAnswerError:
                if not self._names_only:
                    raise
        return name_label(self.fill, prompt, labels)

    def decides(self) -> bool:
        return self._decisions.decides()

    def decide(self, state: str, question: ChoiceQuestion) -> Choice:
        with self._limit.slot():
            return self._decisions.decide(state, question)

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        return self._generate(prompt, options, {})

    def fill(self, prompt: Prompt, schema: Schema, max_tokens: int) -> Filled:
        """Fill in a schema; a server that refuses or ignores it is asked with the schema in the prompt."""
        check_schema(schema)
        options = ChatOptions(max_tokens)
        try:
            return filled(self._generate(prompt, options, _held_to(schema, prompt)), schema, self.model)
        except ModelError as error:
            is_refused = type(error) is ModelError and _REFUSES_SCHEMAS.search(error.what)
            if not (is_refused or isinstance(error, ModelFormatError)):
                raise
        return filled(self._generate(with_schema(prompt, schema), options, {}), schema, self.model)

    def _generate(self, prompt: Prompt, options: ChatOptions, more: Json) -> Stream:
        more = more | {
            "max_tokens": max(1, options.max_tokens),
            "temperature": options.temperature,
            "seed": options.seed,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if options.stop:
            more["stop"] = list(options.stop)
        with self._limit.slot():
            events, first = self._asked(prompt, more, self._begun)
            with closing(events):
                pieces = held_to(options.max_tokens, self._answer(chain(first, events)))
                answer = without_echo(pieces, prompt)
                yield from self._thinking.answer(answer)

    @property
    def form(self) -> EmbeddingForm:
        return embedding_form(self.model)

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        texts = self.form.prefixed(texts, use)
        rows: list[Vectors] = []
        for start in range(0, len(texts), _EMBED_BATCH):
            batch = list(texts[start : start + _EMBED_BATCH])
            with self._limit.slot():
                answer = self._server.post(
                    "/v1/embeddings",
                    {"model": self.model, "input": batch},
                    TimeLimits.whole(self._settings.total_timeout_s),
                )
            rows.append(_vectors(answer, len(batch), self._server.bad_answer))
        return np.concatenate(rows) if rows else np.zeros((0, 0), np.float32)

    def count_tokens(self, text: str) -> int:
        # llama-server reads `content`, vLLM `prompt`; LM Studio has no such route.
        if self._counts_tokens:
            body = {"model": self.model, "content": text, "prompt": text}
            try:
                tokens = self._server.post("/tokenize", body, HEALTH_LIMITS).get("tokens")
                if isinstance(tokens, list):
                    return len(tokens)
                self._counts_tokens = False
            except ModelError as error:
                self._counts_tokens = error.retryable
        return most_tokens(text)

    def models(self) -> list[ModelInfo]:
        return _models(self._server)

    def pull(self) -> Iterator[PullProgress]:
        what = f"The server at {self._server.url} cannot fetch {self.model} on request"
        raise ModelError(what, "fetch it with the server's own tools, then start the server with it")

    def load(self) -> None:
        """Ask for one token, so that a server that loads models on demand does it now."""
        with self._limit.slot():
            if not self._decisions.warm_up():
                body = {"model": self.model, "prompt": "Hello", "max_tokens": 1}
                self._keeping.answered(self._server.post("/v1/completions", body))

    def health(self) -> Health:
        try:
            if self._server.status("/health", HEALTH_LIMITS) == 503:
                detail = f"{self._server.url} is loading {self.model}"
                return Health(False, True, False, detail, "wait until the server has loaded it")
            names = [info.name for info in _models(self._server, HEALTH_LIMITS)]
        except ModelError as error:
            reachable = not isinstance(error, ModelUnreachableError | ModelTimeoutError)
            return Health(False, reachable, False, *health_words(error, self._server.url))
        if full_name(self.model) in map(full_name, names):
            detail = f"{self._server.url} serves {self.model}"
            if self._names_only:
                detail += "; it gives no log probabilities, and names one category instead of scoring all"
            return Health(True, True, True, detail + self._thinking.detail, self._thinking.remedy)
        detail = f"{self._server.url} serves {', '.join(names) or 'no model'}, not {self.model}"
        return Health(False, True, False, detail, "set the model of this lane to one that is served")

    def close(self) -> None:
        self._limit.close()
        self._server.close()

    def _begun(self, path: str, body: Json) -> tuple[Generator[Json, None, None], list[Json]]:
        """Return an answer's events, and the first one apart: once it is here, the request was accepted."""
        events = self._server.events(path, body, _DONE)
        return events, list(islice(events, 1))

    def _asked(self, prompt: Prompt, more: Json, ask: Callable[[str, Json], T]) -> T:
        """Ask, and ask again without the field for thinking where a strict server refuses it."""
        path, body = _body(self.model, prompt, without_thinking=self._may_ask_not_to_think)
        try:
            return ask(path, body | more)
        except ModelError as error:
            if _TEMPLATE_FIELD not in body or _TEMPLATE_FIELD not in error.what:
                raise
        self._may_ask_not_to_think = False
        path, body = _body(self.model, prompt, without_thinking=False)
        return ask(path, body | more)

    def _next_tokens(self, prompt: Prompt) -> NextTokens:
        """Ask for one token and the probabilities of the tokens that it was chosen from."""
        more: Json = {"max_tokens": 1, "temperature": 0.0}
        plain = isinstance(prompt, str)
        more |= {"logprobs": TOP_TOKENS} if plain else {"logprobs": True, "top_logprobs": TOP_TOKENS}
        answer = self._asked(prompt, more, self._server.post)
        self._keeping.answered(answer)
        try:
            tokens, usage = _top_tokens(answer["choices"][0].get("logprobs")), _usage(answer)
        except UNREADABLE as error:
            raise self._server.bad_answer("its log probabilities cannot be read") from error
        self._gave_probabilities |= bool(tokens)
        self._names_only = not self._gave_probabilities
        return NextTokens(tokens, *usage)

    def _answer(self, events: Iterator[Json]) -> Iterator[Delta | Thought | Finished]:
        """Turn chunks into pieces; a `finish_reason` ends an answer, or `[DONE]`, and no other end does."""
        reason: str | None = None
        prompt_tokens = completion_tokens = 0
        for event in events:
            self._keeping.answered(event)
            try:
                if isinstance(usage := event.get("usage"), dict):
                    prompt_tokens = int(usage.get("prompt_tokens") or 0)
                    completion_tokens = int(usage.get("completion_tokens") or 0)
                text, thought, ended = _piece(event)
            except UNREADABLE as error:
                raise self._server.bad_answer("its stream cannot be read") from error
            if thought:
                yield Thought(thought)
            if text:
                yield Delta(text)
            reason = reason or ended
        if reason in _CUT:
            yield Finished("length", prompt_tokens, completion_tokens)
        elif reason in _WHOLE:
            yield Finished("stop", prompt_tokens, completion_tokens)
        else:
            raise self._server.bad_answer(
                f"its stream ended {f'with {reason!r}' if reason else 'without an end'}"
            )


def _body(model: str, prompt: Prompt, *, without_thinking: bool) -> tuple[str, Json]:
    """Return the route and the request body for a prompt."""
    if isinstance(prompt, str):
        return "/v1/completions", {"model": model, "prompt": prompt}
    messages = [{"role": m.role, "content": m.content} for m in prompt]
    body: Json = {"model": model, "messages": messages}
    if without_thinking:
        body[_TEMPLATE_FIELD] = NO_THINKING
    if prompt and prompt[-1].role == "assistant":
        # Without these vLLM begins a new turn; llama-server continues the last message by itself.
        body |= {"add_generation_prompt": False, "continue_final_message": True}
    return "/v1/chat/completions", body


def _vectors(answer: Json, count: int, bad_answer: Callable[[str], ModelAnswerError]) -> Vectors:
    try:
        data = sorted(answer["data"], key=lambda item: int(item["index"]))
        rows = [item["embedding"] for item in data]
    except UNREADABLE as error:
        raise bad_answer("its embeddings cannot be read") from error
    return unit_rows(rows, count, bad_answer)


def _piece(event: Json) -> tuple[str, str, str | None]:
    """Return the text, the thought and the `finish_reason` of a chunk, of which it may have none."""
    choices = event.get("choices") or [{}]
    delta = choices[0].get("delta") or choices[0].get("message") or {}  # some servers send it whole
    thought = next((str(delta[field]) for field in _THOUGHT_FIELDS if delta.get(field)), "")
    content = choices[0].get("text") or delta.get("content") or ""
    reason = choices[0].get("finish_reason")
    ended = str(reason) if reason else None
    if not isinstance(content, list):
        return str(content), thought, ended
    text = "".join(part.get("text") or "" for part in content)  # Mistral's parts, each of one kind
    is_thought = bool(thought) or any(part.get("thinking") for part in content)
    return text, thought or "thinking" * is_thought, ended


def _held_to(schema: Schema, prompt: Prompt) -> Json:
    """Return the fields that make a server obey a schema; for completions llama-server has its own."""
    held = {"name": "answer", "strict": True, "schema": schema}
    more: Json = {"response_format": {"type": "json_schema", "json_schema": held}}
    return more | {"json_schema": schema} if isinstance(prompt, str) else more


def _top_tokens(logprobs: Mapping[str, Any] | None) -> tuple[tuple[str, float], ...]:
    """Read both shapes: a list of tokens (chat, and llama-server everywhere), or a mapping (completions)."""
    if not logprobs:
        return ()
    if content := logprobs.get("content"):
        return tuple((str(item["token"]), float(item["logprob"])) for item in content[0]["top_logprobs"])
    if top := logprobs.get("top_logprobs"):
        return tuple((str(token), float(logprob)) for token, logprob in top[0].items())
    return ()


def _usage(answer: Json) -> tuple[int, int]:
    """Return the number of tokens of the prompt, and how many of them came from the cache."""
    usage = answer.get("usage") or {}
    details = usage.get("prompt_tokens_details") or {}
    timings = answer.get("timings") or {}  # llama-server's own
    cached = details.get("cached_tokens") or timings.get("cache_n") or 0
    return int(usage.get("prompt_tokens") or 0), int(cached)


def _models(server: ModelServer, limits: TimeLimits | None = None) -> list[ModelInfo]:
    try:
        return [_model_info(item) for item in server.get("/v1/models", limits)["data"]]
    except UNREADABLE as error:
        raise server.bad_answer("its list of models cannot be read") from error


def _model_info(item: Json) -> ModelInfo:
    meta = item.get("meta") or {}
    context = item.get("max_model_len") or meta.get("n_ctx") or meta.get("n_ctx_train") or 0
    return ModelInfo(str(item.get("id", "")), int(meta.get("size") or 0), "", True, int(context))
