"""What stands below an answer: its sources by number, what the catalogue counted, and marks without words.

Before a source stands ≈ where something of what cites it does not stand there, or where it only comes nearest
to a question without an answer; before values that files state otherwise ≠; before the full question of a
follow-up ↳; before what narrowed the files ▽; before why no model answered ⚠; and before the number of files
that have not been read yet ⏳.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from twolane.api.compat.footnotes import RULE, PageLinks, Reference, escaped
from twolane.api.compat.pieces import Cited, Piece, SaidWords
from twolane.api.schemas.asking import ContradictionOut, DoneOut, SourceOut, StatedValueOut
from twolane.api.schemas.base import ErrorOut
from twolane.api.schemas.catalogue import CatalogueOut, CatalogueRowOut, FiltersOut, QuestionOut

_NEAREST = 3


@dataclass(slots=True)
class Footnote:
    """A reference under its number; it `stands` where at least one sentence that cites it stands there.

    One that is `counted` by an answer from the catalogue is cited by its own line, and `said` is what that
    answer knows of the file where its text has not told it.
    """

    number: int
    reference: Reference
    stands: bool = False
    counted: bool = False
    said: str = ""

    def pieces(self) -> Iterator[Piece]:
        """Yield its line."""
        yield SaidWords(f"\n- [{self.number}]")
        if self.counted:
            yield Cited(self.number, self.reference)
        yield SaidWords(f" {'' if self.stands else '≈ '}{self.reference.markdown()}{self.said}")


class Below:
    """The lines below one answer, as its events make them.

    Sources are numbered anew, a number for each page of a file in the order of their first citation: clients
    that list them count so.
    """

    def __init__(self, links: PageLinks) -> None:
        self._links = links
        self._notes: dict[Reference, Footnote] = {}
        self._rows: list[CatalogueRowOut] = []
        self._narrowed = ""
        self._lines: list[str] = []

    def begin(self) -> None:
        """Forget what was cited: the answer begins anew."""
        self._notes = {}

    def cite(self, source: SourceOut, *, stands: bool) -> Footnote:
        """Return the footnote of a source that is cited now."""
        reference = self._links.source(source)
        note = self._notes.setdefault(reference, Footnote(len(self._notes) + 1, reference))
        note.stands |= stands
        return note

    def take(self, data: BaseModel) -> None:
        """Note what an event says that is no text."""
        match data:
            case ContradictionOut(values=values):
                self._mark("≠", " ≠ ".join(map(self._stated, values)))
            case QuestionOut(question=question):
                self._mark("↳", escaped(question))
            case FiltersOut(filters=filters):
                self._narrowed = " · ".join(one.label for one in filters)
            case CatalogueOut(rows=rows):
                self._rows = rows
            case ErrorOut(error=error, remedy=remedy):
                self._mark("⚠", escaped(f"{error}: {remedy}"))
            case DoneOut(waiting_files=files) if files:
                self._mark("⏳", str(files))

    def pieces(self, text: str, nearest: Iterable[SourceOut]) -> Iterator[Piece]:
        """Yield the lines below a text, with the sources that come nearest where none is cited."""
        notes = list(self._notes.values())
        if not notes and not self._rows:
            found = dict.fromkeys(map(self._links.source, nearest))
            notes = [Footnote(number, one) for number, one in enumerate(found, 1)][:_NEAREST]
        for row in self._rows:
            notes.append(self._counted(len(notes) + 1, row, is_told=row.name in text))
        lines = [*self._lines, *([f"▽ {escaped(self._narrowed)}"] if self._narrowed else [])]
        if notes or lines:
            yield SaidWords(RULE)
        for note in notes:
            yield from note.pieces()
        yield from (SaidWords(f"\n- {line}") for line in lines)

    def _mark(self, mark: str, text: str) -> None:
        self._lines.append(f"{mark} {text}")

    def _stated(self, stated: StatedValueOut) -> str:
        where = self._links.to(stated.name, stated.file_id, stated.page, stated.place).markdown()
        return f"{escaped(stated.value)} ({where}{f', {stated.dated_at}' if stated.dated_at else ''})"

    def _counted(self, number: int, row: CatalogueRowOut, *, is_told: bool) -> Footnote:
        known = () if is_told else (str(row.dated_at or ""), row.correspondent, row.amount)
        said = "".join(f" · {escaped(one)}" for one in known if one)
        place = self._links.to(row.name, row.file_id, row.page, row.place)
        return Footnote(number, place, stands=True, counted=True, said=said)
