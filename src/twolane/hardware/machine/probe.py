"""Looks at the machine: every probe is bounded in time, and ends in a value or in why there is none."""

from __future__ import annotations

import platform
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import psutil

from twolane.config.addresses import OLLAMA_HOST, OLLAMA_PORT, OLLAMA_URL
from twolane.hardware.machine.base import Machine, MachineMemory, Measurement
from twolane.hardware.machine.cgroup import memory_limit
from twolane.hardware.machine.cores import SYSTEM, read_cores, read_processor
from twolane.hardware.machine.gpus import read_gpus, registry_class
from twolane.hardware.machine.ollama_server import read_ollama_limits

LIMIT_S = 20.0
ACCELERATORS = Path("/sys/class/accel")
ROOT = Path("/")
_OLLAMA_S = 0.5
_ACCELERATOR_CLASS = r"SYSTEM\CurrentControlSet\Control\Class\{f01a9d53-3ff6-48d2-9f97-c8a7004be10c}"
# What systems, drivers and tools answer with where they cannot say: nothing of it is worth a crash.
_REFUSALS = (
    ImportError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    subprocess.SubprocessError,
    psutil.Error,
)
_T = TypeVar("_T")


class _Look(Generic[_T]):
    """One probe, in a thread of its own: a driver that hangs cannot be interrupted, only left behind."""

    def __init__(self, look: Callable[[], _T]) -> None:
        self._found: Measurement[_T] = Measurement(None, "there was no answer in time")
        self._thread = threading.Thread(target=self._run, args=(look,), daemon=True)
        self._thread.start()

    def _run(self, look: Callable[[], _T]) -> None:
        try:
            self._found = Measurement(look())
        except _REFUSALS as error:
            self._found = Measurement(None, f"{type(error).__name__}: {error}")

    def wait(self, until: float) -> Measurement[_T]:
        """Return what was found; "unknown" where the probe is still looking when its time is up."""
        self._thread.join(max(0.0, until - time.monotonic()))
        return self._found


def probe(
    folder: Path | None = None, limit_s: float = LIMIT_S, *, gpus: bool = True, ollama_url: str = OLLAMA_URL
) -> Machine:
    """Look at this machine; never raises, and takes `limit_s` at most.

    `folder` is where models are kept: its disk is the one that counts. Without `gpus` these are left out,
    which take the longest: a driver may have to wake up. Ollama is sought at `ollama_url`.
    """
    until = time.monotonic() + limit_s
    looking = _Look(read_processor)
    others: dict[str, _Look[Any]] = {
        "cores": _Look(read_cores),
        "memory": _Look(read_memory),
        "npu": _Look(read_npu),
        "disk_free_bytes": _Look(lambda: free_bytes(folder or Path.home())),
        "container": _Look(read_container),
        "servers": _Look(lambda: read_servers(ollama_url)),
        "ollama": _Look(read_ollama_limits),
    }
    if gpus:
        others["gpus"] = _Look(lambda: read_gpus(psutil.virtual_memory().total))
    processor = looking.wait(until)
    name, instructions = processor.value or ("", ())
    unknown = processor.unknown or ("" if name else "the system does not say")
    return Machine(
        system={"darwin": "macos", "win32": "windows"}.get(SYSTEM, SYSTEM),
        architecture=platform.machine().lower().replace("amd64", "x86_64"),
        processor=Measurement(name or None, unknown),
        instructions=Measurement(instructions if processor.value else None, processor.unknown),
        **{name: look.wait(until) for name, look in others.items()},
    )


def read_memory() -> MachineMemory:
    """Return the memory that this process may use: the machine's, or what its container is given."""
    machine, swap = psutil.virtual_memory(), _swap_bytes()
    group = memory_limit() if SYSTEM == "linux" else None
    if group is None or group[0] >= machine.total:
        return MachineMemory(machine.total, machine.available, swap)
    limit, free = group
    return MachineMemory(limit, min(free, machine.available), 0, "control group")


def _swap_bytes() -> int:
    try:
        return int(psutil.swap_memory().total)
    except (OSError, RuntimeError, psutil.Error):  # some containers hide what it is read from
        return 0


def free_bytes(folder: Path) -> int:
    """Return the free bytes of the disk that holds a folder, or will hold it. Raises `OSError`."""
    wanted = folder.absolute()
    # Not even the root of a drive that was taken out is there: asking for it says so as an `OSError`.
    there = next((path for path in (wanted, *wanted.parents) if path.exists()), wanted)
    return shutil.disk_usage(there).free


def read_npu(accelerators: Path = ACCELERATORS) -> str:
    """Name the neural processor, or "" where there is none. No runtime of twolane uses one."""
    if SYSTEM == "darwin":
        return "Apple Neural Engine" if platform.machine() == "arm64" else ""
    if SYSTEM == "win32":
        names = (str(values.get("DriverDesc", "")) for values in registry_class(_ACCELERATOR_CLASS))
        return next(filter(None, names), "")
    return npu_of_drivers(accelerators)


def npu_of_drivers(accelerators: Path) -> str:
    """Name the neural processor by the driver of Linux' /sys/class/accel, or "" where there is none."""
    known = {"intel_vpu": "Intel NPU", "amdxdna": "AMD XDNA NPU", "rocket": "Rockchip NPU"}
    for device in sorted(accelerators.glob("accel*")):
        driver = device / "device" / "driver"
        if driver.exists():
            return known.get(driver.resolve().name, f"accelerator ({driver.resolve().name})")
    return ""


def read_container(root: Path = ROOT) -> str:
    """Name the container that this process runs in, or ""."""
    if SYSTEM not in {"linux", "darwin"}:
        return ""
    if (root / "var/run/secrets/kubernetes.io").exists():
        return "kubernetes"
    for mark, name in ((".dockerenv", "docker"), ("run/.containerenv", "podman")):
        if (root / mark).exists():
            return name
    for marker in ("run/systemd/container", "run/host/container-manager"):
        if (root / marker).is_file():
            return (root / marker).read_text(encoding="utf-8").strip() or "container"
    return ""


def read_servers(ollama_url: str = OLLAMA_URL) -> tuple[str, ...]:
    """Name the model servers at hand: "ollama" where it is installed, or something answers at its address."""
    if shutil.which("ollama"):
        return ("ollama",)
    parts = urlsplit(ollama_url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, OLLAMA_PORT)
    try:
        with socket.create_connection((parts.hostname or OLLAMA_HOST, port), timeout=_OLLAMA_S):
            return ("ollama",)
    except OSError:
        return ()
