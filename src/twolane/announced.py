"""Which server serves a library on this machine: it says so beside the library, and programs here ask it.

Another model in memory beside the server's own would cost as much again. Why it is believed:
docs/why/serving.md#a-server-is-found-by-its-library.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import os
import stat
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from twolane.system.disk import is_own, put_in_place

KEY_HEADER = "X-Twolane-Key"
"""What programs of this machine send to be let in, with `AnnouncedServer.key`."""
_NAME = "run/server.json"


@dataclass(frozen=True, slots=True)
class AnnouncedServer:
    """A server's address on this machine, and what it alone knows beside those who may read the library."""

    url: str
    secret: str = field(repr=False)

    def proof(self, nonce: str) -> str:
        """Return what only this server answers to a word that was never asked before."""
        return hmac.new(self.secret.encode(), nonce.encode(), "sha256").hexdigest()

    @property
    def key(self) -> str:
        """What lets in those who may read the library's folder; no answer to any nonce tells it."""
        return hmac.new(self.secret.encode(), b"a program of this machine", "sha512").hexdigest()


def announce(data_dir: Path, server: AnnouncedServer) -> None:
    """Say that a server serves this library; a library that nothing can be written beside says nothing."""
    path = data_dir / _NAME
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, json.dumps(asdict(server)))


def withdraw(data_dir: Path, server: AnnouncedServer) -> None:
    """Say it no more, unless another server has said the same of itself since."""
    if announced(data_dir) == server:
        with suppress(OSError):
            (data_dir / _NAME).unlink()


def announced(data_dir: Path) -> AnnouncedServer | None:
    """Return the server that this library's last one was, whether it still runs or not.

    None where there was none, where somebody else could have written the file, and where its address is not
    this machine's own: no question goes to another machine that the user has not named.
    """
    path = data_dir / _NAME
    try:
        status = path.lstat()
        server = AnnouncedServer(**json.loads(path.read_text("utf-8")))
        host = urlsplit(server.url).hostname or ""
        is_here = ipaddress.ip_address(host).is_loopback
    except (OSError, ValueError, TypeError):
        return None
    if not stat.S_ISREG(status.st_mode) or not is_here:
        return None
    return server if is_own(status) else None


def write_private(path: Path, text: str) -> None:
    """Put a file in place of what is there, that no other user may read, not even for a moment."""
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as stream:
        stream.write(text)
    put_in_place(fresh, path)
