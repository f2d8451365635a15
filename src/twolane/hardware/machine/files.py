"""Reads what a system says of its hardware: in small files, and by programs that come with it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path


def text_of(path: Path) -> str:
    """Return a file's text without white space around it, or "" where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def number_of(path: Path) -> int | None:
    """Return the number that a file holds, or None."""
    text = text_of(path)
    return int(text) if text.isdigit() else None


def pairs_of(path: Path) -> dict[str, str]:
    """Return the values of a file that names one in each line, by their names."""
    words = text_of(path).split()
    return dict(zip(words[::2], words[1::2], strict=False))


def output_of(command: Sequence[str], timeout_s: float, *, check: bool = True) -> str:
    """Return what a program prints. Raises `OSError` and `SubprocessError`; `check` is for its status."""
    asked = subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", timeout=timeout_s, check=check
    )
    return asked.stdout
