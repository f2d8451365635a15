"""The metrics: what is counted, what is looked at, and that one part's trouble hides no other's."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from tests.support.watched import DOWN, READY, Lane, lookout

from twolane.documents import Classification, DoneEvent, Tier
from twolane.errors import (
    ModelBusyError,
    ModelError,
    ModelTimeoutError,
    ModelUnreachableError,
    PromptTooLongError,
    StoreBusyError,
)
from twolane.jobs.base import Step
from twolane.store.base import Counts
from twolane.telemetry.lookout import Lookout
from twolane.telemetry.metrics import Metrics, error_kind, parse

CLASSIFY = Step("classify", "filing", 1, lambda _: None, decides=True)


@dataclass(frozen=True)
class Event:
    """A worker's event, as far as it is counted."""

    kind: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Server:
    """One of several model servers of a lane, as a pool tells it."""

    url: str
    breaker: str
    in_flight: int


def values(metrics: Metrics, name: str, **labels: str) -> list[float]:
    samples = parse(metrics.render().decode())
    return [s.value for s in samples if s.name == name and labels.items() <= s.labels.items()]


def test_what_stands_is_looked_at_anew() -> None:
    # when
    metrics = Metrics(lookout(), "1.2.3")

    # then
    assert values(metrics, "twolane_build_info", version="1.2.3") == [1]
    assert values(metrics, "twolane_queue_jobs", kind="read", state="queued", lane="filing") == [7]
    assert values(metrics, "twolane_queue_oldest_age_seconds", kind="read") == [12.5]
    assert values(metrics, "twolane_queue_jobs_done_total", kind="read") == [10]
    assert values(metrics, "twolane_library_files_by_tier", tier="similarity") == [6]
    assert values(metrics, "twolane_lane_ready", lane="filing") == [1]
    assert values(metrics, "twolane_lane_ready", lane="chat") == [0]
    assert values(metrics, "twolane_model_loaded", lane="filing", model="small:1b") == [1]
    assert values(metrics, "twolane_model_size_bytes", lane="filing") == [1_300_000_000]
    assert values(metrics, "twolane_model_size_bytes", lane="chat") == []
    assert values(metrics, "twolane_workers") == [3]


def test_a_job_is_counted_from_its_start_to_its_end() -> None:
    # given
    metrics = Metrics(lookout(), "1")

    # when
    metrics.job(CLASSIFY, Event("started"))
    with metrics.doing("classify"):
        under_way = values(metrics, "twolane_jobs_in_progress", kind="classify")
    metrics.job(CLASSIFY, Event("finished", 0.2))
    metrics.job(CLASSIFY, Event("started"))
    metrics.job(CLASSIFY, Event("parked", 0.1))

    # then
    assert under_way == [1]
    assert values(metrics, "twolane_jobs_in_progress", kind="classify") == [0]
    assert values(metrics, "twolane_jobs_total", outcome="finished") == [1]
    assert values(metrics, "twolane_jobs_total", outcome="parked") == [1]
    assert values(metrics, "twolane_files_filed_total") == [1]
    assert values(metrics, "twolane_job_duration_seconds_count", kind="classify") == [2]


def test_classifications_are_counted_by_tier_and_answers_by_their_end() -> None:
    # given
    metrics = Metrics(lookout(), "1")

    # when
    metrics.classified(Classification("invoices", 0.9, Tier.RULES, "a rule", seconds=0.002))
    metrics.classified(Classification("letters", 0.4, Tier.SMALL_MODEL, "said so", review=True, seconds=1.5))
    metrics.answered("answered", DoneEvent("yes", first_token_s=0.3, seconds=2.0))
    metrics.answered("refused", DoneEvent("no", refused=True, seconds=0.1))
    metrics.answered("cancelled", None)

    # then
    assert values(metrics, "twolane_classifications_total", tier="small model", review="true") == [1]
    assert values(metrics, "twolane_classification_duration_seconds_sum", tier="small model") == [1.5]
    assert values(metrics, "twolane_answers_total", outcome="cancelled") == [1]
    assert values(metrics, "twolane_answer_first_token_seconds_count") == [1]
    assert values(metrics, "twolane_answer_duration_seconds_count") == [2]


def test_two_apps_in_one_process_do_not_count_into_each_other() -> None:
    # given
    one, other = Metrics(lookout(), "1"), Metrics(lookout(), "1")

    # when
    one.job(CLASSIFY, Event("started"))
    one.job(CLASSIFY, Event("finished"))

    # then
    assert values(other, "twolane_files_filed_total") == [0]


def test_a_catalogue_that_is_away_hides_no_lane() -> None:
    # given
    def away() -> Counts:
        raise StoreBusyError("another process holds it", "wait")

    # when
    metrics = Metrics(lookout(counts=away), "1")

    # then
    assert values(metrics, "twolane_store_reachable") == [0]
    assert values(metrics, "twolane_lane_ready", lane="filing") == [1]


def test_a_frozen_catalogue_holds_up_no_lane() -> None:
    # given a database that says nothing until the end of the test
    end = threading.Event()
    library = Counts({}, 0, 0, 0, {})

    def frozen() -> Counts:
        end.wait()
        return library

    looking = lookout(counts=frozen)
    try:
        # when
        seen = looking.library(limit_s=0.1)
        lanes = looking.lanes()
    finally:
        end.set()

    # then
    assert seen is None
    assert lanes[0].ready


def test_a_frozen_lane_holds_up_nobody() -> None:
    # given a model server that says nothing until the end of the test
    end = threading.Event()

    def frozen() -> Lane:
        end.wait()
        return Lane("chat", "large:8b", DOWN)

    looking = lookout(chat=frozen)
    try:
        # when
        filing, chat = looking.lanes(limit_s=0.2)
        again = looking.lanes(limit_s=0.0)
        hanging = [thread for thread in threading.enumerate() if thread.name == "twolane-look chat"]
    finally:
        end.set()

    # then
    assert (filing.ready, chat.ready) == (True, False)
    assert "does not answer" in chat.detail
    assert not again[1].ready
    assert len(hanging) == 1


def test_each_model_server_tells_its_breaker() -> None:
    # given
    servers = (Server("http://gpu1:11434", "open", 0), Server("http://gpu2:11434", "half-open", 2))
    health: Any = SimpleNamespace(
        ready=True, reachable=True, loaded=True, detail="one of two", remedy="", servers=servers
    )

    # when
    metrics = Metrics(lookout(chat=lambda: Lane("chat", "large:8b", health)), "1")

    # then
    assert values(metrics, "twolane_server_breaker_state", server="gpu1:11434") == [2]
    assert values(metrics, "twolane_server_breaker_state", server="gpu2:11434") == [1]
    assert values(metrics, "twolane_server_requests_in_progress", server="gpu2:11434") == [2]


def test_a_lane_is_asked_again_by_the_next_look_but_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    told = [READY, DOWN]
    monkeypatch.setattr("twolane.telemetry.lookout.FRESH_S", 0.0)  # no look is fresh
    looking: Lookout = lookout(filing=lambda: Lane("filing", "small:1b", told[0]))
    first = looking.lanes()[0]
    told.pop(0)

    # when
    second = looking.lanes()[0]

    # then
    assert (first.ready, second.ready) == (True, False)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ModelUnreachableError, "unreachable"),
        (ModelBusyError, "busy"),
        (ModelTimeoutError, "timeout"),
        (PromptTooLongError, "prompt_too_long"),
        (ModelError, "other"),
    ],
)
def test_errors_are_labelled_by_their_kind(error: type[ModelError], kind: str) -> None:
    assert error_kind(error("it failed")) == kind


def test_names_follow_the_conventions() -> None:
    # given
    text = Metrics(lookout(), "1").render().decode()
    kinds = [line.split()[2:4] for line in text.splitlines() if line.startswith("# TYPE twolane_")]

    # then
    assert len(kinds) > 30
    for name, kind in kinds:
        assert name.endswith("_total") == (kind == "counter"), name
        assert kind != "histogram" or name.endswith("_seconds"), name
    assert "_created" not in text
