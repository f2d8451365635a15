"""Settings files as a user meets them: somebody else's in an archive, one's own, and one from before."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from standins.openai import FakeOpenAI
from standins.program import DEADLINE_S, Program
from tests.support.scripted import SCRIPTED

SECRET = "The code of the garden gate is 4711."


@pytest.fixture
def foreign() -> Iterator[FakeOpenAI]:
    """A model server of a stranger's; it has whatever was asked of it."""
    with FakeOpenAI() as server:
        yield server


@pytest.fixture
def unpacked(tmp_path: Path, foreign: FakeOpenAI) -> Path:
    """The folder of an archive whose settings name the stranger's server for both lanes."""
    lane = f'model = "small-1b"\nruntime = "openai"\nurl = "{foreign.url}/v1"\n'
    files = {
        "twolane.toml": f'[filing]\n{lane}\n[chat]\n{lane}\n[embedding]\nruntime = "off"\n',
        "report.txt": "A report on gates. " * 20,
    }
    with tarfile.open(tmp_path / "archive.tar", "w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"reports/{name}")
            entry.size = len(data := text.encode())
            archive.addfile(entry, io.BytesIO(data))
    with tarfile.open(tmp_path / "archive.tar") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "reports"


@pytest.fixture
def mine(tmp_path: Path) -> Program:
    """A library with a private document in it; what runs in it names no settings but the library's folder."""
    (home := tmp_path / "home").mkdir()
    (home / "gate.txt").write_text(SECRET)
    Program(home, settings=SCRIPTED).ok("add", home / "gate.txt")
    return Program(home)


def test_settings_of_an_archive_send_nothing_to_a_stranger(
    mine: Program, unpacked: Path, foreign: FakeOpenAI
) -> None:
    # given
    there = Program(mine.home, cwd=unpacked)

    # when
    runs = [
        there.run(*command)
        for command in (("add", "."), ("ask", "What is the code of the gate?"), ("serve",))
    ]

    # then
    assert not foreign.requests
    assert [run.code for run in runs] == [2, 2, 2]
    for run in runs:
        assert f"{unpacked / 'twolane.toml'} was found in the working folder and is not trusted" in run.err
        assert f"filing.url = {foreign.url}/v1, chat.url = {foreign.url}/v1" in run.err
        assert f"twolane trust {unpacked / 'twolane.toml'}" in run.err
    assert json.loads(there.run("status", "--json").err)["type"] == "UntrustedSettingsError"


def test_the_same_settings_are_used_once_they_are_trusted(
    mine: Program, unpacked: Path, foreign: FakeOpenAI
) -> None:
    # given
    there = Program(mine.home, cwd=unpacked)

    # when
    told = there.ok("trust", "--json").values[0]
    status = there.ok("status")
    there.run("ask", "What is the code of the gate?")
    asked = len(foreign.requests)
    (unpacked / "twolane.toml").write_text((unpacked / "twolane.toml").read_text() + "# changed\n")
    changed = there.run("status")

    # then
    assert told["trusted"] is True
    assert f"chat.url = {foreign.url}/v1" in told["guarded"]
    assert "4711" in str(foreign.requests)
    assert f"settings: {unpacked / 'twolane.toml'}" in status.out
    assert status.err == ""
    assert changed.code == 2
    assert len(foreign.requests) == asked


def test_a_settings_file_that_is_named_needs_no_other_trust(mine: Program, unpacked: Path) -> None:
    # given
    file = unpacked / "twolane.toml"

    # when
    status = Program(mine.home, cwd=unpacked).ok("--settings", "twolane.toml", "status")
    doctor = Program(mine.home, cwd=unpacked, env={"TWOLANE_SETTINGS": str(file)}).ok("doctor")

    # then
    assert f"settings: {file}" in status.out
    assert f"settings: {file}" in doctor.out


def test_harmless_settings_of_a_found_file_work_and_the_file_is_named(mine: Program, unpacked: Path) -> None:
    # given
    (unpacked / "twolane.toml").write_text('[chat]\nruntime = "scripted"\n[filing]\nruntime = "scripted"\n')
    there = Program(mine.home, cwd=unpacked)

    # when
    people, machine = there.ok("status"), there.ok("status", "--json")

    # then
    assert people.err.count("found in the working folder, is in use") == 1
    assert str(unpacked / "twolane.toml") in json.loads(machine.err)["notice"]
    assert machine.values[0]["settings"] == str(unpacked / "twolane.toml")


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 2)])
def test_at_a_terminal_the_user_is_asked_once(mine: Program, unpacked: Path, answer: str, code: int) -> None:
    # given
    there = Program(mine.home, cwd=unpacked)

    # when
    first, text = at_a_terminal(there, answer, "models", "list")
    second = there.run("models", "list")

    # then
    assert "Trust this file until it changes? [y/N]" in text
    assert "filing.url" in text
    assert (first, second.code) == (code, code)
    assert ("is trusted now" in text) == (code == 0)


def test_the_settings_that_init_writes_are_trusted(tmp_path: Path) -> None:
    # given
    (project := tmp_path / "project").mkdir()
    there = Program(tmp_path, cwd=project)

    # when
    there.ok("init", "--profile", "A")

    # then
    # an Ollama may be lacking here, and that is said too
    assert "trust" not in there.run("models", "list").err


def test_the_program_says_a_new_name_once_on_standard_error(tmp_path: Path) -> None:
    # given
    file = tmp_path / "settings.toml"
    file.write_text('queue_url = "local"\n')
    program = Program(tmp_path, env={"TWOLANE_SETTINGS": str(file), "TWOLANE_QUEUE_NAME": "ours"})

    # when
    people, machine = program.ok("models", "list"), program.ok("models", "list", "--json")

    # then
    for said in (people.err, machine.err):
        assert said.count("queue_url is called wakeup_url now") == 1
        assert said.count("TWOLANE_QUEUE_NAME is called TWOLANE_WAKEUP_NAME now") == 1
    assert "called" not in people.out + machine.out


def at_a_terminal(program: Program, answer: str, *args: str) -> tuple[int, str]:
    """Run a command whose user sits at a terminal and answers; returns its exit code and what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        program.command(*args), stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs, **program.place
    )
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        shown += piece
    os.close(ours)
    return process.wait(DEADLINE_S), shown.decode()


def test_programs_of_an_archive_are_not_run(tmp_path: Path) -> None:
    # given
    (unpacked := tmp_path / "unpacked").mkdir()
    for module in ("pip", "cpuinfo", "json", "twolane"):
        (unpacked / f"{module}.py").write_text(f'open("{module} was run", "w").close()')
    command = (Path(sys.executable).with_name("twolane"), "--data-dir", tmp_path / "library")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0"}
    there = Program(tmp_path, cwd=unpacked, env=nowhere | {"TWOLANE_MODELS_DIR": str(tmp_path / "models")})

    # when
    runs = [
        subprocess.run([*command, *words], capture_output=True, **there.place)
        for words in (("models", "pull", "multilingual-e5-small"), ("hardware",), ("add", "."))
    ]

    # then
    assert len(runs) == 3
    assert not list(unpacked.glob("* was run"))
