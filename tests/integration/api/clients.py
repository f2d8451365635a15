"""What the tests of other programs' APIs share: a served answer by script, and the embedder of a script."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from tests.integration.api.served import DEADLINE_S, Script

from twolane.answers import (
    AnswerEvent,
    AskedFilter,
    CatalogueEvent,
    CatalogueRow,
    CitationEvent,
    CitationStatus,
    ContradictionEvent,
    DoneEvent,
    ErrorEvent,
    ExtractsCause,
    ExtractsEvent,
    FiltersEvent,
    QuestionEvent,
    Source,
    SourcesEvent,
    StatedValue,
    TextEvent,
    Turn,
    WaitingEvent,
)
from twolane.documents import FoundPassage

LEASE_ENDS = "When does the lease end?"


def passage(path: Path, page: int = 1) -> FoundPassage:
    return FoundPassage(1, "d", path, "", page, "text")


def cites_twice(folder: Path) -> Script:
    """Cite the second source before the first, which another passage of its page repeats."""
    lease, invoice = folder / "lease.txt", folder / "invoice.txt"

    def script(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(
            (Source(1, passage(lease)), Source(2, passage(invoice)), Source(3, passage(lease)))
        )
        yield TextEvent("It costs 80 euros")
        yield TextEvent(" [2]")
        yield CitationEvent(2)
        yield TextEvent(". It ends in 2027")
        yield TextEvent(" [3]")
        yield CitationEvent(3, CitationStatus.WEAK)
        yield TextEvent(" [1]")
        yield CitationEvent(1, CitationStatus.WEAK)
        yield TextEvent(". See rows[1]")
        yield TextEvent(".")
        values = (StatedValue("90 euros", passage(invoice)), StatedValue("80 euros", passage(lease)))
        yield ContradictionEvent(values)
        yield DoneEvent(
            "It costs 80 euros [2]. It ends in 2027 [3] [1]. See rows[1].",
            (2, 3, 1),
            prompt_tokens=20,
            completion_tokens=9,
            first_token_s=0.5,
            seconds=2.0,
        )

    return script


def counts(folder: Path, file_id: int) -> Script:
    """Answer a follow-up from the catalogue."""
    row = CatalogueRow(
        file_id, folder / "invoice.txt", "Tuning", "invoice", date(2026, 1, 31), "Lamps *Ltd*", "80.00 EUR"
    )
    told = replace(row, path=folder / "lease.txt")

    def script(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield QuestionEvent("What do the invoices add up to?")
        yield FiltersEvent((AskedFilter("category", "invoice", "Invoice", "invoices"),))
        yield WaitingEvent(1, 0.1)
        yield CatalogueEvent("sum", (row, told), 2, ("80.00 EUR",))
        yield TextEvent("80.00 EUR, and lease.txt")
        yield DoneEvent("80.00 EUR, and lease.txt")

    return script


def quotes(cause: ExtractsCause) -> Script:
    """Quote what fits while the model loads, until it fails; or until it answers."""

    def script(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(())
        yield ExtractsEvent(ExtractsCause.LOADING)
        yield TextEvent("Quoted while it loads.")
        yield SourcesEvent(())
        if cause is ExtractsCause.NOT_ANSWERING:
            yield ExtractsEvent(cause)
            yield TextEvent("Quoted.")
            yield ErrorEvent("no server answers", "start it")
            yield DoneEvent("Quoted.", extracts=cause, waiting_files=7)
        else:
            yield TextEvent("Answered.")
            yield DoneEvent("Answered.")

    return script


def endless(closed: threading.Event) -> Script:
    """Write on and on, and say when that was stopped."""

    def script(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        try:
            while True:
                yield TextEvent("and ")
                threading.Event().wait(0.02)
        finally:
            closed.set()

    return script


def failing(fail: Callable[[], AnswerEvent]) -> Script:
    """Fail before the first word."""

    def script(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(())
        yield fail()
        yield DoneEvent("")

    return script


@dataclass
class BrokenOff:
    """An answer that breaks off once its first word has been heard."""

    heard: threading.Event = field(default_factory=threading.Event)

    def script(self, question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield TextEvent("The ")
        self.heard.wait(DEADLINE_S)
        yield ErrorEvent("the model broke off", "ask again")
        yield DoneEvent("The ")


def is_closed(closed: threading.Event) -> bool:
    return closed.wait(DEADLINE_S)
