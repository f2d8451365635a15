"""What a document is called: its subject line, its heading, or the name of its kind of paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from twolane.facts import FieldValue
from twolane.fields.choose import Candidate
from twolane.fields.labels import Label, Labels
from twolane.fields.organisations import has_form
from twolane.fields.recipients import is_address
from twolane.fields.sheet import Sheet, fold

_HEADING = re.compile(r"(#{1,3}) +(\S.*)")
_MOST_CHARS = 120
_HEAD_LINES, _PAPER_LINES = 14, 40
_WORD = re.compile(r"[^\W\d_]+")
_NO_HEADING = re.compile(
    r"[\d\W_]*\Z|.*(?:@|https?:|www\.)|[-=*_]{3}|<\w+|\s*(?:page|seite|pagina|página|стр|strona)\W{0,3}\d",
    re.I,
)
_ADDRESS = re.compile(r"\b\d{4,6}\b|\d{1,4} ?[a-z]?,? [^\d]{4,40}|[^\d]{4,40},? \d{1,4} ?[a-z]?(?:, .*)?")
_AFTER_NAME = re.compile(
    r"\s(?!(?:19|20)\d\d(?:\s|\Z))\S*\d|\s[-–|·]\s|\t| {3,}|\s(?:no|nr|n)[.°º]*(?=\s|\Z)|\s#"
)
_CALLS = (",", "!", ":", "،")


def find_titles(
    sheet: Sheet,
    known: Labels,
    labels: Sequence[Label],
    sender: FieldValue | None,
    taken: Sequence[tuple[int, int]],
) -> list[Candidate]:
    """Return what may be the title, with what speaks for each."""
    by_line: dict[int, list[Label]] = {}
    for label in labels:
        by_line.setdefault(label.line, []).append(label)
    names = sender.words if sender and (sender.confidence > 0.5 or has_form(sender.words)) else ""
    return [
        *_subjects(sheet, by_line),
        *_headings(sheet),
        *_papers(sheet, known, by_line, sender.words if sender else ""),
        *_above_greeting(sheet, by_line, taken),
        *_below_greeting(sheet, by_line),
        *_first_lines(sheet, by_line, names, taken),
    ]


def _made(sheet: Sheet, start: int, end: int, score: float, reason: str) -> Iterable[Candidate]:
    raw = sheet.raw[start:end]
    text = raw.strip(' \t#*_:=-|,"')
    if 2 <= len(text) <= _MOST_CHARS and any(map(str.isalpha, text)):
        at = start + raw.find(text)
        yield Candidate(" ".join(text.split()), at, at + len(text), score, reason=reason)


def _subjects(sheet: Sheet, by_line: dict[int, list[Label]]) -> Iterable[Candidate]:
    for index, labels in by_line.items():
        label = labels[0]
        if (
            label.kind != "title"
            or not label.is_first
            or not (label.has_colon or label.is_last)
            or index > 40
        ):
            continue
        line = sheet.lines[index]
        colon = sheet.text.find(":", label.end, line.end)
        start = colon + 1 if colon >= 0 else label.end
        score = 5.2 - 0.06 * index
        if sheet.text[start : line.end].strip():
            yield from _made(sheet, start, line.end, score, "its subject line")
        elif index + 1 < len(sheet.lines):
            below = sheet.lines[index + 1]
            yield from _made(sheet, below.start, below.end, score - 0.5, "its subject line")


def _headings(sheet: Sheet) -> Iterable[Candidate]:
    if "# " not in sheet.text:
        return
    for index, line in enumerate(sheet.lines[:60]):
        if match := _HEADING.match(sheet.text, line.start, line.end):
            is_plain = len(match[2].split()) < 2 and match[2].isupper()
            score = 4.6 - 0.35 * (len(match[1]) - 1) - 0.05 * index - 0.8 * is_plain
            yield from _made(sheet, match.start(2), line.end, score, "its heading")


def _papers(sheet: Sheet, known: Labels, by_line: dict[int, list[Label]], sender: str) -> Iterable[Candidate]:
    """Yield the lines that begin or end with what such papers are called."""
    for index, line in enumerate(sheet.lines[:_PAPER_LINES]):
        text = sheet.folded[line.start : line.end]
        if len(text) > 110:
            continue
        start = _without_sender(sheet, line.start, line.end, sender)
        count = known.paper_at(sheet.folded, start)
        score = 4.3 - 0.06 * index
        is_quoted = sheet.text[line.start : start].strip(" \t#*-•|>=_")
        if is_quoted or not sheet.text[start : start + 1].isalpha() or sheet.text[start].islower():
            continue
        own = by_line.get(index, ())
        if count and sheet.text[start + count : start + count + 1] != "-":
            end = _end_of_name(sheet, start + count, line.end, own)
            score -= 1.5 * sheet.text[line.start : line.end].rstrip().endswith((":", "."))
            yield from _made(sheet, start, end, score, "what it is called")
        elif len(text.split()) < 7 and any(one.kind == "paper" and one.is_last for one in own):
            yield from _made(sheet, start, line.end, score - 0.3, "what it is called")


def _without_sender(sheet: Sheet, start: int, end: int, sender: str) -> int:
    """Return where a line begins behind the name of who sent it, and behind what marks a heading."""
    while start < end and not sheet.text[start].isalnum():
        start += 1
    if sender and fold(sheet.text[start:end]).startswith(fold(sender)) and end - start > len(sender) + 3:
        return _without_sender(sheet, start + len(sender), end, "")
    return start


def _end_of_name(sheet: Sheet, at: int, end: int, labels: Sequence[Label]) -> int:
    """Return where a paper's name ends in its line: before its number, its date or another column."""
    if number := re.match(r"\s?№\s?\d+", sheet.text[at:end]):
        return at + number.end()
    end = next((one.start for one in labels if one.kind == "number" and at < one.start < end), end)
    after = _AFTER_NAME.search(sheet.folded[at:end])
    return at + after.start() if after else end


def _above_greeting(
    sheet: Sheet, by_line: dict[int, list[Label]], taken: Sequence[tuple[int, int]]
) -> Iterable[Candidate]:
    for index, labels in by_line.items():
        text = sheet.line_text(index).rstrip()
        if not (labels[0].kind == "recipient" and labels[0].is_first and text.endswith((*_CALLS, "."))):
            continue
        if not 1 <= index <= 40 or len(text) > 60:
            continue
        above = sheet.lines[index - 1]
        line = sheet.text[above.start : above.end].strip()
        is_label = any(one.is_first and one.kind != "paper" for one in by_line.get(index - 1, ()))
        if (
            _is_free(above.start, above.end, taken)
            and not is_label
            and len(line) < 90
            and not _ADDRESS.search(line)
        ):
            yield from _made(sheet, above.start, above.end, 3.9, "above the greeting")


def _below_greeting(sheet: Sheet, by_line: dict[int, list[Label]]) -> Iterable[Candidate]:
    """Yield the line between a greeting and its letter, as the British set their subjects."""
    lines = sheet.lines
    for index, labels in by_line.items():
        if (
            not (labels[0].kind == "recipient" and labels[0].is_first)
            or index + 2 >= len(lines)
            or index > 40
        ):
            continue
        below = lines[index + 1]
        is_apart = lines[index].blank_before and below.blank_before and lines[index + 2].blank_before
        text = sheet.text[below.start : below.end].strip()
        if is_apart and len(text) < 80 and not text.endswith((".", ",", ":", "!", "?")):
            yield from _made(sheet, below.start, below.end, 3.4, "below the greeting")


def _first_lines(
    sheet: Sheet, by_line: dict[int, list[Label]], sender: str, taken: Sequence[tuple[int, int]]
) -> Iterable[Candidate]:
    for index, line in enumerate(sheet.lines[:_HEAD_LINES]):
        text = sheet.text[line.start : line.end].strip()
        if _NO_HEADING.match(text) or not _is_free(line.start, line.end, taken):
            continue
        if any(label.kind != "paper" and label.is_first for label in by_line.get(index, ())):
            continue
        if sender and sender.casefold() in text.casefold():
            continue
        score = 2.6 - 0.2 * index + 0.4 * text.isupper()
        if text.endswith((".", ";")) or len(text) > 90:
            score -= 1.2
        if "\t" in text or sum(map(str.isdigit, text)) > 4:
            score -= 1.0
        if _ADDRESS.fullmatch(text) or is_address(sheet, index) or (index and len(text.split()) == 1):
            score -= 1.5
        yield from _made(sheet, line.start, _joined(sheet, index), score, "stands at its beginning")


def _joined(sheet: Sheet, index: int) -> int:
    """Return where a heading ends that goes on in the next line, as a comma or a small letter shows."""
    line = sheet.lines[index]
    if index + 1 >= len(sheet.lines) or sheet.lines[index + 1].blank_before:
        return line.end
    below = sheet.lines[index + 1]
    goes_on = sheet.text[line.start : line.end].rstrip().endswith((",", "-", " of", " the", " and", " for"))
    if (goes_on or sheet.text[below.start].islower()) and below.end - line.start < _MOST_CHARS:
        return below.end
    return line.end


def _is_free(start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
    return not any(start <= a < end for a, _ in taken)
