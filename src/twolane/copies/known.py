"""The verbs on copies: which files are the same as one, all groups of them, and a person's word on a pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from twolane.copies.find import CopyFinder
from twolane.copies.names import newest_version
from twolane.documents import FileRecord, display_path
from twolane.errors import ConflictError, NotFoundError
from twolane.principal import seeing
from twolane.store.base import Copied
from twolane.store.scanned import Files
from twolane.store.values import CopyGroup, CopyGroups, CopyKind, CopyPair, FileCopy, RelatedDocuments

_LOOKED_AT_ONCE = 64  # a person waits for it
_CLOSEST = {kind: place for place, kind in enumerate(CopyKind)}


class CopiedFiles(Copied, Files, Protocol):
    """What the verbs need of the store."""


class Copies:
    """The copies of one library; safe to use from several threads."""

    def __init__(self, store: CopiedFiles) -> None:
        self._store = store
        self._finder = CopyFinder(store)

    def of(self, file_id: int) -> CopyGroup:
        """Return a file with all that are copies or versions of it, the newest first; alone where none is.

        Raises `NotFoundError`.
        """
        record = self._store.file(file_id)
        files = self._store.copies.of(record.document) if record.document else []
        own = [copy for copy in files if copy.file.file_id == file_id]
        return (
            CopyGroup(tuple(newest_first(files)))
            if own
            else CopyGroup((FileCopy(record, CopyKind.SAME_BYTES),))
        )

    def groups(self, *, limit: int = 0, offset: int = 0) -> CopyGroups:
        """Return the groups of files that are copies or versions of each other, those added last first.

        A limit of 0 means no limit.
        """
        pairs = self._store.copies.pairs()
        joined = _joined(pairs, self._store.copies.same_bytes(), self._store.copies.apart())
        chosen = joined[offset : offset + limit if limit else None]
        files = self._store.copies.files_of({number for numbers in chosen for number in numbers})
        groups = tuple(_group(numbers, files, pairs_of) for numbers, pairs_of in _with_pairs(chosen, pairs))
        return CopyGroups(groups, len(joined))

    def among(self, documents: Collection[str]) -> list[RelatedDocuments]:
        """Return which of these documents, by their hashes, are copies or versions, and which is newer."""
        pairs = self._store.copies.among(documents)
        if not pairs:
            return []
        files = self._store.copies.files_of({n for pair in pairs for n in (pair.document_id, pair.other_id)})
        newest = {number: newest_first(copies)[:1] for number, copies in files.items()}
        found: list[RelatedDocuments] = []
        for pair in pairs:
            both = newest_first([*newest[pair.document_id], *newest[pair.other_id]])
            if len(both) == 2:  # else the files of one are gone since
                found.append(RelatedDocuments(both[0].file.document, both[1].file.document, pair.kind))
        return found

    def decide(self, file_id: int, other_id: int, *, same: bool, by: str = "") -> CopyGroup:
        """Record a person's word that two files are the same paper, or are not; return the first's copies.

        Raises `NotFoundError`, and `ConflictError` where both have the same content.
        """
        one, other = self._pair(file_id, other_id)
        with self._store.writing() as write:
            known = write.copies.decide(one.document, other.document, same=same, by=by)
        if not known:
            raise _unread(one, other)
        return self.of(file_id)

    def undo(self, file_id: int, other_id: int, *, by: str = "") -> CopyGroup:
        """Take back what a person said last of two files; return the first's copies.

        Raises `NotFoundError`.
        """
        one, other = self._pair(file_id, other_id)
        only_by = self._store.only_by(one.document, other.document)
        with self._store.writing() as write:
            undone = write.copies.undo(one.document, other.document, by, only_by)
        if not undone:
            raise NotFoundError(
                f"nobody has said whether {display_path(one.path.name)} and {display_path(other.path.name)} "
                "are the same",
                "`twolane duplicates` lists what was found",
            )
        return self.of(file_id)

    @seeing(None)  # what is found is kept, for everybody
    def look(self) -> None:
        """Seek the copies of the first documents whose copies are to be sought; workers seek the others'."""
        self._finder.look(_LOOKED_AT_ONCE)

    def catch_up(self) -> Iterator[int]:
        """Seek the copies of documents that were filed before copies were sought; yield how many are done."""
        return self._finder.catch_up()

    def _pair(self, file_id: int, other_id: int) -> tuple[FileRecord, FileRecord]:
        one, other = self._store.file(file_id), self._store.file(other_id)
        if not (one.document and other.document):
            raise _unread(one, other)
        if one.document == other.document:
            raise ConflictError(
                f"{display_path(one.path.name)} and {display_path(other.path.name)} have the same content",
                "they are one document: there is nothing to decide",
            )
        return one, other


def newest_first(files: Iterable[FileCopy]) -> list[FileCopy]:
    """Return files by the date of their document, the version in their names, and when they were written.

    A picture comes after what is not one: its letters had to be guessed.
    """

    def age(copy: FileCopy) -> tuple[date, tuple[int, ...], bool, float, int]:
        record = copy.file
        version, typed = newest_version([record.path.stem]), not record.media_type.startswith("image/")
        return record.dated_at or date.min, version, typed, copy.changed_at, record.file_id

    return sorted(files, key=age, reverse=True)


def _joined(
    pairs: Sequence[CopyPair], same_bytes: Sequence[int], apart: Sequence[tuple[int, int]]
) -> list[list[int]]:
    """Return the numbers of documents that belong together, the group with the newest number first.

    The closest pairs are joined first, and none that would bring documents together that are `apart`.
    """
    others: dict[int, set[int]] = defaultdict(set)
    for number, another in apart:
        others[number].add(another)
        others[another].add(number)
    group_of: dict[int, list[int]] = {number: [number] for number in same_bytes}
    for pair in sorted(pairs, key=lambda pair: (_CLOSEST[pair.kind], -pair.likeness)):
        one = group_of.setdefault(pair.document_id, [pair.document_id])
        other = group_of.setdefault(pair.other_id, [pair.other_id])
        fewer, more = (one, other) if len(one) < len(other) else (other, one)
        if one is other or any(not others[n].isdisjoint(more) for n in fewer if n in others):
            continue
        more += fewer
        group_of.update(dict.fromkeys(fewer, more))
    several = set(same_bytes)
    groups = {id(group): group for group in group_of.values() if len(group) > 1 or group[0] in several}
    return sorted(groups.values(), key=max, reverse=True)


def _with_pairs(
    chosen: Sequence[Sequence[int]], pairs: Sequence[CopyPair]
) -> Iterator[tuple[Sequence[int], list[CopyPair]]]:
    group_of = {number: place for place, numbers in enumerate(chosen) for number in numbers}
    found: dict[int, list[CopyPair]] = defaultdict(list)
    for pair in pairs:
        if pair.document_id in group_of and group_of.get(pair.other_id) == group_of[pair.document_id]:
            found[group_of[pair.document_id]].append(pair)
    for place, numbers in enumerate(chosen):
        yield numbers, found[place]


def _group(
    numbers: Sequence[int], files: Mapping[int, Sequence[FileCopy]], pairs: Sequence[CopyPair]
) -> CopyGroup:
    number_of = {copy.file.file_id: number for number in numbers for copy in files[number]}
    ordered = newest_first(copy for number in numbers for copy in files[number])
    if not ordered:  # its files went since the pairs were read
        return CopyGroup(())
    newest = number_of[ordered[0].file.file_id]
    closest = _closest(newest, pairs)
    return CopyGroup(tuple(_related(copy, closest.get(number_of[copy.file.file_id])) for copy in ordered))


def _closest(newest: int, pairs: Sequence[CopyPair]) -> dict[int, CopyPair]:
    """Return what each document but the newest is to that one, or else to whatever it is closest to."""
    found: dict[int, CopyPair] = {}
    for pair in sorted(pairs, key=lambda pair: _CLOSEST[pair.kind], reverse=True):
        found[pair.document_id] = found[pair.other_id] = pair
    for pair in pairs:
        if newest in {pair.document_id, pair.other_id}:
            found[pair.document_id] = found[pair.other_id] = pair
    found.pop(newest, None)
    return found


def _related(copy: FileCopy, pair: CopyPair | None) -> FileCopy:
    if pair is None:
        return copy
    return replace(copy, kind=pair.kind, likeness=pair.likeness, reason=pair.reason)


def _unread(one: FileRecord, other: FileRecord) -> NotFoundError:
    name = display_path((other if one.document else one).path.name)
    return NotFoundError(f"{name} has not been read", "wait until it is filed, or look at its note")
