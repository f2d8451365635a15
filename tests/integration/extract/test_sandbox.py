"""The sandbox: what a process that reads files can do once it is broken into, tried from within."""

from __future__ import annotations

import json
import os
import pty
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.integration.extract.attempts import attempts, lawful
from tests.integration.extract.test_extractor import child_of, is_gone, wait_until

from twolane.config.settings import ExtractSettings
from twolane.extract import Extractor, confinement
from twolane.extract.programs import find
from twolane.extract.sandbox import seccomp, syscalls
from twolane.extract.sandbox.confinement import Confinement
from twolane.extract.sandbox.syscalls import Architecture

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what Linux confines")
PROGRAM = Path(__file__).with_name("attempts.py")
REFUSED = {"EPERM", "EACCES", "ENOSYS", "EXDEV"}
# It was opened for reading, and there is nobody to ask.
OTHERWISE = {"write through the descriptor": {"EBADF"}, "empty the file that was handed over": {"EINVAL"}}
OTHERWISE |= {"find a name": {"gaierror"}}
GIVEN: dict[str, Any] = {"secret": "", "folder": "", "parent": 0, "handed": 0, "port": 0, "socket": ""}
GIVEN |= {"written": "", "terminal": 0}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies about a process: the attempts' arguments, and the descriptors that it was given."""

    given: dict[str, Any]
    descriptors: tuple[int, ...]


@pytest.fixture(scope="module")
def surroundings() -> Iterator[Surroundings]:
    folder = Path(tempfile.mkdtemp(prefix="outside-"))
    folder.chmod(0o755)
    secret, handed = folder / "id_ed25519", folder / "handed.pdf"
    secret.write_text("a secret", "ascii")
    handed.write_text("a document", "ascii")
    (folder / "empty").mkdir()
    _, terminal = pty.openpty()
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as by_path,
        socket.socket(socket.AF_UNIX) as abstract,
        handed.open("rb") as file,
    ):
        by_path.bind(str(folder / "s"))
        by_path.listen()
        abstract.bind("\0twolane")
        abstract.listen()
        given = {"secret": str(secret), "folder": str(folder), "parent": os.getpid(), "handed": file.fileno()}
        given |= {"port": server.getsockname()[1], "socket": str(folder / "s")}
        given |= {"written": sys.executable, "terminal": terminal}
        yield Surroundings(given, (file.fileno(), terminal))
    assert secret.read_text("ascii") == "a secret"
    assert handed.read_text("ascii") == "a document"
    shutil.rmtree(folder)


def tried(surroundings: Surroundings, *, user: int | None = None) -> dict[str, dict[str, str]]:
    """Return what came of every attempt in a confined process."""
    with tempfile.TemporaryDirectory() as scratch:
        if user is not None:
            os.chown(scratch, user, user)
        done = subprocess.run(
            [sys.executable, "-P", str(PROGRAM), json.dumps(surroundings.given), "confined"],
            pass_fds=surroundings.descriptors,
            capture_output=True,
            cwd=scratch,
            user=user,
            group=user,
            extra_groups=[] if user is not None else None,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()
    answer: dict[str, dict[str, str]] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def found(surroundings: Surroundings) -> dict[str, dict[str, str]]:
    return tried(surroundings)


@pytest.fixture(scope="module", autouse=True)
def whole() -> Confinement:
    held = confinement()
    if not held.is_whole and not os.environ.get("CI"):
        pytest.skip(f"the kernel here confines less: {held}")
    return held


@pytest.mark.parametrize("attempt", attempts(GIVEN))
def test_what_no_reading_needs_is_refused(attempt: str, found: dict[str, dict[str, str]]) -> None:
    assert found["attempts"][attempt] in OTHERWISE.get(attempt, REFUSED)


@pytest.mark.parametrize("deed", lawful(GIVEN))
def test_what_reading_needs_is_allowed(deed: str, found: dict[str, dict[str, str]]) -> None:
    assert found["lawful"][deed] == "done"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root becomes somebody else")
def test_an_ordinary_user_is_confined_too(surroundings: Surroundings) -> None:
    # given
    nobody = 65534
    try:
        subprocess.run([sys.executable, "-c", ""], user=nobody, group=nobody, extra_groups=[], check=True)
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("this Python is root's alone")

    # when
    found = tried(surroundings, user=nobody)

    # then
    allowed = [name for name, came in found["attempts"].items() if came == "done"]
    assert not allowed
    assert set(found["lawful"].values()) == {"done"}


# Runs what stands in for tesseract, this Python, by a keeper, as a reading process does; its name says how.
WITH_KEEPER = """
import os, sys
from twolane.extract.programs import ProgramRun
from twolane.extract.sandbox import keeper
kept = keeper.start(1 << 30)
print(kept.pid, flush=True)
output = kept.run(ProgramRun("", ["-S", "-c", sys.argv[1]], sys.argv[2].encode(), float(sys.argv[3])))
os.write(1, output.data + b"|%d" % (output.elsewhere_s * 10))
"""


def with_keeper(folder: Path, code: str, data: str = "", cpu_s: float = 60.0) -> subprocess.Popen[bytes]:
    """Start a process that has a program run by its keeper."""
    programs = folder / "programs"
    programs.mkdir()
    (programs / "tesseract").symlink_to(Path(sys.executable).resolve())
    return subprocess.Popen(
        [sys.executable, "-P", "-c", WITH_KEEPER, code, data, str(cpu_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PATH": str(programs), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,
    )


def test_the_program_that_reads_scans_is_confined_too(surroundings: Surroundings, tmp_path: Path) -> None:
    # given: none of our descriptors reaches it
    given = json.dumps({**surroundings.given, "handed": 0, "terminal": 0})
    code = PROGRAM.read_text("utf-8").partition("if __name__")[0]
    code += "sys.stdout.write(json.dumps(outcomes(attempts(json.loads(sys.stdin.read())))))"

    # when
    with with_keeper(tmp_path, code, given) as process:
        assert process.stdout
        written = process.stdout.read()  # its standard input stays open: its end would be the parent's

    # then
    answer = json.loads(written.partition(b"\n")[2].rpartition(b"|")[0])
    allowed = {name for name, came in answer.items() if came == "done"}
    assert allowed <= {"write the file that was handed over"}  # which is its own pipe


def test_a_program_that_computes_for_ever_is_ended(tmp_path: Path) -> None:
    # when
    with with_keeper(tmp_path, "while True: pass", cpu_s=0.1) as process:
        assert process.stdout
        written = process.stdout.read()  # its standard input stays open: its end would be the parent's

    # then
    _, output = written.split(b"\n")
    assert output.startswith(b"|")
    assert int(output[1:]) >= 1


@pytest.mark.parametrize("end", ["the reading process dies", "the parent is gone"])
def test_nothing_outlives_the_reading_process(end: str, tmp_path: Path) -> None:
    # given: a program that would rather stay
    code = "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)"
    with with_keeper(tmp_path, code) as process:
        assert process.stdin
        assert process.stdout
        keeper = psutil.Process(int(process.stdout.readline()))
        wait_until(lambda: any(is_asleep(one) for one in keeper.children()))
        everybody = [keeper, *keeper.children()]

        # when
        if end == "the parent is gone":
            process.stdin.close()
        else:
            process.kill()

        # then
        wait_until(lambda: all(is_gone(one.pid) for one in everybody))


def is_asleep(program: psutil.Process) -> bool:
    try:
        return any("600" in word for word in program.cmdline())
    except psutil.Error:
        return False


def test_a_program_in_the_working_folder_is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    planted = tmp_path / "tesseract"
    planted.write_text("#!/bin/sh\n", "ascii")
    planted.chmod(0o755)
    monkeypatch.chdir(tmp_path)

    # when
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", "tesseract"]))

    # then
    assert find("tesseract") == ""


@pytest.mark.parametrize("name", ["LD_LIBRARY_PATH", "PATH"])
def test_no_program_is_made_to_load_what_a_file_left_behind(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a colon at the end means the working folder, which a reading process may write
    lawful = os.environ.get(name) or "/usr/lib"
    monkeypatch.setenv(name, os.pathsep.join([lawful, "lib", "", "."]))
    path = tmp_path / "note.txt"
    path.write_text("A note.", "ascii")

    # when
    with Extractor(ExtractSettings(ocr="off")) as reader:
        reader.read(path)
        given = child_of(os.getpid()).environ()[name]

    # then
    assert given == lawful


def test_a_process_that_no_kernel_confines_says_so() -> None:
    # then
    assert str(Confinement()) == "by limits and a check within Python alone"
    assert str(Confinement(3, are_calls_filtered=False)) == "Landlock ABI 3, system calls not filtered"
    assert not Confinement(3).is_whole
    assert str(Confinement(0, are_calls_filtered=True)) == "no Landlock, system calls filtered"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_each_architecture_has_a_filter_that_fits_into_the_kernel(machine: Architecture) -> None:
    # when
    numbers = {*syscalls.refused(machine), *syscalls.unseen(machine), *syscalls.looked_at(machine).values()}

    # then
    assert len(numbers) > 120
    assert max(numbers) <= syscalls.NEWEST
    assert len(list(seccomp.instructions(machine, 1, may_run=False))) < 4096
