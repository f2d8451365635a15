"""Passages: the pieces of text in the files that say most about something."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from twolane.access.audit import AuditAct
from twolane.api.schemas.passages import PassageOut, PassagesOut
from twolane.mcp.base import LibraryTool, ToolCaller, ToolResult
from twolane.mcp.narrowing import NarrowIn


class PassagesIn(NarrowIn):
    """What to look for, and where."""

    query: str = Field(
        min_length=1, max_length=8_000, description="words or a question, in any language", examples=["rent"]
    )
    limit: int = Field(8, ge=1, le=50, description="most passages")


def _search(caller: ToolCaller, asked: PassagesIn) -> Iterator[ToolResult]:
    found = caller.app.answerer().search(asked.query, asked.within(caller), asked.limit)
    value = PassagesOut.of(found.passages, found.relevance, caller.app.library.file_ids)
    shown = value.passages
    about = f"{len(shown)} passages, best first; relevance {value.relevance:.2f} of 1."
    yield ToolResult(value, about if shown else "Nothing was found.", "\n\n".join(map(_shown, shown)))


def _shown(passage: PassageOut) -> str:
    where = ", ".join(filter(None, (passage.name, passage.place)))
    return f"{where} (file {passage.file_id}, score {passage.score:.3f})\n{passage.text.strip()}"


SEARCH = LibraryTool(
    "search",
    "Search the files",
    "Find the passages of the user's files that say most about something, by words and by meaning, with file "
    "and page. It does not ask a model: use it to read for yourself. read_page gives the whole page.",
    PassagesIn,
    PassagesOut,
    _search,
    act=AuditAct.SEARCHED,
)
