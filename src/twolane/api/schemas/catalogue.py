"""What was read out of a question, and an answer from the catalogue."""

from __future__ import annotations

from datetime import date

from pydantic import AliasPath, Field

from twolane.answers import UnreadCause
from twolane.api.schemas.base import DisplayPath, Schema


class UnreadOut(Schema):
    """How many files could not be looked at, for one reason."""

    cause: UnreadCause
    files: int = Field(examples=[3])


class AskedFilterOut(Schema):
    """One thing that narrows the files a question is about; `kind:value` in `without` takes it away."""

    kind: str = Field(
        description="category, date, correspondent, kind, folder, language, amount, tag or name",
        examples=["category"],
    )
    value: str = Field(examples=["invoice"])
    label: str = Field(description="as people read it", examples=["Invoice"])
    words: str = Field("", description="of the question; empty where it comes from elsewhere")


class FiltersOut(Schema):
    """Event `filters`: what was read out of the question, before all else."""

    filters: list[AskedFilterOut]


class QuestionOut(Schema):
    """Event `question`: a follow-up, as the full question that was searched for."""

    question: str = Field(examples=["When does the lease of the flat end?"])


class CatalogueRowOut(Schema):
    """A file that an answer from the catalogue counts."""

    file_id: int = Field(examples=[12])
    name: DisplayPath = Field(validation_alias=AliasPath("path", "name"), examples=["invoice-7.pdf"])
    path: DisplayPath = Field(examples=["/home/ada/Documents/invoice-7.pdf"])
    title: str = Field(examples=["Invoice TL-2026-007"])
    category: str = Field(examples=["invoice"])
    dated_at: date | None = None
    correspondent: str = Field(examples=["The Lamp Workshop"])
    amount: str = Field("", description="of the field that was asked for", examples=["148.00 EUR"])
    document: str = Field("", description="the hash of its content")
    page: int = Field(0, description="where the amount stands, from 1; 0 where that is not known")
    place: str = Field(
        "", description="what people call it; empty without numbered pages", examples=["page 2"]
    )
    review: bool = Field(False, description="whether a person has yet to say that its category is right")


class CatalogueOut(Schema):
    """Event `catalogue`: an answer by a query of the catalogue and not from passages."""

    intent: str = Field(
        description="count, list, sum, average, latest, earliest, largest or smallest", examples=["sum"]
    )
    rows: list[CatalogueRowOut] = Field(description="at most 50")
    total: int = Field(description="how many documents pass, copies and earlier versions once", examples=[3])
    totals: list[str] = Field(
        default_factory=list, description="sums or averages, one a currency", examples=[["571.04 EUR"]]
    )
    unread: list[UnreadOut] = Field(default_factory=list, description="files that may belong to them")
    unreviewed: int = Field(0, description="how many of them wait for a person")
    without_value: int = Field(0, description="of how many the amount or date asked for is not known")
