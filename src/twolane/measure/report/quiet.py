"""How quiet the machine was: what other programs used of the processor while something was measured."""

from __future__ import annotations

import psutil


class Quiet:
    """Counts from when it is made; the processes that ours has started and that have ended are ours too."""

    def __init__(self) -> None:
        self._all_s, self._busy_s = _machine_s()
        self._ours_s = _ours_s()

    def others_percent(self) -> float:
        """Return the share of the processor that others used, 0 to 100; where it is not known, -1.

        Only Linux tells what ended processes have used.
        """
        all_s, busy_s = _machine_s()
        passed_s, ours_s = all_s - self._all_s, _ours_s() - self._ours_s
        if not psutil.LINUX or passed_s <= 0:
            return -1.0
        return 100.0 * max(0.0, busy_s - self._busy_s - ours_s) / passed_s


def _machine_s() -> tuple[float, float]:
    times = psutil.cpu_times()
    # What guests use is counted as the user's time too.
    all_s = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return all_s, all_s - times.idle - getattr(times, "iowait", 0.0)


def _ours_s() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)
