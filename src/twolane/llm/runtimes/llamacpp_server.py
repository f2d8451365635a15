"""Finds or starts the one llama.cpp process of a lane, and shares it between twolane processes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

import httpx
import psutil
from filelock import FileLock, Timeout

from twolane.announced import write_private
from twolane.errors import ModelError, ModelFileError, ModelTimeoutError, ModelUnreachableError
from twolane.system import processes

_CHILD = Path(__file__).with_name("llamacpp_child.py")
# Of a prompt at a time: in between llama.cpp looks whether its reader has gone. With all of it, a question
# that nobody awaited any more held the model until its prompt was read, over a minute on one core; with
# so few a prompt takes 3 % longer, and more where other programs want the cores too.
WHOLE_BATCH, PART_BATCH = 2048, 128
_FIRST_DELAY_S = 0.2
_LONGEST_DELAY_S = 10.0
_HEALTHY_AFTER_S = 60.0
_ASK_S = 2.0
_LOCK_POLL_S = 0.5
_END_S = 5.0
_LOG_TAIL_LINES = 6
_UNUSABLE_KERNELS = 3  # the child's own word for it


@dataclass(frozen=True, slots=True)
class ServerParameters:
    """How a lane's process is started; a process is shared only where all of this is the same but `kernels`.

    That is a library to compute with in place of the package's own: the answers are the same.
    """

    model: str
    model_path: str
    context_tokens: int
    slots: int
    threads: int
    prompt_cache_mib: int = 256
    batch_tokens: int = WHOLE_BATCH
    kernels: str = ""

    def digest(self) -> str:
        modified = Path(self.model_path).stat().st_mtime_ns
        # Kernels that were built or given up since must not have a model loaded twice.
        shared = asdict(replace(self, kernels=""))
        return hashlib.sha256(json.dumps([shared, modified]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Address:
    """The URL of a lane's process, the key that it asks for, and its process number."""

    url: str
    key: str
    pid: int
    parameters: str

    def __repr__(self) -> str:
        return f"Address(url={self.url!r}, pid={self.pid})"  # never the key

    def is_alive(self) -> bool:
        """Return whether the process runs and accepts the key; being slow to answer counts as running."""
        try:
            status = psutil.Process(self.pid).status()
        except psutil.NoSuchProcess:
            return False
        if status in {psutil.STATUS_ZOMBIE, psutil.STATUS_STOPPED}:
            return status == psutil.STATUS_STOPPED  # a paused process cannot answer, but is healthy
        try:
            with httpx.Client(trust_env=False, timeout=_ASK_S) as client:
                answer = client.get(f"{self.url}/v1/models", headers={"Authorization": f"Bearer {self.key}"})
        except httpx.TimeoutException:
            return True
        except httpx.HTTPError:
            return False
        return answer.status_code == 200


class Announcement:
    """The file that holds the address of a lane's process, and the lock under which one is started."""

    def __init__(self, lane: str, run_dir: Path) -> None:
        self._lane = lane
        self._path = run_dir / f"{lane}.json"
        self._lock = FileLock(run_dir / f"{lane}.lock")

    def read(self) -> Address | None:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            return Address(**data)
        except (OSError, ValueError, TypeError):
            return None

    def write(self, address: Address) -> None:
        write_private(self._path, json.dumps(asdict(address)))  # it holds the key

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self, until: float, is_closed: Callable[[], bool]) -> Iterator[None]:
        """Hold the lock, so that no other process starts this lane's model.

        Raises `ModelTimeoutError` where one has been starting it until then, `ModelError` once it is closed.
        """
        while not self._lock.is_locked:
            if is_closed():
                raise _closed(self._lane)
            try:
                self._lock.acquire(timeout=_LOCK_POLL_S)
            except Timeout as error:
                if time.monotonic() < until:
                    continue
                raise ModelTimeoutError(
                    f"another twolane process is still starting the {self._lane} lane's model",
                    "try again; if it goes on, end that process",
                ) from error
        try:
            yield
        finally:
            self._lock.release()


class LaneServer:
    """The process that runs one lane's model: started on first use, shared, restarted when it dies.

    The twolane process that starts it owns it, and announces it in `run_dir`; others with the same lane and
    parameters connect to it. It ends with its owner; the next that needs it starts another.
    """

    def __init__(self, lane: str, run_dir: Path) -> None:
        self._lane = lane
        self._run_dir = run_dir
        self._announcement = Announcement(lane, run_dir)
        self._log = run_dir / f"{lane}.log"
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._address: Address | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._pausing = threading.Lock()
        self._paused = False
        self._delay_s = 0.0
        self._not_before = 0.0
        self._started = 0.0
        self._ended_with: int | None = None

    @property
    def crashed(self) -> bool:
        """Whether the last process that this one owned ended by a fault of its code, or of its kernels."""
        return self._ended_with in processes.CRASHED

    @property
    def refused_kernels(self) -> bool:
        """Whether the last process that this one owned could not load its kernels."""
        return self._ended_with == _UNUSABLE_KERNELS

    def current(self) -> Address | None:
        """Return the address in use, or the announced one, without starting a process."""
        return self._address or self._announcement.read()

    def acquire(self, parameters: ServerParameters, limit_s: float) -> Address:
        """Return the address of a process that runs, and start one if need be.

        Raises `ModelFileError` where the model cannot be loaded, and `ModelTimeoutError` after `limit_s`.
        """
        with self._lock:
            if self._address:
                return self._address
            until = time.monotonic() + limit_s
            self._run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._announcement.locked(until, self._closed.is_set):
                announced = self._announcement.read()
                if announced and announced.parameters == parameters.digest() and announced.is_alive():
                    self._address = announced
                else:
                    self._pause(until)
                    self._address = self._start(parameters, until)
                    self._announcement.write(self._address)
            return self._address

    def pause(self) -> None:
        """Pause the process if this one owns it and it has loaded its model; harmless when repeated."""
        with self._pausing:
            if processes.CAN_PAUSE and not self._paused and self._child and self._address:
                processes.pause(self._child)
                self._paused = True

    def resume(self) -> None:
        """Resume the process; harmless when repeated."""
        with self._pausing:
            if self._paused and self._child:
                processes.go_on(self._child)
            self._paused = False

    def lost(self, address: Address) -> bool:
        """Return whether a process that stopped answering has ended.

        If so it is forgotten, and the next call finds or starts another.
        """
        if address.is_alive():
            return False
        with self._lock:
            if self._address == address:
                self._address = None
                self._end_child()
                self._back_off()
        return True

    def close(self) -> None:
        """End the process if this one owns it; safe to call twice, and while another thread starts it."""
        self._closed.set()
        if self._address is None and (loading := self._child):
            loading.kill()
        with self._lock:
            address, self._address = self._address, None
            if self._child is None:
                return
            self._end_child()
            if self._announcement.read() == address:
                self._announcement.remove()

    def _refuse_if_closed(self) -> None:
        if self._closed.is_set():
            raise _closed(self._lane)

    def _pause(self, until: float) -> None:
        """Wait before a restart, so that a model that always crashes is not started in a tight loop."""
        self._closed.wait(max(0.0, min(self._not_before, until) - time.monotonic()))
        self._refuse_if_closed()

    def _back_off(self) -> None:
        now = time.monotonic()
        if now - self._started > _HEALTHY_AFTER_S:
            self._delay_s = 0.0
        self._delay_s = min(_LONGEST_DELAY_S, max(_FIRST_DELAY_S, 2 * self._delay_s))
        self._not_before = now + self._delay_s

    def _start(self, parameters: ServerParameters, until: float) -> Address:
        self._started = time.monotonic()
        key = secrets.token_urlsafe(32)
        log_descriptor = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        with os.fdopen(log_descriptor, "wb") as log:
            self._child = _child(log)
        wanted = {**asdict(parameters), "key": key, "parent_pid": os.getpid(), "log": str(self._log)}
        try:
            url = self._wait_until_ready(self._child, json.dumps(wanted).encode() + b"\n", until)
        except BaseException:  # Ctrl-C too: no process must be left that nobody knows of
            self._end_child()
            self._back_off()
            raise
        if not url:
            raise self._failed(parameters)
        return Address(url, key, self._child.pid, parameters.digest())

    def _wait_until_ready(self, child: subprocess.Popen[bytes], wanted: bytes, until: float) -> str:
        """Return the child's URL, or "" where it ended instead."""
        assert child.stdin is not None
        assert child.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(wanted)
            child.stdin.flush()
        lines: queue.Queue[bytes] = queue.Queue()
        reader = threading.Thread(
            target=lambda out: lines.put(out.readline()), args=(child.stdout,), daemon=True
        )
        reader.start()
        try:
            line = lines.get(timeout=max(0.1, until - time.monotonic()))
        except queue.Empty:
            child.kill()
            raise ModelTimeoutError(
                f"the {self._lane} lane's model did not load in time",
                "raise first_token_timeout_s of this lane, or use a smaller model",
            ) from None
        finally:
            reader.join(_END_S)
        return str(json.loads(line)["url"]) if line else ""

    def _failed(self, parameters: ServerParameters) -> ModelError:
        """Return the error for a child that ended while it loaded its model, and forget the child."""
        assert self._child is not None
        status = self._child.wait(_END_S)
        self._end_child()
        self._back_off()
        self._refuse_if_closed()
        tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])
        if status == 2:
            remedy = f"run: twolane models verify {parameters.model}; its log is {self._log}"
            return ModelFileError(f"llama.cpp cannot load {parameters.model_path}:\n{tail}", remedy)
        remedy = f"look for a lack of memory; its log is {self._log}"
        return ModelUnreachableError(f"the {self._lane} lane's process ended with {status}:\n{tail}", remedy)

    def _end_child(self) -> None:
        self.resume()  # a paused process cannot end by itself
        with self._pausing:
            child, self._child = self._child, None
        if child is None:
            self._ended_with = None  # it was another's
            return
        assert child.stdin is not None
        assert child.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()  # the child ends when its input does
        try:
            child.wait(_END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        self._ended_with = child.returncode
        child.stdout.close()


def _closed(lane: str) -> ModelError:
    return ModelError(f"the {lane} lane is closed", "open it again to use it")


def _child(log: BinaryIO) -> subprocess.Popen[bytes]:
    """Start a child from a thread that lives for as long as the child does.

    The kernel ends the child with the thread that started it: also one that is paused, and can look for its
    parent no more.
    """
    started: queue.SimpleQueue[subprocess.Popen[bytes] | OSError] = queue.SimpleQueue()

    def own() -> None:
        command = [sys.executable, "-P", str(_CHILD)]
        try:
            child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        except OSError as error:
            started.put(error)
            return
        started.put(child)
        child.wait()

    threading.Thread(target=own, name="twolane-lane-owner", daemon=True).start()
    child = started.get()
    if isinstance(child, OSError):
        raise child
    return child
