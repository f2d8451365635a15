"""What the measurements start: brokers of their own, worker processes, and a stand-in for a model server."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from standins.brokers import RabbitServer, RedisServer, Server

QUEUES = ("local", "redis", "rabbitmq")


@contextmanager
def standing_in(answer_s: float) -> Iterator[str]:
    """Serve a stand-in for a model server: it sleeps for a fixed time, computes nothing, and says so."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer would wait 40 ms for an acknowledgement

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            time.sleep(answer_s)
            body = b'{"model": "stand-in: sleeps for a fixed time and computes nothing"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def broker(kind: str) -> Iterator[str]:
    """Start a server of wake-ups, and yield its address."""
    if kind == "local":
        yield "local"
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server: Server = RedisServer(Path(folder)) if kind == "redis" else RabbitServer(Path(folder))
        stack.callback(server.close)
        server.start()
        yield server.url


class WorkerProcess:
    """One worker process; its standard output is collected by a thread."""

    def __init__(
        self, library: str, wakeup_url: str, name: str, model: str, lease_s: float, batch: int
    ) -> None:
        self.lines: list[str] = []
        arguments = (library, wakeup_url, name, model, str(lease_s), str(batch))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench._worker", *arguments],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=Path(__file__).parent.parent,
        )
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._ready.set()
            self.lines.append(line)
        self._ready.set()

    def wait_ready(self) -> None:
        assert self._ready.wait(120)
        assert self._process.poll() is None, "a worker process has died"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)
        self._thread.join(60)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(60)
        self._thread.join(60)
