"""Conversations as the API and `--json` show them, and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from twolane.answers import Conversation, ExtractsCause, KeptTurn, TurnState
from twolane.api.schemas.asking import CitationOut, ContradictionOut, RefusalOut, SourceOut
from twolane.api.schemas.base import ErrorOut, Schema
from twolane.api.schemas.catalogue import AskedFilterOut, CatalogueOut

TITLE_LIMIT_CHARS = 200

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LIMIT_CHARS)]


class ConversationIn(Schema):
    """A new conversation; without a title, its first question gives it one."""

    title: str = Field("", max_length=TITLE_LIMIT_CHARS)


class ConversationTitleIn(Schema):
    """The title that a conversation is to have."""

    title: Title = Field(examples=["The lease"])


class ConversationOut(Schema):
    """A conversation, without its turns."""

    id: str = Field(validation_alias="conversation_id", examples=["9f2c4e6a8b0d1357"])
    title: str = Field(examples=["When does the lease end?"])
    created_at: datetime
    updated_at: datetime = Field(description="when the last question was asked")
    turns: int = Field(validation_alias="turn_count", examples=[3])


class ConversationsOut(Schema):
    """Conversations, newest first, and how many there are in all."""

    conversations: list[ConversationOut]
    total: int


class TurnOut(Schema):
    """One question of a conversation, with its answer as far as it came."""

    number: int = Field(description="counts from 1; some may be missing", examples=[1])
    question: str
    full_question: str = Field(description='what a follow-up was searched as, "" where that is the question')
    state: TurnState = Field(description="stopped: its text ends anywhere")
    text: str
    sources: list[SourceOut]
    citations: list[CitationOut]
    contradictions: list[ContradictionOut]
    catalogue: CatalogueOut | None
    filters: list[AskedFilterOut]
    without: list[str] = Field(description="filters that were taken away, as kind:value")
    within: list[str] = Field(description="filters that were chosen, as kind:value")
    refusal: RefusalOut | None
    error: ErrorOut | None
    asked_at: datetime
    extracts: ExtractsCause | None = Field(description="why no model answered, where places are quoted")
    cut: bool
    waiting_files: int = Field(description="files that had not been read yet")
    first_token_s: float
    seconds: float

    @classmethod
    def of(cls, turn: KeptTurn, file_ids: Mapping[Path, int]) -> TurnOut:
        shown = {name: getattr(turn, name) for name in cls.model_fields}
        error = turn.error
        shown |= {
            "sources": [SourceOut.of(one, file_ids.get(one.passage.path)) for one in turn.sources],
            "contradictions": [ContradictionOut.of(one, file_ids.get) for one in turn.contradictions],
            "error": ErrorOut(error=error.what, remedy=error.remedy) if error else None,
        }
        return cls.model_validate(shown)


class ConversationTurnsOut(Schema):
    """A conversation with all its turns, oldest first."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    turns: list[TurnOut]

    @classmethod
    def of(cls, whole: Conversation, file_ids: Mapping[Path, int]) -> ConversationTurnsOut:
        return cls.model_validate(
            {
                "id": whole.conversation_id,
                "title": whole.title,
                "created_at": whole.created_at,
                "updated_at": whole.updated_at,
                "turns": [TurnOut.of(turn, file_ids) for turn in whole.turns],
            }
        )


class KeptOut(Schema):
    """Event `conversation`: where the answer is kept; the first event within a conversation."""

    id: str = Field(validation_alias="conversation_id")
    turn: int = Field(description="the number of the turn", examples=[1])


def paths_of(turns: Iterable[KeptTurn]) -> set[Path]:
    """Return the paths of all files that turns name as sources."""
    return {source.passage.path for turn in turns for source in turn.sources} | {
        value.passage.path for turn in turns for event in turn.contradictions for value in event.values
    }
