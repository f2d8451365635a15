"""What the passages of a library are found under, in segments and in a few rows outside them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from twolane.store.session import Row, Session, Values
from twolane.store.words.segments import MOST_PASSAGES, BuiltSegment, KeptPassage, build, ids_of
from twolane.text.languages import language_by_code
from twolane.text.terms import FORM, PassageTerms, passage_terms, spelling_of

_log = logging.getLogger(__name__)

# Passages outside segments, which each search reads; and segments of one size before they are made one.
_MOST_OPEN, _MOST_SEGMENTS = 512, 8
_SIZES = (4_096, 32_768)  # smaller segments are merged; larger ones stay as they are
PART_BYTES = 16_384
PARTS = 1 << 16  # of one segment at most
_BATCH = 500


class WordsWriter:
    """Writes the words of passages within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._is_noted = False

    def changed(self) -> None:
        """Note that searches may find more or less by words."""
        if not self._is_noted:
            self._session.run("words.changed")
            self._is_noted = True

    def add(self, passages: Iterable[Values]) -> None:
        """Index passages: `passage_id`, `names`, `heading`, `text` and the document's `language`."""
        made = [(row["passage_id"], _terms(row)) for row in passages]
        if not made:
            return
        self.changed()
        kept = [{"passage_id": number, "length": one.length, "stems": one.kept} for number, one in made]
        self._session.run_many("words.keep", kept)
        self._session.run_many("words.open", [{"passage_id": number} for number, _ in made])
        words: dict[str, set[str]] = {}
        for _, one in made:
            words.setdefault(one.language, set()).update(one.spelt)
        # in order, so that writers who add the same words wait for each other and never both
        spelt = [
            spelling_of(word, language) for language in sorted(words) for word in sorted(words[language])
        ]
        rows = [
            {"word": one.word, "language": one.language, "stem": one.stem, "backwards": one.stem[::-1]}
            for one in spelt
        ]
        self._session.run_many("words.spell", rows)
        self._session.run_many("words.speak", [{"algorithm": language} for language in sorted(words)])
        if self._session.number("words.count_open") >= _MOST_OPEN and self._session.number("words.may_close"):
            self._close()

    def fill(self) -> None:
        """Index every passage anew."""
        self._session.run("words.clear")
        if passages := self._session.number("words.count_passages"):
            _log.warning("the words of %d passages are indexed anew, once: a few minutes a million", passages)
        after = 0
        while rows := self._session.rows("words.passages_after", after=after, limit=_BATCH):
            after = rows[-1]["passage_id"]
            self.add(passages_with_words(rows))
        self._session.run("words.set_form", form=FORM)

    def _close(self) -> None:
        """Make the open passages a segment, and several small segments one."""
        held = [row["passage_id"] for row in self._session.rows("words.hold_open")]
        open_passages = kept_passages(self._session.rows("words.kept", ids=held))
        self._add_segments(open_passages)
        self._session.run("words.close", ids=[one.passage_id for one in open_passages])
        low = 0
        for high in _SIZES:
            sizes = self._session.rows("words.sizes")
            small = [row["segment_id"] for row in sizes if low <= row["passages"] < high]
            if len(small) >= _MOST_SEGMENTS:
                self._merge(small)
                if high == _SIZES[-1]:
                    self._renew([row["segment_id"] for row in sizes if row["passages"] >= high])
            low = high

    def _renew(self, numbers: Iterable[int]) -> None:
        """Make those segments anew of which most passages are no more: nothing else would ever free them."""
        for number in numbers:
            [segment] = self._session.rows("words.segments", numbers=[number])
            ids = ids_of(segment["ids"])
            if 2 * self._session.number("words.count_kept", ids=ids) < len(ids):
                self._merge([number])

    def _merge(self, numbers: Sequence[int]) -> None:
        segments = self._session.rows("words.segments", numbers=list(numbers))
        ids = sorted({number for row in segments for number in ids_of(row["ids"])})
        self._add_segments(kept_passages(self._session.rows("words.kept", ids=ids)))
        for number in numbers:
            first = number * PARTS
            self._session.run(
                "words.drop_segment", segment_id=number, first_part=first, next_part=first + PARTS
            )

    def _add_segments(self, passages: Sequence[KeptPassage]) -> None:
        sizes = self._session.rows("words.sizes")
        lengths = sum(row["length"] for row in sizes) + sum(one.length for one in passages)
        mean = lengths / max(1, sum(row["passages"] for row in sizes) + len(passages))
        for begin in range(0, len(passages), MOST_PASSAGES):
            part = passages[begin : begin + MOST_PASSAGES]
            self._save(build(part, mean), sum(one.length for one in part))

    def _save(self, built: BuiltSegment, length: int) -> None:
        segment, data = built.segment, built.data
        number = self._session.number(
            "words.add_segment",
            passages=len(segment.ids),
            length=length,
            ids=segment.ids.astype("<i8").tobytes(),
            stems=segment.stems.astype("<u4").tobytes(),
            counts=segment.counts.astype("<u4").tobytes(),
        )
        parts = [
            {"part": number * PARTS + place, "data": data[place * PART_BYTES : (place + 1) * PART_BYTES]}
            for place in range(-(-len(data) // PART_BYTES))
        ]
        self._session.run_many("words.add_part", parts)


def passages_with_words(rows: Iterable[Row]) -> list[Values]:
    """Return rows of passages as `WordsWriter.add` takes them."""
    names = ("passage_id", "names", "language", "heading", "text")
    return [{name: row[name] for name in names} for row in rows]


def has_words(session: Session) -> bool:
    """Say whether a library's words are in the form that this program makes."""
    return bool(session.number("words.form") == FORM)


def kept_passages(rows: Iterable[Row]) -> list[KeptPassage]:
    """Return rows of kept stems."""
    return [KeptPassage(row["passage_id"], row["length"], row["stems"]) for row in rows]


def _terms(row: Values) -> PassageTerms:
    language = language_by_code(str(row["language"]))
    return passage_terms(str(row["names"]), str(row["heading"]), str(row["text"]), language)
