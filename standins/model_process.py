"""A stand-in model server as a process of its own: it can be killed, frozen and slowed down.

It holds no model. Every request takes `answer_ms`, and every token `token_ms` more, whatever it asks for
and however many come at once; `POST /stand-in/pace` changes that, `GET /stand-in/counts` tells how many
requests to a model came and how many were answered to the end.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import httpx

from standins import ollama, openai
from standins.model_server import Exchange, FakeServer
from standins.ollama import FakeOllama
from standins.openai import FakeOpenAI

ROOT = Path(__file__).parent.parent
DEADLINE_S = 30.0
Kind = Literal["ollama", "openai"]
MODELS: dict[Kind, str] = {"ollama": ollama.GENERATES, "openai": openai.MODEL}


class ModelProcess:
    """The handle of one stand-in server; it keeps its address over its deaths."""

    def __init__(
        self, kind: Kind = "ollama", *, answer_ms: float = 0, token_ms: float = 0, echoes: bool = False
    ) -> None:
        self.kind = kind
        self.model = MODELS[kind]
        self._arguments = [str(answer_ms), str(token_ms), *(["--echoes"] if echoes else [])]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", __spec__.name, self.kind, str(self.port), *self._arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT)
        assert self._process.stdout
        assert self._process.stdout.readline().strip() == "ready"

    def kill(self) -> None:
        """kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait(DEADLINE_S)
            assert self._process.stdout
            self._process.stdout.close()
        self._process = None

    def freeze(self) -> None:
        """SIGSTOP: the kernel still accepts connections for it, and nobody answers them."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)  # until the last thread has stopped

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def pace(self, *, answer_ms: float, token_ms: float) -> None:
        """Change how long everything takes from now on, for what is under way too."""
        body = {"answer_ms": answer_ms, "token_ms": token_ms}
        httpx.post(f"{self.url}/stand-in/pace", json=body, trust_env=False).raise_for_status()

    def counts(self) -> dict[str, int]:
        """Return how many requests to a model came, and how many were answered."""
        counts: dict[str, int] = httpx.get(f"{self.url}/stand-in/counts", trust_env=False).json()
        return counts


class _Paced(FakeServer):
    """What both kinds of stand-in add: a pace, and the counting of requests."""

    answer_ms = 0.0
    token_ms = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.came = self.answered = 0
        self.counting = threading.Lock()

    def serve(self, exchange: Exchange) -> None:
        path, body = exchange.seen.path, exchange.seen.body
        if path == "/stand-in/pace":
            self.answer_ms, self.token_ms = float(body["answer_ms"]), float(body["token_ms"])
            exchange.json({})
        elif path == "/stand-in/counts":
            exchange.json({"came": self.came, "answered": self.answered})
        else:
            self.answer(exchange)

    def trick(self, exchange: Exchange) -> str:
        with self.counting:
            self.came += 1
        self.closing.wait(self.answer_ms / 1000)
        return super().trick(exchange)

    def tokens(self, words: Sequence[str], trick: str) -> Iterator[str]:
        for word in super().tokens(words, trick):
            self.closing.wait(self.token_ms / 1000)
            yield word
        with self.counting:
            self.answered += 1


class PacedOllama(_Paced, FakeOllama):
    """Ollama's shapes at a fixed pace."""


class PacedOpenAI(_Paced, FakeOpenAI):
    """llama-server's shapes at a fixed pace."""

    def __init__(self) -> None:
        super().__init__()
        self.context_tokens = 8192


def main(argv: list[str] | None = None) -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=list(MODELS))
    parser.add_argument("port", type=int)
    parser.add_argument("answer_ms", type=float)
    parser.add_argument("token_ms", type=float)
    parser.add_argument("--echoes", action="store_true")
    parser.add_argument("--host", default="127.0.0.1")
    given: Any = parser.parse_args(argv)
    kind: type[_Paced] = PacedOllama if given.kind == "ollama" else PacedOpenAI
    server = type(kind.__name__, (kind,), {"host": given.host, "port": given.port})()
    server.echoes = given.echoes
    server.answer_ms, server.token_ms = given.answer_ms, given.token_ms
    with server:
        print("ready", flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
