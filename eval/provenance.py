"""What a figure was made with: the day, the commit, the machine and how busy it was."""

from __future__ import annotations

import platform
import subprocess
import time
from pathlib import Path

import psutil


def provenance() -> str:
    """Return the line that stands beside figures made now."""
    memory = psutil.virtual_memory().total / 2**30
    busy = psutil.getloadavg()[0]
    return (
        f"{time.strftime('%Y-%m-%d')}, commit {_commit() or 'unknown'}, {psutil.cpu_count()} cores "
        f"({_processor()}), {memory:.0f} GiB, Python {platform.python_version()}, load before {busy:.1f}"
    )


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    run = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return run.stdout.strip()


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
