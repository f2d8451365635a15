"""Footnotes: what an answer rests on, as lines that people can read and follow in any client.

No word of any language stands in them: before a source stands ≈ where something of what cites it does not
stand there, or where it only comes nearest to a question without an answer; before values that files state
otherwise ≠; before the full question of a follow-up ↳, and before what narrowed the files ▽.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from twolane.api.schemas.asking import ContradictionOut, SourceOut
from twolane.api.schemas.catalogue import CatalogueRowOut

RULE = "\n\n---"
_LINE = r"- \S.*"
_FOOTNOTES = re.compile(rf"\n\n---\n{_LINE}(?:\n{_LINE})*\s*\Z")
_MARKUP = re.compile(r"([\\\[\]<>`*&])")
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Reference:
    """A page of a file, as a link opens it at this server; `url` is that of the page's first view where the
    file is no longer in the library."""

    title: str
    url: str

    def markdown(self) -> str:
        return f"[{escaped(self.title)}]({self.url})"


@dataclass(slots=True)
class Footnote:
    """A reference under its number; it `stands` where at least one sentence that cites it stands there."""

    number: int
    reference: Reference
    stands: bool = False
    said: str = ""
    """What an answer from the catalogue says of the file."""

    def line(self) -> str:
        """Return it without its number."""
        return f"{'' if self.stands else '≈ '}{self.reference.markdown()}{self.said}"


class PageLinks:
    """Makes the addresses of pages of files; `page` is where this server has its own, with a slash behind."""

    def __init__(self, page: str) -> None:
        self._page = page

    def to(self, name: str, file_id: int | None, page: int) -> Reference:
        """Return the reference to a page of a file, 0 for all of it; once it has left the library it has no
        number."""
        at, title = (f"?page={page}", f"{name}, p. {page}") if page else ("", name)
        return Reference(title, f"{self._page}#/files/{file_id}{at}" if file_id is not None else self._page)

    def source(self, source: SourceOut) -> Reference:
        return self.to(source.name, source.file_id, source.page)


def row_note(number: int, links: PageLinks, row: CatalogueRowOut) -> Footnote:
    """Return a file that an answer from the catalogue counts, with what it was counted by."""
    known = (str(row.dated_at or ""), row.correspondent, row.amount)
    said = "".join(f" · {escaped(one)}" for one in known if one)
    return Footnote(number, links.to(row.name, row.file_id, row.page), stands=True, said=said)


def nearest(references: Iterable[Reference]) -> list[Footnote]:
    """Return the pages that come nearest to a question without an answer."""
    return [Footnote(number, one) for number, one in enumerate(dict.fromkeys(references), 1)][:_NEAREST]


def without_footnotes(answer: str) -> str:
    """Return an earlier answer as it was given, without what stood below it."""
    return _FOOTNOTES.sub("", answer).strip()


def escaped(text: str) -> str:
    """Return a text in which nothing is read as markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def difference(links: PageLinks, differing: ContradictionOut) -> str:
    """Return the values that files state where they do not agree."""
    values = [
        f"{escaped(stated.value)} ({links.to(stated.name, stated.file_id, stated.page).markdown()}"
        + (f", {stated.dated_at})" if stated.dated_at else ")")
        for stated in differing.values
    ]
    return "≠ " + " ≠ ".join(values)
