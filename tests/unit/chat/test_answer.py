"""An answer is a stream: sources, words with checked citations, and always an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.passage_index import library_of

from twolane.chat.answer import NOT_ANSWERED, NOTHING_FOUND, Answerer
from twolane.chat.retrieve import Retriever
from twolane.config.settings import ChatSettings
from twolane.documents import (
    EVERYTHING,
    AnswerEvent,
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    Filter,
    RefusalEvent,
    SourcesEvent,
    TextEvent,
    Turn,
)
from twolane.errors import ModelUnreachableError
from twolane.llm.base import ChatOptions, Prompt, Stream
from twolane.llm.runtimes.scripted import ScriptedLLM

_TEXTS = {
    "lease_berlin.txt": "The rent of the flat in Berlin is 850 euros a month. Ms. Miller signed the lease.",
    "lease_hamburg.txt": "The rent of the flat in Hamburg is 990 euros a month. Mr. Schmidt signed it.",
    "recipe.txt": "Stir the flour into the milk and bake the cake for an hour.",
}
_RENT = "How much is the rent of the flat in Berlin?"


class _Model(ScriptedLLM):
    """The scripted model, which keeps what it was asked and tells when its stream was closed."""

    def __init__(self, settings: ChatSettings, say: str, before: Callable[[str], None] | None = None) -> None:
        super().__init__(settings, lambda prompt: say, before=before)
        self.prompts: list[str] = []
        self.closed = 0

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        self.prompts.append(prompt if isinstance(prompt, str) else prompt[-1].content)
        try:
            yield from super().chat(prompt, options)
        finally:
            self.closed += 1


@pytest.fixture
def retriever(tmp_path: Path) -> Iterator[Retriever]:
    with library_of(tmp_path, _TEXTS) as store:
        yield Retriever(store, None)


def _settings(context_tokens: int = 4096, passage_tokens: int = 1200) -> ChatSettings:
    return ChatSettings(
        model="m",
        runtime="scripted",
        context_tokens=context_tokens,
        passage_tokens=passage_tokens,
        answer_tokens=50,
    )


def _done(events: list[AnswerEvent]) -> DoneEvent:
    done = events[-1]
    assert isinstance(done, DoneEvent)
    assert sum(isinstance(event, DoneEvent) for event in events) == 1
    return done


def test_sources_come_first_then_words_and_citations_and_the_end(retriever: Retriever) -> None:
    # given
    answerer = Answerer(retriever, _Model(_settings(), "The rent is 850 euros a month."), _settings())

    # when
    events = list(answerer.ask(_RENT))

    # then
    first = events[0]
    assert isinstance(first, SourcesEvent)
    assert first.sources[0].passage.path.name == "lease_berlin.txt"
    assert CitationEvent(1) in events
    done = _done(events)
    assert done.text == "The rent is 850 euros a month [1]."
    assert "".join(event.text for event in events if isinstance(event, TextEvent)).strip() == done.text
    assert (done.cited, done.refused) == ((1,), False)
    assert done.seconds >= done.first_token_s > 0
    assert done.prompt_tokens > 0


def test_an_answer_rests_on_nothing_but_what_is_meant(retriever: Retriever, tmp_path: Path) -> None:
    # given
    answerer = Answerer(retriever, _Model(_settings(), "The rent is 990 euros a month."), _settings())
    question, within = "How much is the rent of the flat?", Filter(folders=(tmp_path / "lease_hamburg.txt",))

    # when
    everything, meant = (next(answerer.ask(question, (), one)) for one in (EVERYTHING, within))

    # then
    assert isinstance(everything, SourcesEvent)
    assert isinstance(meant, SourcesEvent)
    assert len(everything.sources) > 1
    assert [source.passage.path.name for source in meant.sources] == ["lease_hamburg.txt"]


def test_what_the_files_do_not_speak_of_is_refused_without_asking_the_model(retriever: Retriever) -> None:
    # given
    model = _Model(_settings(), "Michelangelo.")

    # when
    events = list(Answerer(retriever, model, _settings()).ask("Who painted the Sistine Chapel's ceiling?"))

    # then
    assert events[:2] == [SourcesEvent(()), RefusalEvent(NOTHING_FOUND)]
    assert _done(events).refused
    assert model.prompts == []


@pytest.mark.parametrize(
    "say",
    [
        "NOT IN THE FILES",
        "Not in the files.",
        "The sources do not mention who owns the flat.",
        "The provided documents do not contain information about this.",
        "There is no information about the owner.",
        "I'm sorry, but I cannot answer this from the sources.",
        "Unfortunately, the texts say nothing about it, not even a name.",
        "It is not mentioned in the sources.",
        "",
    ],
)
def test_the_models_refusal_is_an_event_and_none_of_its_words_is_streamed(
    retriever: Retriever, say: str
) -> None:
    # given
    model = _Model(_settings(), say)

    # when
    events = list(Answerer(retriever, model, _settings()).ask(_RENT))

    # then
    assert RefusalEvent(NOT_ANSWERED) in events
    assert not [event for event in events if isinstance(event, TextEvent)]
    assert _done(events).refused
    assert model.closed == 1


@pytest.mark.parametrize(
    "say",
    [
        "The rent is not 990 but 850 euros a month.",
        "There is one flat in Berlin.",
        "No.",
        "It is 850 euros.",
        "The lease was signed by Ms. Miller, not by Mr. Schmidt.",
    ],
)
def test_an_answer_that_begins_like_a_refusal_is_none(retriever: Retriever, say: str) -> None:
    # when
    events = list(Answerer(retriever, _Model(_settings(), say), _settings()).ask(_RENT))

    # then
    assert not _done(events).refused
    assert _done(events).text


def test_passages_are_left_out_until_the_prompt_fits(retriever: Retriever) -> None:
    # given
    small = _settings(context_tokens=256, passage_tokens=1200)
    model = _Model(small, "The rent is 850 euros.")

    # when
    events = list(Answerer(retriever, model, small).ask(_RENT))

    # then
    assert _done(events).text == "The rent is 850 euros [1]."
    assert len(model.prompts) >= 1


def test_a_prompt_that_can_never_fit_is_an_error_with_a_remedy(retriever: Retriever) -> None:
    # given
    model = _Model(_settings(context_tokens=256), "Anything.")

    # when
    events = list(Answerer(retriever, model, _settings()).ask(_RENT + " rent" * 400))

    # then
    errors = [event for event in events if isinstance(event, ErrorEvent)]
    assert len(errors) == 1
    assert errors[0].remedy
    assert not _done(events).refused


def test_a_failure_in_the_middle_ends_the_stream_with_an_error(retriever: Retriever) -> None:
    # given
    steps: list[str] = []

    def fail(step: str) -> None:
        steps.append(step)
        if steps.count("token") == 8:
            raise ModelUnreachableError("The chat model went away", "try again")

    # when
    model = _Model(_settings(), "The rent is 850 euros a month for now.", fail)
    events = list(Answerer(retriever, model, _settings()).ask(_RENT))

    # then
    assert ErrorEvent("The chat model went away", "try again") in events
    assert _done(events).text.startswith("The rent")


def test_closing_the_answer_cancels_the_model(retriever: Retriever) -> None:
    # given
    model = _Model(_settings(), "The rent is 850 euros a month. " * 10)
    answer = Answerer(retriever, model, _settings()).ask(_RENT)

    # when
    with closing(answer):
        assert any(isinstance(event, TextEvent) for event in answer)

    # then
    assert model.closed == 1


def test_warming_has_the_model_read_what_every_prompt_begins_with(retriever: Retriever) -> None:
    # given
    heads: list[str] = []

    class Model(ScriptedLLM):
        def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
            assert not isinstance(prompt, str)
            heads.append(prompt[0].content)
            return super().chat(prompt, options)

    answerer = Answerer(retriever, Model(_settings()), _settings())

    # when
    answerer.warm()
    list(answerer.ask(_RENT))

    # then
    assert heads[0] == heads[1] != ""


def test_a_follow_up_is_searched_and_asked_with_the_turn_before(retriever: Retriever) -> None:
    # given
    model = _Model(_settings(), "Ms. Miller signed it.")
    history = (Turn(_RENT, "The rent is 850 euros a month [1]."),)

    # when
    events = list(Answerer(retriever, model, _settings()).ask("And who signed it?", history))

    # then
    assert _RENT in model.prompts[0]
    assert _done(events).text == "Ms. Miller signed it [1]."
