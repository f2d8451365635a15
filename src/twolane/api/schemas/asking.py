"""A question with the turns before it, and the events of its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, AliasPath, Field, StringConstraints, model_validator

from twolane.answers import (
    CitationStatus,
    ContradictionEvent,
    ExtractsCause,
    RefusalCause,
    Source,
    StatedValue,
    Turn,
)
from twolane.api.chosen import checked_filter, filter_of
from twolane.api.schemas.base import DisplayPath, Schema
from twolane.api.schemas.catalogue import AskedFilterOut, CatalogueOut, UnreadOut
from twolane.documents import Filter

QUESTION_LIMIT_CHARS = 8_000
ANSWER_LIMIT_CHARS = 100_000  # of an earlier turn

# An empty one is no request that a program means; any other that holds nothing to look for is asked back.
Question = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=QUESTION_LIMIT_CHARS)
]


ChosenFilter = Annotated[str, StringConstraints(max_length=4_200), AfterValidator(checked_filter)]


class TurnIn(Schema):
    """An earlier question of the conversation, with the answer it got."""

    question: str = Field(max_length=QUESTION_LIMIT_CHARS, examples=["What does the rent cost?"])
    answer: str = Field(max_length=ANSWER_LIMIT_CHARS, examples=["The rent is 950 euros a month [1]."])

    def turn(self) -> Turn:
        return Turn(self.question, self.answer)


class AskIn(Schema):
    """A question about the files, with the turns of the conversation before it, oldest first."""

    question: Question = Field(examples=["When does the lease end?"])
    history: list[TurnIn] = Field(
        default_factory=list, max_length=50, description="left out within a conversation, which knows it"
    )
    conversation_id: str | None = Field(
        None, max_length=64, description="the conversation that keeps question and answer"
    )
    replaces_turn: int | None = Field(
        None,
        ge=1,
        le=100_000_000,
        description="the turn of the conversation in whose place this one comes, once it begins",
    )
    without: list[str] = Field(
        default_factory=list,
        max_length=50,
        description="filters that are not to be read out of the question, each as kind:value",
    )

    within: list[ChosenFilter] = Field(
        default_factory=list,
        max_length=50,
        description="only files that pass these, each as kind:value: category, correspondent (its number), "
        "tag, kind, language, folder, or date as first/last, of which one may be left out",
        examples=[["category:invoice", "date:2025-01-01/2025-12-31"]],
    )

    @property
    def filter(self) -> Filter:
        """The filter that `within` asks for."""
        return filter_of(self.within)

    @model_validator(mode="after")
    def _replaces_in_a_conversation(self) -> Self:
        if self.replaces_turn and not self.conversation_id:
            raise ValueError("replaces_turn needs conversation_id")
        return self


class SourceOut(Schema):
    """A passage that the answer may cite as [number]."""

    number: int = Field(examples=[1])
    file_id: int | None = Field(
        None, description="null where the file is no longer at its path", examples=[12]
    )
    name: DisplayPath = Field(validation_alias=AliasPath("passage", "path", "name"), examples=["lease.pdf"])
    path: DisplayPath = Field(
        validation_alias=AliasPath("passage", "path"), examples=["/home/ada/Documents/lease.pdf"]
    )
    title: str = Field(validation_alias=AliasPath("passage", "title"), examples=["Lease agreement"])
    page: int = Field(
        validation_alias=AliasPath("passage", "page"), description="counts from 1", examples=[3]
    )
    heading: str = Field(validation_alias=AliasPath("passage", "heading"), examples=["§ 4 Term"])
    place: str = Field(
        "",
        validation_alias=AliasPath("passage", "place"),
        description="where in the file people find it; empty for all of a short one",
        examples=["page 3", "section § 4 Term"],
    )
    start: int = Field(
        0,
        validation_alias=AliasPath("passage", "start"),
        description="its first character in the page's text",
    )
    text: str = Field(
        validation_alias=AliasPath("passage", "text"),
        description="the passage as it was shown to the model",
    )
    ocr: bool = Field(
        validation_alias=AliasPath("passage", "ocr"),
        description="the text was read from a picture and may hold reading errors",
    )

    @classmethod
    def of(cls, source: Source, file_id: int | None) -> SourceOut:
        return cls.model_validate(source).model_copy(update={"file_id": file_id})


class SourcesOut(Schema):
    """Event `sources`: the passages that the answer may cite, before its first word."""

    sources: list[SourceOut]


class WaitingOut(Schema):
    """Event `waiting`: others are answered first."""

    place: int = Field(description="place in line: 1 is next; 0 says that its turn has come", examples=[3])
    waited_s: float = Field(description="seconds since it was asked", examples=[4.2])


class InterruptedOut(Schema):
    """Event `interrupted`: the model broke off, and the text goes on once a server is ready for the rest."""

    why: str = Field(examples=["http://127.0.0.1:11434 broke off its answer for llama3.1:8b"])


class TextOut(Schema):
    """Event `text`: the next piece of the answer."""

    text: str = Field(examples=["The lease ends on "])


class SpanOut(Schema):
    """Characters `start` to `end` of a page's text; pages count from 1."""

    page: int = Field(examples=[3])
    start: int = Field(examples=[120])
    end: int = Field(examples=[133])


class CitationOut(Schema):
    """Event `citation`: the answer has just cited source [number]."""

    number: int = Field(examples=[1])
    status: CitationStatus = Field(
        CitationStatus.VERIFIED,
        description="verified: all that is said stands there; weak: something of it does not",
    )
    spans: list[SpanOut] = Field(
        default_factory=list, description="the places of the source's file that state it"
    )


class StatedValueOut(Schema):
    """What one document states where another states something else."""

    value: str = Field(examples=["2.31"])
    dated_at: date | None = None
    file_id: int | None = None
    name: DisplayPath = Field(examples=["tariff 2025.pdf"])
    page: int = Field(examples=[2])
    place: str = Field("", examples=["page 2"])


class ContradictionOut(Schema):
    """Event `contradiction`: documents state different values for what was asked, the newest first."""

    values: list[StatedValueOut]

    @classmethod
    def of(cls, event: ContradictionEvent, file_id: Callable[[Path], int | None]) -> ContradictionOut:
        return cls(values=[_stated_out(value, file_id(value.passage.path)) for value in event.values])


def _stated_out(stated: StatedValue, file_id: int | None) -> StatedValueOut:
    passage = stated.passage
    return StatedValueOut(
        value=stated.value,
        dated_at=stated.dated_at,
        file_id=file_id,
        name=passage.path.name,
        page=passage.page,
        place=passage.place,
    )


class RefusalOut(Schema):
    """Event `refusal`: the files do not answer the question."""

    reason: str = Field(examples=["None of your files says anything about this."])
    cause: RefusalCause = RefusalCause.NOT_ANSWERED
    unread: list[UnreadOut] = Field(default_factory=list)


class ExtractsOut(Schema):
    """Event `extracts`: the text that follows quotes what fits best, until a model answers, if one does.

    A further event `sources` takes it back.
    """

    cause: ExtractsCause


class DoneOut(Schema):
    """Event `done`: the whole answer and what it cost; the last event."""

    text: str
    cited: list[int] = Field(examples=[[1, 3]])
    citations: list[CitationOut] = Field(
        default_factory=list, description="all of them, in the order of the text"
    )
    refused: bool
    cut: bool = Field(False, description="the model had no more tokens: the text is incomplete")
    extracts: ExtractsCause | None = Field(
        None, description="why no model answered, where the text quotes the places that fit best"
    )
    waiting_files: int = Field(0, description="files that have not been read yet, and may say more")
    first_token_s: float
    seconds: float
    prompt_tokens: int
    completion_tokens: int


class AnswerOut(DoneOut):
    """A whole answer, where `Accept: application/json` asked for one."""

    sources: list[SourceOut]
    reason: str = Field("", description="why the question was refused, where it was")
    cause: RefusalCause | None = None
    unread: list[UnreadOut] = Field(default_factory=list, description="files that were not looked into")
    contradictions: list[ContradictionOut] = Field(default_factory=list)
    error: str = Field("", description="what failed, where places are quoted since no model answered")
    remedy: str = Field("", description="what to do about that")
    filters: list[AskedFilterOut] = Field(
        default_factory=list, description="what was read out of the question"
    )
    full_question: str = Field("", description="a follow-up, as it was searched for")
    catalogue: CatalogueOut | None = Field(None, description="where the catalogue answered, and no passages")
    conversation_id: str | None = Field(None, description="the conversation that keeps it")
    turn: int | None = Field(None, description="its number there")
