"""`twolane mcp` as programs start it: a real process, by the SDK's client in both revisions."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from standins.openai import MODEL, FakeOpenAI
from standins.program import DEADLINE_S, Program
from tests.integration.api.served import INVOICE, LEASE
from tests.integration.mcp.clients import REVISIONS, SESSIONS, STATELESS, call, talk, text_of
from tests.integration.mcp.wire import stateless

QUESTION = "When does the lease end?"


@dataclass
class Started:
    """A library with one lease, and the server of its chat model."""

    program: Program
    chat: FakeOpenAI

    def command(self, *args: str) -> list[str]:
        return self.program.command("mcp", *args)

    def server(self, *args: str) -> StdioServerParameters:
        python, *rest = self.command(*args)
        return StdioServerParameters(
            command=python, args=rest, env=self.program.environment, cwd=str(self.program.home)
        )

    @contextmanager
    def raw(self) -> Iterator[subprocess.Popen[str]]:
        """Start it with both ends in the test's hands."""
        pipe = subprocess.PIPE
        with subprocess.Popen(
            self.command(), stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8", **self.program.place
        ) as process:
            try:
                yield process
            finally:
                process.kill()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    home = tmp_path_factory.mktemp("stdio")
    with FakeOpenAI("llama-server", 4096) as chat:
        settings = {
            "filing.runtime": "scripted",
            "filing.model": "twin",
            "chat.url": f"{chat.url}/v1",
            "chat.model": MODEL,
            "embedding.runtime": "off",
        }
        program = Program(home, settings)
        documents = home / "documents"
        documents.mkdir()
        (documents / "lease.txt").write_text(LEASE, "utf-8")
        program.ok("add", documents)
        yield Started(program, chat)


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_folder_of_this_machine_is_filed_asked_about_and_corrected(started: Started, revision: str) -> None:
    # given
    folder = started.program.home / f"new {revision}"
    folder.mkdir()
    (folder / "tuning.txt").write_text(f"{INVOICE}\nOf revision {revision}.\n", "utf-8")

    async def use(client: Client) -> list[Any]:
        filed = await client.call_tool("file", {"path": str(folder), "wait_s": 240})
        (file,) = filed.structured_content["files"]
        wanted = {"file_id": file["file_id"]}
        return [
            filed,
            await client.call_tool("ask", {"question": "What costs tuning?", "folder": str(folder)}),
            await client.call_tool("search", {"query": "harpsichord", "folder": str(folder)}),
            await client.call_tool("correct", {**wanted, "category": "receipt"}),
            await client.call_tool("undo_correction", wanted),
        ]

    # when
    filed, answer, found, corrected, undone = talk(started.server(), revision, use)

    # then
    assert (filed.structured_content["waiting"], filed.structured_content["is_new"]) == (0, True)
    assert filed.structured_content["files"][0]["classification"]["category"] == "invoice"
    assert {one["name"] for one in answer.structured_content["sources"]} == {"tuning.txt"}
    assert found.structured_content["passages"][0]["name"] == "tuning.txt"
    assert corrected.structured_content["classification"]["category"] == "receipt"
    assert undone.structured_content["classification"]["category"] == "invoice"


def test_a_path_that_is_not_there_is_an_error_of_the_tool(started: Started) -> None:
    # when
    result = call(started.server(), STATELESS, "file", path="/nowhere/at/all")

    # then
    assert result.is_error
    assert "/nowhere/at/all" in text_of(result)


@pytest.mark.parametrize("revision", REVISIONS)
def test_cancelling_a_question_frees_the_model(started: Started, revision: str) -> None:
    # given
    started.chat.tricks.append("endless")

    async def cancel(client: Client) -> None:
        with anyio.CancelScope() as scope:

            async def heard(progress: float, total: float | None, message: str | None) -> None:
                scope.cancel()

            await client.call_tool("ask", {"question": QUESTION}, progress_callback=heard)
        assert scope.cancelled_caught
        await anyio.to_thread.run_sync(started.chat.stage.wait_for, 0)

    # when
    talk(started.server(), revision, cancel)

    # then
    assert started.chat.stage.inside == 0


@pytest.mark.parametrize("how", ["closed", signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_its_client_in_the_middle_of_an_answer(
    started: Started, how: str | signal.Signals
) -> None:
    # given
    started.chat.tricks.append("endless")
    asked = stateless("tools/call", "ask", arguments={"question": QUESTION})["json"]

    # when
    with started.raw() as process:
        assert process.stdin
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        started.chat.stage.wait_for(1)
        if isinstance(how, signal.Signals):
            process.send_signal(how)
        else:
            process.stdin.close()
        code = process.wait(DEADLINE_S)
        started.chat.stage.wait_for(0)

    # then
    assert code == 0


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_output_is_the_protocol_and_nothing_else(started: Started, revision: str) -> None:
    # given
    began = {"protocolVersion": SESSIONS, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    handshake = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": began}
    sent = stateless("server/discover")["json"] if revision == STATELESS else handshake

    # when
    with started.raw() as process:
        out, errors = process.communicate(json.dumps(sent) + "\n{no json\n", DEADLINE_S)

    # then
    answers = [json.loads(line) for line in out.splitlines()]
    assert answers[0]["id"] == 1
    assert "capabilities" in answers[0]["result"]
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)
    assert "Traceback" not in errors
    assert process.returncode == 0


def test_no_log_holds_what_is_asked_or_read(started: Started) -> None:
    # given
    told = Started(
        Program(
            started.program.home,
            {**started.program.settings, "telemetry.log_level": "debug", "chat.runtime": "scripted"},
        ),
        started.chat,
    )
    asked = stateless("tools/call", "ask", arguments={"question": "Which landlord has the harbour?"})

    # when
    with told.raw() as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(asked["json"]) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        _, log = process.communicate(timeout=DEADLINE_S)

    # then
    assert "Harbour Homes" in answer
    assert "question" in log
    assert "landlord" not in log.lower()


def test_what_only_reads_can_be_asked_for(started: Started) -> None:
    # when
    listed = talk(started.server("--read-only"), STATELESS, lambda client: client.list_tools())

    # then
    assert {tool.name for tool in listed.tools}.isdisjoint({"file", "correct", "undo_correction"})


def test_without_the_extra_the_command_names_what_to_install(started: Started) -> None:
    # given
    code = "import sys; sys.modules['mcp'] = None; from twolane.cli.main import main; main()"

    # when
    done = subprocess.run(
        [sys.executable, "-c", code, "mcp"], capture_output=True, encoding="utf-8", **started.program.place
    )

    # then
    assert done.returncode == 2
    assert "pip install 'twolane[mcp]'" in done.stderr
    assert done.stdout == ""


def test_what_speaks_the_protocol_is_loaded_for_nothing_else() -> None:
    # given
    code = (
        "import sys, twolane.cli.main, twolane.api.server; print([n for n in sys.modules if n[:3] == 'mcp'])"
    )

    # when
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=Path(__file__).parents[3]
    )

    # then
    assert (done.stdout.strip(), done.returncode) == ("[]", 0)
