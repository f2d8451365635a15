"""Network namespaces as hosts: each with addresses of its own, together on networks that nothing else is on.

It takes root on Linux and the `ip` tool. Nothing of it outlives the test's process: a namespace lives as long
as the process that holds it, and that one ends with the pipe to it.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_CLONE_NEWNET = 0x40000000
Connect = Callable[[], socket.socket]


def can_have_hosts() -> bool:
    """Say whether namespaces can be made and connected here."""
    return unshares("--net", "ip link add near type veth peer name far && ip link add switch type bridge")


def unshares(what: str, probe: str = "true") -> bool:
    """Say whether a namespace of a kind can be made here, and a probe succeeds in it."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", what, "sh", "-c", probe], capture_output=True).returncode == 0


class Host:
    """One namespace; `addresses` holds its address on each of its networks."""

    def __init__(
        self,
        name: str,
        stack: ExitStack,
        kinds: Sequence[str] = ("--net",),
        prepare: str = "ip link set lo up",
    ) -> None:
        self.name = name
        self.addresses: dict[str, str] = {}
        # `cat` holds the namespace until the pipe to it is closed.
        command = ["unshare", *kinds, "sh", "-c", f"{prepare} && echo made && exec cat"]
        holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        stack.callback(_ended, holder)
        assert holder.stdout
        assert holder.stdout.readline() == b"made\n", f"no namespace for {name}"
        self.pid = holder.pid

    def entered(self, command: Sequence[str]) -> list[str]:
        """Return a command as one that runs on this host."""
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", *command]

    def run(self, *command: str) -> None:
        subprocess.run(self.entered(command), check=True)

    def inside(self, call: Callable[[], T]) -> T:
        """Call in a thread that is on this host: sockets that it makes stay there, whoever uses them."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                with Path(f"/proc/{self.pid}/ns/net").open() as namespace:
                    if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), _CLONE_NEWNET):
                        raise OSError(ctypes.get_errno(), f"cannot enter {self.name}")
                future.set_result(call())
            except OSError as error:
                future.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        return future.result(30)

    def loopback(self, port: int) -> Connect:
        """Return what connects to a port of this host's own loopback."""
        return lambda: self.inside(lambda: socket.create_connection(("127.0.0.1", port), 10))

    def address_for(self, other: Host) -> str:
        """Return the address at which another host finds this one; empty where they share no network."""
        shared = [network for network in self.addresses if network in other.addresses]
        return self.addresses[shared[0]] if shared else ""

    def connector(self, other: Host, port: int) -> Connect:
        """Return what connects from this host to a port of another."""
        return lambda: self.inside(lambda: socket.create_connection((other.address_for(self), port), 10))


class Networks:
    """Networks by name, all switched in a namespace of their own, and the hosts on them."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._switch = Host("switch", stack)
        self._names: list[str] = []
        self.hosts: list[Host] = []

    def host(self, name: str, networks: Sequence[str]) -> Host:
        """Return a new host that is on these networks and on no other."""
        host = Host(name, self._stack)
        self.hosts.append(host)
        for network in networks:
            if network not in self._names:
                self._names.append(network)
                self._switch.run("ip", "link", "add", network, "type", "bridge")
                self._switch.run("ip", "link", "set", network, "up")
            port, address = f"port{len(self.hosts)}-{self._names.index(network)}", self._address(network)
            peer = ["peer", "name", network, "netns", str(host.pid)]
            self._switch.run("ip", "link", "add", port, "type", "veth", *peer)
            self._switch.run("ip", "link", "set", port, "master", network, "up")
            host.run("ip", "address", "add", f"{address}/24", "dev", network)
            host.run("ip", "link", "set", network, "up")
            host.addresses[network] = address
        return host

    def names_for(self, host: Host) -> str:
        """Return a hosts file: those on a network with this host, as an engine's name server knows them."""
        known = [f"{other.address_for(host)} {other.name}" for other in self.hosts if other.address_for(host)]
        return "\n".join(["127.0.0.1 localhost", *known]) + "\n"

    def _address(self, network: str) -> str:
        return f"10.89.{self._names.index(network)}.{len(self.hosts)}"


@contextmanager
def published(connect: Connect) -> Iterator[int]:
    """Hand connections to a free port of this machine's loopback on to a host; gives the port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener, _forwarding(listener, connect):
        yield int(listener.getsockname()[1])


@contextmanager
def stands_for(host: Host, port: int, real_port: int) -> Iterator[None]:
    """Let a server of this machine's loopback answer at a port of a host."""

    def connect() -> socket.socket:
        return socket.create_connection(("127.0.0.1", real_port), 10)

    listener = host.inside(lambda: socket.create_server(("", port)))
    with closing(listener), _forwarding(listener, connect):
        yield


@contextmanager
def _forwarding(listener: socket.socket, connect: Connect) -> Iterator[None]:
    threading.Thread(target=_accept, args=(listener, connect), daemon=True).start()
    try:
        yield
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, connect: Connect) -> None:
    while True:
        try:
            near, _ = listener.accept()
        except OSError:
            return
        try:
            far = connect()
        except OSError:
            near.close()
            continue
        far.settimeout(None)
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


def _ended(holder: subprocess.Popen[bytes]) -> None:
    assert holder.stdin
    assert holder.stdout
    holder.stdin.close()
    holder.stdout.close()
    holder.wait(30)
