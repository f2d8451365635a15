"""Ollama as a lane's model, with the limits that Ollama itself does not have."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any, Literal

import numpy as np

from twolane import cancel
from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelError, ModelTimeoutError, ModelUnreachableError
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
from twolane.llm.runtimes.labels import NextTokens, score_labels
from twolane.llm.runtimes.schemas import check_schema, filled
from twolane.llm.runtimes.thinking import ThinkingModel, Thought
from twolane.llm.wire import systemone
from twolane.llm.wire.bounds import held_to
from twolane.llm.wire.http import Json, health_words, sendable, unit_rows
from twolane.llm.wire.limits import ConcurrencyLimit, TimeLimits
from twolane.llm.wire.loads import LoadCounter
from twolane.llm.wire.ollama import OllamaClient, Part, full_name, text_of
from twolane.text.tokens import most_tokens

TOP_TOKENS = 20
_EMBED_BATCH = 64
# A model that would end at once lists no token: that end counts as half of the probability.
_ENDED = (("", math.log(0.5)),)


class OllamaLLM:
    """A model of an Ollama server.

    Every request carries the same context length, thread count and `shift`, because a request with others
    makes Ollama load the model again, and may never get its turn. `threads = 0` leaves the number to
    the server. Every request also says how long the model stays in memory, since else the server's own
    setting counts from the first load after a restart on; but not while the server loads the model again and
    again: then a keep-alive can lock out the other model for good. Ollama cannot count tokens, so
    `count_tokens` is a high estimate from the characters; a prompt that is still too long is refused by the
    server, not cut. `sleep` is called between the tries of a request that found the server's queue full.
    """

    def __init__(self, settings: LaneSettings, sleep: Callable[[float], None] = cancel.pause) -> None:
        self._settings = settings
        self._limit = ConcurrencyLimit(settings)
        self._client = OllamaClient(settings, sleep)
        self._embedding = self._client.limited(TimeLimits.whole(settings.total_timeout_s))
        self._known_capabilities: tuple[str, ...] | None = None
        self._thinking = ThinkingModel(settings.model)
        self._loads = LoadCounter(settings, self._client.url)
        self._options: Json = {"num_ctx": settings.context_tokens}
        if settings.threads:
            self._options["num_thread"] = settings.threads

    @property
    def model(self) -> str:
        return self._settings.model

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        with self._limit.slot():
            return score_labels(self._next_tokens, prompt, labels)

    def decides(self) -> bool:
        return "decision" in self._capabilities()

    def decide(self, state: str, question: ChoiceQuestion) -> Choice:
        with self._limit.slot():
            answer = self._client.retried(
                lambda: self._client.decide(
                    sendable(state), systemone.questions(question), **self._loads.kept()
                )
            )
        return systemone.chosen(answer, question, self._client.bad_answer)

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
        with self._limit.slot(), self._loads.watched():
            first, rest = self._client.retried(lambda: self._begin(prompt, sampling, more))
            with closing(rest):
                events = held_to(options.max_tokens, self._events(chain([first] if first else [], rest)))
                yield from self._thinking.answer(without_echo(events, prompt))

    @property
    def form(self) -> EmbeddingForm:
        return embedding_form(self.model)

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        texts = self.form.prefixed(texts, use)
        rows: list[Vectors] = []
        for start in range(0, len(texts), _EMBED_BATCH):
            batch = [sendable(text) for text in texts[start : start + _EMBED_BATCH]]
            with self._limit.slot(), self._loads.watched():
                answer = self._client.retried(partial(self._embed, batch))
            rows.append(unit_rows(answer, len(batch), self._client.bad_answer))
        return np.concatenate(rows) if rows else np.zeros((0, 0), np.float32)

    def count_tokens(self, text: str) -> int:
        return most_tokens(text)

    def models(self) -> list[ModelInfo]:
        running = self._client.running(self._client.asking)
        found = []
        for item in self._client.listed(self._client.asking):
            name = item.model or ""
            info = ModelInfo(name, int(item.size or 0), item.digest or "")
            if here := running.get(full_name(name)):
                memory_bytes, context = int(here.size or 0), here.context_length or 0
                info = replace(info, loaded=True, context_tokens=context, memory_bytes=memory_bytes)
            found.append(info)
        return found

    def pull(self) -> Iterator[PullProgress]:
        step = ""
        with closing(self._client.pull()) as parts:
            for part in parts:
                step = part.status or step
                yield PullProgress(step, part.completed or 0, part.total or 0)
        if step != "success":
            raise self._client.bad_answer(f"its pull ended at {step or 'nothing'!r}")

    def load(self) -> None:
        decides = self.decides()
        with self._limit.slot():
            if decides:
                self._client.decide("", systemone.questions(systemone.ANY_QUESTION), **self._loads.kept())
            else:
                self._client.load(options=self._options, **self._loads.kept())
        self._loads.loaded()

    def health(self) -> Health:
        client, name = self._client, full_name(self.model)
        try:
            where = f"Ollama {client.version()} at {client.url}"
            if here := client.running(client.checking).get(name):
                detail = f"{where} holds {self.model}, context {here.context_length or 0} tokens"
                return _with_faults(Health(True, True, True, detail), self._thinking, self._loads)
            names = [full_name(item.model or "") for item in client.listed(client.checking)]
        except ModelError as error:
            reachable = not isinstance(error, ModelUnreachableError | ModelTimeoutError)
            self._loads.failed(error)
            return Health(False, reachable, False, *health_words(error, client.url))
        if name in names:
            detail = f"{where} has {self.model}, not in memory yet"
            return _with_faults(Health(True, True, False, detail), self._thinking, self._loads)
        return Health(False, True, False, f"{where} does not have {self.model}", client.missing_remedy)

    def close(self) -> None:
        self._limit.close()
        self._client.close()

    def _begin(
        self, prompt: Prompt, sampling: Json, more: Json
    ) -> tuple[Part | None, Generator[Part, None, None]]:
        """Start an answer, and wait for its first part: until then a refusal can be tried again."""
        parts = self._client.stream(self._request(prompt, sampling, stream=True, **more))
        return next(parts, None), parts

    def _request(self, prompt: Prompt, sampling: Json, **more: Any) -> Any:
        """Ask for the continuation of a text, or for the next turn of a chat."""
        common: Json = {
            "model": self.model,
            "options": self._options | sampling,
            **self._loads.kept(),
            **more,
        }
        if isinstance(prompt, str):
            return self._client.asking.generate(prompt=sendable(prompt), raw=True, **common)
        messages = [{"role": m.role, "content": sendable(m.content)} for m in prompt]
        return self._client.asking.chat(messages=messages, think=self._think(), **common)

    def _think(self) -> bool | None:
        """Return False for a model that can think; others refuse the field."""
        return False if "thinking" in self._capabilities() else None

    def _capabilities(self) -> Sequence[str]:
        """Return what Ollama says that the model can do; it is asked once."""
        if self._known_capabilities is None:
            self._known_capabilities = tuple(self._client.show(self._client.asking).capabilities or ())
        return self._known_capabilities

    def _next_tokens(self, prompt: Prompt) -> NextTokens:
        """Ask for one token and its probabilities; a format would not change them, for Ollama masks later."""
        sampling: Json = {"num_predict": 1, "temperature": 0.0}
        ask = partial(self._request, prompt, sampling, stream=False, logprobs=True, top_logprobs=TOP_TOKENS)
        with self._loads.watched():
            answer = self._client.retried(lambda: self._client.call(ask))
        if not answer.done or answer.done_reason not in {"stop", "length"}:
            raise self._client.bad_answer("it broke off")
        self._loads.note(answer.load_duration, answer.total_duration)
        tokens = _top_tokens(answer, self._client.bad_answer)
        return NextTokens(tokens, answer.prompt_eval_count or 0)

    def _events(self, parts: Iterator[Part]) -> Iterator[Delta | Thought | Finished]:
        last: Part | None = None
        for part in parts:
            if thought := getattr(getattr(part, "message", None) or part, "thinking", None):
                yield Thought(thought)
            if text := text_of(part):
                yield Delta(text)
            last = part if part.done else last
        # Where a token repeats more than 30 times Ollama ends the stream with status 200 and `done` false.
        if last is None or last.done_reason not in {"stop", "length"}:
            raise self._client.bad_answer("its answer broke off, as where a model repeats itself")
        self._loads.note(last.load_duration, last.total_duration)
        reason: Literal["stop", "length"] = "length" if last.done_reason == "length" else "stop"
        yield Finished(reason, last.prompt_eval_count or 0, last.eval_count or 0)

    def _embed(self, texts: list[str]) -> Sequence[Sequence[float]]:
        answer = self._client.call(
            lambda: self._embedding.embed(
                self.model, texts, truncate=False, options=self._options, **self._loads.kept()
            )
        )
        self._loads.note(answer.load_duration, answer.total_duration)
        return answer.embeddings


def _top_tokens(answer: Any, bad_answer: Callable[[str], ModelAnswerError]) -> tuple[tuple[str, float], ...]:
    """Return the likeliest next tokens with their log probabilities."""
    if answer.logprobs and answer.logprobs[0].top_logprobs:
        return tuple((item.token, item.logprob) for item in answer.logprobs[0].top_logprobs)
    if answer.done_reason != "stop":
        raise bad_answer("it sent no log probabilities: it is older than 0.12.11")
    return _ENDED


def _with_faults(health: Health, thinking: ThinkingModel, counter: LoadCounter) -> Health:
    """Add what is wrong with a server that answers: it loads the model again and again, or lets it think."""
    detail, remedy = health.detail + thinking.detail, thinking.remedy
    loads = counter.recent()
    if loads.too_many:
        detail, remedy = f"{detail}; {loads.words}", loads.remedy
    return replace(health, detail=detail, remedy=remedy, pushed_out=loads.too_many)
