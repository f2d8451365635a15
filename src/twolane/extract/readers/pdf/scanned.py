"""Pages of a PDF that are pictures, wholly or in part: what OCR reads of them, joined with their own text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from twolane.extract.base import Draft, has_words
from twolane.extract.readers.pdf.painted import PageObjects
from twolane.extract.readers.picture.engine import Engine
from twolane.extract.readers.picture.prepare import largest_scale, text_lines
from twolane.extract.readers.picture.scan import Scans

_OBJECTS_LOOKED_AT = 400
_OCR_DPI = 200
_LOOK_SCALE = 1.0  # pixels a point: enough to see whether a picture has lines of text
_FEW_WORD_CHARS = 20
_LEAST_SHARE = 0.02  # of the page: smaller pictures are signs and logos
_WHOLE_SHARE = 0.8
_LEAST_LINES = 2
_CHARS_A_LINE = 15  # a layer with fewer than so many for each line of a picture is not the picture's text
_UNKNOWN_SHARE, _LEAST_PLAUSIBLE, _SURELY_PLAUSIBLE = 0.1, 0.55, 0.8
_FEW_WORDS = 60
_LONGEST_WORD = 60
_MOST_WORDS = 400
_SAME_LINE = 82  # per cent of a line's letters that are found in the text beside it
_UNKNOWN = re.compile("[\0-\x08\ue000-\uf8ff\ufffd]")
_WORD_CHARACTER = re.compile(r"\w")
_NUMBER = re.compile(r"[\W\d_]*\d[\W\d_]*")
_INNER = re.compile(r"[-'’.·/&@:]")


@dataclass(frozen=True, slots=True)
class Need:
    """What OCR has to read of a page: all of it, or the boxes (left, top, right, bottom) in points.

    `is_doubted` says that the page has a text of its own, which may be unreadable codes.
    """

    whole: bool = False
    is_doubted: bool = False
    boxes: tuple[tuple[float, float, float, float], ...] = ()

    def __bool__(self) -> bool:
        return self.whole or bool(self.boxes)


@dataclass(frozen=True, slots=True)
class JoinedText:
    """A page's text of both sources; `ocr` says whether any of it comes from OCR."""

    text: str
    ocr: bool = False
    is_foreign: bool = False


class ScannedPages:
    """Reads what is a picture on the pages of one PDF."""

    def __init__(self, engine: Engine, draft: Draft) -> None:
        self._scans = Scans(engine, draft)

    def read(self, page: Any, text: str, need: Need) -> JoinedText:
        """Return a page's text with what OCR reads there."""
        # A page metres wide (a poster, or an attack) is drawn smaller, never larger than OCR can use.
        scale = min(_OCR_DPI / 72, largest_scale(page.get_width(), page.get_height()))
        picture = page.render(scale=scale, grayscale=True).to_pil()
        if need.whole:
            found = self._scans.read(picture)
            return _chosen(text, found.text, need, is_foreign=found.is_foreign)
        before: list[str] = []
        after: list[str] = []
        foreign = False
        for box in need.boxes:
            found = self._scans.read(picture.crop(tuple(round(scale * edge) for edge in box)))
            foreign = foreign or found.is_foreign
            fresh = _not_in(found.text, text)
            (before if box[3] < 0.4 * page.get_height() else after).append(fresh)
        parts = [*filter(has_words, before), text, *filter(has_words, after)]
        return JoinedText("\n\n".join(parts), len(parts) > 1, foreign)


def need_of(page: Any, textpage: Any, text: str, objects: PageObjects) -> Need:
    """Return what OCR has to read of a page whose own text is `text`."""
    boxes, paths, texts = _pictures(page, objects)
    width, height = page.get_width(), page.get_height()
    area = max(1.0, width * height)
    letters = _WORD_CHARACTER.finditer(text[:5000])
    poor = sum(1 for _ in islice(letters, _FEW_WORD_CHARS)) < _FEW_WORD_CHARS
    covered = sum(_area(box) for box in boxes)
    if poor:
        return Need(whole=covered > 0.1 * area or paths > 200)
    if is_garbled(text):
        return Need(whole=bool(texts or covered > 0.1 * area or paths > 200), is_doubted=True)
    bare = [box for box in _joined(boxes) if _area(box) >= _LEAST_SHARE * area]
    if not bare:
        return Need()
    return _bare_parts(page, textpage, bare[:20], area)


def _bare_parts(page: Any, textpage: Any, boxes: list[_Box], area: float) -> Need:
    """Return the pictures of a page that show lines of text which its own text does not have."""
    picture = page.render(
        scale=min(_LOOK_SCALE, 2000 / max(page.get_width(), page.get_height(), 1.0)), grayscale=True
    ).to_pil()
    scale = picture.width / max(1.0, page.get_width())
    height = page.get_height()
    found = []
    for box in boxes:
        chars = len(_WORD_CHARACTER.findall(textpage.get_text_bounded(*box)[:20_000]))
        left, bottom, right, top = box
        seen = (left, height - top, right, height - bottom)
        lines = text_lines(picture.crop(tuple(round(scale * edge) for edge in seen)))
        if lines >= _LEAST_LINES and chars < _CHARS_A_LINE * lines:
            if _area(box) >= _WHOLE_SHARE * area:
                return Need(whole=True)
            found.append(seen)
    return Need(boxes=tuple(found))


_Box = tuple[float, float, float, float]


def _pictures(page: Any, objects: PageObjects) -> tuple[list[_Box], int, int]:
    """Return where pictures lie on a page, and the numbers of its paths and texts."""
    import pypdfium2.raw as pdfium_c

    kinds = objects.kinds[:_OBJECTS_LOOKED_AT]
    paths = kinds.count(pdfium_c.FPDF_PAGEOBJ_PATH)
    texts = kinds.count(pdfium_c.FPDF_PAGEOBJ_TEXT)
    found = (objects.box(place) for place, kind in enumerate(kinds) if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE)
    boxes = [_on_page((box.left, box.bottom, box.right, box.top), page) for box in found]
    return [box for box in boxes if _area(box) > 0], paths, texts


def _on_page(box: _Box, page: Any) -> _Box:
    left, bottom, right, top = box
    return max(0.0, left), max(0.0, bottom), min(page.get_width(), right), min(page.get_height(), top)


def _area(box: _Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _joined(boxes: list[_Box]) -> list[_Box]:
    """Return boxes with those made one that touch: a scan may come as strips."""
    done: list[_Box] = []
    for box in sorted(boxes, key=lambda one: -one[3])[:_OBJECTS_LOOKED_AT]:
        for place, other in enumerate(done):
            if (
                box[0] <= other[2] + 2
                and other[0] <= box[2] + 2
                and box[1] <= other[3] + 2
                and other[1] <= box[3] + 2
            ):
                done[place] = (
                    min(box[0], other[0]),
                    min(box[1], other[1]),
                    max(box[2], other[2]),
                    max(box[3], other[3]),
                )
                break
        else:
            done.append(box)
    return done


def is_garbled(text: str) -> bool:
    """Say whether a text may be unreadable codes, as of a font that does not say what its signs mean."""
    sample = text[:5000]
    if _UNKNOWN.search(sample):
        letters = len(_WORD_CHARACTER.findall(sample))
        if len(_UNKNOWN.findall(sample)) > letters * _UNKNOWN_SHARE:
            return True
    words = sample.split()
    # some words of each part tell at once that a text is none of codes, as nearly all are
    few = words[:: max(1, len(words) // _FEW_WORDS)]
    return _plausible_share(few) < _SURELY_PLAUSIBLE and _plausible_share(words) < _LEAST_PLAUSIBLE


def plausible_share(text: str) -> float:
    """Return the share of a text's characters in what may be a word or a number, whatever the language."""
    return _plausible_share(text.split())


def _plausible_share(words: Sequence[str]) -> float:
    good = whole = 0
    for token in words[:_MOST_WORDS]:
        plain = _stripped(token)
        whole += len(plain)
        good += len(plain) if _is_plausible(plain) else 0
    return good / whole if whole else 1.0


@lru_cache(maxsize=4096)  # most words of a document come again
def _is_plausible(token: str) -> bool:
    if (token.islower() or token.istitle() or token.isupper()) and token.isalpha():
        return len(token) <= _LONGEST_WORD
    if _NUMBER.fullmatch(token):
        return True
    return all(_is_word(part) for part in _INNER.split(token) if part)


def _is_word(part: str) -> bool:
    if len(part) > _LONGEST_WORD and part.isascii():
        return False
    # Marks belong to the words of many scripts; a case that changes within a word belongs to none.
    if not all(unicodedata.category(c)[0] in "LMN" or c in ",%°€$£_=()[]" for c in part):
        return False
    return part == part.lower() or part == part.upper() or part[1:] == part[1:].lower() or part.isalnum()


def _stripped(token: str) -> str:
    if token.isalnum():
        return token
    start, end = 0, len(token)
    while start < end and unicodedata.category(token[start])[0] in "PS":
        start += 1
    while end > start and unicodedata.category(token[end - 1])[0] in "PS":
        end -= 1
    return token[start:end]


def _chosen(layer: str, read: str, need: Need, *, is_foreign: bool) -> JoinedText:
    """Return the better of a page's own text and what OCR reads of all of it, and what only the other has."""
    if not has_words(read):
        return JoinedText(layer, is_foreign=is_foreign and not has_words(layer))
    if not need.is_doubted:
        return JoinedText(_together(read, _not_in(layer, read)), ocr=True)
    has_enough = len(_letters(read)) > 0.3 * len(_letters(layer))
    if has_enough and plausible_share(read) > plausible_share(layer) + 0.1:
        return JoinedText(read, ocr=True)
    return JoinedText(layer)


def _together(*parts: str) -> str:
    return "\n\n".join(filter(has_words, parts))


def _not_in(text: str, other: str) -> str:
    """Return the lines of a text that the other one does not have, save for a letter read differently."""
    from rapidfuzz import fuzz

    known = _letters(other)
    if not known:
        return text
    lines = []
    for line in text.splitlines():
        letters = _letters(line)
        if not letters or letters in known:
            continue
        if len(letters) <= len(known) and fuzz.partial_ratio(letters, known) >= _SAME_LINE:
            continue
        lines.append(line)
    return "\n".join(lines)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
