"""A whole answer, gathered from the events of its stream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from twolane.answers import (
    Answer,
    AnswerEvent,
    CatalogueEvent,
    ContradictionEvent,
    DoneEvent,
    ErrorEvent,
    FiltersEvent,
    QuestionEvent,
    RefusalEvent,
    SourcesEvent,
)


def gather(events: Iterable[AnswerEvent]) -> Answer:
    """Read a stream of events to its end and return the whole answer."""
    answer = Answer("")
    for event in events:
        match event:
            case FiltersEvent(filters):
                answer = replace(answer, filters=filters)
            case QuestionEvent(question):
                answer = replace(answer, question=question)
            case CatalogueEvent(unread=unread):
                answer = replace(answer, catalogue=event, unread=unread)
            case SourcesEvent(sources):
                answer = replace(answer, sources=sources)
            case ContradictionEvent():
                answer = replace(answer, contradictions=(*answer.contradictions, event))
            case RefusalEvent(reason, unread=unread):
                answer = replace(answer, reason=reason, unread=unread)
            case ErrorEvent(what, remedy):
                answer = replace(answer, error=what, remedy=remedy)
            case DoneEvent():
                answer = replace(
                    answer,
                    text=event.text,
                    cited=event.cited,
                    refused=event.refused,
                    cut=event.cut,
                    first_token_s=event.first_token_s,
                    seconds=event.seconds,
                    citations=event.citations,
                    extracts=event.extracts,
                )
    return answer
