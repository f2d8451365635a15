"""A decision about a document, as the API and `--json` show it, and what is sent to ask for one."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import AliasPath, Field, field_validator, model_validator

from twolane.api.schemas.base import SayingOut, Schema, Told
from twolane.documents import ReviewCause, Tier
from twolane.principal import hidden_categories

TEXT_LIMIT_CHARS = 500_000


def _made(field: str) -> AliasPath:
    return AliasPath("classification", field)


class ScoreOut(Schema):
    """A category and its probability, 0 to 1."""

    category: str = Field(examples=["contract"])
    probability: float = Field(ge=0, le=1, examples=[0.91])


class LeftOutOut(SayingOut):
    """A tier that was to say something of the document, and could not."""

    tier: Tier = Field(examples=[Tier.SMALL_MODEL])
    why: Told = Field(examples=["nothing answers at http://127.0.0.1:11434"])


class ClassificationOut(SayingOut):
    """The category of a document, with the tier that decided and why."""

    category: str = Field(description="empty: a person said none of these", examples=["contract"])
    confidence: float = Field(description="the probability that the category is right", examples=[0.91])
    tier: Tier = Field(examples=[Tier.SMALL_MODEL])
    reason: Told = Field(examples=["the small model finds it the likeliest label"])
    review: bool = Field(description="a person decides")
    review_cause: ReviewCause | None = Field(description="why a person decides; null where it was accepted")
    left_out: list[LeftOutOut] = Field(description="what should have said something and did not answer")
    seconds: float = Field(examples=[0.4])
    taxonomy: str = Field(description="the digest of the taxonomy that was used", examples=["9f2c"])
    scores: list[ScoreOut] = Field(description="of all categories, best first")

    @model_validator(mode="after")
    def _without_hidden(self) -> Self:
        """Leave out the categories that whoever asks may not know of."""
        if hidden := hidden_categories():
            self.scores = [score for score in self.scores if score.category not in hidden]
            if self.category in hidden:
                self.category, self.reason = "", ""
        return self


class DecisionOut(SayingOut):
    """One of the decisions that were made on a document, each kept for as long as the document."""

    at: datetime | None = Field(description="null where an earlier version did not note it")
    by: str = Field(
        description="the person who decided, or the model that had the last word; empty for rules, and for a "
        "person who is not known",
        examples=["llama3.2:1b"],
    )
    tier: Tier = Field(validation_alias=_made("tier"), examples=[Tier.SMALL_MODEL])
    category: str = Field(validation_alias=_made("category"), examples=["contract"])
    confidence: float = Field(validation_alias=_made("confidence"), examples=[0.91])
    reason: Told = Field(validation_alias=_made("reason"), examples=["a person decided"])
    review: bool = Field(validation_alias=_made("review"), description="it was left to a person")
    undone_at: datetime | None = Field(description="when a person took it back; null where none did")

    @field_validator("at", "undone_at", mode="before")
    @classmethod
    def _known(cls, at: float) -> float | None:
        return at or None


class CategoryIn(Schema):
    """A person's decision."""

    category: str = Field(max_length=200, description="empty: none of these", examples=["contract"])
    document: str = Field(
        "",
        max_length=200,
        description="the hash of the content that was decided on: where the file holds another one by now, "
        "nothing is decided",
    )


class TextIn(Schema):
    """A text to classify; it is not kept."""

    text: str = Field(min_length=1, max_length=TEXT_LIMIT_CHARS, examples=["Invoice no. 17, due in 14 days"])
