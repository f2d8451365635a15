"""Questions are answered from the files they mean: by the catalogue, within filters, or from all files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest
from tests.support.passage_index import library_of

from twolane.answers import (
    AnswerEvent,
    AskedFilter,
    CatalogueEvent,
    DoneEvent,
    ErrorEvent,
    FiltersEvent,
    RefusalCause,
    RefusalEvent,
    SourcesEvent,
    TextEvent,
    Turn,
)
from twolane.chat.answer import Answerer
from twolane.chat.asked.base import Asked, Intent
from twolane.chat.catalogue.answer import CatalogueAnswerer
from twolane.chat.gather import gather
from twolane.chat.narrowed import NOTHING
from twolane.chat.retrieve import Retriever
from twolane.config.lane_settings import ChatSettings
from twolane.documents import EVERYTHING, Filter
from twolane.errors import StoreError
from twolane.llm.runtimes.scripted import ScriptedLLM
from twolane.store.base import Store

_SETTINGS = ChatSettings(model="m", runtime="scripted")
_TEXTS = {
    "lease_leeds.txt": "The rent of the flat in Leeds is 640 pounds a month. Signed by Ms Harrow.",
    "lease_bath.txt": "The rent of the flat in Bath is 910 pounds a month. Signed by Mr Ockley.",
    "cake.txt": "Stir the flour into the milk and bake the cake for an hour.",
}
_RENT = "What is the rent of the flat?"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with library_of(tmp_path, _TEXTS) as opened:
        yield opened


class _Asker:
    """An `Answerer` over a store that reads every question as it is told to, and keeps what it was asked."""

    def __init__(self, store: Store, asked: Asked, say: str = "The rent is 910 pounds a month.") -> None:
        self.taken: list[Collection[str]] = []
        self.prompts: list[str] = []
        self._asked = asked

        def answer(prompt: str) -> str:
            self.prompts.append(prompt)
            return say if say in prompt or say.startswith("NOT") else "The rent is 910 pounds a month."

        catalogue = CatalogueAnswerer(store.counting, dict, store.unread)
        self._answerer = Answerer(
            Retriever(store, None),
            ScriptedLLM(_SETTINGS, answer),
            _SETTINGS,
            read=self._read,
            catalogue=catalogue,
        )

    def ask(self, question: str = _RENT, within: Filter = EVERYTHING) -> list[AnswerEvent]:
        return list(self._answerer.ask(question, (), within, without=("tag:a",)))

    def _read(self, question: str, history: Sequence[Turn], without: Collection[str]) -> Asked:
        self.taken.append(without)
        return self._asked


def _meant(name: str, *, certain: bool = True) -> Asked:
    return Asked(filters=(AskedFilter("name", name, name),), within=Filter(name=name), certain=certain)


def _sources(events: Sequence[AnswerEvent]) -> list[list[str]]:
    return [
        [source.passage.path.name for source in event.sources]
        for event in events
        if isinstance(event, SourcesEvent)
    ]


def _filters(events: Sequence[AnswerEvent]) -> list[list[str]]:
    return [[one.label for one in event.filters] for event in events if isinstance(event, FiltersEvent)]


def test_a_question_is_answered_from_the_files_that_it_surely_means(store: Store) -> None:
    # given
    asker = _Asker(store, _meant("bath"))

    # when
    events = asker.ask()

    # then
    assert isinstance(events[0], FiltersEvent)
    assert _filters(events) == [["bath"]]
    assert _sources(events) == [["lease_bath.txt"]]
    assert asker.taken == [("tag:a",)]


def test_what_is_not_sure_leaves_no_file_out(store: Store) -> None:
    # when
    events = _Asker(store, _meant("bath", certain=False)).ask()

    # then
    assert _filters(events) == []
    assert {"lease_leeds.txt", "lease_bath.txt"} <= set(_sources(events)[0])


def test_what_a_filter_hides_is_found_without_it_and_said_to_be(store: Store) -> None:
    # when
    events = _Asker(store, _meant("cake")).ask()

    # then
    assert _filters(events) == [["cake"], []]
    assert "lease_bath.txt" in _sources(events)[-1]
    assert gather(events).text.startswith("The rent is 910 pounds a month [")


def test_where_the_files_that_are_meant_do_not_answer_all_are_asked(store: Store) -> None:
    # given
    asker = _Asker(store, _meant("leeds"), "NOT IN THE FILES")

    # when
    events = asker.ask()

    # then
    assert _filters(events) == [["leeds"], []]
    assert len(asker.prompts) == 2
    refusals = [event for event in events if isinstance(event, RefusalEvent)]
    assert [refusal.cause for refusal in refusals] == [RefusalCause.NOT_ANSWERED]
    assert "lease_bath.txt" in _sources(events)[-1]


def test_what_may_not_be_seen_is_not_found_without_the_filter_either(store: Store) -> None:
    # when
    events = _Asker(store, _meant("cake")).ask(within=Filter(name="leeds"))

    # then
    assert {name for names in _sources(events) for name in names} <= {"lease_leeds.txt"}


@pytest.mark.parametrize(("within", "files"), [(EVERYTHING, 1), (Filter(name="leeds"), 0), (NOTHING, 0)])
def test_what_the_catalogue_knows_is_asked_of_no_model(store: Store, within: Filter, files: int) -> None:
    # given
    asked = Asked(Intent.COUNT, (AskedFilter("name", "bath", "bath"),), Filter(name="bath"), certain=True)
    asker = _Asker(store, asked)

    # when
    events = asker.ask("How many files of Bath do I have?", within)

    # then
    kinds = [type(event) for event in events]
    assert kinds == [FiltersEvent, CatalogueEvent, TextEvent, DoneEvent]
    assert gather(events).catalogue == next(event for event in events if isinstance(event, CatalogueEvent))
    assert [event.total for event in events if isinstance(event, CatalogueEvent)] == [files]
    assert asker.prompts == []


def test_a_catalogue_that_fails_is_an_error_with_an_end(store: Store) -> None:
    # given
    class Failing(CatalogueAnswerer):
        def answer(self, question: str, asked: Asked) -> Iterator[AnswerEvent]:  # type: ignore[override]
            raise StoreError("the library is locked", "try again")

    catalogue = Failing(store.counting, dict, store.unread)
    answerer = Answerer(
        Retriever(store, None), None, _SETTINGS, read=lambda *_: Asked(Intent.LIST), catalogue=catalogue
    )

    # when
    events = list(answerer.ask("List everything."))

    # then
    assert events[0] == ErrorEvent("the library is locked", "try again")
    assert isinstance(events[-1], DoneEvent)
