"""Pages become passages: pieces of one page, small enough to embed and to show, with their positions."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from twolane.documents import Page, Passage
from twolane.text.tokens import fewest_tokens

DEFAULT_MAX_TOKENS = 200
_HEADING_CHARS = 120
_COUNTED_CHARS = 50_000
_SEPARATOR = " › "

# Where text may be cut, best places first; each match is the end of a piece.
_CUTS = (
    re.compile(r"\n[ \t\r]*\n\s*"),
    re.compile(r"[.!?…][\"'”’»)\]]*\s+(?=[^a-z\s])|[。！？｡][\"”」』）]*\s*"),
    re.compile(r"[\r\n]+\s*|[;:]\s+"),
    re.compile(r"\s+|[、，；：]"),
)
_LINE = re.compile(r"[^\r\n]+")
_NUMBERED = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,3}){0,4}[.)]?|[IVXLC]{1,5}[.)]|[A-Z][.)]|§\s*\d+\w?"
    r"|(?:chapter|section|part|item|article|note|appendix|annex|kapitel|abschnitt|anlage|chapitre|parte|artikel)\s+\w{1,6}[.:]?)"
    r"[ \u00a0—–-]+[^\W\d_]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]")
_BULLET = re.compile(r"[-*•◦▪·–]\s")


class _Piece(NamedTuple):
    """A part of a page; `opens` is the heading that begins with it."""

    start: int
    end: int
    tokens: int
    opens: str = ""


def split(
    pages: Sequence[Page],
    count_tokens: Callable[[str], int] | None = None,
    max_tokens: int = DEFAULT_MAX_TOKENS,
    title: str = "",
) -> list[Passage]:
    """Cut pages into passages of at most `max_tokens`, at the best place there is.

    A passage's text is exactly `page.text[start:end]`; nothing is lost but white space and pieces without any
    letter or digit, and nothing overlaps.
    `heading` holds the title, then the section or a table's header line. Numbered pages place what stands on
    them; else the label, the section or the paragraph does. Tokens are counted by `count_tokens`, once a
    passage; without it they are estimated.
    """
    passages: list[Passage] = []
    running = _running_lines(pages)
    section = label = ""
    counted = _PlaceCounter()
    for page in pages:
        if not page.is_numbered and page.label != label:
            section, label = "", page.label  # the next mail or chapter: no section goes on into it
        header = _table_header(page.text)
        counted.begin(page.text)
        pieces = _table_pieces(page.text, max_tokens) if header else _pieces(page.text, max_tokens, running)
        for piece in _merge(pieces, max_tokens):
            section = piece.opens or section
            for cut_start, cut_end in _fit(page.text, piece.start, piece.end, count_tokens, max_tokens):
                where = page.label if header else section or page.label
                repeat = header if cut_start > 0 and not page.text.startswith(header, cut_start) else ""
                text = page.text[cut_start:cut_end]
                if _WORD.search(text) is None:
                    continue  # a table of separators only: nobody asks for it
                heading = _heading(title, where, repeat)
                place = _place(page, "" if header else section, counted.at(cut_start))
                passages.append(Passage(len(passages), page.number, cut_start, cut_end, text, heading, place))
    if len(passages) == 1 and not pages[0].is_numbered:
        return [replace(passages[0], place="")]  # all of a short document, whose file's name says enough
    return passages


class _PlaceCounter:
    """Which paragraph of a document a character stands in, or which line where it has no paragraphs."""

    def __init__(self) -> None:
        self._before = self._at = self._found = 0
        self._text, self._mark, self._word = "", "\n\n", "paragraph"

    def begin(self, text: str) -> None:
        """Go on with the next page."""
        if self._text:
            self._before += self._found + self._text.count(self._mark, self._at) + 1
        else:
            self._mark, self._word = ("\n\n", "paragraph") if "\n\n" in text.strip() else ("\n", "line")
        self._text, self._at, self._found = text, 0, 0

    def at(self, start: int) -> str:
        """Return the place of a character at or after the last one that was asked for."""
        self._found += self._text.count(self._mark, self._at, start)
        self._at = start
        return f"{self._word} {self._before + self._found + 1:,}"


def _place(page: Page, section: str, counted: str) -> str:
    """Say where a passage stands, as people find it; see `Passage`."""
    if page.is_numbered:
        return f"page {page.number}"
    is_said = bool(page.label) and section.endswith(page.label)  # as the subject of a mail is
    named = f"section {section[:_HEADING_CHARS]}" if section and not is_said else ""
    return ", ".join(filter(None, (page.label, named))) or counted


def _heading(*parts: str) -> str:
    named = [" ".join(part.split())[:_HEADING_CHARS] for part in parts]
    return _SEPARATOR.join(part for part in dict.fromkeys(named) if part)


def _running_lines(pages: Sequence[Page]) -> frozenset[str]:
    """Return the lines that many pages share: they are headers or footers, not headings of sections."""
    if len(pages) < 4:
        return frozenset()
    counts = Counter(
        line for page in pages for line in {m.group().strip() for m in _LINE.finditer(page.text)}
    )
    return frozenset(line for line, count in counts.items() if count >= max(3, 0.3 * len(pages)))


def _table_header(text: str) -> str:
    """Return the first line where most lines have as many tabs, bars or commas as it has, else ""."""
    lines = [match.group() for match in _LINE.finditer(text[:20_000]) if match.group().strip()]
    if len(lines) < 3:
        return ""
    for delimiter in ("\t", "|", ";", ","):
        count = lines[0].count(delimiter)
        if count and sum(line.count(delimiter) == count for line in lines) >= 0.8 * len(lines):
            return lines[0].strip()
    return ""


def _table_pieces(text: str, limit: int) -> Iterator[_Piece]:
    for match in _LINE.finditer(text):
        yield from _cut(text, match.start(), match.end(), limit, level=2)


def _pieces(text: str, limit: int, running: frozenset[str]) -> Iterator[_Piece]:
    """Yield paragraphs and headings, cut where they are over the limit."""
    lines = [(m.start(), m.end(), m.group().strip()) for m in _LINE.finditer(text) if m.group().strip()]
    start: int | None = None
    for index, (begin, end, line) in enumerate(lines):
        opened = text.count("\n", lines[index - 1][1], begin) > 1 if index else True
        following = lines[index + 1] if index + 1 < len(lines) else None
        closed = following is not None and text.count("\n", end, following[0]) > 1
        heading = following is not None and line not in running and _is_heading(line, opened, closed)
        if start is not None and (heading or opened or _BULLET.match(line)):
            yield from _cut(text, start, lines[index - 1][1], limit)
            start = None
        if heading:
            name = line.lstrip("# ").strip()
            for number, piece in enumerate(_cut(text, begin, end, limit)):
                yield _Piece(piece.start, piece.end, piece.tokens, name if number == 0 else "")
        elif start is None:
            start = begin
    if start is not None:
        yield from _cut(text, start, lines[-1][1], limit)


def _is_heading(line: str, opened: bool, closed: bool) -> bool:
    if re.match(r"#{1,6}\s+\S", line):
        return True
    if len(line) > 90 or line[-1] in ".,;!?。、-–" or _BULLET.match(line):
        return False
    words = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) > 3]
    letters = sum(map(str.isalpha, line))
    if not words or letters < 0.6 * len(line.replace(" ", "")) or len(line.split()) > 12:
        return False
    if _NUMBERED.match(line) or (line.isupper() and letters > 4):
        return True
    titled = sum(word[0].isupper() for word in words) >= 0.7 * len(words)
    return line[0].isupper() and ((opened and closed) or (titled and line[-1] != ":" and len(words) > 1))


def _cut(text: str, start: int, end: int, limit: int, level: int = 0) -> Iterator[_Piece]:
    """Yield pieces of text[start:end], stripped, none over the limit by estimate."""
    body = text[start:end]
    stripped = body.strip()
    if not stripped:
        return
    start += len(body) - len(body.lstrip())
    end = start + len(stripped)
    # What is surely too long is not counted: to count millions of characters at once holds up all threads.
    tokens = fewest_tokens(stripped) if len(stripped) <= _COUNTED_CHARS else len(stripped)
    if tokens <= limit:
        yield _Piece(start, end, tokens)
        return
    if level == len(_CUTS):
        step = max(1, (end - start) * limit // (tokens + 1))
        for begin in range(start, end, step):
            yield from _stripped(text, begin, min(begin + step, end), limit)
        return
    # Pieces of about the same size are better than full ones and a tiny rest.
    target = math.ceil(tokens / math.ceil(tokens / limit) * 1.1)
    parts = (
        part
        for a, b in _between(text, start, end, _CUTS[level])
        for part in _cut(text, a, b, limit, level + 1)
    )
    yield from _merge(parts, min(target, limit))


def _stripped(text: str, start: int, end: int, limit: int) -> Iterator[_Piece]:
    body = text[start:end]
    left = start + len(body) - len(body.lstrip())
    right = left + len(body.strip())
    tokens = fewest_tokens(text[left:right])
    if tokens > limit and right - left > 1:
        middle = (left + right) // 2
        yield from _stripped(text, left, middle, limit)
        yield from _stripped(text, middle, right, limit)
    elif right > left:
        yield _Piece(left, right, tokens)


def _between(text: str, start: int, end: int, cut: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    begin = start
    for match in cut.finditer(text, start, end):
        yield begin, match.end()
        begin = match.end()
    yield begin, end


def _merge(pieces: Iterator[_Piece], limit: int) -> Iterator[_Piece]:
    """Yield neighbours joined up to the limit, each with its first heading, and parted at headings."""
    start = end = tokens = 0
    opens, empty, only_headings = "", True, False
    for piece in pieces:
        # A new section starts a new passage, unless the passage so far is only headings or a few words.
        full = tokens + piece.tokens > limit
        parted = bool(piece.opens) and not only_headings and tokens > limit // 8
        if not empty and (full or parted):
            yield _Piece(start, end, tokens, opens)
            empty = True
        if empty:
            start, tokens, opens, empty, only_headings = piece.start, 0, "", False, True
        opens = piece.opens or opens
        only_headings = only_headings and bool(piece.opens)
        end, tokens = piece.end, tokens + piece.tokens
    if not empty:
        yield _Piece(start, end, tokens, opens)


def _fit(
    text: str, start: int, end: int, count_tokens: Callable[[str], int] | None, max_tokens: int
) -> Iterator[tuple[int, int]]:
    """Yield a span, or its parts where the real count of tokens is over the limit."""
    tokens = count_tokens(text[start:end]) if count_tokens else 0
    if tokens <= max_tokens or end - start <= 1:
        yield start, end
        return
    smaller = max(1, int(fewest_tokens(text[start:end]) * max_tokens / tokens * 0.9))
    if smaller >= fewest_tokens(text[start:end]):  # characters that the estimate does not count
        middle = (start + end) // 2
        spans = [
            (p.start, p.end) for a, b in ((start, middle), (middle, end)) for p in _stripped(text, a, b, end)
        ]
    else:
        spans = [(p.start, p.end) for p in _merge(_cut(text, start, end, smaller), smaller)]
    for a, b in spans:
        yield from _fit(text, a, b, count_tokens, max_tokens)
