"""A real container engine for tests: podman with images, containers and networks of its own.

It takes root on Linux. No registry is asked: the images that the files name are made from Debian's packages,
under the names that the files give them. What was made stays in the user's cache folder for the next session.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from filelock import FileLock, Timeout
from platformdirs import user_cache_path
from tests.support.containers import ROOT
from tests.support.hosts import Connect, Host, unshares

IMAGES = Path(__file__).parent / "images"
PYTHON = "docker.io/library/python:3.11-slim-bookworm"
SERVERS = "localhost/servers"
# What stands for images of others: a suite of Debian, and the packages that are put into the smallest of it.
_DEBIAN = {
    PYTHON: ("bookworm", "ca-certificates,netbase,tzdata,python3,python3-venv,python-is-python3"),
    SERVERS: (
        "trixie",
        "ca-certificates,docker-compose,netbase,rabbitmq-server,redis-server,postgresql-17-pgvector",
    ),
}
_PROGRAMS = ("podman", "crun", "netavark", "mmdebstrap")
_WAIT_S = 600.0
_ULIMITS = ("nofile=4096:4096", "nproc=8192:8192")  # an engine may not raise its own where these tests run
_CONF = f"""[containers]
default_ulimits = [{", ".join(f'"{limit}"' for limit in _ULIMITS)}]
[engine]
runtime = "crun"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
"""
# The engine knows cgroups of version 1 or 2, and not both at once.
_PRIVATE = "ip link set lo up && { umount /sys/fs/cgroup/unified 2>/dev/null || true; }"


class Engine:
    """Runs podman and podman-compose; containers and networks are in namespaces of this process."""

    def __init__(self, folder: Path, life: ExitStack) -> None:
        self._folder = folder
        self._host = Host("engine", life, ("--mount", "--net", "--propagation", "private"), _PRIVATE)
        self._env = os.environ | {
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        }
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "containers.conf").write_text(_CONF)
        program = folder / "bin" / "podman"
        places = {"root": "storage", "runroot": "run", "tmpdir": "tmp", "network-config-dir": "networks"}
        own = " ".join(f"--{name} {folder / place}" for name, place in places.items())
        program.write_text(f'#!/bin/sh\nexec {shutil.which("podman")} {own} "$@"\n')
        program.chmod(0o755)
        self._remove_all()
        life.callback(self._remove_all)

    def podman(self, *arguments: str, check: bool = True, both: bool = False) -> str:
        """Run podman where the containers are, and return what it printed, `both` with its errors."""
        return self.run("podman", *arguments, check=check, both=both)

    def run(
        self,
        *command: str,
        check: bool = True,
        cwd: Path = ROOT,
        inside: bool = True,
        both: bool = False,
    ) -> str:
        """Run a program that finds this engine; `inside` its network, or on the network of the machine."""
        namespaces = ["--mount", "--net"] if inside else ["--mount"]
        entered = ["nsenter", "-t", str(self._host.pid), *namespaces, f"--wd={cwd}", *command]
        done = subprocess.run(entered, env=self._env, capture_output=True, encoding="utf-8", errors="replace")
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout + (done.stderr if both else "")

    def compose(self, *arguments: str, cwd: Path, check: bool = True) -> str:
        """Run podman-compose in a folder that has been prepared."""
        program = str(Path(sys.executable).parent / "podman-compose")
        return self.run(program, *arguments, cwd=cwd, check=check, both=True)

    def docker_compose(self) -> Path:
        """Return the program of Docker's own compose, which came with the servers' base."""
        program = self._folder / "bin" / "docker-compose"
        if not program.exists():
            self.import_base(SERVERS)
            inside = "./usr/libexec/docker/cli-plugins/docker-compose"
            command = ["tar", "-xf", f"{self._folder}/{_DEBIAN[SERVERS][0]}.tar", "-O", inside]
            program.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
            program.chmod(0o755)
        return program

    def build(self, tag: str, *arguments: str, context: Path = ROOT) -> None:
        """Build an image with the network, packages' index and certificates of the machine."""
        limits = [part for limit in _ULIMITS for part in ("--ulimit", limit)]
        given = [part for path in _machine_files() for part in ("-v", f"{path}:{path}:ro")]
        asked = [
            "--format",
            "docker",
            "--network",
            "host",
            "--pull-never",
            *limits,
            *given,
            *_index(),
            "-t",
            tag,
        ]
        command = ["nice", "-n", "5", "podman", "build", *asked, *arguments, str(context)]
        self.run(*command, inside=False)

    def connector(self, port: int) -> Connect:
        """Return what connects to a port that is published on the engine's loopback."""
        return self._host.loopback(port)

    def import_base(self, name: str) -> None:
        """Have an image of Debian under a name; it is made once and kept."""
        if self.run("podman", "images", "-q", name):
            return
        suite, packages = _DEBIAN[name]
        file = self._folder / f"{suite}.tar"
        if not file.exists():
            made = file.with_name(f"{suite}.new.tar")
            command = [
                "mmdebstrap",
                "--quiet",
                "--variant=minbase",
                f"--include={packages}",
                suite,
                str(made),
            ]
            subprocess.run(["nice", "-n", "5", *command], check=True, capture_output=True)
            made.rename(file)
        self.podman("import", str(file), name)

    def _remove_all(self) -> None:
        """Leave nothing but images: neither what runs, nor what an earlier session left."""
        for what in (
            ("rm", "-fa", "-t", "0"),
            ("pod", "rm", "-fa"),
            ("volume", "rm", "-fa"),
            ("network", "prune", "-f"),
        ):
            self.podman(*what, check=False)


def opened_engine(life: ExitStack) -> Engine:
    """Return an engine that runs containers; skips where none can, and fails in CI where one could."""
    if not unshares("--net"):
        pytest.skip("no right to make namespaces: run the tests as root on Linux")
    missing = [name for name in _PROGRAMS if not _found(name)]
    if missing:
        reason = f"no container engine: {', '.join(missing)} not installed (tools/install_test_programs.sh)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    folder = user_cache_path("twolane-tests") / "engine"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        life.enter_context(FileLock(folder / "lock").acquire(timeout=_WAIT_S))
    except Timeout:
        pytest.skip("the container engine of the tests is taken by another session")
    engine = Engine(folder, life)
    engine.import_base(PYTHON)
    try:
        engine.podman("run", "--rm", PYTHON, "true")
    except AssertionError as error:
        pytest.skip(f"no container runs here: {error}")
    return engine


def _found(program: str) -> bool:
    return bool(shutil.which(program) or Path("/usr/lib/podman", program).exists())


def _machine_files() -> list[str]:
    """Return the settings of pip and the certificates of this machine, which a build reads too."""
    names = [
        "/etc/pip.conf",
        "/etc/ssl/certs",
        os.environ.get("PIP_CONFIG_FILE", ""),
        os.environ.get("PIP_CERT", ""),
    ]
    return sorted({name for name in names if name and Path(name).exists()})


def _index() -> list[str]:
    """Return the arguments that tell a build which index of packages this machine uses."""
    known = {name: os.environ[name] for name in ("PIP_INDEX_URL", "PIP_CERT") if name in os.environ}
    with suppress(KeyError):
        known["PIP_CONFIG_FILE"] = os.environ["PIP_CONFIG_FILE"]
    return [part for name, value in known.items() for part in ("--env", f"{name}={value}")]
