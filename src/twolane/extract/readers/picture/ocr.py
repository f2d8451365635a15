"""What reads words in pictures: a `tesseract` found on the path, or RapidOCR where the extra is installed."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from typing import NoReturn

from twolane.extract import programs
from twolane.extract.base import Later, Limits
from twolane.extract.readers.picture.engine import Engine
from twolane.installed import install_line


def available(wish: str = "auto") -> str:
    """Return the engine that `wish` (auto, tesseract, rapidocr, off) gives here, or the empty string."""
    if wish in {"auto", "tesseract"} and programs.find(programs.TESSERACT):
        return "tesseract"
    if wish in {"auto", "rapidocr"} and importlib.util.find_spec("rapidocr"):
        return "rapidocr"
    return ""


def how_to_install() -> str:
    """Return what brings an engine."""
    return f"install tesseract (such as `apt install tesseract-ocr`), or run: {install_line('ocr')}"


def missing(limits: Limits) -> str:
    """Return why no engine is there, in words for the user."""
    return "OCR is turned off (extract.ocr)" if limits.ocr == "off" else f"no OCR here: {how_to_install()}"


def engine(limits: Limits) -> Engine | None:
    """Return the engine for these limits, or None; in a quick look, one that puts the file off."""
    if limits.is_quick and available(limits.ocr):
        return PutOff()
    return _engine(available(limits.ocr))


class PutOff:
    """Reads nothing: a picture takes seconds, in which others would wait."""

    languages: frozenset[str] = frozenset()

    def words(self, *_: object) -> NoReturn:
        raise Later

    def outlook(self, *_: object) -> NoReturn:
        raise Later


@lru_cache(maxsize=2)
def _engine(name: str) -> Engine | None:
    if name == "tesseract":
        from twolane.extract.readers.picture.tesseract import Tesseract

        return Tesseract()
    if name == "rapidocr":
        from twolane.extract.readers.picture.rapid import RapidOcr

        return RapidOcr()
    return None
