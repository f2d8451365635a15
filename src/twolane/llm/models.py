"""The models of both lanes and the embedder: each opened once, counted, and asked in its turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from twolane.config.lane_settings import EmbeddingSettings, LaneSettings
from twolane.config.ollama_host import resolve_embedding
from twolane.config.settings import Settings
from twolane.documents import LaneName
from twolane.errors import ModelMissingError
from twolane.llm.base import LLM, Embedder, EmbeddingLLM, Model
from twolane.llm.levelled import levelled
from twolane.llm.opening import open_embedder, open_server_llm
from twolane.llm.turns.admission import Admission
from twolane.llm.turns.admitted import AdmittedEmbedder, AdmittedModel, admitted
from twolane.parts import Parts
from twolane.system.processes import CAN_PAUSE


class CallsObserver(Protocol):
    """What counts and times what is asked of models."""

    def model(self, model: Model, lane: str) -> Model:
        """Return a model that tells what is asked of it."""

    def embedder(self, embedder: Embedder) -> Embedder:
        """Return an embedder that tells what is asked of it."""

    def load(self, load: Callable[[], None], model: str, lane: str) -> None:
        """Load a model, and tell how long it took."""


class Models:
    """What both lanes ask, and what runs it; nothing is loaded or connected before it is asked something.

    Lanes that share their very settings share a model, that of the first of them. `computes_here` says
    whether a model computes on this machine: filing's calls wait for their turn there, chat's never do.
    """

    def __init__(
        self,
        settings: Settings,
        lanes: Mapping[LaneName, LaneSettings],
        parts: Parts,
        admission: Admission,
        *,
        run_dir: Path,
        embedder_threads: int,
        observer: Callable[[], CallsObserver],
        computes_here: Callable[[LaneSettings | EmbeddingSettings], bool],
    ) -> None:
        self._settings = settings
        self._lanes = lanes
        self._parts = parts
        self._admission = admission
        self._run_dir = run_dir
        self._embedder_threads = embedder_threads
        self._observer = observer
        self._computes_here = computes_here
        self._processes: dict[LaneName, Callable[[], int | None]] = {}

    def runtime(self, name: LaneName) -> LLM:
        """Return what runs a lane's model."""
        owner = self._owner(name)
        self._observer()  # opened before what it observes, and so closed after it: it sees the last calls end
        return self._parts.get(f"runtime {owner}", lambda: self._open(owner), lambda llm: llm.close())

    def asked(self, name: LaneName) -> Model:
        """Return a lane's model as the lane asks it: counted, and in its turn.

        Raises `ModelMissingError` where the lane is set up without one.
        """
        if not self._lanes[name].use_model:
            raise ModelMissingError(f"the {name} lane has no model", f"set {name}.use_model = true")
        owner = self._owner(name)
        model: Model = self.runtime(owner)
        if self._waits(owner):
            pauses = self._lanes[owner].runtime == "embedded" and CAN_PAUSE
            model = AdmittedModel(model, self._admission, is_cut=not pauses)
        return self._parts.get(f"model {owner}", lambda: self._observer().model(model, owner))

    def spare(self) -> Model | None:
        """Return chat's model as filing asks it, in its turn; None where there is none, or filing's own."""
        if self._owner("chat") == self._owner("filing") or not self._lanes["chat"].use_model:
            return None
        return AdmittedModel(self.asked("chat"), self._admission)

    def load(self, name: LaneName) -> None:
        """Bring a lane's model into memory, in its turn, where it has one. Raises `ModelError`."""
        if not self._lanes[name].use_model:
            return
        owner = self._owner(name)
        runtime = self.runtime(owner)
        waits = self._waits(owner)
        load = (lambda: admitted(self._admission, runtime.load)) if waits else runtime.load
        self._observer().load(load, runtime.model, owner)

    def process(self, name: LaneName) -> int | None:
        """Return the number of the process that runs a lane's model; None for a server."""
        find = self._processes.get(self._owner(name))
        return find() if find else None

    def embedding_runtime(self) -> EmbeddingLLM:
        """Return what runs the embedding model."""
        self._observer()
        return self._parts.get(
            "embedding runtime",
            lambda: open_embedder(self._settings, self._embedder_threads),
            lambda llm: llm.close(),
        )

    def embedder(self) -> Embedder | None:
        """Return what makes vectors, or None where it is switched off."""
        if self._settings.embedding.runtime == "off":
            return None
        opened = self.embedding_runtime()
        return self._parts.get("embedder", lambda: self._observer().embedder(levelled(opened)))

    def filing_embedder(self) -> Embedder | None:
        """Return the embedder as filing uses it: questions are embedded at once, files in their turn."""
        embedder = self.embedder()
        if embedder is None or not self._computes_here(resolve_embedding(self._settings)):
            return embedder
        return AdmittedEmbedder(embedder, self._admission, self._embedder_threads)

    def _owner(self, name: LaneName) -> LaneName:
        """Return the lane whose model does a lane's work: its own, or the first that shares its settings."""
        return next(other for other, lane in self._lanes.items() if lane is self._lanes[name])

    def _waits(self, name: LaneName) -> bool:
        return name == "filing" and self._computes_here(self._lanes[name])

    def _open(self, name: LaneName) -> LLM:
        lane = self._lanes[name]
        if lane.runtime != "embedded":
            return open_server_llm(lane)
        from twolane.llm.runtimes.llamacpp import LlamaCppLLM

        llm = LlamaCppLLM(
            lane,
            lane=name,
            run_dir=self._run_dir,
            models_dir=self._settings.models_dir,
            threads=lane.threads,
            answers=lane is self._lanes["chat"],
        )
        self._processes[name] = lambda: address.pid if (address := llm.address()) else None
        if name == "filing":
            self._admission.add_pausable(llm.pause, llm.resume)
        return llm
