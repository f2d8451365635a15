"""The implementations that the contract suite runs over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from standins.postgres import postgres_server
from tests.support.library import Clock, OpenStore

from twolane.store.base import Store
from twolane.store.postgres.store import open_postgres
from twolane.store.sqlite.store import open_sqlite


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgres"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[OpenStore]:
    """Open the same library as often as wanted, as other processes would: three attempts, backoff 1 s."""
    with ExitStack() as stack:
        if request.param == "postgres":
            url = stack.enter_context(postgres_server().library())

        def open_one() -> Store:
            store: Store
            if request.param == "sqlite":
                store = open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=1.0, clock=clock)
            else:
                store = open_postgres(url, max_attempts=3, backoff_s=1.0, clock=clock)
            stack.callback(store.close)
            return store

        yield open_one


@pytest.fixture
def store(open_store: OpenStore) -> Iterator[Store]:
    """A library; whatever a test did to it, nothing is wrong in it afterwards."""
    opened = open_store()
    yield opened
    wrong = [line for line in opened.check() if "waiting files without a job" not in line]
    assert not wrong, wrong
