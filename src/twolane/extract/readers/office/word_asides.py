"""What stands beside the text of a Word document: drawings, pictures, comments, notes, files put in whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from twolane.extract.base import Draft
from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.charts import chart_text
from twolane.extract.readers.office.drawings import described, picture_line, shape_text
from twolane.extract.readers.office.numerals import roman
from twolane.extract.readers.office.ooxml import OfficePart, relation_id

_MOST_DRAWINGS = 500


@dataclass(slots=True)
class WordAsides:
    """Gathers what waits for the end of the paragraph or row beside which it stands."""

    part: OfficePart
    comments: Mapping[str, str]
    draft: Draft
    pending: list[str] = field(default_factory=list)
    drawn: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)  # the comments that stand in the text by now
    notes: dict[str, int] = field(default_factory=dict)  # by kind and id: on which page
    marks: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    chunks: list[OfficePart] = field(default_factory=list)

    def flush(self) -> list[str]:
        """Return the lines that waited, and wait for others."""
        lines = [f"{text.strip()}\n" for text in self.pending if text.strip()]
        self.pending.clear()
        return lines

    def mark_of_note(self, element: Any, page: int) -> str:
        """Return the mark of the note to which an element refers."""
        kind = local(element).removesuffix("Reference")
        key = f"{kind} {attribute(element, 'id')}"
        if key not in self.notes:
            self.notes[key] = page
            self.counts[kind] += 1
            count = self.counts[kind]
            own_mark = attribute(element, "customMarkFollows") in {"1", "true"}
            self.marks[key] = "" if own_mark else f"[{count if kind == 'footnote' else roman(count)}]"
        return self.marks[key]

    def refer_to_comment(self, element: Any) -> None:
        identity = attribute(element, "id")
        if identity not in self.said:
            self.said.add(identity)
            self.pending.append(self.comments.get(identity, ""))

    def draw_chart(self, element: Any) -> None:
        self._draw(relation_id(element), chart_text)

    def draw_diagram(self, element: Any) -> None:
        self._draw(relation_id(element, "dm"), shape_text)

    def _draw(self, identity: str, write: Callable[[Any], str]) -> None:
        part = self.part.named(identity)
        if part is not None and part.name not in self.drawn and len(self.drawn) < _MOST_DRAWINGS:
            self.drawn.add(part.name)
            self.draft.check_time()
            self.pending.append(write(part.xml()))

    def describe(self, element: Any) -> None:
        self.pending.append(described(element))

    def describe_shape(self, element: Any) -> None:
        """Take what a shape of Word before 2007 (VML) is said to show."""
        self.pending.append(picture_line(attribute(element, "alt")))

    def write_on_path(self, element: Any) -> None:
        self.pending.append(attribute(element, "string"))

    def chunk(self, element: Any) -> int | None:
        """Return the number of a file that stands in the text whole, or None where it is missing."""
        part = self.part.named(relation_id(element))
        if part is None or len(self.chunks) >= _MOST_DRAWINGS:
            self.draft.unread("a file that stands in the text", 1)
            return None
        self.chunks.append(part)
        return len(self.chunks) - 1

    def refer_to_document(self, _element: Any) -> None:
        self.draft.unread("a document that this one refers to as a part of it", 1)
