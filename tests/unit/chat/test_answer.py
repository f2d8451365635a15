"""An answer is a stream: sources, words with checked citations, and always an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.support.passage_index import library_of

from twolane.answers import (
    AnswerEvent,
    CitationEvent,
    ContradictionEvent,
    DoneEvent,
    ErrorEvent,
    RefusalCause,
    RefusalEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
    UnreadCause,
    UnreadFiles,
    WaitingEvent,
)
from twolane.chat.answer import Answerer
from twolane.chat.line import WaitingLine
from twolane.chat.retrieve import Found, Retriever
from twolane.config.lane_settings import ChatSettings
from twolane.documents import EVERYTHING, Filter, FoundPassage
from twolane.errors import ModelThoughtError, ModelUnreachableError
from twolane.llm.base import ChatOptions, Delta, Finished, Message, Prompt, Stream
from twolane.llm.runtimes.scripted import ScriptedLLM

_TEXTS = {
    "lease_berlin.txt": "The rent of the flat in Berlin is 850 euros a month. Ms. Miller signed the lease.",
    "lease_hamburg.txt": "The rent of the flat in Hamburg is 990 euros a month. Mr. Schmidt signed it.",
    "recipe.txt": "Stir the flour into the milk and bake the cake for an hour.",
}
_WATER = ((2025, "2.31"), (2023, "1.98"))
_RENT = "How much is the rent of the flat in Berlin?"


class _Model(ScriptedLLM):
    """The scripted model, which keeps what it was asked and tells when its stream was closed."""

    def __init__(self, settings: ChatSettings, say: str, before: Callable[[str], None] | None = None) -> None:
        super().__init__(settings, lambda prompt: say, before=before)
        self.prompts: list[str] = []
        self.asked: list[Prompt] = []
        self.closed = 0

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        self.asked.append(prompt)
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


def _refusal(events: list[AnswerEvent]) -> RefusalEvent:
    (refusal,) = [event for event in events if isinstance(event, RefusalEvent)]
    return refusal


def test_sources_come_first_then_words_and_citations_and_the_end(retriever: Retriever) -> None:
    # given
    answerer = Answerer(retriever, _Model(_settings(), "The rent is 850 euros a month."), _settings())

    # when
    events = list(answerer.ask(_RENT))

    # then
    first = events[0]
    assert isinstance(first, SourcesEvent)
    assert first.sources[0].passage.path.name == "lease_berlin.txt"
    assert [event.number for event in events if isinstance(event, CitationEvent)] == [1]
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
    assert isinstance(events[0], SourcesEvent)
    assert _refusal(events).cause is RefusalCause.NOTHING_FOUND
    assert _done(events).refused
    assert model.prompts == []


def test_files_that_state_another_value_are_named_after_the_words(tmp_path: Path) -> None:
    # given
    texts = {
        f"tariff {year}.txt": f"The price for a cubic metre of water is {value} euros."
        for year, value in _WATER
    }
    question = "What is the price for a cubic metre of water?"

    # when
    with library_of(tmp_path, texts) as store:
        model = _Model(_settings(), "It is 2.31 euros [1].")
        events = list(Answerer(Retriever(store, None), model, _settings()).ask(question))

    # then
    [differ] = [event for event in events if isinstance(event, ContradictionEvent)]
    assert {stated.value for stated in differ.values} == {"2.31 euros", "1.98 euros"}
    assert isinstance(events[-1], DoneEvent)
    assert not any(isinstance(event, TextEvent) for event in events[events.index(differ) :])


def test_what_comes_nearest_is_shown_with_a_refusal() -> None:
    # given
    near = FoundPassage(7, "a", Path("near.txt"), "near", 1, "The rent of a garage.", score=0.1)

    class Searcher:
        def search(self, query: str, limit: int, within: Filter) -> Found:
            return Found((near,), nearness=0.0, coverage=0.0)

    unread = (UnreadFiles(UnreadCause.SCAN, 3),)
    answerer = Answerer(Searcher(), _Model(_settings(), "850."), _settings(), lambda _: unread)

    # when
    events = list(answerer.ask(_RENT))

    # then
    assert events[0] == SourcesEvent((Source(1, near),))
    assert _refusal(events).unread == unread


@pytest.mark.parametrize("question", ["", "  ", "?", "?!…", "\N{GRINNING FACE}"])
def test_a_question_that_holds_nothing_is_asked_back_without_a_model(
    retriever: Retriever, question: str
) -> None:
    # given
    model = _Model(_settings(), "850.")

    # when
    unread = (UnreadFiles(UnreadCause.SCAN, 3),)
    events = list(Answerer(retriever, model, _settings(), lambda _: unread).ask(question))

    # then
    assert _refusal(events).cause is RefusalCause.UNCLEAR
    assert not _refusal(events).unread  # nothing was looked for
    assert _done(events).text == _refusal(events).reason
    assert model.prompts == []


@pytest.mark.parametrize("say", ["NOT IN THE FILES", "Not in the files.", '"**NOT IN THE FILES**" I looked.'])
def test_the_models_refusal_is_an_event_and_none_of_its_words_is_streamed(
    retriever: Retriever, say: str
) -> None:
    # given
    model = _Model(_settings(), say)

    # when
    events = list(Answerer(retriever, model, _settings()).ask(_RENT))

    # then
    assert _refusal(events).cause is RefusalCause.NOT_ANSWERED
    assert not [event for event in events if isinstance(event, TextEvent)]
    assert _done(events).refused
    assert model.closed == 1


@pytest.mark.parametrize(
    "say",
    [
        "Apples ripen slowly in autumn.",
        "Das steht leider nirgends.",
        "\N{CYRILLIC CAPITAL LETTER EN}\N{CYRILLIC SMALL LETTER IE}\N{CYRILLIC SMALL LETTER TE}.",
    ],
)
def test_what_no_source_states_is_shown_and_said_to_be_unproven(retriever: Retriever, say: str) -> None:
    # when
    events = list(Answerer(retriever, _Model(_settings(), say), _settings()).ask(_RENT))

    # then
    assert _refusal(events).cause is RefusalCause.UNPROVEN
    assert _done(events).text == say
    assert _done(events).refused


def test_a_refusal_behind_a_proven_answer_takes_nothing_back(retriever: Retriever) -> None:
    # given
    say = "The rent is 850 euros a month.\n\nNOT IN THE FILES"

    # when
    events = list(Answerer(retriever, _Model(_settings(), say), _settings()).ask(_RENT))

    # then
    assert _done(events).text == "The rent is 850 euros a month [1]."
    assert not _done(events).refused


def test_no_words_at_all_are_an_error_and_say_nothing_of_the_files(retriever: Retriever) -> None:
    # when
    events = list(Answerer(retriever, _Model(_settings(), ""), _settings()).ask(_RENT))

    # then
    errors = [event for event in events if isinstance(event, ErrorEvent)]
    assert len(errors) == 1
    assert errors[0].remedy
    assert not _done(events).refused


def test_an_answer_lost_to_thinking_is_an_error_and_no_refusal(retriever: Retriever) -> None:
    # given
    def think(step: str) -> None:
        if step == "token":
            raise ModelThoughtError("m thought until its 50 tokens were spent", "raise chat.answer_tokens")

    # when
    events = list(Answerer(retriever, _Model(_settings(), "850.", think), _settings()).ask(_RENT))

    # then
    assert ErrorEvent("m thought until its 50 tokens were spent", "raise chat.answer_tokens") in events
    assert not _done(events).refused


def test_what_turns_out_to_be_a_thought_is_taken_back(retriever: Retriever) -> None:
    # given
    class Model(ScriptedLLM):
        def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
            yield Delta("In Berlin the rent is 850 euros. ")
            yield Delta("Well.")
            yield Delta("", restarts=True)
            yield Delta("The rent is 850 euros a month.")
            yield Finished("stop")

    # when
    events = list(Answerer(retriever, Model(_settings()), _settings()).ask(_RENT))

    # then
    again = max(index for index, event in enumerate(events) if isinstance(event, SourcesEvent))
    text = "".join(event.text for event in events[again:] if isinstance(event, TextEvent))
    assert events[again] == events[0]
    assert text == _done(events).text == "The rent is 850 euros a month [1]."


def test_an_answer_without_room_for_its_end_says_so(retriever: Retriever) -> None:
    # given
    say = "The rent of the flat in Berlin is 850 euros a month. " * 20

    # when
    events = list(Answerer(retriever, _Model(_settings(), say), _settings()).ask(_RENT))

    # then
    assert _done(events).cut


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


def test_a_model_that_thinks_is_warmed_like_any_other(retriever: Retriever) -> None:
    # given
    def think(step: str) -> None:
        if step == "token":
            raise ModelThoughtError("m thought until its 1 tokens were spent", "allow it more")

    # then
    Answerer(retriever, _Model(_settings(), "25?", think), _settings()).warm()


def test_a_follow_up_is_searched_and_asked_with_the_turn_before(retriever: Retriever) -> None:
    # given
    model = _Model(_settings(), "Ms. Miller signed it.")
    history = (Turn(_RENT, "The rent is 850 euros a month [1]."),)

    # when
    events = list(Answerer(retriever, model, _settings()).ask("And who signed it?", history))

    # then
    assert _RENT in model.prompts[0]
    assert _done(events).text == "Ms. Miller signed it [1]."


def test_a_follow_up_goes_on_from_the_prompt_of_its_turn_and_adds_only_what_is_new(
    retriever: Retriever,
) -> None:
    # given
    model = _Model(_settings(), "The rent is 850 euros.")
    answerer = Answerer(retriever, model, _settings())
    first = _done(list(answerer.ask(_RENT)))
    history = (Turn(_RENT, first.text),)

    # when
    events = list(answerer.ask("And in Hamburg?", history))

    # then: the former prompt and its answer stand before, word for word
    assert model.asked[1][: len(model.asked[0])] == model.asked[0]
    assert model.asked[1][len(model.asked[0])] == Message("assistant", "The rent is 850 euros.")
    # and no passage stands there twice
    (sources,) = (event.sources for event in events if isinstance(event, SourcesEvent))
    assert [source.number for source in sources] == list(range(1, len(sources) + 1))
    assert len({source.passage.passage_id for source in sources}) == len(sources)
    assert _done(events).cited


def test_a_follow_up_goes_on_from_no_prompt_whose_sources_are_no_more(retriever: Retriever) -> None:
    # given
    gone: list[Path] = []

    def still_found(passages: Sequence[FoundPassage], _: Filter) -> bool:
        return not any(passage.path in gone for passage in passages)

    model = _Model(_settings(), "The rent is 850 euros.")
    answerer = Answerer(retriever, model, _settings(), still_found=still_found)
    first = list(answerer.ask(_RENT))
    sources = next(event.sources for event in first if isinstance(event, SourcesEvent))

    # when
    gone.append(sources[0].passage.path)
    list(answerer.ask("And in Hamburg?", (Turn(_RENT, _done(first).text),)))

    # then
    assert len(model.asked[1]) == len(model.asked[0])


def test_a_follow_up_that_has_no_room_behind_the_former_prompt_is_asked_anew(retriever: Retriever) -> None:
    # given
    settings = _settings(context_tokens=700)
    model = _Model(settings, "The rent is 850 euros.")
    answerer = Answerer(retriever, model, settings)
    first = _done(list(answerer.ask(_RENT)))

    # when
    events = list(answerer.ask("And in Hamburg?", (Turn(_RENT, first.text),)))

    # then
    assert len(model.asked[1]) == len(model.asked[0])
    assert _done(events).cited


def test_a_question_counts_from_its_first_event_to_its_last(retriever: Retriever) -> None:
    # given
    counted: list[str] = []

    @contextmanager
    def counting() -> Iterator[None]:
        counted.append("asked")
        yield
        counted.append("over")

    answerer = Answerer(retriever, _Model(_settings(), "850 [1]."), _settings(), counted=counting)
    answer = answerer.ask(_RENT)

    # when
    before = list(counted)
    next(answer)
    during = list(counted)
    list(answer)

    # then
    assert (before, during, counted) == ([], ["asked"], ["asked", "over"])


def test_others_are_answered_first_and_their_sources_are_shown_before_that(retriever: Retriever) -> None:
    # given: one has the model
    line = WaitingLine(1)
    answerer = Answerer(retriever, _Model(_settings(), "850 [1]."), _settings(), line=line)
    with line.joined() as other:
        assert list(other.wait()) == []
        answer = answerer.ask(_RENT)

        # when
        first, second = next(answer), next(answer)
        other.leave()
        third, *rest = answer

    # then
    assert isinstance(first, SourcesEvent)
    assert [event.place for event in (second, third) if isinstance(event, WaitingEvent)] == [1, 0]
    assert not _done(rest).refused
    assert line.waiting == 0
