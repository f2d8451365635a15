"""What can be seen of an Ollama server of this machine: the limits that stand in its environment."""

from __future__ import annotations

import psutil

from twolane.hardware.residency import OllamaLimits


def read_ollama_limits() -> OllamaLimits:
    """Read a running server's limits; all are unknown where there is none, or it is another user's."""
    for process in psutil.process_iter(["name", "cmdline"]):
        name = str(process.info["name"] or "").lower()
        if name not in {"ollama", "ollama.exe"} or "serve" not in (process.info["cmdline"] or ()):
            continue
        try:
            return limits_of(process.environ())
        except (psutil.Error, OSError):
            return OllamaLimits()
    return OllamaLimits()


def limits_of(environment: dict[str, str]) -> OllamaLimits:
    """Return the limits that a server's environment sets; what is not set is Ollama's own choice, 0."""

    def number(name: str) -> int | None:
        text = environment.get(name, "").strip() or "0"
        return int(text) if text.isdigit() else None

    return OllamaLimits(number("OLLAMA_MAX_LOADED_MODELS"), number("OLLAMA_NUM_PARALLEL"))
