"""Tags: words of people's own that they give documents."""

from __future__ import annotations

from twolane.store.nouns.transaction import Transaction
from twolane.store.paths import fold
from twolane.store.session import Database
from twolane.text.full_text import clean

_MOST_CHARS = 100


class TagTableWriter(Transaction):
    """Obeys the tags of `twolane.store.known.FieldWriter`."""

    def tag(self, document: str, tag: str, by: str = "") -> None:
        found = self._session.row("documents.lock", hash=document)
        tag = tag_of(tag)
        if found is not None and tag:
            self._session.run(
                "tags.add",
                document_id=found["document_id"],
                tag=tag,
                folded_tag=fold(tag),
                tagged_by=clean(by),
            )

    def untag(self, document: str, tag: str, only_by: str | None = None) -> None:
        found = self._session.row("documents.lock", hash=document)
        if found is not None:
            self._session.run(
                "tags.drop",
                document_id=found["document_id"],
                folded_tag=fold(tag_of(tag)),
                only_by=only_by,
            )


class TagTable:
    """Obeys `twolane.store.known.Tags`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self) -> dict[str, int]:
        return {row["tag"]: row["documents"] for row in self._database.rows("tags.counts")}

    def of(self, document: str) -> tuple[str, ...]:
        return tuple(row["tag"] for row in self._database.rows("tags.of_document", hash=document))


def tag_of(text: str) -> str:
    """Return a tag as it is kept: in one line, without blanks around it."""
    return " ".join(clean(text).split())[:_MOST_CHARS].rstrip()
