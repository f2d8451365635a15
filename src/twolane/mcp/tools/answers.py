"""Answers: a question to the chat model over the files, with checked citations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from pydantic import Field

from twolane.answers import CitationStatus
from twolane.api.answering import WholeAnswer, wire_events
from twolane.api.schemas.asking import AnswerOut, Question, SourceOut, TextOut, TurnIn
from twolane.mcp.base import LibraryTool, ToolCaller, ToolProgress, ToolResult
from twolane.mcp.narrowing import NarrowIn


class QuestionIn(NarrowIn):
    """A question about the files, with the turns of the conversation before it, oldest first."""

    question: Question = Field(examples=["When does the lease end?"])
    history: list[TurnIn] = Field(default_factory=list, max_length=50)


def _ask(caller: ToolCaller, asked: QuestionIn) -> Iterator[ToolProgress | ToolResult]:
    app, whole = caller.app, WholeAnswer()
    turns = [turn.turn() for turn in asked.history]
    events = wire_events(app, app.ask(asked.question, turns, asked.within(caller)))
    with closing(events):  # closing this generator stops the model
        for event in events:
            whole.take(event)
            if isinstance(event.data, TextOut):
                yield ToolProgress(event.data.text)
    answer = whole.out()
    yield ToolResult(answer, _about(answer), _shown(answer))


def _about(answer: AnswerOut) -> str:
    if answer.refused:
        return "The files do not answer this. What comes nearest in them is listed as sources."
    cut = " It was cut off at the longest answer that is allowed." if answer.cut else ""
    return f"An answer from the user's files; [n] cites source n below.{cut}"


def _shown(answer: AnswerOut) -> str:
    shown = [source for source in answer.sources if answer.refused or source.number in answer.cited]
    lines = [answer.text, "", *(_source_line(source, answer) for source in shown)]
    for contradiction in answer.contradictions:
        stated = [f"{one.value} ({one.name}, page {one.page})" for one in contradiction.values]
        lines.append(f"The files differ: {'; '.join(stated)}")
    return "\n".join(lines).strip()


def _source_line(source: SourceOut, answer: AnswerOut) -> str:
    statuses = [one.status for one in answer.citations if one.number == source.number]
    word = ""
    if statuses:
        word = (
            ": verified" if CitationStatus.VERIFIED in statuses else ": weak, part of it does not stand there"
        )
    return f"[{source.number}] {source.name}, page {source.page} (file {source.file_id}){word}"


ASK = LibraryTool(
    "ask",
    "Ask the files",
    "Have the user's own offline model answer a question from their files, with the files and pages it rests "
    "on; counts, lists and sums come from the catalogue. Ask for progress to get the text while it is "
    "written. It may take a minute; cancelling stops the model.",
    QuestionIn,
    AnswerOut,
    _ask,
    asks=True,
)
