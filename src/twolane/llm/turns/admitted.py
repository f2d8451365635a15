"""A model and an embedder as filing uses them: every call waits while somebody is being answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from twolane import cancel
from twolane.errors import ModelTimeoutError
from twolane.llm.base import (
    ChatOptions,
    Choice,
    ChoiceQuestion,
    Embedder,
    EmbedderWrapper,
    EmbeddingUse,
    Filled,
    Model,
    Prompt,
    Schema,
    Stream,
    Vectors,
    Wrapper,
)
from twolane.llm.turns.admission import Admission, Permit

# A call that ran out of time while its process was paused is made again: the wait is not the model's fault.
# What the model had read of the prompt by then is in its cache, so that even short turns bring it to its end.
_TRIES = 20
# What a thread embeds in a turn: no answer waits for more than this, and on a CPU more at once gain nothing.
_BATCH = 4

T = TypeVar("T")


class AdmittedModel(Wrapper[Model]):
    """A model whose calls wait for their turn, and for the embedder where that would take its cores.

    One that `is_cut` has no process that can be paused: its call is cancelled where an answer begins, and
    made again after it.
    """

    def __init__(self, inner: Model, admission: Admission, *, is_cut: bool = False) -> None:
        super().__init__(inner)
        self._admission = admission
        self._is_cut = is_cut

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        return self._admitted(lambda: self.inner.choose(prompt, labels))

    def decides(self) -> bool:
        return self.inner.decides()

    def decide(self, state: str, question: ChoiceQuestion) -> Choice:
        return self._admitted(lambda: self.inner.decide(state, question))

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        with self._admission.cores("model"), self._admission.working():
            yield from self.inner.chat(prompt, options)

    def fill(self, prompt: Prompt, schema: Schema, max_tokens: int) -> Filled:
        return self._admitted(lambda: self.inner.fill(prompt, schema, max_tokens))

    def _admitted(self, ask: Callable[[], T]) -> T:
        with self._admission.cores("model"):  # before the turn, which may be taken away again
            return admitted(self._admission, ask, is_cut=self._is_cut)


class AdmittedEmbedder(EmbedderWrapper):
    """An embedder that waits for its turn before every few texts, and for the model likewise.

    `threads` is how many texts it computes at once.
    """

    def __init__(self, inner: Embedder, admission: Admission, threads: int = 1) -> None:
        super().__init__(inner)
        self._admission = admission
        self._batch = _BATCH * threads

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        # Texts of like length go together: some models compute shorter ones at the length of the longest.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        parts = [order[start : start + self._batch] for start in range(0, len(order), self._batch)] or [[]]
        rows = np.concatenate([self._part([texts[index] for index in part], use) for part in parts])
        vectors = np.empty_like(rows)
        vectors[order] = rows
        return vectors

    def _part(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        with self._admission.cores("embedder"):
            return admitted(self._admission, lambda: self.inner.embed(texts, use))


def admitted(admission: Admission, ask: Callable[[], T], *, is_cut: bool = False) -> T:
    """Ask when filing may go on, and again where the call was cut, or late because it was paused.

    The last try is not cut, so that even one whom every question meets in the middle comes to its end.
    """
    for last in (*[False] * (_TRIES - 1), True):
        with admission.working() as permit:
            try:
                return _cut_when_paused(permit, ask) if is_cut and not last else ask()
            except ModelTimeoutError:
                if last or not permit.was_paused:
                    raise
            except cancel.Cancelled:
                cancel.current().check()
                if not permit.was_paused:
                    raise
    raise AssertionError("every try returns or raises")


def _cut_when_paused(permit: Permit, ask: Callable[[], T]) -> T:
    """Ask, and raise `Cancelled` where filing has to wait, or nobody awaits the answer any more."""
    permit.work = work = cancel.Cancel()
    with cancel.current().calling(work.cancel), cancel.working_for(work):
        return ask()
