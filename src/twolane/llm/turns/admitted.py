"""A model and an embedder as filing uses them: every call waits while somebody is being answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from twolane.errors import ModelTimeoutError
from twolane.llm.base import (
    LLM,
    ChatOptions,
    Choice,
    Delta,
    Embedder,
    Finished,
    Health,
    ModelInfo,
    Prompt,
    PullProgress,
    Vectors,
)
from twolane.llm.turns.admission import Admission

# A call that ran out of time while it was held is made again: the wait is not the model's fault. What it
# had read of the prompt by then is in its cache, so that even short turns bring it to its end.
_TRIES = 20
_BATCH = 8  # what the embedder computes at once: no answer waits for more than this

T = TypeVar("T")


class AdmittedLLM:
    """A model whose heavy calls wait for their turn."""

    def __init__(self, llm: LLM, admission: Admission) -> None:
        self._llm = llm
        self._admission = admission

    @property
    def model(self) -> str:
        return self._llm.model

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        return _admitted(self._admission, lambda: self._llm.choose(prompt, labels))

    def chat(self, prompt: Prompt, options: ChatOptions) -> Iterator[Delta | Finished]:
        with self._admission.working():
            yield from self._llm.chat(prompt, options)

    def embed(self, texts: Sequence[str]) -> Vectors:
        return _admitted(self._admission, lambda: self._llm.embed(texts))

    def count_tokens(self, text: str) -> int:
        return self._llm.count_tokens(text)

    def models(self) -> list[ModelInfo]:
        return self._llm.models()

    def pull(self) -> Iterator[PullProgress]:
        return self._llm.pull()

    def load(self) -> None:
        _admitted(self._admission, self._llm.load)

    def health(self) -> Health:
        return self._llm.health()

    def close(self) -> None:
        self._llm.close()


class AdmittedEmbedder:
    """An embedder that waits for its turn before every few texts."""

    def __init__(self, embedder: Embedder, admission: Admission) -> None:
        self._embedder = embedder
        self._admission = admission

    @property
    def model(self) -> str:
        return self._embedder.model

    def embed(self, texts: Sequence[str]) -> Vectors:
        # Texts of like length go together: shorter ones would be computed at the length of the longest.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        parts = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)] or [[]]
        rows = np.concatenate([self._part([texts[index] for index in part]) for part in parts])
        vectors = np.empty_like(rows)
        vectors[order] = rows
        return vectors

    def _part(self, texts: Sequence[str]) -> Vectors:
        return _admitted(self._admission, lambda: self._embedder.embed(texts))

    def count_tokens(self, text: str) -> int:
        return self._embedder.count_tokens(text)

    def health(self) -> Health:
        return self._embedder.health()

    def close(self) -> None:
        self._embedder.close()


def _admitted(admission: Admission, ask: Callable[[], T]) -> T:
    """Ask when it is filing's turn, and again where a time limit passed while the call was held."""
    for last in (*[False] * (_TRIES - 1), True):
        with admission.working() as shift:
            try:
                return ask()
            except ModelTimeoutError:
                if last or not shift.held:
                    raise
    raise AssertionError("every try returns or raises")
