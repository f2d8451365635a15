"""Words in pictures: by a `tesseract` found on the path, or by RapidOCR where the extra is installed."""

from __future__ import annotations

import importlib.util
import io
import shutil
import subprocess
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from twolane.extract.base import Later, Limits

if TYPE_CHECKING:
    from PIL.Image import Image

INSTALL = "install tesseract (Debian: apt install tesseract-ocr), or: pip install 'twolane[ocr]'"
LONGEST_SIDE_PX = 4000
_SHORTEST_SIDE_PX = 1000
# Dropping single words of low confidence costs more right words than wrong ones (F1 0.924 against 0.916).
_LEAST_MEAN_CONFIDENCE = 45.0


class Engine(Protocol):
    """Reads the words of one picture."""

    def words(self, picture: Image, timeout_s: float) -> str:
        """Return the text line by line; empty where there is none, or when the time was over."""
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
    """Return the engine for these limits, or None; in a quick look, one that puts the file off."""
    if limits.is_quick and available(limits.ocr):
        return PutOff()
    return _engine(available(limits.ocr), limits.ocr_languages)


class PutOff:
    """Reads nothing: a picture takes seconds, in which others would wait."""

    def words(self, *_: object) -> NoReturn:
        raise Later


@lru_cache(maxsize=2)
def _engine(name: str, languages: str) -> Engine | None:
    if name == "tesseract":
        return Tesseract(languages)
    return RapidOcr() if name == "rapidocr" else None


def prepare(picture: Image) -> Image:
    """Return the picture grey, upright as its camera said, and of a size that OCR can use."""
    from PIL import Image as images
    from PIL import ImageOps

    if picture.mode == "P" and "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if picture.mode in {"RGBA", "LA", "PA"}:
        picture = picture.convert("RGBA")
        white = images.new("RGBA", picture.size, "white")
        white.alpha_composite(picture)
        picture = white
    picture = ImageOps.exif_transpose(picture.convert("L"))
    longest, shortest = max(picture.size), min(picture.size)
    factor = min(LONGEST_SIDE_PX / longest, max(1.0, min(2.0, _SHORTEST_SIDE_PX / max(1, shortest))))
    if factor != 1:
        size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
        picture = picture.resize(size, images.Resampling.LANCZOS)
    return picture


class Tesseract:
    """The `tesseract` program, one thread, one picture a call; nothing is written to a disk."""

    def __init__(self, languages: str) -> None:
        from twolane.config.loading import (
            child_environment,  # imported here: a child that reads no scan starts faster
        )

        self._program = shutil.which("tesseract") or "tesseract"
        # More threads than one are slower: 7-8 s a page against 2 s on two cores.
        self._environment = child_environment() | {"OMP_THREAD_LIMIT": "1"}
        self._languages, self._has_orientation = self._pick(languages)

    def _pick(self, wanted: str) -> tuple[str, bool]:
        listing = self._run(["--list-langs"], b"", 20.0).split()
        found = [name for name in wanted.replace(",", "+").split("+") if name in listing]
        return "+".join(found) or "eng", "osd" in listing

    def _run(self, arguments: list[str], data: bytes, timeout_s: float) -> str:
        done = subprocess.run(
            [self._program, *arguments],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment,
            timeout=max(0.1, timeout_s),
            check=False,
        )
        return done.stdout.decode("utf-8", "replace")

    def words(self, picture: Image, timeout_s: float) -> str:
        """Return the text of the picture; see Engine."""
        data = io.BytesIO()
        prepare(picture).save(data, "PNG", compress_level=1)
        arguments = ["stdin", "stdout", "-l", self._languages, "--psm", "1" if self._has_orientation else "3"]
        try:
            table = self._run([*arguments, "tsv"], data.getvalue(), timeout_s)
        except subprocess.TimeoutExpired:
            return ""
        return lines_of_table(table)


def lines_of_table(table: str) -> str:
    """Return the text of tesseract's TSV; none where the confidence is low, as for a photo."""
    lines: dict[tuple[str, ...], list[str]] = {}
    sure, weight = 0.0, 0
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip():
            continue
        confidence, word = float(cells[10]), cells[11].strip()
        sure += confidence * len(word)
        weight += len(word)
        lines.setdefault(tuple(cells[1:5]), []).append(word)
    if not weight or sure / weight < _LEAST_MEAN_CONFIDENCE:
        return ""
    text, paragraph = "", None
    for key, words in lines.items():
        text += ("\n" if key[:3] == paragraph or paragraph is None else "\n\n") + " ".join(words)
        paragraph = key[:3]
    return text.strip()


class RapidOcr:
    """RapidOCR with the models of its own wheel; it needs no program and no network."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._reader: Any = RapidOCR(params={"Global.log_level": "error"})

    def words(self, picture: Image, timeout_s: float) -> str:  # noqa: ARG002 - it knows no time limit
        """Return the text of the picture; see Engine."""
        import numpy

        result = self._reader(numpy.asarray(prepare(picture).convert("RGB")))
        return "\n".join(result.txts or ()) if result is not None else ""
