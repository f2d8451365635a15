"""Exclusions: what is never to come into the library."""

from __future__ import annotations

from twolane.store.session import Row, Session
from twolane.store.taken_out import Exclusion, ExclusionKind
from twolane.text.full_text import clean


class ExclusionTable:
    """Obeys `twolane.store.taken_out.ExclusionRows`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[Exclusion]:
        return [_exclusion_of(row) for row in self._session.rows("exclusions.all")]

    def mark(self, *, hold: bool = False) -> str:
        if hold:
            self._session.run("exclusions.hold")
        row = self._session.row("exclusions.mark")
        return "" if row is None else f"{row['number']} {row['newest']}"

    def has(self, kind: ExclusionKind, value: bytes) -> bool:
        return bool(self._session.number("exclusions.has", kind=kind.value, value=value))

    def add(self, kind: ExclusionKind, value: bytes, by: str = "") -> None:
        self._session.run("exclusions.lock")
        self._session.run("exclusions.add", kind=kind.value, value=value, excluded_by=clean(by))

    def drop(self, kind: ExclusionKind, value: bytes) -> bool:
        return bool(self._session.run("exclusions.drop", kind=kind.value, value=value))


def _exclusion_of(row: Row) -> Exclusion:
    return Exclusion(
        exclusion_id=row["exclusion_id"],
        kind=ExclusionKind(row["kind"]),
        value=bytes(row["value"]),
        by=row["excluded_by"],
        at=row["excluded_at"],
    )
