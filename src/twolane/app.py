"""The composition root: settings become running parts; the only module that picks concrete backends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

from twolane.chat.answer import Answerer
from twolane.chat.retrieve import Retriever
from twolane.config.settings import EmbeddingSettings, LaneSettings, Settings
from twolane.documents import (
    EVERYTHING,
    AnswerEvent,
    Classification,
    Filter,
    LaneName,
    Turn,
)
from twolane.extract import Extractor
from twolane.files.blobs.opening import open_blobs
from twolane.files.contents import BlobContents, Contents, SharedContents
from twolane.files.library import Library
from twolane.filing.cascade import Cascade
from twolane.filing.review import Review
from twolane.filing.taxonomy import Taxonomy
from twolane.ingest import EMBED, Ingest
from twolane.jobs.base import JobEvent, JobEventKind
from twolane.jobs.pools import Pools, Workers
from twolane.jobs.wakeups.base import Wakeups
from twolane.jobs.wakeups.opening import open_wakeups
from twolane.lanes.poller import Poller
from twolane.lanes.resolve import in_turn, is_here, resolve_lanes
from twolane.lanes.snapshot import Activity
from twolane.llm.catalogue.models import prompt_form
from twolane.llm.models import Models
from twolane.llm.opening import describe_lane, open_model
from twolane.llm.turns.admission import Admission
from twolane.parts import Parts
from twolane.store.base import Store
from twolane.store.opening import move_library, open_store
from twolane.telemetry.instruments import Instruments

__all__ = [
    "App",
    "JobEvent",
    "JobEventKind",
    "describe_lane",
    "move_library",
    "open_app",
    "open_model",
]


class App:
    """A library of documents with both lanes; parts are opened when they are first needed.

    Safe to use from several threads. Closing it ends its workers and its model processes. The lanes follow
    from the settings unless others are given (for measuring); lanes with equal settings share a model.
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
        self._parts = Parts()
        self.wakeups: Wakeups = open_wakeups(
            settings.wakeup_url.get_secret_value(), name=settings.wakeup_name
        )
        self.store.on_queued(self.wakeups.notify)
        run_dir = settings.data_dir / "run"
        self.admission = self._open_admission(run_dir)
        self.models = Models(
            settings,
            self.lanes,
            self._parts,
            self.admission,
            run_dir=run_dir,
            observer=self.instruments,
            computes_here=self._takes_turns,
        )
        self.workers = Workers(self._open_pools, self.wakeups, self.store)
        self.steps = Ingest(
            settings,
            self.store,
            self.taxonomy,
            contents=self.contents,
            extractor=self.extractor,
            classifier=self.classifier,
            embedder=self.models.filing_embedder,
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
            runtime=self.models.runtime,
            embedding=self.models.embedding_runtime,
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
        self.admission.close()  # first, or the workers would wait for other processes' answers to end
        self.workers.stop()
        self._parts.close()
        self.contents.close()
        self.wakeups.close()
        self.store.close()

    # the parts

    def _activity(self) -> Activity:
        return self.instruments().metrics.activity()

    def instruments(self) -> Instruments:
        """Return the counters and timers of everything that this app does; `render` gives the metrics."""
        settings, recent = self.settings.telemetry, self.poller.recent
        return self._parts.get(
            "instruments", lambda: Instruments(settings, recent, self._version), Instruments.close
        )

    def _open_admission(self, run_dir: Path) -> Admission:
        settings, filing, chat = self.settings, self.lanes["filing"], self.lanes["chat"]
        return Admission(
            Path(settings.turns_dir) if settings.turns_dir else run_dir,
            longest_wait_s=settings.filing.longest_wait_s,
            exclusive=in_turn(settings, filing, chat),
            active=settings.chat_first and self._takes_turns(chat),
        )

    def _takes_turns(self, lane: LaneSettings | EmbeddingSettings) -> bool:
        """Say whether a lane computes on the machine whose turns this app takes part in."""
        return is_here(lane) or bool(self.settings.turns_dir)

    def extractor(self) -> Extractor:
        """Return the pool of extraction processes."""
        paused = self.admission.is_paused
        return self._parts.get("extractor", lambda: Extractor(self.settings.extract, paused), Extractor.close)

    def classifier(self) -> Cascade:
        """Return the filing cascade, which learns from the library."""
        return self._parts.get("classifier", self._open_classifier)

    def _open_classifier(self) -> Cascade:
        return Cascade(
            self.taxonomy,
            self.models.asked("filing") if self.settings.filing.use_model else None,
            self.models.filing_embedder(),
            self.settings.filing,
            self.store,
            prompt_form=prompt_form(self.lanes["filing"].model),
            on_classified=self.instruments().classified,
        )

    def answerer(self) -> Answerer:
        """Return the chat lane."""

        def open_answerer() -> Answerer:
            retriever = Retriever(self.store, self.models.embedder(), self._mark_gone, self.contents.is_there)
            return Answerer(
                self.instruments().searcher(retriever), self.models.asked("chat"), self.settings.chat
            )

        return self._parts.get("answerer", open_answerer)

    def _mark_gone(self, paths: Sequence[Path]) -> None:
        with self.store.writing() as write:
            write.mark_gone(paths)

    # what a user does

    def warm(self, name: LaneName) -> None:
        """Load a lane's model, and have chat's read its instructions, so that no first question waits.

        Raises `ModelError`.
        """
        self.models.load(name)
        if name == "chat":
            self.answerer().warm()

    def ask(
        self, question: str, history: Sequence[Turn] = (), within: Filter = EVERYTHING
    ) -> Iterator[AnswerEvent]:
        """Answer a question over the files that pass as a stream of events; closing the iterator cancels."""
        answer = self.admission.while_answering(self.answerer().ask(question, history, within))
        return self.instruments().answer(answer)

    def classify_text(self, text: str) -> Classification:
        """Classify a text that is not in a file."""
        return self.classifier().classify(text)

    # workers

    def _open_pools(self, on_event: Callable[[JobEvent], None] | None) -> Pools:
        instruments = self.instruments()
        return Pools(
            self.store,
            self.wakeups,
            [instruments.step(step) for step in self.steps],
            lease_s=self.settings.lease_s,
            grace_s=self.settings.worker.grace_s,
            on_event=instruments.jobs(self.steps, on_event),
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
