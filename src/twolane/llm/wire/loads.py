"""How often a server loads one model anew, by its answers' own figures: what tells that models fight."""

from __future__ import annotations

import logging
import math
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelError, ModelUnreachableError
from twolane.llm.wire.http import Json
from twolane.llm.wire.ollama_keeping import as_ollama_takes_it

_log = logging.getLogger(__name__)

_WINDOW_S = 600.0
# A model in memory is handed out in some milliseconds, and the smallest is loaded in half a second.
_LOAD_S = 0.25
_MOST_NS = 10**15  # days; what a server says is not believed beyond
_MOST_LOADS = 2  # a restart or a dead runner is one, and both may be met within the window
_REMEDY = (
    "something pushes it out: raise OLLAMA_MAX_LOADED_MODELS to the models in use, set the same "
    "context_tokens and threads for lanes and names that share a model file, or see in Ollama's log why its "
    "runner ends"
)
_UNITS_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9.]+)(ns|us|µs|ms|s|m|h)")


@dataclass(frozen=True, slots=True)
class ModelLoads:
    """How often a model was loaded for requests that should have found it in memory, of how many requests.

    `seconds` is what these loads took.
    """

    loads: int = 0
    requests: int = 0
    seconds: float = 0.0

    @property
    def too_many(self) -> bool:
        return self.loads > _MOST_LOADS

    @property
    def words(self) -> str:
        """Say it, for where there are too many."""
        return (
            f"loaded anew {self.loads} times for {self.requests} requests within "
            f"{_WINDOW_S / 60:.0f} minutes, {self.seconds:.0f} s of waiting"
        )

    @property
    def remedy(self) -> str:
        return _REMEDY


@dataclass(frozen=True, slots=True)
class _CountedAnswer:
    at: float
    load_s: float  # 0 where the model was there


class LoadCounter:
    """Counts the loads of one model at one server; safe to use from several threads.

    The first load is as it should be, and so is one after a pause of `keep_alive`, or after a failure: what
    died has to be loaded again. A load is counted once, however many requests wait for it.
    """

    def __init__(self, settings: LaneSettings, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = f"{settings.model} at {url}"
        self._keep_alive = as_ollama_takes_it(settings.keep_alive)
        self._kept_s = kept_s(settings.keep_alive)
        self._clock = clock
        self._lock = threading.Lock()
        self._answered: deque[_CountedAnswer] = deque()
        self._last = -math.inf
        self._loaded_at = -math.inf  # when the last known load ended
        self._is_told = False

    def note(self, load_duration_ns: int | None, total_duration_ns: int | None = None) -> None:
        """Count an answer by the time until it had its model, and by the time that it took in all."""
        load_s = min(load_duration_ns or 0, _MOST_NS) / 1e9
        total_s = max(load_s, min(total_duration_ns or 0, _MOST_NS) / 1e9)
        with self._lock:
            now = self._clock()
            began = now - total_s
            is_load = load_s >= _LOAD_S
            # a request that came before the last load's end waited for that one
            is_counted = is_load and began >= self._loaded_at and began - self._last < self._kept_s
            if is_load:
                self._loaded_at = max(self._loaded_at, began + load_s)
            self._last = now
            self._answered.append(_CountedAnswer(now, load_s if is_counted else 0.0))
            found = self._found(now)
            is_news = found.too_many and not self._is_told
            self._is_told = found.too_many
        if is_news:
            _log.warning("%s was %s: %s", self._name, found.words, found.remedy)

    def loaded(self) -> None:
        """Note that the model was loaded on purpose."""
        with self._lock:
            self._last = self._loaded_at = self._clock()

    def failed(self, error: ModelError) -> None:
        """Note a failure: where the server or its runner may have died, the next load is as it should be."""
        if isinstance(error, ModelAnswerError | ModelUnreachableError):  # what is only slow has its model
            with self._lock:
                self._last = -math.inf

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note how a request of the block fails."""
        try:
            yield
        except ModelError as error:
            self.failed(error)
            raise

    def kept(self) -> Json:
        """Return the keep-alive for a request; none where models push each other out of memory.

        Ollama would let another one wait out all of it, for ever where it is -1, once a request with one
        comes while that other waits.
        """
        return {} if self.recent().too_many else {"keep_alive": self._keep_alive}

    def recent(self) -> ModelLoads:
        """Return what was counted within the last ten minutes."""
        with self._lock:
            return self._found(self._clock())

    def _found(self, now: float) -> ModelLoads:
        while self._answered and now - self._answered[0].at > _WINDOW_S:
            self._answered.popleft()
        loads = [answer.load_s for answer in self._answered if answer.load_s]
        return ModelLoads(len(loads), len(self._answered), sum(loads))


def kept_s(keep_alive: str) -> float:
    """Return the seconds that a keep-alive stands for: a number of them, or Go's words such as 1h30m."""
    try:
        seconds = float(keep_alive)
    except ValueError:
        parts = _PART.findall(keep_alive)
        seconds = sum(float(number) * _UNITS_S[unit] for number, unit in parts) if parts else math.inf
        seconds = -seconds if keep_alive.strip().startswith("-") else seconds
    return math.inf if seconds < 0 else seconds
