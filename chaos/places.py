"""Faults of what the lanes stand on: a worker, the server of the wake-ups, PostgreSQL, the disk."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from chaos.cluster import Cluster, Kind, Upload
from chaos.outcome import Latency, Outcome, Uploads
from chaos.rig import Question, Size, longest_pause_s, wait_until

_SEEN_S = 1.0
_AFTERWARDS = 5


@dataclass(frozen=True)
class Fault:
    """One thing that can happen, and what ends it; both may say something for the notes."""

    words: str
    strike: Callable[[Cluster], str | None]
    heal: Callable[[Cluster], str | None]
    queue: Kind = "redis"
    small_postgres: bool = False


def _kill_worker(rig: Cluster) -> str:
    """Kill a worker when it has jobs, and wait until others have done these."""
    killed = time.monotonic()
    rig.kill_worker(0)
    time.sleep(_SEEN_S)  # what the other worker has now it ends or extends
    held = rig.running()
    time.sleep(_SEEN_S)
    held &= rig.running()
    wait_until(lambda: not held & rig.running(), "the dead worker's jobs are taken over")
    return f"{len(held)} jobs were in its hands; others had them after {time.monotonic() - killed:.1f} s"


def _start_worker(rig: Cluster) -> None:
    rig.workers[0] = rig.start_worker()


def _free_postgres(rig: Cluster) -> str:
    """Make room, and start the server again if it has given up, as its operator would."""
    rig.free_disk()
    if rig.postgres.is_running:
        return "PostgreSQL ran on"
    rig.postgres.start()
    return "PostgreSQL had ended itself"


_FAULTS = {
    "kill a worker": Fault("kill -9: one of 2 workers in the middle of jobs", _kill_worker, _start_worker),
    "stop redis": Fault("Redis stopped", lambda rig: rig.broker.stop(), lambda rig: rig.broker.start()),
    "wipe redis": Fault(
        "FLUSHALL at both ends of the time", lambda rig: rig.broker.wipe(), lambda rig: rig.broker.wipe()
    ),
    "stop rabbitmq": Fault(
        "RabbitMQ stopped", lambda rig: rig.broker.stop(), lambda rig: rig.broker.start(), "rabbitmq"
    ),
    "kill rabbitmq": Fault(
        "RabbitMQ: kill -9", lambda rig: rig.broker.kill(), lambda rig: rig.broker.start(), "rabbitmq"
    ),
    "wipe rabbitmq": Fault(
        "its queues deleted at both ends of the time",
        lambda rig: rig.broker.wipe(),
        lambda rig: rig.broker.wipe(),
        "rabbitmq",
    ),
    "stop postgres": Fault(
        "PostgreSQL stopped (fast)", lambda rig: rig.postgres.stop(), lambda rig: rig.postgres.start()
    ),
    "kill postgres": Fault(
        "PostgreSQL: kill -9 of all its processes",
        lambda rig: rig.postgres.kill(),
        lambda rig: rig.postgres.start(),
    ),
    "fill the disk": Fault(
        "no byte free for library, uploads and blobs",
        lambda rig: rig.fill_disk(),
        lambda rig: rig.free_disk(),
        "local",
    ),
    "fill the disk of postgres": Fault(
        "no byte free for PostgreSQL's data",
        lambda rig: rig.fill_disk(),
        _free_postgres,
        small_postgres=True,
    ),
}


def _broken(name: str, fault: Fault, size: Size) -> Outcome:
    """Break something while files come in, users ask and somebody uploads."""
    with Cluster(size, queue=fault.queue, small_postgres=fault.small_postgres) as rig:
        with rig.users(size.users) as questions, rig.witness() as filed:
            with rig.uploading() as uploads:
                rig.drop(max(size.files, int(40 * (size.calm_s + size.fault_s))))
                began = time.monotonic()
                time.sleep(size.calm_s)
                struck = time.monotonic()
                notes = [fault.strike(rig)]
                time.sleep(max(0.0, struck + size.fault_s - time.monotonic()))
                notes.append(fault.heal(rig))
                healed = time.monotonic()
                wait_until(lambda: _works(rig, questions, uploads, healed), "both lanes work again")
                healthy = time.monotonic()
            wait_until(rig.is_done, "all files are done")
        afterwards = [rig.upload_one(10_000 + number) for number in range(_AFTERWARDS)]
        wait_until(rig.is_done, "all files are done")
        notes.append(f"an upload into the idle library afterwards: {_p50_s(afterwards):.1f} s (p50 of 5)")
        notes += [f"{fault}" for fault in rig.app.library.faults()]
        lost, doubled = rig.losses()
        during = [q for q in questions if struck <= q.asked + q.whole_s and q.asked <= healthy]
        hit = [u for u in uploads if u.filed >= struck and u.began <= healthy]
        return Outcome(
            name,
            f"{fault.words}, for {healed - struck:.0f} s",
            rig.counts().documents,
            lost,
            doubled,
            Latency.of([q for q in questions if q.asked + q.whole_s < struck]),
            Latency.of(during),
            (
                round(longest_pause_s(filed, began, struck), 1),
                round(longest_pause_s(filed, struck, healthy), 1),
            ),
            round(healthy - healed, 1),
            notes=tuple(note for note in notes if note),
            errors=tuple(sorted({q.error for q in during if q.error} | {u.error for u in hit if u.error})),
            uploads_before=_uploads([u for u in uploads if u.filed < struck]),
            uploads_during=_uploads(hit),
        )


def _works(rig: Cluster, questions: Sequence[Question], uploads: Sequence[Upload], healed: float) -> bool:
    """Say whether a question was answered and an upload filed since healing, and all are ready."""
    answered = any(not q.error and q.asked >= healed for q in questions)
    return answered and any(u.filed >= healed for u in uploads) and rig.all_ready()


def _uploads(uploads: Sequence[Upload]) -> Uploads:
    return Uploads.of([u.filed - u.began for u in uploads], sum(u.refused for u in uploads))


def _p50_s(uploads: Sequence[Upload]) -> float:
    return median(upload.filed - upload.began for upload in uploads)


SCENARIOS: dict[str, Callable[[Size], Outcome]] = {
    name: functools.partial(_broken, name, fault) for name, fault in _FAULTS.items()
}
