"""The taxonomy as it stands now: the newest version in the library, which any process may have made."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, Protocol

from twolane.filing.cascade import Cascade
from twolane.filing.taxonomy import Taxonomy
from twolane.store.base import Writing
from twolane.store.categorised import Categorised
from twolane.store.values import TaxonomyVersion

_log = logging.getLogger(__name__)

Origin = Literal["own", "file", "person", "import"]
"""Who made a version: twolane itself, a settings' file that was taken over, or a person by a command."""


class CategorisedLibrary(Categorised, Writing, Protocol):
    """A library that has a taxonomy, and takes a file over."""


class CurrentTaxonomy:
    """Gives the newest taxonomy of a library at each call; safe to use from several threads.

    The `file` that the settings name, or twolane's own taxonomy, is taken over when it is first asked for, as
    long as no person has changed the library's, and it has every category that people have put documents
    into. Raises `TaxonomyError` where the file is wrong.

    See docs/why/filing.md#the-taxonomy-lives-in-the-library
    """

    def __init__(self, store: CategorisedLibrary, file: Path | None = None) -> None:
        self._store = store
        self._file = file
        self._given = Taxonomy.load(file)
        self._lock = threading.Lock()
        self._known: tuple[int, Taxonomy] | None = None

    def __call__(self) -> Taxonomy:
        """Return it; a look at one number where nothing has changed. Raises `StoreError`."""
        known = self._known  # one look: another thread may put another one there
        if known is not None and known[0] == self._store.taxonomies.newest():
            return known[1]
        with self._lock:
            if self._known is None:
                self._take_over()
            version = self._store.taxonomies.current()
            assert version is not None
            if self._known is None or self._known[0] != version.version:
                self._known = version.version, Taxonomy.from_text(version.categories)
            return self._known[1]

    @property
    def source(self) -> str:
        """The digest of all that the settings' file, or else twolane's own taxonomy, says."""
        return source_of(self._given.text)

    @property
    def notice(self) -> str:
        """What a person should know where the file says something else than when it was last looked at."""
        current = self._store.taxonomies.current()
        if self._file is None or current is None or current.source == self.source:
            return ""
        if current.categories == self._given.text:
            return ""
        if _in_step(current):
            lacks = self._lacks()
            return (
                f"{self._file} is not taken over, for people have put documents into {', '.join(lacks)}, "
                "which it does not have: add it there, or first `twolane taxonomy merge` it into another one"
                if lacks
                else ""
            )
        return (
            f"{self._file} is not what the library files by, which people have changed since: "
            f"`twolane taxonomy import {self._file}` takes it, `twolane taxonomy export` writes the library's"
        )

    def _take_over(self) -> None:
        if not self._is_newer(self._store.taxonomies.current()) or self._lacks():
            if notice := self.notice:
                _log.warning("%s", notice)
            return
        with self._store.writing() as write:
            write.lock_taxonomy()
            current = self._store.taxonomies.current()
            if not self._is_newer(current) or self._lacks():
                return
            origin: Origin = "own" if self._file is None else "file"
            what = f"taken from {self._file}" if self._file else "twolane's own"
            moves = current.moves if current else {}
            write.save_taxonomy(version_of(self._given, moves, origin=origin, source=self.source, what=what))

    def _lacks(self) -> list[str]:
        """Return the library's categories that people have put documents into and what was given has not."""
        current = self._store.taxonomies.current()
        if current is None:  # of a library from before it had one, any that people chose stays as it was
            return []
        gone = Taxonomy.from_text(current.categories).by_id.keys() - self._given.by_id.keys()
        return sorted(
            use.category for use in self._store.taxonomies.uses() if use.people and use.category in gone
        )

    def _is_newer(self, current: TaxonomyVersion | None) -> bool:
        """Say whether what was given is to be taken over."""
        if current is None:
            return True
        if current.categories == self._given.text or not _in_step(current):
            return False
        return self._file is not None or current.origin == "own"


def _in_step(current: TaxonomyVersion) -> bool:
    """Say whether no person has changed the library's taxonomy since it was that of a file."""
    return current.source == source_of(current.categories)


def version_of(
    taxonomy: Taxonomy,
    moves: Mapping[str, str],
    *,
    origin: Origin,
    source: str,
    what: str,
    refiled: tuple[str, ...] = (),
    undoes: int = 0,
    by: str = "",
) -> TaxonomyVersion:
    """Return a version that can be saved: `moves` of categories that there are again are left out."""
    ids = {category.id for category in taxonomy.categories}
    kept = {gone: to for gone, to in moves.items() if gone not in ids and to in ids}
    places = [(one.id, within) for one in taxonomy.categories for within in taxonomy.lineage(one.id)]
    places += [(gone, within) for gone, to in kept.items() for within in taxonomy.lineage(to)]
    return TaxonomyVersion(taxonomy.text, kept, tuple(places), origin, source, what, refiled, undoes, by)


def source_of(text: str) -> str:
    """Return the digest of a taxonomy's `text`: all that it says, fields included."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class CurrentCascade:
    """Gives the cascade over the newest taxonomy at each call; safe to use from several threads."""

    def __init__(self, taxonomy: Callable[[], Taxonomy], opened: Callable[[Taxonomy], Cascade]) -> None:
        self._taxonomy = taxonomy
        self._opened = opened
        self._lock = threading.Lock()
        self._newest: tuple[Taxonomy, Cascade] | None = None

    def __call__(self) -> Cascade:
        """Return it. Raises `StoreError`, and the `ModelError` of a model that is opened for it."""
        taxonomy = self._taxonomy()
        newest = self._newest  # one look: another thread may put another one there
        if newest is not None and newest[0] is taxonomy:
            return newest[1]
        with self._lock:
            if self._newest is None or self._newest[0] is not taxonomy:
                self._newest = taxonomy, self._opened(taxonomy)
            return self._newest[1]
