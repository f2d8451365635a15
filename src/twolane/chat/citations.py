"""Checked citations: every [n] of an answer is compared with its source while the answer streams."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from twolane.documents import CitationEvent, Source, TextEvent
from twolane.text.stems import Words, meaningful, names_in, question_language

# A statement counts as supported where the source holds this share of its words' weight.
_SUPPORTED = 0.5
# The model's own citation stays unless another source supports the statement by this much more.
_BETTER_BY = 0.25
_LONGEST_MARK = 40

_MARK = re.compile(
    r"[\[【][ \t]*(?:sources?|quellen?|documents?)?[ \t]*#?\d+[^\]】\n\[]{0,30}[\]】]", re.IGNORECASE
)
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    rf"|(?P<mark>{_MARK.pattern})"
    r"|(?P<end>[.!?…。！？]+[\"'”’»)]*)"
    r"|(?P<text>[\[【]|[^\s\[【.!?…。！？]+)",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s.(])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|St|Prof|Sr|Jr|No|Nr|vs|etc|Inc|Co|Corp|Ltd|approx|ca|bzw|usw|Abs|Art)$"
)

_LIST_OF_SOURCES = {"source:", "sources:", "citation:", "citations:", "references:", "quelle:", "quellen:"}

Event = TextEvent | CitationEvent


class CheckedText:
    """The text of one answer: fed as it comes, passed on with citations that its sources support.

    A citation of a source that does not exist is taken out; one whose source does not support the sentence is
    replaced by one that does, or taken out; a sentence without any gets the one that supports it best.
    """

    def __init__(self, sources: Sequence[Source], question: str = "") -> None:
        self._checker = _Checker(sources, question)
        self._pending = ""
        self._space = ""
        self._end = ""  # the full stop, not passed on yet: a citation goes before it
        self._sentence = ""
        self._marks: list[int] = []
        self._parts: list[str] = []
        self._cited: dict[int, None] = {}

    @property
    def text(self) -> str:
        """Everything passed on so far."""
        return "".join(self._parts)

    @property
    def cited(self) -> tuple[int, ...]:
        """The numbers cited so far, in order of their first citation."""
        return tuple(self._cited)

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
            match = _TOKEN.match(self._pending)
            assert match is not None  # the alternatives cover every character
            piece, kind = match.group(), match.lastgroup
            open_mark = (
                piece in "[【"
                and len(self._pending) < _LONGEST_MARK
                and not set("\n]】") & set(self._pending)
            )
            unsure = match.end() == len(self._pending) and (kind != "text" or self._may_list_sources(piece))
            if not final and (open_mark or unsure):
                return
            self._pending = self._pending[match.end() :]
            if kind == "space":
                self._space += piece
            elif kind == "mark":
                yield from self._mark(piece)
            elif kind == "end" and self._ends(final=final):
                self._end = self._end + self._space + piece if self._end else piece
                self._space = ""
            else:
                yield from self._words(piece)

    def _starts_line(self) -> bool:
        return not self._sentence.strip() or "\n" in self._space

    def _may_list_sources(self, piece: str) -> bool:
        return self._starts_line() and any(word.startswith(piece.casefold()) for word in _LIST_OF_SOURCES)

    def _ends(self, *, final: bool) -> bool:
        """Say whether the stop just read can end a sentence: not the point of 3.14 or of Dr."""
        following = self._pending[:1]
        inside = (
            bool(following) and not following.isspace() and following not in "[【" and ord(following) < 0x2E80
        )
        abbreviated = bool(_ABBREVIATION.search(self._sentence)) and not (final and not self._pending)
        return not inside and not abbreviated

    def _words(self, token: str) -> Iterator[Event]:
        if token.casefold() in _LIST_OF_SOURCES and self._starts_line():
            return  # the list of sources that some models add: every sentence has its citation already
        new_line = "\n" in self._space
        if (self._end and not token[0].islower()) or (new_line and self._sentence.strip()):
            yield from self._close()
        gap = self._end + self._space
        self._end = self._space = ""
        self._sentence += gap + token
        yield from self._say(gap + token)

    def _mark(self, token: str) -> Iterator[Event]:
        for number in self._checker.checked([int(n) for n in re.findall(r"\d+", token)], self._sentence):
            if number not in self._marks:
                self._marks.append(number)
                yield from self._cite(number)
        self._space = ""

    def _close(self) -> Iterator[Event]:
        """End a sentence, with the best citation where the model gave none."""
        if not self._marks and self._sentence.strip():
            number = self._checker.best(self._sentence)
            if number is not None:
                yield from self._cite(number)
        if self._end:
            yield from self._say(self._end)
        self._end, self._sentence, self._marks = "", "", []

    def _cite(self, number: int) -> Iterator[Event]:
        self._cited[number] = None
        yield from self._say(f" [{number}]")
        yield CitationEvent(number)

    def _say(self, text: str) -> Iterator[Event]:
        if text:
            self._parts.append(text)
            yield TextEvent(text)


class _Checker:
    """Which source supports a sentence, by its words, names and numbers."""

    def __init__(self, sources: Sequence[Source], question: str) -> None:
        self._question = question
        language = question_language(question)
        self._words = {
            source.number: Words.of(
                f"{source.passage.title} {source.passage.heading} {source.passage.text}", language
            )
            for source in sources
        }

    def checked(self, numbers: Sequence[int], sentence: str) -> list[int]:
        """Return the numbers whose sources support a sentence, or the best source's if it does, or none."""
        scores = self._scores(sentence)
        if not scores:
            return []
        best = max(scores, key=lambda number: scores[number])
        supporting = [n for n in numbers if scores.get(n, 0.0) >= max(_SUPPORTED, scores[best] - _BETTER_BY)]
        if supporting:
            return list(dict.fromkeys(supporting))
        return [best] if scores[best] >= _SUPPORTED else []

    def best(self, sentence: str) -> int | None:
        """Return the number of the source that supports a sentence best, if any does."""
        scores = self._scores(sentence)
        best = max(scores, key=lambda number: scores[number], default=None)
        return best if best is not None and scores[best] >= _SUPPORTED else None

    def _scores(self, sentence: str) -> dict[int, float]:
        """Return each source's share of the sentence's weight; the question's words, then rank, break ties.

        Numbers and names weigh more; the question's words count only where the sentence has no others.
        """
        language = question_language(f"{self._question} {sentence}")
        question, stated = meaningful(self._question, language), meaningful(sentence, language)
        claim = {stem: word for stem, word in stated.items() if stem not in question} or stated or question
        named = names_in(sentence)
        weights = {
            word: 3.0 if stem[0].isdigit() else 2.0 if word in named else 1.0 for stem, word in claim.items()
        }
        total = sum(weights.values()) or 1.0
        scores = {}
        for rank, (number, words) in enumerate(self._words.items()):
            support = sum(weight for word, weight in weights.items() if words.holds(word)) / total
            covered = sum(map(words.holds, question.values())) / (len(question) or 1)
            scores[number] = support + (0.1 * covered - 0.001 * rank if support else 0.0)
        return scores
