"""The models' processes: looked up, and killed for as long as it takes; and work that goes on in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil

from twolane.app import App
from twolane.documents import LaneName
from twolane.errors import ModelError

_KILL_EVERY_S = 0.1
_FIRST_DEATH_S = 900.0


@contextmanager
def in_thread(work: Callable[[threading.Event], None], name: str) -> Iterator[None]:
    """Have work done in a thread while the block runs; it must end when its event is set."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,), name=name)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def model_process(app: App, lane: LaneName) -> psutil.Process | None:
    """Return the process that runs a lane's model; None where a server does, or none."""
    pid = app.models.process(lane)
    try:
        return psutil.Process(pid) if pid else None
    except psutil.NoSuchProcess:
        return None


def must_kill(app: App, lane: LaneName) -> None:
    """Raise `ModelError` where a lane's model has no process of ours that could be killed."""
    if model_process(app, lane) is None:
        raise ModelError(f"the {lane} lane's model has no process that is ours to kill")


@contextmanager
def killed(app: App, lane: LaneName) -> Iterator[None]:
    """Kill a lane's model process, and each that takes its place, while the block runs.

    The first is dead when the block begins. Raises `ModelError` where there is no process to kill.
    """
    must_kill(app, lane)
    died = threading.Event()

    def kill(stop: threading.Event) -> None:
        while not stop.is_set():
            process = model_process(app, lane)
            if process is not None:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
                died.set()
            stop.wait(_KILL_EVERY_S)

    with in_thread(kill, "killer"):
        if not died.wait(_FIRST_DEATH_S):
            raise ModelError(f"the process of the {lane} lane's model is gone, and does not come back")
        yield
