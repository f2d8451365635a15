"""A real app with scripted models behind a real server, with a few switches for what a test must control."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
from tests.support.watched import DOWN, FakeRuntime

from twolane.answers import AnswerEvent, Turn
from twolane.api.connections import ConnectionLimits
from twolane.api.server import ApiServer, listen_on
from twolane.app import App
from twolane.config.lane_settings import ChatSettings, EmbeddingSettings, FilingSettings
from twolane.config.server_settings import ServerSettings
from twolane.config.settings import ExtractSettings, Settings
from twolane.documents import EVERYTHING, Filter, LaneName
from twolane.lanes.poller import Poller
from twolane.llm.base import Runtime

UPLOAD_LIMIT_BYTES = 2 * 1024 * 1024
DEADLINE_S = 60.0

LEASE = """LEASE AGREEMENT

between Ada Byron (tenant) and Harbour Homes Ltd (landlord).

The monthly rent is 950 euros, due on the third working day of each month.

The lease ends on 30 June 2027 unless it is extended. <script>alert("from the text")</script>
"""
INVOICE = "INVOICE no. 17\n\nFor tuning one harpsichord: 80 euros. The amount is due within 14 days.\n"
HOSTILE_NAME = "<img src=x onerror=alert(1)>.txt"

Script = Callable[[str, Sequence[Turn]], Iterator[AnswerEvent]]


class SteeredApp(App):
    """The real app; a test may script its answers and call a lane dead."""

    script: Script | None = None

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.dead: set[LaneName] = set()
        self.poller = Poller(
            settings,
            self.lanes,
            version="test",
            store=self.store,
            steps=self.steps,
            workers=self.workers,
            runtime=self._runtime,
            embedding=self.models.embedding_runtime,
            activity=lambda: self.instruments().metrics.activity(),  # noqa: PLW0108 - opened when it is needed
        )

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        within: Filter = EVERYTHING,
        *,
        without: Collection[str] = (),
    ) -> Iterator[AnswerEvent]:
        return (
            self.script(question, history)
            if self.script
            else super().ask(question, history, within, without=without)
        )

    def _runtime(self, name: LaneName) -> Runtime:
        if name in self.dead:
            return cast("Runtime", FakeRuntime(lambda: DOWN))
        return self.models.runtime(name)


@dataclass
class Served:
    """A running server and the app behind it."""

    app: SteeredApp
    url: str
    folder: Path

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=DEADLINE_S, trust_env=False)

    @contextlib.contextmanager
    def scripted(self, script: Script) -> Iterator[None]:
        """Answer every question with this script for the time of the block."""
        self.app.script = script
        try:
            yield
        finally:
            self.app.script = None

    @contextlib.contextmanager
    def dead(self, lane: LaneName) -> Iterator[None]:
        """Let a lane be down for the time of the block."""
        self.app.dead.add(lane)
        try:
            yield
        finally:
            self.app.dead.discard(lane)


def settings_in(folder: Path) -> Settings:
    scripted = {"runtime": "scripted", "model": "scripted"}
    return Settings(
        data_dir=folder,
        filing=FilingSettings.model_validate({**scripted, "workers": 1}),
        chat=ChatSettings.model_validate({**scripted, "concurrency": 2, "max_waiting": 1}),
        embedding=EmbeddingSettings(runtime="off"),
        extract=ExtractSettings(ocr="off"),
        # With this grace a test fails whose server waits, after SIGTERM, for what has no end.
        server=ServerSettings(upload_limit_bytes=UPLOAD_LIMIT_BYTES, grace_s=3600, login=False),
    )


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """File three documents and serve them on a free port."""
    documents = folder / "documents"
    documents.mkdir(parents=True)
    for name, text in {
        "lease.txt": LEASE,
        "invoice.txt": INVOICE,
        HOSTILE_NAME: "Nothing of note.\n",
    }.items():
        (documents / name).write_text(text, "utf-8")
    with SteeredApp(settings_in(folder / "library")) as app:
        app.library.add([documents])
        app.workers.start()
        until(lambda: app.store.pending().jobs == 0)
        with listening(app) as url:
            yield Served(app, url, documents)


@contextlib.contextmanager
def listening(app: App, limits: ConnectionLimits | None = None, port: int = 0) -> Iterator[str]:
    """Run the server in a thread, and yield its address; a port of 0 is one that is free."""
    ready = threading.Event()
    urls: list[str] = []

    def on_ready(url: str) -> None:
        urls.append(url)
        ready.set()

    server = ApiServer(app, listen_on("127.0.0.1", port), "127.0.0.1", on_ready, limits)
    thread = threading.Thread(target=server.serve_until_stopped)
    thread.start()
    try:
        assert ready.wait(DEADLINE_S)
        yield urls[0]
    finally:
        server.should_exit = True
        thread.join(DEADLINE_S)
        assert not thread.is_alive()


def until(true: Callable[[], object]) -> None:
    """Poll until something is true, and fail if it is not in time."""
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.05)


def events_of(response: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """Parse server-sent events while they come."""
    name, data = "message", ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            data += line.removeprefix("data: ")
        elif not line and data:
            yield name, json.loads(data)
            name, data = "message", ""
