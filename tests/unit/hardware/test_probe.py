"""The probes, on what real machines answer: text of /proc, trees of /sys, registry and profiler values."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from twolane.errors import SettingsError
from twolane.hardware.machine.base import Cores, Gpu, Machine, Measurement, OllamaLimits
from twolane.hardware.machine.cgroup import cpu_limit, memory_limit
from twolane.hardware.machine.cores import (
    count_cores,
    count_efficiency_classes,
    model_threads,
    parse_cpu_list,
    parse_cpuinfo,
    parse_sysctl,
    read_cores,
    read_fast_cpus,
    read_siblings,
)
from twolane.hardware.machine.gpus import (
    NvidiaDevice,
    apple_gpus,
    ask_nvidia,
    drm_gpus,
    nvidia_gpus,
    windows_gpus,
)
from twolane.hardware.machine.ollama_server import limits_of, port_of, read_ollama_limits
from twolane.hardware.machine.probe import _Look, free_bytes, npu_of_drivers, probe, read_container
from twolane.hardware.plan.profiles import usable_cores

GIB = 1 << 30
MACHINES = Path(__file__).parent / "machines"
ULTRA_7 = """processor\t: 0
vendor_id\t: GenuineIntel
model name\t: Intel(R) Core(TM) Ultra 7 155H
flags\t\t: fpu vme sse2 avx f16c avx2 fma bmi2 avx_vnni vaes
"""
PI_5 = """processor\t: 0
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm aes crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
CPU implementer\t: 0x41
CPU part\t: 0xd0b

Model\t\t: Raspberry Pi 5 Model B Rev 1.0
"""
M2 = {
    "machdep.cpu.brand_string": "Apple M2",
    "hw.perflevel0.physicalcpu": "4",
    "hw.optional.neon": "1",
    "hw.optional.arm.FEAT_DotProd": "1",
    "hw.optional.arm.FEAT_I8MM": "1",
    "hw.optional.arm.FEAT_SME": "0",
}


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_this_machine_is_looked_at_without_an_error(tmp_path: Path) -> None:
    # when
    machine = probe(tmp_path / "not there yet")

    # then
    assert machine.memory.value is not None
    assert machine.memory.value.total_bytes > 0
    assert machine.disk_free_bytes.value
    assert usable_cores() == read_cores().usable >= 1
    assert Machine.from_json(machine.to_json()) == machine


def test_what_is_no_machine_is_refused() -> None:
    with pytest.raises(SettingsError, match="cores"):
        Machine.from_json(
            '{"system": "linux", "architecture": "x86_64", "cores": {"value": {"physical": 2}}}'
        )


def test_a_probe_that_hangs_is_left_behind_and_one_that_fails_says_why() -> None:
    # given
    never, no_cards = threading.Event(), dict[str, int]()
    waits = _Look(lambda: never.wait(60))

    # when
    late, failed = waits.wait(until=0), _Look(lambda: no_cards["card0"]).wait(time.monotonic() + 60)
    never.set()

    # then
    assert late == Measurement(None, "there was no answer in time")
    assert failed.value is None
    assert failed.unknown.startswith("KeyError")


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "3"])
def test_what_is_no_json_is_refused_too(text: str) -> None:
    with pytest.raises(SettingsError, match="no recorded machine"):
        Machine.from_json(text)


@pytest.mark.parametrize(
    ("text", "name", "instructions"),
    [
        (ULTRA_7, "Intel(R) Core(TM) Ultra 7 155H", ("avx", "avx2", "fma", "f16c", "avx_vnni")),
        (PI_5, "Raspberry Pi 5 Model B Rev 1.0", ("neon", "dotprod")),
        ("", "", ()),
    ],
)
def test_linux_says_its_processor(text: str, name: str, instructions: tuple[str, ...]) -> None:
    assert parse_cpuinfo(text) == (name, instructions)


def test_macos_says_its_processor() -> None:
    assert parse_sysctl(M2) == ("Apple M2", ("neon", "dotprod", "i8mm"))


def ultra_7(root: Path) -> tuple[Path, Path]:
    """Build /sys of a Core Ultra 7 155H: six performance cores of two threads, ten efficient ones."""
    cpus, devices = root / "cpu", root / "devices"
    for cpu in range(22):
        siblings = f"{cpu - cpu % 2}-{cpu - cpu % 2 + 1}" if cpu < 12 else str(cpu)
        write(cpus / f"cpu{cpu}" / "topology" / "core_cpus_list", siblings + "\n")
    write(devices / "cpu_core" / "cpus", "0-11\n")
    write(devices / "cpu_atom" / "cpus", "12-21\n")
    return cpus, devices


@pytest.mark.parametrize(
    ("allowed", "quota", "usable", "limit", "power"),
    [
        (range(22), None, 6, "", 11.0),
        (range(4), None, 2, "affinity", 2.0),
        (range(12, 22), None, 6, "", 5.0),  # efficient cores alone: as many as there are fast ones at most
        (range(22), 8.0, 6, "", 7.0),
        (range(22), 2.5, 2, "control group: 2.5 cores", 2.5),
        (range(22), 0.5, 1, "control group: 0.5 cores", 0.5),
    ],
)
def test_a_model_gets_performance_cores_within_the_limits(
    tmp_path: Path, allowed: range, quota: float | None, usable: int, limit: str, power: float
) -> None:
    # given
    cpus, devices = ultra_7(tmp_path)

    # when
    cores = count_cores(read_siblings(cpus), read_fast_cpus(cpus, devices), frozenset(allowed), quota, 16, 22)

    # then
    assert cores == Cores(16, 6, 22, usable, limit, power)
    assert cores.efficient == 10


@pytest.mark.parametrize(
    ("allowed", "quota", "usable", "limit", "power"),
    [
        (range(14), None, 7, "", 7.0),
        (range(14), 4.0, 4, "control group: 4 cores", 3.0),  # the two fast ones, and two that count half
        (range(4), None, 2, "affinity", 2.0),
        (range(4, 14), None, 7, "", 5.0),
    ],
)
def test_beside_few_performance_cores_efficient_ones_compute_too(
    allowed: range, quota: float | None, usable: int, limit: str, power: float
) -> None:
    # given a Core Ultra 7 155U: two performance cores of two threads, ten efficient ones
    siblings = {cpu: f"{cpu - cpu % 2}-{cpu - cpu % 2 + 1}" if cpu < 4 else str(cpu) for cpu in range(14)}

    # when
    cores = count_cores(siblings, frozenset(range(4)), frozenset(allowed), quota, 12, 14)

    # then
    assert cores == Cores(12, 2, 14, usable, limit, power)


@pytest.mark.parametrize(
    ("performance", "efficient", "threads"),
    [(6, 10, 6), (4, 4, 4), (2, 8, 6), (2, 4, 4), (1, 4, 3), (2, 0, 2)],
)
def test_threads_stay_within_the_cores(performance: int, efficient: int, threads: int) -> None:
    assert model_threads(performance, efficient) == threads <= performance + efficient


def test_arm_cores_are_told_apart_by_their_capacity(tmp_path: Path) -> None:
    # given a processor with one prime, three big and four little cores
    for cpu, capacity in enumerate([250] * 4 + [900] * 3 + [1024]):
        write(tmp_path / f"cpu{cpu}" / "cpu_capacity", f"{capacity}\n")

    # then
    assert read_fast_cpus(tmp_path, tmp_path) == {4, 5, 6, 7}


def test_cores_that_are_all_alike_are_not_told_apart(tmp_path: Path) -> None:
    for cpu in range(4):
        write(tmp_path / f"cpu{cpu}" / "cpu_capacity", "1024\n")
    assert read_fast_cpus(tmp_path, tmp_path) == frozenset()


def test_windows_efficiency_classes_are_counted() -> None:
    # given six fast cores, eight slow ones, and a record of another relation
    cores = [1] * 6 + [0] * 8
    records = [struct.pack("<IIBB38x", 0, 48, 1, kind) for kind in cores]
    records.insert(3, struct.pack("<II24x", 3, 32))

    # then
    assert count_efficiency_classes(b"".join(records)) == 6
    assert count_efficiency_classes(b"") == 0


def test_kernel_lists_are_read() -> None:
    assert parse_cpu_list("0-3,8,10-11") == [0, 1, 2, 3, 8, 10, 11]
    assert parse_cpu_list("") == []


def test_the_tightest_group_of_version_two_holds(tmp_path: Path) -> None:
    # given a process two groups deep
    own = write(tmp_path / "cgroup", "0::/system.slice/twolane.service\n")
    root = tmp_path / "fs"
    write(root / "system.slice" / "cpu.max", "400000 100000\n")
    write(root / "system.slice" / "twolane.service" / "cpu.max", "150000 100000\n")
    write(root / "system.slice" / "memory.max", str(4 * GIB))
    write(root / "system.slice" / "memory.current", str(3 * GIB))
    write(root / "system.slice" / "memory.stat", f"anon 1\nfile {2 * GIB}\ninactive_file {GIB}\n")
    write(root / "system.slice" / "twolane.service" / "memory.max", "max\n")

    # then what the kernel can drop is free
    assert cpu_limit(root, own) == 1.5
    assert memory_limit(root, own) == (4 * GIB, 2 * GIB)


def test_groups_of_version_one_are_read(tmp_path: Path) -> None:
    # given
    own = write(tmp_path / "cgroup", "4:memory:/docker/abc\n1:cpu,cpuacct:/docker/abc\n0::/\n")
    root = tmp_path / "fs"
    write(root / "cpu" / "cpu.cfs_quota_us", "200000\n")
    write(root / "cpu" / "cpu.cfs_period_us", "100000\n")
    write(root / "memory" / "memory.limit_in_bytes", str(2 * GIB))
    write(root / "memory" / "memory.usage_in_bytes", str(GIB))

    # then the folder of the host's path is not there, and the root counts
    assert cpu_limit(root, own) == 2.0
    assert memory_limit(root, own) == (2 * GIB, GIB)


def test_no_limit_is_no_limit(tmp_path: Path) -> None:
    own = write(tmp_path / "cgroup", "4:memory:/\n0::/\n")
    write(tmp_path / "memory" / "memory.limit_in_bytes", "9223372036854771712\n")
    write(tmp_path / "cpu.max", "max 100000\n")
    assert cpu_limit(tmp_path, own) is None
    assert memory_limit(tmp_path, own) is None
    assert memory_limit(tmp_path / "none", tmp_path / "none") is None


def test_nvidia_devices_become_gpus() -> None:
    # given a card, a GPU that has no memory of its own, and an old card
    devices = [
        NvidiaDevice("NVIDIA GeForce RTX 4090", 25_757_220_864, 24_910_757_888, (8, 9)),
        NvidiaDevice("NVIDIA GB10", None, None, (12, 1)),
        NvidiaDevice("Tesla K80", 12_079_136_768, 12_000_000_000, (3, 7)),
    ]

    # when
    card, shared, old = nvidia_gpus(devices)

    # then
    assert card == Gpu("nvidia", "NVIDIA GeForce RTX 4090", 25_757_220_864, 24_910_757_888, False)
    assert shared.shared
    assert not shared.unused
    assert old.memory_bytes == 12_079_136_768
    assert old.unused == "its compute capability is 3.7, and Ollama needs 5.0"


def test_nvidia_says_why_it_has_nothing() -> None:
    devices, why = ask_nvidia()
    assert devices or why or why == ""


PCI_IDS = """# a comment
1002  Advanced Micro Devices, Inc. [AMD/ATI]
\t164e  Raphael
\t744c  Navi 31 [Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M]
\t\t1002 0e3b  RX 7900 GRE
8086  Intel Corporation
\t7d55  Meteor Lake-P [Intel Arc Graphics]
"""


def card(root: Path, number: int, address: str, **files: str | bytes) -> None:
    device = root / "pci" / address
    device.mkdir(parents=True)
    for name, value in files.items():
        write(device / name, value)
    folder = root / "drm" / f"card{number}"
    folder.mkdir(parents=True)
    (folder / "device").symlink_to(device)
    (root / "drm" / f"card{number}-DP-1").mkdir()


def test_linux_says_its_other_gpus(tmp_path: Path) -> None:
    # given an AMD card, the graphics of an AMD and of an Intel processor, an Arc card, and a virtual display
    card(
        tmp_path,
        1,
        "0000:03:00.0",
        vendor="0x1002\n",
        device="0x744c\n",
        mem_info_vram_total="25753026560\n",
        mem_info_vram_used="1541865472\n",
        gpu_metrics=struct.pack("<HBB", 120, 1, 3),
    )
    card(
        tmp_path,
        2,
        "0000:12:00.0",
        vendor="0x1002\n",
        device="0x164e\n",
        mem_info_vram_total="536870912\n",
        gpu_metrics=struct.pack("<HBB", 128, 2, 1),
    )
    card(tmp_path, 3, "0000:00:02.0", vendor="0x8086\n", device="0x7d55\n")
    card(tmp_path, 4, "0000:04:00.0", vendor="0x8086\n", device="0xe20b\n")
    card(tmp_path, 5, "0000:00:01.0", vendor="0x1234\n", device="0x1111\n")
    names = write(tmp_path / "pci.ids", PCI_IDS)

    # when
    gpus = list(drm_gpus(tmp_path / "drm", (tmp_path / "missing", names)))

    # then
    assert [(gpu.name, gpu.shared) for gpu in gpus] == [
        ("Navi 31 [Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M]", False),
        ("Raphael", True),
        ("Meteor Lake-P [Intel Arc Graphics]", True),
        ("intel GPU e20b", False),
    ]
    assert gpus[0].memory_bytes == 25_753_026_560
    assert gpus[0].free_bytes == 24_211_161_088
    assert gpus[3].memory_bytes is None


def radeon(root: Path, number: int, target: int, total_bytes: int, *, metrics: int = 1) -> None:
    """Build /sys of an AMD GPU in the form of amdgpu and amdkfd; the values are ours, not captured."""
    card(
        root,
        number,
        f"0000:0{number}:00.0",
        vendor="0x1002\n",
        device="0x0000\n",
        product_name=f"gfx {target}\n",
        mem_info_vram_total=f"{total_bytes}\n",
        mem_info_vram_used="0\n",
        gpu_metrics=struct.pack("<HBB", 120, metrics, 3),
    )
    (root / "pci" / f"0000:0{number}:00.0" / "drm" / f"renderD{127 + number}").mkdir(parents=True)
    properties = f"simd_count 64\ngfx_target_version {target}\ndrm_render_minor {127 + number}\n"
    write(root / "nodes" / str(number) / "properties", properties)


def test_amd_cards_that_rocm_does_not_know_are_named_with_the_reason(tmp_path: Path) -> None:
    # given an RX 580, a Radeon VII, an RX 6800 XT, an MI210, and a processor without a GPU
    for number, target in enumerate([80_003, 90_006, 100_300, 90_010], 1):
        radeon(tmp_path, number, target, 16 * GIB)
    write(tmp_path / "nodes" / "0" / "properties", "simd_count 0\ngfx_target_version 0\n")
    write(tmp_path / "dev" / "kfd", "")

    # when
    gpus = list(drm_gpus(tmp_path / "drm", (), tmp_path / "nodes", tmp_path / "dev"))

    # then
    assert [gpu.memory_bytes for gpu in gpus] == [16 * GIB] * 4
    assert ["too old for ROCm" in gpu.unused for gpu in gpus] == [True, True, False, False]


def test_an_amd_card_that_the_compute_driver_leaves_out_is_not_counted(tmp_path: Path) -> None:
    # given a card, and a driver that knows the processor only; another kernel says nothing of either
    radeon(tmp_path, 1, 80_003, 8 * GIB)
    write(tmp_path / "nodes" / "1" / "properties", "simd_count 0\ngfx_target_version 0\n")
    write(tmp_path / "dev" / "kfd", "")

    # when
    (left_out,) = drm_gpus(tmp_path / "drm", (), tmp_path / "nodes", tmp_path / "dev")
    (unknown,) = drm_gpus(tmp_path / "drm", (), tmp_path / "no nodes", tmp_path / "dev")

    # then
    assert "leaves it out" in left_out.unused
    assert not unknown.unused


def test_an_amd_card_that_a_container_does_not_reach_is_named_with_the_reason(tmp_path: Path) -> None:
    # given two cards in /sys, and the render node of one in /dev
    for number in (1, 2):
        radeon(tmp_path, number, 110_000, 24 * GIB)
    write(tmp_path / "dev" / "dri" / "renderD129", "")

    # when
    first, second = drm_gpus(tmp_path / "drm", (), tmp_path / "nodes", tmp_path / "dev")

    # then
    assert "/dev/kfd" in first.unused
    assert not second.unused


def test_memory_that_is_set_aside_for_a_processors_gpu_is_its_own(tmp_path: Path) -> None:
    # given a Strix Halo with 96 GB of its memory set aside, and one with what firmware takes
    for number, total_bytes in ((1, 96 * GIB), (2, GIB // 2)):
        radeon(tmp_path, number, 110_501, total_bytes, metrics=3)
    write(tmp_path / "dev" / "kfd", "")

    # when
    large, small = drm_gpus(tmp_path / "drm", (), tmp_path / "nodes", tmp_path / "dev")

    # then
    assert (large.shared, large.memory_bytes, large.unused) == (False, 96 * GIB, "")
    assert large.note == "set aside from the machine's memory"
    assert (small.shared, small.memory_bytes) == (True, None)


def test_a_machine_without_graphics_has_none(tmp_path: Path) -> None:
    assert list(drm_gpus(tmp_path / "drm")) == []


def test_macs_say_their_gpus() -> None:
    # given what system_profiler prints on an M2, and on an Intel Mac with two GPUs
    m2 = {
        "_name": "Apple M2",
        "spdisplays_mtlgpufamilysupport": "spdisplays_metal3",
        "spdisplays_vendor": "sppci_vendor_Apple",
        "sppci_bus": "spdisplays_builtin",
        "sppci_cores": "10",
        "sppci_device_type": "spdisplays_gpu",
        "sppci_model": "Apple M2",
    }
    uhd = {
        "sppci_model": "Intel UHD Graphics 630",
        "spdisplays_vendor": "Intel",
        "spdisplays_vram_shared": "1536 MB",
    }
    radeon = {
        "sppci_model": "AMD Radeon Pro 5500M",
        "spdisplays_vendor": "sppci_vendor_amd",
        "spdisplays_vram": "4 GB",
    }

    # when
    (apple,) = apple_gpus(json.dumps({"SPDisplaysDataType": [m2]}), 16 * GIB, {})
    (wired,) = apple_gpus(
        json.dumps({"SPDisplaysDataType": [m2]}), 16 * GIB, {"iogpu.wired_limit_mb": "14336"}
    )
    intel, amd = apple_gpus(json.dumps({"SPDisplaysDataType": [uhd, radeon]}), 16 * GIB, {})

    # then
    assert (apple.vendor, apple.name, apple.shared) == ("apple", "Apple M2 (10 cores)", True)
    assert apple.memory_bytes == 16 * GIB * 2 // 3
    assert wired.memory_bytes == 14 * GIB
    assert (intel.vendor, intel.shared, intel.memory_bytes) == ("intel", True, None)
    assert (amd.vendor, amd.shared, amd.memory_bytes) == ("amd", False, 4 * GIB)
    assert not apple.unused
    assert "Apple's own" in amd.unused


def test_windows_says_its_gpus() -> None:
    # given what stands in the registry; Intel's driver writes a size as bytes
    devices: list[dict[str, Any]] = [
        {
            "DriverDesc": "NVIDIA GeForce RTX 4060 Laptop GPU",
            "MatchingDeviceId": "pci\\ven_10de&dev_28e0",
            "HardwareInformation.qwMemorySize": 8_585_740_288,
        },
        {
            "DriverDesc": "Intel(R) Arc(TM) Graphics",
            "MatchingDeviceId": "PCI\\VEN_8086&DEV_7D55",
            "HardwareInformation.qwMemorySize": (128 << 20).to_bytes(8, "little"),
        },
        {
            "DriverDesc": "AMD Radeon 780M Graphics",
            "MatchingDeviceId": "PCI\\VEN_1002&DEV_15BF",
            "HardwareInformation.qwMemorySize": 4 * GIB,
        },
        {
            "DriverDesc": "AMD Radeon RX 7900 XTX",
            "MatchingDeviceId": "PCI\\VEN_1002&DEV_744C",
            "HardwareInformation.qwMemorySize": 24 * GIB,
        },
        {
            "DriverDesc": "Radeon RX 580 Series",
            "MatchingDeviceId": "PCI\\VEN_1002&DEV_67DF",
            "HardwareInformation.qwMemorySize": 8 * GIB,
        },
        {"DriverDesc": "Microsoft Remote Display Adapter", "MatchingDeviceId": "rdpidd_indirectdisplay"},
    ]

    # when
    gpus = list(windows_gpus(devices))

    # then
    assert [(gpu.vendor, gpu.shared, gpu.memory_bytes) for gpu in gpus] == [
        ("nvidia", False, 8_585_740_288),
        ("intel", True, None),
        ("amd", True, None),
        ("amd", False, 24 * GIB),
        ("amd", False, 8 * GIB),
    ]
    assert [bool(gpu.unused) for gpu in gpus] == [False, False, False, False, True]


def test_linux_says_its_npu(tmp_path: Path) -> None:
    # given
    driver = tmp_path / "drivers" / "intel_vpu"
    driver.mkdir(parents=True)
    device = tmp_path / "accel" / "accel0" / "device"
    device.mkdir(parents=True)
    (device / "driver").symlink_to(driver)

    # then
    assert npu_of_drivers(tmp_path / "accel") == "Intel NPU"
    assert npu_of_drivers(tmp_path / "none") == ""


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        (".dockerenv", "docker"),
        ("run/.containerenv", "podman"),
        ("var/run/secrets/kubernetes.io/token", "kubernetes"),
        ("run/systemd/container", "lxc"),
        ("etc/hostname", ""),
    ],
)
def test_containers_are_known_by_their_marks(tmp_path: Path, mark: str, name: str) -> None:
    write(tmp_path / mark, "lxc\n")
    assert read_container(tmp_path) == name


def test_the_limits_of_an_ollama_server_are_read() -> None:
    # given
    told = {
        "OLLAMA_NUM_PARALLEL": "2",
        "OLLAMA_KV_CACHE_TYPE": "Q8_0",
        "LLAMA_ARG_CACHE_RAM": "-1",
        "OLLAMA_HOST": "0.0.0.0:11435",
    }

    # then what is not set is Ollama's own choice
    assert limits_of({"OLLAMA_MAX_LOADED_MODELS": "1", "PATH": "x"}) == OllamaLimits(1, 0, "", 8192)
    assert limits_of({"OLLAMA_NUM_PARALLEL": "many"}) == OllamaLimits(0, None, "", 8192)
    assert limits_of(told) == OllamaLimits(0, 2, "q8_0", -1, 11435)


_LISTENS = """import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
input()
"""


@contextmanager
def ollama_process(folder: Path, program: str, *prefix: str) -> Iterator[int]:
    """Run a program as `ollama serve`, and yield the number that it prints."""
    (folder / "ollama").symlink_to(Path(sys.executable).resolve())
    (folder / "serve").write_text(program)
    told = {"OLLAMA_HOST": "127.0.0.1:1", "OLLAMA_NUM_PARALLEL": "3", "LLAMA_ARG_CACHE_RAM": "512"}
    command = [*prefix, str(folder / "ollama"), "serve"]
    with subprocess.Popen(
        command, cwd=folder, env=told, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout
        try:
            yield int(server.stdout.readline() or 0)
        finally:
            server.kill()


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="a program takes its link's name on Linux")


@on_linux
def test_a_running_server_says_its_limits_and_its_sockets_say_its_port(tmp_path: Path) -> None:
    with ollama_process(tmp_path, _LISTENS) as port:
        assert OllamaLimits(0, 3, "", 512, port=port) in read_ollama_limits()


@on_linux
def test_a_process_that_listens_nowhere_is_no_server(tmp_path: Path) -> None:
    with ollama_process(tmp_path, "print(7, flush=True)\ninput()"):
        assert not [limits for limits in read_ollama_limits() if limits.num_parallel == 3]


@on_linux
def test_limits_of_a_server_in_another_network_are_not_those_of_the_one_that_answers(tmp_path: Path) -> None:
    # given
    apart = ("unshare", "--net", "--map-root-user")
    if not shutil.which("unshare") or subprocess.run([*apart, "true"], capture_output=True).returncode:
        pytest.skip("this system gives no process a network of its own")

    # when
    with ollama_process(tmp_path, _LISTENS, *apart) as port:
        found = read_ollama_limits()

    # then
    assert port
    assert not [limits for limits in found if limits.num_parallel == 3]
    assert [limits for limits in found if "another network" in limits.unread]


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("", 11434),
        ("127.0.0.1", 11434),
        (":11435", 11435),
        ("http://box:11435/", 11435),
        ("https://box", 443),
        ("[::1]:11435", 11435),
        ("box:many", 11434),
    ],
)
def test_an_ollama_is_found_by_its_port(address: str, port: int) -> None:
    assert port_of(address) == port


def test_a_machine_recorded_before_its_ollama_was_read_is_still_read(tmp_path: Path) -> None:
    # given
    record = tmp_path / "machine.json"
    record.write_text(replace(Machine("linux", "arm"), ollama=Measurement((OllamaLimits(1),))).to_json())

    # then
    assert Machine.load(MACHINES / "laptop-8gb.json").ollama.value is None
    assert Machine.load(record).ollama.known(()) == (OllamaLimits(1),)


def test_a_disk_that_is_not_there_is_an_error_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    # given a drive of Windows, where even the root of a path may be missing
    monkeypatch.setattr(Path, "exists", lambda _: False)

    # then
    with pytest.raises(OSError, match="nowhere"):
        free_bytes(Path("/nowhere/at/all"))


def test_a_mac_that_does_not_say_its_cores_in_time_is_asked_in_another_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    def hangs() -> Cores:
        raise subprocess.TimeoutExpired("sysctl", 3)

    monkeypatch.setattr("twolane.hardware.plan.profiles.read_cores", hangs)

    # then
    assert usable_cores() >= 1
