"""Answers from the catalogue: a checked query says how many, which, how much, and what they rest on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from twolane.answers import (
    CatalogueEvent,
    CatalogueRow,
    DoneEvent,
    RefusalCause,
    RefusalEvent,
    TextEvent,
    UnreadFiles,
)
from twolane.chat.asked.base import Asked, Intent
from twolane.chat.catalogue.amounts import MeantField, meant_field
from twolane.chat.catalogue.phrases import CataloguePhrases
from twolane.chat.phrases import not_read
from twolane.documents import FileState, Filter, display_path
from twolane.facts import AskedField
from twolane.store.known import Tallies
from twolane.store.values import CountedFile, CountedOrder, CurrencySum, Tally

MOST_ROWS = 50
_MOST_NAMED = 10  # in the text of an answer whose files were not asked for
_CENTS = Decimal("0.01")
_BY_AMOUNT: dict[Intent, CountedOrder] = {
    Intent.SUM: "valued",
    Intent.AVERAGE: "valued",
    Intent.LARGEST: "largest",
    Intent.SMALLEST: "smallest",
}
_BY_DATE: dict[Intent, tuple[CountedOrder, CountedOrder]] = {
    Intent.LATEST: ("newest", "last"),
    Intent.EARLIEST: ("oldest", "first"),
}
_ADDED_UP = frozenset({Intent.SUM, Intent.AVERAGE})
_COMPARED = frozenset({Intent.LARGEST, Intent.SMALLEST})

CatalogueAnswerEvent = CatalogueEvent | TextEvent | RefusalEvent | DoneEvent


class CatalogueAnswerer:
    """Answers questions that the catalogue answers; no model is asked.

    `fields` are those that there are, and `unread` says which of the files that pass a filter were not read.
    """

    def __init__(
        self,
        counting: Tallies,
        fields: Callable[[], Mapping[str, AskedField]],
        unread: Callable[[Filter], tuple[UnreadFiles, ...]],
    ) -> None:
        self._counting = counting
        self._fields = fields
        self._unread = unread

    def answers(self, asked: Asked) -> bool:
        """Say whether a question is one to the catalogue: what may be misread is one where it finds files."""
        if asked.intent is Intent.PASSAGES:
            return False
        return asked.certain or bool(self._counting.tally(asked.within).documents)

    def answer(self, question: str, asked: Asked) -> Iterator[CatalogueAnswerEvent]:
        """Yield what the catalogue says of the files within `asked`: rows, then the text, `DoneEvent` last.

        Where it cannot say it, a `RefusalEvent` says why in place of the text. The intent is not PASSAGES.
        Raises `StoreError`.
        """
        started = time.monotonic()
        known = self._fields()
        found = self._look(asked, meant_field(asked, known, self._counting))
        text = _told(found, question, CataloguePhrases(question, known))
        seconds = time.monotonic() - started
        yield found.event()
        if found.is_unknown:
            yield RefusalEvent(text, RefusalCause.NOT_ANSWERED, found.unread)
        else:
            yield TextEvent(text)
        yield DoneEvent(text, refused=found.is_unknown, first_token_s=seconds, seconds=seconds)

    def _look(self, asked: Asked, field: MeantField) -> _Counted:
        counting, within = self._counting, asked.within
        tally = counting.tally(within, field.id, field.instead)
        # what is not read has no category or date that it could pass by
        unread = self._unread(Filter(folders=within.folders, owners=within.owners))
        beyond, is_apart = self._beyond(within)
        return _Counted(asked, field, tally, self._files(asked, field, tally), beyond, is_apart, unread)

    def _files(self, asked: Asked, field: MeantField, tally: Tally) -> Sequence[CountedFile]:
        if asked.intent in _COMPARED | set(_BY_DATE):
            return self._first(asked, field, tally)
        limit = min(asked.limit or MOST_ROWS, MOST_ROWS)
        order = _BY_AMOUNT.get(asked.intent, "newest")
        return self._counting.files(asked.within, field.id, field.instead, order=order, limit=limit)

    def _first(self, asked: Asked, field: MeantField, tally: Tally) -> Sequence[CountedFile]:
        """Return the first files; where one of them is not confirmed, the first of those that are, too."""
        found = list(self._first_of(asked, asked.within, field, tally))
        if any(map(_waits, found)) and not asked.within.states:
            sure = replace(asked.within, states=(FileState.FILED,))
            known = {counted.file.file_id for counted in found}
            more = self._first_of(asked, sure, field, tally)
            found += [counted for counted in more if counted.file.file_id not in known]
        return found[:MOST_ROWS]

    def _first_of(
        self, asked: Asked, within: Filter, field: MeantField, tally: Tally
    ) -> Iterator[CountedFile]:
        limit = min(asked.limit or 1, MOST_ROWS)
        by_date = asked.intent in _BY_DATE
        order = _BY_DATE[asked.intent][field.is_date] if by_date else _BY_AMOUNT[asked.intent]
        # amounts in different currencies are not compared
        for currency in [None] if by_date else [one.currency for one in tally.sums]:
            for counted in self._counting.files(
                within, field.id, field.instead, order=order, currency=currency, limit=limit
            ):
                if counted.file.dated_at or field.is_date or not by_date:
                    yield counted

    def _beyond(self, within: Filter) -> tuple[tuple[tuple[str, int], ...], bool]:
        """Return how many documents a filter leaves out that have no date or amount it could go by.

        And whether it leaves out others for their amounts' currency.
        """
        found: list[tuple[str, int]] = []
        is_apart = False
        if within.dated_from or within.dated_to:
            tally = self._counting.tally(replace(within, dated_from=None, dated_to=None))
            found.append(("date", tally.documents - tally.dated))
        for condition in within.fields:
            others = tuple(other for other in within.fields if other is not condition)
            tally = self._counting.tally(replace(within, fields=others), condition.field)
            found.append((condition.field, tally.documents - tally.valued))
            bounds = f"{condition.least} {condition.most}".split()
            asked = {one.currency for one in tally.sums if one.currency in bounds}
            is_apart = is_apart or (bool(asked) and len(tally.sums) > len(asked))
        return tuple((named, missing) for named, missing in found if missing), is_apart


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the catalogue holds of what was asked."""

    asked: Asked
    field: MeantField
    tally: Tally
    files: Sequence[CountedFile]
    beyond: tuple[tuple[str, int], ...]  # fields, and how many documents may pass if theirs were known
    is_apart: bool  # some have amounts in another currency than that of the filter
    unread: tuple[UnreadFiles, ...]

    @property
    def compared(self) -> str:
        """The field that the answer goes by, "" where it goes by none."""
        if self.asked.intent in _BY_DATE:
            return self.field.id if self.field.is_date else "date"
        return self.field.id or "amount" if self.asked.intent in _ADDED_UP | _COMPARED else ""

    @property
    def lacking(self) -> int:
        """How many of the documents have nothing that the answer could go by."""
        if not self.compared:
            return 0
        known = self.tally.dated if self.compared == "date" else self.tally.valued
        return self.tally.documents - known

    @property
    def is_unknown(self) -> bool:
        return 0 < self.tally.documents == self.lacking

    @property
    def amounts(self) -> tuple[str, ...]:
        """The sums or the averages."""
        if self.field.is_date:
            return ()
        if self.asked.intent is Intent.SUM:
            return tuple(_written(one.total, one.currency) for one in self.tally.sums)
        if self.asked.intent is Intent.AVERAGE:
            return tuple(_written(_average(one), one.currency) for one in self.tally.sums)
        return ()

    def event(self) -> CatalogueEvent:
        return CatalogueEvent(
            intent=self.asked.intent.value,
            rows=tuple(map(_row, self.files)),
            total=self.tally.documents,
            totals=self.amounts,
            unread=self.unread,
            unreviewed=self.tally.reviewed,
            without_value=self.lacking + sum(missing for _, missing in self.beyond),
        )


def _told(found: _Counted, question: str, phrases: CataloguePhrases) -> str:
    lines = [_head(found, phrases)]
    if not found.is_unknown:
        lines += _lines(found, phrases)
    lines += _notes(found, phrases)
    if unread := not_read(question, found.unread):
        lines.append(unread)
    return "\n".join(lines)


def _head(found: _Counted, phrases: CataloguePhrases) -> str:
    intent, tally, field = found.asked.intent, found.tally, phrases.field(found.compared)
    if found.is_unknown:
        return phrases.say("unknown", field=field, n=tally.documents)
    if not tally.documents or intent in {Intent.COUNT, Intent.LIST}:
        return phrases.say("count", n=tally.documents)
    if intent in _ADDED_UP:
        return phrases.say(intent.value, field=field, amounts=" + ".join(found.amounts), n=tally.valued)
    return phrases.say(intent.value, field=field, n=tally.documents)


def _lines(found: _Counted, phrases: CataloguePhrases) -> Iterator[str]:
    """Yield a line for each file that is named."""
    intent = found.asked.intent
    named = found.files if intent not in _ADDED_UP | {Intent.COUNT} else found.files[:_MOST_NAMED]
    yield from (_line(counted, phrases) for counted in named)
    rest = found.tally.documents - len(named)
    if rest and intent not in _COMPARED and intent not in _BY_DATE and not found.asked.limit:
        yield f"- {phrases.say('more', n=rest)}"


def _notes(found: _Counted, phrases: CataloguePhrases) -> Iterator[str]:
    """Yield what the answer does not cover, or rests on."""
    lacking = ((found.compared, found.lacking),) if found.lacking and not found.is_unknown else ()
    for field, missing in (*lacking, *found.beyond):
        yield phrases.say("without", field=phrases.field(field), n=missing)
    if found.is_apart or (found.asked.intent in _COMPARED and len(found.tally.sums) > 1):
        yield phrases.say("apart")
    if found.tally.copies:
        yield phrases.say("copies", n=found.tally.copies)
    if found.tally.reviewed:
        yield phrases.say("unreviewed", n=found.tally.reviewed)


def _line(counted: CountedFile, phrases: CataloguePhrases) -> str:
    record = counted.file
    day = record.dated_at.isoformat() if record.dated_at else ""
    doubt = phrases.say("unconfirmed") if _waits(counted) else ""
    known = ", ".join(filter(None, (day, record.correspondent, counted.value, doubt)))
    name = display_path(record.path.name)
    title = f": {record.title}" if record.title and record.title != record.path.stem else ""
    return f"- {name}{title} ({known})" if known else f"- {name}{title}"


def _waits(counted: CountedFile) -> bool:
    return counted.file.state is FileState.REVIEW


def _row(counted: CountedFile) -> CatalogueRow:
    record = counted.file
    return CatalogueRow(
        file_id=record.file_id,
        path=record.path,
        title=record.title,
        category=record.classification.category if record.classification else "",
        dated_at=record.dated_at,
        correspondent=record.correspondent,
        amount=counted.value,
        document=record.document,
        page=counted.page,
        place=f"page {counted.page}" if counted.page and counted.is_numbered else "",
        review=_waits(counted),
    )


def _average(one: CurrencySum) -> Decimal:
    return (one.total / one.documents).quantize(_CENTS, ROUND_HALF_EVEN)


def _written(amount: Decimal, currency: str) -> str:
    """Return an amount as fields have it: with cents at least, and no digits that say nothing."""
    exact = amount.normalize()
    places = max(2, -int(exact.as_tuple().exponent))
    return f"{exact:.{places}f} {currency}".rstrip()
