"""The names under which a document's passages are found: its title, whom it is from, and its files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from twolane.store.index import Index
from twolane.store.session import Session
from twolane.text.full_text import clean


@dataclass(frozen=True, slots=True)
class IndexNames:
    """The names that a document's passages are indexed under, and those that they should be."""

    before: str
    now: str


def index_names(session: Session, document_id: int) -> IndexNames:
    """Return a document's names as they are indexed and as they follow from its title, sender and files."""
    rows = session.rows("documents.naming", document_id=document_id)
    stems = [clean(Path(os.fsdecode(bytes(row["path"]))).stem) for row in rows if row["path"] is not None]
    names = [rows[0]["title"], rows[0]["correspondent"], *stems]
    return IndexNames(rows[0]["names"], " ".join(dict.fromkeys(names)).strip())


def follow_names(session: Session, index: Index, document_id: int) -> None:
    """Index a document's passages under its names, where these have changed."""
    names = index_names(session, document_id)
    if names.now != names.before:
        index.rename(document_id, names.now)
