"""What a terminal gets of text that others wrote."""

from __future__ import annotations

import json
import logging

import pytest

from twolane.telemetry.logs import TextLines
from twolane.text.printable import json_line, one_line, printable

DRIVES = [
    "\x1b[31m",
    "\x1b]8;;mailto:x\x1b\\",
    "\x9b31m",
    "\u202egpj",
    "\u2066",
    "\x07",
    "\r",
    "\u2028",
    "\ud83d",
]


@pytest.mark.parametrize("drives", DRIVES)
def test_nothing_drives_a_terminal_and_json_says_the_same_all_the_same(drives: str) -> None:
    # given
    text = f"before {drives} after\nsecond"

    # then
    assert all(char.isprintable() or char == "\n" for char in printable(text))
    assert one_line(text).isprintable()
    assert json_line({"name": text}).isprintable()
    assert json.loads(json_line({"name": text})) == {"name": text}


@pytest.mark.parametrize("text", ["Größe 中文 قائمة", "می\u200cخواهم", "👩\u200d💻", "a\tb"])
def test_letters_of_any_script_stay_as_they_are(text: str) -> None:
    assert printable(text) == one_line(text) == text


def test_a_line_of_the_log_is_one_line_whatever_it_names() -> None:
    # given
    name = "x\x1b[31m\nforged\u202e"
    record = logging.LogRecord("twolane", logging.WARNING, "", 0, "%s is away", (name,), None)
    record.__dict__["fields"] = {"path": name}

    # when
    line = TextLines().format(record)

    # then
    assert line.isprintable()
    assert "is away" in line
