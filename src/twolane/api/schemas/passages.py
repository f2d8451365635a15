"""Passages that a search finds, as the API and agents are shown them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from pydantic import Field

from twolane.api.schemas.base import DisplayPath, Schema
from twolane.documents import FoundPassage, display_path


class PassageOut(Schema):
    """A piece of the text of one page of a file."""

    file_id: int | None = Field(description="null where the file is no longer at its path")
    name: DisplayPath = Field(examples=["lease.pdf"])
    path: DisplayPath
    title: str
    page: int = Field(description="counts from 1")
    place: str = Field(
        description="where in the file people find it; empty for all of a short one", examples=["page 3"]
    )
    start: int = Field(description="its first character in the page's text")
    end: int = Field(description="the first character behind it")
    heading: str
    text: str
    score: float = Field(description="higher is better; of one search only")
    ocr: bool = Field(description="read from a picture: it may hold reading errors")
    dated_at: date | None = Field(description="the day that the document bears")
    language: str

    @classmethod
    def of(cls, passage: FoundPassage, file_ids: Mapping[Path, int]) -> PassageOut:
        own = {name: getattr(passage, name) for name in cls.model_fields.keys() - {"file_id", "name"}}
        return cls(file_id=file_ids.get(passage.path), name=display_path(passage.path.name), **own)


class PassagesOut(Schema):
    """Passages, best first; `relevance` is how likely it is that the files say anything on it, 0 to 1."""

    passages: list[PassageOut]
    relevance: float

    @classmethod
    def of(
        cls,
        passages: Sequence[FoundPassage],
        relevance: float,
        file_ids: Callable[[Iterable[Path]], Mapping[Path, int]],
    ) -> PassagesOut:
        known = file_ids({passage.path for passage in passages})
        shown = [PassageOut.of(passage, known) for passage in passages]
        return cls(passages=shown, relevance=round(relevance, 4))
