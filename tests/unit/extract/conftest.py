"""Reads bytes as a file of a name, in this process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from twolane.documents import Reading
from twolane.extract.base import Limits, SourceFile
from twolane.extract.read import read_source

Read = Callable[[bytes, str], Reading]


@pytest.fixture
def read() -> Read:
    return lambda data, name: read_source(SourceFile.of(data, name), Limits(ocr="off"))
