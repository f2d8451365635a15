"""Correspondents: the verbs of who sees whom the documents are from, and says which of them are one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from twolane.documents import EVERYTHING, Filter
from twolane.errors import NotFoundError
from twolane.facts import CORRESPONDENT, Correspondent, FieldValue
from twolane.fields.merging import (
    MOST_BEARERS,
    SenderPair,
    alike_by_name,
    best_spelling,
    correction_words,
    in_order,
    likeness,
    shared_marks,
)
from twolane.store.base import Writer
from twolane.store.known import CorrespondentCatalogue, Described
from twolane.store.values import ChangeKind, CorrespondentChange
from twolane.text.suggesting import choice_by

_MOST_COMPARED = 5_000


class Correspondence(Described, Protocol):
    """What the verbs need of the store."""

    def writing(self) -> AbstractContextManager[Writer]:
        """Open a transaction that commits at the end of the block."""


def no_correspondent(known: CorrespondentCatalogue, named: str) -> NotFoundError:
    """Return what to raise for a correspondent who is not there, with whom was meant."""
    spelt = {name: one.name for one in known.list(limit=_MOST_COMPARED) for name in (one.name, *one.names)}
    remedy = choice_by(named, spelt, see="`twolane correspondents`")
    return NotFoundError(f"there is no correspondent {named!r}", remedy)


class Correspondents:
    """Whom documents are from. A correspondent is named by its number or by any spelling of its name.

    What a person changed makes other papers versions of each other: `look` seeks them.
    """

    def __init__(self, store: Correspondence, look: Callable[[], object] = lambda: None) -> None:
        self._store = store
        self._look = look
        self._compared: dict[int, tuple[str, ...]] = {}

    @property
    def _known(self) -> CorrespondentCatalogue:
        return self._store.correspondents

    def list(
        self, text: str = "", within: Filter = EVERYTHING, *, limit: int = 0, offset: int = 0
    ) -> Sequence[Correspondent]:
        """List those of the documents that pass by name; `text` is sought in all their spellings."""
        return self._known.list(text, within, limit=limit, offset=offset)

    def find(self, named: str | int) -> Correspondent:
        """Return one by number or name. Raises `NotFoundError`."""
        text = str(named).strip()
        found = self._known.by_name(text)
        if found is None and text.isdecimal():
            found = self._known.get(int(text))
        if found is None or not found.names:
            raise no_correspondent(self._known, text)
        return found

    def merge(self, into: str | int, *others: str | int, by: str = "") -> Correspondent:
        """Make others the same as one; all their spellings are its own from then on."""
        one = self.find(into)
        found = [self.find(other) for other in others]
        with self._store.writing() as write:
            for other in found:
                write.merge_correspondents(
                    one.correspondent_id, other.correspondent_id, "a person said so", by
                )
        self._look()
        return self._known.get(one.correspondent_id)

    def rename(self, named: str | int, name: str, *, by: str = "") -> Correspondent:
        """Show a correspondent by another name. Raises `ConflictError` where that is another one's."""
        one = self.find(named)
        with self._store.writing() as write:
            write.rename_correspondent(one.correspondent_id, name, by)
        return self._known.get(one.correspondent_id)

    def part(self, named: str | int, spelling: str, *, by: str = "") -> Correspondent:
        """Make one of its spellings a correspondent of its own, which evidence never merges back."""
        one = self.find(named)
        with self._store.writing() as write:
            own = write.part_name(one.correspondent_id, spelling, by)
        self._look()
        return self._known.get(own)

    def undo(self, change_id: int = 0, *, by: str = "") -> CorrespondentChange | None:
        """Take back a change, or the last that a person made, or else the last of all; return it."""
        before = {change.change_id for change in self._known.changes() if change.undone_at}
        with self._store.writing() as write:
            write.undo_correspondents(by, change_id)
        self._look()
        changed = [change for change in self._known.changes() if change.undone_at]
        return next((change for change in changed if change.change_id not in before), None)

    def changes(self) -> Sequence[CorrespondentChange]:
        """Return all that was changed, oldest first."""
        return self._known.changes()

    def settle(self, document: str) -> Sequence[SenderPair]:
        """Merge whom a document is from with those that the evidence proves to be the same; return why.

        It is called when a document's fields have been drawn, or its sender was corrected: cheap where
        nothing about its sender is new.
        """
        own = self._known.of(document)
        if own is None:
            return []
        corrected = self._corrected(own, document)
        merged = self._settle(own, document)
        return [corrected, *merged] if corrected else merged

    def _corrected(self, own: Correspondent, document: str) -> SenderPair | None:
        """Merge the sender that was drawn with whom a person wrote for it, where their names are alike."""
        if not (name := self.written(document)):
            return None
        drawn = {value.field: value.value for value in self._store.fields.drawn(document)}
        other = self._known.by_name(drawn[CORRESPONDENT]) if CORRESPONDENT in drawn else None
        if other is None or other.correspondent_id == own.correspondent_id:
            return None
        found = replace(likeness(replace(own, names=(name,)), other), is_corrected=True)
        return self._merge(found) if found.is_proven else None

    def written(self, document: str) -> str:
        """Return whom a person said that a document is from, or ""."""
        decided = self._store.fields.corrected(document)
        return next((value.value for value in decided if value.field == CORRESPONDENT), "")

    def follow(self, document: str, before: str, *, by: str = "") -> None:
        """Merge and part whom a person's word on a document's sender makes one; `before` was `written`."""
        if before and before != self.written(document):
            self._unsettle(before, by)
        self.settle(document)

    def settle_all(self) -> Iterator[SenderPair]:
        """Merge all that the evidence proves to be the same; yield why."""
        proven = [found for found in self._likely() if found.is_proven]
        for found in proven:
            one, other = (self._known.get(each.correspondent_id) for each in (found.one, found.other))
            now = likeness(one, other, found.marks) if one.names and other.names else None
            if now and now.is_proven and (merged := self._merge(in_order(now))):
                yield merged

    def suggestions(self) -> Sequence[SenderPair]:
        """Return the pairs that may be the same, and that no evidence proves to be, most papers first."""
        found = [each for each in self._likely() if each.is_likely and not each.is_proven]
        return sorted(found, key=lambda each: -each.one.documents - each.other.documents)

    def _settle(self, own: Correspondent, document: str) -> Sequence[SenderPair]:
        marks = shared_marks(self._store.fields.bearers(self._store.fields.marks(document)))
        pairs = {pair for pair in marks if own.correspondent_id in pair}
        if (
            self._compared.get(own.correspondent_id) != own.names
        ):  # its first paper, or one of another spelling
            pairs |= alike_by_name(self._known.names(), [own.correspondent_id])
            self._compared[own.correspondent_id] = own.names
        shared = {number: marks.get(pair, ()) for pair in pairs for number in pair}
        shared.pop(own.correspondent_id, None)
        merged = []
        for number, found_marks in sorted(shared.items()):
            found = likeness(own, self._known.get(number), found_marks)
            if found.is_proven and (done := self._merge(in_order(found))):
                merged.append(done)
                own = self._known.get(done.one.correspondent_id)
        return merged

    def _unsettle(self, written: str, by: str) -> None:
        """Part again what was merged because a person wrote a name for others, once nobody says so."""
        owner = self._known.by_name(written)
        if owner is None or written in _decided(self._store.fields.taught(owner.correspondent_id)):
            return
        because = correction_words(written)
        merges = [
            change
            for change in self._known.changes()
            if change.by_evidence and not change.undone_at and change.reason.startswith(because)
        ]
        with self._store.writing() as write:
            for change in merges:
                write.undo_correspondents(by, change.change_id, keeps_apart=False)

    def _likely(self) -> Iterator[SenderPair]:
        """Yield all pairs that share a mark, or part of a name."""
        known = {each.correspondent_id: each for each in self._known.list()}
        shared = shared_marks(self._store.fields.shared(MOST_BEARERS))
        names = {number: each.names for number, each in known.items()}
        for pair in sorted({*shared, *alike_by_name(names, names)}):
            if all(number in known for number in pair):
                found = likeness(known[pair[0]], known[pair[1]], shared.get(pair, ()))
                if found.is_likely or found.is_proven:
                    yield in_order(found)

    def _merge(self, found: SenderPair) -> SenderPair | None:
        one, other = found.one.correspondent_id, found.other.correspondent_id
        if self._known.are_parted(one, other):
            return None
        try:
            name = self._shown(found)
            with self._store.writing() as write:
                write.merge_correspondents(one, other, found.reason, by_evidence=True, name=name)
        except NotFoundError:  # another process has merged one of them meanwhile
            return None
        return found

    def _shown(self, found: SenderPair) -> str:
        """Return by which name the two are shown once they are one: as a person called one of them, if so."""
        renamed = {
            change.correspondent_id
            for change in self._known.changes()
            if change.kind is ChangeKind.RENAME and not change.undone_at
        }
        for each in (found.one, found.other):
            if each.correspondent_id in renamed:
                return each.name
        both = (found.one.correspondent_id, found.other.correspondent_id)
        return best_spelling([found.one.name, found.other.name], self._known.spellings(both))


def _decided(values: Sequence[FieldValue]) -> set[str]:
    return {value.value for value in values if value.field == CORRESPONDENT}
