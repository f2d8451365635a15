"""What only some systems have stands in few files, each with what stands in for it elsewhere."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "twolane"
FILES = sorted(SOURCE.rglob("*.py"))
TREES = {path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text("utf-8")) for path in FILES}

# Nothing of these runs elsewhere than on Linux: they are asked for behind `kind.is_linux()` alone.
OF_LINUX = {
    f"extract/sandbox/{name}.py" for name in ("fork_server", "keeper", "kernel", "landlock", "seccomp")
}
# It is started by its file and imports nothing of twolane; what it needs of its system is in it.
ALONE = "llm/runtimes/llamacpp_child.py"
INSTALLER = "bundle/installer.py"  # it runs on a machine that has no twolane yet
PDF = "extract/readers/pdf/"  # its library is called by C's conventions, on every system alike

PROCESSES, SIGNALS = "system/processes.py", "system/signals.py"
DISK, HOLDING, KIND = "system/disk.py", "system/holding.py", "system/kind.py"
HANDLES, IN_FOLDERS = "files/handles.py", "organize/disk/"

# Names with the files, or folders, that may say them; some that nobody says, so that they get a home first.
TABLE: tuple[tuple[str, set[str]], ...] = (
    # which system it is
    ("sys.platform", {KIND, ALONE, "cli/keys.py"}),
    ("os.name", {ALONE, INSTALLER}),
    ("os.uname", set()),
    # modules
    ("fcntl", {DISK, HOLDING}),
    ("resource", {"extract/sandbox/guard.py", "system/open_files.py"}),
    ("termios tty msvcrt", {"cli/keys.py"}),
    (
        "signal",
        {PROCESSES, SIGNALS, "extract/sandbox/quick.py", ALONE, "__main__.py", "cli/main.py", *OF_LINUX},
    ),
    ("select", {"cli/keys.py", *OF_LINUX}),
    ("ctypes", {PDF, *OF_LINUX, ALONE, HANDLES, "organize/disk/renaming.py", "hardware/machine/cores.py"}),
    ("pwd grp winreg posix nt multiprocessing syslog curses", set()),
    # processes
    ("os.fork os.setsid os.memfd_create preexec_fn=", OF_LINUX),
    ("os.kill os.killpg os.getpgrp os.waitpid", {PROCESSES, *OF_LINUX}),
    ("start_new_session= creationflags= pass_fds=", {PROCESSES}),
    ("os.nice os.setpriority os.sched_getaffinity os.getloadavg", set()),
    ("os.getppid", {ALONE}),
    ("os.sysconf", {"extract/sandbox/guard.py"}),
    ("socket.AF_UNIX socket.SOCK_SEQPACKET", {"extract/sandbox/start.py"}),
    ("socket.send_fds socket.recv_fds", {"extract/sandbox/"}),
    # users and their rights
    ("os.getuid", {DISK}),
    ("os.geteuid", {DISK, "organize/disk/places.py"}),
    ("os.chown os.fchown os.fchmod", {IN_FOLDERS}),
    ("os.umask", {"extract/sandbox/confinement.py"}),
    ("os.getgid os.lchown", set()),
    # disks
    ("os.fsync", {DISK, HANDLES}),
    ("os.posix_fadvise os.O_NOATIME", {HOLDING}),
    # kernels are built on Linux alone
    ("os.link", {IN_FOLDERS, "files/taken_out/trash.py", "llm/runtimes/kernels/source.py"}),
    (".hardlink_to", {DISK, "store/sqlite/connections.py"}),
    ("os.symlink", {IN_FOLDERS}),
    ("os.readlink", {DISK, "files/watching/writers.py"}),
    ("dir_fd=", {HANDLES, IN_FOLDERS, DISK}),
    ("os.listxattr os.getxattr os.setxattr", {"organize/disk/metadata.py"}),
    ("os.pathconf", {"organize/draft.py"}),
    ("os.O_PATH os.O_CLOEXEC", {"extract/sandbox/landlock.py"}),
    ("os.O_NOFOLLOW os.O_DIRECTORY", {HOLDING}),
    ("os.O_NONBLOCK os.O_BINARY .symlink_to", set()),
    ("os.statvfs os.mkfifo os.sendfile os.copy_file_range os.pread os.startfile os.replace", set()),
)
HOMES = {name: homes for names, homes in TABLE for name in names.split()}


def said_in(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield what a file says of the system, as `HOMES` writes it, with its lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name):
                yield f"{node.value.id}.{node.attr}", node.lineno
            yield f".{node.attr}", node.lineno
        elif isinstance(node, ast.keyword) and node.arg:
            is_none = isinstance(node.value, ast.Constant) and node.value.value is None
            yield ("" if is_none else f"{node.arg}="), node.value.lineno


SAID = {name: [said for said in said_in(tree) if said[0] in HOMES] for name, tree in TREES.items()}


def test_what_only_some_systems_have_stands_where_the_table_says() -> None:
    # when
    elsewhere = [
        f"{name}:{line}: {word}"
        for name, said in SAID.items()
        for word, line in said
        if not name.startswith(tuple(HOMES[word]))
    ]

    # then
    assert not elsewhere, elsewhere


def test_the_table_names_no_place_that_says_nothing() -> None:
    # given
    said = {(word, name) for name, found in SAID.items() for word, _ in found}

    # when
    idle = [
        f"{word} in {home}"
        for word, homes in HOMES.items()
        for home in homes - OF_LINUX
        if not any(one == word and name.startswith(home) for one, name in said)
    ]

    # then
    assert not idle, idle


def test_what_users_name_is_found_on_the_disk_in_one_way() -> None:
    # when
    elsewhere = [
        f"{path.name}: use system.paths.path_of_named"
        for path in FILES
        if ".expanduser().resolve()" in path.read_text("utf-8") and path.name != "paths.py"
    ]

    # then
    assert not elsewhere, elsewhere


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import fcntl", "fcntl"),
        ("from os import fork", "os.fork"),
        ("os.kill(pid, 9)", "os.kill"),
        ("Popen(a, start_new_session=True)", "start_new_session="),
        ("path.hardlink_to(other)", ".hardlink_to"),
    ],
)
def test_what_it_is_to_say_something_of_the_system(code: str, said: str) -> None:
    assert said in {word for word, _ in said_in(ast.parse(code))}


# Whoever of twolane imports a module gets it as another system has it; libraries of others get the real one.
IMPORT_ALL = """
import builtins, importlib, json, os, select, signal, socket, sys, types

really = builtins.__import__

def as_elsewhere(system, lacking):
    fakes = {}
    for real in (os, select, signal, socket, sys):
        fakes[real.__name__] = fake = types.ModuleType(real.__name__)
        fake.__dict__.update(real.__dict__)
    fakes["sys"].platform = system
    if system == "win32":
        fakes["msvcrt"] = types.ModuleType("msvcrt")
    for word in lacking:
        module, _, name = word.rpartition(".")
        if module:
            fakes[module].__dict__.pop(name, None)
        else:
            fakes[name] = None
    def importing(name, globals=None, locals=None, fromlist=(), level=0):
        importer = (globals or {}).get("__name__", "").partition(".")[0]
        if level == 0 and name in fakes and importer == "twolane":
            if fakes[name] is None:
                raise ImportError(f"{name} is not there")
            return fakes[name]
        return really(name, globals, locals, fromlist, level)
    return importing

system, lacking, names = json.loads(sys.argv[1])
builtins.__import__ = as_elsewhere(system, lacking)
failed = []
for name in names:
    try:
        importlib.import_module(name)
    except (ImportError, AttributeError) as error:
        failed.append(f"{name}: {error}")
from twolane.system import kind
print(json.dumps([kind.KIND, failed]))
"""
OF_LINUX_ALONE = (
    *("os.memfd_create", "os.posix_fadvise", "os.listxattr", "os.getxattr", "os.setxattr", "os.O_PATH"),
    *("os.O_NOATIME", "os.sched_getaffinity", "os.POSIX_FADV_DONTNEED", "socket.SOCK_SEQPACKET"),
)
OF_POSIX = (
    *("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "curses", "readline", "syslog"),
    *("os.fork", "os.setsid", "os.killpg", "os.getpgrp", "os.getuid", "os.geteuid", "os.getgid", "os.chown"),
    *("os.fchown", "os.fchmod", "os.mkfifo", "os.statvfs", "os.pathconf", "os.sysconf", "os.WNOHANG"),
    *("os.O_NOFOLLOW", "os.O_DIRECTORY", "os.O_NONBLOCK", "os.O_CLOEXEC", "os.O_ACCMODE", "os.uname"),
    *("os.SEEK_DATA", "os.SEEK_HOLE", "os.nice", "signal.SIGKILL", "signal.SIGSTOP", "signal.SIGCONT"),
    *("signal.SIGHUP", "signal.SIGPROF", "signal.SIGVTALRM", "signal.setitimer", "signal.ITIMER_PROF"),
    *("signal.ITIMER_VIRTUAL", "socket.AF_UNIX", "socket.send_fds", "socket.recv_fds", "select.poll"),
)


def imported(system: str, lacking: Iterable[str], files: Iterable[str]) -> list[object]:
    """Return which system it was taken for, and what could not be imported."""
    parts = [Path(name.removesuffix("/__init__.py").removesuffix(".py")).parts for name in files]
    names = [".".join(("twolane", *part)) for part in parts]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, json.dumps([system, [*lacking], names])],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_every_module_can_be_imported_where_all_is_lacking_that_windows_lacks() -> None:
    # given
    modules = [name for name in TREES if not name.endswith("__main__.py") and name != "__init__.py"]

    # then
    assert imported("win32", (*OF_LINUX_ALONE, *OF_POSIX), modules) == ["win32", []]


def test_modules_that_ask_for_the_system_can_be_imported_on_macos() -> None:
    # given
    asking = [name for name, said in SAID.items() if said]

    # then
    assert imported("darwin", OF_LINUX_ALONE, asking) == ["darwin", []]
