"""The limits of a container or a systemd slice: what Linux control groups leave of cores and memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from twolane.hardware.machine.files import number_of, pairs_of, text_of

ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
_NO_LIMIT_BYTES = 1 << 60  # version 1 writes "none" as a number near 2 ** 63


def cpu_limit(root: Path = ROOT, own: Path = OWN) -> float | None:
    """Return how many cores' time this process is given, or None where there is no limit."""
    quotas = [_quota(folder) for folder in _folders("cpu", root, own)]
    return min((quota for quota in quotas if quota), default=None)


def memory_limit(root: Path = ROOT, own: Path = OWN) -> tuple[int, int] | None:
    """Return (limit, free) bytes of the tightest group above this process, or None where there is no limit.

    File pages that the kernel can drop count as free, as Kubernetes counts its working set.
    """
    found = [_room(folder) for folder in _folders("memory", root, own)]
    rooms = [room for room in found if room]
    if not rooms:
        return None
    return min(limit for limit, _ in rooms), min(free for _, free in rooms)


def _folders(controller: str, root: Path, own: Path) -> Iterator[Path]:
    """Yield the folders of this process's group and of all above it: the tightest limit holds."""
    for line in text_of(own).splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            base = root
        elif controller in controllers.split(","):
            base = root / controller
        else:
            continue
        # Within a container the path may be the host's, of which nothing is to be seen: then only the root.
        inner = base / path.lstrip("/")
        while inner != base and base in inner.parents:
            yield inner
            inner = inner.parent
        yield base


def _quota(folder: Path) -> float | None:
    if words := text_of(folder / "cpu.max").split():  # version 2: "200000 100000", or "max 100000"
        return None if words[0] == "max" else _number(words[0]) / max(1, _number(words[-1]))
    quota, period = number_of(folder / "cpu.cfs_quota_us"), number_of(folder / "cpu.cfs_period_us")
    return quota / period if quota and period else None  # -1 is no limit, and no number here


def _room(folder: Path) -> tuple[int, int] | None:
    for limit_name, used_name in (
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        limit, taken = number_of(folder / limit_name), number_of(folder / used_name) or 0
        if not limit or limit >= _NO_LIMIT_BYTES:  # none, or "max"
            continue
        stats = pairs_of(folder / "memory.stat")
        droppable = _number(stats.get("total_inactive_file", stats.get("inactive_file", "0")))
        return limit, max(0, limit - max(0, taken - droppable))
    return None


def _number(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        return 0
