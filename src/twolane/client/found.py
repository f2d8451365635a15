"""The server that serves a library on this machine, where one does."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

import httpx

from twolane.announced import KEY_HEADER, announced
from twolane.client.server import LibraryServer

_LOOK_S = 10.0  # a busy machine answers late; where nothing listens, that is known at once


def serving(data_dir: Path) -> LibraryServer | None:
    """Return the server that serves this library now; None where none does, or another has its port."""
    server = announced(data_dir)
    if server is None:
        return None
    nonce = secrets.token_hex(16)
    try:
        # whatever certificate it has, it proves itself by what only it can answer
        with httpx.Client(trust_env=False, timeout=_LOOK_S, verify=False) as client:  # noqa: S501
            said = client.get(f"{server.url}/livez", params={"nonce": nonce}).json()
    except (httpx.HTTPError, ValueError):
        return None
    proof = said.get("proof") if isinstance(said, dict) else None
    if not isinstance(proof, str) or not hmac.compare_digest(proof.encode(), server.proof(nonce).encode()):
        return None
    return LibraryServer(server.url, {KEY_HEADER: server.key}, proven=True)
