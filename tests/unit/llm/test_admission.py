"""Chat first: filing waits for answers, gets its share back, and its waiting is nobody's fault."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from twolane.app import App, open_app
from twolane.config.lane_settings import LaneSettings
from twolane.config.loading import load_settings
from twolane.errors import ModelBusyError, ModelTimeoutError
from twolane.llm.runtimes.scripted import ScriptedLLM
from twolane.llm.turns.admission import Admission
from twolane.llm.turns.admitted import AdmittedEmbedder, AdmittedModel
from twolane.llm.turns.lock_file import LockFile

DEADLINE_S = 60.0
SHORT_S = 0.4  # long enough to be waited for, short enough for a test
OpenAdmission = Callable[..., Admission]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenAdmission]:
    """Open admissions of one library; each stands for a process, for none sees the locks of another."""
    with ExitStack() as stack:

        def open_one(
            longest_wait_s: float = 600.0,
            *,
            exclusive: bool = True,
            active: bool = True,
            apart: bool = False,
        ) -> Admission:
            admission = Admission(
                tmp_path, longest_wait_s=longest_wait_s, exclusive=exclusive, active=active, apart=apart
            )
            stack.callback(admission.close)
            return admission

        yield open_one


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(int(DEADLINE_S / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError(f"not so within {DEADLINE_S} s")


def filed(pool: ThreadPoolExecutor, admission: Admission) -> Future[bool]:
    """Have filing do one thing; returns whether it was held in the middle of it."""

    def work() -> bool:
        with admission.working() as permit:
            return permit.was_paused

    return pool.submit(work)


def test_filing_goes_on_where_nobody_asks(opened: OpenAdmission, pool: ThreadPoolExecutor) -> None:
    assert filed(pool, opened()).result(DEADLINE_S) is False


@pytest.mark.parametrize("processes", [1, 2])
def test_filing_waits_while_somebody_is_answered(
    opened: OpenAdmission, pool: ThreadPoolExecutor, processes: int
) -> None:
    # given
    filing = opened()
    chat = filing if processes == 1 else opened()
    with chat.answering(), chat.answering():
        # when
        work = filed(pool, filing)
        until(filing.is_paused)

        # then
        assert not work.done()
        assert filing.is_paused()
    assert work.result(DEADLINE_S) is False
    assert not filing.is_paused()


def test_two_who_are_answered_are_both_waited_for(opened: OpenAdmission) -> None:
    # given
    filing, one, other = opened(), opened(), opened()

    # when / then
    with one.answering():
        with other.answering():
            pass
        assert filing.is_paused()
    assert not filing.is_paused()


def test_what_a_dead_process_left_holds_nobody_up(opened: OpenAdmission, tmp_path: Path) -> None:
    # given: files that nobody locks
    filing, chat = opened(), opened()
    with chat.answering():
        folder = next(tmp_path.glob("turns-*"))
    for name in ("asking-dead.lock", "overdue.lock", "turn.lock"):
        (folder / name).touch()

    # when / then
    assert not filing.is_paused()
    with chat.answering():
        assert filing.is_paused()
    assert not list(folder.iterdir())


def test_another_machine_holds_nobody_up(opened: OpenAdmission, tmp_path: Path) -> None:
    # given
    filing = opened()
    elsewhere = LockFile(tmp_path / "turns-of-another-machine" / "asking-1.lock")

    # when
    assert elsewhere.acquire()

    # then
    assert not filing.is_paused()
    elsewhere.release()


def test_an_answer_without_end_does_not_starve_filing(
    opened: OpenAdmission, pool: ThreadPoolExecutor
) -> None:
    # given
    filing, chat = opened(SHORT_S), opened()
    with chat.answering():
        # when
        work = [filed(pool, filing) for _ in range(3)]

        # then
        assert [one.result(DEADLINE_S) for one in work] == [False] * 3
        until(filing.is_paused)  # its turn has an end too


def test_a_question_in_filings_turn_waits_for_its_end(
    opened: OpenAdmission, pool: ThreadPoolExecutor
) -> None:
    # given: filing has waited for too long
    filing, chat, release = opened(SHORT_S), opened(), threading.Event()
    hold = ExitStack()
    hold.enter_context(chat.answering())
    work = filed(pool, filing)
    until(lambda: filing.turn.due.is_ours or work.done())

    # when
    def ask() -> None:
        with opened(SHORT_S).answering():
            release.wait(DEADLINE_S)

    question = pool.submit(ask)
    hold.close()

    # then: filing has its turn, then the question its answer
    assert work.result(DEADLINE_S) is False
    until(filing.is_paused)
    release.set()
    question.result(DEADLINE_S)


def test_lanes_that_share_no_cores_never_hold_up_questions(
    opened: OpenAdmission, pool: ThreadPoolExecutor
) -> None:
    # given
    filing, chat = opened(SHORT_S, exclusive=False), opened()
    with chat.answering():
        # when
        work = filed(pool, filing)

        # then
        assert work.result(DEADLINE_S) is False
        assert not filing.turn.due.is_held()


def test_what_computes_for_filing_is_stopped_and_let_go(opened: OpenAdmission) -> None:
    # given
    filing, chat, calls = opened(), opened(), []
    filing.add_pausable(lambda: calls.append("stop"), lambda: calls.append("go"))

    # when / then
    until(lambda: calls[-1:] == ["go"])
    with chat.answering():
        until(lambda: calls[-1:] == ["stop"])
    until(lambda: calls[-1:] == ["go"])
    with filing.answering():
        until(lambda: calls[-1:] == ["stop"])
        filing.close()
        assert calls[-1] == "go"


def test_work_that_is_stopped_in_the_middle_knows_it(opened: OpenAdmission) -> None:
    # given
    filing, chat = opened(), opened()

    # when / then
    with filing.working() as permit, chat.answering():
        until(lambda: permit.was_paused)


def test_switched_off_nobody_waits(opened: OpenAdmission) -> None:
    # given
    admission = opened(active=False)

    # when / then
    with admission.answering(), admission.working():
        assert not admission.is_paused()


def test_closing_ends_every_wait(opened: OpenAdmission, pool: ThreadPoolExecutor) -> None:
    # given
    filing, chat = opened(), opened()
    with chat.answering():
        work = filed(pool, filing)
        until(filing.is_paused)

        # when
        filing.close()

        # then
        with pytest.raises(ModelBusyError):
            work.result(DEADLINE_S)


def lane(**settings: float) -> LaneSettings:
    return LaneSettings(runtime="scripted", **settings)  # type: ignore[arg-type]


def test_a_call_that_was_held_may_be_late(opened: OpenAdmission) -> None:
    # given
    filing, chat = opened(SHORT_S), opened()
    calls = []

    def before(step: str) -> None:
        calls.append(step)
        if len(calls) == 1:
            with chat.answering():
                until(lambda: any(permit.was_paused for permit in filing._permits))
            raise ModelTimeoutError("too late")

    llm = AdmittedModel(ScriptedLLM(lane(), before=before), filing)

    # when
    choice = llm.choose("<<<a bill>>>", ["Bill", "Letter"])

    # then
    assert choice.labels == ("Bill", "Letter")
    assert calls == ["choose", "choose"]


def test_a_call_that_was_not_held_is_late_by_itself(opened: OpenAdmission) -> None:
    # given
    def before(_: str) -> None:
        raise ModelTimeoutError("too late")

    llm = AdmittedModel(ScriptedLLM(lane(), before=before), opened())

    # when / then
    with pytest.raises(ModelTimeoutError):
        llm.choose("<<<a bill>>>", ["Bill", "Letter"])


def test_an_admitted_embedder_gives_the_same_rows(opened: OpenAdmission) -> None:
    # given
    embedder = ScriptedLLM(lane())
    texts = [f"text {'and more ' * (n % 7)}{n}" for n in range(20)]

    # when
    rows = AdmittedEmbedder(embedder, opened()).embed(texts, "passage")

    # then
    assert np.array_equal(rows, embedder.embed(texts, "passage"))
    assert AdmittedEmbedder(embedder, opened()).embed([], "passage").shape[0] == 0


def test_containers_of_one_machine_take_turns_over_a_folder_that_they_share(tmp_path: Path) -> None:
    # given
    elsewhere = {"url": "http://ollama.example:11434", "model": "llama3.2:1b"}
    models = {f"{lane}.{name}": value for lane in ("filing", "chat") for name, value in elsewhere.items()}

    def container(name: str, **flags: str) -> App:
        return open_app(load_settings(env={}, flags={"data_dir": tmp_path / name, **models, **flags}))

    with (
        container("chat", turns_dir=str(tmp_path)) as chat,
        container("worker", turns_dir=str(tmp_path)) as worker,
    ):
        with container("other") as other:
            # when
            with chat.admission.answering():
                held = (worker.admission.is_paused(), other.admission.is_paused())
            held_after = worker.admission.is_paused()

    # then
    assert held == (True, False)
    assert not held_after


def test_a_lock_file_that_cannot_be_looked_at_is_held_by_nobody(tmp_path: Path) -> None:
    # given a name that the file system refuses
    lock = LockFile(tmp_path / f"{'x' * 300}.lock")

    # then
    assert lock.is_held() is False


@pytest.mark.parametrize("apart", [True, False])
def test_filings_model_and_its_embedder_compute_apart_where_each_has_all_cores(
    opened: OpenAdmission, pool: ThreadPoolExecutor, apart: bool
) -> None:
    # given an embedder that is at work
    admission = opened(apart=apart)
    begun, go_on = threading.Event(), threading.Event()

    def held(step: str) -> None:
        if step == "embed":
            begun.set()
            assert go_on.wait(DEADLINE_S)

    llm = ScriptedLLM(LaneSettings(model="m", concurrency=2), before=held)
    embedding = pool.submit(AdmittedEmbedder(llm, admission).embed, ["text"], "passage")
    assert begun.wait(DEADLINE_S)

    # when
    choosing = pool.submit(AdmittedModel(llm, admission).choose, "text", ("a", "b"))

    # then
    if not apart:
        choosing.result(DEADLINE_S)
    assert choosing.done() is not apart
    go_on.set()
    assert len(embedding.result(DEADLINE_S)) == 1
    assert choosing.result(DEADLINE_S).labels == ("a", "b")


def test_an_answer_lends_the_machine_to_filings_model_where_nobody_else_wants_it(
    opened: OpenAdmission, pool: ThreadPoolExecutor
) -> None:
    # given
    chat, other = opened(), opened()

    # when / then
    with chat.answering():
        with chat.lent() as is_free:
            assert is_free
            assert filed(pool, chat).result(DEADLINE_S) is False
        assert chat.is_paused()
        with chat.answering(), chat.lent() as is_free:
            assert not is_free
        with other.answering(), chat.lent() as is_free:
            assert not is_free
        assert chat.is_paused()
    assert not chat.is_paused()


def test_where_filing_works_an_answer_asks_nothing_of_its_model(opened: OpenAdmission) -> None:
    # given
    admission = opened()

    # when / then
    with admission.working(), admission.answering():
        with admission.lent() as is_free:
            assert not is_free
        assert admission.is_paused()
