"""The audit: what everybody did, and what is counted of it for quotas."""

from __future__ import annotations

from collections.abc import Sequence

from twolane.store.admitted import AuditEvent, AuditFilter, DayUsage, Quota
from twolane.store.session import Database, Row, Session
from twolane.text.full_text import clean

_MOST_TEXT = 2_000


class AuditTable:
    """Obeys `twolane.store.admitted.AuditRows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, events: Sequence[AuditEvent]) -> None:
        self._database.run_many("audit.add", [_values_of(event) for event in events])

    def newest(self, within: AuditFilter, *, limit: int, before: int = 0) -> list[AuditEvent]:
        values = {
            "user_name": clean(within.user),
            "acts": [clean(act) for act in within.acts],
            "file_id": within.file_id,
            "since": float(within.since),
            "until": float(within.until),
        }
        rows = self._database.rows("audit.newest", values, limit=limit, before=before)
        return [_event_of(row) for row in rows]

    def purge(self, older_than_s: float) -> int:
        return self._database.run("audit.purge", older_than_s=older_than_s)


class UsageTable:
    """Obeys `twolane.store.admitted.UsageRows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, user: str, quota: Quota, *, uploaded_bytes: int = 0, questions: int = 0) -> DayUsage:
        values = {
            "user_name": user,
            "uploaded_bytes": uploaded_bytes,
            "questions": questions,
            "most_bytes": quota.uploaded_bytes,
            "most_questions": quota.questions,
        }

        def count(session: Session) -> DayUsage:
            row = session.row("usage.add", values)
            if row is not None:
                return _usage_of(user, row)
            return _usage_of(user, _today(session, user), is_within=False)

        return self._database.write(count)

    def today(self, user: str) -> DayUsage:
        return self._database.read(lambda session: _usage_of(user, _today(session, user)))


def _today(session: Session, user: str) -> Row:
    row = session.row("usage.today", user_name=user)
    assert row is not None
    return row


def _usage_of(user: str, row: Row, *, is_within: bool = True) -> DayUsage:
    return DayUsage(user, row["day"], int(row["uploaded_bytes"]), int(row["questions"]), is_within)


def _values_of(event: AuditEvent) -> dict[str, object]:
    return {
        "at": float(event.at),
        "user_name": _text(event.user),
        "means": _text(event.means),
        "sender": _text(event.sender),
        "act": _text(event.act),
        "target": _text(event.target),
        "file_id": event.file_id,
        "outcome": _text(event.outcome),
        "detail": _text(event.detail),
    }


def _text(given: str) -> str:
    return clean(given)[:_MOST_TEXT]


def _event_of(row: Row) -> AuditEvent:
    return AuditEvent(
        user=row["user_name"],
        act=row["act"],
        target=row["target"],
        file_id=row["file_id"],
        means=row["means"],
        sender=row["sender"],
        outcome=row["outcome"],
        detail=row["detail"],
        at=row["at"],
        audit_id=row["audit_id"],
    )
