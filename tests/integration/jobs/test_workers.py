"""Workers as processes of their own over a real server: killed, stopped, wiped; each file is filed once."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from standins.brokers import RabbitServer, RedisServer, Server, free_port
from standins.program import DEADLINE_S, Program, kill_group, until

from twolane.store.sqlite.store import open_sqlite
from twolane.work import JobCounts

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills process groups")

FILES = 24


@pytest.fixture(params=["redis", "rabbitmq"])
def broker(request: pytest.FixtureRequest) -> Server:
    server: RedisServer | RabbitServer = request.getfixturevalue(
        "redis_server" if request.param == "redis" else "rabbit_server"
    )
    return server


@pytest.fixture
def program(tmp_path: Path, broker: Server) -> Program:
    """A library whose models are scripted, with a queue of its own."""
    if isinstance(broker, RabbitServer):
        broker.names = (tmp_path.name,)
    settings = {
        "wakeup_url": broker.url,
        "wakeup_name": tmp_path.name,
        "filing.runtime": "scripted",
        "filing.model": "scripted",
        "chat.runtime": "scripted",
        "chat.model": "scripted",
        "embedding.runtime": "off",
        "extract.ocr": "off",
        "lease_s": "2",
    }
    return Program(tmp_path, settings)


@contextmanager
def working(program: Program, *args: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Start `twolane worker`; yields the process and what it told when it was ready."""
    with program.started("worker", "--json", *args) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line, (program.home / "started.log").read_text()
        yield process, json.loads(line)


def write_files(folder: Path, number: int, start: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    for index in range(start, start + number):
        text = f"Dear neighbour,\n\nthe code word is zebra{index:03}.\n\nYours, Ida\n"
        (folder / f"letter-{index:03}.txt").write_text(text)
    return folder


def status(program: Program) -> dict[str, Any]:
    found: dict[str, Any] = program.ok("status", "--json").values[0]
    return found


def jobs(program: Program) -> dict[str, JobCounts]:
    """Count jobs as another process, without starting one."""
    with closing(open_sqlite(program.data_dir / "library.db", max_attempts=4)) as store:
        return store.job_counts()


def filed(program: Program) -> int:
    return jobs(program).get("classify", JobCounts()).done


def assert_each_was_filed_once(program: Program, number: int) -> None:
    """Every file has one document and one ended job of each kind; nothing is left and nothing failed."""
    state = status(program)
    assert state["counts"]["documents"] == number
    assert sum(state["counts"]["files"].get(kind, 0) for kind in ("filed", "review")) == number
    for kind in ("read", "classify"):
        assert jobs(program)[kind] == JobCounts(done=number)


def settled(program: Program) -> bool:
    return not any(counts.queued or counts.running for counts in jobs(program).values())


def test_two_workers_share_the_work_through_a_wipe_and_drain_when_told(
    program: Program, broker: Server
) -> None:
    # given
    inbox = write_files(program.home / "inbox", FILES)
    with working(program) as (one, _), working(program, "--concurrency", "3") as (other, _):
        program.ok("add", "--no-wait", inbox)
        until(lambda: filed(program) >= 1, "something is filed")
        told = status(program)["working"]

        # when
        broker.wipe()
        until(lambda: settled(program), "all files are done")
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(DEADLINE_S) for process in (one, other)]

    # then
    assert codes == [0, 0]
    assert [record["lane"] for record in told] == ["filing", "filing"]
    assert status(program)["working"] == []
    assert_each_was_filed_once(program, FILES)


def test_a_worker_that_is_killed_loses_nothing_and_another_goes_on(program: Program) -> None:
    # given
    inbox = write_files(program.home / "inbox", FILES)
    with working(program) as (victim, _), working(program):
        program.ok("add", "--no-wait", inbox)
        until(lambda: filed(program) >= 1, "something is filed")

        # when
        kill_group(victim)

        # then
        until(lambda: settled(program), "all files are done")
    assert_each_was_filed_once(program, FILES)


def test_workers_go_on_without_the_broker_and_are_told_again_when_it_is_back(
    program: Program, broker: Server
) -> None:
    # given
    inbox = write_files(program.home / "inbox", FILES // 2)
    with working(program):
        # when
        broker.stop()
        try:
            program.ok("add", "--no-wait", inbox)
            until(lambda: settled(program), "the first files are done without a broker")
        finally:
            broker.start()
        write_files(inbox, FILES // 2, FILES // 2)
        program.ok("add", "--no-wait", inbox)

        # then
        until(lambda: settled(program), "all files are done")
    assert_each_was_filed_once(program, FILES)


@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_a_chat_server_alone_answers_while_workers_file(program: Program) -> None:
    # given
    inbox = write_files(program.home / "inbox", FILES)
    with program.serving("--workers", "0") as (_, url), program.serving("--workers", "0") as (_, second):
        # when
        with working(program, "--port", "0"):
            program.ok("add", "--no-wait", inbox)
            until(lambda: filed(program) >= 1, "something is filed")
            answers = [
                httpx.post(
                    f"{where}/api/v1/ask", json={"question": "What is the code word?"}, timeout=DEADLINE_S
                )
                for where in (url, second)
            ]
            now = httpx.get(f"{url}/api/v1/status", timeout=DEADLINE_S).json()["snapshot"]
            until(lambda: settled(program), "all files are done")

        # then
        assert all("event: done" in answer.text for answer in answers)
        assert (now["pools"], now["workers"]) == (0, 1)
        [worker] = now["working"]
        assert (worker["concurrency"], worker["host"], worker["draining"]) == (2, socket.gethostname(), False)
    assert_each_was_filed_once(program, FILES)


@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_a_worker_says_whether_it_lives_and_is_ready(program: Program) -> None:
    # given
    port = free_port()
    with working(program, "--port", str(port)) as (process, told):
        # when
        live, ready, metrics, nothing = (
            httpx.get(f"http://127.0.0.1:{port}/{path}", timeout=DEADLINE_S)
            for path in ("livez", "readyz", "metrics", "etc/passwd")
        )

        # then
        assert told["port"] == port
        assert (live.status_code, ready.status_code, metrics.status_code) == (200, 200, 200)
        assert nothing.status_code == 404
        assert process.poll() is None


@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_workers_file_what_they_cannot_see_from_the_blob_area(program: Program, s3_url: str) -> None:
    # given
    program.settings["blobs_url"] = f"{s3_url}/{program.home.name.replace('_', '-').lower()[-40:].strip('-')}"
    inbox = write_files(program.home / "inbox", FILES)
    program.ok("add", "--no-wait", inbox)

    # when: the workers' machine has no such folder
    inbox.rename(program.home / "elsewhere")
    with working(program):
        until(lambda: settled(program), "all files are done")

    # then
    assert_each_was_filed_once(program, FILES)
    with program.serving("--workers", "0") as (_, url):
        content = httpx.get(f"{url}/api/v1/files/1/content", timeout=DEADLINE_S)
    assert content.status_code == 200
    assert "zebra" in content.text
