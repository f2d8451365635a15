"""Every letter can be written to what stands in the terminal's place, whatever the system thinks of it."""

from __future__ import annotations

import io
import sys

import pytest

from twolane.system import kind
from twolane.system.terminal import write_every_letter

WORDS = "Grüße · 請求書 · Łódź"


def written(encoding: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding, errors="strict"))
    write_every_letter()
    print(WORDS, end="", flush=True)
    return raw.getvalue()


@pytest.mark.parametrize(
    ("system", "encoding", "found"),
    [
        ("linux", "utf-8", WORDS.encode()),
        ("linux", "latin-1", WORDS.encode("latin-1", "backslashreplace")),
        ("win32", "cp1252", WORDS.encode()),
        ("win32", "utf-8", WORDS.encode()),
    ],
)
def test_words_in_every_language_can_be_written(
    system: str, encoding: str, found: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(kind, "KIND", system)

    # then
    assert written(encoding, monkeypatch) == found


def test_a_stream_of_a_program_s_own_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    # when
    write_every_letter()

    # then
    assert isinstance(sys.stdout, io.StringIO)
