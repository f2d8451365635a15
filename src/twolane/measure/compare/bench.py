"""The bench on which one model is measured: opened when needed, each result kept, one model at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psutil

from twolane import __version__
from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelTimeoutError, PromptTooLongError
from twolane.llm.base import LLM, ChatOptions, Finished, Model, Prompt
from twolane.measure.report.journal import Journal, Result

Opener = Callable[[LaneSettings], LLM]


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's whole answer with its times; tokens are counted by the runtime where it counts."""

    text: str
    first_token_s: float
    seconds: float
    prompt_tokens: int
    completion_tokens: int

    @property
    def generated_per_s(self) -> float | None:
        """The rate after the first token; None for answers too short to time."""
        between_s = self.seconds - self.first_token_s
        if self.completion_tokens < 4 or between_s <= 0:
            return None
        return (self.completion_tokens - 1) / between_s


def ask(llm: Model, prompt: Prompt, max_tokens: int) -> Reply:
    """Ask, read the answer to its end and time it. Raises `ModelError`."""
    started = time.perf_counter()
    first, finished = 0.0, Finished("stop")
    pieces: list[str] = []
    with closing(llm.chat(prompt, ChatOptions(max_tokens=max_tokens))) as stream:
        for event in stream:
            first = first or time.perf_counter() - started
            if isinstance(event, Finished):
                finished = event
            else:
                pieces = [] if event.restarts else pieces
                pieces.append(event.text)
    seconds = time.perf_counter() - started
    completion_tokens = finished.completion_tokens or len(pieces)
    return Reply("".join(pieces), first, seconds, finished.prompt_tokens, completion_tokens)


class Bench:
    """One model under measurement; the model is not loaded before something must be measured.

    `report` is called with the work that is done, in the plan's units, and the step under way.
    """

    def __init__(
        self,
        lane: LaneSettings,
        opener: Opener,
        journal: Journal,
        digest: str,
        report: Callable[[float, str], None],
    ) -> None:
        self.lane = lane
        self.failures = 0
        self._open = opener
        self._journal = journal
        self._digest = digest
        self._report = report
        self._done, self._step = 0.0, ""
        self._llm: LLM | None = None
        self._processes_before = _children()

    @property
    def llm(self) -> LLM:
        if self._llm is None:
            self._llm = self._open(self.lane)
        return self._llm

    def close(self) -> None:
        """Let go of the model; its memory is free for the next one."""
        used, self._llm = self._llm, None
        if used:
            used.close()
        if used and self.lane.runtime == "ollama":
            self._unload()

    def reopen(self) -> None:
        """Put the model out of memory, so that it has to be loaded anew."""
        self.llm  # noqa: B018 - an Ollama may hold it from before
        self.close()

    def begin(self, step: str) -> None:
        """Say what is measured from now on."""
        self._step = step
        self._report(self._done, step)

    def once(
        self, name: str, parameters: Mapping[str, Any], cost: float, measure: Callable[[], Result]
    ) -> Result:
        """Return a measurement's result, from the journal where it was made before the run was stopped.

        A request that failed gives `{"error": what}`, which is counted and not kept. Raises a `ModelError`
        for what would fail every time: no model, nobody there.
        """
        conditions = {
            **parameters,
            "context_tokens": self.lane.context_tokens,
            "threads": self.lane.threads,
            "version": __version__,
        }
        try:
            result = self._journal.once(name, conditions, self._digest, measure)
        except (ModelAnswerError, ModelTimeoutError, PromptTooLongError) as error:
            self.failures += 1
            result = {"error": error.what}
        self._done += cost
        self._report(self._done, self._step)
        return result

    def resident_bytes(self) -> int:
        """Return the memory of the processes that run the model, or what its server says; 0 is unknown."""
        if ours := _children() - self._processes_before:
            return sum(_resident(pid) for pid in ours)
        if self.lane.runtime != "ollama":
            return 0
        return served_bytes(self.llm)

    def _unload(self) -> None:
        """Have Ollama put the model out of memory: a load that keeps it for no time does that."""
        leaving = self._open(self.lane.model_copy(update={"keep_alive": "0"}))
        with closing(leaving):
            leaving.load()


def served_bytes(llm: LLM) -> int:
    """Return the memory that a server says its model takes; 0 where it says nothing. Raises `ModelError`."""
    names = {llm.model, f"{llm.model}:latest"}
    return next((info.memory_bytes for info in llm.models() if info.name in names), 0)


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
