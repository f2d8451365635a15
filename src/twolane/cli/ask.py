"""`twolane ask` and `twolane chat`: questions over the files, answers with numbered sources."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import typer

from twolane.answers import (
    AnswerEvent,
    CitationStatus,
    ContradictionEvent,
    DoneEvent,
    ErrorEvent,
    ExtractsCause,
    ExtractsEvent,
    FiltersEvent,
    InterruptedEvent,
    QuestionEvent,
    RefusalCause,
    RefusalEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
    WaitingEvent,
    event_name,
)
from twolane.cli import completing
from twolane.cli.asked import AskedLibrary, asked_library
from twolane.cli.context import EXIT_NOT_IN_FILES, EXIT_UNCLEAR, Context, Json, output_for
from twolane.cli.output import Output, Wait, plain, short_path
from twolane.documents import FoundPassage
from twolane.errors import ModelError, ServerError

_LOOKING = "Looking through your files"

Kept = Annotated[
    str,
    typer.Option(
        "--conversation",
        metavar="ID|new",
        help="Go on with a kept conversation, or begin one that is kept.",
        autocompletion=completing.conversations,
    ),
]


Token = Annotated[
    str,
    typer.Option(envvar="TWOLANE_TOKEN", help="What lets in at that server.", show_envvar=True),
]
Url = Annotated[
    str,
    typer.Option(
        help="Ask the twolane that serves at this address; else the one that serves this library, if any."
    ),
]


Without = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND",
        help="Take away what was read out of the question: a kind of filter, such as date, or one of them, "
        "such as category:invoice.",
    ),
]


def ask(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(help="The question.")],
    conversation: Kept = "",
    without: Without = None,
    url: Url = "",
    token: Token = "",
    json: Json = False,
) -> int:
    """Answer a question over the filed documents, with the files and pages it rests on.

    Where no model answers, the places that fit best are quoted. Exits with 3 where one should have answered,
    with 5 where the files do not answer the question, and with 6 where it holds nothing to look for.
    """
    context: Context = ctx.obj
    output = output_for(json)
    with asked_library(context, url, token, output) as library:
        kept = _kept(library, conversation, output)
        cause = _answer(library.ask(question, (), kept, without or ()), output).cause
    if cause is None:
        return 0
    return EXIT_UNCLEAR if cause is RefusalCause.UNCLEAR else EXIT_NOT_IN_FILES


def chat(
    ctx: typer.Context, conversation: Kept = "", url: Url = "", token: Token = "", json: Json = False
) -> None:
    """Ask one question after the other; Ctrl-C ends an answer, Ctrl-D or an empty line ends the chat."""
    context: Context = ctx.obj
    output = output_for(json)
    with asked_library(context, url, token, output) as library:
        kept = _kept(library, conversation, output)
        output.line("Ask about your files. Ctrl-C ends an answer, Ctrl-D ends the chat.", "dim")
        history: list[Turn] = []
        for question in _questions(json):
            try:
                printed = _answer(library.ask(question, history, kept), output)
            except KeyboardInterrupt:
                output.line(" … stopped")
                continue
            except (ModelError, ServerError) as error:
                output.error(error)
                continue
            if printed.cause is None:
                history.append(Turn(question, "" if printed.done.extracts else printed.done.text))


def _kept(library: AskedLibrary, named: str, output: Output) -> str:
    """Return the conversation that keeps what is asked, "" where none does. Raises `NotFoundError`."""
    if not named:
        return ""
    kept = library.conversation(named)
    about = f": {kept.title}, {kept.turn_count} questions so far" if kept.turn_count else ""
    output.line(f"conversation {kept.conversation_id}{about}", "dim")
    return kept.conversation_id


def _questions(json: bool) -> Iterator[str]:
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        while question := input("" if json else "\n> ").strip():
            yield question


@dataclass(slots=True)
class _Printed:
    """An answer that is printed as it comes; `cause` is why it is none, None where it is one."""

    output: Output
    wait: Wait = field(init=False)
    sources: tuple[Source, ...] = ()
    streamed: bool = False
    narrowed: bool = False
    cause: RefusalCause | None = None
    extracts: ExtractsCause | None = None
    error: ModelError | None = None
    done: DoneEvent = field(default_factory=lambda: DoneEvent(""))

    def __post_init__(self) -> None:
        self.wait = self.output.wait()

    def take(self, event: AnswerEvent) -> None:
        """Print one event; what may be taken back goes to standard error."""
        self.output.value({"event": event_name(type(event)), **plain(event)})
        if isinstance(event, WaitingEvent):
            self.wait.show(_wait(event.place, self.sources))
            return
        self.wait.end()
        if isinstance(event, FiltersEvent):
            self._narrowed(event)
            self.wait.show(_LOOKING)
        elif isinstance(event, QuestionEvent):
            self.output.line(f"Understood as: {event.question}", "dim")
            self.wait.show(_LOOKING)
        elif isinstance(event, SourcesEvent):
            self.sources = event.sources
            self.wait.show(_wait(0, self.sources))
            if self.streamed:  # it begins anew
                self.output.line()
                self.output.line()
            self.streamed, self.extracts = False, None
        elif isinstance(event, ExtractsEvent):
            self.extracts = event.cause
        elif isinstance(event, TextEvent):
            self._say(event.text)
        elif isinstance(event, InterruptedEvent):
            self.wait.show(f"{event.why}: it goes on once a server is ready for the rest")
        elif isinstance(event, ContradictionEvent):
            self._differ(event)
        elif isinstance(event, RefusalEvent):
            self.cause = event.cause
            self._leave_text()
            self.output.line(event.reason)
        elif isinstance(event, ErrorEvent):
            self.error = ModelError(event.what, event.remedy)
        elif isinstance(event, DoneEvent):
            self.done = event

    def end(self) -> None:
        """Print what the answer rests on, or comes nearest to a question that has none."""
        self.output.line()
        if self.done.cut:
            self.output.line("The answer was cut off: raise chat.answer_tokens for longer ones.", "dim")
        if waiting := self.done.waiting_files:
            files = "1 file has" if waiting == 1 else f"{waiting:,} files have"
            self.output.line(f"{files} not been read yet: nothing of that is in this answer.", "dim")
        if self.cause and self.sources:
            self.output.line("Nearest in your files:", "dim")
        for source in self.sources:
            if self.cause or source.number in self.done.cited:
                weakness = _weakness(source, self.done)
                self.output.line(f"[{source.number}] {_place(source.passage)}{weakness}", "dim")

    def _say(self, text: str) -> None:
        if self.extracts is not ExtractsCause.LOADING:
            self.output.stream(text)
            self.streamed = True
        elif not self.output.json:
            self.output.notice(text.strip())
            self.wait.show(_wait(0, self.sources))

    def _narrowed(self, event: FiltersEvent) -> None:
        if event.filters:
            self.output.line(f"Only: {', '.join(f'{one.kind} {one.label}' for one in event.filters)}", "dim")
        elif self.narrowed:
            self.output.line("Nothing fits there: among all files then.", "dim")
        self.narrowed = bool(event.filters)

    def _leave_text(self) -> None:
        """Begin a line of its own after text that was streamed."""
        if self.streamed:
            self.output.line()

    def _differ(self, event: ContradictionEvent) -> None:
        self._leave_text()
        self.output.line("Your files differ:", "yellow")
        for stated in event.values:
            date = f"{stated.dated_at}, " if stated.dated_at else ""
            self.output.line(f"  {stated.value} ({date}{_place(stated.passage)})", "yellow")
        self.streamed = False


def _answer(events: Iterator[AnswerEvent], output: Output) -> _Printed:
    """Print an answer as it comes. Raises `ModelError` where it ends in an error."""
    printed = _Printed(output)
    with contextlib.closing(events):  # type: ignore[type-var]  # closing this generator cancels the model
        try:
            printed.wait.show(_LOOKING)
            for event in events:
                printed.take(event)
        finally:
            printed.wait.end()
    if printed.error is None or printed.done.extracts:
        printed.end()
    if printed.error:
        raise printed.error
    return printed


def _wait(place: int, sources: Sequence[Source]) -> str:
    """Return what is waited for: others, or the model, which reads."""
    if place:
        return "Next in line" if place == 1 else f"Number {place} in line"
    return "Reading " + ", ".join(_place(source.passage) for source in sources)


def _place(passage: FoundPassage) -> str:
    return ", ".join(filter(None, (short_path(passage.path), passage.place)))


def _weakness(source: Source, done: DoneEvent) -> str:
    """Return what to say of a source that states nothing in full of what cites it."""
    own = [citation.status for citation in done.citations if citation.number == source.number]
    is_weak = bool(own) and CitationStatus.VERIFIED not in own
    return ": part of what is said does not stand there" if is_weak else ""
