"""An answer on its way out: its events in the shapes that all faces show, and the whole that they make."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import BaseModel

from twolane.answers import (
    AnswerEvent,
    CatalogueEvent,
    CitationEvent,
    ContradictionEvent,
    ConversationEvent,
    DoneEvent,
    ErrorEvent,
    ExtractsEvent,
    FiltersEvent,
    InterruptedEvent,
    QuestionEvent,
    RefusalEvent,
    SourcesEvent,
    TextEvent,
    WaitingEvent,
    event_name,
)
from twolane.api.schemas.asking import (
    AnswerOut,
    CitationOut,
    ContradictionOut,
    DoneOut,
    ExtractsOut,
    InterruptedOut,
    RefusalOut,
    SourceOut,
    SourcesOut,
    TextOut,
    WaitingOut,
)
from twolane.api.schemas.base import ErrorOut
from twolane.api.schemas.catalogue import AskedFilterOut, CatalogueOut, FiltersOut, QuestionOut
from twolane.api.schemas.conversations import KeptOut
from twolane.api.streams import End
from twolane.errors import ModelError

if TYPE_CHECKING:
    from twolane.app import App


@dataclass(frozen=True, slots=True)
class WireEvent:
    """An event of an answer as it goes over the wire."""

    name: str
    data: BaseModel


def wire_events(app: App, events: Iterator[AnswerEvent]) -> Generator[WireEvent, None, None]:
    """Yield the events of an answer in their public shapes; closing it closes them.

    It reads files and calls the model: an event loop runs it in a feed's thread.
    """
    try:
        for event in events:
            yield wire_event(app, event)
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()


def wire_event(app: App, event: AnswerEvent) -> WireEvent:
    """Return an event in its public shape."""
    data: BaseModel
    match event:
        case SourcesEvent(sources):
            known = app.library.file_ids({source.passage.path for source in sources})
            shown = [SourceOut.of(source, known.get(source.passage.path)) for source in sources]
            data = SourcesOut(sources=shown)
        case ContradictionEvent():
            known = app.library.file_ids({value.passage.path for value in event.values})
            data = ContradictionOut.of(event, known.get)
        case ErrorEvent(what, remedy):
            data = ErrorOut(error=what, remedy=remedy)
        case _:
            data = _SHAPES[type(event)].model_validate(event)
    return WireEvent(event_name(type(event)), data)


# of the events that have all that is shown
_SHAPES: dict[type[AnswerEvent], type[BaseModel]] = {
    ConversationEvent: KeptOut,
    QuestionEvent: QuestionOut,
    FiltersEvent: FiltersOut,
    WaitingEvent: WaitingOut,
    CatalogueEvent: CatalogueOut,
    ExtractsEvent: ExtractsOut,
    InterruptedEvent: InterruptedOut,
    TextEvent: TextOut,
    CitationEvent: CitationOut,
    RefusalEvent: RefusalOut,
    DoneEvent: DoneOut,
}


def joined(items: Sequence[WireEvent | End]) -> Iterator[WireEvent]:
    """Yield the events, those of text that follow each other as one."""
    pieces: list[str] = []
    for item in items:
        if isinstance(item, WireEvent) and isinstance(item.data, TextOut):
            pieces.append(item.data.text)
            continue
        if pieces:
            yield WireEvent("text", TextOut(text="".join(pieces)))
            pieces = []
        if isinstance(item, WireEvent):
            yield item
    if pieces:
        yield WireEvent("text", TextOut(text="".join(pieces)))


@dataclass(slots=True)
class WholeAnswer:
    """An answer that is put together from its events as they come."""

    sources: list[SourceOut] = field(default_factory=list)
    contradictions: list[ContradictionOut] = field(default_factory=list)
    filters: list[AskedFilterOut] = field(default_factory=list)
    question: str = ""
    catalogue: CatalogueOut | None = None
    refusal: RefusalOut | None = None
    kept: KeptOut | None = None
    failed: ErrorOut | None = None
    done: DoneOut | None = None
    quoted: bool = False

    def take(self, event: WireEvent) -> None:
        """Add one event. Raises `ModelError` where it is an error, and nothing is quoted in its place."""
        match event.data:
            case KeptOut() as kept:
                self.kept = kept
            case SourcesOut(sources=found):
                self.sources, self.quoted = found, False
            case ExtractsOut():
                self.quoted = True
            case FiltersOut(filters=read):
                self.filters = read
            case QuestionOut(question=full):
                self.question = full
            case CatalogueOut() as counted:
                self.catalogue = counted
            case RefusalOut() as given:
                self.refusal = given
            case ContradictionOut() as differing:
                self.contradictions.append(differing)
            case ErrorOut() as failed if self.quoted:
                self.failed = failed
            case ErrorOut(error=error, remedy=remedy):
                raise ModelError(error, remedy)
            case DoneOut() as last:
                self.done = last

    def out(self) -> AnswerOut:
        """Return the whole. Raises `ModelError` where it has no end."""
        if self.done is None:
            raise ModelError("the answer has no end", "ask again")
        why = self.refusal.model_dump() if self.refusal else {}
        if self.kept:
            why |= {"conversation_id": self.kept.id, "turn": self.kept.turn}
        if self.failed:
            why |= {"error": self.failed.error, "remedy": self.failed.remedy}
        return AnswerOut(
            **self.done.model_dump(),
            **why,
            sources=self.sources,
            contradictions=self.contradictions,
            filters=self.filters,
            full_question=self.question,
            catalogue=self.catalogue,
        )
