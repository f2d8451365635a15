"""Correspondents: whom documents are from, with all spellings of their names, and what was changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from twolane.documents import EVERYTHING, Filter
from twolane.errors import ConflictError, NotFoundError
from twolane.facts import Correspondent
from twolane.store.filters import VISIBLE, filter_values, passing
from twolane.store.homes import Homes, stand
from twolane.store.nouns.transaction import Transaction
from twolane.store.paths import fold
from twolane.store.session import Database, Row, Session
from twolane.store.values import ChangeKind, CorrespondentChange, SpellingUse
from twolane.text.full_text import clean

_ALL = 1 << 62
_MOST_ID = 1 << 62
_MOST_CHARS = 200


class CorrespondentTable:
    """Obeys `twolane.store.known.CorrespondentCatalogue`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(
        self, text: str = "", within: Filter = EVERYTHING, *, limit: int = 0, offset: int = 0
    ) -> Sequence[Correspondent]:
        sought = fold(spelling_of(text))
        values = filter_values(within) | {"limit": limit or _ALL, "offset": offset}
        values |= {"text": sought} if sought else {}
        statement = passing(f"correspondents.{'search' if sought else 'list'}", within, VISIBLE)

        def look(session: Session) -> Sequence[Correspondent]:
            rows = session.rows(statement, values)
            names = _names_of(session, [row["correspondent_id"] for row in rows])
            return [_correspondent(row, names.get(row["correspondent_id"], ())) for row in rows]

        return self._database.read(look, whole=True)

    def get(self, correspondent_id: int) -> Correspondent:
        def look(session: Session) -> Correspondent:
            return correspondent_of(session, correspondent_id)

        return self._database.read(look)

    def of(self, document: str) -> Correspondent | None:
        def look(session: Session) -> Correspondent | None:
            row = session.row("correspondents.of_document", hash=document)
            return None if row is None else correspondent_of(session, row["correspondent_id"])

        return self._database.read(look)

    def names(self) -> dict[int, tuple[str, ...]]:
        return _by_correspondent(self._database.rows("correspondents.all_names"))

    def everyone(self) -> Sequence[Correspondent]:
        def look(session: Session) -> Sequence[Correspondent]:
            names = _by_correspondent(session.rows("correspondents.all_names"))
            return [
                Correspondent(row["correspondent_id"], row["name"], names[row["correspondent_id"]])
                for row in session.rows("correspondents.all")
                if row["correspondent_id"] in names
            ]

        return self._database.read(look, whole=True)

    def mark(self) -> str:
        row = self._database.row("correspondents.mark")
        return "" if row is None else f"{row['name_id']} {row['names']} {row['change_id']}"

    def by_name(self, spelling: str) -> Correspondent | None:
        def look(session: Session) -> Correspondent | None:
            found = _known(session, fold(spelling_of(spelling)))
            return None if found is None else correspondent_of(session, found)

        return self._database.read(look)

    def changes(self) -> Sequence[CorrespondentChange]:
        return [_change_of(row) for row in self._database.rows("correspondents.changes")]

    def spellings(self, correspondent_ids: Collection[int]) -> Sequence[SpellingUse]:
        rows = self._database.rows("correspondents.spellings", ids=sorted(correspondent_ids))
        return [
            SpellingUse(
                row["name"], row["correspondent_id"], row["documents"], row["scanned"], row["decided"]
            )
            for row in rows
        ]

    def are_parted(self, one: int, other: int) -> bool:
        return bool(self._database.number("correspondents.are_parted", one_id=one, other_id=other))


class CorrespondentTableWriter(Transaction):
    """Obeys `twolane.store.known.CorrespondentWriter`."""

    def merge_correspondents(
        self, into: int, other: int, reason: str, by: str = "", *, by_evidence: bool = False, name: str = ""
    ) -> None:
        self._session.run("correspondents.lock")
        staying = self._standing(into)
        if into == other:
            raise ConflictError("a correspondent cannot be merged into itself", "name two of them")
        moved = self._standing(other)
        shown = next((row for row in (*staying, *moved) if row["name"] == name), None)
        self._note(
            ChangeKind.MERGE,
            into,
            reason,
            by,
            other_id=other,
            name_id=shown["name_id"] if shown else 0,
            name=name if shown else "",
            by_evidence=by_evidence,
        )
        self._move({row["name_id"]: into for row in moved}, {into})
        if shown:
            self._rename(into, name)

    def rename_correspondent(self, correspondent_id: int, name: str, by: str = "") -> None:
        self._session.run("correspondents.lock")
        self._standing(correspondent_id)
        name = spelling_of(name)
        if not name:
            raise ConflictError("a correspondent needs a name", "name it")
        taken = _known(self._session, fold(name))
        if taken not in {None, correspondent_id}:
            raise ConflictError(
                f"{name} is correspondent {taken} already", "merge the two, where they are the same"
            )
        self._note(ChangeKind.RENAME, correspondent_id, "renamed", by, name=name)
        self._rename(correspondent_id, name)

    def part_name(self, correspondent_id: int, spelling: str, by: str = "") -> int:
        self._session.run("correspondents.lock")
        names = self._standing(correspondent_id)
        folded = fold(spelling_of(spelling))
        parted = next((row for row in names if row["folded_name"] == folded), None)
        staying = [row for row in names if row["folded_name"] != folded]
        if parted is None:
            raise NotFoundError(
                f"correspondent {correspondent_id} has no spelling {spelling}",
                "`twolane correspondents` shows the spellings of each",
            )
        if not staying:
            raise ConflictError(f"{spelling} is its only spelling", "there is nothing to take apart")
        own = _add(self._session, parted["name"])
        shown = correspondent_of(self._session, correspondent_id).name
        name = staying[0]["name"] if fold(shown) == folded else ""
        change_id = self._note(
            ChangeKind.PART,
            correspondent_id,
            "taken apart",
            by,
            other_id=own,
            name_id=parted["name_id"],
            name=name,
        )
        self._move({parted["name_id"]: own}, {own, correspondent_id})
        if name:
            self._rename(correspondent_id, name)
        self._keep_apart(change_id, [(parted["name_id"], row["name_id"]) for row in staying])
        return own

    def undo_correspondents(self, by: str = "", change_id: int = 0, *, keeps_apart: bool = True) -> bool:
        self._session.run("correspondents.lock")
        changes = [_change_of(row) for row in self._session.rows("correspondents.changes")]
        standing = [change for change in changes if not change.undone_at]
        meant = _meant(standing, change_id)
        if meant is None:
            return False
        undo_id = self._note(
            ChangeKind.UNDO, meant.correspondent_id, "taken back", by, undoes=meant.change_id
        )
        before = self._homes()
        after = stand(self._first_homes(), [change for change in standing if change != meant])
        moved = {name: to for name, to in after.names.items() if before.names[name] != to}
        self._move(moved, {*moved.values(), *(before.names[name] for name in moved)})
        for correspondent_id, name in after.shown.items():
            if before.shown[correspondent_id] != name:
                self._rename(correspondent_id, name)
        if meant.kind is ChangeKind.PART:
            self._session.run("correspondents.forget_parted", change_id=meant.change_id)
        elif meant.by_evidence and keeps_apart:
            self._keep_apart(undo_id, _taken_apart(before, after, moved))
        return True

    def _standing(self, correspondent_id: int) -> Sequence[Row]:
        known = 0 < correspondent_id < _MOST_ID
        names = self._session.rows("correspondents.names", correspondent_id=correspondent_id) if known else []
        if not names:
            raise _unknown(correspondent_id)
        return names

    def _note(
        self,
        kind: ChangeKind,
        correspondent_id: int,
        reason: str,
        by: str,
        *,
        other_id: int = 0,
        name_id: int = 0,
        name: str = "",
        by_evidence: bool = False,
        undoes: int | None = None,
    ) -> int:
        return int(
            self._session.number(
                "correspondents.add_change",
                kind=kind.value,
                correspondent_id=correspondent_id,
                other_id=other_id,
                name_id=name_id,
                name=name,
                reason=clean(reason),
                by_evidence=by_evidence,
                changed_by=clean(by),
                undoes=undoes,
            )
        )

    def _move(self, homes: dict[int, int], changed: set[int]) -> None:
        """Move spellings, and have the copies of the changed correspondents' papers sought again."""
        rows = [{"name_id": name_id, "correspondent_id": to} for name_id, to in homes.items()]
        self._session.run_many("correspondents.move_name", rows)
        if homes:
            self._session.run("copies.look_again_of", ids=sorted(changed))

    def _rename(self, correspondent_id: int, name: str) -> None:
        self._session.run(
            "correspondents.rename", correspondent_id=correspondent_id, name=name, folded_name=fold(name)
        )

    def _keep_apart(self, change_id: int, pairs: Iterable[tuple[int, int]]) -> None:
        rows = [{"name_id": one, "other_id": other} for one, other in pairs]
        self._session.run_many("correspondents.add_parted", rows, change_id=change_id)

    def _homes(self) -> Homes:
        names = self._session.rows("correspondents.all_names")
        shown = self._session.rows("correspondents.all")
        return Homes(
            {row["name_id"]: row["correspondent_id"] for row in names},
            {row["correspondent_id"]: row["name"] for row in shown},
        )

    def _first_homes(self) -> Homes:
        names = self._session.rows("correspondents.all_names")
        shown = self._session.rows("correspondents.all")
        return Homes(
            {row["name_id"]: row["home_id"] for row in names},
            {row["correspondent_id"]: row["first_name"] for row in shown},
        )


def correspondent_of(session: Session, correspondent_id: int) -> Correspondent:
    """Return one correspondent. Raises `NotFoundError`."""
    known = 0 < correspondent_id < _MOST_ID
    row = session.row("correspondents.get", correspondent_id=correspondent_id) if known else None
    if row is None:
        raise _unknown(correspondent_id)
    return _correspondent(row, _names_of(session, [correspondent_id]).get(correspondent_id, ()))


def name_id_of(session: Session, name: str) -> int:
    """Return the number of a spelling, which becomes a correspondent of its own where it is new."""
    spelling = spelling_of(name)
    folded = fold(spelling)
    row = session.row("correspondents.name", folded_name=folded)
    if row is None:
        named = session.row("correspondents.named", folded_name=folded)
        owner = _add(session, spelling) if named is None else named["correspondent_id"]
        session.run("correspondents.add_name", correspondent_id=owner, name=spelling, folded_name=folded)
        row = session.row("correspondents.name", folded_name=folded)
    assert row is not None
    return int(row["name_id"])


def known_name_id(session: Session, name: str, document_id: int) -> int | None:
    """Return the number of a spelling that documents other than this one have."""
    row = session.row(
        "correspondents.name_elsewhere", folded_name=fold(spelling_of(name)), document_id=document_id
    )
    return None if row is None else int(row["name_id"])


def spelling_of(name: str) -> str:
    """Return a name as it is kept: in one line, without blanks around it."""
    return " ".join(clean(name).split())[:_MOST_CHARS].rstrip()


def _known(session: Session, folded: str) -> int | None:
    for statement in ("correspondents.name", "correspondents.named"):
        row = session.row(statement, folded_name=folded)
        if row is not None:
            return int(row["correspondent_id"])
    return None


def _add(session: Session, name: str) -> int:
    return int(session.number("correspondents.add", name=name, folded_name=fold(name)))


def _names_of(session: Session, ids: list[int]) -> dict[int, tuple[str, ...]]:
    return _by_correspondent(session.rows("correspondents.names_of", ids=ids))


def _by_correspondent(rows: Sequence[Row]) -> dict[int, tuple[str, ...]]:
    names: dict[int, tuple[str, ...]] = {}
    for row in rows:
        names[row["correspondent_id"]] = (*names.get(row["correspondent_id"], ()), row["name"])
    return names


def _correspondent(row: Row, names: tuple[str, ...]) -> Correspondent:
    return Correspondent(row["correspondent_id"], row["name"], names, row["documents"])


def _change_of(row: Row) -> CorrespondentChange:
    return CorrespondentChange(
        change_id=row["change_id"],
        kind=ChangeKind(row["kind"]),
        correspondent_id=row["correspondent_id"],
        other_id=row["other_id"],
        name_id=row["name_id"],
        name=row["name"],
        reason=row["reason"],
        by_evidence=bool(row["by_evidence"]),
        by=row["changed_by"],
        at=row["changed_at"],
        undone_at=row["undone_at"] or 0.0,
    )


def _meant(standing: Sequence[CorrespondentChange], change_id: int) -> CorrespondentChange | None:
    """Return the change with a number, or else the last that a person made, or the last of all."""
    if change_id:
        return next((change for change in standing if change.change_id == change_id), None)
    people = [change for change in standing if not change.by_evidence]
    return [None, *standing, *people][-1]


def _taken_apart(before: Homes, after: Homes, moved: Iterable[int]) -> set[tuple[int, int]]:
    return {
        (name, other)
        for name in moved
        for other, home in before.names.items()
        if home == before.names[name] and after.names[other] != after.names[name]
    }


def _unknown(correspondent_id: int) -> NotFoundError:
    return NotFoundError(
        f"there is no correspondent number {correspondent_id}", "`twolane correspondents` lists them"
    )
