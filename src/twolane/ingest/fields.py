"""The step that comes when nothing else waits: facts anew, and what is missing of them by the model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from twolane.copies.find import CopyFinder
from twolane.documents import Classification, Reading
from twolane.errors import ModelBusyError, ModelError
from twolane.facts import FieldSpec, FieldValue
from twolane.fields.ask import FieldModel, can_be_asked
from twolane.fields.draw import Drawn
from twolane.ingest.drawn import Draws
from twolane.ingest.results import BatchResults, Result
from twolane.llm.base import Model
from twolane.outages import level_of
from twolane.store.base import Documents, Jobs, Writer
from twolane.store.values import DocumentRecord
from twolane.work import Job

_log = logging.getLogger(__name__)


class FieldsFrom(Documents, Jobs, Protocol):
    """What the step needs of the store."""


@dataclass(frozen=True, slots=True)
class FactsModel:
    """A model that is asked for facts; opened when it is first needed. `chat` says how it is best asked."""

    open: Callable[[], Model]
    chat: bool = False


class FieldsStep:
    """Draws facts anew, and asks the small model for what is missing; without one, that stays missing.

    What cannot be asked just now stays missing too: a file is not held up for a fact.
    """

    def __init__(
        self,
        store: FieldsFrom,
        draws: Draws,
        copies: CopyFinder,
        *,
        model: FactsModel | None,
    ) -> None:
        self._store = store
        self._copies = copies
        self._draws = draws
        self._model = model

    def __call__(self, jobs: Sequence[Job]) -> None:
        """Draw the facts of the documents of a batch of jobs."""
        with BatchResults(self._store) as results:
            for job in jobs:
                if (result := self._document(job)) is not None:
                    results.add(job, result)
        self._draws.settle_senders(job.key for job in jobs)
        self._copies.look()

    def _document(self, job: Job) -> Result | None:
        record = self._store.text_document(job.key)
        if record is None:  # its last file has changed or gone since the job was queued
            return None
        filed = record.classification
        drawn = self._draws.drawn(record.reading, record.paths[0], filed)
        said = self._said(record, self._draws.worth_asking(drawn, filed))
        values = tuple({value.field: value for value in (*drawn.values, *said)}.values())
        # versions are known by number and sender, and an earlier version has left documents without a sketch
        sketch = self._copies.sketching(job.key, record.reading.text)

        def save(write: Writer) -> None:
            write.save_fields(job.key, values, drawn.marks)
            sketch(write)

        return save

    def asks(self, reading: Reading, drawn: Drawn, filed: Classification) -> bool:
        """Say whether a model is there that could find what is missing of a document."""
        return self._model is not None and can_be_asked(self._draws.worth_asking(drawn, filed), reading)

    def _said(self, record: DocumentRecord, missing: Sequence[FieldSpec]) -> tuple[FieldValue, ...]:
        """Return what the model says of missing fields. Raises `ModelBusyError` where the lane is closing."""
        if self._model is None or not missing:
            return ()
        try:
            model = self._model.open()
            if model.decides():  # such a model cannot write
                return ()
            rivals = self._draws.rivals(record.reading, record.paths[0], missing)
            return FieldModel(model, chat=self._model.chat).values(record.reading, missing, rivals)
        except ModelBusyError:
            raise
        except ModelError as error:
            _log.log(level_of(error), "the small model was not asked for facts: %s", error)
            return ()
