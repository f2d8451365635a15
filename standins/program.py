"""The program as a user runs it: a process of its own, with a library and a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psutil

from standins.models import CHAT_MODEL, models_dir

DEADLINE_S = 120.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Finished:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def values(self) -> list[Any]:
        """What `--json` printed."""
        return [json.loads(line) for line in self.out.splitlines() if line.strip()]


@dataclass
class Program:
    """twolane with a library of its own under `home`; every setting can be given."""

    home: Path
    settings: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    prefix: Sequence[str] = ()
    cwd: Path | None = None  # or else `home`

    @property
    def place(self) -> dict[str, Any]:
        """Return the environment and the working folder, as `subprocess` takes them."""
        return {"env": self.environment, "cwd": self.cwd or self.home}

    @property
    def data_dir(self) -> Path:
        return self.home / "library"

    def command(self, *args: str | Path) -> list[str]:
        """Return the command line for these arguments."""
        flags = [part for name, value in self.settings.items() for part in ("--set", f"{name}={value}")]
        python = [sys.executable, "-m", "twolane"]
        return [*self.prefix, *python, "--data-dir", str(self.data_dir), *flags, *map(str, args)]

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
        own = {
            "HOME": str(self.home),
            "TWOLANE_MODELS_DIR": str(models_dir()),
            "TWOLANE_SERVER_LOGIN": "false",  # who comes in has tests of its own
            "COLUMNS": "200",
        }
        return {**inherited, **own, **self.env}

    def run(self, *args: str | Path, stdin: str = "", timeout_s: float = DEADLINE_S) -> Finished:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*args),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout_s,
            **self.place,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def ok(self, *args: str | Path, stdin: str = "", timeout_s: float = DEADLINE_S) -> Finished:
        """Run a command that must succeed."""
        done = self.run(*args, stdin=stdin, timeout_s=timeout_s)
        assert done.code == 0, f"exit code {done.code}\n{done.out}\n{done.err}"
        return done

    @contextmanager
    def started(self, *args: str | Path) -> Iterator[subprocess.Popen[str]]:
        """Start a command in a process group of its own, and kill all of it at the end."""
        log = (self.home / "started.log").open("a")
        process = subprocess.Popen(
            self.command(*args),
            stdout=subprocess.PIPE,
            stderr=log,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            **self.place,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            kill_group(process)
            assert process.stdout
            process.stdout.close()
            log.close()

    @contextmanager
    def serving(self, *args: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
        """Start `twolane serve` on a free port; yields the process and its address."""
        with self.started("serve", "--port", "0", "--json", *args) as process:
            assert process.stdout
            line = process.stdout.readline()
            assert line, (self.home / "started.log").read_text()
            yield process, json.loads(line)["url"]

    def model_process(self, lane: str) -> psutil.Process | None:
        """Return the process that runs a lane's model, or None where none is announced."""
        try:
            announced = json.loads((self.data_dir / "run" / f"{lane}.json").read_text())
            return psutil.Process(announced["pid"])
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None


def small_pair() -> dict[str, str]:
    """Return settings that run both lanes on the small plumbing model, which is not asked for facts."""
    lanes = {"filing.model": CHAT_MODEL, "chat.model": CHAT_MODEL, "chat.answer_tokens": "24"}
    return lanes | {"filing.ask_fields": "false"}


def was_asked(answered: bool, said: str) -> bool:
    """Say whether the small plumbing model was asked: it answered, or ended without a word, as is said then.

    So small a model does so now and then. It has read the prompt all the same.
    """
    return answered or "ended without an answer" in said


def kill_group(process: subprocess.Popen[str]) -> None:
    """kill -9 a process and everything that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(DEADLINE_S)


def until(condition: Callable[[], _T | None], what: str, deadline_s: float = DEADLINE_S) -> _T:
    """Ask again and again until a condition gives something; fail with `what` after the deadline."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"still not so after {deadline_s:.0f} s: {what}")
