"""The audit: what is written, what is not, and that nothing is lost without a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from twolane.access.audit import MOST_WAITING, Audit, AuditAct
from twolane.errors import StoreBusyError, StoreError
from twolane.principal import Role
from twolane.store.admitted import AuditEvent, AuditFilter, User
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=1.0)
    yield store
    store.close()


def written(store: Store) -> list[AuditEvent]:
    """Return what was written, the oldest first."""
    return store.audit.newest(AuditFilter(), limit=100)[::-1]


def event(act: AuditAct, **given: object) -> AuditEvent:
    return AuditEvent("ada", act, **given)  # type: ignore[arg-type]


def test_events_are_written_in_their_order_at_the_latest_when_it_is_closed(store: Store) -> None:
    # given
    store.users.add(User("ada", Role.ADMIN))
    audit = Audit(store, 365)

    # when
    for number in range(1200):
        audit.record(event(AuditAct.CHANGED, target=str(number)))
    audit.close()

    # then
    assert [one.target for one in written(store)] == [str(number) for number in range(1100, 1200)]
    assert written(store)[0].at > 0


def test_one_look_at_a_file_is_one_event(store: Store) -> None:
    # given
    store.users.add(User("ada", Role.ADMIN))
    audit = Audit(store, 365)

    # when
    for path in ("/api/v1/files/7", "/api/v1/files/7/pages/1", "/api/v1/files/7/content"):
        audit.record(event(AuditAct.SAW, file_id=7, detail=f"GET {path}"))
    audit.record(event(AuditAct.SAW, file_id=8))
    audit.record(event(AuditAct.SAW, file_id=7, means="token phone"))
    audit.close()

    # then
    assert [(one.file_id, one.means) for one in written(store)] == [(7, ""), (8, ""), (7, "token phone")]


def test_without_users_only_tokens_and_ways_in_are_written(store: Store) -> None:
    # given
    audit = Audit(store, 365)

    # when
    audit.record(AuditEvent("", AuditAct.SAW, file_id=1, means="page"))
    audit.record(AuditEvent("", AuditAct.ADDED, means="token scanner"))
    audit.record(AuditEvent("", AuditAct.SIGNED_IN, outcome="refused"))
    audit.close()

    # then
    assert [one.act for one in written(store)] == [AuditAct.ADDED, AuditAct.SIGNED_IN]


def test_what_the_library_does_not_take_keeps_nothing_else_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    store.users.add(User("ada", Role.ADMIN))
    audit, add = Audit(store, 365), type(store.audit).add

    def picky(table: object, events: Sequence[AuditEvent]) -> None:
        if any(one.target == "poison" for one in events):
            raise StoreError("the library does not take this")
        add(store.audit, events)

    monkeypatch.setattr(type(store.audit), "add", picky)

    # when
    for target in ("before", "poison", "behind"):
        audit.record(event(AuditAct.CHANGED, target=target))
    audit.close()

    # then
    assert [one.target for one in written(store)] == ["before", "behind", "1 events could not be kept"]


def test_what_waits_while_the_library_is_busy_is_written_later_and_what_is_too_much_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    store.users.add(User("ada", Role.ADMIN))
    monkeypatch.setattr("twolane.access.audit._AGAIN_AFTER_S", 0.01)
    audit, add, failures = Audit(store, 365), store.audit.add, [True] * 3

    def busy(events: Sequence[AuditEvent]) -> None:
        if failures:
            failures.pop()
            raise StoreBusyError("the disk is full", "free some")
        add(events)

    monkeypatch.setattr(type(store.audit), "add", lambda _, events: busy(events))

    # when
    for number in range(MOST_WAITING + 100):
        audit.record(event(AuditAct.CHANGED, target=str(number)))
    while failures:
        audit.record(event(AuditAct.SAW, file_id=1))
    audit.close()

    # then
    acts = {one.act for one in store.audit.newest(AuditFilter(), limit=MOST_WAITING * 2)}
    lost = store.audit.newest(AuditFilter(acts=(AuditAct.LOST,)), limit=10)
    assert acts >= {AuditAct.CHANGED, AuditAct.LOST}
    assert sum(int(one.target.split()[0]) for one in lost) >= 1
