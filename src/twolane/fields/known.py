"""Facts: what is known of documents by their fields, a person's word on it, and tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from twolane.documents import EVERYTHING, FileRecord, Filter, Page, Reading, ReadStatus, display_path
from twolane.errors import NotFoundError, SettingsError
from twolane.facts import (
    CORRESPONDENT,
    AskedField,
    DocumentFact,
    FieldCondition,
    FieldDecision,
    FieldSource,
    FieldSpec,
    FieldType,
    FieldValue,
)
from twolane.fields.conditions import conditions_of
from twolane.fields.correspondents import Correspondents, no_correspondent
from twolane.fields.draw import draw
from twolane.fields.find import find_value, normalised
from twolane.principal import seeing
from twolane.store.base import Catalogue, Documents, Jobs, Memory
from twolane.store.known import Described
from twolane.text.identify import language_code
from twolane.text.suggesting import choice
from twolane.work import NewJob

_AT_ONCE = 500
_REDO = "facts redo"
_MOST_CALLED_SO = 100
_IN_CURRENCY = re.compile(r"-?[\d.]+ ([A-Z]{3})", re.ASCII)


class FactsStore(Catalogue, Documents, Jobs, Memory, Described, Protocol):
    """What the verbs need of the store."""


class FieldSpecs(Protocol):
    """Which fields there are."""

    def of(self, category: str) -> Sequence[FieldSpec]:
        """Return the fields of a category's documents in order; of an unknown one what every document has."""

    def all(self) -> Mapping[str, AskedField]:
        """Return every field by its id."""


class Facts:
    """The fields of one library's documents; safe to use from several threads.

    `kind` is the kind of job that draws a document's values anew. `look` seeks the copies of documents of
    which more is known now.
    """

    def __init__(
        self, store: FactsStore, specs: FieldSpecs, *, kind: str, look: Callable[[], object] = lambda: None
    ) -> None:
        self._store = store
        self._specs = specs
        self._kind = kind
        self._look = look
        self._senders = Correspondents(store)

    def of(self, record: FileRecord) -> tuple[DocumentFact, ...]:
        """Return a file's facts: what its category asks for in that order, then what else is known."""
        values = {value.field: value for value in self._values(record)}
        asked = self._specs.of(record.classification.category if record.classification else "")
        known = self._specs.all()
        ids = {spec.id for spec in asked}
        others = [known[field].spec for field in values if field in known and field not in ids]
        return tuple(DocumentFact(spec, values.get(spec.id)) for spec in (*asked, *others))

    def of_text(self, text: str, category: str = "") -> tuple[DocumentFact, ...]:
        """Return the facts of a text that is no file, as one of a category; no model is asked."""
        reading = Reading(
            ReadStatus.TEXT, "text/plain", (Page(1, text),), page_count=1, language=language_code(text)
        )
        asked = self._specs.of(category)
        values = {value.field: value for value in draw(reading, Path(), asked).values}
        return tuple(DocumentFact(spec, values.get(spec.id)) for spec in asked)

    def fields(self) -> list[AskedField]:
        """Return every field that documents can have."""
        return list(self._specs.all().values())

    def conditions(self, texts: Sequence[str]) -> tuple[FieldCondition, ...]:
        """Return conditions for a filter, of texts such as "total_due>=100".

        Raises `NotFoundError` for an unknown field, `SettingsError` for what is no condition.
        """
        return conditions_of(texts, {field: one.spec for field, one in self._specs.all().items()})

    def correspondents(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return whom names mean, for a filter: who is called so, else all whose names contain it.

        Raises `NotFoundError` for a name of nobody.
        """
        return tuple(dict.fromkeys(number for name in names for number in self._called(name)))

    def _called(self, name: str) -> list[int]:
        exact = self._store.correspondents.by_name(name)
        found = [exact] if exact else self._store.correspondents.list(name, limit=_MOST_CALLED_SO)
        if not found:
            raise no_correspondent(self._store.correspondents, name)
        return [one.correspondent_id for one in found]

    def left(self) -> int:
        """Return how many documents wait for their values to be drawn."""
        counts = self._store.job_counts().get(self._kind)
        return counts.queued + counts.running if counts else 0

    def history(self, record: FileRecord, field: str) -> list[FieldDecision]:
        """Return every decision of a person on a field of a file, oldest first."""
        return self._store.fields.history(record.document, field) if record.document else []

    def correct(
        self, file_id: int, field: str, value: str, *, by: str = "", document: str = ""
    ) -> FileRecord:
        """Add a person's decision on a field; an empty value says that the document has none.

        It is kept in its normalised form, with its place where the document has it, from which the same
        sender's next paper is read. With a `document` it is on this content alone: what the person has seen.
        Raises `NotFoundError` for an unknown file or field, `SettingsError` for what is no value of the
        field, and `FileReplacedError` where the file was read anew meanwhile.
        """
        spec = self._spec(field)
        record = self._store.read_file(file_id, document)
        decided = _decided(record, spec, value.strip(), self._store)
        before = self._senders.written(record.document)
        with self._store.writing() as write:
            write.decide_field(record.document, decided, by)
            write.copies.look_again(record.document)  # versions are known by number, date and sender
        if spec.id == CORRESPONDENT:
            with seeing(None):  # whose spellings are one person's is so for everybody
                self._senders.follow(record.document, before, by=by)
        self._look()
        return self._store.read_file(file_id, record.document)

    def undo(self, file_id: int, field: str, *, by: str = "", document: str = "") -> FileRecord:
        """Take back a person's last decision on a field: what was drawn out of the document stands again.

        A merge of correspondents that only this decision taught is taken back with it. Raises `NotFoundError`
        where no person's decision stands, else as `correct` does.
        """
        record = self._store.read_file(file_id, document)
        before = self._senders.written(record.document)
        only_by = self._store.only_by(record.document)
        with self._store.writing() as write:
            undone = write.undo_field(record.document, field, by, only_by)
            write.copies.look_again(record.document)
        if not undone:
            raise NotFoundError(
                f"no person has decided on {field} of {display_path(record.path)}",
                "there is nothing to take back",
            )
        if field == CORRESPONDENT:
            with seeing(None):  # whose spellings are one person's is so for everybody
                self._senders.follow(record.document, before, by=by)
        self._look()
        return self._store.read_file(file_id, record.document)

    def tag(self, file_id: int, tags: Sequence[str], *, by: str = "") -> FileRecord:
        """Give a file's document tags of the user's own. Raises `NotFoundError`."""
        record = self._store.read_file(file_id)
        with self._store.writing() as write:
            for tag in tags:
                write.tag(record.document, tag, by)
        return self._store.read_file(file_id, record.document)

    def untag(self, file_id: int, tags: Sequence[str]) -> FileRecord:
        """Take tags from a file's document, as far as it has them. Raises `NotFoundError`."""
        record = self._store.read_file(file_id)
        only_by = self._store.only_by(record.document)
        with self._store.writing() as write:
            for tag in tags:
                write.untag(record.document, tag, only_by)
        return self._store.read_file(file_id, record.document)

    def redo(self, within: Filter = EVERYTHING) -> int:
        """Queue all documents that pass to have their values drawn anew; return how many there are.

        What a person decided stays. Where an earlier call for the same files has not been `redone`, only what
        it has left is counted.
        """
        if self._store.recall(_REDO) == repr(within) and (left := self.left()):
            return left
        done = 0
        for records in self._pages(within):
            documents = {record.document: record for record in records if record.document}
            with self._store.writing() as write:
                write.enqueue(
                    [NewJob(self._kind, document, one.file_id, -1) for document, one in documents.items()]
                )
            done += len(documents)
        with self._store.writing() as write:
            write.remember(_REDO, repr(within))
        return done

    def redone(self) -> None:
        """Note that nothing is left of what was queued to be drawn anew."""
        with self._store.writing() as write:
            write.remember(_REDO, "")

    def _pages(self, within: Filter) -> Iterator[list[FileRecord]]:
        offset = 0
        while found := self._store.files(within, limit=_AT_ONCE, offset=offset):
            yield found
            offset += len(found)

    def _values(self, record: FileRecord) -> list[FieldValue]:
        return self._store.fields.of(record.document) if record.document else []

    def _spec(self, field: str) -> FieldSpec:
        known = self._specs.all()
        if field not in known:
            raise NotFoundError(f"there is no field {field!r}", choice(field, known, see="`twolane fields`"))
        return known[field].spec


def _decided(record: FileRecord, spec: FieldSpec, typed: str, store: FactsStore) -> FieldValue:
    if not typed:
        return FieldValue(spec.id, "", 1.0, FieldSource.PERSON, reason="a person said: it has none")
    value = normalised(spec, typed)
    if not value:
        such = f", such as {spec.examples[0]}" if spec.examples else ""
        raise SettingsError(f"{typed!r} is no value of {spec.name}", f"write it as people do{such}")
    reading = store.document(record.document, pages=True).reading
    found = find_value(spec, value, reading)
    if spec.type is FieldType.AMOUNT:
        drawn = sorted(store.fields.drawn(record.document), key=lambda one: one.field != spec.id)
        value = _with_currency(value, *([found.value] if found else []), *(one.value for one in drawn))
    words, place, before = (found.words, found.place, found.before) if found else (typed, None, "")
    return FieldValue(spec.id, value, 1.0, FieldSource.PERSON, words, place, "a person decided", before)


def _with_currency(amount: str, *others: str) -> str:
    """Return an amount in its own currency, or else in that of the first of others that has one."""
    found = next((match for one in (amount, *others) if (match := _IN_CURRENCY.fullmatch(one))), None)
    return f"{amount.partition(' ')[0]} {found[1]}" if found else amount
