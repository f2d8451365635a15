"""A real `twolane serve` is watched from outside while it files and answers, over stand-in model servers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from standins.openai import MODEL, FakeOpenAI
from standins.program import DEADLINE_S, Program, until
from tests.support.otlp_receiver import OtlpReceiver, attributes
from tests.support.watched import Sample, parse

QUESTION = "When does the lease of Ada Zanzibar end?"
SPANS = {
    *("http request", "retrieve", "job read", "job classify", "job embed"),
    *("model choose", "model chat", "model load"),
}
LEASE = "LEASE AGREEMENT\n\nThe lease of Ada Zanzibar ends on 30 June 2027.\n"


@dataclass
class Watched:
    """A served library of a few files, both model servers, and what came to the collector."""

    program: Program
    process: subprocess.Popen[str]
    url: str
    filing: FakeOpenAI
    chat: FakeOpenAI
    collector: OtlpReceiver
    answer: httpx.Response

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=DEADLINE_S, trust_env=False)

    def samples(self) -> list[Sample]:
        return parse(self.get("/metrics").raise_for_status().text)

    def value(self, name: str, **labels: str) -> float:
        return sum(s.value for s in self.samples() if s.name == name and labels.items() <= s.labels.items())

    @property
    def log(self) -> str:
        return (self.program.home / "started.log").read_text("utf-8")

    def lines(self, **fields: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.splitlines()]
        return [line for line in lines if fields.items() <= line.items()]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    home = tmp_path_factory.mktemp("watched")
    with ExitStack() as stack:
        filing, chat = (stack.enter_context(FakeOpenAI("llama-server", 4096)) for _ in range(2))
        collector = stack.enter_context(OtlpReceiver())
        settings = {
            "filing.url": f"{filing.url}/v1",
            "filing.model": MODEL,
            "chat.url": f"{chat.url}/v1",
            "chat.model": MODEL,
            "embedding.runtime": "off",
            "telemetry.log_level": "info",
            "telemetry.log_format": "json",
        }
        sending = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
        # The web framework could send spans of its own, with what was asked in them: it must not.
        program = Program(home, settings, {**sending, "FASTAPI_OTEL_AUTO_CONFIGURE": "true"})
        documents = home / "documents"
        documents.mkdir()
        (documents / "lease-secretname.txt").write_text(LEASE, "utf-8")
        for number in range(5):
            (documents / f"note{number}.txt").write_text(f"Nothing of note, number {number}.\n", "utf-8")
        process, url = stack.enter_context(program.serving())
        program.ok("add", "--no-wait", documents)
        running = Watched(program, process, url, filing, chat, collector, httpx.Response(0))
        until(lambda: running.value("twolane_library_files", state="waiting") == 0, "all is filed")
        until(lambda: running.value("twolane_files_filed_total") >= 6, "all was counted")
        running.answer = httpx.post(
            f"{url}/api/v1/ask",
            json={"question": QUESTION},
            headers={"X-Request-Id": "user-42", "Accept": "application/json"},
            timeout=DEADLINE_S,
            trust_env=False,
        )
        yield running


def test_a_scrape_tells_of_both_lanes(watched: Watched) -> None:
    # then
    assert watched.value("twolane_queue_jobs", state="queued") == 0
    assert watched.value("twolane_queue_jobs_done_total", kind="read", lane="filing") == 6
    assert watched.value("twolane_jobs_total", kind="classify", outcome="finished") == 6
    assert watched.value("twolane_classifications_total") == 6
    assert watched.value("twolane_library_files_by_tier") == 6
    assert watched.value("twolane_model_requests_total", lane="filing", operation="choose", outcome="ok") >= 1
    assert watched.value("twolane_model_tokens_total", lane="filing", type="prompt") > 0
    assert watched.value("twolane_model_requests_total", lane="chat", operation="chat", outcome="ok") >= 1
    assert watched.value("twolane_model_first_token_seconds_count", lane="chat") >= 1
    assert watched.value("twolane_answers_total") >= 1
    assert watched.value("twolane_answer_duration_seconds_count") >= 1
    assert watched.value("twolane_retrieval_duration_seconds_count") >= 1
    assert watched.value("twolane_http_requests_total", route="/api/v1/ask", status="200") >= 1
    assert watched.value("twolane_lane_ready") == 2
    assert watched.value("twolane_workers") >= 1
    if sys.platform == "linux":  # elsewhere its library knows nothing of the process
        assert watched.value("process_resident_memory_bytes") > 0


def test_no_scrape_tells_what_the_files_say(watched: Watched) -> None:
    # when
    response = watched.get("/metrics")

    # then
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert response.headers["cache-control"] == "no-store"
    for private in ("secretname", "Zanzibar", str(watched.program.home)):
        assert private not in response.text


def test_one_id_goes_from_the_request_to_the_model(watched: Watched) -> None:
    # given
    assert watched.answer.status_code == 200

    # when
    # the server reads its instructions to the model before anybody asks: that is nobody's request
    asked = [seen for seen in watched.chat.requests if QUESTION in str(seen.body)]

    def logged() -> list[dict[str, Any]]:
        lines = watched.lines(request_id="user-42")
        return lines if any(line["message"] == "request" for line in lines) else []

    lines = until(logged, "the request is logged")

    # then
    assert watched.answer.headers["x-request-id"] == "user-42"
    assert {seen.headers.get("x-request-id") for seen in asked if seen.body.get("stream")} == {"user-42"}
    assert {"retrieved", "model call", "question", "request"} <= {line["message"] for line in lines}


def test_a_job_has_an_id_of_its_own_down_to_the_model(watched: Watched) -> None:
    # when
    jobs = [line for line in watched.lines(message="job done") if line["kind"] == "classify"]
    sent = {seen.headers.get("x-request-id", "") for seen in watched.filing.asked("/v1/completions")}
    sent |= {seen.headers.get("x-request-id", "") for seen in watched.filing.asked("/v1/chat/completions")}

    # then
    assert len(jobs) == 6
    assert all(line["request_id"] == f"job-{line['job_id']}-1" and line["file_id"] for line in jobs)
    assert {one for one in sent if one.startswith("job-")} <= {line["request_id"] for line in jobs}
    assert any(one.startswith("job-") for one in sent)


def test_no_line_of_the_log_tells_what_was_asked_or_filed(watched: Watched) -> None:
    # then
    assert len(watched.lines()) > 10
    for private in ("Zanzibar", "secretname"):
        assert private not in watched.log


def test_spans_of_a_request_hang_together(watched: Watched) -> None:
    # when
    def asked() -> list[Any]:
        spans = [s for s in watched.collector.spans if attributes(s).get("twolane.request_id") == "user-42"]
        return spans if any(span.name == "http request" for span in spans) else []

    spans = until(asked, "the spans have come")
    by_name = {span.name: span for span in spans}
    request, retrieve, model = (by_name[name] for name in ("http request", "retrieve", "model chat"))

    # then
    assert watched.collector.services == {"twolane"}
    assert {span.name for span in watched.collector.spans} <= SPANS
    assert {retrieve.parent_span_id, model.parent_span_id} == {request.span_id}
    assert len({span.trace_id for span in spans}) == 1
    assert attributes(request)["twolane.route"] == "/api/v1/ask"
    assert attributes(model)["twolane.lane"] == "chat"
    assert [event.name for event in model.events] == ["first token"]


def test_a_model_call_of_a_job_is_a_span_under_it(watched: Watched) -> None:
    # when
    def classified() -> list[Any]:
        spans = watched.collector.named("job classify")
        return spans if len(spans) == 6 else []

    jobs = {span.span_id: span for span in until(classified, "the jobs' spans have come")}
    calls = [span for span in watched.collector.named("model choose") if span.parent_span_id]

    # then
    assert calls
    assert all(call.parent_span_id in jobs for call in calls)
    assert all(attributes(job)["twolane.kind"] == "classify" for job in jobs.values())


def test_no_span_tells_what_was_asked_or_filed(watched: Watched) -> None:
    for private in (b"Zanzibar", b"secretname"):
        assert private not in watched.collector.raw


def test_top_shows_a_running_server_to_programs_and_people(watched: Watched) -> None:
    # when
    told = watched.program.ok("top", "--url", watched.url, "--once", "--json").values[0]
    shown = watched.program.ok("top", "--url", watched.url, "--once").out

    # then
    assert told["source"] == watched.url
    assert told["workers"] >= 1
    assert told["counts"]["files"]["filed"] + told["counts"]["files"].get("review", 0) == 6
    assert told["jobs"]["read"]["done"] == 6
    lanes = [(lane["name"], lane["health"]["ready"]) for lane in told["lanes"]]
    assert lanes == [("filing", True), ("chat", True)]
    assert told["lanes"][0]["calls"]["requests"] >= 1
    assert told["answers"]["answered"] + told["answers"]["refused"] >= 1
    assert "filing lane" in shown
    assert "chat lane" in shown


def test_top_shows_a_library_without_a_server(watched: Watched) -> None:
    # when
    told = watched.program.ok("top", "--once", "--json").values[0]

    # then
    assert told["jobs"]["classify"]["done"] == 6
    assert sum(told["counts"]["tiers"].values()) == 6
    assert (told["pools"], told["workers"]) == (0, 1)  # the server's own are counted, none is here


def test_top_says_where_nothing_answers(watched: Watched) -> None:
    # when
    done = watched.program.run("top", "--url", "http://127.0.0.1:9", "--once", "--json")

    # then
    assert done.code == 1
    assert "nothing answers at http://127.0.0.1:9" in json.loads(done.err)["error"]


def test_the_number_of_a_file_joins_an_upload_and_its_jobs(watched: Watched) -> None:
    # when
    response = httpx.post(
        f"{watched.url}/api/v1/files",
        files={"files": ("late.txt", b"Nothing of note, but late.\n")},
        headers={"X-Request-Id": "upload-1"},
        timeout=DEADLINE_S,
        trust_env=False,
    )
    number = response.json()["files"][0]["file_id"]

    def done() -> list[dict[str, Any]]:
        return [line for line in watched.lines(message="job done") if line["file_id"] == number]

    until(lambda: {line["kind"] for line in done()} >= {"read", "classify"}, "it is filed")

    # then
    [queued] = watched.lines(message="file queued")
    assert (queued["request_id"], queued["file_id"]) == ("upload-1", number)


def test_a_model_server_that_dies_fails_its_own_lane_alone(watched: Watched) -> None:
    # given: this test comes last, for it takes the filing model away
    watched.filing.health = 503
    watched.filing.tricks.extend(["drop"] * 50)

    # when
    until(lambda: watched.value("twolane_lane_ready", lane="filing") == 0, "the filing lane is seen down")
    ready = watched.get("/readyz")

    # then
    assert watched.value("twolane_lane_ready", lane="chat") == 1
    assert ready.status_code == 200
    assert ready.json()["ready"] is True
    assert ready.json()["lanes"] == {"filing": False, "chat": True}


def test_without_an_endpoint_nothing_that_could_send_spans_is_loaded() -> None:
    # given: the web framework itself loads the interface, which sends nothing
    parts = ("opentelemetry.sdk", "opentelemetry.exp")
    look = f"import sys, twolane.api.server as _; print([m for m in sys.modules if m[:17] in {parts}])"

    # when
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, encoding="utf-8", check=True)

    # then
    assert done.stdout.strip() == "[]"


def test_a_collector_that_is_away_does_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    # given
    scripted = {"filing.runtime": "scripted", "chat.runtime": "scripted", "embedding.runtime": "off"}
    program = Program(tmp_path, {**scripted, "telemetry.otlp_endpoint": "http://127.0.0.1:9"})
    with program.serving() as (process, url):
        httpx.get(f"{url}/livez", trust_env=False)

        # when
        psutil.Process(process.pid).terminate()

        # then
        assert process.wait(DEADLINE_S) == 0
