"""Runs what a compose file says without a container engine: same commands, same environment, same paths.

Each process has a root of its own, read-only as in the file, with its volumes and secrets in place and the
other services under their names: a hosts file gives each an address on the loopback, where a forwarder takes
connections to the server of the test. It takes the right to mount, so only root on Linux can.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_ENVIRONMENT = re.compile(r"^\s*(?:ENV\s+)?([A-Z_]+)=(\S+?)\s*\\?$", re.MULTILINE)
_ENTER = """
set -e
mount -t overlay overlay -o "lowerdir=/,upperdir=$SPACE/upper,workdir=$SPACE/work" "$SPACE/root"
cd "$SPACE/root"
for part in proc dev sys tmp; do mount --rbind "/$part" "$part"; done
mkdir -p run/secrets data models blobs documents
for pair in $MOUNTS; do mount --bind "${pair%%=*}" "${pair#*=}"; done
mount --bind "$SPACE/hosts" etc/hosts
mount -o remount,ro "$SPACE/root"
exec chroot . "$@"
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service's port really is; `address` is what its name stands for in the other services."""

    name: str
    address: str
    port: int
    real_port: int


def image_environment() -> dict[str, str]:
    """Return what the Containerfile sets."""
    text = (ROOT / "Containerfile").read_text("utf-8")
    body = text[text.rindex("\nENV ") :].split("\n\n")[0]
    return {name: value for name, value in _ENVIRONMENT.findall(body) if name != "PATH"}


def can_mount() -> bool:
    """Say whether roots can be made here."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


@contextmanager
def forwarded(place: Place) -> Iterator[None]:
    """Take connections at a place and hand them on to the real server."""
    with closing(socket.create_server((place.address, place.port))) as listener:
        threading.Thread(target=_accept, args=(listener, place.real_port), daemon=True).start()
        yield
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, port: int) -> None:
    while True:
        try:
            near, _ = listener.accept()
        except OSError:
            return
        try:
            far = socket.create_connection(("127.0.0.1", port))
        except OSError:
            near.close()
            continue
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=_pipe, args=(one, other), daemon=True).start()


def _pipe(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        source.close()


class Service:
    """One service of a compose file as a process; `mounts` gives the folder for each path in it."""

    def __init__(
        self,
        service: Mapping[str, Any],
        space: Path,
        mounts: Mapping[str, Path],
        places: list[Place],
        more: Mapping[str, str],
    ) -> None:
        for folder in ("upper", "work", "root"):
            (space / folder).mkdir(parents=True)
        hosts = ["127.0.0.1 localhost", *(f"{place.address} {place.name}" for place in places)]
        (space / "hosts").write_text("\n".join(hosts) + "\n")
        pairs = " ".join(f"{folder}={path.lstrip('/')}" for path, folder in mounts.items())
        environment = image_environment() | {k: str(v) for k, v in service["environment"].items()}
        environment |= dict(more)
        outside = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
        self._environment = outside | environment
        twolane = [
            "env",
            *(f"{k}={v}" for k, v in self._environment.items()),
            sys.executable,
            "-m",
            "twolane",
        ]
        enter = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, "sh"]
        self._command = [*enter, *twolane, *service["command"]]
        self._outer = outside | {"SPACE": str(space), "MOUNTS": pairs}
        self._log = space / "log"

    @contextmanager
    def started(self) -> Iterator[subprocess.Popen[bytes]]:
        """Start it; it is killed at the end if it has not ended by itself."""
        with self._log.open("wb") as log:
            process = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._outer)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def log(self) -> str:
        """Return what it has printed."""
        return self._log.read_text("utf-8", "replace")
