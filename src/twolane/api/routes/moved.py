"""The addresses of the API from before it had a version: each answers with its new address."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from twolane.api import API_PREFIX
from twolane.api.groups import OPEN, RouteGroup

router = APIRouter(include_in_schema=False)
# An upload to an old address must be read to its end before it is answered, or its sender sees no answer.
GROUP = RouteGroup(router, reads=OPEN, changes=OPEN, uploads=True)

_OLD_PREFIX = "/api"
# Only the addresses that existed: the others under /api/ are for other clients, such as Ollama's.
_MOVED = frozenset({"ask", "categories", "classify", "events", "files", "health", "jobs", "status"})
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_SINCE = "@1795651200"  # 2026-11-26, as RFC 9745 writes a date


async def moved(request: Request) -> Response:
    """Answer 308, which makes clients repeat the request with its method and its body."""
    async for _ in request.stream():
        pass
    path = request.scope["raw_path"].decode("ascii").removeprefix(_OLD_PREFIX)
    query = request.scope["query_string"].decode("ascii")
    location = f"{API_PREFIX}{path}" + (f"?{query}" if query else "")
    return Response(status_code=308, headers={"Location": location, "Deprecation": _SINCE})


for _first in sorted(_MOVED):
    for _path in (f"{_OLD_PREFIX}/{_first}", f"{_OLD_PREFIX}/{_first}/{{rest:path}}"):
        router.add_api_route(_path, moved, methods=_METHODS)
