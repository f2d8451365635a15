"""Port 3, as far as it is about facts: what is known of documents beside their categories."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from twolane.documents import EVERYTHING, Filter
from twolane.facts import Correspondent, FieldDecision, FieldValue, SenderMark, Stated
from twolane.store.values import (
    CorrespondentChange,
    CountedFile,
    CountedOrder,
    MarkBearer,
    SpellingUse,
    Tally,
)


class FieldWriter(Protocol):
    """What is known of documents beside their categories. A document that no longer exists is ignored."""

    def save_fields(
        self, document: str, values: Sequence[FieldValue], marks: Sequence[SenderMark] = ()
    ) -> None:
        """Record what machines drew out of a document, and its sender's marks, in place of all before.

        A correspondent whose spelling is new is made. What a person said of an earlier version of its files
        is decided again where the text still says it, and where nothing else was drawn it is only offered.
        """

    def decide_field(self, document: str, value: FieldValue, by: str = "") -> None:
        """Add a person's decision on a field; the value "" says that the document has none."""

    def undo_field(self, document: str, field: str, by: str = "", only_by: str | None = None) -> bool:
        """Take back the decision that stands on a field, by a row that says so; False where there is none.

        With `only_by` it is the last of this user alone, whether it stands or not.
        """

    def tag(self, document: str, tag: str, by: str = "") -> None:
        """Give a document a tag; neither case nor Unicode form tells two tags apart."""

    def untag(self, document: str, tag: str, only_by: str | None = None) -> None:
        """Take a tag from a document, if it has it; with `only_by` only if this user gave it."""


class CorrespondentWriter(Protocol):
    """Changes of correspondents: each is kept, and can be taken back whatever came after it.

    Raises `NotFoundError` where there is no such correspondent, or spelling of it.
    """

    def merge_correspondents(
        self, into: int, other: int, reason: str, by: str = "", *, by_evidence: bool = False, name: str = ""
    ) -> None:
        """Give one correspondent all spellings of another; `by_evidence` where no person asked for it.

        It is shown by the spelling `name` of the two from then on, or else as before.
        """

    def rename_correspondent(self, correspondent_id: int, name: str, by: str = "") -> None:
        """Show a correspondent by another name. Raises `ConflictError` where that is another one's."""

    def part_name(self, correspondent_id: int, spelling: str, by: str = "") -> int:
        """Make a spelling its own correspondent, and return it; it is never merged back by evidence.

        Raises `ConflictError` where it is the only one.
        """

    def undo_correspondents(self, by: str = "", change_id: int = 0, *, keeps_apart: bool = True) -> bool:
        """Take back a change, or the last one that a person made, or else the last of all.

        What evidence had merged, and a person took apart so, is never merged by evidence again; it may be
        where the undo `keeps_apart` nothing. Returns False where there is no such change.
        """


class Fields(Protocol):
    """The values of documents' fields: a person's decision stands over what machines drew."""

    def of(self, document: str) -> list[FieldValue]:
        """Return the standing value of each field; "" is one where a person said that there is none."""

    def history(self, document: str, field: str) -> list[FieldDecision]:
        """Return every decision on a field, oldest first."""

    def corrected(self, document: str) -> list[FieldValue]:
        """Return those of the standing values that a person decided."""

    def drawn(self, document: str) -> list[FieldValue]:
        """Return what machines drew, also where a person decided otherwise."""

    def stated(self, document: str) -> tuple[Stated, ...]:
        """Return what a document's file says of itself."""

    def taught(self, correspondent_id: int) -> list[FieldValue]:
        """Return people's standing decisions on a correspondent's papers, newest first."""

    def marks(self, document: str) -> tuple[SenderMark, ...]:
        """Return the marks of a document's sender."""

    def bearers(self, marks: Sequence[SenderMark]) -> list[MarkBearer]:
        """Return whose papers have these marks: of each mark the newest papers are looked at."""

    def shared(self, most: int) -> list[MarkBearer]:
        """Return who has each of the marks that several correspondents have, though at most so many."""

    def sender_of(self, marks: Sequence[SenderMark]) -> Correspondent | None:
        """Return whom papers with these marks are from, if that is one: people's decisions count first."""


class CorrespondentCatalogue(Protocol):
    """Whom documents are from."""

    def list(
        self, text: str = "", within: Filter = EVERYTHING, *, limit: int = 0, offset: int = 0
    ) -> Sequence[Correspondent]:
        """List by name those of the documents that pass; `text` is sought in all spellings."""

    def get(self, correspondent_id: int) -> Correspondent:
        """Return one; it has no names where it was merged into another. Raises `NotFoundError`."""

    def of(self, document: str) -> Correspondent | None:
        """Return whom a document is from."""

    def names(self) -> dict[int, tuple[str, ...]]:
        """Return all spellings of each that has any."""

    def everyone(self) -> Sequence[Correspondent]:
        """Return all with all their spellings; their documents are not counted."""

    def mark(self) -> str:
        """Return a text that is another one wherever `everyone` may be: one cheap look."""

    def by_name(self, spelling: str) -> Correspondent | None:
        """Return the one that is written or shown so, in whatever case."""

    def spellings(self, correspondent_ids: Collection[int]) -> Sequence[SpellingUse]:
        """Return how correspondents are written, and how often, oldest spellings first."""

    def changes(self) -> Sequence[CorrespondentChange]:
        """Return all changes, oldest first, with those that were taken back."""

    def are_parted(self, one: int, other: int) -> bool:
        """Say whether a person took spellings of the two apart, so that evidence may not merge them."""


class Tags(Protocol):
    """Tags of people's own."""

    def counts(self) -> dict[str, int]:
        """Count the documents of each tag."""

    def of(self, document: str) -> tuple[str, ...]:
        """Return a document's tags in their order."""


class Tallies(Protocol):
    """Documents counted and added up, each with its copies and earlier versions that pass once.

    A value is that of `field`, or of the field `instead` where a document has none; guesses do not count.
    """

    def tally(self, within: Filter = EVERYTHING, field: str = "", instead: str = "") -> Tally:
        """Count the documents that pass, and add up their values."""

    def files(
        self,
        within: Filter = EVERYTHING,
        field: str = "",
        instead: str = "",
        *,
        order: CountedOrder = "newest",
        currency: str | None = None,
        limit: int = 0,
    ) -> Sequence[CountedFile]:
        """List what counts, each document by one of its files; of one currency alone where it is given.

        Ordered by a value, those without one are left out, but for the order "valued".
        """

    def amounts(self, within: Filter = EVERYTHING) -> Mapping[str, int]:
        """Return which fields have amounts in the documents that pass, and in how many, most first."""


class Described(Protocol):
    """A library in which the facts of documents are kept."""

    @property
    def fields(self) -> Fields:
        """The values of documents' fields."""

    @property
    def correspondents(self) -> CorrespondentCatalogue:
        """Whom documents are from."""

    @property
    def tags(self) -> Tags:
        """Tags of people's own."""

    @property
    def counting(self) -> Tallies:
        """Documents counted and added up."""
