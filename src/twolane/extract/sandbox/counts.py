"""How many files are read at once: quick ones, and beside them those that take long."""

from __future__ import annotations

import os
from dataclasses import dataclass

import psutil

from twolane.config.settings import ExtractSettings

_MOST_QUICK, _MOST_SLOW = 4, 16


@dataclass(frozen=True, slots=True)
class ReaderCounts:
    """How many processes read files that take a moment, and how many those that take longer."""

    quick: int = 1
    slow: int = 1


def reader_counts(settings: ExtractSettings, cores: int = 0) -> ReaderCounts:
    """Return how many readers there are, by the settings or else by the cores (0: this machine's).

    Quick ones leave half of the cores to the models. Slow ones, such as scans, give way to everything else:
    they are limited by the memory that they may take.
    """
    cores = cores or os.cpu_count() or 1
    fitting = psutil.virtual_memory().total // (2 * settings.memory_limit_bytes)
    quick = settings.processes or min(_MOST_QUICK, cores // 2)
    slow = settings.slow_processes or min(_MOST_SLOW, cores - 1, fitting)
    return ReaderCounts(max(1, quick), max(1, slow))
