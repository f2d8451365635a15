"""The SDK's client in both revisions, for tests that are no coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult

T = TypeVar("T")

STATELESS, SESSIONS = "2026-07-28", "2025-11-25"
REVISIONS = (STATELESS, SESSIONS)
DEADLINE_S = 280.0


def talk(server: str | StdioServerParameters, revision: str, use: Callable[[Client], Awaitable[T]]) -> T:
    """Connect by a revision of the protocol, and return what a coroutine makes of the client."""

    async def connected() -> T:
        mode = "legacy" if revision == SESSIONS else "auto"
        async with asyncio.timeout(DEADLINE_S), Client(server, mode=mode) as client:
            assert client.protocol_version == revision
            return await use(client)

    return asyncio.run(connected())


def call(server: str | StdioServerParameters, revision: str, tool: str, **arguments: Any) -> CallToolResult:
    """Call one tool; the client checks the result against the schema that the tool states."""
    return talk(server, revision, lambda client: client.call_tool(tool, arguments))


def text_of(result: CallToolResult) -> str:
    """Return the text of a result."""
    (block,) = result.content
    assert block.type == "text"
    text: str = block.text
    return text
