"""The events of an answer, read from what a server sends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from typing import get_args

from pydantic import TypeAdapter

from twolane.answers import (
    AnswerEvent,
    ContradictionEvent,
    ConversationEvent,
    ErrorEvent,
    Source,
    SourcesEvent,
    StatedValue,
    event_name,
)
from twolane.client.values import Json, passage_of

_KINDS = {event_name(kind): kind for kind in get_args(AnswerEvent)}


def event_of(name: str, data: Json) -> AnswerEvent | None:
    """Return an event as it came from a server, None for one of a newer server that is not known here.

    What an older server does not send has its default. Raises `ValueError` for what is no such event.
    """
    if make := _FLAT.get(name):
        try:
            return make(data)
        except (KeyError, TypeError) as error:
            raise ValueError(f"{name} lacks {error}") from error
    if kind := _KINDS.get(name):
        return _adapter(kind).validate_python(data)
    return None


def lines_to_events(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield name and data of server-sent events; comments, which keep a connection open, are none."""
    name, data = "", ""
    for line in lines:
        if line.startswith("event:"):
            name = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            data += line.removeprefix("data:").removeprefix(" ")
        elif not line and data:
            yield name, data
            name, data = "", ""


@cache
def _adapter(kind: type[AnswerEvent]) -> TypeAdapter[AnswerEvent]:
    # Made once: an answer has an event for nearly every word.
    return TypeAdapter(kind)


def _conversation(data: Json) -> ConversationEvent:
    return ConversationEvent(data["id"], data["turn"])


def _sources(data: Json) -> SourcesEvent:
    return SourcesEvent(tuple(Source(one["number"], passage_of(one)) for one in data["sources"]))


def _contradiction(data: Json) -> ContradictionEvent:
    return ContradictionEvent(tuple(_stated(one) for one in data["values"]))


def _stated(data: Json) -> StatedValue:
    dated_at = date.fromisoformat(data["dated_at"]) if data.get("dated_at") else None
    return StatedValue(data["value"], passage_of({"path": data["name"], **data}), dated_at)


def _error(data: Json) -> ErrorEvent:
    return ErrorEvent(data["error"], data.get("remedy", ""))


# Events that the API shows in another form than they have here.
_FLAT: dict[str, Callable[[Json], AnswerEvent]] = {
    "conversation": _conversation,
    "sources": _sources,
    "contradiction": _contradiction,
    "error": _error,
}
