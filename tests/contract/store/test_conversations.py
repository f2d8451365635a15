"""Conversations: kept turn by turn, found in any script, replaced without loss, deleted for good."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from tests.support.library import Clock

from twolane.answers import (
    AskedFilter,
    CatalogueEvent,
    CatalogueRow,
    CitationEvent,
    CitationStatus,
    ContradictionEvent,
    ErrorEvent,
    ExtractsCause,
    KeptTurn,
    RefusalCause,
    RefusalEvent,
    Source,
    StatedValue,
    Turn,
    TurnState,
    UnreadCause,
    UnreadFiles,
)
from twolane.documents import FoundPassage
from twolane.errors import NotFoundError
from twolane.facts import TextSpan
from twolane.store.base import Store
from twolane.store.conversed import NewTurn

PASSAGE = FoundPassage(
    3, "hash", Path("/d/caf\udce9 \u5408\u540c.pdf"), "T", 2, "text", dated_at=date(2025, 3, 1)
)
WHOLE = KeptTurn(
    1,
    "and the rent?",
    TurnState.DONE,
    "950 euros [1].",
    full_question="what does the rent cost?",
    filters=(AskedFilter("folder", "/d/\udce9", "folder d", "in d"),),
    sources=(Source(1, PASSAGE),),
    citations=(CitationEvent(1, CitationStatus.WEAK, (TextSpan(2, 0, 4),)),),
    contradictions=(ContradictionEvent((StatedValue("900", PASSAGE, date(2024, 1, 2)),)),),
    catalogue=CatalogueEvent(
        "sum",
        (CatalogueRow(7, Path("/d/a.pdf"), "A", "invoice", None, "Ada", "3.00 EUR", "hash", 2),),
        1,
        ("3.00 EUR",),
        (UnreadFiles(UnreadCause.WAITING, 4),),
        2,
        1,
    ),
    refusal=RefusalEvent("no", RefusalCause.UNPROVEN, (UnreadFiles(UnreadCause.SCAN, 1),)),
    error=ErrorEvent("it broke", "mend it"),
    extracts=ExtractsCause.LOADING,
    cut=True,
    waiting_files=3,
    first_token_s=0.5,
    seconds=2.5,
)


def begin(store: Store, question: str, *, turn_id: str = "", replaces: int = 0, holder: str = "us") -> int:
    new = NewTurn(turn_id or question, "c", question, holder, replaces)
    return store.conversations.begin(new, "ada")


def answered(store: Store, question: str, text: str = "yes", *, replaces: int = 0) -> int:
    begin(store, question, replaces=replaces)
    number = store.conversations.take_place(question)
    store.conversations.save(question, KeptTurn(number, question, TurnState.DONE, text))
    return number


def shown(store: Store) -> list[tuple[int, str, str]]:
    turns = store.conversations.get("c", "ada").turns
    return [(turn.number, turn.question, turn.state.value) for turn in turns]


@pytest.fixture
def begun(store: Store) -> Store:
    store.conversations.start("c", "ada")
    return store


def test_a_turn_is_kept_whole(begun: Store, clock: Clock) -> None:
    # given
    number = begin(begun, "and the rent?")

    # when
    begun.conversations.save("and the rent?", WHOLE)

    # then
    [turn] = begun.conversations.get("c", "ada").turns
    assert number == 1
    assert turn.filters[0].value == "/d/?"  # what is no text cannot be asked for
    kept = {"asked_at": clock.now, "filters": turn.filters}
    assert turn == KeptTurn(**{name: getattr(WHOLE, name) for name in WHOLE.__slots__} | kept)


def test_the_first_question_is_the_title_until_a_person_names_it(begun: Store) -> None:
    # given
    long = (
        "Which of the four insurances that we took out last year pays for a bicycle that was stolen abroad?"
    )

    # when
    begin(begun, long)
    begin(begun, "And the other ones?")
    by_question = begun.conversations.get("c", "ada").title
    begun.conversations.rename("c", "ada", "  The\nbicycle ")
    answered(begun, "Another question", replaces=1)

    # then
    assert by_question == "Which of the four insurances that we took out last year pays for a bicycle that…"
    assert len(by_question) <= 80
    assert begun.conversations.get("c", "ada").title == "The bicycle"


def test_an_edited_first_question_is_the_title(begun: Store) -> None:
    # given
    answered(begun, "What is a leese?")

    # when
    answered(begun, "What is a lease?", replaces=1)

    # then
    assert begun.conversations.get("c", "ada").title == "What is a lease?"
    assert shown(begun) == [(1, "What is a lease?", "done")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 4),
        ("MÜLLER rechnung", 1),
        ("Rechn 571,04", 1),
        ("STRASSE", 1),  # ß is ss where case does not matter
        ("合同", 1),
        ("ДОГОВОР аренды", 1),
        ("العقد", 1),
        ("100 %", 1),
        ("o'clock \\ _", 1),
        ("rechnung договор", 0),
        ("%", 1),
        ("nowhere", 0),
    ],
)
def test_conversations_are_found_by_words_of_any_script(store: Store, query: str, found: int) -> None:
    # given
    texts = (
        ("Was kostet die Rechnung?", "An Mu\u0308ller in der Hauptstraße: 571,04 EUR."),
        ("合同什么时候到期？", "2027年6月30日。"),
        ("Когда истекает договор?", "Договор аренды истекает в 2027 году. متى ينتهي العقد؟"),
        ("At five o'clock \\ or _?", "At 100 % five."),
    )
    for place, (question, text) in enumerate(texts):
        store.conversations.start(str(place), "ada")
        store.conversations.begin(NewTurn(question, str(place), question, "us"), "ada")
        store.conversations.save(question, KeptTurn(1, question, TurnState.DONE, text))

    # when
    listed = store.conversations.find(query.split(), "ada", limit=10)

    # then
    assert (listed.total, len(listed.conversations)) == (found, found)


def test_the_newest_come_first_and_in_pages(store: Store, clock: Clock) -> None:
    # given
    for name in ("a", "b", "c"):
        clock.advance(1)
        store.conversations.start(name, "ada", f"Talk {name}")
    clock.advance(1)
    store.conversations.begin(NewTurn("t", "a", "again?", "us"), "ada")

    # when
    every = store.conversations.find((), "ada", limit=10)
    second = store.conversations.find(("talk",), "ada", limit=1, offset=1)

    # then
    assert [(one.conversation_id, one.turn_count) for one in every.conversations] == [
        ("a", 1),
        ("c", 0),
        ("b", 0),
    ]
    assert ([one.title for one in second.conversations], second.total) == (["Talk c"], 3)


def test_what_was_begun_and_never_used_goes_in_time(store: Store, clock: Clock) -> None:
    # given
    for name, owner, title in (
        ("c", "ada", ""),
        ("named", "ada", "Later"),
        ("empty", "ada", ""),
        ("his", "bob", ""),
    ):
        store.conversations.start(name, owner, title)
    begin(store, "hello?")

    # when
    clock.advance(3000)
    store.conversations.start("young", "ada")
    before = store.conversations.find((), "ada", limit=9).total
    clock.advance(3000)
    store.conversations.start("new", "ada")

    # then
    kept = store.conversations.find((), "ada", limit=9).conversations
    assert before == 4
    assert {one.conversation_id for one in kept} == {"c", "named", "young", "new"}
    assert store.conversations.find((), "bob", limit=9).total == 1


def test_nobody_but_its_owner_sees_or_changes_a_conversation(begun: Store) -> None:
    # given
    rows = begun.conversations
    answered(begun, "secret?")

    # then
    for attempt in (
        lambda: rows.get("c", "bob"),
        lambda: rows.rename("c", "bob", "mine"),
        lambda: rows.delete("c", "bob"),
        lambda: rows.begin(NewTurn("t", "c", "hello?", "us"), "bob"),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert rows.find((), "bob", limit=10).total == rows.find(("secret",), "bob", limit=10).total == 0
    assert rows.ids("c", "bob") == []
    assert shown(begun) == [(1, "secret?", "done")]


def test_a_deleted_conversation_leaves_nothing_and_takes_nothing_more(begun: Store) -> None:
    # given
    begin(begun, "secret?")
    begun.conversations.delete("c", "ada")

    # when: its answer still grows
    begun.conversations.save("secret?", WHOLE)
    place = begun.conversations.take_place("secret?")

    # then
    assert place == 0
    begun.conversations.start("c", "ada")
    assert shown(begun) == []


def test_a_turn_replaces_others_only_once_it_has_begun(begun: Store) -> None:
    # given
    for question in ("one", "two", "three"):
        answered(begun, question)

    # when
    begin(begun, "two again", replaces=2)
    before = shown(begun)
    begin(begun, "asked meanwhile")
    number = begun.conversations.take_place("two again")

    # then: what was asked after it stays
    assert [question for _, question, _ in before] == ["one", "two", "three", "two again"]
    assert number == 2
    assert shown(begun) == [
        (1, "one", "done"),
        (2, "two again", "answering"),
        (5, "asked meanwhile", "answering"),
    ]


@pytest.mark.parametrize("state", [TurnState.STOPPED, TurnState.ERROR])
def test_a_turn_that_never_began_replaces_nothing(begun: Store, state: TurnState) -> None:
    # given
    answered(begun, "one")
    for turn_id, question in (("edited", "one, edited"), ("again", "one")):
        begin(begun, question, turn_id=turn_id, replaces=1)

    # when
    for turn_id in ("edited", "again"):
        begun.conversations.save(turn_id, KeptTurn(1, "", state))

    # then: new words are not lost, and the same ones do not stand there twice
    assert shown(begun) == [(1, "one", "done"), (2, "one, edited", state.value)]


def test_what_a_dead_process_was_answering_is_stopped(begun: Store, clock: Clock) -> None:
    # given
    answered(begun, "one")
    begin(begun, "by the dead", holder="dead")
    begin(begun, "one", turn_id="again", holder="dead", replaces=1)
    begin(begun, "by the living", holder="living")
    clock.advance(5)
    begun.conversations.save("by the living", KeptTurn(4, "by the living", text="so far"))

    # when
    seen = {one.holder: one.silent_s for one in begun.conversations.answering("c")}
    begun.conversations.stop("dead")

    # then
    assert seen == {"dead": 5.0, "living": 0.0}
    assert shown(begun) == [
        (1, "one", "done"),
        (2, "by the dead", "stopped"),
        (4, "by the living", "answering"),
    ]


def test_history_holds_what_was_answered_before_a_turn(begun: Store) -> None:
    # given
    for question in ("one", "two", "three", "four"):
        answered(begun, question, f"{question}!")
    begin(begun, "stopped")
    begun.conversations.save("stopped", KeptTurn(5, "stopped", TurnState.STOPPED, "half"))
    begin(begun, "refused")
    no = KeptTurn(6, "refused", TurnState.DONE, "no", refusal=RefusalEvent("no"))
    begun.conversations.save("refused", no)

    # then
    assert begun.conversations.history("c", 7, 2) == [Turn("three", "three!"), Turn("four", "four!")]
    assert begun.conversations.history("c", 3, 9) == [Turn("one", "one!"), Turn("two", "two!")]


def test_history_tells_which_filters_were_taken_away(begun: Store) -> None:
    # given
    begin(begun, "how many from 2018?")
    done = KeptTurn(1, "how many from 2018?", TurnState.DONE, "3", without=("date:2018", "tag:‘é’"))
    begun.conversations.save("how many from 2018?", done)

    # when
    (turn,) = begun.conversations.history("c", 2, 9)

    # then
    assert turn.without == done.without
    assert begun.conversations.get("c", "ada").turns[0].without == done.without


def test_what_was_quoted_for_want_of_a_model_is_no_answer_to_go_on_from(begun: Store) -> None:
    # given
    begin(begun, "what does it cost?")
    quoted = KeptTurn(
        1, "what does it cost?", TurnState.DONE, "No model answered.", extracts=ExtractsCause.NO_MODEL
    )
    begun.conversations.save("what does it cost?", quoted)

    # then
    assert begun.conversations.history("c", 2, 9) == [Turn("what does it cost?", "")]


def test_a_turn_that_is_not_there_cannot_be_replaced(begun: Store) -> None:
    # given
    answered(begun, "one")

    # then
    with pytest.raises(NotFoundError, match="no turn 2"):
        begin(begun, "two", replaces=2)
    assert len(shown(begun)) == 1


def test_questions_from_many_tabs_at_once_have_each_a_number(begun: Store) -> None:
    # given
    questions = [f"question {number}" for number in range(8)]
    together = threading.Barrier(len(questions))

    def ask(question: str) -> int:
        together.wait()
        return answered(begun, question, question)

    # when
    with ThreadPoolExecutor(len(questions)) as pool:
        numbers = list(pool.map(ask, questions))

    # then
    assert sorted(numbers) == list(range(1, 9))
    turns = begun.conversations.get("c", "ada").turns
    assert {turn.number: turn.question for turn in turns} == dict(zip(numbers, questions, strict=True))
    assert all(turn.text == turn.question for turn in turns)


def test_a_turn_that_many_ask_again_at_once_is_replaced_by_one_of_them(begun: Store) -> None:
    # given
    answered(begun, "one")
    questions = [f"one, edited {number}" for number in range(6)]
    together = threading.Barrier(len(questions))

    def ask(question: str) -> int:
        begin(begun, question, replaces=1)
        together.wait()
        number = begun.conversations.take_place(question)
        begun.conversations.save(question, KeptTurn(1, question, TurnState.DONE, question))
        return number

    # when
    with ThreadPoolExecutor(len(questions)) as pool:
        places = list(pool.map(ask, questions))

    # then: whoever was replaced in turn is told so, or was first
    [turn] = begun.conversations.get("c", "ada").turns
    assert set(places) <= {0, 1}
    assert (turn.number, turn.text) == (1, turn.question)
    assert turn.question in questions
    assert begun.conversations.get("c", "ada").title == turn.question
