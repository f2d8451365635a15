"""Runs a command of this checkout under another Linux kernel, which has file systems that this one lacks.

    python tools/in_other_kernel.py --kernel FOLDER [--memory-mb N] [--emulate] [--out FOLDER] COMMAND ...

A virtual machine (qemu) boots the kernel with this machine's file system as its own, under a layer in
memory: what the command writes is gone with the machine, but for what it writes into `$OUT`, which is FOLDER.
The kernel is a Debian package that was unpacked, not installed:

    apt-get install qemu-system-x86 busybox-static; apt-get download linux-image-VERSION-amd64
    dpkg -x linux-image-*.deb FOLDER
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

MODULES = (
    *("virtio_pci", "9p", "9pnet_virtio", "overlay", "loop", "virtio_rng", "fuse", "quota_v2"),
    *("crc32c_generic", "ext4", "xfs", "btrfs", "vfat", "exfat", "nls_ascii", "nls_cp437", "nls_utf8"),
)
_DEPENDS = re.compile(rb"\0(?:soft)?dep(?:ends=|=pre: )([^\0]*)\0")
_INIT = """#!/bin/busybox sh
busybox mkdir -p /proc /lower /upper /root
busybox mount -t proc proc /proc
while read -r module; do busybox insmod /modules/$module; done </modules/order
busybox mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose lower /lower
busybox mount -t tmpfs -o size=90% upper /upper
busybox mkdir /upper/files /upper/work
busybox mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work none /root
busybox mount -t proc proc /root/proc
busybox mount -t sysfs sysfs /root/sys
busybox mount -t devtmpfs dev /root/dev
busybox mkdir -p /root/dev/pts /root/dev/shm
busybox mount -t devpts pts /root/dev/pts
for folder in dev/shm tmp run mnt; do busybox mount -t tmpfs memory /root/$folder; done
busybox mkdir -p /root/mnt/out
busybox mount -t 9p -o trans=virtio,version=9p2000.L,cache=none out /root/mnt/out
busybox chroot /root /bin/sh /mnt/out/.command
busybox sync
busybox reboot -f
"""
_COMMAND = """export PATH={path} HOME=/tmp OUT=/mnt/out LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
ip link set lo up
cd {folder}
{command}
echo $? >/mnt/out/.rc
"""


def main() -> int:
    """Boot, run, and return the command's exit code; 125 where it did not come to that."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kernel", type=Path, required=True, help="the unpacked package")
    parser.add_argument("--memory-mb", type=int, default=3072)
    parser.add_argument("--emulate", action="store_true", help="without KVM: some ten times slower")
    parser.add_argument("--out", type=Path, help="what the command finds as $OUT")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = (given.out or Path(folder, "out")).resolve()
        out.mkdir(exist_ok=True)
        (out / ".rc").unlink(missing_ok=True)
        text = _COMMAND.format(
            path=os.environ["PATH"], folder=shlex.quote(str(Path.cwd())), command=shlex.join(given.command)
        )
        (out / ".command").write_text(text)
        initrd = Path(folder, "initrd")
        initrd.write_bytes(gzip.compress(archive(given.kernel), 1))
        boot(given.kernel, initrd, out, given.memory_mb, emulate=given.emulate)
        (out / ".command").unlink()
        rc = out / ".rc"
        return int(rc.read_text()) if rc.exists() else 125


def boot(kernel: Path, initrd: Path, out: Path, memory_mb: int, *, emulate: bool) -> None:
    """Run the machine to its end, with its console on ours."""
    shared = "security_model=none,multidevs=remap"
    processor = (
        ["-accel", "tcg,thread=multi", "-cpu", "max"] if emulate else ["-accel", "kvm", "-cpu", "host"]
    )
    command = ["qemu-system-x86_64", *processor, "-smp", str(os.cpu_count() or 1)]
    command += ["-m", str(memory_mb), "-nographic", "-no-reboot", "-nodefaults", "-serial", "stdio"]
    command += ["-kernel", str(next((kernel / "boot").glob("vmlinuz-*"))), "-initrd", str(initrd)]
    command += ["-append", "console=ttyS0 quiet panic=-1 edd=off random.trust_cpu=on"]
    command += ["-virtfs", f"local,path=/,mount_tag=lower,readonly=on,{shared}"]
    command += ["-virtfs", f"local,path={out},mount_tag=out,{shared}"]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True)


def archive(kernel: Path) -> bytes:
    """Return what the kernel starts with: busybox, the modules in their order, and what mounts the rest."""
    modules = [path for name in MODULES for path in needed(kernel, name)]
    order = "".join(f"{path.name}\n" for path in dict.fromkeys(modules))
    busybox = Path(shutil.which("busybox") or "/bin/busybox").read_bytes()
    entries = [("bin", None), ("dev", None), ("modules", None), ("bin/busybox", busybox)]
    entries += [("init", _INIT.encode()), ("modules/order", order.encode())]
    entries += [(f"modules/{path.name}", path.read_bytes()) for path in dict.fromkeys(modules)]
    return b"".join(entry(name, content) for name, content in [*entries, ("TRAILER!!!", b"")])


def needed(kernel: Path, name: str) -> list[Path]:
    """Return what a module needs and itself, as they are loaded; nothing where it is built in."""
    found = next(kernel.rglob(f"{name.replace('-', '_')}.ko"), None) or next(
        kernel.rglob(f"{name.replace('_', '-')}.ko"), None
    )
    if found is None:
        return []
    inner = [part for match in _DEPENDS.finditer(found.read_bytes()) for part in re.split(rb"[ ,]", match[1])]
    return [path for part in inner if part for path in needed(kernel, part.decode())] + [found]


def entry(name: str, content: bytes | None) -> bytes:
    """Return an entry of a cpio archive; a folder where there is no content."""
    mode = stat.S_IFDIR | 0o755 if content is None else stat.S_IFREG | 0o755
    given = content or b""
    fields = (0, mode, 0, 0, 1, 0, len(given), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return _padded(head) + _padded(given)


def _padded(content: bytes) -> bytes:
    return content + b"\0" * (-len(content) % 4)


if __name__ == "__main__":
    sys.exit(main())
