"""A running twolane to be broken: real processes, a library, stand-in model servers, users and a witness."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import httpx
from standins.model_process import ModelProcess
from standins.program import Program
from standins.sse import events_of

from twolane.answers import RefusalCause
from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import FileState
from twolane.errors import StoreError
from twolane.store.values import Counts

Lane = Literal["filing", "chat"]
FILING_MS, CHAT_MS, CHAT_TOKEN_MS = 20, 50, 10
ANSWER_TOKENS = 24
PASSAGES = 2
_SETTLED_S = 600.0
_THINKS_S = 0.5
_TOPICS = ("the boiler", "a holiday in Norway", "the tax return", "piano lessons", "a bicycle", "the roof")


@dataclass(frozen=True)
class Size:
    """How much of everything a run has; a fault lasts `fault_s`, before it all is well for `calm_s`."""

    files: int
    many_files: int
    users: int
    many_users: int
    calm_s: float
    fault_s: float
    lease_s: float


FULL = Size(files=200, many_files=10_000, users=4, many_users=50, calm_s=8.0, fault_s=12.0, lease_s=10.0)
SHORT = Size(files=40, many_files=150, users=2, many_users=10, calm_s=1.0, fault_s=2.5, lease_s=4.0)


@dataclass(frozen=True)
class Question:
    """One question as its user saw it: seconds on the monotonic clock, and what went wrong."""

    asked: float
    first_s: float
    whole_s: float
    error: str = ""


@dataclass
class Rig:
    """twolane serving with its workers, `servers` stand-ins a lane, and a library of some letters.

    The stand-ins answer after a fixed time, which is stated: a choice of the filing lane takes `FILING_MS`,
    an answer `CHAT_MS` and `CHAT_TOKEN_MS` a word. `more` are settings, so that a scenario can name another
    queue or store.
    """

    size: Size
    servers: dict[Lane, int]
    more: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        with self._stack as building:
            self._build(building)
            self._stack = building.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _build(self, stack: ExitStack) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="twolane-chaos-"))
        stack.callback(shutil.rmtree, self.home, ignore_errors=True)
        self.models: dict[Lane, list[ModelProcess]] = {
            "filing": [self._model(stack, FILING_MS, 0) for _ in range(self.servers["filing"])],
            "chat": [self._model(stack, CHAT_MS, CHAT_TOKEN_MS) for _ in range(self.servers["chat"])],
        }
        settings = {
            "embedding.runtime": "off",
            "lease_s": "10",
            "filing.workers": "4",
            "filing.ask_fields": "false",  # what is asked when idle would keep the scenarios from their ends
            "filing.concurrency": "2",
            "chat.concurrency": "8",
            "chat.answer_tokens": str(ANSWER_TOKENS),
            "chat.passages": str(PASSAGES),
            **self.more,
            **self._places(stack),
        }
        for lane, models in self.models.items():
            settings |= {
                f"{lane}.runtime": "ollama",
                f"{lane}.model": models[0].model,
                f"{lane}.url": ",".join(model.url for model in models),
                f"{lane}.threads": "1",
            }
        self.program = Program(self.home, settings)
        self._written = 0
        self.write(self.size.files)
        self.program.ok("add", self.inbox)
        self._start(stack)
        self.app: App = open_app(load_settings(env={}, flags={**settings, "data_dir": self.program.data_dir}))
        stack.callback(self.app.close)

    def _places(self, stack: ExitStack) -> dict[str, str]:  # noqa: ARG002 - for those who start servers
        """Return the settings of where queue, library and contents are."""
        return {}

    def _start(self, stack: ExitStack) -> None:
        """Start what is to be broken; its workers are threads of the server."""
        self.process, self.url = stack.enter_context(self.program.serving())

    def _model(self, stack: ExitStack, answer_ms: float, token_ms: float) -> ModelProcess:
        return stack.enter_context(ModelProcess("ollama", answer_ms=answer_ms, token_ms=token_ms))

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    def write(self, number: int) -> None:
        """Write more letters; each has a code word of its own, and fits into one passage."""
        self.inbox.mkdir(exist_ok=True)
        for index in range(self._written, self._written + number):
            topic = _TOPICS[index % len(_TOPICS)]
            text = (
                f"Dear neighbour,\n\nthis is about {topic}. The code word is zebra{index:05}.\n\nYours, Ida\n"
            )
            (self.inbox / f"letter-{index:05}.txt").write_text(text * 3)
        self._written += number

    def drop(self, number: int) -> None:
        """Write more letters and queue them for the server's workers."""
        self.write(number)
        self.program.ok("add", self.inbox, "--no-wait")

    # what is seen from the outside

    def counts(self) -> Counts:
        return self.app.library.counts()

    def done(self) -> int:
        """Return how many files are where they belong: filed, or waiting for a person."""
        files = self.counts().files
        return files.get(FileState.FILED, 0) + files.get(FileState.REVIEW, 0)

    def is_done(self) -> bool:
        jobs = self.app.store.job_counts().values()
        files = self.counts().files
        ended = self.done() + files.get(FileState.QUARANTINED, 0) + files.get(FileState.GONE, 0)
        return ended >= self._written and not any(job.queued or job.running for job in jobs)

    def losses(self) -> tuple[int, int]:
        """Return how many files were lost or parked, and how many documents and passages are too many."""
        counts = self.counts()
        lost = max(0, self._written - self.done())
        doubled = max(0, counts.documents - self._written) + max(0, counts.passages - counts.documents)
        # and how many steps had their effect more often than there are files
        doubled += sum(max(0, jobs.done - self._written) for jobs in self.app.store.job_counts().values())
        return lost, doubled

    def is_well(self, lane: Lane) -> bool:
        """Say whether the running server finds all model servers of a lane well."""
        found = httpx.get(f"{self.url}/api/v1/health/{lane}", trust_env=False, timeout=30).json()
        health = found["health"]
        return bool(health["ready"]) and all(server["breaker"] == "closed" for server in health["servers"])

    def ask(self, number: int) -> Question:
        """Ask for a letter's code word, and wait for the whole answer."""
        asked = time.monotonic()
        first, quoted = 0.0, False
        problem, unfinished = "there was no answer", "the answer has no end"
        body = {"question": f"What is the code word zebra{number % self.size.files:05} about?"}
        try:
            with httpx.stream(
                "POST", f"{self.url}/api/v1/ask", json=body, timeout=120, trust_env=False
            ) as answer:
                for name, data in events_of(answer.iter_lines()):
                    if name in {"extracts", "sources"}:
                        quoted = name == "extracts"  # until the model answers
                    if name == "text" and not (first or quoted):
                        first = time.monotonic() - asked
                        problem = unfinished
                    # the stand-in's words are in no file: what counts is that they come, and come whole
                    unproven = name == "refusal" and data["cause"] == RefusalCause.UNPROVEN
                    if name in {"error", "refusal"} and not unproven:
                        problem = str(data.get("error") or data.get("reason"))
                    if name == "done" and problem == unfinished:
                        problem = ""
        except httpx.HTTPError as error:
            problem = f"{type(error).__name__}: {error}"
        whole = time.monotonic() - asked
        return Question(asked, first or whole, whole, problem)

    @contextmanager
    def users(self, number: int) -> Iterator[list[Question]]:
        """Let users ask one question after the other until the block ends; the list grows meanwhile."""
        seen: list[Question] = []
        leaving = threading.Event()

        def user(name: int) -> None:
            asked = name * 17
            while not leaving.is_set():
                seen.append(self.ask(asked))
                asked += 1
                leaving.wait(_THINKS_S)

        threads = [threading.Thread(target=user, args=(name,)) for name in range(number)]
        for thread in threads:
            thread.start()
        try:
            yield seen
        finally:
            leaving.set()
            for thread in threads:
                thread.join()

    @contextmanager
    def witness(self) -> Iterator[list[tuple[float, int]]]:
        """Write down (time, files done) ten times a second until the block ends."""
        seen: list[tuple[float, int]] = [(time.monotonic(), self.done())]
        leaving = threading.Event()

        def look() -> None:
            while not leaving.wait(0.1):
                with contextlib.suppress(StoreError):  # away just now: a pause is what is written down
                    seen.append((time.monotonic(), self.done()))

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield seen
        finally:
            leaving.set()
            thread.join()


def wait_until(condition: Callable[[], bool], what: str, deadline_s: float = _SETTLED_S) -> float:
    """Wait until a condition holds; returns the seconds that took. Raises `TimeoutError`."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > deadline_s:
            raise TimeoutError(f"still not so after {deadline_s:.0f} s: {what}")
        time.sleep(0.1)
    return time.monotonic() - began


def longest_pause_s(seen: list[tuple[float, int]], start: float, end: float) -> float:
    """Return the longest time within [start, end] in which no file was done."""
    steps = [at for (_, before), (at, after) in pairwise(seen) if after > before and start <= at <= end]
    marks = [start, *steps, end]
    return max(after - before for before, after in pairwise(marks))
