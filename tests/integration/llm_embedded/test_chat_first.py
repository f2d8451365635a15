"""The filing lane's process is stopped while somebody is answered, and never left behind so."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from standins.models import small_chat_model
from standins.program import until

from twolane.config.lane_settings import LaneSettings
from twolane.llm.runtimes.llamacpp import LlamaCppLLM
from twolane.llm.turns.admission import Admission
from twolane.llm.turns.admitted import AdmittedModel
from twolane.system.processes import CAN_PAUSE

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not CAN_PAUSE, reason="a process is stopped only where it surely ends with its owner"),
]

PROMPT = "The capital of France is"
LABELS = ("Paris", "London")
DEADLINE_S = 60.0
PROCESS = Path(__file__).with_name("asking_process.py")


@pytest.fixture
def llm(tmp_path: Path) -> Iterator[LlamaCppLLM]:
    folder, name = small_chat_model()
    settings = LaneSettings(model=name, context_tokens=256)
    opened = LlamaCppLLM(settings, lane="filing", run_dir=tmp_path, models_dir=folder, threads=1)
    yield opened
    opened.close()


@pytest.fixture
def admission(tmp_path: Path) -> Iterator[Admission]:
    opened = Admission(tmp_path)
    yield opened
    opened.close()


@contextmanager
def elsewhere(role: str, run_dir: Path, *rest: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run `asking_process.py`; yield it and the pid of the process that runs its model."""
    command = [sys.executable, str(PROCESS), role, str(run_dir), *rest]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout
        try:
            yield process, json.loads(process.stdout.readline())["pid"]
        finally:
            process.kill()


def state(pid: int) -> str:
    try:
        return str(psutil.Process(pid).status())
    except psutil.NoSuchProcess:
        return psutil.STATUS_DEAD


def is_stopped(pid: int) -> bool:
    return state(pid) == psutil.STATUS_STOPPED


def is_gone(pid: int) -> bool:
    return state(pid) in {psutil.STATUS_DEAD, psutil.STATUS_ZOMBIE}


def pid_of(llm: LlamaCppLLM) -> int:
    llm.load()
    address = llm.address()
    assert address
    return address.pid


def test_a_stopped_process_is_well_and_goes_on_where_it_was(llm: LlamaCppLLM) -> None:
    # given
    pid = pid_of(llm)
    llm.pause()
    llm.pause()
    until(lambda: is_stopped(pid), "stopped")
    healthy = llm.health()

    # when
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(llm.choose, PROMPT, LABELS)
        waiting = not call.done()
        llm.resume()
        llm.resume()
        choice = call.result(DEADLINE_S)

    # then
    assert healthy.ready
    assert waiting
    assert choice.labels == LABELS
    assert pid_of(llm) == pid


def test_the_process_has_its_next_request_before_it_has_ended_one(llm: LlamaCppLLM) -> None:
    # given a lane of one slot
    pid = pid_of(llm)
    llm.pause()
    until(lambda: is_stopped(pid), "stopped")

    # when
    with ThreadPoolExecutor(3) as pool:
        calls = [pool.submit(llm.choose, PROMPT, LABELS) for _ in range(3)]
        try:
            until(lambda: connections(llm) == 2, "one under way and one waiting")
        finally:
            llm.resume()

    # then
    assert [call.result(DEADLINE_S).labels for call in calls] == [LABELS] * 3


def connections(llm: LlamaCppLLM) -> int:
    """Count this process's connections to the lane's process."""
    address = llm.address()
    assert address
    port = int(address.url.rpartition(":")[2])
    found = psutil.Process().net_connections("tcp")
    return sum(bool(c.raddr) and c.raddr.port == port and c.status == psutil.CONN_ESTABLISHED for c in found)


def test_closing_ends_a_stopped_process(llm: LlamaCppLLM) -> None:
    # given
    pid = pid_of(llm)
    llm.pause()
    until(lambda: is_stopped(pid), "stopped")

    # when
    llm.close()

    # then
    assert is_gone(pid)


def test_an_answer_elsewhere_stops_it_until_that_process_is_killed(
    llm: LlamaCppLLM, admission: Admission, tmp_path: Path
) -> None:
    # given
    admission.add_pausable(llm.pause, llm.resume)
    pid = pid_of(llm)
    filing = AdmittedModel(llm, admission)

    # when
    with ThreadPoolExecutor(1) as pool, elsewhere("answer", tmp_path) as (answering, _):
        until(lambda: is_stopped(pid), "stopped")
        call = pool.submit(filing.choose, PROMPT, LABELS)
        waiting = not call.done()
        answering.kill()  # kill -9: it can take nothing back
        choice = call.result(DEADLINE_S)

    # then
    assert waiting
    assert choice.labels == LABELS
    assert not is_stopped(pid)


def test_a_stopped_process_ends_with_its_killed_owner(admission: Admission, tmp_path: Path) -> None:
    # given
    folder, name = small_chat_model()
    with elsewhere("file", tmp_path, name, str(folder)) as (owner, pid), admission.answering():
        until(lambda: is_stopped(pid), "stopped")

        # when
        owner.kill()

        # then
        until(lambda: is_gone(pid), "gone")


def test_filing_has_its_share_of_a_conversation_without_end(llm: LlamaCppLLM, tmp_path: Path) -> None:
    # given
    admission = Admission(tmp_path, longest_wait_s=0.4, turn_s=0.2)
    admission.add_pausable(llm.pause, llm.resume)
    pid = pid_of(llm)
    filing = AdmittedModel(llm, admission)

    # when
    with elsewhere("answer", tmp_path):
        until(lambda: is_stopped(pid), "stopped")
        choices = [filing.choose(PROMPT, LABELS) for _ in range(3)]
        until(lambda: is_stopped(pid), "stopped again")

    # then
    assert [choice.labels for choice in choices] == [LABELS] * 3
    admission.close()
    assert not is_stopped(pid)
