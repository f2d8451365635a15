"""The `tesseract` program: one thread, one picture a call, and nothing is written to a disk."""

from __future__ import annotations

import io
import re
from functools import cached_property
from typing import TYPE_CHECKING

from twolane.extract import programs
from twolane.extract.programs import ProgramRun
from twolane.extract.readers.picture.engine import Outlook, SeenWord

if TYPE_CHECKING:
    from PIL.Image import Image

_ORIENTATION = "osd"  # the pack that tells how a page lies, and its script
_TURN = re.compile(r"^Rotate: (\d+)", re.M)
_SCRIPT = re.compile(r"^Script: (\w+)", re.M)
_SCRIPT_CONFIDENCE = re.compile(r"^Script confidence: ([\d.]+)", re.M)
_WORD_LEVEL, _COLUMNS = "5", 12


class Tesseract:
    """See Engine. Its languages are the packs that are installed for it."""

    def __init__(self) -> None:
        self._program = programs.find(programs.TESSERACT)

    @cached_property
    def _packs(self) -> frozenset[str]:
        listing = self._run(["--list-langs"], b"", 20.0).splitlines()
        return frozenset(line.strip() for line in listing if line.strip() and " " not in line.strip())

    @property
    def languages(self) -> frozenset[str]:
        return self._packs - {_ORIENTATION}

    def words(self, picture: Image, languages: str, limit_s: float) -> tuple[SeenWord, ...]:
        """Return the words of a picture; see Engine."""
        arguments = ["stdin", "stdout", "-l", languages, "--psm", "3", "tsv"]
        return words_of_table(self._run(arguments, _png(picture), limit_s))

    def outlook(self, picture: Image, limit_s: float) -> Outlook | None:
        """Return how a page lies; see Engine. It takes about as long as reading it."""
        if _ORIENTATION not in self._packs:
            return None
        few = ["-c", "min_characters_to_try=20"]  # 50 by itself: too many for a receipt
        told = self._run(["stdin", "stdout", "-l", _ORIENTATION, "--psm", "0", *few], _png(picture), limit_s)
        turn, script = _TURN.search(told), _SCRIPT.search(told)
        sure = _SCRIPT_CONFIDENCE.search(told)
        if not (turn and script):
            return None
        return Outlook(int(turn[1]), script[1], float(sure[1]) if sure else 0.0)

    def _run(self, arguments: list[str], data: bytes, limit_s: float) -> str:
        """Return what the program prints; nothing where it needs more than its time."""
        asked = ProgramRun(self._program, arguments, data, limit_s)
        return programs.run(asked).decode("utf-8", "replace")


def _png(picture: Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "PNG", compress_level=1)
    return data.getvalue()


def words_of_table(table: str) -> tuple[SeenWord, ...]:
    """Return the words of tesseract's TSV."""
    words: list[SeenWord] = []
    lines: dict[tuple[str, ...], int] = {}
    blocks: dict[tuple[str, ...], int] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < _COLUMNS or cells[0] != _WORD_LEVEL or not cells[11].strip():
            continue
        left, top, width, height = (int(cell) for cell in cells[6:10])
        line = lines.setdefault(tuple(cells[1:5]), len(lines))
        block = blocks.setdefault(tuple(cells[1:4]), len(blocks))
        words.append(SeenWord(cells[11].strip(), left, top, width, height, float(cells[10]), line, block))
    return tuple(words)
