"""Compiles kernels for this processor: niced, stopped at any time, gone on with where it stopped."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from twolane.errors import ConflictError, ModelError, ModelFileError, NotFoundError
from twolane.llm.runtimes.kernels.kept import (
    FILE_MODE,
    FOLDER_MODE,
    LIBRARY,
    KeptKernels,
    Kernels,
    digests_of,
)
from twolane.llm.runtimes.kernels.processor import can_build, switches, unused_instructions
from twolane.llm.runtimes.kernels.source import BuildStep, fetch_source, source_of, unpack
from twolane.system import disk, processes

_PERCENT = re.compile(r"^\[\s*(\d+)%\]")
_LOG_TAIL_LINES = 12
_NICE = 10
_NEEDED_BYTES = 600_000_000
_SWITCHES = (
    *("-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=ON", "-DGGML_BACKEND_DL=ON", "-DGGML_CCACHE=OFF"),
    *("-DGGML_BUILD_TESTS=OFF", "-DGGML_BUILD_EXAMPLES=OFF", "-DGGML_LLAMAFILE=ON"),
    # Each library looks for the other beside itself, wherever both are moved to.
    *("-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON", "-DCMAKE_INSTALL_RPATH=$ORIGIN"),
)
# GCC 12 takes the stores that set up AMX' tiles for dead ones, and the first use of a tile then crashes.
# Other compilers do not know these words.
_GCC_FLAGS = "-DCMAKE_CXX_FLAGS=-fno-tree-dse -fno-dse"


def missing_tools() -> list[str]:
    """Return which programs are missing that a build needs."""
    needed = {
        "cmake": ("cmake",),
        "a C++ compiler": ("c++", "g++", "clang++"),
        "make or ninja": ("make", "ninja"),
    }
    return [name for name, programs in needed.items() if not any(map(shutil.which, programs))]


def build_kernels(kept: KeptKernels, jobs: int, path: Path | None = None) -> Iterator[BuildStep]:
    """Build the kernels of this processor into their folder; they are not used before they were checked.

    `path` is the source package's file, or its folder: it is fetched without one. Raises `ModelError` where
    they cannot be built here, `ModelFileError` where the source cannot be had, and `ConflictError` where
    another process builds them.
    """
    wanted = kept.wanted()
    _refuse_if_impossible(wanted)
    source = source_of(wanted.version)
    scratch = kept.scratch()
    scratch.mkdir(parents=True, exist_ok=True)
    close_to_others(kept.root, FOLDER_MODE)
    close_to_others(scratch, 0o700)
    if shutil.disk_usage(scratch).free < _NEEDED_BYTES:
        raise ModelFileError(f"{scratch} has no room for a build", "make 0.6 GB of room on that disk")
    lock = FileLock(scratch / "lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ConflictError("another process builds kernels already", "wait for it to end") from error
    try:
        yield from fetch_source(source, scratch, path)
        yield BuildStep("unpacking")
        root = unpack(scratch / source.file_name, scratch)
        yield from _compile(root, scratch, switches(wanted.instructions), jobs)
        collect(kept, replace(wanted, source=source.sha256, compiler=_compiler(scratch)), scratch)
    finally:
        lock.release()
    shutil.rmtree(scratch, ignore_errors=True)


def _refuse_if_impossible(wanted: Kernels) -> None:
    if not can_build():
        raise ModelError(
            "kernels are built on Linux alone", "nothing needs to be done: the package's own are used"
        )
    if not unused_instructions(wanted.instructions):
        raise ModelError(
            "this processor has nothing that the package's own kernels do not use",
            "nothing needs to be done: a build would be no faster",
        )
    if missing := missing_tools():
        raise NotFoundError(
            f"a build needs {', '.join(missing)}", "install them, as by `apt install cmake g++ make`"
        )


def close_to_others(folder: Path, mode: int) -> None:
    """Let only this user write a folder. Raises `ModelFileError` where others may all the same."""
    with contextlib.suppress(OSError):
        folder.chmod(mode)
    if not disk.is_trusted(folder.stat()):
        raise ModelFileError(
            f"others may write {folder}, and what is built there runs as you",
            "make that folder yours alone, or set another models_dir",
        )


def compiler_switches() -> list[str]:
    """Return which compiler CMake takes, and what that one needs to be told: GCC where it is here."""
    gcc = shutil.which("g++")
    return [f"-DCMAKE_CXX_COMPILER={gcc}", _GCC_FLAGS] if gcc else []


def _compile(root: Path, scratch: Path, chosen: Sequence[str], jobs: int) -> Iterator[BuildStep]:
    build, log = scratch / "build", scratch / "build.log"
    log.write_bytes(b"")
    yield BuildStep("configuring")
    command = ["cmake", "-S", str(root), "-B", str(build), *_SWITCHES, *compiler_switches(), *chosen]
    for _ in _run(command, log):
        pass
    command = ["cmake", "--build", str(build), "--target", "ggml-cpu", "--parallel", str(jobs)]
    yield BuildStep("compiling", 0, 100)
    for line in _run(command, log):
        if found := _PERCENT.match(line):
            yield BuildStep("compiling", int(found.group(1)), 100)


def _run(command: list[str], log: Path) -> Iterator[str]:
    """Run a command behind all others, and yield its lines; whatever it started ends with this generator."""
    process = processes.start_apart(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        folder=str(log.parent),
    )
    processes.give_way(process.pid, _NICE)
    assert process.stdout is not None
    try:
        with log.open("ab") as out, process.stdout:
            for line in process.stdout:
                out.write(line)
                yield line.decode(errors="replace")
        process.wait()
    finally:
        if process.poll() is None:
            processes.kill_all(process.pid)
            process.wait()
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])
        raise ModelError(f"the kernels could not be compiled:\n{tail}", f"the whole log is {log}")


def collect(kept: KeptKernels, built: Kernels, scratch: Path) -> None:
    """Put the libraries where kernels are kept, under the names by which they look for each other."""
    folder = kept.folder(built)
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        raise ModelFileError(f"{folder} cannot be replaced", "delete it as its owner, then build again")
    folder.mkdir(parents=True)
    folder.chmod(FOLDER_MODE)
    for pattern in (LIBRARY, "libggml-base.so.[0-9]"):
        for path in (scratch / "build").rglob(pattern):
            shutil.copyfile(path.resolve(), folder / path.name)
            (folder / path.name).chmod(FILE_MODE)
    kept.keep(replace(built, digests=digests_of(folder)))


def _compiler(scratch: Path) -> str:
    """Return what CMake says of the compiler, such as GNU 12.2.0."""
    found = {}
    for path in (scratch / "build" / "CMakeFiles").glob("*/CMakeCXXCompiler.cmake"):
        text = path.read_text(errors="replace")
        for key in ("ID", "VERSION"):
            if match := re.search(rf'set\(CMAKE_CXX_COMPILER_{key} "([^"]*)"\)', text):
                found[key] = match.group(1)
    return f"{found.get('ID', '')} {found.get('VERSION', '')}".strip()
