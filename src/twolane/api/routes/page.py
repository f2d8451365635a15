"""The page and its parts: the small files of `web/`, a folder a view."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse

from twolane.api.groups import OPEN, RouteGroup
from twolane.errors import NotFoundError

router = APIRouter(include_in_schema=False)
GROUP = RouteGroup(router, reads=OPEN, changes=OPEN, page=True)

# A folder and a name of plain letters: no address can lead out of the page's own folder.
_NAME = re.compile(r"(?:[a-z]+/)?[a-z]+\.(?:css|js|svg)|icon-[a-z0-9]+\.png")
_FOLDER = Path(__file__).parents[2] / "web"
# Listed here because the machine's own table of types may be wrong, and browsers must not guess.
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@router.api_route("/", methods=["GET", "HEAD"])  # HEAD is how Ollama's own client looks for a server
def index() -> FileResponse:
    return FileResponse(_FOLDER / "index.html", media_type="text/html; charset=utf-8")


@router.get("/manifest.webmanifest")
def manifest() -> FileResponse:
    return FileResponse(_FOLDER / "manifest.webmanifest", media_type="application/manifest+json")


@router.get("/web/{name:path}")
def part(name: str) -> FileResponse:
    path = _FOLDER / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFoundError(f"there is no {name!r} here", "open the page at /")
    return FileResponse(path, media_type=_MEDIA_TYPES[path.suffix])
