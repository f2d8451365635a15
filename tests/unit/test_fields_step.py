"""The step that comes when nothing else waits: it asks the model, and never holds up a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.library import add, claim, classification, reading, scan, seen

from twolane.config.lane_settings import LaneSettings
from twolane.config.settings import Settings
from twolane.documents import Decision
from twolane.errors import ModelBusyError, ModelMissingError, ModelUnreachableError
from twolane.extract import Extractor, ReaderCounts
from twolane.facts import FieldSource
from twolane.files.contents import SharedContents
from twolane.filing.cascade import Cascade
from twolane.filing.taxonomy import Taxonomy
from twolane.ingest import FIELDS, FactsModel, ingest_steps, queue_earlier
from twolane.jobs.base import Step
from twolane.llm.base import Model
from twolane.llm.runtimes.scripted import ScriptedLLM
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite
from twolane.work import NewJob

TAXONOMY = Taxonomy.load()
# a date that no pattern takes for the letter's own, and a heading that stands in the middle
LETTER = (
    "dear ada\n\nthe roses are in bloom, and the gardener wants to be paid before anybody else is. he came "
    "in person, at an hour when nobody is up.\n\ncustomer number: 47-11\n\nyours\n\nagatha\n"
)


class Waiting:
    """Somebody is answered, or nobody is."""

    def __init__(self) -> None:
        self.paused = False

    def wait(self) -> None:
        pass

    def is_paused(self) -> bool:
        return self.paused


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        yield opened


def step_of(store: Store, model: Callable[[], Model] | None, turns: Waiting | None = None) -> Step:
    settings = Settings()
    steps = ingest_steps(
        settings,
        store,
        lambda: TAXONOMY,
        contents=SharedContents({}),
        extractor=lambda: Extractor(settings.extract),
        classifier=lambda: Cascade(TAXONOMY, None, None, settings.filing, store),
        embedder=lambda: None,
        turns=turns or Waiting(),
        facts_model=FactsModel(model) if model else None,
        threads=1,
        readers=ReaderCounts(),
    )
    return next(step for step in steps if step.kind == FIELDS)


def letter(store: Store, text: str = LETTER) -> str:
    """Put a filed letter into the library that waits for its facts; return its document."""
    file_id = add(store, "/in/letter.txt", text, document="letter")
    with store.writing() as write:
        write.decide("letter", Decision(classification("letter")))
        write.enqueue([NewJob(FIELDS, "letter", file_id)])
    return "letter"


def model_of(**answers: str) -> Callable[[], Model]:
    return lambda: ScriptedLLM(LaneSettings(), {"": json.dumps(answers)})


def run(store: Store, step: Step) -> None:
    job = claim(store, [FIELDS])
    assert job is not None
    step.handler([job])


def found(store: Store, document: str) -> dict[str, str]:
    values = store.fields.of(document)
    return {value.field: value.value for value in values if value.source is FieldSource.MODEL}


def test_what_patterns_do_not_find_the_model_is_asked_for(store: Store) -> None:
    # given
    document = letter(store)

    # when
    run(store, step_of(store, model_of(correspondent="agatha", title="")))

    # then
    assert found(store, document)["correspondent"] in LETTER
    assert store.pending().jobs == 0


def test_it_is_ready_only_while_no_file_waits_and_nobody_is_answered(store: Store) -> None:
    # given
    turns = Waiting()
    letter(store)
    ready = step_of(store, model_of(), turns).ready
    assert ready is not None
    alone = ready()

    # when
    turns.paused = True
    answering = ready()
    turns.paused = False
    scan(store, seen("/in/new.txt"))

    # then
    assert (alone, answering, ready()) == (True, False, False)


@pytest.mark.parametrize("fault", [ModelUnreachableError, ModelMissingError])
def test_a_model_that_is_away_holds_up_no_file(store: Store, fault: type[Exception]) -> None:
    # given
    document = letter(store)

    def away(_: str) -> None:
        raise fault("not here")

    # when
    run(store, step_of(store, lambda: ScriptedLLM(LaneSettings(), before=away)))

    # then: the facts that need no model are there
    assert store.pending().jobs == 0
    assert found(store, document) == {}
    assert store.fields.of(document)


def test_a_lane_that_closes_leaves_the_job_for_later(store: Store) -> None:
    # given
    letter(store)

    def closing_down(_: str) -> None:
        raise ModelBusyError("the filing lane is closing")

    # when
    with pytest.raises(ModelBusyError):
        run(store, step_of(store, lambda: ScriptedLLM(LaneSettings(), before=closing_down)))

    # then
    assert store.pending().jobs == 1


def test_a_decision_model_which_cannot_write_is_not_asked(store: Store) -> None:
    # given
    letter(store)
    asked: list[str] = []

    # when
    run(store, step_of(store, lambda: ScriptedLLM(LaneSettings(), before=asked.append, decides=True)))

    # then
    assert asked == []


def test_without_a_model_nothing_is_asked_and_what_was_dropped_is_no_error(store: Store) -> None:
    # given
    document = letter(store)
    store.file_at(Path("/in/letter.txt"))
    with store.writing() as write:
        write.enqueue([NewJob(FIELDS, "gone", 0, 1)])

    # when
    run(store, step_of(store, None))
    run(store, step_of(store, None))

    # then
    assert found(store, document) == {}


def test_the_answer_is_asked_anew_when_the_text_has_changed(store: Store) -> None:
    # given
    document = letter(store)
    run(store, step_of(store, model_of(correspondent="agatha", title="")))

    # when
    file = store.file_at(Path("/in/letter.txt"))
    assert file is not None
    with store.writing() as write:
        text = LETTER.replace("agatha", "aunt maud")
        write.save_reading(file.file_id, document, 10, reading(text), [])
        write.enqueue([NewJob(FIELDS, document, file.file_id)])
    run(store, step_of(store, model_of(correspondent="agatha", title="")))

    # then
    assert not any("agatha" in value for value in found(store, document).values())


def test_what_an_earlier_version_filed_gets_its_facts_and_its_copies(store: Store) -> None:
    # given two documents as a version without facts left them
    for name in ("a", "b"):
        add(store, f"/in/{name}.txt", f"Invoice number: RE-2018/507\n\n{LETTER}{name}", document=name)
        with store.writing() as write:
            write.decide(name, Decision(classification("invoice")))
    assert store.copies.pairs() == []

    # when
    queue_earlier(store)
    step = step_of(store, None)
    run(store, step)
    run(store, step)

    # then
    assert {value.value for value in store.fields.of("a") if value.field == "number"} == {"RE-2018/507"}
    assert len(store.copies.pairs()) == 1
    assert store.undrawn(limit=9) == []
