"""The server that serves a library on this machine, where one does."""

from __future__ import annotations

from pathlib import Path

import httpx

from twolane.announced import announced
from twolane.client.server import LibraryServer

_LOOK_S = 2.0


def serving(data_dir: Path) -> LibraryServer | None:
    """Return the server that serves this library now; None where none does, or another has its port."""
    server = announced(data_dir)
    if server is None:
        return None
    try:
        with httpx.Client(trust_env=False, timeout=_LOOK_S) as client:
            said = client.get(f"{server.url}/livez").json()
    except (httpx.HTTPError, ValueError):
        return None
    if not isinstance(said, dict) or said.get("instance") != server.instance:
        return None
    return LibraryServer(server.url)
