"""What a process would try once a file had taken it over: each attempt by name, made past Python's own hooks.

Run as a program in a confined process. It says for each attempt what the system answered: "done", or the name
of an error.
"""

# The calls of the system are tried by their own names.
# ruff: noqa: PTH101, PTH102, PTH104, PTH106, PTH108, PTH208, PTH211
from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import mmap
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

LIBRARY = ctypes.CDLL(None, use_errno=True)
NUMBERS = {
    "x86_64": {"ptrace": 101, "process_vm_readv": 310, "memfd_create": 319, "execveat": 322, "bpf": 321}
    | {"io_uring_setup": 425, "keyctl": 250, "userfaultfd": 323, "kexec_load": 246, "perf_event_open": 298}
    | {"pidfd_open": 434, "clone3": 435, "open_by_handle_at": 304, "prlimit64": 302, "unshare": 272}
    | {"mount": 165, "setns": 308, "clone": 56, "inotify_init1": 294, "shmget": 29},
    "aarch64": {"ptrace": 117, "process_vm_readv": 270, "memfd_create": 279, "execveat": 281, "bpf": 280}
    | {"io_uring_setup": 425, "keyctl": 219, "userfaultfd": 282, "kexec_load": 104, "perf_event_open": 241}
    | {"pidfd_open": 434, "clone3": 435, "open_by_handle_at": 265, "prlimit64": 261, "unshare": 97}
    | {"mount": 40, "setns": 268, "clone": 220, "inotify_init1": 26, "shmget": 194},
}


def call(name: str, *arguments: int | bytes | None) -> int:
    """Make a system call of this machine by its name."""
    words = [ctypes.c_long(one or 0) if not isinstance(one, bytes) else one for one in arguments]
    result = LIBRARY.syscall(ctypes.c_long(NUMBERS[os.uname().machine][name]), *words)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return int(result)


def attempts(given: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """Return every attempt; `given` names what lies about that is none of the process's business."""
    secret, folder, parent, handed = given["secret"], given["folder"], given["parent"], given["handed"]
    word = (0x1000).to_bytes(8, "little")
    return {
        # files of others
        "read a file": lambda: os.open(secret, os.O_RDONLY),
        "list its folder": lambda: os.listdir(folder),
        "list the root": lambda: os.listdir("/"),
        "read the parent's environment": lambda: os.open(f"/proc/{parent}/environ", os.O_RDONLY),
        "read the parent's memory": lambda: os.open(f"/proc/{parent}/mem", os.O_RDONLY),
        "read passwords": lambda: os.open("/etc/shadow", os.O_RDONLY),
        "read through a link": lambda: read_through_link(secret),
        "read by way of the own root": lambda: os.open(f"/proc/self/root{secret}", os.O_RDONLY),
        "write the file that was handed over": lambda: os.open(f"/proc/self/fd/{handed}", os.O_RDWR),
        "write through the descriptor": lambda: os.write(handed, b"x"),
        "empty the file that was handed over": lambda: os.ftruncate(handed, 0),
        "change its rights": lambda: os.fchmod(handed, 0o777),
        "change its times": lambda: os.utime(handed),
        "give it an attribute": lambda: os.setxattr(handed, "user.x", b"x"),
        "lock it": lambda: fcntl.flock(handed, fcntl.LOCK_EX),
        "lock it against writers": lambda: fcntl.lockf(handed, fcntl.LOCK_SH),
        "hold its writers up": lambda: fcntl.fcntl(handed, 1024, 0),
        "give it another name": lambda: os.link(f"/proc/self/fd/{handed}", "kept", follow_symlinks=True),
        "write a file": lambda: os.open(secret, os.O_WRONLY),
        "empty a file": lambda: os.truncate(secret, 0),
        "empty a file that may be read": lambda: os.open(os.__file__, os.O_RDONLY | os.O_TRUNC),
        "write into Python": lambda: os.open(Path(os.__file__).with_name("x.py"), os.O_CREAT | os.O_WRONLY),
        "make a file": lambda: os.open(f"{folder}/new", os.O_CREAT | os.O_WRONLY),
        "make a folder": lambda: os.mkdir(f"{folder}/new"),
        "make a link": lambda: os.symlink("/", f"{folder}/new"),
        "remove a file": lambda: os.unlink(secret),
        "remove a folder": lambda: os.rmdir(f"{folder}/empty"),
        "rename a file": lambda: os.rename(secret, f"{folder}/new"),
        "take a file away": lambda: os.rename(secret, "taken"),
        "link a file": lambda: os.link(secret, "linked"),
        "change rights": lambda: os.chmod(secret, 0o777),
        "change an owner": lambda: os.chown(secret, os.getuid(), os.getgid()),
        "change times": lambda: os.utime(secret),
        "make a device": lambda: os.mknod("device", 0o20600, os.makedev(1, 3)),
        "make a pipe": lambda: os.mkfifo("pipe"),
        "open a file by its number": lambda: call("open_by_handle_at", -100, None, 0),
        "change the root": lambda: os.chroot("."),
        "mount": lambda: call("mount", b"none", b".", b"tmpfs", 0, None),
        "watch a folder": lambda: call("inotify_init1", 0),
        # networks
        "reach a server": lambda: socket.create_connection(("127.0.0.1", given["port"]), 5),
        "send a packet": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "reach a socket by its path": lambda: socket.socket(socket.AF_UNIX).connect(given["socket"]),
        "reach a socket without a path": lambda: socket.socket(socket.AF_UNIX).connect("\0twolane"),
        "ask the kernel": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "make a pair of sockets": socket.socketpair,
        "find a name": lambda: socket.getaddrinfo("localhost", 80)[0],
        # programs and processes
        "start a process": os.fork,
        "start a process the old way": lambda: call("clone", 17, 0, 0, 0, 0),
        "start a process the new way": lambda: call("clone3", None, 0),
        "run a shell": lambda: os.execv("/bin/sh", ["sh", "-c", "true"]),
        "run what was written": lambda: run_written(given["written"]),
        "make a program in memory": lambda: call("memfd_create", b"x", 0),
        "run a descriptor": lambda: call("execveat", handed, b"", None, None, 0x1000),
        "leave the session": os.setsid,
        "leave the group": lambda: os.setpgid(0, 0),
        "kill the parent": lambda: os.kill(parent, 0),
        "kill everybody": lambda: os.kill(-1, 0),
        "kill by a descriptor": lambda: call("pidfd_open", parent, 0),
        "have the parent signalled": lambda: fcntl.fcntl(handed, 8, parent),
        "choose that signal": lambda: fcntl.fcntl(handed, 10, 9),
        "trace the parent": lambda: call("ptrace", 16, parent, 0, 0),
        "read a process's memory": lambda: call("process_vm_readv", parent, word, 1, word, 1, 0),
        "limit the parent": lambda: call("prlimit64", parent, 7, None, None),
        "slow the parent": lambda: os.setpriority(os.PRIO_PROCESS, parent, 19),
        "bind the parent to a core": lambda: os.sched_setaffinity(parent, {0}),
        # the kernel
        "make a namespace": lambda: call("unshare", 0x1000_0000),
        "enter a namespace": lambda: call("setns", handed, 0),
        "make a ring": lambda: call("io_uring_setup", 1, bytes(120)),
        "look into the keys": lambda: call("keyctl", 0, 0, 0, 0, 0),
        "handle faults": lambda: call("userfaultfd", 1),
        "load a program into the kernel": lambda: call("bpf", 0, None, 0),
        "watch performance": lambda: call("perf_event_open", bytes(128), 0, -1, -1, 0),
        "load a kernel": lambda: call("kexec_load", 0, 0, None, 0),
        "share memory": lambda: call("shmget", 0, 4096, 0o1600),
        "type on the terminal": lambda: control(given["terminal"], 0x5412),
        "change a file's flags": lambda: control(handed, 0x4008_6602),
    }


def control(descriptor: int, request: int) -> None:
    if LIBRARY.ioctl(descriptor, ctypes.c_ulong(request), b"\0" * 8) < 0:
        raise OSError(ctypes.get_errno(), "ioctl")


def read_through_link(path: str) -> int:
    os.symlink(path, "link")
    return os.open("link", os.O_RDONLY)


def make_and_remove() -> None:
    os.mkdir("in")
    os.rmdir("in")


def run_written(program: str) -> None:
    Path("program").write_bytes(Path(program).read_bytes())
    os.execv("./program", ["program"])


def lawful(given: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """Return what reading needs, which must go on working."""
    return {
        "read the file that was handed over": lambda: os.pread(given["handed"], 10, 0),
        "write in the scratch folder": lambda: Path("own").write_text("x", "ascii"),
        "remove it again": lambda: Path("own").unlink(),
        "make and remove a folder": make_and_remove,
        "write nowhere": lambda: Path(os.devnull).write_text("x", "ascii"),
        "take memory": lambda: mmap.mmap(-1, 1 << 20).close(),
        "start a thread": lambda: threading.Thread(target=int).start(),
        "import a module": lambda: __import__("wave"),
        "limit itself": lambda: __import__("resource").getrlimit(7),
    }


def outcomes(tried: dict[str, Callable[[], object]]) -> dict[str, str]:
    """Make the attempts, and return what came of each."""
    found: dict[str, str] = {}
    for name, attempt in tried.items():
        try:
            result = attempt()
        except OSError as error:
            found[name] = errno.errorcode.get(error.errno or 0, type(error).__name__)
        else:
            if result == 0 and name.startswith("start a process"):
                os._exit(0)
            found[name] = "done"
    return found


def main(given: dict[str, Any]) -> None:
    """Make every attempt and say what came of it."""
    sys.stdout.write(json.dumps({"attempts": outcomes(attempts(given)), "lawful": outcomes(lawful(given))}))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        from twolane.extract.sandbox import needed
        from twolane.extract.sandbox.confinement import confine

        confine(needed.by_python(Path.cwd()))
    main(json.loads(sys.argv[1]))
