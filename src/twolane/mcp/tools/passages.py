"""Passages: the pieces of text in the files that say most about something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import Field

from twolane.api.schemas.base import DisplayPath, Schema
from twolane.documents import FoundPassage, display_path
from twolane.mcp.base import LibraryTool, ToolCaller, ToolResult
from twolane.mcp.narrowing import NarrowIn


class PassagesIn(NarrowIn):
    """What to look for, and where."""

    query: str = Field(
        min_length=1, max_length=8_000, description="words or a question, in any language", examples=["rent"]
    )
    limit: int = Field(8, ge=1, le=50, description="most passages")


class PassageOut(Schema):
    """A piece of the text of one page of a file."""

    file_id: int | None = Field(description="null where the file is no longer at its path")
    name: DisplayPath = Field(examples=["lease.pdf"])
    path: DisplayPath
    title: str
    page: int = Field(description="counts from 1")
    start: int = Field(description="its first character in the page's text")
    end: int = Field(description="the first character behind it")
    heading: str
    text: str
    score: float = Field(description="higher is better; of one search only")
    ocr: bool = Field(description="read from a picture: it may hold reading errors")
    dated_at: date | None = Field(description="the day that the document bears")
    language: str


class PassagesOut(Schema):
    """Passages, best first; `relevance` is how likely it is that the files say anything on it, 0 to 1."""

    passages: list[PassageOut]
    relevance: float


def _search(caller: ToolCaller, asked: PassagesIn) -> Iterator[ToolResult]:
    found = caller.app.answerer().search(asked.query, asked.within(caller), asked.limit)
    known = caller.app.library.file_ids({passage.path for passage in found.passages})
    passages = [_passage_out(one, known.get(one.path)) for one in found.passages]
    value = PassagesOut(passages=passages, relevance=round(found.relevance, 4))
    about = f"{len(passages)} passages, best first; relevance {value.relevance:.2f} of 1."
    yield ToolResult(value, about if passages else "Nothing was found.", "\n\n".join(map(_shown, passages)))


def _passage_out(passage: FoundPassage, file_id: int | None) -> PassageOut:
    own = {name: getattr(passage, name) for name in PassageOut.model_fields.keys() - {"file_id", "name"}}
    return PassageOut(file_id=file_id, name=display_path(passage.path.name), **own)


def _shown(passage: PassageOut) -> str:
    place = f"{passage.name}, page {passage.page} (file {passage.file_id}, score {passage.score:.3f})"
    return f"{place}\n{passage.text.strip()}"


SEARCH = LibraryTool(
    "search",
    "Search the files",
    "Find the passages of the user's files that say most about something, by words and by meaning, with file "
    "and page. It does not ask a model: use it to read for yourself. read_page gives the whole page.",
    PassagesIn,
    PassagesOut,
    _search,
)
