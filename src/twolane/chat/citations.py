"""Checked citations: every sentence of an answer is held against its sources while the answer streams."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from twolane.answers import CitationEvent, Source, TextEvent
from twolane.chat import sentences
from twolane.chat.listing import listed
from twolane.chat.marks import OPENERS, Certainty, CitationMark, NeedsMore, mark_at
from twolane.chat.support import Checker
from twolane.text.languages import digits_of
from twolane.text.words import raw_words

_STOPS, _OPENERS = re.escape(sentences.STOPS), re.escape(OPENERS)
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    rf"|(?P<end>[{_STOPS}]+[{re.escape(sentences.CLOSERS)}]*)"
    rf"|(?P<text>[{_OPENERS}]|[^\s{_OPENERS}{_STOPS}]+)"
)
_RAISED_CHARS = 4  # a raised digit behind fewer is a power: m², km², 10³

Event = TextEvent | CitationEvent


class CheckedText:
    """The text of one answer: fed as it comes, passed on with citations that its sources support.

    The model's own marks say which sources it means, wherever in the sentence they stand. A citation of a
    source that does not exist is taken out; one whose source does not state the sentence is replaced by one
    that does, or taken out; a sentence without any gets the one that states it best.
    """

    def __init__(self, sources: Sequence[Source], question: str = "") -> None:
        self._checker = Checker(sources, question)
        self._pending = ""
        self._space = ""
        self._end = ""  # the stop, not passed on yet: citations go before it
        self._sentence = ""
        self._marks: list[int] = []
        self._marked: set[int] = set()  # by the model, in the whole answer
        self._leads = False  # whether the model's marks stand before their sentences
        self._after_mark = False
        self._lists = False  # whether the last line was of a list of sources
        self._fenced = False  # whether the sentence is within a block of code
        self._parts: list[str] = []
        self._citations: list[CitationEvent] = []

    @property
    def text(self) -> str:
        """Everything passed on so far."""
        return "".join(self._parts)

    @property
    def cited(self) -> tuple[int, ...]:
        """The numbers cited so far, in order of their first citation."""
        return tuple(dict.fromkeys(citation.number for citation in self._citations))

    @property
    def citations(self) -> tuple[CitationEvent, ...]:
        """All citations so far, in the order of the text."""
        return tuple(self._citations)

    def feed(self, piece: str) -> Iterator[Event]:
        """Take the next piece of the model's text and pass on what is final."""
        self._pending += piece
        yield from self._consume(final=False)

    def finish(self) -> Iterator[Event]:
        """Pass on the rest."""
        yield from self._consume(final=True)
        yield from self._close()

    def _consume(self, *, final: bool) -> Iterator[Event]:
        while self._pending:
            length = self._listing(final=final)
            if isinstance(length, NeedsMore):
                return
            if length:
                self._pending, self._space, self._lists = self._pending[length:], "", True
                continue
            mark = mark_at(self._pending, self._checker.numbers, final=final)
            if isinstance(mark, NeedsMore) or (mark and not final and self._is_open(mark)):
                return
            if mark and self._is_meant(mark):
                yield from self._take(mark)
                continue
            match = _TOKEN.match(self._pending)
            assert match is not None  # the alternatives cover every character
            if not final and match.end() == len(self._pending) and self._is_unsure(match):
                return
            self._pending = self._pending[match.end() :]
            yield from self._token(match.group(), match.lastgroup)

    def _token(self, piece: str, kind: str | None) -> Iterator[Event]:
        if kind == "space":
            self._space += "" if self._after_mark and "\n" not in piece else piece
        elif kind == "end" and not sentences.is_within(piece, self._following()):
            self._end = self._end + self._space + piece if self._end else piece
            self._space = ""
        else:
            yield from self._words(piece)

    def _following(self) -> str:
        """Return the next character, where it is no mark's."""
        following = self._pending[:1]
        return "" if following in OPENERS else following

    def _is_unsure(self, match: re.Match[str]) -> bool:
        """Say whether more text may change what the last token is or does."""
        return match.lastgroup != "text" or bool(self._end)

    def _starts_line(self) -> bool:
        return not self._sentence.strip() or "\n" in self._space

    def _listing(self, *, final: bool) -> int | NeedsMore:
        is_start = self._starts_line() or bool(self._end and self._space)
        if not is_start or not self._parts or self._pending[0].isspace() or self._after_mark:
            return 0
        checker = self._checker
        marked = checker.numbers if self._lists else self._marked
        return listed(self._pending, checker.numbers, marked, checker.is_named, final=final)

    # --- marks

    def _is_open(self, mark: CitationMark) -> bool:
        """Say whether what follows a mark is needed, and not there yet."""
        rest = self._pending[mark.length :]
        return not rest.strip() and "\n" not in rest

    def _is_meant(self, mark: CitationMark) -> bool:
        """Say whether what has the form of a mark is one, where it may be the answer's own text."""
        if self._fenced or self._sentence.count("`") % 2 == 1:
            return False
        if mark.certainty is Certainty.SURE:  # unless it is an index, as in rows[0]
            return 0 not in mark.numbers or bool(self._space) or not self._sentence[-1:].isalpha()
        if self._end and mark.certainty is not Certainty.RAISED:
            return False
        return _is_unsure_meant(mark, self._pending, self._sentence, self._checker)

    def _take(self, mark: CitationMark) -> Iterator[Event]:
        """Take a mark out of the text, for the sentence that it belongs to."""
        rest = self._pending[mark.length :]
        self._pending = rest
        self._marked.update(mark.numbers)
        is_first = not raw_words(self._sentence)
        on_its_own_line = not rest.strip() or rest.lstrip(" ")[0] == "\n"
        is_next = "\n" in self._space and not on_its_own_line
        if not is_first and (is_next or (self._end and self._leads and self._marks)):
            yield from self._next_sentence()
            is_first = True
        if is_first:
            self._leads = self._leads or not self._parts
            self._after_mark = True
        else:
            self._space = ""
        self._marks += mark.numbers

    def _next_sentence(self) -> Iterator[Event]:
        """Close a sentence before a mark of the next one, and keep the blank between them."""
        yield from self._close()
        yield from self._say(self._space)
        self._space = ""

    # --- sentences

    def _words(self, token: str) -> Iterator[Event]:
        if self._after_mark:
            token = token.lstrip(":：")
            self._after_mark = False
            if not token:
                self._after_mark = True
                return
        new_line = "\n" in self._space
        if (self._end and not self._goes_on(token)) or (new_line and self._sentence.strip()):
            yield from self._close()
        gap = self._end + self._space
        self._end = self._space = ""
        self._lists = False
        self._sentence += gap + token
        yield from self._say(gap + token)

    def _goes_on(self, token: str) -> bool:
        return sentences.continues(self._sentence, self._end, token, self._checker.stands)

    def _close(self) -> Iterator[Event]:
        """End a sentence with its citations."""
        is_heading = self._sentence.rstrip("*_ ").endswith((":", "："))
        fences = self._sentence.count("```")
        is_text = self._sentence.strip() and not (self._fenced or fences)
        self._fenced ^= fences % 2 == 1
        if is_text and (self._marks or not is_heading):
            for citation in self._checker.citations(self._sentence, self._marks):
                self._citations.append(citation)
                yield from self._say(f" [{citation.number}]")
                yield citation
        if self._end:
            yield from self._say(self._end)
        self._end, self._sentence, self._marks = "", "", []

    def _say(self, text: str) -> Iterator[Event]:
        if text:
            self._parts.append(text)
            yield TextEvent(text)


def _is_unsure_meant(mark: CitationMark, pending: str, sentence: str, checker: Checker) -> bool:
    """Say whether a mark that may be text is none of a source's, and the sentence stands where it leads."""
    written, rest = pending[: mark.length], pending[mark.length :]
    before = (raw_words(sentence) or [""])[-1]
    if not before:
        return False
    if mark.certainty is Certainty.RAISED:
        return len(before) >= _RAISED_CHARS and not checker.stands(before + written)
    if mark.certainty is Certainty.BARE:
        is_text = not _is_last(rest, before, mark.numbers, checker)
    else:
        is_text = checker.stands(written[1:-1])
    if is_text or checker.stands(f"{before} {written}"):
        return False
    stating = {one.number for one in checker.citations(sentence, mark.numbers)}
    return not stating.isdisjoint(mark.numbers)


def _is_last(rest: str, before: str, numbers: Sequence[int], checker: Checker) -> bool:
    """Say whether a bare number in brackets ends a sentence and repeats no number: five (5) days."""
    ends = not rest.strip() or rest.lstrip(" ")[0] in sentences.STOPS + "\n"
    digits = digits_of(checker.language.algorithm)
    return ends and digits.get(before.casefold(), before) not in map(str, numbers)
