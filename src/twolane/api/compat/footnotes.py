"""Footnotes: what an answer rests on, as lines that people can read and follow in any client."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twolane.api.schemas.asking import ContradictionOut, SourceOut

_RULE = "\n\n---\n"
_LINE = r"- (?:\[\d+\] )?(?:≈ |≠ )?\S.*"
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

    def line(self) -> str:
        return f"- [{self.number}] {'' if self.stands else '≈ '}{self.reference.markdown()}"


class PageLinks:
    """Makes the addresses of pages of files; `page` is where this server has its own, with a slash behind."""

    def __init__(self, page: str) -> None:
        self._page = page

    def to(self, name: str, file_id: int | None, page: int) -> Reference:
        """Return the reference to a page of a file, which has no number once it has left the library."""
        url = f"{self._page}#/files/{file_id}?page={page}" if file_id is not None else self._page
        return Reference(f"{name}, p. {page}", url)

    def source(self, source: SourceOut) -> Reference:
        return self.to(source.name, source.file_id, source.page)


def footnotes(notes: Sequence[Footnote], links: PageLinks, differing: Iterable[ContradictionOut] = ()) -> str:
    """Return what goes below an answer: its sources, and where files state another value.

    Before a source stands ≈ where something of what cites it does not stand there, or where it only comes
    nearest to a question that the files do not answer; before a value ≠. No word of any language is needed.
    """
    lines = [*(note.line() for note in notes), *(_difference(links, one) for one in differing)]
    return _RULE + "\n".join(lines) if lines else ""


def nearest(references: Iterable[Reference]) -> list[Footnote]:
    """Return the pages that come nearest to a question without an answer."""
    return [Footnote(number, one) for number, one in enumerate(dict.fromkeys(references), 1)][:_NEAREST]


def without_footnotes(answer: str) -> str:
    """Return an earlier answer as it was given, without what stood below it."""
    return _FOOTNOTES.sub("", answer).strip()


def escaped(text: str) -> str:
    """Return a text in which nothing is read as markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _difference(links: PageLinks, differing: ContradictionOut) -> str:
    values = [
        f"{escaped(stated.value)} ({links.to(stated.name, stated.file_id, stated.page).markdown()}"
        + (f", {stated.dated_at})" if stated.dated_at else ")")
        for stated in differing.values
    ]
    return "- ≠ " + " ≠ ".join(values)
