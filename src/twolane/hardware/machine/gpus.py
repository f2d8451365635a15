"""The graphics processors: NVIDIA's by its own library, others by what the operating system says."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twolane.hardware.machine.base import Gpu
from twolane.hardware.machine.cores import SYSTEM, sysctl
from twolane.hardware.machine.files import number_of, output_of, pairs_of, text_of

DRM = Path("/sys/class/drm")
KFD_NODES = Path("/sys/class/kfd/kfd/topology/nodes")
DEVICES = Path("/dev")
PCI_NAMES = (Path("/usr/share/hwdata/pci.ids"), Path("/usr/share/misc/pci.ids"))
VENDORS = {"10de": "nvidia", "1002": "amd", "8086": "intel", "106b": "apple"}
_PROFILER_LIMIT_S = 15.0
_MIB = 1 << 20
_SHARES = "it uses the machine's memory"
_SMALL_BYTES = 1 << 30  # what firmware sets aside for a processor's own graphics is less than this
_SET_ASIDE_BYTES = 4 << 30  # and where a user had it set aside more for models, at least this
# Ollama's documentation: CUDA devices from 5.0 on; of AMD what its ROCm libraries know, which are these and
# all from gfx1010 on (as the kernel writes them: 9.0.10 is gfx90a).
_CUDA_CAPABILITY = (5, 0)
_ROCM_TARGETS = frozenset({90_008, 90_010, 90_402, 90_500})
_ROCM_FROM = 100_000
# The same of Windows, where only a name tells: Polaris and Vega, and all that came before them.
_OLD_RADEON = re.compile(r"\b(R[579]|HD \d{4}|RX [45]\d0|Vega|Radeon VII|FirePro|WX \d{4})\b")
_NO_ROCM = "it is too old for ROCm; whether Ollama reaches it by Vulkan is not known"
_UNITS = {"MB": _MIB, "GB": 1 << 30, "TB": 1 << 40}
# The share of the memory that Metal lets a model use: two thirds up to 36 GB, three quarters above.
_METAL_STEP_BYTES = 36 << 30
_DISPLAY_CLASS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"


@dataclass(frozen=True, slots=True)
class NvidiaDevice:
    """What NVIDIA's library says of one device; sizes and capability are None where it does not say."""

    name: str
    total_bytes: int | None
    free_bytes: int | None
    capability: tuple[int, int] | None = None


def read_gpus(memory_bytes: int) -> tuple[Gpu, ...]:
    """Return this machine's GPUs, the largest memory first; `memory_bytes` is the machine's own.

    Raises `OSError`, `ValueError`, `LookupError` and `SubprocessError` where the system does not say.
    """
    nvidia, why = ask_nvidia()
    found = list(nvidia_gpus(nvidia))
    others: Iterator[Gpu] = iter(())
    if SYSTEM == "linux":
        others = drm_gpus(DRM, PCI_NAMES, KFD_NODES, DEVICES)
    elif SYSTEM == "darwin":
        command = ["/usr/sbin/system_profiler", "SPDisplaysDataType", "-json"]
        others = apple_gpus(output_of(command, _PROFILER_LIMIT_S), memory_bytes, sysctl())
    elif SYSTEM == "win32":
        others = windows_gpus(registry_class(_DISPLAY_CLASS))
    for gpu in others:
        if gpu.vendor != "nvidia":
            found.append(gpu)
        elif not nvidia:  # seen, but its library says nothing of it
            found.append(Gpu("nvidia", gpu.name, gpu.memory_bytes, None, False, why or gpu.note))
    return tuple(sorted(found, key=lambda gpu: (gpu.shared is True, -(gpu.memory_bytes or 0))))


def ask_nvidia() -> tuple[list[NvidiaDevice], str]:
    """Ask NVIDIA's library, which comes with its driver; return its devices, or none and why."""
    try:
        import pynvml
    except ImportError:
        return [], "nvidia-ml-py is not installed"
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        return [], f"NVIDIA's driver library: {error}"
    devices = []
    try:
        for index in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            name = pynvml.nvmlDeviceGetName(handle)
            total, free, capability = None, None, None
            with suppress(pynvml.NVMLError):  # "not supported" where GPU and processor share their memory
                memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
                total, free = int(memory.total), int(memory.free)
            with suppress(pynvml.NVMLError):
                major, minor = pynvml.nvmlDeviceGetCudaComputeCapability(handle)
                capability = int(major), int(minor)
            name = name if isinstance(name, str) else name.decode()
            devices.append(NvidiaDevice(name, total, free, capability))
        return devices, ""
    except pynvml.NVMLError as error:
        return devices, f"NVIDIA's driver library: {error}"
    finally:
        with suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()


def nvidia_gpus(devices: Sequence[NvidiaDevice]) -> Iterator[Gpu]:
    """Yield NVIDIA's devices as `Gpu`; one without a memory size shares the machine's (Jetson, GB10)."""
    for device in devices:
        shared = device.total_bytes is None
        note, unused = "its memory is the machine's own" if shared else "", ""
        if device.capability and device.capability < _CUDA_CAPABILITY:
            has, needs = (".".join(map(str, version)) for version in (device.capability, _CUDA_CAPABILITY))
            unused = f"its compute capability is {has}, and Ollama needs {needs}"
        yield Gpu("nvidia", device.name, device.total_bytes, device.free_bytes, shared, note, unused)


def drm_gpus(
    drm: Path, names: Sequence[Path] = (), kfd_nodes: Path = KFD_NODES, devices: Path = DEVICES
) -> Iterator[Gpu]:
    """Yield what Linux' graphics drivers say: one GPU for each card in /sys/class/drm.

    `kfd_nodes` are what AMD's compute driver says of its GPUs, `devices` what programs open to reach them.
    """
    for card in sorted(drm.glob("card[0-9]*")):
        if "-" in card.name:  # a connector of a card
            continue
        device = card / "device"
        vendor_id, device_id = (
            text_of(device / name).lower().removeprefix("0x") for name in ("vendor", "device")
        )
        if vendor_id not in VENDORS:  # a virtual display, or a display without a GPU (Raspberry Pi)
            continue
        vendor = VENDORS[vendor_id]
        name = text_of(device / "product_name") or pci_name(vendor_id, device_id, names)
        name = name or f"{vendor} GPU {device_id}"
        if vendor == "amd":
            yield _amd(device, name, _amd_unused(device, kfd_nodes, devices))
        elif vendor == "intel":
            # Intel's integrated graphics has always had this PCI address.
            shared = device.resolve().name.endswith("00:02.0")
            note = "" if shared else "Intel's driver does not say the size of its memory"
            yield Gpu(vendor, name, shared=shared, note=note)
        else:
            yield Gpu(vendor, name, shared=False)


def _amd(device: Path, name: str, unused: str) -> Gpu:
    total, used = number_of(device / "mem_info_vram_total"), number_of(device / "mem_info_vram_used")
    apu = _is_apu(device)
    free = total - used if total is not None and used is not None else None
    if apu and (total or 0) < _SET_ASIDE_BYTES:
        return Gpu("amd", name, None, None, True, _SHARES, unused)
    if apu:  # the system does not count what is set aside as its memory: it is the GPU's own
        return Gpu("amd", name, total, free, False, "set aside from the machine's memory", unused)
    note = "" if total else "its driver does not say its memory"
    return Gpu("amd", name, total, free, apu, note, unused)


def _amd_unused(device: Path, kfd_nodes: Path, devices: Path) -> str:
    """Return why ROCm cannot compute on an AMD card, or "": it is out of reach from here, or too old.

    Whether this user may open the device does not matter: Ollama runs as a user of its own.
    """
    render = next((path.name for path in (device / "drm").glob("renderD*")), "")
    reached = (devices / "kfd").exists() or (render and (devices / "dri" / render).exists())
    if not reached:
        return "neither /dev/kfd nor its render node in /dev/dri is here"
    target = _kfd_target(render.removeprefix("renderD"), kfd_nodes)
    if target == 0:
        return "AMD's compute driver leaves it out"
    if target and target < _ROCM_FROM and target not in _ROCM_TARGETS:
        return _NO_ROCM
    return ""


def _kfd_target(render_minor: str, kfd_nodes: Path) -> int | None:
    """Return the instruction set of a GPU, such as 100300 for gfx1030; None where the kernel does not say.

    It is 0 where the driver has other GPUs and not this one: old ones want a feature of the mainboard.
    """
    others = False
    for node in kfd_nodes.glob("*"):
        values = pairs_of(node / "properties")
        if render_minor and values.get("drm_render_minor") == render_minor:
            target = values.get("gfx_target_version", "")
            return int(target) if target.isdigit() else None
        others = others or "gfx_target_version" in values
    return 0 if others else None


def _is_apu(device: Path) -> bool | None:
    """Say whether an AMD GPU is part of a processor: its metrics have format 2 or 3, a card's format 1."""
    try:
        with (device / "gpu_metrics").open("rb") as stream:
            header = stream.read(4)
    except OSError:
        header = b""
    return header[2] != 1 if len(header) == 4 else None


def pci_name(vendor_id: str, device_id: str, names: Sequence[Path]) -> str:
    """Return a device's name in the PCI ID list that most systems have, or ""."""
    for path in names:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        within = re.search(rf"^{vendor_id}  .*\n((?:[\t#].*\n|\n)*)", text, re.MULTILINE)
        found = within and re.search(rf"^\t{device_id}  (.*)$", within[1], re.MULTILINE)
        if found:
            name: str = found[1].strip()
            return name
    return ""


def apple_gpus(profiler: str, memory_bytes: int, values: Mapping[str, str]) -> Iterator[Gpu]:
    """Yield the GPUs of a Mac from `system_profiler SPDisplaysDataType -json` and its sysctl values.

    Apple's own have no memory of their own: what is given is how much of the machine's Metal lets them use.
    """
    for item in json.loads(profiler).get("SPDisplaysDataType", ()):
        name = str(item.get("sppci_model") or item.get("_name") or "GPU")
        maker = f"{item.get('spdisplays_vendor', '')} {name}".lower().replace("1002", "amd")
        vendor = next((word for word in ("apple", "amd", "intel", "nvidia") if word in maker), "unknown")
        if vendor == "apple":
            cores = f" ({item['sppci_cores']} cores)" if "sppci_cores" in item else ""
            wired = values.get("iogpu.wired_limit_mb", "0")
            share = 2 / 3 if memory_bytes <= _METAL_STEP_BYTES else 3 / 4
            limit = int(wired) * _MIB if wired.isdigit() and int(wired) else int(memory_bytes * share)
            note = "the machine's memory, as far as Metal lets it"
            yield Gpu(vendor, f"{name}{cores}", limit, None, True, note)
        else:
            own = _size(str(item.get("spdisplays_vram", "")))
            note, unused = "" if own else _SHARES, "on Macs Ollama computes on Apple's own GPUs only"
            yield Gpu(vendor, name, own, None, own is None, note, unused)


def _size(text: str) -> int | None:
    found = re.fullmatch(r"([\d.]+) (MB|GB|TB)", text.strip())
    return int(float(found[1]) * _UNITS[found[2]]) if found else None


def registry_class(path: str) -> list[dict[str, Any]]:
    """Return the values of every device of a class in Windows' registry; empty elsewhere."""
    if SYSTEM != "win32":
        return []
    winreg: Any = importlib.import_module("winreg")  # there on Windows only
    devices = []
    with suppress(FileNotFoundError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as root:
        for index in range(winreg.QueryInfoKey(root)[0]):
            name = winreg.EnumKey(root, index)
            if not name.isdigit():
                continue
            with suppress(OSError), winreg.OpenKey(root, name) as key:
                count = winreg.QueryInfoKey(key)[1]
                devices.append(
                    {value[0]: value[1] for value in (winreg.EnumValue(key, n) for n in range(count))}
                )
    return devices


def windows_gpus(devices: Sequence[Mapping[str, Any]]) -> Iterator[Gpu]:
    """Yield the GPUs of a Windows machine from its registry's display class.

    WMI's AdapterRAM is not used: it ends at 4 GB. What is no PCI device is a remote or virtual display.
    """
    for values in devices:
        found = re.search(r"ven_([0-9a-f]{4})", str(values.get("MatchingDeviceId", "")).lower())
        if not found or found[1] not in VENDORS:
            continue
        vendor, name = VENDORS[found[1]], str(values.get("DriverDesc", "GPU"))
        size = _registry_size(values.get("HardwareInformation.qwMemorySize"))
        size = size or _registry_size(values.get("HardwareInformation.MemorySize"))
        own_chip = vendor == "amd" and re.search(
            r"Radeon(\(TM\))? (\d{3}M )?Graphics|Radeon(\(TM\))? \d{3}M", name
        )
        if vendor != "nvidia" and (own_chip or (size is not None and size < _SMALL_BYTES)):
            yield Gpu(vendor, name, None, None, True, _SHARES)
        else:
            note = "Windows does not say what is free" if size else "its driver does not say its memory"
            unused = _NO_ROCM if vendor == "amd" and _OLD_RADEON.search(name) else ""
            yield Gpu(vendor, name, size, None, False if size else None, note, unused)


def _registry_size(value: object) -> int | None:
    """Return a size that is a number, or bytes of one: Intel's driver writes it as such."""
    if isinstance(value, bytes):
        value = int.from_bytes(value[:8], "little")
    return value if isinstance(value, int) and value > 0 else None
