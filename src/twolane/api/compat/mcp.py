"""MCP over HTTP at `/mcp`: agents use the library by its tools.

Why it is so: docs/why/serving.md#tools-are-plain-generators-and-the-sdk-stands-in-one-file.
"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from twolane.api.boundary import HttpError
from twolane.api.edge import JSON_LIMIT_BYTES
from twolane.api.groups import ErrorShape, RouteGroup
from twolane.api.state import Shared, shared
from twolane.errors import NotFoundError
from twolane.mcp.base import ToolCaller
from twolane.mcp.opening import open_protocol
from twolane.principal import Right

_SERVER_ERROR = -32000


class JsonRpcProblemOut(BaseModel):
    """What went wrong, as a number of the protocol and in words."""

    code: int
    message: str


class JsonRpcErrorOut(BaseModel):
    """An error in the protocol's shape."""

    jsonrpc: Literal["2.0"] = "2.0"
    id: str | int | None = None
    error: JsonRpcProblemOut


def _shaped(error: HttpError) -> JsonRpcErrorOut:
    return JsonRpcErrorOut(error=JsonRpcProblemOut(code=_SERVER_ERROR, message=error.message))


_ERROR = ErrorShape(JsonRpcErrorOut, _shaped)
router = APIRouter(tags=["mcp"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.READ, error=_ERROR)
listening = APIRouter(tags=["mcp"])
LISTENING = RouteGroup(listening, reads=Right.READ, changes=Right.READ, error=_ERROR, waited_for=False)
"""What has no end: a client of an older revision keeps a stream open to hear of news."""


class _PassedOn(Response):
    """A response that the protocol's own server gives."""

    def __init__(self, state: Shared) -> None:
        super().__init__()
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _server(self._state)(scope, receive, send)


@router.post(
    "/mcp", summary="Call a tool of the library, by the Model Context Protocol", response_class=Response
)
async def message(request: Request) -> Response:
    """Takes one JSON-RPC message of the revisions 2026-07-28 and 2025-11-25, or of an older one."""
    return _PassedOn(_offered(request))


@listening.get("/mcp", summary="Listen to a session", response_class=Response)
async def listen(request: Request) -> Response:
    return _PassedOn(_offered(request))


@listening.delete("/mcp", summary="End a session", response_class=Response)
async def end(request: Request) -> Response:
    return _PassedOn(_offered(request))


def _offered(request: Request) -> Shared:
    """Return the state of a server that offers MCP. Raises `NotFoundError` and `SettingsError`."""
    state = shared(request)
    if state.app.settings.server.mcp == "off":
        raise NotFoundError("this server does not offer MCP", "set server.mcp to all or read")
    open_protocol()
    return state


def _server(state: Shared) -> ASGIApp:
    """Return the server of the protocol, which begins with the first request: few ever need it."""
    if state.mcp is None:
        protocol = open_protocol()
        reads = state.app.settings.server.mcp == "read"
        caller = ToolCaller(state.app, is_owner=False)
        tools = protocol.McpServer(caller, state.asks, state.boundary, state.stopping, reads=reads)
        state.mcp = protocol.HttpServer(tools, state.stopping, JSON_LIMIT_BYTES)
    return state.mcp
