"""The page and its parts: the small files of `web/`, a folder a view."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from twolane.access.audit import AuditAct
from twolane.api.groups import OPEN, RouteGroup
from twolane.api.sessions import set_cookie
from twolane.api.state import principal, shared
from twolane.errors import NotFoundError
from twolane.principal import NOBODY

router = APIRouter(include_in_schema=False)
GROUP = RouteGroup(router, reads=OPEN, changes=OPEN, page=True)

# A folder and a name of plain letters: no address can lead out of the page's own folder.
_NAME = re.compile(r"(?:[a-z]+/)?[a-z]+\.(?:css|js|svg)|icon-[a-z0-9]+\.png")
_HTML = "text/html; charset=utf-8"
_FOLDER = Path(__file__).parents[2] / "web"
# Listed here because the machine's own table of types may be wrong, and browsers must not guess.
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@router.api_route("/", methods=["GET", "HEAD"])  # HEAD is how Ollama's own client looks for a server
def index(request: Request, start: str = "") -> Response:
    """Return the page to whom may see it; whoever has a start token comes in by it."""
    if start and request.method == "GET":
        return _come_in(request, start)
    if principal(request) is NOBODY:
        return RedirectResponse("/signin", 303)  # a browser keeps the part behind the # on its way
    return FileResponse(_FOLDER / "index.html", media_type=_HTML)


@router.get("/signin")
def signin() -> FileResponse:
    return FileResponse(_FOLDER / "signin" / "index.html", media_type=_HTML)


def entered() -> Response:
    """Return what leads a browser that was let in to the page.

    It is no redirect: a browser that came here from elsewhere would not send its new cookie along.
    """
    return Response("", headers={"Refresh": "0; url=/", "Cache-Control": "no-store"}, media_type=_HTML)


def _come_in(request: Request, start: str) -> Response:
    state = shared(request)
    app = state.app
    if app.access.users.any() or not state.starts.take(start):
        return RedirectResponse("/signin?start=used", 303)
    sender, agent = request.client.host if request.client else "", request.headers.get("user-agent", "")
    app.access.audit.tell(principal(request), AuditAct.SIGNED_IN, sender=sender, detail="start token")
    response = entered()
    begun = app.access.sign_ins.begin("", "start", sender=sender, agent=agent)
    set_cookie(response, request.scope, begun.secret)
    return response


@router.get("/manifest.webmanifest")
def manifest() -> FileResponse:
    return FileResponse(_FOLDER / "manifest.webmanifest", media_type="application/manifest+json")


@router.get("/web/{name:path}")
def part(name: str) -> FileResponse:
    path = _FOLDER / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFoundError(f"there is no {name!r} here", "open the page at /")
    return FileResponse(path, media_type=_MEDIA_TYPES[path.suffix])
