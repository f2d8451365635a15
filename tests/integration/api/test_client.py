"""A program that asks a running server instead of opening a library: the same verbs, values and errors."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import cast, get_args

import pytest
from standins.program import Program
from tests.integration.api.clients import LEASE_ENDS, endless, failing, is_closed
from tests.integration.api.served import LEASE, Script, Served, listening, settings_in

from twolane import AsyncLLMService, LLMService, cancel
from twolane.announced import AnnouncedServer, announce, announced
from twolane.answers import AnswerEvent, DoneEvent, ErrorEvent, SourcesEvent, TextEvent, Turn
from twolane.api.routes.ask import EVENTS
from twolane.app import App
from twolane.client.events import event_of, lines_to_events
from twolane.client.found import serving
from twolane.client.server import LibraryServer
from twolane.documents import FileState, Filter
from twolane.errors import NotFoundError, ServerError, SettingsError


@pytest.fixture
def there(served: Served) -> Iterator[LLMService]:
    with LLMService(url=served.url) as service:
        yield service


@pytest.fixture
def silent() -> Iterator[str]:
    """An address where nothing listens, and nothing else can meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def test_a_servers_answer_is_the_one_that_its_own_library_gives(there: LLMService, served: Served) -> None:
    # when
    asked = there.chat(LEASE_ENDS)
    own = list(served.app.ask(LEASE_ENDS))

    # then
    done = next(event for event in own if isinstance(event, DoneEvent))
    sources = next(event for event in own if isinstance(event, SourcesEvent)).sources
    assert (asked.text, asked.cited, asked.citations) == (done.text, done.cited, done.citations)
    assert [one.passage.path for one in asked.sources] == [one.passage.path for one in sources]
    assert asked.sources[0].passage.text == sources[0].passage.text


def test_turns_before_a_question_go_along(there: LLMService, served: Served) -> None:
    # given
    heard: list[Turn] = []

    def tells(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        heard.extend(history)
        yield DoneEvent(question)

    # when
    with served.scripted(tells):
        there.chat("And when?", [Turn(LEASE_ENDS, "On 30 June 2027 [1].")])

    # then
    assert heard == [Turn(LEASE_ENDS, "On 30 June 2027 [1].")]


def test_files_are_added_found_searched_and_corrected(there: LLMService, tmp_path: Path) -> None:
    # given
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "key.txt").write_text("The deposit for the key of the boat house is 25 euros.\n")
    (tmp_path / "more" / ".hidden").write_text("Nothing that was to be added.\n")

    # when
    (added,) = there.add(tmp_path / "more")
    found = there.search("deposit key boat house", limit=1)
    corrected = there.correct(added.file_id, "letter")
    listed = there.files(Filter(categories=("letter",), states=(FileState.FILED,)))

    # then
    assert added.state in {FileState.FILED, FileState.REVIEW}
    assert added.classification
    assert "25 euros" in found[0].text
    assert corrected.classification
    assert corrected.classification.category == "letter"
    assert corrected in listed.files
    assert listed.total == len(listed.files)


def test_both_models_have_their_names_and_a_text_its_category(there: LLMService, served: Served) -> None:
    # then
    assert there.chat_model == served.app.lanes["chat"].model
    assert there.classifier_model == served.app.lanes["filing"].model
    assert there.classify(LEASE).category == served.app.classify_text(LEASE).category


def test_refusals_of_a_server_are_the_errors_of_a_library(there: LLMService, tmp_path: Path) -> None:
    # then
    with pytest.raises(NotFoundError, match="999"):
        there.correct(999, "letter")
    with pytest.raises(NotFoundError, match="no file"):
        there.add(tmp_path / "nowhere")
    with pytest.raises(SettingsError, match="owners"):
        there.files(Filter(owners=("ada",)))
    with pytest.raises(SettingsError, match="facts"):
        there.facts("Invoice no. 17")


def test_an_answer_that_fails_says_why(there: LLMService, served: Served) -> None:
    # when
    with served.scripted(failing(lambda: ErrorEvent("the model is gone", "start it"))):
        answer = there.chat(LEASE_ENDS)

    # then
    assert (answer.error, answer.remedy) == ("the model is gone", "start it")


def test_an_answer_that_nobody_reads_on_frees_the_model(there: LLMService, served: Served) -> None:
    # given
    closed = threading.Event()

    # when
    with served.scripted(endless(closed)):
        events = there.stream(LEASE_ENDS)
        next(events)
        cast("Generator[AnswerEvent]", events).close()

        # then
        assert is_closed(closed)


def test_a_task_that_is_cancelled_frees_the_model(served: Served) -> None:
    # given
    begun, closed = threading.Event(), threading.Event()

    def waits(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield TextEvent("and ")
        begun.set()
        woken = threading.Event()
        try:
            with cancel.current().calling(woken.set):
                woken.wait()
            cancel.current().check()
        finally:
            closed.set()

    async def ask() -> None:
        async with AsyncLLMService(url=served.url) as service:
            asking = asyncio.create_task(service.chat(LEASE_ENDS))
            assert await asyncio.to_thread(is_closed, begun)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking

    # when
    with served.scripted(waits):
        asyncio.run(ask())

        # then
        assert is_closed(closed)


def test_nobody_waits_for_files_that_nobody_awaits_any_more(there: LLMService, tmp_path: Path) -> None:
    # given
    (tmp_path / "note.txt").write_text("The choir sings on Thursdays.\n")
    work = cancel.Cancel()
    work.cancel()

    # when / then
    with cancel.working_for(work), pytest.raises(cancel.Cancelled):
        there.add(tmp_path / "note.txt")


def test_a_task_reads_an_answer_as_it_comes(served: Served) -> None:
    # given
    async def ask() -> list[AnswerEvent]:
        async with AsyncLLMService(url=served.url) as service:
            return [event async for event in service.stream(LEASE_ENDS)]

    # when
    events = asyncio.run(ask())

    # then
    assert isinstance(events[-1], DoneEvent)
    assert "30 June 2027" in events[-1].text


def test_the_twin_for_event_loops_has_every_verb() -> None:
    # when
    verbs = {name for name in vars(LLMService) if not name.startswith("_")}

    # then
    assert verbs - {"chat_model", "classifier_model"} <= set(vars(AsyncLLMService))


def test_an_address_where_no_twolane_answers_is_said(silent: str) -> None:
    # then
    with pytest.raises(ServerError, match="no twolane answers"):
        LLMService(url=silent).chat(LEASE_ENDS)
    with pytest.raises(SettingsError, match="no address"):
        LLMService(url="127.0.0.1:8642")


def test_every_event_of_the_api_is_read_and_every_event_of_an_answer_is_sent() -> None:
    # given
    names = {kind.__name__.removesuffix("Event").lower() for kind in get_args(AnswerEvent)}

    # then
    assert {schema.__name__.removesuffix("Out").lower() for schema in EVENTS} == names - {"conversation"}


def test_events_of_other_versions_are_read_as_far_as_they_are_known() -> None:
    # when
    older = event_of("done", {"text": "25 euros", "cited": [1], "refused": False})
    newer = event_of("done", {"text": "25 euros", "cited": [1], "applause": True})
    unknown = event_of("applause", {"clapping": 2})
    sent = list(
        lines_to_events([": ping", "", "event: text", 'data: {"text":', 'data: "a"}', "", "event: x"])
    )

    # then
    assert older == newer == DoneEvent("25 euros", (1,))
    assert unknown is None
    assert sent == [("text", '{"text":"a"}')]


def test_the_server_of_a_library_is_found(served: Served) -> None:
    # when
    server = serving(served.app.settings.data_dir)

    # then
    assert isinstance(server, LibraryServer)
    assert server.url == served.url
    server.close()


def test_what_only_looks_like_the_server_of_a_library_is_not_asked(
    served: Served, tmp_path: Path, silent: str
) -> None:
    # given
    ours = announced(served.app.settings.data_dir)
    assert ours
    places = {name: tmp_path / name for name in ("gone", "other", "away", "open", "broken", "none")}

    # when it is gone, another has its port, it names another machine, others may write it, it is no JSON
    announce(places["gone"], AnnouncedServer(silent, ours.secret))
    announce(places["other"], AnnouncedServer(ours.url, "another"))
    announce(places["away"], AnnouncedServer("http://192.0.2.7:8642", ours.secret))
    announce(places["open"], ours)
    (places["open"] / "run" / "server.json").chmod(0o666)
    announce(places["broken"], ours)
    (places["broken"] / "run" / "server.json").write_text("{")

    # then
    assert {name for name, place in places.items() if serving(place)} == set()


def test_a_server_that_has_ended_is_no_longer_announced(tmp_path: Path) -> None:
    # given
    settings = settings_in(tmp_path)
    with App(settings) as app:
        with listening(app):
            began = announced(settings.data_dir)

    # then
    assert began
    assert announced(settings.data_dir) is None


def says(text: str) -> Script:
    """Answer every question with this text."""

    def script(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(())
        yield TextEvent(text)
        yield DoneEvent(text)

    return script


@pytest.mark.parametrize("named", [True, False])
def test_the_command_asks_the_server_of_its_library_or_the_one_that_is_named(
    served: Served, tmp_path: Path, named: bool
) -> None:
    # given
    program = Program(tmp_path if named else served.app.settings.data_dir.parent)
    address = ["--url", served.url] if named else []

    # when
    with served.scripted(says("The server says so.")):
        asked = program.run("ask", LEASE_ENDS, *address)
        kept = program.run("ask", LEASE_ENDS, "--conversation", "new", "--json", *address)

    # then
    assert (asked.code, asked.out.strip().splitlines()[-1]) == (0, "The server says so."), asked.err
    assert f"asking the server at {served.url}" in asked.out
    first, *_, last = kept.values
    assert (first["event"], first["turn"]) == ("conversation", 1)
    assert last["text"] == "The server says so."
    assert not (tmp_path / "library").exists()


def test_the_command_says_where_no_server_is(tmp_path: Path, silent: str) -> None:
    # when
    asked = Program(tmp_path).run("ask", LEASE_ENDS, "--url", silent)

    # then
    assert asked.code == 3
    assert "no twolane answers" in asked.err
