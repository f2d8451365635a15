"""Where no model answers, the places that fit a question best are quoted, each where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.passage_index import library_of

from twolane.answers import (
    AnswerEvent,
    CitationEvent,
    CitationStatus,
    ContradictionEvent,
    DoneEvent,
    ErrorEvent,
    ExtractsCause,
    ExtractsEvent,
    RefusalEvent,
    Source,
    SourcesEvent,
    TextEvent,
    UnreadCause,
    UnreadFiles,
)
from twolane.chat.answer import Answerer
from twolane.chat.extracts import extracts
from twolane.chat.gather import gather
from twolane.chat.retrieve import Retriever
from twolane.config.lane_settings import ChatSettings
from twolane.documents import FoundPassage
from twolane.errors import ModelUnreachableError
from twolane.llm.base import Model
from twolane.llm.runtimes.scripted import ScriptedLLM

_SETTINGS = ChatSettings(model="m", runtime="scripted")
_TEXTS = {
    "lease.txt": "The flat is let furnished. The rent is 850 euros a month. Pets are not allowed.",
    "boiler.txt": "Fill up to 1.5 bar. Below 0.8 bar the boiler stops and shows F22. Call a fitter then.",
}
_RENT = "How much is the rent of the flat?"


@pytest.fixture
def retriever(tmp_path: Path) -> Iterator[Retriever]:
    with library_of(tmp_path, _TEXTS) as store:
        yield Retriever(store, None)


def _source(text: str, start: int = 0) -> Source:
    return Source(1, FoundPassage(1, "d", Path("a.txt"), "", 3, text, start=start))


def _model(say: str, before: Callable[[str], None] = lambda _: None) -> Model:
    return ScriptedLLM(_SETTINGS, lambda prompt: say, before=before)


def _fail(step: str) -> None:
    if step == "chat":
        raise ModelUnreachableError("nothing answers", "start it")


def _asked(
    retriever: Retriever, model: Model | None, missing: ExtractsCause | None = None
) -> list[AnswerEvent]:
    return list(Answerer(retriever, model, _SETTINGS, missing=lambda: missing).ask(_RENT))


@pytest.mark.parametrize(
    ("question", "text", "quoted"),
    [
        (
            "Which code means low water pressure?",
            "F01 No flame\nF22 Water pressure too low\n",
            "F22 Water pr",
        ),
        (
            "Wie hoch ist die Miete?",
            "Haustiere sind erlaubt. Die monatliche Miete beträgt 850 Euro.",
            "Miete",
        ),
        ("Quel est le loyer mensuel ?", "Les animaux sont admis. Le loyer mensuel est de 850 euros.", "850"),
        ("¿Cuánto es la fianza?", "El piso está amueblado. La fianza es de 1.700 euros.", "1.700"),
        ("Ile wynosi kaucja?", "Mieszkanie jest umeblowane. Kaucja wynosi 1700 euro.", "1700"),
        ("Какой залог?", "Квартира меблирована. Залог составляет 1700 евро.", "1700"),
        ("押金是多少？", "房屋带家具。押金为三千元。不许养宠物。", "押金为三千元"),
        ("كم مبلغ الإيجار؟", "الشقة مفروشة. الإيجار 850 يورو شهريا.", "850"),
    ],
)
def test_the_sentence_that_speaks_of_it_is_quoted_in_any_language(
    question: str, text: str, quoted: str
) -> None:
    # given what fills the passage, so that not all of it is quoted
    filler = "\n".join(f"{number} {number}" for number in range(200))

    # when
    (one,) = extracts(question, [_source(f"{filler}\n{text}{filler}", start=40)])

    # then
    assert quoted in one.quote
    assert len(one.quote) < 300
    where = filler.index("0 0") + len(filler) + 1 + 40
    assert one.span.page == 3
    assert one.span.start < where + len(text)
    assert one.span.end > where


def test_a_sentence_without_end_is_cut_between_words_around_what_it_says() -> None:
    # given
    text = f"{'word ' * 200}the deposit is 25 euros {'more ' * 200}"

    # when
    (one,) = extracts("How much is the deposit?", [_source(text)])

    # then
    assert one.quote.startswith("deposit is 25 euros more")
    assert one.quote.endswith("more")


def test_footnotes_of_a_document_are_no_citations() -> None:
    # when
    (one,) = extracts("What is the rent?", [_source("# Rent\nThe rent [2] is 850 euros.")])

    # then
    assert one.quote == "Rent The rent (2) is 850 euros."


def test_without_a_model_what_fits_is_quoted_and_cited_where_it_stands(retriever: Retriever) -> None:
    # when
    events = _asked(retriever, None)

    # then
    assert [type(event) for event in events[:3]] == [SourcesEvent, ExtractsEvent, TextEvent]
    citation = next(event for event in events if isinstance(event, CitationEvent))
    assert (citation.number, citation.status) == (1, CitationStatus.VERIFIED)
    done = events[-1]
    assert isinstance(done, DoneEvent)
    assert (done.extracts, done.cited, done.refused) == (ExtractsCause.NO_MODEL, (1,), False)
    assert done.text.startswith("No model answered.")
    assert (
        "“The flat is let furnished. The rent is 850 euros a month. Pets are not allowed.” [1]" in done.text
    )
    assert done.text == "".join(event.text for event in events if isinstance(event, TextEvent))


def test_what_the_files_do_not_speak_of_is_refused_without_a_model_too(retriever: Retriever) -> None:
    # when
    events = list(Answerer(retriever, None, _SETTINGS).ask("Quelle heure vola-t-il?"))

    # then
    assert any(isinstance(event, RefusalEvent) for event in events)
    assert not any(isinstance(event, ExtractsEvent) for event in events)


def test_where_the_model_fails_the_quotes_stand_beside_the_error(retriever: Retriever) -> None:
    # when
    answer = gather(_asked(retriever, _model("", _fail)))

    # then
    assert (answer.error, answer.remedy) == ("nothing answers", "start it")
    assert answer.extracts is ExtractsCause.NOT_ANSWERING
    assert "850 euros" in answer.text


def test_until_a_model_is_loaded_quotes_stand_and_its_answer_takes_them_back(retriever: Retriever) -> None:
    # when
    events = _asked(retriever, _model("The rent is 850 euros a month."), ExtractsCause.LOADING)

    # then
    assert ExtractsEvent(ExtractsCause.LOADING) in events
    again = max(index for index, event in enumerate(events) if isinstance(event, SourcesEvent))
    assert events[again] == events[0]
    text = "".join(event.text for event in events[again:] if isinstance(event, TextEvent))
    done = events[-1]
    assert isinstance(done, DoneEvent)
    assert (done.text, done.extracts) == ("The rent is 850 euros a month [1].", None)
    assert text == done.text


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        (ExtractsCause.LOADING, [ExtractsCause.LOADING, ExtractsCause.NOT_ANSWERING]),
        (ExtractsCause.NOT_ANSWERING, [ExtractsCause.NOT_ANSWERING]),
    ],
)
def test_a_model_that_never_answers_is_said_to_once(
    retriever: Retriever, missing: ExtractsCause, told: list[ExtractsCause]
) -> None:
    # when
    events = _asked(retriever, _model("", _fail), missing)

    # then
    assert [event.cause for event in events if isinstance(event, ExtractsEvent)] == told
    assert [type(event) for event in events[-2:]] == [ErrorEvent, DoneEvent]


def test_an_answer_that_broke_off_stays_as_it_is(retriever: Retriever) -> None:
    # given
    said: list[str] = []

    def break_off(step: str) -> None:
        said.append(step)
        if said.count("token") == 5:
            raise ModelUnreachableError("it broke off", "ask again")

    # when
    answer = gather(_asked(retriever, _model("The rent. It is 850 euros a month.", break_off)))

    # then
    assert (answer.error, answer.extracts) == ("it broke off", None)
    assert answer.text.startswith("The rent")


def test_an_answer_says_how_many_files_wait_to_be_read(retriever: Retriever) -> None:
    # given
    unread = (UnreadFiles(UnreadCause.SCAN, 2), UnreadFiles(UnreadCause.WAITING, 10_000))
    answerer = Answerer(retriever, _model("The rent is 850 euros a month."), _SETTINGS, lambda _: unread)

    # when
    *events, done = answerer.ask(_RENT)

    # then
    assert not any(isinstance(event, RefusalEvent | ContradictionEvent) for event in events)
    assert isinstance(done, DoneEvent)
    assert done.waiting_files == 10_000


def test_nothing_is_asked_of_a_model_before_what_stands_for_its_answer_was_said(retriever: Retriever) -> None:
    # given a model that is loaded where its tokens are counted
    class Model(ScriptedLLM):
        counted = 0

        def count_tokens(self, text: str) -> int:
            self.counted += 1
            return super().count_tokens(text)

    model = Model(_SETTINGS, lambda prompt: "The rent is 850 euros a month.")
    events = Answerer(retriever, model, _SETTINGS, missing=lambda: ExtractsCause.LOADING).ask(_RENT)

    # when
    first, second = next(events), next(events)

    # then
    assert (type(first), type(second), model.counted) == (SourcesEvent, ExtractsEvent, 0)
    events.close()
