"""`LLMService`: both lanes as one small object, for programs that use twolane as a library."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from twolane import cancel
from twolane.answers import Answer, AnswerEvent, Turn
from twolane.app import App, describe_lane, open_app
from twolane.chat.gather import gather
from twolane.client.library import ServedLibrary
from twolane.config.loading import load_settings
from twolane.config.settings import Settings
from twolane.documents import (
    EVERYTHING,
    Classification,
    FileList,
    FileRecord,
    Filter,
    FoundPassage,
    LaneName,
)
from twolane.facts import DocumentFact
from twolane.lanes.fit import check_fit
from twolane.system.paths import path_of_named

log = logging.getLogger(__name__)

_WAIT_S = 0.25


class LLMService:
    """The small model that classifies and the large one that answers, and the library that they work on.

        with LLMService() as service:
            service.classify("Invoice no. 17, total due 40 EUR").category
            service.add("Documents")
            print(service.chat("What did the boiler's maintenance cost?").text)

    Without settings, they are read as the command line reads them. With the address of a running server as
    `url`, that one's models and library are used and none is opened here; `token` lets in where people sign
    in. Closing it ends what it started.
    The first use of a lane raises `SettingsError` where its model surely does not fit on this machine, alone
    or beside the model already in use: a program that only classifies may name a chat model that is too
    large. It is safe to use from several threads; `AsyncLLMService` is its twin for event loops.
    """

    def __init__(self, settings: Settings | None = None, *, url: str = "", token: str = "") -> None:
        self._library: ServiceLibrary = ServedLibrary(url, token) if url else OpenedLibrary(settings)

    @property
    def classifier_model(self) -> str:
        """The filing lane's model, `LLM_CLASSIFICATION_MODEL`."""
        return self._library.model("filing")

    @property
    def chat_model(self) -> str:
        """The chat lane's model, `LLM_CHAT_MODEL`."""
        return self._library.model("chat")

    def classify(self, text: str) -> Classification:
        """Choose a text's category. Raises `ModelError` where the lane's model cannot answer."""
        return self._library.classify(text)

    def facts(self, text: str) -> tuple[DocumentFact, ...]:
        """Return what a text states: the fields of its category, with a value where one was found.

        Raises `ModelError` as `classify` does, whose category it is, and `SettingsError` of a server.
        """
        return self._library.facts(text)

    def chat(self, query: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question over the filed documents, with the sources it cites.

        `history` are the turns before it, oldest first: `Turn(question, answer.text)`.
        """
        return gather(self.stream(query, history))

    def stream(self, query: str, history: Sequence[Turn] = ()) -> Iterator[AnswerEvent]:
        """Answer a question as a stream of events; closing the iterator cancels."""
        return self._library.stream(query, history)

    def add(self, *paths: str | Path) -> list[FileRecord]:
        """File documents, wait until they are filed, and return them as they are then.

        A server's library gets copies of them. Raises `NotFoundError` for a path that is not there.
        """
        return self._library.add([Path(path).expanduser() for path in paths])

    def search(self, query: str, limit: int = 8, within: Filter = EVERYTHING) -> list[FoundPassage]:
        """Return the passages that say most about something, best first; no model is asked."""
        return self._library.search(query, limit, within)

    def files(self, within: Filter = EVERYTHING, *, limit: int = 100, offset: int = 0) -> FileList:
        """Return files that pass the filter, by path."""
        return self._library.files(within, limit, offset)

    def correct(self, file_id: int, category: str) -> FileRecord:
        """Add a person's decision on a file, from which filing learns at once.

        Raises `NotFoundError` for an unknown file or category.
        """
        return self._library.correct(file_id, category)

    def close(self) -> None:
        """End what was started; safe to call twice."""
        self._library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ServiceLibrary(Protocol):
    """The library of a service: opened here, or a server's."""

    def model(self, lane: LaneName) -> str:
        """Return the name of a lane's model."""

    def classify(self, text: str) -> Classification:
        """Choose a text's category."""

    def facts(self, text: str) -> tuple[DocumentFact, ...]:
        """Return what a text states."""

    def stream(self, query: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        """Answer a question as a stream of events."""

    def add(self, paths: Sequence[Path]) -> list[FileRecord]:
        """File documents."""

    def search(self, query: str, limit: int, within: Filter) -> list[FoundPassage]:
        """Find passages."""

    def files(self, within: Filter, limit: int, offset: int) -> FileList:
        """Return files that pass the filter."""

    def correct(self, file_id: int, category: str) -> FileRecord:
        """Add a person's decision on a file."""

    def close(self) -> None:
        """End what was started."""


class OpenedLibrary:
    """A library that this process has opened, with models of its own."""

    def __init__(self, settings: Settings | None = None) -> None:
        settings = settings or load_settings()
        for notice in settings.notices:
            log.warning("%s", notice)
        self._app: App = open_app(settings)
        self._fitting: set[LaneName] = set()

    def model(self, lane: LaneName) -> str:
        return self._app.lanes[lane].model

    def classify(self, text: str) -> Classification:
        self.check_fit("filing")
        return self._app.classify_text(text)

    def facts(self, text: str) -> tuple[DocumentFact, ...]:
        return self._app.facts.of_text(text, self.classify(text).category)

    def stream(self, query: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        self.check_fit("chat")
        return self._app.ask(query, history)

    def add(self, paths: Sequence[Path]) -> list[FileRecord]:
        self.check_fit("filing")
        library, roots = self._app.library, [path_of_named(path) for path in paths]
        library.add(roots, named=True)
        self._app.workers.start()
        while library.pending(roots).jobs:
            self._app.workers.wait(_WAIT_S)
            cancel.current().check()
        return list(library.find(Filter(folders=tuple(roots))).files)

    def search(self, query: str, limit: int, within: Filter) -> list[FoundPassage]:
        return list(self._app.answerer().search(query, within, limit).passages)

    def files(self, within: Filter, limit: int, offset: int) -> FileList:
        return self._app.library.find(within, limit=limit, offset=offset)

    def correct(self, file_id: int, category: str) -> FileRecord:
        return self._app.review.correct(file_id, category)

    def check_fit(self, lane: LaneName) -> None:
        """Raise `SettingsError` where a lane's model surely does not fit beside what is in use."""
        if lane not in self._fitting:
            both = {*self._fitting, lane}
            check_fit(self._app.settings, both, describe_lane)
            self._fitting = both

    def close(self) -> None:
        self._app.close()
