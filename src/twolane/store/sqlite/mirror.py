"""The codes of a library as searches use them: a mapped file, and in memory what was committed since.

The file is never changed, only replaced by a newer one: any process may map it, and any may write the next.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twolane.llm.base import Vectors
from twolane.store.centres import Centres, centres_of, language_number, sample_of
from twolane.store.sqlite.codes import Codes, Columns, no_columns, of_documents, unpack, word_count
from twolane.store.sqlite.codes_file import StoredCodes, read_codes, write_codes
from twolane.store.sqlite.session import SqliteSession

_HIDDEN = np.iinfo(np.int64).max  # stands for the first passage of a document that cannot be found
_PAGE = 20_000  # rows read at a time
_LEAST_STORED = 5_000  # fewer codes are read from their rows in no time
_LEAST_RECENT = 2_000  # so many columns stay in memory before the file is written anew
_RECENT_SHARE = 0.02  # or such a share of all: the first search of another process reads them row by row
_MOST_FRESH = 0.5  # where more is new than such a share, all is read
# The centres are made anew once there are so many times as many passages: all codes follow, so it is seldom.
_GROWTH, _GROWTH_OF_MANY, _MANY = 1.25, 2.0, 20_000


class CodeMirror:
    """The codes as any process has committed them; safe to use from several threads.

    Where the file cannot be written, all is kept in memory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def current(self, session: SqliteSession, library: sqlite3.Row) -> Codes:
        """Return the codes as of the session's transaction or later, reading only what is new.

        There are none where the session sees another vector model than searches after it do.
        """
        with self._lock:
            held = self._held
            if held is None or (held.epoch, held.generation) < (
                library["vector_epoch"],
                library["generation"],
            ):
                held = self._held = self._followed(session, library)
            return held.codes if held.epoch == library["vector_epoch"] else Codes()

    def _followed(self, session: SqliteSession, library: sqlite3.Row) -> _Held:
        held = self._held
        if held is None or held.epoch != library["vector_epoch"]:
            held = self._opened(library)
        if held is None or not held.follow(session, library) or held.is_outgrown:
            return self._kept(_read(session, library))
        if not held.is_full:
            return held
        newer = self._opened(library)  # which another process may have written
        if newer and newer.stored.generation > held.stored.generation and newer.follow(session, library):
            held = newer
        if not held.is_full:
            return held
        dead = len(held.codes.live) - session.number("search.count_vectors")
        return self._kept(_read(session, library) if dead > len(held.codes.live) / 4 else held.merged())

    def _opened(self, library: sqlite3.Row) -> _Held | None:
        stored = read_codes(self._path)
        if (
            stored is None
            or stored.epoch != library["vector_epoch"]
            or stored.generation > library["generation"]  # of a library that was here before
            or len(stored.columns.words) != word_count(library["vector_dimensions"])
        ):
            return None
        return _Held(stored)

    def _kept(self, stored: StoredCodes) -> _Held:
        """Return the codes mapped from a new file where there can be one, so that their memory is shared."""
        if len(stored.columns) >= _LEAST_STORED and write_codes(self._path, stored):
            written = read_codes(self._path)
            # another process may have put its own in its place
            if written and (written.epoch, written.generation) == (stored.epoch, stored.generation):
                stored = written
        return _Held(stored)


class _Held:
    """Codes that follow the library; what `codes` has given out never changes."""

    def __init__(self, stored: StoredCodes) -> None:
        self.stored = stored
        self.epoch, self.generation = stored.epoch, stored.generation
        self._recent = _Growing(len(stored.columns.words))
        self._first, self._languages = stored.first_passages, stored.languages
        self._replaced = np.empty(0, dtype=np.intp)  # places whose passage has a newer column
        self.codes = self._live_codes()

    @property
    def is_full(self) -> bool:
        """Whether so much has come that the file should be written anew."""
        stored, recent = len(self.stored.columns), len(self._recent)
        return stored + recent >= _LEAST_STORED and recent > max(_LEAST_RECENT, stored * _RECENT_SHARE)

    @property
    def is_outgrown(self) -> bool:
        """Whether the library is another than that whose middles the codes were made from."""
        growth = _GROWTH if self.stored.centred < _MANY else _GROWTH_OF_MANY
        return len(self.codes.live) > self.stored.centred * growth

    def follow(self, session: SqliteSession, library: sqlite3.Row) -> bool:
        """Take up what was committed since; say no, and change nothing, where reading all is quicker."""
        since = {"generation": self.generation}
        count = session.number("search.count_codes_since", since)
        if count > max(_LEAST_STORED, _MOST_FRESH * len(self.codes.live)):
            return False
        rows = session.rows("search.codes_since", since)
        changed = session.rows("search.documents_since", since)
        self.generation = library["generation"]
        if rows or changed:
            self._see(changed, [row["document_id"] for row in rows])
            self._add(Columns.of(rows, self.stored.centres, self._languages))
            self.codes = self._live_codes()
        return True

    def merged(self) -> StoredCodes:
        """Return all in the form of the file."""
        columns = self.stored.columns.then(self._recent.columns())
        order = np.argsort(columns.ids, kind="stable")
        kept = np.ones(len(columns), dtype=np.bool_)
        kept[self._replaced] = False
        columns = columns.at(order[kept[order]])
        return replace(
            self.stored,
            generation=self.generation,
            columns=columns,
            first_passages=self._first,
            languages=self._languages,
        )

    def _add(self, fresh: Columns) -> None:
        ids, recent = self.stored.columns.ids, self._recent.columns().ids
        start, end = (np.searchsorted(ids, fresh.ids, side=side) for side in ("left", "right"))
        again = [start[end > start], np.flatnonzero(np.isin(recent, fresh.ids)) + len(ids)]
        self._replaced = np.union1d(self._replaced, np.concatenate(again))
        self._recent.append(fresh)

    def _see(self, changed: list[sqlite3.Row], owners: list[int]) -> None:
        documents = [row["document_id"] for row in changed]
        length = max([len(self._first) - 1, *documents, *owners]) + 1
        first = np.full(length, _HIDDEN, dtype=np.int64)
        languages = np.zeros(length, dtype=np.int64)
        first[: len(self._first)], languages[: len(self._first)] = self._first, self._languages
        first[documents] = [_first(row) for row in changed]
        languages[documents] = [_language(row) for row in changed]
        self._first, self._languages = first, languages

    def _live_codes(self) -> Codes:
        stored, recent = self.stored.columns, self._recent.columns()
        live = np.concatenate([part.ids >= self._first[part.documents] for part in (stored, recent)])
        live[self._replaced] = False
        count = int(np.count_nonzero(live))
        return Codes(stored, recent, live, count, self.stored.centres, self._languages)


class _Growing:
    """Columns to which more are appended; those given out are views that stay as they are."""

    def __init__(self, width: int) -> None:
        self._room = no_columns(width)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def columns(self) -> Columns:
        room, size = self._room, self._size
        return Columns(room.ids[:size], room.documents[:size], room.words[:, :size])

    def append(self, more: Columns) -> None:
        size = self._size + len(more)
        if size > len(self._room):
            empty = np.zeros(size, dtype=np.int64)
            room = Columns(empty, empty, np.zeros((len(more.words), size), dtype=np.uint64))
            self._room = self.columns().then(more).then(room)
        else:
            place = slice(self._size, size)
            self._room.ids[place] = more.ids
            self._room.documents[place] = more.documents
            self._room.words[:, place] = more.words
        self._size = size


def _read(session: SqliteSession, library: sqlite3.Row) -> StoredCodes:
    """Return what the library's rows say, read page by page."""
    width = word_count(library["vector_dimensions"])
    owners = _column_pages(session, "search.vector_owners", "passage_id", "document_id")
    first, languages = _documents(session, int(owners[1].max(initial=-1)) + 1)
    centres = _centres(session, owners, of_documents(languages, owners[1]), width)
    pages = [no_columns(width)]
    for rows in _pages(session, "search.codes_after", "passage_id"):
        pages.append(Columns.of(rows, centres, languages))
    columns = Columns(
        np.concatenate([page.ids for page in pages]),
        np.concatenate([page.documents for page in pages]),
        np.concatenate([page.words for page in pages], axis=1),
    )
    epoch, generation = library["vector_epoch"], library["generation"]
    return StoredCodes(epoch, generation, columns, first, languages, centres, len(columns))


def _documents(session: SqliteSession, length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first passage that can be found, and the language, of each document by its number."""
    first = np.full(length, _HIDDEN, dtype=np.int64)
    languages = np.zeros(length, dtype=np.int64)
    for rows in _pages(session, "search.documents_after", "document_id"):
        within = [row for row in rows if row["document_id"] < length]
        places = [row["document_id"] for row in within]
        first[places] = [_first(row) for row in within]
        languages[places] = [_language(row) for row in within]
    return first, languages


def _centres(
    session: SqliteSession, owners: list[NDArray[np.int64]], languages: NDArray[np.int64], width: int
) -> Centres:
    """Return the middles of passages, whose ids and documents the owners are."""
    places = sample_of(languages)
    ids, documents = (values[places] for values in owners)
    rows = session.rows("search.vectors", ids=ids.tolist())
    vectors: Vectors = unpack(rows) if rows else np.zeros((0, 0), dtype=np.float32)
    return centres_of(vectors, languages[places], documents, width)


def _column_pages(session: SqliteSession, statement: str, *names: str) -> list[NDArray[np.int64]]:
    pages = [
        np.array([[row[name] for row in rows] for name in names], dtype=np.int64)
        for rows in _pages(session, statement, names[0])
    ]
    return list(np.concatenate([np.empty((len(names), 0), dtype=np.int64), *pages], axis=1))


def _pages(session: SqliteSession, statement: str, key: str) -> Iterator[list[sqlite3.Row]]:
    """Yield the rows of a statement that begins after a key."""
    after = -1
    while rows := session.rows(statement, after=after, limit=_PAGE):
        yield rows
        after = rows[-1][key]


def _first(row: sqlite3.Row) -> int:
    found: int | None = row["first_passage_id"]
    return _HIDDEN if found is None else found


def _language(row: sqlite3.Row) -> int:
    return language_number(row["language"] or "")
