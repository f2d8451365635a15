"""What the head of a report says: the machine, the date, the versions."""

from __future__ import annotations

import platform
import time

import psutil

from twolane import __version__
from twolane.hardware.plan.profiles import usable_cores
from twolane.measure.report.html import Fact


def machine_facts() -> tuple[Fact, ...]:
    """Return what is known of this machine and of twolane now."""
    memory = psutil.virtual_memory()
    uname = platform.uname()
    return (
        Fact("Date", time.strftime("%Y-%m-%d %H:%M %z")),
        Fact("System", f"{uname.system} {uname.release} on {uname.machine}"),
        Fact("Cores", f"{usable_cores()} usable, {psutil.cpu_count() or 1} logical"),
        Fact("Memory", f"{memory.total / 1e9:.1f} GB, {memory.available / 1e9:.1f} GB free at the end"),
        Fact("Load at the end", f"{psutil.getloadavg()[0]:.1f}: programs that want a core, on average"),
        Fact("twolane", f"{__version__}, Python {platform.python_version()}"),
    )


def busy_note() -> str:
    """Return a warning where other programs want more cores than there are, else nothing."""
    load, cores = psutil.getloadavg()[0], usable_cores()
    if load <= cores:
        return ""
    busy = f"other programs keep this machine busy (load {load:.1f} on {cores} cores)"
    return f"{busy}: the figures show less than it can do"
