"""The in-memory twin of every runtime: it answers by rule, the same every time, for demos and tests."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelError, ModelMissingError, PromptTooLongError
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
from twolane.llm.runtimes.schemas import check_schema, filled
from twolane.llm.wire.limits import ConcurrencyLimit
from twolane.text.tokens import most_tokens

DIMENSIONS = 256
_LAST_PART_CHARS = 4000
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"\w+")
_SOURCE = re.compile(r"\[1\]\s*(\S[^\n]*(?:\n(?!\s*\[\d+\])[^\n]*)*)")

Answers = Mapping[str, str] | Callable[[str], str]
Hook = Callable[[str], None]


class ScriptedLLM:
    """A model that follows rules, and obeys the same contract as the real ones.

    `answers` says what a chat answers: a function of the prompt's text, or a mapping whose first key found
    in the prompt wins. Without one it quotes source [1] of the prompt, or repeats its last line.
    `choose` prefers labels whose words occur in the last part of the prompt. `embed` hashes words, so texts
    with the same words are near each other. `fill` takes the text's first number and last line, unless
    `answers` says otherwise. A token is a word.

    With `decides` it is a decision model, which prefers options whose words occur in the state.

    `before` is called with the name of each step ("choose", "decide", "chat", "fill", "token", "embed",
    "load", "pull") while its place in the lane is held: it may wait, or raise a `ModelError`. `missing`
    starts without the model, until `pull`.
    """

    def __init__(
        self,
        settings: LaneSettings,
        answers: Answers | None = None,
        *,
        before: Hook | None = None,
        missing: bool = False,
        decides: bool = False,
    ) -> None:
        self._settings = settings
        self._answers = answers
        self._before = before or (lambda _step: None)
        self._missing = missing
        self._decides = decides
        self._loaded = False
        self._limit = ConcurrencyLimit(settings)

    @property
    def model(self) -> str:
        return self._settings.model or "scripted"

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        text = _text(prompt)
        with self._limit.slot():
            tokens = self._accept("choose", text)
            # The document is what is fenced last; the labels before it are in every prompt.
            part = text.rpartition("<<<")[2][-_LAST_PART_CHARS:]
            scores = [0.02 + _overlap(label, part) for label in labels]
            total = sum(scores) + 0.05  # as with a real model, a little probability goes to other words
            return Choice(tuple(labels), tuple(math.log(score / total) for score in scores), tokens)

    def decides(self) -> bool:
        return self._decides

    def decide(self, state: str, question: ChoiceQuestion) -> Choice:
        with self._limit.slot():
            tokens = self._accept("decide", state)
            if not self._decides:
                raise ModelError(f"{self.model} is not a decision model", "ask it by a prompt")
            scores = [0.02 + _overlap(f"{name} {what}", state) for name, what in question.options.items()]
            logprobs = tuple(math.log(score / sum(scores)) for score in scores)
            return Choice(tuple(question.options), logprobs, tokens)

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        return self._say("chat", prompt, options, self._answer)

    def fill(self, prompt: Prompt, schema: Schema, max_tokens: int) -> Filled:
        check_schema(schema)

        def answer(text: str) -> str:
            return self._answer(text) if self._answers else json.dumps(example(schema, text))

        return filled(self._say("fill", prompt, ChatOptions(max_tokens), answer), schema, self.model)

    def _say(self, step: str, prompt: Prompt, options: ChatOptions, answered: Callable[[str], str]) -> Stream:
        text = _text(prompt)
        with self._limit.slot():
            tokens = self._accept(step, text)
            answer = answered(text)
            for stop in options.stop:
                answer = answer.partition(stop)[0]
            words = re.findall(r"\s*\S+|\s+$", answer)
            for word in words[: options.max_tokens]:
                self._before("token")
                yield Delta(word)
        cut = len(words) > options.max_tokens
        yield Finished("length" if cut else "stop", tokens, min(len(words), options.max_tokens))

    @property
    def form(self) -> EmbeddingForm:
        return EmbeddingForm(self.model, dimensions=DIMENSIONS)

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:  # noqa: ARG002 - words are words
        with self._limit.slot():
            for text in texts:
                self._accept("embed", text)
            rows = [hashed_words(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, DIMENSIONS), np.float32)

    def count_tokens(self, text: str) -> int:
        return most_tokens(text)

    def models(self) -> list[ModelInfo]:
        context = self._settings.context_tokens
        return [] if self._missing else [ModelInfo(self.model, 0, "", self._loaded, context)]

    def pull(self) -> Iterator[PullProgress]:
        self._before("pull")
        for done in (0, 50, 100):
            yield PullProgress("pulling", done, 100)
        self._missing = False
        yield PullProgress("success", 100, 100)

    def load(self) -> None:
        with self._limit.slot():
            self._accept("load", "")
            self._loaded = True

    def health(self) -> Health:
        if self._missing:
            return Health(False, True, False, f"{self.model} is not here", "fetch it: `twolane models pull`")
        return Health(True, True, True, f"{self.model} follows its script")

    def close(self) -> None:
        self._limit.close()

    def _accept(self, step: str, text: str) -> int:
        """Return the number of a prompt's tokens, or refuse the request as a server would."""
        if self._missing:
            raise ModelMissingError(f"The model {self.model} is not here", "fetch it: `twolane models pull`")
        self._before(step)
        tokens = most_tokens(text)
        if tokens > self._settings.context_tokens:
            raise PromptTooLongError(
                f"The prompt does not fit the context of {self.model} "
                f"({tokens} tokens, room for {self._settings.context_tokens})",
                "raise context_tokens of this lane, or send less text",
            )
        return tokens

    def _answer(self, text: str) -> str:
        if callable(self._answers):
            return self._answers(text)
        for key, answer in (self._answers or {}).items():
            if key in text:
                return answer
        if source := _SOURCE.search(text):
            return f"{source[1].strip()[:300]} [1]"
        return (text.strip().splitlines() or [""])[-1]


def hashed_words(text: str) -> Vectors:
    """Return the counts of a text's words, hashed into `DIMENSIONS` buckets and L2-normalised."""
    row = np.zeros(DIMENSIONS, np.float32)
    for word in _WORD.findall(text.casefold()) or [""]:
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        row[int.from_bytes(digest) % DIMENSIONS] += 1.0
    unit: Vectors = row / np.float32(np.linalg.norm(row))
    return unit


def example(schema: Schema, text: str) -> Any:
    """Return the simplest value of a schema, with the first number and the last line of a text in it."""
    if "enum" in schema or "const" in schema:
        choices = schema.get("enum", [schema.get("const")])
        return max(choices, key=lambda choice: _overlap(str(choice), text))
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        return {name: example(part, text) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema.get("items", {}), text)] * max(1, schema.get("minItems", 1))
    if kind in {"integer", "number"}:
        number = _NUMBER.search(text)
        return int(number[0]) if number else schema.get("minimum", 0)
    if kind == "string":
        return (text.strip().splitlines() or [""])[-1][: schema.get("maxLength", 80)]
    return False if kind == "boolean" else None


def _text(prompt: Prompt) -> str:
    return prompt if isinstance(prompt, str) else "\n\n".join(message.content for message in prompt)


def _overlap(label: str, text: str) -> float:
    """Return the share of a label's words that a text has, counting "invoices" for "invoice"."""
    words = _WORD.findall(label.casefold())
    seen = set(_WORD.findall(text.casefold()))
    hits = sum(any(word == s or (len(word) > 3 and s.startswith(word)) for s in seen) for word in words)
    return hits / max(1, len(words))
