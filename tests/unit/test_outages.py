"""Outages in the log: told when they begin and when they end, and what follows from them is no news."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from twolane.errors import ModelUnreachableError, StoreBusyError, StoreError
from twolane.jobs.unforeseen import Unforeseen
from twolane.outages import OutageLog, level_of
from twolane.store.sqlite.connections import Connections

LOG = logging.getLogger("twolane.test")


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_an_outage_is_told_once_by_however_many_notice_it(caplog: pytest.LogCaptureFixture) -> None:
    # given
    outage = OutageLog(LOG)

    # when
    outage.ended("all is well")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: outage.began("it is gone"), range(40)))
        list(threads.map(lambda _: outage.ended("it is back"), range(40)))
    outage.began("it is gone again")

    # then
    assert told(caplog) == ["it is gone", "it is back", "it is gone again"]


def test_what_follows_from_an_outage_is_not_told_as_news() -> None:
    # when / then
    assert level_of(ModelUnreachableError("nothing answers", "")) == logging.INFO
    assert level_of(StoreBusyError("it is held", "")) == logging.INFO
    assert level_of(StoreError("it is damaged", "")) == logging.WARNING


def test_a_step_of_a_worker_that_the_store_holds_up_is_no_unforeseen_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # given
    unforeseen = Unforeseen()

    def look() -> None:
        raise StoreBusyError("the server cannot be reached", "start it")

    # when
    said = unforeseen.step(look, "looking for jobs failed")

    # then
    assert "cannot be reached" in said
    assert unforeseen.unexpected_errors == 0
    assert told(caplog) == []


def test_a_library_that_another_holds_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    # given
    path = tmp_path / "library.db"
    with closing(Connections(path)) as first, closing(Connections(path, busy_timeout_s=0)) as second:
        # when
        with first.writing():
            for _ in range(3):
                with suppress(StoreBusyError), second.writing():
                    raise AssertionError("it is held")
        with second.writing():
            pass

    # then
    assert [line.split("library.db ")[1] for line in told(caplog)] == [
        "is held by another process",
        "can be written again",
    ]
