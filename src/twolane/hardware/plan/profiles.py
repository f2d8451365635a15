"""The hardware profiles: for each kind of machine a pair of models, what it needs, and why."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import psutil
from pydantic import TypeAdapter

from twolane.errors import NotFoundError
from twolane.hardware.machine.cores import read_cores
from twolane.llm.catalogue.data import read_data
from twolane.text.suggesting import choice


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another model for a lane, "" for none; `since` is the month in which it was put here, or ""."""

    model: str
    why: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class LaneChoice:
    """A lane's model in a profile; without one, rules and similarity file, and places are quoted for answers.

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


@cache
def profiles() -> Mapping[str, Profile]:
    """Return all profiles by their letters."""
    named = {name: {"name": name, **data} for name, data in read_data("profiles").items()}
    return TypeAdapter(dict[str, Profile]).validate_python(named)


def profile(name: str) -> Profile:
    """Return a profile by its letter. Raises `NotFoundError`."""
    try:
        return profiles()[name.upper()]
    except KeyError:
        raise NotFoundError(f"there is no profile {name!r}", choice(name, profiles())) from None


def usable_cores() -> int:
    """Return the cores that this process can keep busy with a model, where they can be counted (`Cores`)."""
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
