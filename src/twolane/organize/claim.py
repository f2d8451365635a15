"""That one process at a time, on all machines, applies or undoes a plan of a library."""

from __future__ import annotations

import logging
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from twolane.errors import ConflictError, StoreError
from twolane.outages import level_of
from twolane.plans import Plan, PlanState
from twolane.store.base import Writing
from twolane.system.disk import sync

_LEASE_S = 60.0
_BEAT_S = 15.0

_log = logging.getLogger(__name__)


@contextmanager
def claimed(store: Writing, run_dir: Path | None, plan: Plan, state: PlanState) -> Iterator[str]:
    """Hold a plan for the block, and yield who its holder is.

    On this machine a lock file in `run_dir` says whether another process has one, which a killed process lets
    go of at once; between machines a lease in the store does. Raises `ConflictError` and `StoreError`.
    """
    with _locked(run_dir) as holder:
        with store.writing() as write:
            write.plans.claim(plan.plan_id, state, holder, _LEASE_S)
        try:
            with _beating(store, plan, holder):
                yield holder
        finally:
            with suppress(StoreError), store.writing() as write:
                write.plans.release(plan.plan_id, holder)


@contextmanager
def _locked(run_dir: Path | None) -> Iterator[str]:
    """Hold the lock file for the block, and yield what its holder is known by in the store."""
    if run_dir is None:
        yield _new_holder()
        return
    try:
        run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        # a stream may be ended in another thread than it was begun in
        lock = FileLock(run_dir / "plans.lock", thread_local=False)
        lock.acquire(timeout=0)
    except Timeout:
        raise ConflictError(
            "another twolane on this machine is applying or undoing a plan of this library",
            "wait until it is done, or stop it: the same command goes on where it stopped",
        ) from None
    except OSError as error:
        raise StoreError(
            f"{run_dir} cannot be written: {error.strerror}", "check its permissions, or set data_dir"
        ) from error
    try:
        yield _holder(run_dir / "plans.holder")
    finally:
        lock.release()


def _holder(path: Path) -> str:
    """Return what the holder of this lock file is known by, which is made up when it is first asked."""
    known = path.read_text("utf-8") if path.exists() else ""
    if not known:
        known = _new_holder()
        with path.open("w", encoding="utf-8") as file:
            file.write(known)
            sync(file)  # or after a power cut its lease would be another's until that has run out
    return known


def _new_holder() -> str:
    return f"{socket.gethostname()} {secrets.token_hex(8)}"


@contextmanager
def _beating(store: Writing, plan: Plan, holder: str) -> Iterator[None]:
    """Renew the lease from a thread of its own: one large file may take longer than it lasts."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(_BEAT_S):
            try:
                with store.writing() as write:
                    write.plans.renew(plan.plan_id, holder)
            except (StoreError, ConflictError) as error:  # the next group finds out itself
                _log.log(level_of(error), "the plan %s is not renewed: %s", plan.name, error)

    thread = threading.Thread(target=beat, name="twolane-plan", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
