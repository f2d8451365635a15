"""A set-up that runs, two lanes or one model: a library of its own, papers that come in, questions asked."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, cast

import psutil
from pydantic import SecretStr

from twolane.app import App, JobEvent, JobEventKind, open_app
from twolane.config.settings import LaneSettings, Settings
from twolane.documents import (
    DoneEvent,
    ErrorEvent,
    FileState,
    Filter,
    LaneName,
    RefusalEvent,
    TextEvent,
    Tier,
)
from twolane.errors import ModelError, StoreBusyError
from twolane.hardware.plan.profiles import usable_cores
from twolane.lanes.resolve import resolve_lanes
from twolane.measure.prove import papers
from twolane.measure.prove.papers import Paper

log = logging.getLogger(__name__)

Setup = Literal["two", "one"]
POLL_S = 0.05
_WAKEUP_NAME = "twolane-prove"
_KILL_EVERY_S = 0.1
_STALLED_S = 900.0
_SPARE_PAPERS = 2
_PAPERS_EACH = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user of the chat lane saw of one question; times in seconds, 0 where there was nothing."""

    first_word_s: float
    seconds: float
    tokens_per_s: float
    prompt_tokens: int
    answer_tokens: int
    error: str = ""


def measured_settings(
    settings: Settings, setup: Setup, folder: Path, *, quick: bool, workers: int
) -> Settings:
    """Return the user's settings for a library in `folder`: never the user's catalogue, queue or taxonomy.

    The lanes stay as they are, but for the length of answers, which is bounded so that many fit the time; on
    the small scale one passage is shown. One model has one queue, in which all wait in the order in which
    they came.
    """
    filing = {"taxonomy": "", "use_model": settings.filing.use_model or setup == "one"}
    if workers:
        filing |= {"workers": workers, "concurrency": workers}
    chat = {"answer_tokens": min(settings.chat.answer_tokens, 16 if quick else 48)}
    if quick:
        chat |= {"passages": 1}
    # Only what lanes are made of is taken over: what else there is, now or later, may be shared with others.
    return Settings(
        data_dir=folder / "library",
        models_dir=settings.models_dir,
        chat_first=settings.chat_first and setup == "two",
        filing=settings.filing.model_copy(update=filing),
        chat=settings.chat.model_copy(update=chat),
        embedding=settings.embedding,
        extract=settings.extract,
        wakeup_url=settings.wakeup_url if workers else SecretStr("local"),
        wakeup_name=_WAKEUP_NAME,  # of our own, at the user's broker
    )


def measured_lanes(settings: Settings, setup: Setup) -> dict[LaneName, LaneSettings]:
    """Return a set-up's lanes: those of the settings, or for one model the chat lane's in the place of both.

    Where both ran on the same machine, the one model has the threads of both.
    """
    lanes = resolve_lanes(settings)
    if setup == "two":
        return lanes
    filing, chat = lanes["filing"], lanes["chat"]
    if (filing.runtime, filing.url) == (chat.runtime, chat.url):
        threads = max(chat.threads, min(filing.threads + chat.threads, usable_cores()))
        chat = chat.model_copy(update={"threads": threads})
    return {"chat": chat, "filing": chat}


class Rig:
    """An open library whose workers run; papers and questions are numbered, and none is used twice.

    `serial` numbers the set-ups: no two have the same papers and `memos`, for a server that serves several
    remembers prompts.
    """

    def __init__(
        self,
        settings: Settings,
        setup: Setup,
        folder: Path,
        *,
        serial: int,
        memos: int,
    ) -> None:
        self.setup = setup
        self.app: App = open_app(settings, measured_lanes(settings, setup))
        self._deciding = {step.kind for step in self.app.steps if step.decides}
        self._inbox = folder / "inbox"
        self._inbox.mkdir(parents=True, exist_ok=True)
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._filed: list[float] = []
        self._given_up: list[float] = []
        self._delays: list[str] = []
        self._added = 0
        self._next_paper = serial * _PAPERS_EACH
        self._memos = papers.memo_numbers(serial, memos)
        self._next_memo = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.app.close()

    # filing

    def start(self) -> None:
        """Load the models, file memos to be asked about, and do a little of everything once unmeasured."""
        for name in lanes_of(self.setup):
            self.app.models.load(name)
        self.app.workers.start(self._on_event)
        if self._memos:
            self.file([papers.memo(number) for number in self._memos])
            self.settle()
            self.ask()
        self.file(self.unsure(2))
        self.settle()

    def unsure(self, number: int) -> list[Paper]:
        """Return the next papers that only a model can tell."""
        first, self._next_paper = self._next_paper, self._next_paper + number
        return [papers.unsure(first + index) for index in range(number)]

    def mixed(self, number: int) -> list[Paper]:
        """Return the next papers of an ordinary inbox."""
        first, self._next_paper = self._next_paper, self._next_paper + number
        return [papers.mixed(first + index) for index in range(number)]

    def drop(self, paper: Paper) -> None:
        """Put a paper into the inbox and tell the library."""
        path = self._inbox / paper.name
        path.write_text(paper.text, encoding="utf-8")
        self.app.library.add([path])
        with self._lock:
            self._added += 1

    def file(self, batch: Sequence[Paper]) -> float:
        """File papers, and return the seconds until the last had its category or was given up."""
        started = time.monotonic()
        for paper in batch:
            self.drop(paper)
        self.wait_for(lambda: self.waiting == 0)
        with self._lock:
            return max([started, *self._filed[-1:], *self._given_up[-1:]]) - started

    @property
    def waiting(self) -> int:
        """How many papers have been dropped and still wait for a category."""
        with self._lock:
            return self._added - len(self._filed) - len(self._given_up)

    @property
    def filed(self) -> int:
        """How many papers have got their category so far."""
        with self._lock:
            return len(self._filed)

    @property
    def given_up(self) -> int:
        """How many papers have got no category, and will get none."""
        with self._lock:
            return len(self._given_up)

    def filed_between(self, start: float, end: float) -> int:
        """Count the papers that got their category in a time of the monotonic clock."""
        with self._lock:
            return sum(start <= moment < end for moment in self._filed)

    def settle(self) -> None:
        """Wait until nothing is left to do."""
        self.wait_for(self.is_idle)

    def is_idle(self) -> bool:
        """Say whether nothing is left to do."""
        return self.app.library.pending().jobs == 0

    def lost(self) -> int:
        """Count papers that were given up."""
        counts = self.app.library.counts().files
        return counts.get(FileState.QUARANTINED, 0)

    def asked_model(self) -> int:
        """Count the unsure papers that were filed by asking the model."""
        records = self.app.library.find(Filter(folders=(self._inbox,), name="paper-")).files
        decided = (record.classification.tier for record in records if record.classification)
        return sum(tier is Tier.SMALL_MODEL for tier in decided)

    @contextmanager
    def saturated(self) -> Iterator[None]:
        """Keep more papers waiting than the workers can take, while the block runs; then let them end."""
        stop = threading.Event()
        backlog = self.app.settings.filing.workers + _SPARE_PAPERS
        feeder = threading.Thread(target=self._feed, args=(stop, backlog), name="feeder")
        before = self.filed + self.given_up
        feeder.start()
        try:
            self.wait_for(lambda: self.filed + self.given_up > before)
            yield
        finally:
            stop.set()
            feeder.join()
        self.settle()

    def _feed(self, stop: threading.Event, backlog: int) -> None:
        while not stop.is_set():
            try:
                if self.waiting < backlog:
                    self.drop(self.unsure(1)[0])
            except StoreBusyError as error:
                log.warning("a paper was not added: %s", error)
            if self.waiting >= backlog:
                stop.wait(POLL_S)

    def _on_event(self, event: JobEvent) -> None:
        if event.job.kind not in self._deciding:
            return
        with self._lock:
            if event.kind is JobEventKind.FINISHED:
                self._filed.append(time.monotonic())
            elif event.kind is JobEventKind.PARKED:
                self._given_up.append(time.monotonic())
            elif event.kind is JobEventKind.DELAYED:
                self._delays.append(event.error)

    # asking

    def question(self) -> str:
        """Return the next question: each is about another memo, so that no answer is prepared by the last."""
        number, self._next_memo = self._next_memo, self._next_memo + 1
        return papers.memo(self._memos[number % len(self._memos)]).question

    def ask(self) -> Asked:
        """Ask the next question and time what comes, as whoever asked sees it."""
        started, first, head, answer_chars, error = time.monotonic(), 0.0, 0, 0, ""
        done = DoneEvent("")
        events = self.app.ask(self.question())
        with closing(events):  # type: ignore[type-var]  # a generator: closing it cancels the model
            for event in events:
                if self._cancelled.is_set():
                    break
                if isinstance(event, TextEvent | RefusalEvent) and not first:
                    first = time.monotonic()
                    head = len(event.text) if isinstance(event, TextEvent) else 0
                if isinstance(event, TextEvent):
                    answer_chars += len(event.text)
                elif isinstance(event, ErrorEvent):
                    error = event.what
                elif isinstance(event, DoneEvent):
                    done = event
        ended = time.monotonic()
        # The answer's first words are held back until it is known to be no refusal, and come at once.
        streamed_s, streamed = (
            ended - first,
            done.completion_tokens * (1 - head / answer_chars) if answer_chars else 0.0,
        )
        return Asked(
            first - started if first else 0.0,
            ended - started,
            streamed / streamed_s if first and streamed_s > 0 else 0.0,
            done.prompt_tokens,
            done.completion_tokens,
            error,
        )

    @contextmanager
    def asking(self) -> Iterator[list[Asked]]:
        """Have a question answered while the block runs; what was seen of it is in the list afterwards."""
        answers: list[Asked] = []
        begun = threading.Event()

        def ask() -> None:
            begun.set()
            answers.append(self.ask())

        asker = threading.Thread(target=ask, name="asker")
        asker.start()
        begun.wait()
        try:
            yield answers
        except BaseException:  # Ctrl-C too: nobody waits for the answer any more
            self._cancelled.set()
            raise
        finally:
            asker.join()
            self._cancelled.clear()

    # the models' processes

    def process(self, lane: LaneName) -> psutil.Process | None:
        """Return the process that runs a lane's model; None where a server does, or none."""
        pid = self.app.models.process(lane)
        try:
            return psutil.Process(pid) if pid else None
        except psutil.NoSuchProcess:
            return None

    def must_kill(self, lane: LaneName) -> None:
        """Raise `ModelError` where a lane's model has no process of ours that could be killed."""
        if self.process(lane) is None:
            raise ModelError(f"the {lane} lane's model has no process that is ours to kill")

    @contextmanager
    def killed(self, lane: LaneName) -> Iterator[list[float]]:
        """Kill a lane's model process, and each that takes its place, while the block runs.

        Yields the moments of the deaths. Raises `ModelError` where there is no process to kill.
        """
        self.must_kill(lane)
        deaths: list[float] = []
        stop = threading.Event()

        def kill() -> None:
            while not stop.is_set():
                process = self.process(lane)
                if process is not None:
                    with suppress(psutil.NoSuchProcess):
                        process.kill()
                    deaths.append(time.monotonic())
                stop.wait(_KILL_EVERY_S)

        killer = threading.Thread(target=kill, name="killer")
        killer.start()
        try:
            self.wait_for(lambda: bool(deaths))
            yield deaths
        finally:
            stop.set()
            killer.join()

    def wait_for(self, condition: Callable[[], bool], timeout_s: float = _STALLED_S) -> bool:
        """Wait until a condition holds, and say whether it does.

        Raises `ModelError` where it still does not after a quarter of an hour, with why papers wait.
        """
        end = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() >= end:
                if timeout_s < _STALLED_S:
                    return False
                why = self._delays[-1] if self._delays else "nobody knows why"
                raise ModelError(f"nothing moves in the {self.setup} set-up: {why}", "see `twolane doctor`")
            time.sleep(POLL_S)
        return True


def mean_rate(papers_filed: int, seconds: float) -> float:
    """Return papers a minute."""
    return 60.0 * papers_filed / max(1e-9, seconds)


def lanes_of(setup: Setup) -> tuple[LaneName, ...]:
    """Return the lanes that have a model of their own in a set-up."""
    return cast("tuple[LaneName, ...]", ("filing", "chat") if setup == "two" else ("chat",))
