"""Finds the copies of documents: sketched when they are filed, compared once their sketches are there.

A sketch is committed before its copies are sought. So of two workers that file two copies side by side, the
one that commits later finds both. See docs/why/copies.md#first-the-sketch-then-the-search
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import lru_cache

from twolane.copies.compare import Sign, compare, numbers_apart
from twolane.copies.days import Days, days_of, numbers_differ, share_number
from twolane.copies.names import are_versions, has_word_behind
from twolane.copies.papers import ComparedText
from twolane.copies.sketch import FORM, sketch_of
from twolane.store.base import Copied, Writer
from twolane.store.values import CopyKind, CopyPair, SketchedDocument

_LOOKED_AT_ONCE = 32
_SKETCHED_AT_ONCE = 200
# Of those that share most bands with a document so many are compared with it.
_COMPARED = 40
_TEXTS_KEPT = 256
TextOf = Callable[[int], ComparedText]


class CopyFinder:
    """Finds copies in a library; safe to use from several threads and processes."""

    def __init__(self, store: Copied) -> None:
        self._store = store
        self._looking = threading.Lock()

    def sketching(self, document: str, text: str) -> Callable[[Writer], None]:
        """Sketch a document's text, and return what saves the sketch in the caller's transaction."""
        sketch = sketch_of(text)
        return lambda write: write.copies.save_sketch(document, sketch)

    def look(self, most: int = 0) -> int:
        """Seek the copies of the documents whose copies have not been sought, or about so many of them.

        Returns how many that were.
        """
        with self._looking:
            looked = 0
            text_of = lru_cache(_TEXTS_KEPT)(self._text_of)
            while numbers := self._store.copies.unlooked(_LOOKED_AT_ONCE):
                self._look_at(numbers, text_of)
                looked += len(numbers)
                if 0 < most <= looked:
                    break
            return looked

    def catch_up(self) -> Iterator[int]:
        """Sketch what has no sketch of the present form and seek all copies; yield how many are done."""
        done, after = 0, 0
        while found := self._store.copies.unsketched(FORM, after=after, limit=_SKETCHED_AT_ONCE):
            made = [(document, sketch_of(self._store.copies.text(number))) for number, document in found]
            with self._store.writing() as write:
                for document, sketch in made:
                    write.copies.save_sketch(document, sketch)
            after = found[-1][0]
            self.look()
            done += len(found)
            yield done
        self.look()

    def _text_of(self, number: int) -> ComparedText:
        return ComparedText.of(self._store.copies.text(number))

    def _look_at(self, numbers: list[int], text_of: TextOf) -> None:
        pairs = [
            pair
            for sought in self._store.copies.sketched(numbers).values()
            for pair in self._found(sought, text_of)
        ]
        with self._store.writing() as write:
            write.copies.save_pairs(numbers, pairs)

    def _found(self, sought: SketchedDocument, text_of: TextOf) -> Iterator[CopyPair]:
        if not sought.digest:
            return
        numbers = self._store.copies.numbers(self._store.copies.candidates(sought, _COMPARED))
        near = [number for number, found in numbers.items() if not numbers_apart(sought.numbers, found)]
        for other in self._store.copies.sketched(near).values() if near else ():
            if pair := _pair(sought, other, text_of):
                yield pair


def _pair(one: SketchedDocument, other: SketchedDocument, text_of: TextOf) -> CopyPair | None:
    """Return how two documents are copies, or None where they are not."""

    def pair(kind: CopyKind, likeness: float, reason: str) -> CopyPair:
        return CopyPair(one.document_id, other.document_id, kind, round(likeness, 3), reason)

    if one.digest == other.digest:
        return pair(CopyKind.SAME_TEXT, 1.0, "word for word")
    named = any(are_versions(a, b) for a in one.stems for b in other.stems)
    worded = any(has_word_behind(a, b) for a in one.stems for b in other.stems)
    first, second = text_of(one.document_id), text_of(other.document_id)
    if numbers_differ(one, other, first, second):
        return None
    scanned, days = one.ocr or other.ocr, days_of(one, other, first, second)
    if days is not Days.DIFFER and days is not Days.QUOTED:
        found = compare(first, second, Sign.WORD if worded else Sign.NONE, scanned=scanned)
        if found.same:
            kind = CopyKind.VERSION if named or worded else CopyKind.NEARLY_SAME
            return pair(kind, found.likeness, f"{found.likeness:.0%} of the words are the same")
    if days in {Days.SAME, Days.QUOTED} and share_number(one, other):
        found = compare(first, second, Sign.NUMBER, scanned=scanned)
        if found.same:
            return pair(CopyKind.VERSION, found.likeness, f"the same sender and number {one.number}")
    if named and (found := compare(first, second, Sign.NAME, scanned=scanned)).same:
        return pair(CopyKind.VERSION, found.likeness, "their names say so")
    return None
