"""What was read out of a question, its place in line, and what the catalogue answers, as faces show it."""

from __future__ import annotations

from datetime import date

from pydantic import AliasPath, Field

from twolane.api.schemas.asking import UnreadOut
from twolane.api.schemas.base import DisplayPath, Schema


class AskedFilterOut(Schema):
    """One thing that narrows the files which a question is about."""

    kind: str = Field(examples=["category"])
    value: str = Field(description="as `without` takes it: `kind:value`", examples=["invoice"])
    label: str = Field(examples=["Invoices"])
    words: str = Field("", description="the question's words it was read from", examples=["invoices"])


class FiltersOut(Schema):
    """Event `filters`: what was read out of the question, which the user can take away."""

    filters: list[AskedFilterOut]


class QuestionOut(Schema):
    """Event `question`: a follow-up, as the full question that was searched for."""

    question: str


class WaitingOut(Schema):
    """Event `waiting`: the question waits in line; place 1 is next."""

    place: int = Field(examples=[2])
    waited_s: float = Field(examples=[4.5])


class CatalogueRowOut(Schema):
    """A file that an answer from the catalogue counts."""

    file_id: int = Field(examples=[12])
    name: DisplayPath = Field(validation_alias=AliasPath("path", "name"), examples=["invoice 17.pdf"])
    path: DisplayPath
    title: str
    category: str
    dated_at: date | None = None
    correspondent: str
    amount: str = Field("", examples=["571.04 EUR"])
    page: int = Field(0, description="where the amount stands, 0 where that is not known")


class CatalogueOut(Schema):
    """Event `catalogue`: the answer comes from a checked query of the catalogue, not from passages."""

    intent: str = Field(examples=["sum"])
    rows: list[CatalogueRowOut] = Field(description="at most 50 of them")
    total: int = Field(description="how many files pass")
    totals: list[str] = Field(default_factory=list, description="sums or averages, one a currency")
    unread: list[UnreadOut] = Field(default_factory=list)
    unreviewed: int = Field(0, description="files among them that wait for a person")
    without_value: int = Field(0, description="files among them without the amount or date asked for")
