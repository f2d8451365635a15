"""Either lane's model process, the workers or the server die in the middle: nothing is lost or done twice."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from standins.models import embedding_model, small_chat_model
from standins.program import DEADLINE_S, Program, kill_group, small_pair, until, was_asked
from standins.sse import events_of

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]

FILES = 12
TOPICS = (
    "the boiler",
    "a holiday in Norway",
    "the tax return",
    "piano lessons",
    "a bicycle",
    "the roof",
)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    small_chat_model()
    embedding_model()
    return Program(tmp_path, small_pair())


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return write_files(tmp_path / "inbox", FILES)


def write_files(folder: Path, number: int, start: int = 0) -> Path:
    """Write different letters; each is known again by its code word."""
    folder.mkdir(exist_ok=True)
    for index in range(start, start + number):
        topic = TOPICS[index % len(TOPICS)]
        text = f"Dear neighbour,\n\nthis is about {topic}. The code word is zebra{index:03}.\n\nYours, Ida\n"
        (folder / f"letter-{index:03}.txt").write_text(text * 3)
    return folder


def files(program: Program) -> dict[str, dict[str, Any]]:
    return {Path(value["path"]).name: value for value in program.ok("files", "--json").values}


def settled(url: str) -> bool:
    """Say whether every file has been filed or waits for a person, and nothing is left to do.

    The server is asked: a program started for each look would take the processor from the models.
    """
    state = httpx.get(f"{url}/api/v1/status", timeout=DEADLINE_S).raise_for_status().json()["snapshot"]
    return not any(jobs["queued"] or jobs["running"] for jobs in state["jobs"].values())


def done(program: Program, number: int) -> None:
    """Check that each of the files was done, once: as many documents as files, and all their vectors."""
    state = program.ok("status", "--json").values[0]
    listed = files(program)
    assert len(listed) == number
    assert {value["state"] for value in listed.values()} <= {"filed", "review"}
    assert all(value["classification"] for value in listed.values())
    assert state["counts"]["documents"] == number
    assert state["counts"]["passages"] == state["counts"]["vectors"] >= number
    assert not any(jobs["parked"] for jobs in state["jobs"].values())
    assert program.ok("doctor", "--json").code == 0


@contextmanager
def ask(url: str, question: str) -> Iterator[Iterator[tuple[str, Any]]]:
    """Ask the server; yields the stream of (event, data)."""
    with httpx.stream(
        "POST", f"{url}/api/v1/ask", json={"question": question}, timeout=DEADLINE_S
    ) as response:
        assert response.status_code == 200
        yield events_of(response.iter_lines())


def answered(url: str) -> bool:
    with ask(url, "What is the code word of the letter about piano lessons?") as events:
        name, data = list(events)[-1]
        return was_asked(name == "done", str(data))


def test_a_dead_filing_model_is_not_seen_by_chat_and_loses_no_file(program: Program, inbox: Path) -> None:
    # given
    program.ok("add", inbox)
    with program.serving() as (_, url):
        victim = until(lambda: program.model_process("filing"), "the filing model runs")
        chat_before = until(lambda: program.model_process("chat"), "the chat model runs")

        # when
        write_files(inbox, FILES, start=FILES)
        program.ok("add", inbox, "--no-wait")
        victim.send_signal(signal.SIGKILL)

        # then
        assert answered(url)
        assert program.model_process("chat") == chat_before
        until(lambda: settled(url), "all files are done")
    done(program, 2 * FILES)


def test_a_dead_chat_model_holds_up_no_file_and_comes_back(program: Program, inbox: Path) -> None:
    # given
    program.settings["chat.answer_tokens"] = "400"
    program.ok("add", inbox)
    with program.serving() as (_, url):
        victim = until(lambda: program.model_process("chat"), "the chat model runs")
        filing_before = until(lambda: program.model_process("filing"), "the filing model runs")
        write_files(inbox, FILES, start=FILES)

        # when
        with ask(url, "Tell everything about the letter about piano lessons.") as events:
            next(event for event in events if event[0] in {"text", "refusal", "done"})
            victim.send_signal(signal.SIGKILL)
            program.ok("add", inbox, "--no-wait")
            last = [name for name, _ in events][-1:]

        # then
        assert last in ([], ["done"], ["error"])
        until(lambda: settled(url), "all files are done")
        assert program.model_process("filing") == filing_before
        assert answered(url)
    done(program, 2 * FILES)


@pytest.mark.parametrize("filed_before_the_end", [0, 1, FILES // 2])
def test_an_add_that_is_killed_is_finished_by_the_next(
    program: Program, inbox: Path, filed_before_the_end: int
) -> None:
    # given
    program.settings["lease_s"] = "2"
    with program.started("add", inbox) as adding:
        until(lambda: (program.data_dir / "library.db").exists() or None, "the library is there")

        def enough() -> bool:
            states = [value["state"] for value in files(program).values()]
            return len(states) - states.count("waiting") >= filed_before_the_end and bool(states)

        until(enough, "some files are done")
        # when
        kill_group(adding)
    program.ok("add", inbox)

    # then
    done(program, FILES)


def test_a_server_that_is_killed_takes_its_models_along_and_a_new_one_finishes(
    program: Program, inbox: Path
) -> None:
    # given
    program.settings["lease_s"] = "2"
    with program.serving() as (server, _):
        until(lambda: program.model_process("chat"), "the chat model runs")
        program.ok("add", inbox, "--no-wait")
        until(lambda: program.model_process("filing"), "the filing model runs")
        children = psutil.Process(server.pid).children(recursive=True)
        assert children

        # when
        os.kill(server.pid, signal.SIGKILL)
        _, alive = psutil.wait_procs(children, timeout=DEADLINE_S)

        # then
        assert not alive
    with program.serving() as (_, url):
        until(lambda: settled(url), "all files are done")
        assert answered(url)
    done(program, FILES)


def test_a_running_server_and_an_add_share_one_model_process(program: Program, inbox: Path) -> None:
    # given
    with program.serving() as (_, url):
        filing = until(lambda: program.model_process("filing"), "the filing model runs")

        # when
        adding = threading.Thread(target=program.ok, args=("add", inbox))
        adding.start()
        chat_answers = answered(url)
        adding.join(DEADLINE_S)

        # then
        assert chat_answers
        assert program.model_process("filing") == filing
    done(program, FILES)
