"""Who wrote or issued a document: names in its head, beside labels, under a greeting, in its footer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from twolane.facts import MarkKind
from twolane.fields.choose import Candidate
from twolane.fields.labels import Label
from twolane.fields.marks import FoundMark, domain_name
from twolane.fields.organisations import (
    has_form,
    is_called_so,
    may_have_form,
    squashed,
    up_to_address,
    up_to_form,
    without_form,
)
from twolane.fields.recipients import STREET, TOWN, greeted_names, is_address, recipient_lines
from twolane.fields.sheet import Sheet, fold

_HEAD_LINES, _FOOT_LINES = 12, 8
_MOST_CHARS, _MOST_WORDS = 70, 9
_LINE_WORDS = 12
_DATA_LINES = 8
_BODY_LINES = 60  # scrambled pages have their head anywhere in them
_LINE_CHARS = 160  # longer ones are sentences
_SEPARATED = re.compile(r"\s?[·•●|∙*‧■]\s|\s{3,}|\t|\s-\s|\s/\s")
_HAS_HOUSE = re.compile(r"\b\d{1,5} ?[a-z]?\b(?!\w)")
_COPYRIGHT = re.compile(r"(?:©|\bcopyright\b(?: \(c\))?|\(c\)(?= (?:19|20)\d\d))[\s\d,.-]*(?:by )?", re.I)
_PARTY = re.compile(r"[\s:]*(?:the )?([^\n(;]{3,110})")
_A_FURTHER_REASON = 0.5  # what another place counts that names the same: a head and a signature
_PAIRS = (("«", "»"), ("„", "”"), ("„", "“"), ("“", "”"), ("(", ")"), ("「", "」"))
_CALLED_IN_SHORT = re.compile(r"\s*\((?=[\"“«„'])")
_NUMBERED_NAME = r"((?:[^\W\d_][\w.'-]* ){1,3}[^\W\d_][^\W\d_'-]+)[\d*†‡∗§¹²³]{1,3}"
_NUMBERED = re.compile(rf"\s*{_NUMBERED_NAME}[, ]+{_NUMBERED_NAME}")
_PUNCTUATION = " \t,.;:|*_-–·•\"'“”«»„()[]<>#\\&"
# What is cut out of a line before its names are looked at. Names hold these words too: "Total", "Union".
_IN_NAMES = frozenset({"paper", "recipient"})
_NO_CUT = frozenset({"correspondent", "parties", "total_due", "closing", "other_number", "title"})


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    start: int
    end: int


def find_senders(
    sheet: Sheet,
    labels: Sequence[Label],
    marks: Sequence[FoundMark],
    taken: Sequence[tuple[int, int]],
    *,
    is_data: bool,
) -> list[Candidate]:
    """Return the names that may be the sender's, with what speaks for each.

    `taken` are the places of values, and `is_data` is true of tables and code, which seldom name one.
    """
    search = _SenderSearch(sheet, labels, marks, taken, is_data=is_data)
    best: dict[str, Candidate] = {}
    for candidate in search.candidates():
        key = squashed(candidate.value)
        known = best.get(key)
        if known is None:
            best[key] = candidate
        else:
            first, other = sorted((known, candidate), key=lambda one: -one.score)
            further = _A_FURTHER_REASON * max(0.0, other.score) if first.reason != other.reason else 0.0
            best[key] = replace(first, score=first.score + further)
    return _repeated(best, sheet)


def _repeated(best: Mapping[str, Candidate], sheet: Sheet) -> list[Candidate]:
    """Return candidates with what their further mentions say for them."""
    found = []
    for one in best.values():
        is_telling = " " in one.value or not one.value.isascii() or has_form(one.value)
        count = sheet.folded.count(fold(without_form(one.value))) if is_telling and len(one.value) > 3 else 1
        score = one.score + 0.4 * min(3, max(0, count - 1))
        found.append(Candidate(one.value, one.start, one.end, score, reason=one.reason))
    return found


class _NamedLines:
    """The lines of a sheet with the names in them, and what is known of these."""

    def __init__(
        self,
        sheet: Sheet,
        labels: Sequence[Label],
        marks: Sequence[FoundMark],
        taken: Sequence[tuple[int, int]],
        *,
        is_data: bool,
    ) -> None:
        self._sheet = sheet
        self._by_line: dict[int, list[Label]] = {}
        for label in labels:
            self._by_line.setdefault(label.line, []).append(label)
        self._taken: dict[int, list[int]] = {}
        for start, _ in taken:
            self._taken.setdefault(sheet.line_of(start), []).append(start)
        self._domains = {
            name.replace("-", "")
            for one in marks
            if one.kind in {MarkKind.MAIL, MarkKind.SITE} and len(name := domain_name(one.mark)) > 3
        }
        self._mark_lines = {sheet.line_of(one.start) for one in marks}
        addresses = [one for one in marks if one.kind in {MarkKind.MAIL, MarkKind.SITE}]
        self._address_lines = {sheet.line_of(one.start) for one in addresses}
        self._mail_lines = {sheet.line_of(one.start) for one in addresses if one.kind is MarkKind.MAIL}
        self._is_data = is_data
        self._recipient = recipient_lines(sheet, self._by_line)
        self._looked_at = [at for at in range(len(sheet.lines)) if self._may_name(at)]
        self._addresses = {at for at in (*self._looked_at, len(self._looked_at)) if is_address(sheet, at)}
        self._formed = {at for at in self._looked_at if may_have_form(sheet.line_text(at))}
        self._first_address = min(self._addresses - {0}, default=99)
        self._greeted = greeted_names(sheet, self._by_line)

    def _may_name(self, index: int) -> bool:
        """Say whether a line is looked at: no sentence, nothing within a table, nor far down a long text."""
        line, count = self._sheet.lines[index], len(self._sheet.lines)
        if line.end - line.start > _LINE_CHARS:
            return False
        text = self._sheet.text[line.start : line.end].strip()
        if text.count(" ") > _LINE_WORDS and "  " not in text:
            return False
        return index < (_DATA_LINES if self._is_data else _BODY_LINES) or index >= count - 2 * _FOOT_LINES

    def _look(self, name: _Name, *, form: bool) -> float:
        return _looks_like_one(name.text, self._domains, self._greeted, form=form)

    def _names_in(self, index: int) -> Iterable[_Name]:
        """Yield the parts of a line that may be names: without labels and what they announce."""
        line = self._sheet.lines[index]
        at = line.start
        text = self._sheet.text[line.start : line.end]
        ends = [match.span() for match in _SEPARATED.finditer(text)]
        for begin, end in [*ends, (len(text), len(text))]:
            name = self._trimmed(at, line.start + begin, index)
            if name:
                yield name
            at = line.start + end

    def _trimmed(self, start: int, end: int, index: int) -> _Name | None:
        """Return what of a piece of a line may be a name, None where nothing of it may."""
        for label in self._by_line.get(index, ()):
            if start <= label.start < end and label.kind not in _NO_CUT and label.weight >= 0.7:
                is_within = not label.is_first and not label.has_colon
                is_within &= label.end - label.start <= 4 or (label.kind in _IN_NAMES and not label.is_last)
                end = end if is_within else min(end, label.start)
        for place in self._taken.get(index, ()):
            end = min(end, place) if start <= place else end
        raw = _CALLED_IN_SHORT.split(self._sheet.raw[start:end])[0]
        text = raw.strip(_PUNCTUATION)
        is_formed = index in self._formed
        if is_formed and has_form(text) and raw.strip().startswith(text + "."):
            text += "."
        comma = text.find(",")
        if comma > 0 and (_HAS_HOUSE.search(text[comma:]) or STREET.fullmatch(text)):
            text = text if is_formed and has_form(text[comma:]) else text[:comma]
        text = up_to_form(text) if is_formed else text
        for opened, closed in _PAIRS:
            if opened in text and closed not in text and text + closed in raw:
                text += closed
        if sum(map(str.isalpha, text)) < 2 or (index and STREET.fullmatch(text)):
            return None
        at = start + raw.find(text)
        return _Name(" ".join(text.split()), at, at + len(text))


class _SenderSearch(_NamedLines):
    """The lines of a sheet, and what is known of whom they name."""

    def candidates(self) -> Iterable[Candidate]:
        count = len(self._sheet.lines)
        for index in self._looked_at:
            where = "head" if index < _HEAD_LINES else "foot" if index >= count - _FOOT_LINES else ""
            is_named = where or index + 1 in self._addresses
            if not is_named and not (index in self._formed and has_form(self._sheet.line_text(index))):
                continue
            if any(one.is_first and _is_none_itself(one) for one in self._by_line.get(index, ())):
                continue
            for name in self._names_in(index):
                form = index in self._formed and has_form(name.text)
                if is_named or form:
                    score = self._place(index, name, is_head=where == "head") + self._look(name, form=form)
                    reason = f"stands in its {where}" if where else "stands in it"
                    yield Candidate(name.text, name.start, name.end, score, reason=reason)
        yield from self._labelled()
        yield from self._signed()
        yield from self._copyrighted()
        yield from self._parties()
        yield from self._authors()

    def _authors(self) -> Iterable[Candidate]:
        """Yield whom a byline names, and the first of authors whose institutes are numbered."""
        for index, labels in self._by_line.items():
            label = labels[0]
            line = self._sheet.lines[index]
            if label.kind == "byline" and label.is_first and index < _BODY_LINES:
                name = self._trimmed(label.end, line.end, index)
                if name and _is_capitalised(name.text):
                    score = 2.2 + self._look(name, form=has_form(name.text))
                    yield Candidate(name.text, name.start, name.end, score, reason="is named as its author")
        for index in self._looked_at[1:_HEAD_LINES]:
            line = self._sheet.lines[index]
            if author := _NUMBERED.match(self._sheet.text, line.start, line.end):
                yield Candidate(author[1], *author.span(1), 3.6, reason="is its first author")

    def _parties(self) -> Iterable[Candidate]:
        """Yield the first of those between whom a contract is made."""
        text = self._sheet.text
        for labels in self._by_line.values():
            for label in labels:
                if label.kind == "parties" and (party := _PARTY.match(text, label.end, label.end + 140)):
                    index = self._sheet.line_of(party.start(1))
                    end = party.start(1) + len(up_to_address(party[1]))
                    name = self._trimmed(party.start(1), end, index)
                    if name:
                        form = has_form(name.text)
                        score = 1.4 + self._look(name, form=form) + 0.4 * (not form)
                        yield Candidate(name.text, name.start, name.end, score, reason="is the first party")

    def _place(self, index: int, name: _Name, *, is_head: bool) -> float:
        score = max(0.0, 1.5 - 0.14 * index) if is_head else 0.2
        count = len(self._sheet.lines)
        if index in self._recipient:
            score -= 2.8
        elif self._first_address < index < _HEAD_LINES and not (index >= count - _FOOT_LINES and count > 16):
            score -= 0.9  # behind the sender's own address comes that of whom it is for
        if index < 3 and is_called_so(fold(name.text)):
            score += 0.4
        line = self._sheet.lines[index]
        text = self._sheet.text[line.start : line.end]
        if self._is_data:
            score -= 1.2
        if "\t" in text:
            score -= 0.8
        if text.startswith("#"):
            score -= 1.5
        support = 0.0
        if any(line in self._mark_lines for line in range(index, index + 5)):
            support += 0.6
        if index in self._address_lines or index + 1 in self._mail_lines:
            support += 0.5
        if name.start <= line.start + 1 and _SEPARATED.search(text) and TOWN.search(text):
            support += 1.5  # the line above the window of an envelope
        elif any(
            is_address(self._sheet, below)
            for below in (index + 1, index + 2)
            if below < len(self._sheet.lines)
        ):
            support += 0.9 if is_address(self._sheet, index + 1) else 0.8
        return score + support if support else score - 0.5

    def _labelled(self) -> Iterable[Candidate]:
        lines = self._sheet.lines
        for index, labels in self._by_line.items():
            for label in labels:
                if label.kind != "correspondent" or not (label.has_colon or label.is_last):
                    continue
                line = lines[index]
                colon = self._sheet.text.find(":", label.end, line.end)
                start = colon + 1 if label.has_colon and colon >= 0 else label.end
                name = self._trimmed(start, line.end, index)
                below = index + 1
                if name is None and below < len(lines):
                    name = next(iter(self._names_in(below)), None)
                if name and len(name.text) <= _MOST_CHARS:
                    score = 2.9 + 4 * (label.weight - 1) + self._look(name, form=has_form(name.text))
                    yield Candidate(name.text, name.start, name.end, score, reason="named as whom it is from")

    def _signed(self) -> Iterable[Candidate]:
        lines = self._sheet.lines
        for index, labels in self._by_line.items():
            if not any(label.kind == "closing" and label.is_first for label in labels):
                continue
            for step in (1, 2, 3):
                if index + step >= len(lines) or any(
                    one.is_first for one in self._by_line.get(index + step, ())
                ):
                    break
                name = next(iter(self._names_in(index + step)), None)
                if name:
                    form = has_form(name.text) or is_called_so(fold(name.text))
                    score = 2.7 - 0.6 * step + self._look(name, form=form) + 0.6 * form
                    yield Candidate(name.text, name.start, name.end, score, reason="signed it")

    def _copyrighted(self) -> Iterable[Candidate]:
        folded = self._sheet.folded
        if "©" not in folded and "copyright" not in folded and "(c)" not in folded:
            return
        for match in _COPYRIGHT.finditer(self._sheet.text):
            index = self._sheet.line_of(match.start())
            name = self._trimmed(match.end(), self._sheet.lines[index].end, index)
            if name and match.end() < self._sheet.lines[index].end:
                score = 1.3 + self._look(name, form=has_form(name.text))
                yield Candidate(name.text, name.start, name.end, score, reason="has its copyright")


def _is_capitalised(text: str) -> bool:
    """Say whether a text may be a name: a few words, each of which begins large, or in a script without."""
    words = text.split()
    return len(words) <= 6 and not any(word[0].islower() and len(word) > 3 for word in words)


def _is_none_itself(label: Label) -> bool:
    """Say whether a line that begins with a label names nobody: a greeting's end, "Seller" alone."""
    return label.kind == "closing" or (label.kind == "correspondent" and label.is_last and label.weight > 0.9)


def _looks_like_one(text: str, domains: Iterable[str], greeted: Iterable[str], *, form: bool) -> float:
    """Return what the words of a name say for its being the sender's."""
    folded = fold(text)
    score = 1.8 if form else 0.9 if is_called_so(folded) else 0.0
    if _is_of_domain(text, domains):
        score += 2.4
    words = text.split()
    if len(words) > _MOST_WORDS or len(text) > _MOST_CHARS:
        score -= 2.5
    if any(map(str.isdigit, text)):
        score -= 0.9
    if ":" in fold(text) or "：" in text:
        score -= 1.5
    if (text[:1].islower() or text.endswith(("?", "!"))) and not form:
        score -= 1.0
    if len(words) == 1 and not form and text.isascii():
        score -= 0.6 + 0.5 * (score > 0)  # a practice, but whose?
    if any(part in folded for part in greeted):
        score -= 2.5
    small = sum(word[:1].islower() for word in words)
    if small > 0.4 * len(words) or (len(words[-1]) < 4 and words[-1].islower()):
        score -= 1.2
    return score


def _is_of_domain(text: str, domains: Iterable[str]) -> bool:
    """Say whether a name is that of an address in the document: of aubonmoulin.fr, or of its initials."""
    name = squashed(without_form(text))
    initials = "".join(word[0] for word in fold(text).split() if word[0].isalnum())
    return any(
        (len(name) > 3 and (name in domain or (domain in name and 2 * len(domain) >= len(name))))
        or (len(initials) > 3 and initials == domain)
        or (5 < len(name) <= 2 * len(domain) and name[:6] == domain[:6])
        for domain in domains
    )
