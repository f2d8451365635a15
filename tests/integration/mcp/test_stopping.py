"""Calls that end early: cancelled, hung up on, or cut off by the server's end."""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client
from tests.integration.api.served import (
    DEADLINE_S,
    Served,
    SteeredApp,
    settings_in,
    until,
)
from tests.integration.mcp.clients import REVISIONS, SESSIONS, call, talk, text_of
from tests.integration.mcp.wire import in_session, messages_of, stateless

from twolane.answers import AnswerEvent, TextEvent, Turn
from twolane.api.server import ApiServer, listen_on

QUESTION = "When does the lease end?"


class Endless:
    """An answer that has no end, and knows when it was closed."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def __call__(self, question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        try:
            while not self.closed.wait(0.02):
                yield TextEvent("and ")
        finally:
            self.closed.set()


def asks_under_way(served: Served) -> int:
    with served.client() as client:
        taken: int = client.get("/api/v1/status").json()["asks_under_way"]
        return taken


@pytest.mark.parametrize("revision", REVISIONS)
def test_cancelling_a_question_stops_the_model(served: Served, mcp_url: str, revision: str) -> None:
    # given
    endless = Endless()

    async def cancel(client: Client) -> Any:
        with anyio.CancelScope() as scope:

            async def heard(progress: float, total: float | None, message: str | None) -> None:
                scope.cancel()

            await client.call_tool("ask", {"question": QUESTION}, progress_callback=heard)
        assert scope.cancelled_caught
        await anyio.to_thread.run_sync(endless.closed.wait, DEADLINE_S)
        return await client.call_tool("list_files", {})

    # when
    with served.scripted(endless):
        after = talk(mcp_url, revision, cancel)

    # then
    assert endless.closed.is_set()
    assert not after.is_error
    until(lambda: asks_under_way(served) == 0)


@pytest.mark.parametrize("revision", REVISIONS)
def test_hanging_up_stops_the_model(served: Served, revision: str) -> None:
    # given
    endless = Endless()
    asked = {"arguments": {"question": QUESTION}, "_meta": {"progressToken": 7}}

    # when
    with served.scripted(endless), served.client() as client:
        post = (
            in_session(client, "tools/call", name="ask", **asked)
            if revision == SESSIONS
            else with_progress(stateless("tools/call", "ask", arguments=asked["arguments"]))
        )
        with client.stream("POST", "/mcp", **post) as response:
            heard = next(messages_of(response))

        # then
        assert heard["method"] == "notifications/progress"
        assert endless.closed.wait(DEADLINE_S)
        until(lambda: asks_under_way(served) == 0)


def with_progress(post: dict[str, Any]) -> dict[str, Any]:
    post["json"]["params"]["_meta"]["progressToken"] = 7
    return post


def test_where_all_places_are_taken_a_question_is_refused_with_a_remedy(served: Served, mcp_url: str) -> None:
    # given
    endless = Endless()
    asked = {"arguments": {"question": QUESTION}}
    with served.scripted(endless), served.client() as client:
        posts = [in_session(client, "tools/call", name="ask", **asked) for _ in range(3)]
        threads = [threading.Thread(target=client.post, args=("/mcp",), kwargs=post) for post in posts]
        for thread in threads:
            thread.start()
        until(lambda: asks_under_way(served) == 3)

        # when
        refused = call(mcp_url, SESSIONS, "ask", question=QUESTION)
        read = call(mcp_url, SESSIONS, "list_files")
        endless.closed.set()
        for thread in threads:
            thread.join(DEADLINE_S)

    # then
    assert refused.is_error
    assert "try again in a moment" in text_of(refused)
    assert not read.is_error


def test_a_server_that_ends_waits_for_no_session(tmp_path: Path) -> None:
    # given
    urls: queue.Queue[str] = queue.Queue()
    with SteeredApp(settings_in(tmp_path / "library")) as app:
        server = ApiServer(app, listen_on("127.0.0.1", 0), "127.0.0.1", urls.put)
        thread = threading.Thread(target=server.serve_until_stopped)
        thread.start()
        with httpx.Client(
            base_url=urls.get(timeout=DEADLINE_S), timeout=DEADLINE_S, trust_env=False
        ) as client:
            opened = in_session(client, "tools/list")
            with client.stream("GET", "/mcp", headers=opened["headers"]) as stream:
                # when
                server.handle_exit(signal.SIGTERM, None)
                rest = list(messages_of(stream))
        thread.join(DEADLINE_S)

    # then
    assert (stream.status_code, rest) == (200, [])
    assert not thread.is_alive()
