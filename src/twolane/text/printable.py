"""Text of files, models and people as a terminal may get it: nothing of it drives the terminal or hides."""

from __future__ import annotations

import json
import re
from typing import Any

_JOINERS = "\u200c\u200d"  # stand within words of Persian and Hindi, and move nothing
_UNPRINTABLE = re.compile(r"[^\n -~]")


def printable(text: str) -> str:
    """Replace what could drive a terminal or turn its text around: control and bidi characters."""
    return "".join(char if _is_shown(char) or char in "\n\t" else "\ufffd" for char in text)


def one_line(text: str) -> str:
    """Return text as `printable` does, its line ends too: a name can make up no line of its own."""
    return printable(text).replace("\n", "␊")


def json_line(value: Any) -> str:
    """Write a value as JSON in one line, letters as they are, and what a terminal would obey as escapes."""
    return _UNPRINTABLE.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _is_shown(char: str) -> bool:
    return char.isprintable() or char in _JOINERS


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    return char if _is_shown(char) else json.dumps(char)[1:-1]
