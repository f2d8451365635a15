"""Routes that read every body as JSON: curl, as Ollama's examples use it, calls its JSON a form."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.responses import Response


class UntypedRoute(APIRoute):
    """A route whose body is JSON, whatever its type is called."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            MutableHeaders(scope=request.scope)["content-type"] = "application/json"
            return await handle(Request(request.scope, request.receive))

        return handled
