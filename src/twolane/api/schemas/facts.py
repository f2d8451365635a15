"""A document's facts as the API and `--json` show them, and what is sent to correct one."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from twolane.api.schemas.base import SayingOut, Schema, Told
from twolane.facts import DocumentFact, FieldDecision, FieldSource, FieldType, FieldValue

VALUE_LIMIT_CHARS = 1000
_NOTHING = FieldValue("", "", 0.0, FieldSource.PATTERN)


class FactOut(SayingOut):
    """A field of a document; without a source where its category asks for it and nothing was found."""

    field: str = Field(examples=["total_due"])
    name: str = Field(examples=["Total due"])
    type: FieldType = Field(examples=[FieldType.AMOUNT])
    value: str = Field(description="normalised; empty where there is none", examples=["571.04 EUR"])
    shown: str = Field(description="the value as people read it", examples=["571.04 EUR"])
    words: str = Field(description="the document's own", examples=["571,04 €"])
    confidence: float = Field(description="the probability that it is right", examples=[0.97])
    guess: bool = Field(
        description="too unsure to be more than shown: nothing is sorted, filtered or summed by it"
    )
    source: FieldSource | None = Field(description="null: nothing was found", examples=[FieldSource.PATTERN])
    reason: Told = Field(examples=['it stands behind "Gesamtbetrag"'])
    page: int | None = Field(
        description="where it stands, counted from 1; null where that is not in the text"
    )
    start: int | None = Field(description="its first character in that page's text")
    end: int | None = Field(description="the first character behind it")

    @classmethod
    def of(cls, fact: DocumentFact) -> FactOut:
        """Return a fact in its public shape."""
        spec = fact.spec
        value = fact.value or _NOTHING
        place = value.place
        return cls(
            field=spec.id,
            name=spec.name,
            type=spec.type,
            value=value.value,
            shown=value.value.replace("/", " – ") if spec.type is FieldType.PERIOD else value.value,
            words=value.words,
            confidence=value.confidence,
            guess=fact.value is not None and fact.value.is_guess,
            source=value.source if fact.value else None,
            reason=value.reason,
            page=place.page if place else None,
            start=place.start if place else None,
            end=place.end if place else None,
        )


class FieldDecisionOut(Schema):
    """A person's decision on a field."""

    value: str
    by: str = Field(description="empty for a person who is not known")
    at: datetime | None
    undone_at: datetime | None = Field(description="when it was taken back; null where it was not")

    @classmethod
    def of(cls, decision: FieldDecision) -> FieldDecisionOut:
        """Return a decision in its public shape."""
        return cls.model_validate(
            {
                "value": decision.value.value,
                "by": decision.by,
                "at": decision.at or None,
                "undone_at": decision.undone_at or None,
            }
        )


class ValueIn(Schema):
    """A person's word on a field."""

    value: str = Field(
        max_length=VALUE_LIMIT_CHARS,
        description="as people write it; empty: the document has none",
        examples=["571,04 €"],
    )
    document: str = Field(
        "",
        max_length=200,
        description="the hash of the content that was decided on: where the file holds another one by now, "
        "nothing is decided",
    )


class FieldOut(Schema):
    """A field that documents can have."""

    id: str = Field(examples=["total_due"])
    name: str = Field(examples=["Total due"])
    type: FieldType = Field(examples=[FieldType.AMOUNT])
    description: str
    categories: list[str] = Field(
        description="which categories ask for it; every document has the first four"
    )
