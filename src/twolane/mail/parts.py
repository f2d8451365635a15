"""Mails taken apart in a child process with limits, which is replaced where a mail breaks it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from twolane.config.environment import child_environment

_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT", "PYTHONPATH", "PYTHONHOME")
_LIMIT_S = 120.0
_MOST_ANSWER_BYTES = 1 << 20
_MOST_PARTS = 50
_MOST_CHARS = 300


@dataclass(frozen=True, slots=True)
class MailPart:
    """Something attached: its name as the mail has it, "" for none, and the file with its content."""

    name: str
    file: Path


@dataclass(frozen=True, slots=True)
class PartedMail:
    """What a mail is about, on which day it was sent by its own words, and what is attached to it.

    `is_whole` is false where the mail could not be taken apart: then nothing is known of it.
    """

    subject: str = ""
    sender: str = ""
    sent: date | None = None
    parts: tuple[MailPart, ...] = ()
    is_whole: bool = True


class MailParts:
    """Takes mails apart, one after the other; a context manager, which ends the child."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._folder = Path()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def of(self, mail: Path) -> PartedMail:
        """Return what a mail holds; what is attached lies beside it, as files that begin with its name."""
        answer = self._asked(mail)
        try:
            return _parted(mail, json.loads(answer))
        except (ValueError, KeyError, TypeError):
            self._end()
            return PartedMail(is_whole=False)

    def _asked(self, mail: Path) -> bytes:
        if mail.parent != self._folder:  # a child may touch one folder only
            self._end()
            self._folder = mail.parent
        child = self._child = self._child or _started(self._folder)
        assert child.stdin
        assert child.stdout
        timer = threading.Timer(_LIMIT_S, child.kill)
        timer.start()
        try:
            child.stdin.write(base64.b64encode(os.fsencode(mail)) + b"\n")
            child.stdin.flush()
            return child.stdout.readline(_MOST_ANSWER_BYTES)
        except OSError:
            return b""
        finally:
            timer.cancel()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for stream in (child.stdin, child.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()
        child.wait()


def _started(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "twolane.mail.parting", str(folder.absolute())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment(_KEPT_ENVIRONMENT),
    )


def _parted(mail: Path, answer: Any) -> PartedMail:
    """Read an answer; raises ValueError, KeyError or TypeError for what no honest child sends."""
    names = answer["names"]
    if not isinstance(names, list) or len(names) > _MOST_PARTS:
        raise ValueError("not a list of names")
    return PartedMail(
        _text(answer["subject"]),
        _text(answer["sender"]),
        date.fromisoformat(answer["sent"]) if answer["sent"] else None,
        tuple(_mail_parts(mail, names)),
    )


def _mail_parts(mail: Path, names: list[Any]) -> Iterator[MailPart]:
    for number, name in enumerate(names):
        file = mail.with_name(f"{mail.name}.{number}")
        if file.is_symlink() or not file.is_file():
            raise ValueError("a part that is no file")
        yield MailPart(_text(name), file)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    plain = value.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(char if char.isprintable() else " " for char in plain).split())[:_MOST_CHARS]
