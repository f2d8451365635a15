"""How many files are read at once follows from the machine, unless the settings say so."""

from __future__ import annotations

import pytest

from twolane.config.settings import ExtractSettings
from twolane.extract import ReaderCounts, reader_counts

SMALL_BYTES = 134_217_728


@pytest.mark.parametrize(
    ("cores", "expected"),
    [(1, ReaderCounts(1, 1)), (2, ReaderCounts(1, 1)), (4, ReaderCounts(2, 3)), (8, ReaderCounts(4, 7))],
)
def test_they_follow_from_the_cores(cores: int, expected: ReaderCounts) -> None:
    assert reader_counts(ExtractSettings(memory_limit_bytes=SMALL_BYTES), cores) == expected


def test_settings_stand_over_the_machine() -> None:
    assert reader_counts(ExtractSettings(processes=3, slow_processes=5), 2) == ReaderCounts(3, 5)


def test_memory_bounds_those_that_take_long() -> None:
    assert reader_counts(ExtractSettings(memory_limit_bytes=1 << 50), 64).slow == 1
