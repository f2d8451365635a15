"""Answers: a question to the chat model over the files, with checked citations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from pydantic import BaseModel, Field

from twolane.access.audit import AuditAct
from twolane.answers import CitationStatus, ExtractsCause
from twolane.api.answering import WholeAnswer, wire_events
from twolane.api.schemas.asking import (
    AnswerOut,
    ExtractsOut,
    InterruptedOut,
    Question,
    SourceOut,
    SourcesOut,
    TextOut,
    TurnIn,
    WaitingOut,
)
from twolane.api.schemas.catalogue import CatalogueRowOut
from twolane.mcp.base import LibraryTool, ToolCaller, ToolProgress, ToolResult
from twolane.mcp.narrowing import NarrowIn, Several
from twolane.principal import Right


class QuestionIn(NarrowIn):
    """A question about the files, with the turns of the conversation before it, oldest first."""

    question: Question = Field(examples=["When does the lease end?"])
    history: list[TurnIn] = Field(default_factory=list, max_length=50)
    without: Several = Field(
        [],
        description="filters that the last answer has read out of the question and should not, as kind:value",
    )


def _ask(caller: ToolCaller, asked: QuestionIn) -> Iterator[ToolProgress | ToolResult]:
    app, whole, said = caller.app, WholeAnswer(), _Said()
    turns = [turn.turn() for turn in asked.history]
    events = wire_events(app, app.ask(asked.question, turns, asked.within(caller), without=asked.without))
    with closing(events):  # closing this generator stops the model
        for event in events:
            whole.take(event)
            if words := said.of(event.data):
                yield ToolProgress(words)
    answer = whole.out()
    yield ToolResult(answer, _about(answer), _shown(answer))


@dataclass(slots=True)
class _Said:
    """What is said of an answer while it comes: its text, and before that what it waits for."""

    place: int = 0
    text: bool = False
    provisional: bool = False

    def of(self, data: BaseModel) -> str:
        """Return what to say of an event; "" where that is nothing."""
        match data:
            case TextOut(text=text) if not self.provisional:
                self.text = True
                return text
            case WaitingOut(place=place) if place and place != self.place:
                self.place = place
                return f"(number {place} in line)\n"
            case InterruptedOut():
                return "\n(the model broke off; the rest follows once it is back)\n"
            case ExtractsOut(cause=cause):
                self.provisional = cause is ExtractsCause.LOADING
            case SourcesOut():
                again, self.text, self.provisional = self.text, False, False
                return "\n(it begins anew)\n" if again else ""
        return ""


def _about(answer: AnswerOut) -> str:
    waiting = answer.waiting_files
    unread = f" {waiting} files have not been read yet: nothing of them is in it." if waiting else ""
    return f"{_kind(answer)}{unread}"


def _kind(answer: AnswerOut) -> str:
    if answer.refused:
        return "The files do not answer this. What comes nearest in them is listed as sources."
    if answer.catalogue:
        return "Answered by a query of the catalogue, which counts the files below, and from no passages."
    if answer.extracts:
        why = f" ({answer.error}; {answer.remedy})" if answer.error else ""
        return f"No model answered{why}: the places in the files that fit best are quoted."
    cut = " It was cut off at the longest answer that is allowed." if answer.cut else ""
    return f"An answer from the user's files; [n] cites source n below.{cut}"


def _shown(answer: AnswerOut) -> str:
    lines = [answer.text, ""]
    if answer.full_question:
        lines.append(f"Understood as: {answer.full_question}")
    if answer.filters:
        only = [f"{one.label} ({one.kind}:{one.value})" for one in answer.filters]
        lines.append(f"Only: {', '.join(only)}")
    if answer.catalogue:
        lines += map(_row_line, answer.catalogue.rows)
    shown = [source for source in answer.sources if answer.refused or source.number in answer.cited]
    lines += [_source_line(source, answer) for source in shown]
    for contradiction in answer.contradictions:
        stated = [f"{one.value} ({_placed(one.name, one.place)})" for one in contradiction.values]
        lines.append(f"The files differ: {'; '.join(stated)}")
    return "\n".join(lines).strip()


def _row_line(row: CatalogueRowOut) -> str:
    parts = [row.amount, str(row.dated_at or ""), row.correspondent, row.category]
    return f"{row.name} (file {row.file_id}): {', '.join(part for part in parts if part)}"


def _source_line(source: SourceOut, answer: AnswerOut) -> str:
    statuses = [one.status for one in answer.citations if one.number == source.number]
    word = ""
    if statuses:
        word = (
            ": verified" if CitationStatus.VERIFIED in statuses else ": weak, part of it does not stand there"
        )
    return f"[{source.number}] {_placed(source.name, source.place)} (file {source.file_id}){word}"


def _placed(name: str, place: str) -> str:
    return f"{name}, {place}" if place else name


ASK = LibraryTool(
    "ask",
    "Ask the files",
    "Have the user's own offline model answer a question from their files, with the files and pages it rests "
    "on; counts, lists and sums come from the catalogue. Ask for progress to get the text while it is "
    "written. It may take a minute; cancelling stops the model.",
    QuestionIn,
    AnswerOut,
    _ask,
    act=AuditAct.ASKED,
    right=Right.ASK,
    asks=True,
)
