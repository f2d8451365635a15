"""Extracts: the places of the files that fit a question best, for when no model answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twolane.answers import CitationEvent, ExtractsCause, ExtractsEvent, Source, SourcesEvent, TextEvent
from twolane.chat import phrases, prompt
from twolane.chat.evidence import ClaimPart, Evidence, Place
from twolane.chat.support import SentenceClaim
from twolane.facts import TextSpan
from twolane.text.stems import question_language

_MOST_EXTRACTS = 3
# A quote has room for a label and what stands below it, and is no longer than can be read at a glance.
_LEAST_CHARS, _MOST_CHARS = 120, 280
_UNIT = re.compile(r"[^\n]+?(?:[.!?…؟।]+[\"'”’»)]*(?=\s|$)|[。！？]+[\"”」』）]*|\n|$)\s*")
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)

ExtractPiece = SourcesEvent | ExtractsEvent | TextEvent | CitationEvent


@dataclass(frozen=True, slots=True)
class Extract:
    """A quote of one source that stands at characters of its page, and how much it says of what was asked."""

    number: int
    quote: str
    span: TextSpan
    holds: int


def extracts(question: str, sources: Sequence[Source]) -> list[Extract]:
    """Return the place of each of the best sources that says the most of what a question asks.

    A source that says less than half of what another does is left out.
    """
    language = question_language(question)
    parts = SentenceClaim.of(question, question, language).parts
    found = [_extract(source, Evidence(source, language), parts) for source in sources[:_MOST_EXTRACTS]]
    most = max((one.holds for one in found), default=0)
    return [one for one in found if one.quote and 2 * one.holds >= most]


def told(cause: ExtractsCause, question: str, sources: Sequence[Source]) -> Iterator[ExtractPiece]:
    """Yield the events of an answer that is made of extracts, in the words of the question's language."""
    yield ExtractsEvent(cause)
    yield TextEvent(phrases.extracts(cause, question))
    for one in extracts(question, sources):
        yield TextEvent(f"\n\n“{one.quote}” [{one.number}]")
        yield CitationEvent(one.number, spans=(one.span,))


def _extract(source: Source, evidence: Evidence, parts: Sequence[ClaimPart]) -> Extract:
    text = source.passage.text
    held = [(index, place) for index, part in enumerate(parts) for place in evidence.places(part) or ()]
    start, end = _window(text, held)
    quote = " ".join(_HEADING.sub("", prompt.shown(text[start:end])).split())
    span = TextSpan(evidence.page, evidence.start + start, evidence.start + end)
    holds = len({index for index, (begin, stop) in held if start <= begin and stop <= end})
    return Extract(source.number, quote, span, holds)


def _window(text: str, held: Sequence[tuple[int, Place]]) -> Place:
    """Return the run of whole sentences or lines that holds the most parts, from the first of them on."""
    units = [match.span() for match in _UNIT.finditer(text)] or [(0, len(text))]
    runs: list[tuple[tuple[int, int, bool, int, int], Place]] = []
    for first, (start, last) in enumerate(units):
        for _, end in units[first:]:
            if end - start > _MOST_CHARS and end != last:
                break
            holds = len({part for part, (begin, stop) in held if start <= begin and stop <= end})
            lacks = max(0, _LEAST_CHARS - (end - start))
            runs.append(
                ((-holds, lacks, text[start].islower(), -start if held else start, end), (start, end))
            )
    start, end = min(runs)[1]
    if end - start > _MOST_CHARS:  # a single sentence that is too long: from the first part that it holds
        begin = min((place[0] for _, place in held if start <= place[0] < end), default=start)
        start = max(start, min(begin, end - _MOST_CHARS))
        end = start + _MOST_CHARS
        blank = max(
            text.rfind(" ", end - _MOST_CHARS // 4, end), text.rfind("\n", end - _MOST_CHARS // 4, end)
        )
        end = blank if blank > 0 and end < len(text) else end
    return start, start + len(text[start:end].rstrip())
