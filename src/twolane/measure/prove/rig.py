"""A set-up that runs, two lanes or one model: a library of its own, papers that come in, questions asked."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from twolane.app import App, JobEvent, JobEventKind, open_app
from twolane.config.settings import Settings
from twolane.documents import FileState, Filter, Tier
from twolane.errors import ModelError, StoreBusyError
from twolane.measure.prove import papers
from twolane.measure.prove.asked import TimedAnswer, timed
from twolane.measure.prove.papers import Paper
from twolane.measure.prove.processes import in_thread
from twolane.measure.prove.setups import Setup, lanes_of, measured_lanes

log = logging.getLogger(__name__)

POLL_S = 0.05
_STALLED_S = 900.0
_SPARE_PAPERS = 2
_PAPERS_EACH = 10_000


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
        self._delay = "nobody knows why"
        self._added = 0
        self._next_paper = serial * _PAPERS_EACH
        self._memos = papers.memo_numbers(serial, memos)
        self._next_memo = 0

    def close(self) -> None:
        """Stop the workers and let go of the models."""
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
        return self._next(papers.unsure, number)

    def mixed(self, number: int) -> list[Paper]:
        """Return the next papers of an ordinary inbox."""
        return self._next(papers.mixed, number)

    def _next(self, make: Callable[[int], Paper], number: int) -> list[Paper]:
        first, self._next_paper = self._next_paper, self._next_paper + number
        return [make(first + index) for index in range(number)]

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
        before = self.filed + self.given_up
        with in_thread(self._feed, "feeder"):
            self.wait_for(lambda: self.filed + self.given_up > before)
            yield
        self.settle()

    def _feed(self, stop: threading.Event) -> None:
        backlog = max(step.threads for step in self.app.steps) + _SPARE_PAPERS
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
                self._delay = event.error

    # asking

    def question(self) -> str:
        """Return the next question: each is about another memo, so that no answer is prepared by the last."""
        number, self._next_memo = self._next_memo, self._next_memo + 1
        return papers.memo(self._memos[number % len(self._memos)]).question

    def ask(self) -> TimedAnswer:
        """Ask the next question and time what comes, as whoever asked sees it."""
        return timed(self.app.ask(self.question()), self._cancelled)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Have a question answered while the block runs; Ctrl-C does not wait for the answer."""
        asker = threading.Thread(target=self.ask, name="asker")
        asker.start()
        try:
            yield
        except BaseException:
            self._cancelled.set()
            raise
        finally:
            asker.join()
            self._cancelled.clear()

    def wait_for(self, condition: Callable[[], bool], timeout_s: float = _STALLED_S) -> bool:
        """Wait until a condition holds, and say whether it does.

        Raises `ModelError` where it still does not after a quarter of an hour, with why papers wait.
        """
        end = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() >= end:
                if timeout_s < _STALLED_S:
                    return False
                what = f"nothing moves in the {self.setup} set-up: {self._delay}"
                raise ModelError(what, "see `twolane doctor`")
            time.sleep(POLL_S)
        return True


def mean_rate(papers_filed: int, seconds: float) -> float:
    """Return papers a minute."""
    return 60.0 * papers_filed / max(1e-9, seconds)
