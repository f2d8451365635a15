"""Real Redis and RabbitMQ servers for tests: own ports, own folders, started when first needed."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

START_S = 90.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def missing(what: str) -> None:
    """Skip on a developer's machine, fail where every test must run."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed: tools/install_test_programs.sh installs it")
    pytest.skip(f"{what} is not installed")


def wait_until(true: Callable[[], object], what: str, deadline_s: float = 60.0) -> None:
    """Poll until something is so, and fail where it is not in time."""
    end, pause = time.monotonic() + deadline_s, 0.005
    while not true():
        assert time.monotonic() < end, f"still not so after {deadline_s:.0f} s: {what}"
        time.sleep(pause)
        pause = min(0.2, pause * 1.5)


class Server:
    """A server process of a test; `url` is its address for `wakeup_url`."""

    url: str

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def ready(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(
            self.command(),
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(self.ready, f"{type(self).__name__} answers", START_S)

    def kill(self) -> None:
        """kill -9 it and whatever it started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End it the way its operator does."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(START_S)
        self.kill()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it answer nothing, and close nothing, for the time of the block."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)

    def wipe(self) -> None:
        """Delete all that it holds while it runs."""
        raise NotImplementedError

    def close(self) -> None:
        self.kill()


class RedisServer(Server):
    """Debian's redis-server, keeping nothing on disk: a restart forgets everything."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        if shutil.which("redis-server") is None:
            missing("redis-server")
        self._folder = folder
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def command(self) -> list[str]:
        files = ["--dir", str(self._folder), "--save", "", "--appendonly", "no"]
        return ["redis-server", "--port", str(self._port), "--bind", "127.0.0.1", *files]

    def ready(self) -> bool:
        return self.ask("PING").startswith(b"+PONG")

    def wipe(self) -> None:
        assert self.ask("FLUSHALL").startswith(b"+OK")

    def ask(self, command: str) -> bytes:
        """Send one command in plain text, and return the first piece of the answer."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=5) as connection:
                connection.sendall(f"{command}\r\n".encode())
                return connection.recv(65_536)
        except OSError:
            return b""


class RabbitServer(Server):
    """Debian's rabbitmq-server as a node of its own; it takes some ten seconds to start."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        found = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
        if not found:
            missing("rabbitmq-server")
        self._program = found[-1]
        self._folder = folder
        self._port, self._far_port, self._epmd_port = free_port(), free_port(), free_port()
        self._node = f"twolane{secrets.token_hex(4)}@localhost"
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}/"
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self._port}\nlog.console = false\n"
            "disk_free_limit.absolute = 10MB\n"
        )
        (folder / "empty").touch()

    def command(self) -> list[str]:
        return [str(self._program)]

    def environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return {
            **inherited,
            "HOME": str(self._folder),  # the cookie
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_RELAXED_COMMAND_CHECK": "1",  # or it refuses to end just after its node
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_DIST_PORT": str(self._far_port),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "empty"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            # few threads: it shares the machine with the tests
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
        }

    def ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=5) as connection:
                connection.sendall(b"AMQP\0\0\x09\x01")
                return bool(connection.recv(8))
        except OSError:
            return False

    def wipe(self) -> None:
        import pika

        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            channel = connection.channel()
            for kind in ("a", "read", "classify", "embed"):
                for name in self.names:
                    channel.queue_delete(f"{name}.{kind}")

    names: tuple[str, ...] = ()

    def close(self) -> None:
        super().close()
        epmd = shutil.which("epmd")
        if epmd:
            subprocess.run(
                [epmd, "-port", str(self._epmd_port), "-kill"], capture_output=True, timeout=30, check=False
            )


class S3Server(Server):
    """moto's server, which speaks S3 over HTTP and keeps everything in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._port = free_port()
        self.url = f"s3+http://key:secret-word@127.0.0.1:{self._port}"

    def command(self) -> list[str]:
        return [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self._port)]

    def ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=5):
                return True
        except OSError:
            return False
