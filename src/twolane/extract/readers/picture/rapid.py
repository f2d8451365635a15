"""RapidOCR with the models of its own wheel: it needs no program and no network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twolane.extract.readers.picture.engine import Outlook, SeenWord

if TYPE_CHECKING:
    from PIL.Image import Image


class RapidOcr:
    """See Engine. Its models read several scripts at once, so no language may be asked for."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        # Without its own look at each line's direction: it would read a page that stands on its head line by
        # line from the end, and nobody would notice.
        self._reader: Any = RapidOCR(params={"Global.log_level": "error", "Global.use_cls": False})

    @property
    def languages(self) -> frozenset[str]:
        return frozenset()

    def words(self, picture: Image, languages: str, limit_s: float) -> tuple[SeenWord, ...]:  # noqa: ARG002
        """Return the stretches of text that it finds, as words; see Engine. It knows no limit of time."""
        import numpy

        result = self._reader(numpy.asarray(picture.convert("RGB")))
        if result is None or result.boxes is None or result.txts is None:
            return ()
        found = zip(result.boxes, result.txts, result.scores or (), strict=False)
        return upright([_word(box, text, 100 * float(score)) for box, text, score in found if text.strip()])

    def outlook(self, picture: Image, limit_s: float) -> Outlook | None:  # noqa: ARG002
        """Return None: it does not tell."""
        return None


def _word(box: Any, text: str, confidence: float) -> SeenWord:
    across, down = [int(point[0]) for point in box], [int(point[1]) for point in box]
    left, top = min(across), min(down)
    return SeenWord(text.strip(), left, top, max(across) - left, max(down) - top, confidence, 0, 0)


def upright(words: list[SeenWord]) -> tuple[SeenWord, ...]:
    """Return words in their lines; with little confidence where most stand on end.

    The engine turns what stands, one by one: on a page that lies sideways it reads every line, in no order.
    """
    standing = sum(len(word.text) for word in words if word.height > 1.5 * word.width and len(word.text) > 1)
    if standing > 0.5 * sum(len(word.text) for word in words):
        words = [replace(word, confidence=0.3 * word.confidence) for word in words]
    return in_lines(words)


def in_lines(words: list[SeenWord]) -> tuple[SeenWord, ...]:
    """Return words with the lines that they stand in: what overlaps by half its height with a line."""
    lines: list[list[SeenWord]] = []
    for word in sorted(words, key=lambda one: one.middle):
        if lines and abs(word.middle - lines[-1][0].middle) < 0.5 * min(word.height, lines[-1][0].height):
            lines[-1].append(word)
        else:
            lines.append([word])
    return tuple(
        replace(word, line=number)
        for number, line in enumerate(lines)
        for word in sorted(line, key=lambda one: one.left)
    )
