"""How the value of each type of field is searched for among what a document holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from twolane.facts import CORRESPONDENT, DATE, TITLE, FieldSource, FieldSpec, FieldType, FieldValue, MarkKind
from twolane.fields.check_digits import national_vat_id_of
from twolane.fields.choose import Candidate, best_of, label_alone
from twolane.fields.dates import FoundDate
from twolane.fields.findings import Findings, Searcher, standing
from twolane.fields.links import BESIDE, LabelLink
from twolane.fields.sheet import Sheet
from twolane.fields.totals import amount_candidates

_NATIONAL_NUMBER = re.compile(r"(?<![\w-])[A-Z]?\d[\d .-]{6,14}\d?[A-Z]?(?![\w-])")
_NEAREST = re.compile(r"\t|\s{3,}")  # columns of a line
_OF_TABLES = frozenset({"other_amount", "total_due", "net", "tax"})
_FORM_OF_VAT_ID = re.compile(r"\b(?:[A-Z]{2}|CHE)[ -]?[A-Z]?\d[\d .-]{5,13}\d(?: ?[A-Z]\d{2}|[A-Z])?\b")
_BETWEEN_PAPER_AND_NUMBER = " #:.-no°º№"
_HEAD_LINES = 6
_SAYS_NUMBER = 1.0
_WORDS_CHARS = 120


def value_of(spec: FieldSpec, findings: Findings, lessons: Sequence[FieldValue] = ()) -> FieldValue | None:
    """Return the value of a field, None where there is too little that speaks for any.

    `lessons` are what people said of this field in other papers of the sender.
    """
    if spec.type is FieldType.LANGUAGE:
        return _language(spec, findings)
    if spec.id == CORRESPONDENT:
        return findings.sender
    candidates = _SEARCHERS[spec.type](spec, findings)
    if lessons and spec.type is FieldType.NUMBER:  # labels that nobody else uses
        befores = {label_alone(lesson.before) for lesson in lessons} - {""}
        candidates += findings.numbers_after(befores)
    return best_of(spec.id, candidates, findings.sheet, lessons)


def _dates(spec: FieldSpec, findings: Findings) -> list[Candidate]:
    counted = Counter(one.day for one in findings.dates)
    listed = _listed([one for one, _ in findings.linked_dates], findings.sheet)
    tables = {label.line for label in findings.labels if label.kind in _OF_TABLES}
    spans = [(one.start, one.end) for one, _ in findings.linked_periods if not one.is_month]
    candidates = []
    for one, linked in findings.linked_dates:
        score, link = standing(spec.id, linked)
        if link and link.label.line in tables and link.label.line != findings.sheet.line_of(one.start):
            score -= 3.5  # the head of a column of things that were delivered
        if spec.id in {DATE, "due_date"} and any(start <= one.start < end for start, end in spans):
            is_first = any(start == one.start for start, _ in spans)
            score -= 0.5 if spec.id == DATE and not is_first else 2.5
        if spec.id == DATE:
            start = linked.get("start_date")
            if link is None and start and not start.label.has_colon and start.label.line < _HEAD_LINES:
                score = start.score - 2.8  # a contract may bear no other day
            if link or not linked:
                score += _place_of_date(one, findings.sheet) * (0.4 if link else 1.0)
            score += 0.25 * min(3, counted[one.day] - 1)
            score += 1.0 * (one.day.isoformat() in findings.path.name)
        if one.swapped:
            score -= 1.0
        is_beside = link and link.label.line == findings.sheet.line_of(one.start)
        if one.start in listed and not (link and is_beside and link.score > BESIDE - 0.6):
            score -= 2.5
        is_doubtful = one.swapped is not None
        candidates.append(
            Candidate(one.day.isoformat(), one.start, one.end, score, link, is_doubtful=is_doubtful)
        )
    if spec.id in {"start_date", "end_date"}:
        candidates += _ends_of_terms(spec, findings)
    return candidates


def _ends_of_terms(spec: FieldSpec, findings: Findings) -> Iterable[Candidate]:
    """Yield the first or the last days of periods, which a contract's term may be."""
    for one, linked in findings.linked_periods:
        if not one.is_month:
            link = linked.get("period")
            day = one.first if spec.id == "start_date" else one.last
            yield Candidate(
                day.isoformat(), one.start, one.end, 1.0 + 0.5 * (link.score if link else 0.4), link
            )


def _listed(found: Sequence[FoundDate], sheet: Sheet) -> set[int]:
    """Return where dates stand that are part of a column of them: lines nearby have one in the same place."""
    places: set[tuple[int, int]] = set()
    own: dict[int, tuple[int, int]] = {}
    for one in found:
        index = sheet.line_of(one.start)
        start = sheet.lines[index].start
        cells = sheet.text.count("\t", start, one.start)
        own[one.start] = (index, 100 + cells if cells else (one.start - start) // 4)
        places |= {(index, own[one.start][1] + shift) for shift in (-1, 0, 1)}
    near = (-2, -1, 1, 2)
    return {
        at for at, (index, place) in own.items() if sum((index + step, place) in places for step in near) > 1
    }


def _place_of_date(one: FoundDate, sheet: Sheet) -> float:
    """Return what a date's place says for its being the document's: high up, alone, or after a town."""
    index = sheet.line_of(one.start)
    line = sheet.lines[index]
    before = _NEAREST.split(sheet.text[line.start : one.start])[-1].strip(" «\"'")
    after = _NEAREST.split(sheet.text[one.end : line.end])[0].strip(" .,г年»")
    score = max(0.0, 1.6 - 0.08 * index)
    if not before and len(after) < 12:
        return score + 1.4
    if before.endswith(",") and len(before) < 30 and len(after) < 6:
        return score + 1.8
    if len(before) < 40 and not after and index < 15:
        return score + 1.2
    if len(before) < 30 and index < 7:
        return score + 0.8
    return score + 0.6 if len(before) + len(after) < 40 else score - 0.6


def _numbers(spec: FieldSpec, findings: Findings) -> list[Candidate]:
    sheet = findings.sheet
    dates = {one.start for one in findings.dates}
    sums = {one.start for one in findings.amounts if one.currency}
    also = ("paper",) if spec.id == "number" else ()
    candidates = []
    for one, linked in findings.linked_numbers:
        score, link = standing(spec.id, _with_paper(linked, one, sheet), also)
        if (
            link
            and spec.id != "number"
            and link.label.weight < _SAYS_NUMBER
            and link.label.line != sheet.line_of(one.start)
        ):
            continue  # "Customer" above a street
        if link:
            score += _form_of_number(one, dates, sums, sheet)
            candidates.append(Candidate(one.value, one.start, one.end, score, link))
    return candidates


def _with_paper(linked: Mapping[str, LabelLink], one: Candidate, sheet: Sheet) -> dict[str, LabelLink]:
    """Return labels with what the paper is called only where that stands directly before the number."""
    kept = dict(linked)
    if paper := kept.pop("paper", None):
        gap = sheet.folded[paper.label.end : one.start]
        if one.start >= paper.label.end and not gap.strip(_BETWEEN_PAPER_AND_NUMBER):
            less = 0.0 if paper.label.is_first else 2.2  # it is spoken of in a sentence
            kept["paper"] = LabelLink(paper.label, paper.score - less)
    return kept


def _form_of_number(one: Candidate, dates: set[int], sums: set[int], sheet: Sheet) -> float:
    """Return what the form of a number says for its being one that identifies a paper."""
    digits = sum(map(str.isdigit, one.value))
    score = 0.4 if any(map(str.isalpha, one.value)) or "/" in one.value or "-" in one.value else 0.0
    if one.start in dates and not one.value.isdigit():
        score -= 2.5
    if one.start in sums:
        score -= 3.0
    if len(one.value) == 4 and one.value.startswith(("19", "20")):
        score -= 1.5
    if digits <= 2:
        score -= 0.8 if digits == len(one.value) else 0.2
    if sheet.text[one.end : one.end + 2].strip()[:1] in {"%", "€"}:
        score -= 3.0
    return score


def _marked(kind: MarkKind) -> Searcher:
    def search(_: FieldSpec, findings: Findings) -> list[Candidate]:
        ours = {id(one) for one in findings.sender_marks}
        candidates = [
            Candidate(one.mark, one.start, one.end, score, is_proven=True, reason="its check digits fit")
            for one in findings.marks
            if one.kind is kind and (score := 5.0 if id(one) in ours else 1.0)
        ]
        if not candidates and kind is MarkKind.VAT_ID:
            return [*_national(findings), *_unproven(findings)]
        return candidates

    return search


def _national(findings: Findings) -> Iterable[Candidate]:
    """Yield the numbers of tax that stand without their country, beside their labels."""
    if "vat_id" not in findings.kinds:
        return
    sheet = findings.sheet
    spots = [Candidate(match.group(), *match.span(), 0.0) for match in _NATIONAL_NUMBER.finditer(sheet.text)]
    for one, linked in zip(spots, findings.links.of(spots, ["vat_id"]), strict=True):
        link = linked.get("vat_id")
        if link and link.score > 3 and (value := national_vat_id_of(one.value, sheet.language)):
            yield Candidate(value, one.start, one.end, link.score, link, is_proven=True)


def _unproven(findings: Findings) -> Iterable[Candidate]:
    """Yield what a label calls a VAT id and has the form of one, though its check digits do not fit."""
    if "vat_id" not in findings.kinds:
        return
    sheet = findings.sheet
    spots = [Candidate(match.group(), *match.span(), 0.0) for match in _FORM_OF_VAT_ID.finditer(sheet.text)]
    for one, linked in zip(spots, findings.links.of(spots, ["vat_id"]), strict=True):
        if (link := linked.get("vat_id")) and link.score > BESIDE - 1:
            value = "".join(filter(str.isalnum, one.value))
            yield Candidate(value, one.start, one.end, link.score - 2.0, link, is_doubtful=True)


def _periods(spec: FieldSpec, findings: Findings) -> list[Candidate]:
    candidates = []
    for one, linked in findings.linked_periods:
        link = linked.get(spec.id)
        score = (link.score if link else 0.6) + 0.8 * (not one.is_month)
        value = f"{one.first.isoformat()}/{one.last.isoformat()}"
        candidates.append(Candidate(value, one.start, one.end, score, link))
    return candidates


def _quantities(spec: FieldSpec, findings: Findings) -> list[Candidate]:
    candidates = []
    for one, linked in zip(findings.amounts, findings.links.of(findings.amounts, [spec.id]), strict=True):
        if link := linked.get(spec.id):
            candidates.append(Candidate(f"{one.amount.normalize():f}", one.start, one.end, link.score, link))
    return candidates


def _words(spec: FieldSpec, findings: Findings) -> list[Candidate]:
    """Return what stands behind a field's labels in their line, or alone in the one below."""
    if spec.id == TITLE:
        return findings.titles()
    sheet = findings.sheet
    candidates = []
    for label in findings.labels:
        if label.kind != spec.id:
            continue
        line = sheet.lines[label.line]
        colon = sheet.text.find(":", label.end, line.end) if label.has_colon else -1
        start, end = max(label.end, colon + 1), line.end
        score = 4.6 + 3 * (label.weight - 1) if label.has_colon or label.is_first else 1.5
        if label.is_last and label.line + 1 < len(sheet.lines):
            below = sheet.lines[label.line + 1]
            start, end, score = below.start, below.end, score - 0.6
        raw = sheet.raw[start:end]
        text = raw.partition("\t\t")[0].strip(" \t:=-")
        if text and len(text) <= _WORDS_CHARS:
            at = start + raw.find(text)
            candidates.append(
                Candidate(" ".join(text.split()), at, at + len(text), score, LabelLink(label, score))
            )
    return candidates


def _language(spec: FieldSpec, findings: Findings) -> FieldValue | None:
    code = findings.sheet.language
    sure = 0.97 if findings.reading.language else 0.55
    return FieldValue(spec.id, code, sure, FieldSource.PATTERN, reason="by its words") if code else None


_SEARCHERS: Mapping[FieldType, Searcher] = {
    FieldType.DATE: _dates,
    FieldType.AMOUNT: amount_candidates,
    FieldType.NUMBER: _numbers,
    FieldType.IBAN: _marked(MarkKind.IBAN),
    FieldType.VAT_ID: _marked(MarkKind.VAT_ID),
    FieldType.PERIOD: _periods,
    FieldType.QUANTITY: _quantities,
    FieldType.TEXT: _words,
    FieldType.NAME: _words,
}
