"""The hardware profiles: for each kind of machine a pair of models, what it needs, and why."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import Literal

import psutil

from twolane.errors import NotFoundError
from twolane.hardware.machine.cores import read_cores


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another model for a lane; `since` is the month in which it was put here, or "" for one of the first."""

    model: str
    why: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class LaneChoice:
    """A lane's model in a profile; no model means that rules and similarity decide alone.

    `threads` 0 is the lane's share of the machine's cores. `slots` are requests that the model works on at
    once, each with a context of its own.
    """

    model: str
    runtime: Literal["embedded", "ollama"]
    context_tokens: int
    quantisation: str = ""
    threads: int = 0
    slots: int = 1
    why: str = ""
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of machine and its pair; `memory_gb` is what both models need together."""

    name: str
    title: str
    filing: LaneChoice
    chat: LaneChoice
    memory_gb: float
    reason: str


_NEWER = "2026-11"
_LLAMA_1B_WHY = (
    "fast, logic-capable, and of full attention: the fixed head of every prompt stays in its cache"
)
_A = Profile(
    "A",
    "high performance: NVIDIA GPU with 24 GB",
    LaneChoice(
        "llama3.2:1b",
        "ollama",
        4096,
        "Q8_0",
        slots=2,
        why=f"{_LLAMA_1B_WHY}; two slots, as a GPU does two small prompts in the time of one",
        alternatives=(
            Alternative("qwen3:1.7b", "newer, more languages, asked not to think", _NEWER),
            Alternative("qwen3:0.6b", "half the size where files come in faster than they are filed", _NEWER),
        ),
    ),
    LaneChoice(
        "llama3.1:8b",
        "ollama",
        16_384,
        "Q4_K_M",
        slots=2,
        why="the best answers over documents that leave room for two conversations with long contexts",
        alternatives=(
            Alternative("qwen3:8b", "newer, more languages, asked not to think", _NEWER),
            Alternative(
                "gpt-oss:20b", "stronger, 14 GB; it thinks before it answers, only less or more", _NEWER
            ),
        ),
    ),
    12.2,
    "both models stay on the GPU with room for long contexts",
)
_B = Profile(
    "B",
    "laptop: 8 to 16 GB of memory",
    LaneChoice(
        "qwen:0.5b",
        "ollama",
        2048,
        "Q4_0",
        why="the smallest that can be asked for a label; what it lacks, similarity and review make up for",
        alternatives=(
            Alternative("tinyllama", "1.1B of the Llama kind, English, half a GB more"),
            Alternative("qwen3:0.6b", "newer, and better at choosing labels; asked not to think", _NEWER),
            Alternative("gemma3:1b", "newer; its sliding window wants LLAMA_ARG_SWA_FULL=1", _NEWER),
        ),
    ),
    LaneChoice(
        "llama3.2:3b",
        "ollama",
        8192,
        "Q4_K_M",
        why="a balance of speed and reasoning: 2 GB of weights, and 8192 tokens cost 0.9 GB",
        alternatives=(
            Alternative("qwen3:4b-instruct", "newer, does not think, 0.5 GB more", _NEWER),
            Alternative("gemma3:4b", "newer, many languages, 3.3 GB", _NEWER),
        ),
    ),
    4.0,
    "the smallest model files, and 3B answers within what a laptop has to spare",
)
_C = Profile(
    "C",
    "low resource: an old CPU",
    LaneChoice(
        "",
        "ollama",
        2048,
        why="rules and similarity need no model, no memory, and milliseconds",
        alternatives=(
            Alternative("phi3:mini", "where rules are not enough and time is; 2.2 GB beside the chat model"),
            Alternative("qwen3:0.6b", "a quarter of phi3:mini's size; asked not to think", _NEWER),
        ),
    ),
    LaneChoice(
        "gemma:2b",
        "ollama",
        4096,
        "Q4_0",
        why="one key-value head: 4096 tokens cost 75 MB; 1.7 GB of weights",
        alternatives=(
            Alternative("phi3:mini", "better reasoning at twice the time and 1.6 GB of context"),
            Alternative("qwen3:1.7b", "newer and smaller; asked not to think", _NEWER),
            Alternative("gemma3:1b", "newer and half the size", _NEWER),
        ),
    ),
    2.0,
    "rules and similarity file without a model, so that the one model there is can answer",
)
_D = Profile(
    "D",
    "strong CPU, 32 GB of shared memory, no GPU (Intel Core Ultra 7)",
    LaneChoice(
        "llama3.2:1b",
        "ollama",
        4096,
        "Q8_0",
        why=f"{_LLAMA_1B_WHY}; one slot: on a CPU more of them add no throughput",
        alternatives=(
            Alternative("qwen3:1.7b", "newer, more languages, asked not to think", _NEWER),
            Alternative("gemma3:1b", "newer, and smaller; wants LLAMA_ARG_SWA_FULL=1", _NEWER),
        ),
    ),
    LaneChoice(
        "llama3.1:8b",
        "ollama",
        8192,
        "Q4_K_M",
        why="at Q4 or Q5 its weights are 5 to 6 GB; 8192 tokens cost 1.1 GB",
        alternatives=(
            Alternative("qwen3:8b", "newer, more languages, asked not to think", _NEWER),
            Alternative("qwen3:4b-instruct", "newer, half the time for each answer", _NEWER),
        ),
    ),
    8.0,
    "at Q4 or Q5 the 8B model takes about 6 GB, which this memory holds beside everything else",
)
_E = Profile(
    "E",
    "embedded: no model server at all",
    LaneChoice(
        "qwen2.5-coder:0.5b",
        "embedded",
        2048,
        "Q4_K_M",
        why="Apache-2.0, and the smallest that files better than similarity alone",
        alternatives=(
            Alternative("gemma3:270m", "half the size and better on short texts; Google's own terms", _NEWER),
        ),
    ),
    LaneChoice(
        "qwen2.5-coder:1.5b",
        "embedded",
        4096,
        "Q4_K_M",
        why="the largest that the package index carries; 4096 tokens cost 117 MB",
        alternatives=(Alternative("a .gguf file of yours", "any model that llama.cpp runs, by its path"),),
    ),
    2.1,
    "installs from the package index alone, so that a fresh machine works at once",
)
PROFILES = {profile.name: profile for profile in (_A, _B, _C, _D, _E)}


def profile(name: str) -> Profile:
    """Return a profile by its letter. Raises `NotFoundError`."""
    try:
        return PROFILES[name.upper()]
    except KeyError:
        raise NotFoundError(f"there is no profile {name!r}", f"choose one of {', '.join(PROFILES)}") from None


def usable_cores() -> int:
    """Return the cores that this process can keep busy with a model.

    Performance cores (a slow core holds up all others at the end of each step, so llama.cpp leaves them out
    too) and, beside three or fewer of them, half as many threads as there are efficient ones; each core once
    (hyper-threads do not make a model faster), within affinity and a container's share.
    """
    try:
        return read_cores().usable
    except (OSError, ValueError, RuntimeError, subprocess.SubprocessError, psutil.Error):
        return max(1, psutil.cpu_count() or 1)


def share_cores(cores: int) -> tuple[int, int]:
    """Share cores between the lanes: (filing, chat) threads whose sum is within the cores where it can be.

    Two llama.cpp processes whose threads exceed the cores run 10 to 40 times slower, not two.
    """
    filing = max(1, cores // 4)
    return filing, max(1, cores - filing)
