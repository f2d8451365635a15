"""What reads words in pictures: a `tesseract` found on the path, or RapidOCR where the extra is installed."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from twolane.extract.base import Limits

if TYPE_CHECKING:
    from PIL.Image import Image

INSTALL = "install tesseract (Debian: apt install tesseract-ocr), or: pip install 'twolane[ocr]'"


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A word as an engine saw it: its box in pixels, its confidence of 0 to 100, its line and block."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float
    line: int
    block: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a page lies and in which script it is written, as an engine judges by a look at it.

    `turn_degrees` is what it has to be turned by, clockwise, to stand upright.
    """

    turn_degrees: int
    script: str
    script_confidence: float


class Engine(Protocol):
    """Reads the words of one picture that is grey and upright."""

    @property
    def languages(self) -> frozenset[str]:
        """Languages that may be asked for; none where the engine reads all that it can at once."""
        ...

    def words(self, picture: Image, languages: str, limit_s: float) -> tuple[SeenWord, ...]:
        """Return the words in reading order; none where there are none, or when the time was over."""
        ...

    def outlook(self, picture: Image, limit_s: float) -> Outlook | None:
        """Return how the page lies, or None where the engine cannot tell."""
        ...


def available(wish: str = "auto") -> str:
    """Return the engine that `wish` (auto, tesseract, rapidocr, off) gives here, or the empty string."""
    if wish in {"auto", "tesseract"} and shutil.which("tesseract"):
        return "tesseract"
    if wish in {"auto", "rapidocr"} and importlib.util.find_spec("rapidocr"):
        return "rapidocr"
    return ""


def missing(limits: Limits) -> str:
    """Return why no engine is there, in words for the user."""
    return "OCR is turned off (extract.ocr)" if limits.ocr == "off" else f"no OCR here: {INSTALL}"


def engine(limits: Limits) -> Engine | None:
    """Return the engine for these limits, or None."""
    return _engine(available(limits.ocr))


@lru_cache(maxsize=2)
def _engine(name: str) -> Engine | None:
    if name == "tesseract":
        from twolane.extract.readers.picture.tesseract import Tesseract

        return Tesseract()
    if name == "rapidocr":
        from twolane.extract.readers.picture.rapid import RapidOcr

        return RapidOcr()
    return None
