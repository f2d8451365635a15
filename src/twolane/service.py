"""`LLMService`: both lanes as one small object, for programs that use twolane as a library."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from twolane.answers import Answer, AnswerEvent
from twolane.app import App, describe_lane, open_app
from twolane.chat.gather import gather
from twolane.config.loading import load_settings
from twolane.config.settings import Settings
from twolane.documents import Classification, LaneName
from twolane.facts import DocumentFact
from twolane.lanes.fit import check_fit

log = logging.getLogger(__name__)


class LLMService:
    """The small model that classifies and the large one that answers.

        with LLMService() as service:
            service.classify("Invoice no. 17, total due 40 EUR").category
            print(service.chat("What did the boiler's maintenance cost?").text)

    Without settings, they are read as the command line reads them. Closing it ends what it started. The first
    use of a lane raises `SettingsError` where its model surely does not fit on this machine, alone or beside
    the model already in use: a program that only classifies may name a chat model that is too large.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        settings = settings or load_settings()
        for notice in settings.notices:
            log.warning("%s", notice)
        self._app: App = open_app(settings)
        self._fitting: set[LaneName] = set()

    @property
    def classifier_model(self) -> str:
        """The filing lane's model, `LLM_CLASSIFICATION_MODEL`."""
        return self._app.lanes["filing"].model

    @property
    def chat_model(self) -> str:
        """The chat lane's model, `LLM_CHAT_MODEL`."""
        return self._app.lanes["chat"].model

    def classify(self, text: str) -> Classification:
        """Choose a text's category. Raises `ModelError` where the lane's model cannot answer."""
        self._check_fit("filing")
        return self._app.classify_text(text)

    def facts(self, text: str) -> tuple[DocumentFact, ...]:
        """Return what a text states: the fields of its category, with a value where one was found.

        Raises `ModelError` as `classify` does, whose category it is.
        """
        return self._app.facts.of_text(text, self.classify(text).category)

    def chat(self, query: str) -> Answer:
        """Answer a question over the filed documents, with the sources it cites."""
        return gather(self.stream(query))

    def stream(self, query: str) -> Iterator[AnswerEvent]:
        """Answer a question as a stream of events; closing the iterator cancels."""
        self._check_fit("chat")
        return self._app.ask(query)

    def _check_fit(self, lane: LaneName) -> None:
        if lane not in self._fitting:
            both = {*self._fitting, lane}
            check_fit(self._app.settings, both, describe_lane)
            self._fitting = both

    def close(self) -> None:
        """End what was started; safe to call twice."""
        self._app.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
