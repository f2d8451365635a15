"""The hardware profiles: for each kind of machine a pair of models, what it needs, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import psutil

from twolane.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class LaneChoice:
    """A lane's model in a profile; no model means that rules and similarity decide alone."""

    model: str
    runtime: Literal["embedded", "ollama"]
    context_tokens: int
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of machine and its pair; `memory_gb` is what both models need together."""

    name: str
    title: str
    filing: LaneChoice
    chat: LaneChoice
    memory_gb: float
    reason: str


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "A",
            "high performance: NVIDIA GPU with 24 GB",
            LaneChoice("llama3.2:1b", "ollama", 4096),
            LaneChoice("llama3.1:8b", "ollama", 16_384),
            10.0,
            "both models stay on the GPU with room for long contexts",
        ),
        Profile(
            "B",
            "laptop: 8 to 16 GB of memory",
            LaneChoice("qwen:0.5b", "ollama", 2048, ("tinyllama",)),
            LaneChoice("llama3.2:3b", "ollama", 8192),
            5.0,
            "the smallest model files, and 3B answers within what a laptop has to spare",
        ),
        Profile(
            "C",
            "low resource: an old CPU",
            LaneChoice("", "ollama", 2048, ("phi3:mini",)),
            LaneChoice("gemma:2b", "ollama", 4096, ("phi3:mini",)),
            3.0,
            "rules and similarity file without a model, so that the one model there is can answer",
        ),
        Profile(
            "D",
            "strong CPU, 32 GB of shared memory, no GPU (Intel Core Ultra 7)",
            LaneChoice("llama3.2:1b", "ollama", 4096),
            LaneChoice("llama3.1:8b", "ollama", 8192),
            9.0,
            "at Q4 or Q5 the 8B model takes about 6 GB, which this memory holds beside everything else",
        ),
        Profile(
            "E",
            "embedded: no model server at all",
            LaneChoice("qwen2.5-coder:0.5b", "embedded", 2048, ("gemma3:270m",)),
            LaneChoice("qwen2.5-coder:1.5b", "embedded", 4096),
            2.5,
            "installs from the package index alone, so that a fresh machine works at once",
        ),
    )
}


def profile(name: str) -> Profile:
    """Return a profile by its letter. Raises `NotFoundError`."""
    try:
        return PROFILES[name.upper()]
    except KeyError:
        raise NotFoundError(f"there is no profile {name!r}", f"choose one of {', '.join(PROFILES)}") from None


def usable_cores() -> int:
    """Return the physical cores this process may use: hyper-threads do not make a model faster."""
    physical = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    try:
        allowed = len(psutil.Process().cpu_affinity())
    except (AttributeError, psutil.Error):  # macOS has no affinity
        allowed = physical
    return max(1, min(physical, allowed))


def share_cores(cores: int) -> tuple[int, int]:
    """Share cores between the lanes: (filing, chat) threads whose sum is within the cores where it can be.

    Two llama.cpp processes whose threads exceed the cores run 10 to 40 times slower, not two.
    """
    filing = max(1, cores // 4)
    return filing, max(1, cores - filing)
