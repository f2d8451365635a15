"""References to pages of files, as they stand below an answer, and how these lines are taken off again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twolane.api.schemas.asking import SourceOut

RULE = "\n\n---"
_LINE = re.compile(r"- \S")
_MARKUP = re.compile(r"([\\\[\]<>`*&])")


@dataclass(frozen=True, slots=True)
class Reference:
    """A page of a file, as a link opens it at this server; `url` is that of the page's first view where the
    file is no longer in the library."""

    title: str
    url: str

    def markdown(self) -> str:
        return f"[{escaped(self.title)}]({self.url})"


class PageLinks:
    """Makes the addresses of pages of files; `page` is where this server has its own, with a slash behind."""

    def __init__(self, page: str) -> None:
        self._page = page

    def to(self, name: str, file_id: int | None, page: int, place: str) -> Reference:
        """Return the reference to a page of a file, 0 for all of it; once it has left the library it has no
        number. `place` is what people call it."""
        at, title = f"?page={page}" if page else "", f"{name}, {place}" if place else name
        return Reference(title, f"{self._page}#/files/{file_id}{at}" if file_id is not None else self._page)

    def source(self, source: SourceOut) -> Reference:
        return self.to(source.name, source.file_id, source.page, source.place)


def without_footnotes(answer: str) -> str:
    """Return an earlier answer as it was given, without what stood below it."""
    text, rule, below = answer.rstrip().rpartition(f"{RULE}\n")
    is_below = bool(rule) and all(map(_LINE.match, below.split("\n")))
    return (text if is_below else answer).strip()


def escaped(text: str) -> str:
    """Return a text in which nothing is read as markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
