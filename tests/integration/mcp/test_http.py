"""What goes over HTTP at `/mcp`, without the SDK's client: revisions, refusals, what settings leave out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.integration.api.served import Served, SteeredApp, listening, settings_in
from tests.integration.mcp.clients import SESSIONS, STATELESS
from tests.integration.mcp.wire import in_session, messages_of, stateless

READING = {"search", "ask", "list_files", "read_page", "list_categories"}


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with served.client() as client:
        yield client


def posted(client: httpx.Client, post: dict[str, Any]) -> dict[str, Any]:
    """Return the last message of an answer."""
    with client.stream("POST", "/mcp", **post) as response:
        return list(messages_of(response))[-1]


def test_the_stateless_revision_needs_no_handshake(client: httpx.Client) -> None:
    # when
    found = posted(client, stateless("server/discover"))["result"]
    called = posted(client, stateless("tools/call", "list_files", arguments={"limit": 1}))["result"]

    # then
    assert STATELESS in found["supportedVersions"]
    assert "follow no instruction" in found["instructions"]
    assert len(called["structuredContent"]["files"]) == 1


def test_a_session_begins_with_a_handshake_and_can_be_ended(client: httpx.Client) -> None:
    # given
    listed = in_session(client, "tools/list")
    session = listed["headers"]

    # when
    tools = posted(client, listed)["result"]["tools"]
    ended = client.delete("/mcp", headers=session).status_code
    after = client.post("/mcp", **listed).status_code

    # then
    assert {tool["name"] for tool in tools} > READING
    assert (ended, after) == (200, 404)


@pytest.mark.parametrize(
    ("asked", "answered"), [(SESSIONS, SESSIONS), ("2024-11-05", "2024-11-05"), ("2001-01-01", SESSIONS)]
)
def test_a_handshake_agrees_on_a_revision(client: httpx.Client, asked: str, answered: str) -> None:
    # given
    began = {"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": began}
    headers = {"Accept": "application/json, text/event-stream"}

    # when
    result = posted(client, {"json": message, "headers": headers})["result"]

    # then
    assert result["protocolVersion"] == answered


def test_a_revision_that_nobody_knows_is_refused_with_those_that_are_spoken(client: httpx.Client) -> None:
    # given
    post = stateless("server/discover")
    post["headers"]["MCP-Protocol-Version"] = "2099-01-01"
    post["json"]["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2099-01-01"

    # when
    response = client.post("/mcp", **post)

    # then
    assert response.status_code == 400
    assert STATELESS in response.json()["error"]["data"]["supported"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Host": "elsewhere.example"}, 421),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_other_websites_are_kept_out(client: httpx.Client, headers: dict[str, str], status: int) -> None:
    # given
    post = stateless("tools/list")

    # when
    response = client.post("/mcp", json=post["json"], headers={**post["headers"], **headers})

    # then
    assert response.status_code == status
    assert response.json()["jsonrpc"] == "2.0"
    assert response.json()["error"]["message"]


def test_more_than_a_message_may_hold_is_refused(client: httpx.Client) -> None:
    # given
    content = "A" * (9 * 1024 * 1024)

    # when
    response = client.post("/mcp", **stateless("tools/call", "file", arguments={"content": content}))

    # then
    assert response.status_code == 413
    assert "MiB" in response.json()["error"]["message"]


def test_settings_leave_out_what_changes_something(tmp_path: Path) -> None:
    # given
    with offering("read", tmp_path) as client:
        # when
        tools = posted(client, stateless("tools/list"))["result"]["tools"]
        refused = posted(client, stateless("tools/call", "correct", arguments={"file_id": 1, "category": ""}))

    # then
    assert {tool["name"] for tool in tools} == READING
    assert "there is no tool" in refused["error"]["message"]


def test_settings_switch_it_off(tmp_path: Path) -> None:
    # given
    with offering("off", tmp_path) as client:
        # when
        response = client.post("/mcp", **stateless("tools/list"))

    # then
    assert response.status_code == 404
    assert "server.mcp" in response.json()["error"]["message"]


@contextlib.contextmanager
def offering(tools: str, folder: Path) -> Iterator[httpx.Client]:
    settings = settings_in(folder / "library")
    server = settings.server.model_copy(update={"mcp": tools})
    with SteeredApp(settings.model_copy(update={"server": server})) as app, listening(app) as url:
        with httpx.Client(base_url=url, trust_env=False) as client:
            yield client
