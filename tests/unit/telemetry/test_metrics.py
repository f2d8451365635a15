"""The metrics: what is counted, what is looked at, and that one part's trouble hides no other's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support.watched import READY, parse, snapshot

from twolane.answers import CitationEvent, CitationStatus, DoneEvent, RefusalCause, RefusalEvent
from twolane.documents import Classification, ReviewCause, Tier
from twolane.errors import (
    ModelBusyError,
    ModelError,
    ModelTimeoutError,
    ModelUnreachableError,
    PromptTooLongError,
)
from twolane.jobs.base import JobEvent, JobEventKind, Step
from twolane.llm.base import ServerHealth
from twolane.telemetry.metrics import Metrics, error_kind
from twolane.work import Job

CLASSIFY = Step("classify", "filing", 1, lambda _: None, decides=True)


def event(kind: JobEventKind, seconds: float = 0.0) -> JobEvent:
    return JobEvent(kind, Job(1, "classify", "hash", 1, 0, 1, "lease"), seconds)


def values(metrics: Metrics, name: str, **labels: str) -> list[float]:
    samples = parse(metrics.render().decode())
    return [s.value for s in samples if s.name == name and labels.items() <= s.labels.items()]


def test_what_stands_is_looked_at_anew() -> None:
    # when
    metrics = Metrics(snapshot)

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
    assert values(metrics, "twolane_workers") == [4]
    assert values(metrics, "twolane_worker_processes") == [3]


def test_a_job_is_counted_from_its_start_to_its_end() -> None:
    # given
    metrics = Metrics(snapshot)

    # when
    metrics.job(CLASSIFY, event(JobEventKind.STARTED))
    with metrics.doing("classify", 1):
        under_way = values(metrics, "twolane_jobs_in_progress", kind="classify")
    metrics.job(CLASSIFY, event(JobEventKind.FINISHED, 0.2))
    metrics.job(CLASSIFY, event(JobEventKind.STARTED))
    metrics.job(CLASSIFY, event(JobEventKind.PARKED, 0.1))

    # then
    assert under_way == [1]
    assert values(metrics, "twolane_jobs_in_progress", kind="classify") == [0]
    assert values(metrics, "twolane_jobs_total", outcome="finished") == [1]
    assert values(metrics, "twolane_jobs_total", outcome="parked") == [1]
    assert values(metrics, "twolane_files_filed_total") == [1]
    assert values(metrics, "twolane_job_duration_seconds_count", kind="classify") == [2]


def test_classifications_are_counted_by_tier_and_answers_by_their_end() -> None:
    # given
    metrics = Metrics(snapshot)

    # when
    metrics.classified(Classification("invoices", 0.9, Tier.RULES, "a rule", seconds=0.002))
    unsure = ReviewCause.UNSURE
    metrics.classified(Classification("letters", 0.4, Tier.SMALL_MODEL, "said so", unsure, seconds=1.5))
    metrics.answered("answered", DoneEvent("yes", first_token_s=0.3, seconds=2.0))
    metrics.answered("refused", DoneEvent("no", refused=True, seconds=0.1))
    metrics.answered("answered", DoneEvent("yes, and", cut=True))
    metrics.answered("cancelled", None)
    metrics.said(RefusalEvent("no", RefusalCause.NOTHING_FOUND))
    metrics.said(CitationEvent(1, CitationStatus.WEAK))

    # then
    assert values(metrics, "twolane_refusals_total", cause="nothing_found") == [1]
    assert values(metrics, "twolane_citations_total", status="weak") == [1]
    assert values(metrics, "twolane_answers_cut_total") == [1]
    assert values(metrics, "twolane_classifications_total", tier="small_model", review="true") == [1]
    assert values(metrics, "twolane_classification_duration_seconds_sum", tier="small_model") == [1.5]
    assert values(metrics, "twolane_answers_total", outcome="cancelled") == [1]
    assert values(metrics, "twolane_answer_first_token_seconds_count") == [2]
    assert values(metrics, "twolane_answer_duration_seconds_count") == [3]


def test_two_apps_in_one_process_do_not_count_into_each_other() -> None:
    # given
    one, other = Metrics(snapshot), Metrics(snapshot)

    # when
    one.job(CLASSIFY, event(JobEventKind.STARTED))
    one.job(CLASSIFY, event(JobEventKind.FINISHED))

    # then
    assert values(other, "twolane_files_filed_total") == [0]


def test_a_catalogue_that_is_away_hides_no_lane() -> None:
    # when
    metrics = Metrics(lambda: snapshot(store_answers=False, jobs={}))

    # then
    assert values(metrics, "twolane_store_reachable") == [0]
    assert values(metrics, "twolane_library_documents") == []
    assert values(metrics, "twolane_lane_ready", lane="filing") == [1]


def test_each_model_server_tells_its_breaker() -> None:
    # given
    servers = (
        ServerHealth("http://gpu1:11434", "open", 0, ready=False, detail="down"),
        ServerHealth("http://user:secret@gpu2:11434", "half-open", 2, ready=True, detail="up"),
    )
    chat = replace(snapshot().lanes[1], health=replace(READY, servers=servers))

    # when
    metrics = Metrics(lambda: snapshot(lanes=(chat,)))

    # then
    assert values(metrics, "twolane_server_breaker_state", server="gpu1:11434") == [2]
    assert values(metrics, "twolane_server_breaker_state", server="gpu2:11434") == [1]
    assert values(metrics, "twolane_server_requests_in_progress", server="gpu2:11434") == [2]


def test_a_model_of_a_file_is_named_without_its_folder() -> None:
    # given
    chat = replace(snapshot().lanes[1], model="/home/ada/divorce/mine.gguf")

    # when
    metrics = Metrics(lambda: snapshot(lanes=(chat,)))

    # then
    assert values(metrics, "twolane_model_loaded", model="mine.gguf") == [0]
    assert b"divorce" not in metrics.render()


def test_what_was_asked_and_answered_is_told_as_values() -> None:
    # given
    metrics = Metrics(snapshot)
    metrics.call_began("chat")
    metrics.call_began("filing")
    metrics.first_token("filing", 0.3)
    metrics.tokens("filing", prompt=90, completion=12)
    metrics.call_failed("filing", ModelTimeoutError("too slow"))
    metrics.call_ended("filing", "choose", 1.0, outcome="error")
    metrics.answered("answered", DoneEvent("yes", first_token_s=0.3, seconds=2.0))
    metrics.answered("cancelled", None)

    # when
    activity = metrics.activity()

    # then
    filing, chat = activity.calls["filing"], activity.calls["chat"]
    assert (filing.requests, filing.under_way, filing.errors) == (1, 0, {"timeout": 1})
    assert filing.completion_tokens == 12
    assert filing.first_token_s == pytest.approx(0.375)
    assert (chat.requests, chat.under_way, chat.first_token_s) == (0, 1, None)
    assert (activity.answers.answered, activity.answers.refused, activity.answers.cancelled) == (1, 0, 1)
    assert activity.answers.first_token_p50_s == pytest.approx(0.375)
    assert Metrics(snapshot).activity().answers.first_token_p95_s is None


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
    text = Metrics(snapshot).render().decode()
    kinds = [line.split()[2:4] for line in text.splitlines() if line.startswith("# TYPE twolane_")]

    # then
    assert len(kinds) > 30
    for name, kind in kinds:
        assert name.endswith("_total") == (kind == "counter"), name
        assert kind != "histogram" or name.endswith("_seconds"), name
    assert "_created" not in text
