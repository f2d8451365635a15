"""A turn of a conversation that is kept while its answer grows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from twolane.answers import (
    AnswerEvent,
    CatalogueEvent,
    CitationEvent,
    ContradictionEvent,
    DoneEvent,
    ErrorEvent,
    ExtractsEvent,
    FiltersEvent,
    KeptTurn,
    QuestionEvent,
    RefusalEvent,
    SourcesEvent,
    TextEvent,
    TurnState,
    WaitingEvent,
)
from twolane.errors import StoreBusyError
from twolane.outages import level_of
from twolane.store.conversed import ConversationRows

_log = logging.getLogger(__name__)

_GROWN_S = 1.0  # no commit a word: what a crash loses is less than anybody reads in that time
_WAITING_S = 60.0  # only a sign of life
_ANSWERS = TextEvent | RefusalEvent | CatalogueEvent | DoneEvent


def after(turn: KeptTurn, event: AnswerEvent) -> KeptTurn:
    """Return a turn as it is after one more event of its answer."""
    match event:
        case QuestionEvent(question):
            turn = replace(turn, full_question=question)
        case FiltersEvent(filters):
            turn = replace(turn, filters=filters)
        case SourcesEvent(sources):  # the answer begins, perhaps anew
            turn = replace(turn, sources=sources, text="", citations=(), contradictions=(), extracts=None)
        case ExtractsEvent(cause):
            turn = replace(turn, extracts=cause)
        case CatalogueEvent():
            turn = replace(turn, catalogue=event)
        case TextEvent(text):
            turn = replace(turn, text=turn.text + text)
        case CitationEvent():
            turn = replace(turn, citations=(*turn.citations, event))
        case ContradictionEvent():
            turn = replace(turn, contradictions=(*turn.contradictions, event))
        case RefusalEvent():
            turn = replace(turn, refusal=event)
        case ErrorEvent():
            turn = replace(turn, error=event, state=TurnState.ERROR)
        case DoneEvent():
            turn = _done(turn, event)
    return turn


def _done(turn: KeptTurn, end: DoneEvent) -> KeptTurn:
    ended = replace(
        turn,
        seconds=end.seconds,
        first_token_s=end.first_token_s,
        cut=end.cut,
        extracts=end.extracts,
        waiting_files=end.waiting_files,
    )
    if turn.error and not end.extracts:
        return ended
    return replace(
        ended, state=TurnState.DONE, text=end.text or turn.text, citations=end.citations or turn.citations
    )


def _due_s(event: AnswerEvent) -> float:
    """Return how old what is kept must be before an event is worth a commit."""
    match event:
        case TextEvent() | CitationEvent():
            return _GROWN_S
        case WaitingEvent():
            return _WAITING_S
    return 0.0


class Keeping:
    """Keeps one turn: what tells something new at once, text each second, and how it ended."""

    def __init__(
        self,
        rows: ConversationRows,
        turn_id: str,
        turn: KeptTurn,
        *,
        replaces: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rows = rows
        self._turn_id = turn_id
        self._turn = turn
        self._waits_for_place = replaces
        self._clock = clock
        self._saved_at = clock()
        self._is_saved = True
        self._is_busy = False

    def take(self, event: AnswerEvent) -> None:
        """Add what an event says, and keep an end at once: who sees that can come back to it.

        Raises `StoreError` where the end of the answer cannot be kept.
        """
        self._turn = after(self._turn, event)
        self._is_saved = False
        if self._has_ended:
            if not self._turn.error:
                self._take_place()
            self._save()

    def keep(self, event: AnswerEvent) -> None:
        """Keep the answer so far, where the event that was taken is worth it."""
        if self._has_ended or self._is_busy:
            return
        try:
            if isinstance(event, _ANSWERS) and not self._turn.extracts:  # a model may fail still
                self._take_place()
            if self._clock() - self._saved_at >= _due_s(event):
                self._save()
        except StoreBusyError as error:  # the end is kept all the same, and nobody waits for this meanwhile
            self._is_busy = True
            _log.log(level_of(error), "an answer is kept only at its end: %s", error.what)

    def fail(self, error: ErrorEvent) -> None:
        """Keep that the answer ended in an error. Raises `StoreError`."""
        self._turn = after(self._turn, error)
        self._save()

    def end(self) -> None:
        """Keep that no more comes: an answer that had no end was stopped. Raises `StoreError`."""
        if not self._has_ended:
            self._turn = replace(self._turn, state=TurnState.STOPPED)
            self._is_saved = False
        if not self._is_saved:
            self._save()

    @property
    def _has_ended(self) -> bool:
        return self._turn.state is not TurnState.ANSWERING

    def _take_place(self) -> None:
        if self._waits_for_place:
            self._rows.take_place(self._turn_id)
            self._waits_for_place = False

    def _save(self) -> None:
        self._rows.save(self._turn_id, self._turn)
        self._saved_at = self._clock()
        self._is_saved = True
