"""The fields of documents: the values that machines drew and people decided, and what marks their senders."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from twolane.facts import (
    CORRESPONDENT,
    DATE,
    GUESS_BELOW,
    LANGUAGE,
    STRONG_MARKS,
    TITLE,
    Correspondent,
    FieldDecision,
    FieldSource,
    FieldValue,
    MarkKind,
    SenderMark,
    Stated,
    TextSpan,
)
from twolane.store.amounts import currency_of, number_e4
from twolane.store.nouns.correspondents import correspondent_of, known_name_id, name_id_of
from twolane.store.nouns.naming import follow_names
from twolane.store.nouns.transaction import Transaction
from twolane.store.paths import fold
from twolane.store.rows import stated_of
from twolane.store.session import Database, Row, Session
from twolane.store.values import MarkBearer
from twolane.text.full_text import clean

_MOST_TAUGHT = 500
_NEWEST_MARKED = 40  # papers with a mark that are looked at: a bank may have sent thousands
_SHARE = 0.9  # of what the papers with a mark say that must be of one sender
_DECIDED = 10  # papers that are sure whom they are from count as much as one that a person decided on
_NEEDED = {
    MarkKind.IBAN: 1,
    MarkKind.VAT_ID: 1,
    MarkKind.MAIL: 2,
    MarkKind.SITE: 3,
    MarkKind.PHONE: 3,
}  # so many papers must be sure that a mark is their sender's
_MOST_CHARS = 500  # of a value: PostgreSQL indexes no long ones
_MOST_WORDS = 2_000
_MOST_MARK = 200  # characters
_SURE = 0.9
_LINKED_FROM = 0.35  # confidence in a sender whose spelling other documents have already
_OFFERED = 0.4  # confidence in what a person said of an earlier version, where the text no longer says it
_EARLIER = "said of an earlier version"
# what neither words nor, by whether they are, digits stand within
_NOT_WITHIN = (r"(?<![^\W\d_])", r"(?<!\d)(?<!\d[.,])")
_NOT_GOING_ON = (r"(?![^\W\d_])", r"(?!\d|[.,]\d)")
_UNSPACED = "\u2e80"  # scripts that part no words begin here


class FieldTableWriter(Transaction):
    """Obeys `twolane.store.known.FieldWriter`, but for its tags."""

    def save_fields(
        self, document: str, values: Sequence[FieldValue], marks: Sequence[SenderMark] = ()
    ) -> None:
        found = self._session.row("documents.lock", hash=document)
        if found is None:
            return  # the file has changed since, and nothing has this content any more
        document_id = found["document_id"]
        self._session.run("fields.drop_drawn", document_id=document_id)
        self._session.run("fields.drop_marks", document_id=document_id)
        drawn = {value.field: value for value in values if value.value.strip()}
        drawn |= {value.field: value for value in self._carry(document_id, drawn)}
        rows = [_row_of(value) for value in drawn.values()]
        self._session.run_many("fields.add_drawn", rows, document_id=document_id)
        known = {(mark.kind.value, _line(mark.mark, _MOST_MARK)) for mark in marks if mark.mark.strip()}
        found_marks = [{"kind": kind, "mark": mark} for kind, mark in sorted(known)]
        self._session.run_many("fields.add_mark", found_marks, document_id=document_id)
        self._settle_fields(document_id)

    def decide_field(self, document: str, value: FieldValue, by: str = "") -> None:
        found = self._session.row("documents.lock", hash=document)
        if found is not None:
            self._decide(found["document_id"], value, by)
            self._settle_fields(found["document_id"])

    def undo_field(self, document: str, field: str, by: str = "", only_by: str | None = None) -> bool:
        found = self._session.row("documents.lock", hash=document)
        if found is None:
            return False
        document_id = found["document_id"]
        undone = self._session.run(
            "fields.undo", document_id=document_id, field=field, decided_by=clean(by), only_by=only_by
        )
        self._settle_fields(document_id)
        return bool(undone)

    def _decide(self, document_id: int, value: FieldValue, by: str) -> None:
        row = _row_of(replace(value, source=FieldSource.PERSON, confidence=1.0))
        self._session.run("fields.decide", row, document_id=document_id, decided_by=clean(by))

    def _carry(self, document_id: int, drawn: Mapping[str, FieldValue]) -> Iterator[FieldValue]:
        """Decide again what a person said of an earlier version, where it is true of this; yield the rest.

        It is where this version says it, unless it is sure of another value and says it elsewhere; and where
        machines draw again what the person found wrong.
        """
        earlier: dict[str, Row] = {}
        for row in self._session.rows("fields.earlier", document_id=document_id):
            earlier.setdefault(row["field"], row)
        pages = self._session.rows("documents.pages", document_id=document_id) if earlier else []
        for field, row in earlier.items():
            own = drawn.get(field)
            value = FieldValue(field, row["value"], _OFFERED, FieldSource.PERSON, reason=_EARLIER)
            is_drawn_again = own is not None and own.value in {value.value, row["over_value"]}
            may_be_elsewhere = own is None or is_drawn_again or own.confidence <= _SURE
            found = _earlier_place(pages, row, with_label=True)
            if found is None and may_be_elsewhere:
                found = _earlier_place(pages, row, with_label=False)
            if found or is_drawn_again or (own is None and not value.value):
                decided = replace(
                    value, confidence=1.0, words=row["words"], before=row["before_words"], place=found
                )
                self._decide(document_id, decided, row["decided_by"])
            elif own is None and value.value:
                yield value

    def _settle_fields(self, document_id: int) -> None:
        settle_fields(self._session, document_id)
        follow_names(self._session, self._index, document_id)


class FieldTable:
    """Obeys `twolane.store.known.Fields`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, document: str) -> list[FieldValue]:
        return [_value_of(row) for row in self._database.rows("fields.of_document", hash=document)]

    def history(self, document: str, field: str) -> list[FieldDecision]:
        rows = self._database.rows("fields.history", hash=document, field=field)
        return [
            FieldDecision(_value_of(row), row["decided_by"], row["decided_at"], row["undone_at"])
            for row in rows
        ]

    def corrected(self, document: str) -> list[FieldValue]:
        return [_value_of(row) for row in self._database.rows("fields.decided", hash=document)]

    def drawn(self, document: str) -> list[FieldValue]:
        return [_value_of(row) for row in self._database.rows("fields.drawn", hash=document)]

    def stated(self, document: str) -> tuple[Stated, ...]:
        row = self._database.row("fields.stated", hash=document)
        return () if row is None else stated_of(row["stated"])

    def taught(self, correspondent_id: int) -> list[FieldValue]:
        rows = self._database.rows("fields.taught", correspondent_id=correspondent_id, limit=_MOST_TAUGHT)
        return [_value_of(row) for row in rows]

    def marks(self, document: str) -> tuple[SenderMark, ...]:
        return tuple(_mark_of(row) for row in self._database.rows("fields.marks", hash=document))

    def bearers(self, marks: Sequence[SenderMark]) -> list[MarkBearer]:
        return self._database.read(lambda session: _bearers(session, marks))

    def shared(self, most: int) -> list[MarkBearer]:
        return [
            MarkBearer(_mark_of(row), row["correspondent_id"], row["documents"], drawn=row["documents"])
            for row in self._database.rows("fields.shared_marks", most=most)
        ]

    def sender_of(self, marks: Sequence[SenderMark]) -> Correspondent | None:
        def look(session: Session) -> Correspondent | None:
            sender = _sender(_bearers(session, marks))
            return None if sender is None else correspondent_of(session, sender)

        return self._database.read(look)


def _bearers(session: Session, marks: Sequence[SenderMark]) -> list[MarkBearer]:
    return [
        MarkBearer(mark, row["correspondent_id"], row["documents"], row["decided"], row["sure"], row["drawn"])
        for mark in dict.fromkeys(marks)
        for row in session.rows(
            "fields.bearers",
            kind=mark.kind.value,
            mark=_line(mark.mark, _MOST_MARK),
            newest=_NEWEST_MARKED,
            sure=_SURE,
            least=GUESS_BELOW,
        )
    ]


def _mark_of(row: Row) -> SenderMark:
    return SenderMark(MarkKind(row["kind"]), row["mark"])


def _sender(bearers: Sequence[MarkBearer]) -> int | None:
    """Return the correspondent whom the marks belong to, where they tell of one alone."""
    by_mark: dict[SenderMark, list[MarkBearer]] = defaultdict(list)
    for bearer in bearers:
        by_mark[bearer.mark].append(bearer)
    told = {sender for mark, found in by_mark.items() if (sender := _owner(mark, found))}
    return told.pop() if len(told) == 1 else None


def _owner(mark: SenderMark, bearers: Sequence[MarkBearer]) -> int | None:
    """Return whose a mark is, by people's decisions first, or else by enough papers of nearly one alone.

    What papers merely mention, such as a site, needs more of them, and those of unknown senders that have it
    too speak against it. See docs/why/fields.md#whose-a-mark-is
    """
    is_strong = mark.kind in STRONG_MARKS
    people = [bearer for bearer in bearers if bearer.decided]
    if is_strong and people:
        return people[0].correspondent_id if len(people) == 1 else None
    weights = {
        bearer.correspondent_id: _DECIDED * bearer.decided + (bearer.sure + bearer.drawn) / 2
        for bearer in bearers
        if bearer.correspondent_id
    }
    unknown = sum(bearer.documents for bearer in bearers if not bearer.correspondent_id)
    total = sum(weights.values()) + (0 if is_strong else unknown / 2)
    best = max(weights, key=lambda sender: weights[sender], default=None)
    if best is None or weights[best] < _NEEDED[mark.kind] or weights[best] < _SHARE * total:
        return None
    return best


def _earlier_place(pages: Sequence[Row], row: Row, *, with_label: bool) -> TextSpan | None:
    """Return where a page has the words of an earlier decision, whole, and behind their label if need be."""
    words, label = row["words"] or row["value"], row["before_words"] if with_label else ""
    if not words or (with_label and not label):
        return None
    before = _NOT_WITHIN[words[0].isdigit()] if words[0] < _UNSPACED else ""
    if label:
        before = rf"{re.escape(label)}\s*"
    after = _NOT_GOING_ON[words[-1].isdigit()] if words[-1] < _UNSPACED else ""
    pattern = re.compile(rf"{before}({re.escape(words)}){after}")
    for page in pages:
        if match := pattern.search(page["text"]):
            return TextSpan(page["number"], *match.span(1))
    return None


def settle_fields(session: Session, document_id: int) -> None:
    """Make a document's title, date, language and correspondent those that stand, or else those read."""
    rows = session.rows("fields.shown", document_id=document_id, least=GUESS_BELOW)
    standing = {row["field"]: row["value"] for row in rows}
    read = session.row("fields.as_read", document_id=document_id)
    assert read is not None
    title = standing.get(TITLE, read["read_title"])
    day = _day(standing[DATE]) if DATE in standing else read["read_dated_at"]
    session.run(
        "fields.settle",
        document_id=document_id,
        title=title,
        folded_title=fold(title),
        dated_at=day,
        language=standing.get(LANGUAGE, read["read_language"]),
        name_id=_sender_name(session, document_id, standing.get(CORRESPONDENT)),
    )


def _sender_name(session: Session, document_id: int, standing: str | None) -> int | None:
    """Return the spelling of a document's sender; a guess is one only where other documents have it."""
    if standing is not None:
        return name_id_of(session, standing) if standing else None
    guess = session.row("fields.guessed_sender", document_id=document_id, least=_LINKED_FROM)
    if guess is None:
        return None
    return known_name_id(session, guess["value"], document_id)


def _row_of(value: FieldValue) -> dict[str, object]:
    normal = _line(value.value, _MOST_CHARS)
    place = value.place or TextSpan(0, 0, 0)
    return {
        "field": clean(value.field),
        "value": normal,
        "amount_e4": number_e4(normal),
        "currency": currency_of(normal),
        "confidence": float(value.confidence),
        "source": value.source.value,
        "words": clean(value.words)[:_MOST_WORDS],
        "page": place.page,
        "start_char": place.start,
        "end_char": place.end,
        "reason": clean(value.reason)[:_MOST_WORDS],
        "before_words": clean(value.before)[:_MOST_WORDS],
    }


def _value_of(row: Row) -> FieldValue:
    place = TextSpan(row["page"], row["start_char"], row["end_char"]) if row["page"] else None
    return FieldValue(
        field=row["field"],
        value=row["value"],
        confidence=row["confidence"],
        source=FieldSource(row["source"]),
        words=row["words"],
        place=place,
        reason=row["reason"],
        before=row["before_words"],
    )


def _line(text: str, most: int) -> str:
    return " ".join(clean(text).split())[:most].rstrip()


def _day(value: str) -> str | None:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:  # "" where a person says that it has none
        return None
