"""A model and an embedder as filing uses them: every call waits while somebody is being answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from twolane.errors import ModelTimeoutError
from twolane.llm.base import (
    ChatOptions,
    Choice,
    Embedder,
    Filled,
    Model,
    Prompt,
    Schema,
    Stream,
    Vectors,
    Wrapper,
)
from twolane.llm.turns.admission import Admission

# A call that ran out of time while its process was paused is made again: the wait is not the model's fault.
# What the model had read of the prompt by then is in its cache, so that even short turns bring it to its end.
_TRIES = 20
_BATCH = 8  # what the embedder computes at once: no answer waits for more than this

T = TypeVar("T")


class AdmittedModel(Wrapper[Model]):
    """A model whose calls wait for their turn."""

    def __init__(self, inner: Model, admission: Admission) -> None:
        super().__init__(inner)
        self._admission = admission

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        return admitted(self._admission, lambda: self.inner.choose(prompt, labels))

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        with self._admission.working():
            yield from self.inner.chat(prompt, options)

    def fill(self, prompt: Prompt, schema: Schema, max_tokens: int) -> Filled:
        return admitted(self._admission, lambda: self.inner.fill(prompt, schema, max_tokens))


class AdmittedEmbedder(Wrapper[Embedder]):
    """An embedder that waits for its turn before every few texts."""

    def __init__(self, inner: Embedder, admission: Admission) -> None:
        super().__init__(inner)
        self._admission = admission

    def embed(self, texts: Sequence[str]) -> Vectors:
        # Texts of like length go together: shorter ones would be computed at the length of the longest.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        parts = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)] or [[]]
        rows = np.concatenate([self._part([texts[index] for index in part]) for part in parts])
        vectors = np.empty_like(rows)
        vectors[order] = rows
        return vectors

    def _part(self, texts: Sequence[str]) -> Vectors:
        return admitted(self._admission, lambda: self.inner.embed(texts))


def admitted(admission: Admission, ask: Callable[[], T]) -> T:
    """Ask when filing may go on, and again where a time limit passed while the call was paused."""
    for last in (*[False] * (_TRIES - 1), True):
        with admission.working() as permit:
            try:
                return ask()
            except ModelTimeoutError:
                if last or not permit.was_paused:
                    raise
    raise AssertionError("every try returns or raises")
