"""How long a model stays in memory of an Ollama that is asked by its OpenAI-compatible route."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelError
from twolane.llm.wire.http import HEALTH_LIMITS, Json, ModelServer

_FINGERPRINT = "fp_ollama"
# A request by that route leaves the keep-alive as it was, and a restart brings back the server's own five
# minutes: told once a minute, a model in use never goes.
_AGAIN_S = 60.0


class OllamaKeeping:
    """Tells an Ollama the lane's keep-alive, soon after an answer by a route that has none.

    The request is made beside the answers, and asks for nothing: it fails in silence, as it does where a
    proxy lets only `/v1` through.
    """

    def __init__(
        self, settings: LaneSettings, server: ModelServer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._body: Json = {"model": settings.model, "keep_alive": as_ollama_takes_it(settings.keep_alive)}
        self._server = server
        self._clock = clock
        self._lock = threading.Lock()
        self._due_at = 0.0

    def answered(self, answer: Json) -> None:
        """Take note of an answer, or a piece of one; only Ollama's are marked as such."""
        if answer.get("system_fingerprint") != _FINGERPRINT:
            return
        with self._lock:
            now = self._clock()
            if now < self._due_at:
                return
            self._due_at = now + _AGAIN_S
        threading.Thread(target=self._tell, name="twolane-keep-alive", daemon=True).start()

    def _tell(self) -> None:
        with suppress(ModelError):
            self._server.post("/api/generate", self._body | {"stream": False}, HEALTH_LIMITS)


def as_ollama_takes_it(keep_alive: str) -> float | str:
    """Return a number of seconds as a number: in a text Ollama expects a unit, and refuses "-1"."""
    try:
        return float(keep_alive)
    except ValueError:
        return keep_alive.strip()
