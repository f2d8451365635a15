"""The composition root: settings become running parts; the only module that picks concrete backends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from twolane.chat.answer import Answerer
from twolane.chat.retrieve import Retriever
from twolane.config.settings import EmbeddingSettings, LaneSettings, Settings
from twolane.documents import (
    AnswerEvent,
    Classification,
    Turn,
)
from twolane.errors import TwolaneError
from twolane.extract import Extractor
from twolane.files.blobs.opening import open_blobs
from twolane.files.contents import BlobContents, Contents, SharedContents
from twolane.files.library import Library
from twolane.filing.cascade import Cascade
from twolane.filing.review import Review
from twolane.filing.taxonomy import Taxonomy
from twolane.ingest import EMBED, Ingest
from twolane.jobs.events import JobEvent, JobEventKind
from twolane.jobs.pools import Pools, Workers
from twolane.jobs.wakeups.base import Wakeups
from twolane.jobs.wakeups.opening import open_wakeups
from twolane.lanes.poller import Poller
from twolane.lanes.resolve import LaneName, in_turn, is_here, model_lane, resolve_lanes
from twolane.lanes.snapshot import Activity
from twolane.llm.base import LLM, Embedder, EmbeddingLLM, Model
from twolane.llm.catalogue.models import prompt_form
from twolane.llm.opening import describe_lane, open_embedder, open_model, open_server_llm
from twolane.llm.turns.admission import Admission
from twolane.llm.turns.admitted import AdmittedEmbedder, AdmittedModel, admitted
from twolane.store.base import Store
from twolane.store.opening import move_library, open_store
from twolane.telemetry.watcher import Watcher

__all__ = [
    "App",
    "JobEvent",
    "JobEventKind",
    "LaneName",
    "describe_lane",
    "move_library",
    "open_app",
    "open_model",
]

_T = TypeVar("_T")


class App:
    """A library of documents with both lanes; parts are opened when they are first needed.

    Safe to use from several threads. Closing it ends its workers and its model processes. The lanes follow
    from the settings; who measures may hand in others, and lanes that share their settings share a model.
    """

    def __init__(self, settings: Settings, lanes: Mapping[LaneName, LaneSettings] | None = None) -> None:
        self.settings = settings
        self.lanes = lanes or resolve_lanes(settings)
        self._version = version("twolane")
        self.taxonomy = Taxonomy.load(Path(settings.filing.taxonomy) if settings.filing.taxonomy else None)
        self.store: Store = open_store(settings)
        self.contents: Contents = _open_contents(settings)
        self.library = Library(settings, self.store, self.contents, embed_kind=EMBED)
        self.review = Review(self.store, self.taxonomy, embed_kind=EMBED)
        self._run_dir = settings.data_dir / "run"
        self._lock = threading.RLock()
        self._parts: dict[str, object] = {}
        self._closers: list[Callable[[], None]] = []
        self._processes: dict[LaneName, Callable[[], int | None]] = {}
        self.queue: Wakeups = open_wakeups(settings.wakeup_url.get_secret_value(), name=settings.wakeup_name)
        self.store.on_queued(self.queue.notify)
        self._closed = False
        self.admission = Admission(
            Path(settings.turns_dir) if settings.turns_dir else self._run_dir,
            longest_wait_s=settings.filing.longest_wait_s,
            exclusive=in_turn(settings, self.lanes["filing"], self.lanes["chat"]),
            active=settings.chat_first and self._takes_turns(self.lanes["chat"]),
        )
        self.workers = Workers(self._open_pools, self.queue, self.store)
        self.steps = Ingest(
            settings,
            self.store,
            self.taxonomy,
            contents=self.contents,
            extractor=self.extractor,
            classifier=self.classifier,
            embedder=self._filing_embedder,
            wait=self.admission.wait,
            stopping=lambda: self.workers.stopping,
        ).steps()
        self.poller = Poller(
            settings,
            self.lanes,
            version=self._version,
            store=self.store,
            steps=self.steps,
            workers=self.workers,
            runtime=self.runtime,
            embedding=self._embedding_runtime,
            activity=self._activity,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End workers and model processes, and close the store; safe to call twice."""
        self.admission.close()  # or its workers would wait for answers that others are given
        self.workers.stop()
        with self._lock:
            self._closed = True
            closers, self._closers = self._closers[::-1], []
            self._parts.clear()
        for close in closers:
            close()
        self.contents.close()
        self.queue.close()
        self.store.close()

    # the parts

    def _part(self, name: str, open_part: Callable[[], _T], close: Callable[[_T], None]) -> _T:
        """Return a part, opened once under the lock."""
        with self._lock:
            if self._closed:  # a thread that still preloads must not start what nobody ends
                raise TwolaneError("the library is closed", "open it again to use it")
            if name not in self._parts:
                part = open_part()
                self._parts[name] = part
                self._closers.append(lambda: close(part))
            return self._parts[name]  # type: ignore[return-value]  # each name has one type

    def _activity(self) -> Activity:
        return self.watcher().metrics.activity()

    def runtime(self, name: LaneName) -> LLM:
        """Return what runs a lane's model; nothing is loaded or connected before it is asked something."""
        name = model_lane(self.lanes, name)
        return self._part(f"runtime {name}", lambda: self._open_runtime(name), lambda llm: llm.close())

    def llm(self, name: LaneName) -> Model:
        """Return a lane's model as the lane asks it: counted, and in its turn."""
        name = model_lane(self.lanes, name)
        model: Model = self.runtime(name)
        if self._waits(name):
            model = AdmittedModel(model, self.admission)
        return self._part(f"llm {name}", lambda: self.watcher().model(model, name), lambda _: None)

    def load(self, name: LaneName) -> None:
        """Bring a lane's model into memory, in its turn, where it has one. Raises `ModelError`."""
        if name == "filing" and not self.settings.filing.use_model:
            return
        name = model_lane(self.lanes, name)
        runtime = self.runtime(name)
        waits = self._waits(name)
        load = (lambda: admitted(self.admission, runtime.load)) if waits else runtime.load
        self.watcher().load(load, runtime.model, name)

    def warm(self, name: LaneName) -> None:
        """Load a lane's model, and have chat's read its instructions: no first question has to wait.

        Raises `ModelError`.
        """
        self.load(name)
        if name == "chat":
            self.answerer().warm()

    def watcher(self) -> Watcher:
        """Return what counts and times everything that this app does; `render` gives its metrics."""
        settings, recent = self.settings.telemetry, self.poller.recent
        return self._part(
            "watcher", lambda: Watcher(settings, recent, self._version), lambda watcher: watcher.close()
        )

    def _open_runtime(self, name: LaneName) -> LLM:
        lane = self.lanes[name]
        if lane.runtime == "embedded":
            from twolane.llm.runtimes.llamacpp import LlamaCppLLM

            llm = LlamaCppLLM(
                lane,
                lane=name,
                run_dir=self._run_dir,
                models_dir=self.settings.models_dir,
                threads=lane.threads,
            )
            self._processes[name] = lambda: address.pid if (address := llm.address()) else None
            if name == "filing":
                self.admission.add_pausable(llm.pause, llm.resume)
            return llm
        return open_server_llm(lane)

    def _waits(self, name: LaneName) -> bool:
        """Say whether a lane's calls wait for their turn: filing's do, where they are computed here."""
        return name == "filing" and self._takes_turns(self.lanes[name])

    def _takes_turns(self, lane: LaneSettings | EmbeddingSettings) -> bool:
        """Say whether a lane computes on the machine whose turns this app knows of."""
        return is_here(lane) or bool(self.settings.turns_dir)

    def model_process(self, name: LaneName) -> int | None:
        """Return the number of the process that runs a lane's model; None for a server."""
        find = self._processes.get(model_lane(self.lanes, name))
        return find() if find else None

    def embedder(self) -> Embedder | None:
        """Return what makes vectors, or None where it is switched off."""
        if self.settings.embedding.runtime == "off":
            return None
        opened = self._embedding_runtime()
        return self._part("embedder", lambda: self.watcher().embedder(opened), lambda _: None)

    def _embedding_runtime(self) -> EmbeddingLLM:
        return self._part(
            "embedding runtime", lambda: open_embedder(self.settings), lambda part: part.close()
        )

    def _filing_embedder(self) -> Embedder | None:
        """Return the embedder as filing uses it: questions are embedded at once, files in their turn."""
        embedder = self.embedder()
        waits = embedder and self._takes_turns(self.settings.embedding)
        return AdmittedEmbedder(embedder, self.admission) if embedder and waits else embedder

    def extractor(self) -> Extractor:
        """Return the pool of extraction processes."""
        paused = self.admission.is_paused
        return self._part(
            "extractor", lambda: Extractor(self.settings.extract, paused), lambda part: part.close()
        )

    def classifier(self) -> Cascade:
        """Return the filing cascade, with what the library teaches."""
        return self._part("classifier", self._open_classifier, lambda _: None)

    def _open_classifier(self) -> Cascade:
        return Cascade(
            self.taxonomy,
            self.llm("filing") if self.settings.filing.use_model else None,
            self._filing_embedder(),
            self.settings.filing,
            self.store,
            prompt_form=prompt_form(self.lanes["filing"].model),
            on_classified=self.watcher().classified,
        )

    def answerer(self) -> Answerer:
        """Return the chat lane."""

        def open_answerer() -> Answerer:
            retriever = Retriever(self.store, self.embedder(), self._mark_gone, self.contents.is_there)
            return Answerer(self.watcher().searcher(retriever), self.llm("chat"), self.settings.chat)

        return self._part("answerer", open_answerer, lambda _: None)

    def _mark_gone(self, paths: Sequence[Path]) -> None:
        with self.store.writing() as write:
            write.mark_gone(paths)

    # what a user does

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Iterator[AnswerEvent]:
        """Answer a question over the files as a stream of events; closing the iterator cancels."""
        answer = self.admission.while_answering(self.answerer().ask(question, history))
        return self.watcher().answer(answer)

    def classify_text(self, text: str) -> Classification:
        """Classify a text that is no file."""
        return self.classifier().classify(text)

    # workers

    def _open_pools(self, on_event: Callable[[JobEvent], None] | None) -> Pools:
        watcher = self.watcher()
        return Pools(
            self.store,
            self.queue,
            [watcher.step(step) for step in self.steps],
            lease_s=self.settings.lease_s,
            grace_s=self.settings.worker.grace_s,
            on_event=watcher.jobs(self.steps, on_event),
        )


def open_app(settings: Settings, lanes: Mapping[LaneName, LaneSettings] | None = None) -> App:
    """Open the library that the settings name, creating it where there is none.

    Raises `SettingsError` and `StoreError`.
    """
    return App(settings, lanes)


def _open_contents(settings: Settings) -> Contents:
    blobs = open_blobs(settings.blobs_url.get_secret_value())
    if blobs is None:
        return SharedContents({path.recorded: path.here for path in settings.shared_path})
    return BlobContents(blobs, limit_bytes=settings.extract.file_limit_bytes)
