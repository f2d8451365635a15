"""Conversations: what an answer leaves in the library, however it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest
from tests.support.library import Clock

from twolane.answers import (
    AnswerEvent,
    CitationEvent,
    ConversationEvent,
    DoneEvent,
    ErrorEvent,
    KeptTurn,
    QuestionEvent,
    RefusalEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
    TurnState,
    WaitingEvent,
)
from twolane.chat.conversations import Ask, Conversations
from twolane.chat.keeping import Keeping
from twolane.documents import FoundPassage
from twolane.errors import ConflictError, ModelBusyError, NotFoundError, StoreBusyError
from twolane.llm.turns.presence import LockedPresence
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite

SOURCE = Source(1, FoundPassage(1, "d", Path("/d/lease.pdf"), "", 3, "the rent is 950 euros"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        yield opened


@pytest.fixture
def here(store: Store, tmp_path: Path) -> Iterator[Conversations]:
    with closing(Conversations(store, LockedPresence(tmp_path / "run"))) as conversations:
        yield conversations


def says(*events: AnswerEvent | Exception, heard: list[Turn] | None = None) -> Ask:
    def ask(history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        if heard is not None:
            heard.extend(history)
        for event in events:
            if isinstance(event, Exception):
                raise event
            yield event

    return ask


def yes(text: str = "950 euros [1].") -> Ask:
    return says(
        SourcesEvent((SOURCE,)), TextEvent(text), CitationEvent(1), DoneEvent(text, (1,), seconds=2.0)
    )


def turns(conversations: Conversations, named: str) -> list[tuple[int, str, TurnState, str]]:
    return [(one.number, one.question, one.state, one.text) for one in conversations.get(named).turns]


def test_an_answer_is_kept_and_its_events_pass_on(here: Conversations) -> None:
    # given
    named = here.start().conversation_id

    # when
    events = list(here.answer(named, "What is the rent?", yes()))
    asked = list(here.answer(named, "why?", says(QuestionEvent("why the rent?"), DoneEvent("so"))))

    # then
    assert events[0] == ConversationEvent(named, 1)
    assert [type(event) for event in events[1:]] == [SourcesEvent, TextEvent, CitationEvent, DoneEvent]
    assert asked[0] == ConversationEvent(named, 2)
    first, second = here.get(named).turns
    assert (first.text, first.sources, first.seconds) == ("950 euros [1].", (SOURCE,), 2.0)
    assert second.full_question == "why the rent?"
    assert here.get(named).title == "What is the rent?"


def test_a_question_is_asked_with_what_was_answered_before(here: Conversations) -> None:
    # given
    named = here.start().conversation_id
    list(here.answer(named, "one", yes("1")))
    list(here.answer(named, "two", yes("2")))
    heard: list[Turn] = []
    heard_again: list[Turn] = []

    # when
    list(here.answer(named, "three", says(DoneEvent("3"), heard=heard)))
    list(here.answer(named, "two, edited", says(DoneEvent("4"), heard=heard_again), replaces=2))

    # then
    assert heard == [Turn("one", "1"), Turn("two", "2")]
    assert heard_again == [Turn("one", "1")]
    assert [(number, question) for number, question, *_ in turns(here, named)] == [
        (1, "one"),
        (2, "two, edited"),
    ]


def test_a_stopped_answer_is_kept_as_far_as_it_came(here: Conversations) -> None:
    # given
    named = here.start().conversation_id
    answer = here.answer(named, "rent?", says(SourcesEvent((SOURCE,)), TextEvent("It is "), TextEvent("950")))
    while not isinstance(next(answer), TextEvent):
        pass

    # when
    answer.close()

    # then
    assert turns(here, named) == [(1, "rent?", TurnState.STOPPED, "It is ")]


@pytest.mark.parametrize(
    "ask",
    [
        says(SourcesEvent((SOURCE,)), ErrorEvent("the model is gone", "start it"), DoneEvent("")),
        says(SourcesEvent((SOURCE,)), ModelBusyError("the model is gone", "start it")),
    ],
    ids=["told", "raised"],
)
def test_an_error_replaces_nothing_and_is_kept(here: Conversations, ask: Ask) -> None:
    # given
    named = here.start().conversation_id
    list(here.answer(named, "one", yes("1")))

    # when
    for question, replaces in (("one", 1), ("two", 0)):
        with suppress(ModelBusyError):
            list(here.answer(named, question, ask, replaces=replaces))

    # then
    first, second = here.get(named).turns
    assert (first.question, first.state) == ("one", TurnState.DONE)
    assert (second.question, second.state) == ("two", TurnState.ERROR)
    assert second.error == ErrorEvent("the model is gone", "start it")


def test_a_refusal_is_an_answer(here: Conversations) -> None:
    # given
    named = here.start().conversation_id
    list(here.answer(named, "one", yes("1")))
    heard: list[Turn] = []

    # when
    list(
        here.answer(
            named,
            "one",
            says(SourcesEvent(()), RefusalEvent("no"), DoneEvent("no", refused=True)),
            replaces=1,
        )
    )
    list(here.answer(named, "two", says(DoneEvent("2"), heard=heard)))

    # then
    first, _ = here.get(named).turns
    assert (first.number, first.text, first.refusal) == (1, "no", RefusalEvent("no"))
    assert heard == []


def test_an_answer_that_begins_anew_is_kept_from_there(here: Conversations) -> None:
    # given
    named = here.start().conversation_id

    # when
    again = says(
        SourcesEvent((SOURCE,)), TextEvent("thoughts"), SourcesEvent(()), TextEvent("950"), DoneEvent("")
    )
    list(here.answer(named, "rent?", again))

    # then
    [turn] = here.get(named).turns
    assert (turn.text, turn.sources) == ("950", ())


class Seen:
    """A process that others see, until a test says that it is gone."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.killed: set[str] = set()

    def show(self) -> None:
        """Nothing need be shown: all are here."""

    def gone(self) -> list[str]:
        return sorted(self.killed)

    def is_gone(self, name: str) -> bool:
        return name in self.killed

    def close(self) -> None:
        """Nobody looks any more."""


@pytest.mark.parametrize("by_a_question", [False, True])
def test_what_a_process_that_is_gone_answered_is_stopped_at_the_next_look(
    store: Store, by_a_question: bool
) -> None:
    # given: another process in the midst of two answers
    we, they = Seen("we"), Seen("they")
    here, other = Conversations(store, we), Conversations(store, they)
    ids = [other.start().conversation_id for _ in range(2)]
    answers = [other.answer(one, "rent?", says(SourcesEvent((SOURCE,)), TextEvent("950"))) for one in ids]
    for answer in answers:
        while not isinstance(next(answer), TextEvent):
            pass
    while_it_answers = turns(here, ids[0])

    # when
    we.killed.add("they")
    if by_a_question:
        list(here.answer(here.start().conversation_id, "and now?", yes()))
        we.killed.clear()  # each is named once
    found = [turns(here, one) for one in ids]

    # then
    assert while_it_answers == [(1, "rent?", TurnState.ANSWERING, "")]
    assert found == [[(1, "rent?", TurnState.STOPPED, "")]] * 2
    assert here.get(ids[0]).turns[0].sources == (SOURCE,)


def test_a_process_on_another_machine_is_gone_when_it_has_been_silent_for_long(tmp_path: Path) -> None:
    # given: neither process can see the other
    clock = Clock()
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3, clock=clock)) as store:
        here, other = Conversations(store, Seen("we")), Conversations(store, Seen("they"))
        named = other.start().conversation_id
        answer = other.answer(named, "rent?", says(SourcesEvent((SOURCE,))))
        next(answer)

        # when
        clock.advance(890)
        waiting = turns(here, named)
        clock.advance(20)
        found = turns(here, named)

        # then
        assert waiting == [(1, "rent?", TurnState.ANSWERING, "")]
        assert found == [(1, "rent?", TurnState.STOPPED, "")]
        answer.close()


def test_a_process_that_ends_stops_its_answers(here: Conversations, store: Store, tmp_path: Path) -> None:
    # given
    other = Conversations(store, LockedPresence(tmp_path / "run"))
    named = other.start().conversation_id
    answer = other.answer(named, "rent?", says(SourcesEvent((SOURCE,))))
    next(answer)

    # when
    other.close()
    other.close()

    # then
    assert turns(here, named) == [(1, "rent?", TurnState.STOPPED, "")]
    assert not list((tmp_path / "run").glob("*"))


def test_the_names_of_processes_lead_nowhere_else(tmp_path: Path) -> None:
    # given
    (tmp_path / "present-away").touch()
    presence = LockedPresence(tmp_path / "run")

    # then
    for name in ("present-", "present-unknown", "../present-away", "", ".."):
        assert not presence.is_gone(name)


class Rows:
    """Rows that count what is saved; the first `busy` times the store cannot be written."""

    def __init__(self, busy: int = 0) -> None:
        self.saved: list[KeptTurn] = []
        self.busy = busy

    def save(self, turn_id: str, turn: KeptTurn) -> None:
        if self.busy:
            self.busy -= 1
            raise StoreBusyError("locked")
        self.saved.append(turn)


def keep(keeping: Keeping, *events: AnswerEvent) -> None:
    for event in events:
        keeping.take(event)
        keeping.keep(event)


def test_text_is_kept_each_second_and_at_its_end() -> None:
    # given
    now = 0.0
    rows = Rows()
    keeping = Keeping(rows, "t", KeptTurn(1, "rent?"), clock=lambda: now)  # type: ignore[arg-type]

    # when: four words a second for some seconds
    keep(keeping, SourcesEvent((SOURCE,)))
    for word in range(15):
        now += 0.25
        keep(keeping, TextEvent(f"{word} "))
    keep(keeping, DoneEvent("all of it"))
    keeping.end()

    # then
    assert len(rows.saved) <= 5
    assert rows.saved[1].text == "0 1 2 3 "
    assert (rows.saved[-1].text, rows.saved[-1].state) == ("all of it", TurnState.DONE)


def test_waiting_in_line_writes_hardly_anything() -> None:
    # given
    now = 0.0
    rows = Rows()
    keeping = Keeping(rows, "t", KeptTurn(1, "rent?"), clock=lambda: now)  # type: ignore[arg-type]

    # when
    for second in range(120):
        now = float(second)
        keep(keeping, WaitingEvent(3, now))

    # then
    assert len(rows.saved) == 1


def test_a_busy_store_holds_up_no_answer_and_has_it_in_the_end() -> None:
    # given
    rows = Rows(busy=1)
    keeping = Keeping(rows, "t", KeptTurn(1, "rent?"))  # type: ignore[arg-type]

    # when
    keep(keeping, SourcesEvent((SOURCE,)), SourcesEvent(()), TextEvent("950"), DoneEvent("950"))

    # then
    assert [turn.text for turn in rows.saved] == ["950"]


def test_conversations_are_found_by_how_their_ids_begin(here: Conversations, store: Store) -> None:
    # given
    for name in ("abc1", "abc2", "ab"):
        store.conversations.start(name, "")

    # then
    assert here.find("abc1").conversation_id == "abc1"
    assert here.find("ab").conversation_id == "ab"
    with pytest.raises(ConflictError, match="several"):
        here.find("abc")
    for unknown in ("x", "", "%"):
        with pytest.raises(NotFoundError):
            here.find(unknown)


def test_a_title_says_something(here: Conversations) -> None:
    # given
    named = here.start(" From the start ").conversation_id

    # then
    assert here.get(named).title == "From the start"
    with pytest.raises(ConflictError):
        here.rename(named, " \n")
