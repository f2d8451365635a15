"""Passages in a real library, as retrieval finds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.library import scan, seen, work

from twolane.chat.index import embed_document, passages_of
from twolane.documents import Page, Reading, ReadStatus
from twolane.llm.base import Embedder
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite


@contextmanager
def library_of(folder: Path, texts: dict[str, str]) -> Iterator[Store]:
    """Open a library, kept beside `folder`, of files that are written there: texts by name."""
    with closing(open_sqlite(folder.parent / f"{folder.name}.db", max_attempts=3)) as store:
        for name, text in texts.items():
            (folder / name).write_text(text)
            add_text(store, folder / name, text)
        yield store


def add_text(store: Store, path: Path, text: str) -> None:
    """Put a read file of one page into a library; its name is the document's hash."""
    scan(store, seen(path))
    job = work(store)
    reading = Reading(ReadStatus.TEXT, pages=(Page(1, text),))
    with store.finishing(job) as write:
        write.save_reading(job.file_id, path.name, len(text), reading, passages_of(reading, path))


def embed_next(store: Store, embedder: Embedder, document: str) -> int:
    """Give passages of a document their vectors; return how many."""
    vectors = embed_document(store, embedder, document)
    with store.writing() as write:
        vectors.save(write)
    return len(vectors.passage_ids)


def embed_all(store: Store, embedder: Embedder) -> None:
    """Give every passage of a small library its vector."""
    for known in store.unembedded():
        embed_next(store, embedder, known.document)
