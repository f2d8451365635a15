"""The messages of the protocol as they go over HTTP, without the SDK, which does much for us."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
from tests.integration.mcp.clients import SESSIONS, STATELESS

_ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
_META = "io.modelcontextprotocol"


def stateless(method: str, name: str = "", **params: Any) -> dict[str, Any]:
    """Return what httpx posts for a message of revision 2026-07-28: each tells all about its client."""
    meta = {
        f"{_META}/protocolVersion": STATELESS,
        f"{_META}/clientCapabilities": {},
        f"{_META}/clientInfo": {"name": "test", "version": "1"},
    }
    given = {**params, **({"name": name} if name else {}), "_meta": meta}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": given}
    headers = {**_ACCEPT, "MCP-Protocol-Version": STATELESS, "Mcp-Method": method}
    if name:
        headers["Mcp-Name"] = name
    return {"json": body, "headers": headers}


def in_session(client: httpx.Client, method: str, **params: Any) -> dict[str, Any]:
    """Open a session of revision 2025-11-25, and return what httpx posts for a message in it."""
    began = {"protocolVersion": SESSIONS, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    opening = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": began}
    opened = client.post("/mcp", json=opening, headers=_ACCEPT)
    session = {"Mcp-Session-Id": opened.headers["mcp-session-id"], "MCP-Protocol-Version": SESSIONS}
    headers = {**_ACCEPT, **session}
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert client.post("/mcp", json=ready, headers=headers).status_code == 202
    return {"json": {"jsonrpc": "2.0", "id": 2, "method": method, "params": params}, "headers": headers}


def messages_of(response: httpx.Response) -> Iterator[dict[str, Any]]:
    """Yield the messages of an answer, a stream's as they come."""
    if response.headers["content-type"].startswith("application/json"):
        yield json.loads(response.read())
        return
    for line in response.iter_lines():
        if line.startswith("data: ") and line != "data: ":
            yield json.loads(line.removeprefix("data: "))
