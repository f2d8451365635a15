"""Runs what a compose file says without a container engine: its commands, environment, paths and ports.

Each process has a root of its own, read-only as in the file, with its volumes and secrets in place, on a host
of its own, which is on the file's networks and knows the services there by their names. It takes the right
to mount and to make namespaces, so only root on Linux can.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.hosts import Host, Networks, unshares

ROOT = Path(__file__).parents[2]
_ENVIRONMENT = re.compile(r"^\s*(?:ENV\s+)?([A-Z_]+)=(\S+?)\s*\\?$", re.MULTILINE)
_CHECK = re.compile(r"HEALTHCHECK[^\[]*CMD (\[.*\])")
_OUTSIDE = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
_ENTER = """
set -e
mount -t overlay overlay -o "lowerdir=/,upperdir=$SPACE/upper,workdir=$SPACE/work" "$SPACE/root"
cd "$SPACE/root"
for part in proc dev sys tmp; do mount --rbind "/$part" "$part"; done
for pair in $MOUNTS; do mkdir -p "${pair#*=}"; mount --bind "${pair%%=*}" "${pair#*=}"; done
mount --bind "$SPACE/hosts" etc/hosts
mount -o remount,ro "$SPACE/root"
exec chroot . "$@"
"""


def image_environment() -> dict[str, str]:
    """Return what the Containerfile sets."""
    text = (ROOT / "Containerfile").read_text("utf-8")
    body = text[text.rindex("\nENV ") :].split("\n\n")[0]
    return {name: value for name, value in _ENVIRONMENT.findall(body) if name != "PATH"}


def can_mount() -> bool:
    """Say whether roots can be made here."""
    return unshares("--mount")


class Service:
    """One service of a compose file as a process on a host; `mounts` gives the folder for each path in it."""

    def __init__(
        self,
        service: Mapping[str, Any],
        space: Path,
        mounts: Mapping[str, Path],
        networks: Networks,
        host: Host,
        more: Mapping[str, str],
    ) -> None:
        self.host = host
        self._networks = networks
        self._space = space
        for folder in ("upper", "work", "root"):
            (space / folder).mkdir(parents=True)
        pairs = " ".join(f"{folder}={path.lstrip('/')}" for path, folder in mounts.items())
        environment = image_environment() | {k: str(v) for k, v in service["environment"].items()}
        self._environment = _OUTSIDE | environment | dict(more)
        self._program = [sys.executable, "-m", "twolane", *service["command"]]
        self._outer = _OUTSIDE | {"SPACE": str(space), "MOUNTS": pairs}
        self._log = space / "log"

    @property
    def is_healthy(self) -> bool:
        """Say what the image's health check says on the service's host."""
        (check,) = _CHECK.findall((ROOT / "Containerfile").read_text("utf-8"))
        words = json.loads(check)
        command = self.host.entered([sys.executable, *words[1:]])
        return subprocess.run(command, env=self._environment, capture_output=True).returncode == 0

    @contextmanager
    def started(self) -> Iterator[subprocess.Popen[bytes]]:
        """Start it; it is killed at the end if it has not ended by itself."""
        (self._space / "hosts").write_text(self._networks.names_for(self.host))
        variables = [f"{name}={value}" for name, value in self._environment.items()]
        enter = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, "sh"]
        command = self.host.entered([*enter, "env", *variables, *self._program])
        with self._log.open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=self._outer)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def log(self) -> str:
        """Return what it has printed."""
        return self._log.read_text("utf-8", "replace")
